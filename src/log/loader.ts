/** Reads entries back from disk. What is not exactly what was asked for is never returned. */

import { crc32cWords, KvError, LOG_READ_BYTES } from '../base/index.ts'
import { DiskError, type DiskFile } from '../io/index.ts'
import type { Entry, GroupId, LogIndex, Term } from '../raft/index.ts'
import { ENTRY_KINDS } from './batch.ts'
import { RECORD_HEADER_BYTES, recordBytes, TYPE_ENTRY } from './format.ts'
import type { LiveGroup } from './live-group.ts'
import { allocateMemory, emptyHeader, type RecordMemory, readRecord } from './record.ts'
import type { SegmentStore } from './segment-store.ts'
import { readFully } from './window.ts'

const READ_BYTES_MIN = 4096

export interface LoadTask {
  readonly live: LiveGroup
  readonly group: GroupId
  readonly from: LogIndex
  readonly to: LogIndex
  readonly bytesMax: number
}

/** One segment opened for reading, with what was read last. */
interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly seed: number
  readonly file: DiskFile
  /** Where the batch begins that is being written there, or will be next. */
  readonly writtenEnd: () => number
  memory: RecordMemory
  start: number
  end: number
}

interface Wanted {
  readonly group: GroupId
  readonly index: LogIndex
  readonly term: Term
  readonly segment: number
  readonly offset: number
}

interface Progress {
  readonly entries: Entry[]
  /** What is being read. */
  wanted: Wanted | null
}

/** Fewer than asked for when the log was truncated meanwhile; COMPACTED when it was cut. */
export async function loadEntries(store: SegmentStore, task: LoadTask): Promise<Entry[]> {
  const progress: Progress = { entries: [], wanted: null }
  try {
    await collect(store, { task, progress })
  } catch (error) {
    throw asLoadError(error, progress.wanted)
  }
  if (progress.entries.length === 0) requirePresent(task)
  return progress.entries
}

async function collect(
  store: SegmentStore,
  { task, progress }: { task: LoadTask; progress: Progress },
): Promise<void> {
  const { live, from, bytesMax } = task
  const { entries } = progress
  let bytes = 0
  let open: OpenSegment | null = null
  try {
    for (let index = from; ; index++) {
      const wanted = wantedAt(index, task)
      if (wanted === null) break
      progress.wanted = wanted
      if (open?.number !== wanted.segment) {
        // The next one is kept from now on, whatever is cut while the last one closes.
        const last: OpenSegment | null = open
        open = await openSegment(store, { number: wanted.segment, bytesMax })
        if (last !== null) await closeSegment(store, last)
      }
      const entry = await readEntry(open, wanted)
      bytes += entry.data.length
      if (entries.length > 0 && bytes > bytesMax) break
      // It was replaced or cut while it was read: what was read before it may still be right.
      if (live.index.termAt(index) !== wanted.term) break
      entries.push(entry)
    }
  } finally {
    if (open !== null) await closeSegment(store, open)
  }
}

/** Null where the log ends, or what comes next is in memory only. */
function wantedAt(index: LogIndex, task: LoadTask): Wanted | null {
  const { live, group, from, to } = task
  if (index === from) requirePresent(task)
  const { positions } = live.index
  if (index > to || !positions.has(index)) return null
  const segment = positions.segmentOf(index)
  const term = live.index.termAt(index)
  if (segment === 0 || term === undefined) return null
  return { group, index, term, segment, offset: positions.offsetOf(index) }
}

function requirePresent({ live, group, from }: LoadTask): void {
  if (from > live.index.markIndex) return
  throw new KvError('COMPACTED', `group ${group} begins behind ${live.index.markIndex}`)
}

