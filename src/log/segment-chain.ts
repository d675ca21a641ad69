/**
 * The files of a log directory, and which segments in which order are the log.
 *
 * Each segment names the one before it, so the chain is walked from the newest back to where the
 * next file is gone: it was cut, or it is missing, which the state at the head of the oldest one
 * tells. Segments outside the chain are remains and are never read.
 */

import { KvError } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import {
  damagedNumber,
  freeName,
  freeNumber,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentNumber,
  TEMPORARY_SUFFIX,
  TORN_NAME,
} from './format.ts'
import { PatientFile } from './patient-file.ts'
import { readSegmentHeader, type SegmentHeader } from './segment-header.ts'
import type { LogIdentity } from './types.ts'
import { readFully } from './window.ts'

export interface SegmentFile {
  readonly number: number
  readonly path: string
  readonly size: number
  /** Null when it cannot be read. */
  readonly header: SegmentHeader | null
  readonly seed: number
  /** Why the header cannot be read. */
  readonly reason: string
}

export interface FreeFileFound {
  readonly number: number
  readonly size: number
}

export interface LogDirectory {
  readonly segments: readonly SegmentFile[]
  /** Files that wait to become segments. */
  readonly free: readonly FreeFileFound[]
  /** Numbers of segments that were set aside because of damage. */
  readonly damaged: readonly number[]
  /** Names of what a crash left half-made. */
  readonly temporary: readonly string[]
  /** Names of copies of torn tails. */
  readonly torn: readonly string[]
}

export interface SegmentChain {
  /** The log, oldest first. */
  readonly chain: readonly SegmentFile[]
  /** Older or skipped segments that are no part of it. */
  readonly remains: readonly SegmentFile[]
}

export async function readDirectory(disk: Disk, directory: string): Promise<LogDirectory> {
  const names = await disk.list(directory)
  const segments: SegmentFile[] = []
  for (const name of names) {
    const number = segmentNumber(name)
    if (number !== null) segments.push(await readSegmentFile(disk, { directory, number }))
  }
  const free: FreeFileFound[] = []
  for (const number of numbersOf(names, freeNumber)) {
    const file = await disk.open(`${directory}/${freeName(number)}`, { mode: 'read' })
    try {
      free.push({ number, size: await file.size() })
    } finally {
      await file.close()
    }
  }
  return {
    segments,
    free,
    damaged: numbersOf(names, damagedNumber),
    temporary: names.filter((name) => name.endsWith(TEMPORARY_SUFFIX)),
    torn: names.filter((name) => TORN_NAME.test(name)),
  }
}

function numbersOf(names: readonly string[], parse: (name: string) => number | null): number[] {
  return names.map(parse).filter((number) => number !== null)
}

async function readSegmentFile(
  disk: Disk,
  { directory, number }: { directory: string; number: number },
): Promise<SegmentFile> {
  const path = `${directory}/${segmentName(number)}`
  const file = await disk.open(path, { mode: 'read' })
  try {
    const size = await file.size()
    const target = new Uint8Array(SEGMENT_HEADER_BYTES)
    const patient = new PatientFile(file, path)
    const length = await readFully(patient, { target, length: target.length, position: 0 })
    const reading = readSegmentHeader(target.subarray(0, length))
    const base = { number, path, size, header: null, seed: 0 }
    if (patient.isUnreadable(0, target.length)) {
      return { ...base, reason: 'the header of the segment cannot be read' }
    }
    if (reading.kind === 'bad') return { ...base, reason: reading.reason }
    if (reading.kind === 'unknownFormat') {
      throw new KvError(
        'LOG_FOREIGN',
        `${path} has format ${reading.format}, which this version does not know; ` +
          'start the version that wrote it',
      )
    }
    const { header, seed } = reading
    if (header.number !== number) {
      return { ...base, reason: `the file holds segment ${header.number}` }
    }
    return { number, path, size, header, seed, reason: '' }
  } finally {
    await file.close()
  }
}

/** A log of another cluster or node must not be read: its promises are not this node's. */
export function checkIdentity(segments: readonly SegmentFile[], identity: LogIdentity): void {
  for (const { header, path } of segments) {
    if (header === null) continue
    if (header.clusterId === identity.clusterId && header.nodeId === identity.nodeId) continue
    throw new KvError(
      'LOG_FOREIGN',
      `${path} belongs to node ${header.nodeId} of cluster ${header.clusterId}, ` +
        `not to node ${identity.nodeId} of cluster ${identity.clusterId}`,
    )
  }
}

export function chainOf(segments: readonly SegmentFile[]): SegmentChain {
  const byNumber = new Map(segments.map((segment) => [segment.number, segment]))
  const chain: SegmentFile[] = []
  let current = segments[segments.length - 1]
  while (current !== undefined) {
    chain.push(current)
    const previous: number = current.header?.previous.segment ?? current.number - 1
    current = previous < current.number ? byNumber.get(previous) : undefined
  }
  chain.reverse()
  const inChain = new Set(chain)
  return { chain, remains: segments.filter((segment) => !inChain.has(segment)) }
}
