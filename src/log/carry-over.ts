/**
 * The last batch of a log that is opened again may be readable and yet not be on disk: when its
 * sync failed, the cache keeps the bytes and calls them clean ("fsyncgate"). So its entries are
 * written anew, into the first write of the new segment, and the old place is not counted any more.
 *
 * The bytes are not rewritten in place: a crash in the middle of that could destroy what had been
 * durable.
 */

import { assert, crc32cWords, KvError } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import type { Entry, GroupId, LogIndex, Term } from '../raft/index.ts'
import { Batch, ENTRY_KINDS } from './batch.ts'
import type { DurableGroup } from './durable-view.ts'
import { type Place, RECORD_HEADER_BYTES, recordBytes, TYPE_ENTRY } from './format.ts'
import type { GroupIndex } from './group-index.ts'
import { PatientFile } from './patient-file.ts'
import { allocateMemory, emptyHeader, type RecordMemory, readRecord } from './record.ts'
import type { SegmentFile } from './segment-chain.ts'
import { readFully } from './window.ts'

interface Carried {
  readonly group: GroupId
  readonly index: GroupIndex
  readonly from: LogIndex
}

/** Entries of the last batch in a batch of their own. */
export interface CarryOver {
  readonly batch: Batch
  readonly groups: readonly Carried[]
  /** Where each entry begins in the batch, in the order of the groups and their indexes. */
  readonly offsets: readonly number[]
}

/** The groups as they were without the carried entries: that is what a head before them says. */
export function withoutCarried(
  { groups }: CarryOver,
  state: (group: GroupId) => DurableGroup,
): Map<GroupId, { last: LogIndex; lastTerm: Term }> {
  const ends = new Map<GroupId, { last: LogIndex; lastTerm: Term }>()
  for (const { group, index, from } of groups) {
    const last = from - 1
    assert(state(group).last >= last, 'what is carried lies at the end')
    ends.set(group, { last, lastTerm: index.termAt(last) ?? 0 })
  }
  return ends
}

export async function carryOver(
  disk: Disk,
  { segment, start, size }: { segment: SegmentFile; start: number; size: number },
  groups: ReadonlyMap<GroupId, GroupIndex>,
): Promise<CarryOver> {
  const carried: Carried[] = []
  for (const [group, index] of groups) {
    const from = firstFrom(index, { segment: segment.number, offset: start })
    if (from !== null) carried.push({ group, index, from })
  }
  const batch = new Batch(4096)
  const offsets: number[] = []
  if (carried.length === 0) return { batch, groups: carried, offsets }
  const memory = allocateMemory(size)
  const file = await disk.open(segment.path, { mode: 'read' })
  try {
    // What else was in the batch may be unreadable: each entry is checked on its own.
    const patient = new PatientFile(file, segment.path)
    await readFully(patient, { target: memory.bytes, length: size, position: start })
  } finally {
    await file.close()
  }
  for (const { group, index, from } of carried) {
    for (let at = from; at <= index.last; at++) {
      const offset = index.positions.offsetOf(at)
      const entry = entryAt(memory, { segment, start, offset, group, index: at })
      offsets.push(batch.length)
      batch.addEntry(group, entry, { previousTerm: index.termAt(at - 1) ?? 0 })
    }
  }
  return { batch, groups: carried, offsets }
}

/** The batch is durable at its new place. */
export function placeCarried({ groups, offsets }: CarryOver, place: Place): void {
  let next = 0
  for (const { index, from } of groups) {
    for (let at = from; at <= index.last; at++) {
      index.positions.set(at, place.segment, place.offset + (offsets[next] as number))
      next += 1
    }
  }
}

/** The group's first entry at or behind the place; positions ascend with the index. */
function firstFrom(index: GroupIndex, place: Place): LogIndex | null {
  const { positions } = index
  let from: LogIndex | null = null
  for (let at = index.last; at >= positions.first && at > index.markIndex; at--) {
    const behind = positions.segmentOf(at) === place.segment
    if (!behind || positions.offsetOf(at) < place.offset) break
    from = at
  }
  return from
}

interface EntryPlace {
  readonly segment: SegmentFile
  readonly start: number
  readonly offset: number
  readonly group: GroupId
  readonly index: LogIndex
}

/** Checked again: what was read a moment ago may be read differently now. */
function entryAt(memory: RecordMemory, place: EntryPlace): Entry {
  const { segment, start, offset, group, index } = place
  const local = offset - start
  const header = emptyHeader()
  const room = memory.bytes.length - local
  const valid =
    room >= RECORD_HEADER_BYTES &&
    readRecord(memory, local, { seed: segment.seed, offset, into: header }) &&
    room >= recordBytes(header.payloadBytes)
  const from = local + RECORD_HEADER_BYTES
  const end = from + header.payloadBytes
  const kind = ENTRY_KINDS[header.kind]
  const same =
    valid && header.type === TYPE_ENTRY && header.group === group && header.index === index
  const { bytes, words } = memory
  if (
    !same ||
    kind === undefined ||
    crc32cWords(bytes, words, from, end, 0) !== header.payloadCrc
  ) {
    throw new KvError(
      'DISK_FAILED',
      `${segment.path} at offset ${offset} reads differently each time; restart the node`,
    )
  }
  return { index, term: header.term, kind, data: bytes.subarray(from, end) }
}
