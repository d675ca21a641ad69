/**
 * A cluster on this machine, to try things out: a process for each node, each with a configuration
 * file, a directory and a log of its own. The nodes end with this process, however it ends: they
 * hear of it by the end of the channel between them.
 */

import { existsSync } from 'node:fs'
import path from 'node:path'
import { type ClusterWish, failureLines } from '../cli/index.ts'
import { prepareGround, urlOf } from './cluster-ground.ts'
import { ClusterNode, type NodePlace } from './cluster-node.ts'

const USUAL_PORT = 8081

/** Twice what a start should take. */
const SLOW_MS = 10_000

/** Resolves with the exit status. */
export async function runCluster(wish: ClusterWish): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
  try {
    const ground = await prepareGround(wish)
    try {
      return await run(ground.places, { wish, stopped })
    } finally {
      await ground.release()
    }
  } catch (error) {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`)
    return 1
  }
}

interface Run {
  readonly wish: ClusterWish
  readonly stopped: Promise<void>
}

async function run(places: readonly NodePlace[], { wish, stopped }: Run): Promise<number> {
  const began = performance.now()
  const nodes = places.map((place) => new ClusterNode(place))
  try {
    for (const node of nodes) node.start()
    tellPlaces(places, wish)
    const slow = setTimeout(() => {
      say('Not all nodes are ready yet; their logs say what they do.')
    }, SLOW_MS)
    const leaders = await Promise.race([
      Promise.all(nodes.map((node) => node.ready)),
      stopped.then(() => null),
    ]).finally(() => clearTimeout(slow))
    if (leaders === null) return 0
    tellReady(places, { leader: leaders.at(-1) ?? null, tookMs: performance.now() - began })
    const allGone = Promise.all(nodes.map((node) => node.ended.then(() => tellEnd(node))))
    const end = await Promise.race([stopped.then(() => 'stopped' as const), allGone])
    if (end === 'stopped') say('Stopping.')
    return end === 'stopped' ? 0 : 1
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function tellPlaces(places: readonly NodePlace[], { engine, directory }: ClusterWish): void {
  const at = path.relative('', directory) || '.'
  say(`Quorate: ${places.length} nodes with the engine ${engine}, data in ${at}`)
  for (const { number, clientPort, peerPort, logFile } of places) {
    const log = path.relative('', logFile)
    say(`  node ${number}  clients ${urlOf(clientPort)}  nodes ${urlOf(peerPort)}  log ${log}`)
  }
}

function tellReady(
  places: readonly NodePlace[],
  { leader, tookMs }: { readonly leader: number | null; readonly tookMs: number },
): void {
  const ports = places.map(({ clientPort }) => clientPort)
  const endpoints = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const first = urlOf(ports[0] ?? 0)
  const last = urlOf(ports.at(-1) ?? 0)
  const leads = leader === null ? '' : `; node ${leader} leads`
  say(`Ready after ${(tookMs / 1000).toFixed(1)} s${leads}. For instance:

  curl -X PUT ${first}/api/v1/kv/greeting -d hello
  curl ${last}/api/v1/kv/greeting
  ${statusCommand(ports[0] ?? 0)}
  etcdctl --endpoints ${endpoints} get greeting

A page to try it at: ${first}/api
Ctrl-C stops all of it.`)
}

/** As it is typed in the directory this one was started in. */
function statusCommand(firstPort: number): string {
  const command = existsSync(path.join('bin', 'quorate')) ? 'bin/quorate' : 'npx quorate'
  // The command line looks at the usual port by itself.
  const where = firstPort === USUAL_PORT ? '' : ` --endpoints 127.0.0.1:${firstPort}`
  return `${command} status${where}`
}

function tellEnd(node: ClusterNode): void {
  if (node.isStopping) return
  const { number, logFile } = node.place
  say(`Node ${number} has ended: ${node.endText}. The others go on without it. Its last words,`)
  say(`of ${path.relative('', logFile)}:`)
  for (const line of node.lastWords()) say(`  ${line}`)
}
