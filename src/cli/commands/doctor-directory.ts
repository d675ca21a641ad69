/** What a doctor finds in the directory of a node. */

import { join, resolve } from 'node:path'
import { KvError } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import { inspectLog } from '../../log/index.ts'
import type { Machine } from '../command-parts.ts'
import { readIdentity } from '../config/index.ts'
import { failureText } from '../failure-text.ts'
import { plural, sizeText } from '../terminal/index.ts'
import { advice, type Finding, fine, wrong } from './doctor-findings.ts'

/** A few segments of the log, and a checkpoint beside what is there. */
const FREE_BYTES_MIN = 1024 * 1024 * 1024
/** Below that a node may stop within minutes. */
const FREE_BYTES_URGENT = 256 * 1024 * 1024

export async function directoryFindings(
  given: string,
  machine: Machine,
): Promise<readonly Finding[]> {
  const directory = resolve(given)
  const missing = await missingFinding(directory, machine)
  if (missing !== null) return [missing]
  return [
    await spaceFinding(directory, machine),
    ...(await identityFindings(directory, machine)),
    await logFinding(directory, machine),
  ]
}

async function missingFinding(directory: string, { disk }: Machine): Promise<Finding | null> {
  try {
    await disk.list(directory)
    return null
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    const todo = 'name the data directory of a node, such as .quorate/node-1'
    return wrong('directory', `${directory} cannot be read: ${failureText(error)}`, todo)
  }
}

async function spaceFinding(directory: string, { space }: Machine): Promise<Finding> {
  const found = await space(directory)
  if (found === null) return fine('space', 'this system does not tell how much space there is')
  const { freeBytes, totalBytes } = found
  const what = `${sizeText(freeBytes)} of ${sizeText(totalBytes)} are free`
  if (freeBytes < FREE_BYTES_URGENT) {
    return wrong('space', what, 'make room at once: a node that cannot write stops')
  }
  if (freeBytes < FREE_BYTES_MIN) return advice('space', what, 'make room soon')
  return fine('space', what)
}

async function identityFindings(directory: string, { disk }: Machine): Promise<Finding[]> {
  try {
    const identity = await readIdentity(disk, directory)
    if (identity === null) {
      const todo = 'name the data directory itself, not one above or below it'
      return [wrong('directory', `${directory} is of no node`, todo)]
    }
    const { members, engine } = identity
    const what = `of a cluster of ${plural(members.length, 'node')} with the engine ${engine}`
    return [fine('directory', what)]
  } catch (error) {
    const todo =
      'restore that file from a copy: without it the node does not know whose data it has'
    return [wrong('directory', failureText(error), todo)]
  }
}

/** Reads all of it, unless a node runs there, which has done so when it started. */
async function logFinding(directory: string, { disk }: Machine): Promise<Finding> {
  const log = join(directory, 'log')
  try {
    const { report } = await inspectLog({ disk, directory: log })
    const { verdict, records, bytes } = report
    const what = `${plural(records, 'record')}, ${sizeText(bytes)}`
    if (verdict !== 'damaged') return fine('log', `no node runs here; the log is whole: ${what}`)
    return wrong(
      'log',
      'the log is damaged',
      `"quorate log check ${log}" says what, and what to do`,
    )
  } catch (error) {
    if (!(error instanceof KvError)) throw error
    if (error.code === 'LOG_LOCKED') return fine('log', 'a node runs here')
    return wrong('log', failureText(error), `"quorate log check ${log}" may say more`)
  }
}
