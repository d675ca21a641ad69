/** What a doctor finds in the directory of a node. */

import { join, resolve } from 'node:path'
import { KvError } from '../../base/index.ts'
import { type Disk, DiskError } from '../../io/index.ts'
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
/** Far more than the nodes of one machine. */
const ENTRIES_MAX = 64
/** The name of the log in the directory of a node. */
const LOG = 'log'

export async function directoryFindings(
  given: string,
  machine: Machine,
): Promise<readonly Finding[]> {
  const directory = resolve(given)
  const missing = await missingFinding(directory, machine)
  if (missing !== null) return [missing]
  const several = await severalFinding(directory, machine)
  if (several !== null) return [several]
  const own = [
    await spaceFinding(directory, machine),
    ...(await identityFindings(directory, machine)),
  ]
  // That a directory of no node has no log either is no second thing that is wrong.
  const isUnknown = own.some(({ check, level }) => check === 'directory' && level === 'wrong')
  if (isUnknown && !(await hasLog(directory, machine))) return own
  return [...own, await logFinding(directory, machine)]
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

/** That of `npm start`, for instance, in which each node has a directory of its own. */
async function severalFinding(directory: string, { disk }: Machine): Promise<Finding | null> {
  if (await isOfNode(disk, directory)) return null
  const nodes: string[] = []
  for (const name of (await disk.list(directory)).slice(0, ENTRIES_MAX)) {
    if (await isOfNode(disk, join(directory, name))) nodes.push(name)
  }
  const [first] = nodes.sort()
  if (first === undefined) return null
  const what = `${directory} holds the directories of nodes: ${nodes.join(', ')}`
  return wrong('directory', what, `name one of them, such as ${join(directory, first)}`)
}

/** Also of one whose file makes no sense: it needs a doctor all the more. */
async function isOfNode(disk: Disk, directory: string): Promise<boolean> {
  try {
    return (await readIdentity(disk, directory)) !== null
  } catch (error) {
    // What is no directory, or cannot be read.
    return !(error instanceof DiskError)
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

async function hasLog(directory: string, { disk }: Machine): Promise<boolean> {
  return (await disk.list(directory)).includes(LOG)
}

/** Reads all of it, unless a node runs there, which has done so when it started. */
async function logFinding(directory: string, { disk }: Machine): Promise<Finding> {
  const log = join(directory, LOG)
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
