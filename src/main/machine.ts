/** What commands ask this machine, and nodes, beside what a client can. */

import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Machine } from '../cli/index.ts'
import { createNodeChance, createNodeClock, createNodeDisk } from '../io/index.ts'

const CONNECT_MS_MAX = 1000
const ANSWER_MS_MAX = 2000

export function createMachine(): Machine {
  return {
    disk: createNodeDisk(),
    clock: createNodeClock(),
    chance: createNodeChance(),
    space,
    listens,
    clusterIdText,
    timeAtMs,
  }
}

async function space(path: string): Promise<{ freeBytes: number; totalBytes: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    // No such place, or a system that does not tell.
    return null
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS_MAX })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function clusterIdText(clusterId: number): Promise<string> {
  // Loaded when it is wanted: all of a node comes with it.
  const { clusterIdOf } = await import('../server/index.ts')
  return clusterIdOf(clusterId).toString(16)
}

/** By the line `Date` of an answer, which has whole seconds. */
async function timeAtMs(url: string): Promise<number | null> {
  try {
    const answer = await fetch(new URL('/health', url), {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    await answer.arrayBuffer()
    const date = Date.parse(answer.headers.get('date') ?? '')
    return Number.isNaN(date) ? null : date
  } catch {
    // It speaks TLS with certificates of its own, or does not answer.
    return null
  }
}
