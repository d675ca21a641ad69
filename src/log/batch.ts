/**
 * One batch: the records of everything that was appended while the write before it was under way.
 * Records are encoded straight into the memory that is written to disk; entry data is copied once.
 *
 * What depends on the place (segment, offset, batch number, chain) is added by `seal`, because a
 * batch learns only at its turn whether it still fits into the segment.
 */

import {
  alignUp,
  assert,
  ByteWriter,
  crc32cNumber,
  crc32cWords,
  DataChecksums,
  REMEMBERED_BYTES_MIN,
  writeUint64,
} from '../base/index.ts'
import type {
  Entry,
  EntryKind,
  GroupId,
  HardState,
  LogIndex,
  SnapshotMark,
  Term,
} from '../raft/index.ts'
import {
  RECORD_HEADER_BYTES,
  recordBytes,
  TYPE_BATCH_END,
  TYPE_ENTRY,
  TYPE_EVIDENCE,
  TYPE_FENCE,
  TYPE_GROUP_DROPPED,
  TYPE_GROUP_STATE,
  TYPE_HARD_STATE,
  TYPE_SNAPSHOT_MARK,
} from './format.ts'
import {
  BATCH_END_BYTES,
  type GroupState,
  writeBatchEnd,
  writeGroupState,
  writeMark,
  writeVote,
} from './payload.ts'
import {
  allocateMemory,
  emptyHeader,
  type RecordFields,
  type RecordMemory,
  sealRecord,
  writeRecord,
} from './record.ts'
import type { LogWrite } from './types.ts'

const EMPTY = new Uint8Array(0)
/** Most payloads that are not an entry's fit. */
const PAYLOAD_CAPACITY = 128

export const ENTRY_KINDS: readonly EntryKind[] = ['empty', 'command', 'configuration']

const KIND_NUMBERS: Readonly<Record<EntryKind, number>> = { empty: 0, command: 1, configuration: 2 }

/** What a batch makes durable, in order. */
export interface BatchItem {
  readonly group: GroupId
  readonly write: LogWrite | null
  readonly cut: SnapshotMark | null
  readonly dropped: boolean
}

export interface BatchPlace {
  readonly seed: number
  readonly offset: number
  readonly chain: number
  readonly batch: number
  readonly alignment: number
  readonly maxTerm: number
}

export interface SealedBatch {
  /** The checksum of the last record. */
  readonly chain: number
  /** Length on disk, up to where the next batch begins. */
  readonly length: number
}

export class Batch {
  /** Reused by every record: no allocation on the way of an entry. */
  readonly #fields: RecordFields = emptyHeader()
  readonly #payload = new ByteWriter(PAYLOAD_CAPACITY)
  readonly #checksums: DataChecksums
  #memory: RecordMemory
  #length = 0
  #records = 0
  #items: BatchItem[] = []

  constructor(capacity: number, checksums = new DataChecksums()) {
    this.#checksums = checksums
    this.#memory = allocateMemory(capacity)
  }

  get bytes(): Uint8Array {
    return this.#memory.bytes
  }

  get capacity(): number {
    return this.#memory.bytes.length
  }

  /** Bytes of the records so far, without the end of the batch. */
  get length(): number {
    return this.#length
  }

  get records(): number {
    return this.#records
  }

  get items(): readonly BatchItem[] {
    return this.#items
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && this.#records === 0
  }

  addItem(item: BatchItem): void {
    this.#items.push(item)
  }

  addEntry(group: GroupId, entry: Entry, { previousTerm }: { previousTerm: Term }): void {
    const fields = this.#fields
    fields.type = TYPE_ENTRY
    fields.kind = KIND_NUMBERS[entry.kind]
    fields.group = group
    fields.index = entry.index
    fields.term = entry.term
    fields.previousTerm = previousTerm
    this.#add(entry.data, { lasts: true })
  }