async function openSegment(
  store: SegmentStore,
  { number, bytesMax }: { number: number; bytesMax: number },
): Promise<OpenSegment> {
  const { file, path, seed } = await store.openForReading(number)
  // Records of other groups lie between: read somewhat more than is asked for.
  const capacity = Math.max(READ_BYTES_MIN, Math.min(LOG_READ_BYTES, bytesMax * 2))
  const memory = allocateMemory(capacity)
  const writtenEnd = (): number => store.writtenEnd(number)
  return { number, path, seed, file, writtenEnd, memory, start: 0, end: 0 }
}

async function closeSegment(store: SegmentStore, open: OpenSegment): Promise<void> {
  try {
    await open.file.close()
  } finally {
    store.unpin(open.number)
  }
}

async function readEntry(open: OpenSegment, wanted: Wanted): Promise<Entry> {
  const header = emptyHeader()
  const { offset } = wanted
  await bring(open, { offset, length: RECORD_HEADER_BYTES })
  const local = offset - open.start
  const place = { seed: open.seed, offset, into: header }
  const valid = offset + RECORD_HEADER_BYTES <= open.end && readRecord(open.memory, local, place)
  if (!valid) throw corrupt(open, { wanted, reason: 'the record header is damaged' })
  const same =
    header.type === TYPE_ENTRY &&
    header.group === wanted.group &&
    header.index === wanted.index &&
    header.term === wanted.term
  const kind = ENTRY_KINDS[header.kind]
  if (!same || kind === undefined) {
    throw corrupt(open, { wanted, reason: 'another record stands there' })
  }
  const length = recordBytes(header.payloadBytes)
  await bring(open, { offset, length })
  if (offset + length > open.end) {
    throw corrupt(open, { wanted, reason: 'the file ends inside the record' })
  }
  const start = offset - open.start + RECORD_HEADER_BYTES
  const end = start + header.payloadBytes
  const { bytes, words } = open.memory
  if (crc32cWords(bytes, words, start, end, 0) !== header.payloadCrc) {
    throw corrupt(open, { wanted, reason: 'the payload does not match its checksum' })
  }
  const { index, term } = wanted
  return { index, term, kind, data: bytes.slice(start, end) }
}

/**
 * Makes the range present in memory, as far as the file has it. What lies behind the last batch
 * written is not looked at: an entry that lands there meanwhile would pass for a damaged one.
 */
async function bring(
  open: OpenSegment,
  { offset, length }: { offset: number; length: number },
): Promise<void> {
  if (offset >= open.start && offset + length <= open.end) return
  if (length > open.memory.bytes.length) open.memory = allocateMemory(length)
  const { bytes } = open.memory
  const target = { target: bytes, length: bytes.length, position: offset }
  const writtenBytes = Math.max(0, open.writtenEnd() - offset)
  open.start = offset
  open.end = offset
  const bytesRead = await readAhead(open.file, { ...target, needed: length })
  open.end = offset + Math.min(bytesRead, writtenBytes)
}

/** What cannot be read behind what is needed may be damage that is long of no consequence. */
async function readAhead(
  file: DiskFile,
  { needed, ...range }: { target: Uint8Array; length: number; position: number; needed: number },
): Promise<number> {
  try {
    return await readFully(file, range)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'io') throw error
    return readFully(file, { ...range, length: needed })
  }
}

/** A failure of the disk as a row of the error table, with the place. */
function asLoadError(error: unknown, wanted: Wanted | null): unknown {
  if (!(error instanceof DiskError) || wanted === null) return error
  const { group, index, offset } = wanted
  const place = `${error.path} at offset ${offset}, entry ${index} of group ${group}`
  return new KvError('DISK_FAILED', `${place}: ${error.message}`, { cause: error })
}

function corrupt(
  open: OpenSegment,
  { wanted, reason }: { wanted: Wanted; reason: string },
): KvError {
  const { group, index, offset } = wanted
  const place = `${open.path} at offset ${offset}, entry ${index} of group ${group}`
  return new KvError(
    'LOG_CORRUPT',
    `${place}: ${reason}; restart the node to have it repaired, or see quorate log check`,
  )
}