  addHardState(group: GroupId, state: HardState): void {
    const fields = this.#describe(TYPE_HARD_STATE, group)
    fields.kind = state.recovering ? 1 : 0
    fields.index = state.commit
    fields.term = state.term
    writeVote(this.#payload, state.vote)
    this.#add(this.#payload.lend())
  }

  addMark(group: GroupId, mark: SnapshotMark, { kind }: { kind: number }): void {
    const fields = this.#describe(TYPE_SNAPSHOT_MARK, group)
    fields.kind = kind
    fields.index = mark.index
    fields.term = mark.term
    writeMark(this.#payload, mark)
    this.#add(this.#payload.lend())
  }

  addDropped(group: GroupId): void {
    this.#describe(TYPE_GROUP_DROPPED, group)
    this.#add(EMPTY)
  }

  addGroupState(
    group: GroupId,
    state: GroupState,
    { last, lastTerm }: { last: LogIndex; lastTerm: Term },
  ): void {
    const fields = this.#describe(TYPE_GROUP_STATE, group)
    fields.index = last
    fields.term = lastTerm
    writeGroupState(this.#payload, state)
    this.#add(this.#payload.lend())
  }

  addFence(term: Term): void {
    this.#describe(TYPE_FENCE, 0).term = term
    this.#add(EMPTY)
  }

  /** Bytes on disk once sealed. */
  sealedLength(alignment: number): number {
    return alignUp(this.#length + recordBytes(BATCH_END_BYTES), alignment)
  }

  /** Adds the end of the batch and gives every record its place. Ready to be written afterwards. */
  seal(place: BatchPlace): SealedBatch {
    assert(place.offset % place.alignment === 0, 'a batch begins at an aligned place')
    const bytes = this.#length
    const records = this.#records
    let chain = place.chain
    let crc = 0
    const at = { ...place, syncedThrough: place.batch - 1 }
    for (let position = 0; position < bytes; ) {
      at.offset = place.offset + position
      at.chain = chain
      chain = sealRecord(this.#memory, position, at)
      crc = crc32cNumber(chain, crc)
      position += recordBytes(this.#memory.view.getUint32(position + 12, true))
      assert(position <= bytes, 'records fill the batch exactly')
    }
    this.#describe(TYPE_BATCH_END, 0)
    writeBatchEnd(this.#payload, { records, crc, bytes, maxTerm: place.maxTerm })
    this.#add(this.#payload.lend())
    at.offset = place.offset + bytes
    at.chain = chain
    chain = sealRecord(this.#memory, bytes, at)
    return { chain, length: this.#pad(place.alignment) }
  }

  clear(): void {
    this.#length = 0
    this.#records = 0
    this.#items = []
  }

  /** Zeros up to where the next batch begins: the memory was used before. */
  #pad(alignment: number): number {
    const length = alignUp(this.#length, alignment)
    this.#reserve(length - this.#length)
    this.#memory.bytes.fill(0, this.#length, length)
    return length
  }

  #describe(type: number, group: GroupId): RecordFields {
    const fields = this.#fields
    fields.type = type
    fields.kind = 0
    fields.group = group
    fields.index = 0
    fields.term = 0
    fields.previousTerm = 0
    return fields
  }

  /** Adds the record whose fields were just described. `lasts`: nobody ever changes the payload. */
  #add(payload: Uint8Array, { lasts } = { lasts: false }): void {
    const payloadBytes = payload.length
    const size = recordBytes(payloadBytes)
    this.#reserve(size)
    const at = this.#length
    const start = at + RECORD_HEADER_BYTES
    const memory = this.#memory
    // The last word first: its bytes beyond the payload must be zero.
    if (payloadBytes > 0) {
      memory.words[(at + size - 8) >>> 2] = 0
      memory.words[(at + size - 4) >>> 2] = 0
      memory.bytes.set(payload, start)
    }
    const fields = this.#fields
    fields.payloadBytes = payloadBytes
    fields.payloadCrc =
      lasts && payloadBytes >= REMEMBERED_BYTES_MIN
        ? this.#checksums.of(payload)
        : crc32cWords(memory.bytes, memory.words, start, start + payloadBytes, 0)
    writeRecord(memory.view, at, fields)
    this.#length = at + size
    this.#records += 1
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#memory.bytes.length) return
    const larger = allocateMemory(Math.max(needed, this.#memory.bytes.length * 2))
    larger.bytes.set(this.#memory.bytes.subarray(0, this.#length))
    this.#memory = larger
  }
}

export interface EvidencePlace {
  readonly seed: number
  readonly offset: number
  readonly chain: number
  /** The last batch, which is durable. */
  readonly batch: number
  readonly kind: number
  readonly maxTerm: number
}

/** Memory for evidence, which fills one aligned place. */
export function evidenceMemory(alignment: number): RecordMemory {
  return allocateMemory(alignUp(recordBytes(8), alignment))
}

/** One record that says that the last batch is durable. */
export function encodeEvidence(memory: RecordMemory, place: EvidencePlace): void {
  writeUint64(memory.view, RECORD_HEADER_BYTES, place.maxTerm)
  const end = RECORD_HEADER_BYTES + 8
  writeRecord(memory.view, 0, {
    type: TYPE_EVIDENCE,
    kind: place.kind,
    payloadBytes: 8,
    payloadCrc: crc32cWords(memory.bytes, memory.words, RECORD_HEADER_BYTES, end, 0),
    group: 0,
    index: 0,
    term: 0,
    previousTerm: 0,
  })
  sealRecord(memory, 0, { ...place, syncedThrough: place.batch })
}
