/**
 * Reads one segment in order and decides, at the first record that is not as it must be, whether it
 * is damage to durable data or the remains of the last write (docs/format/log.md, "Recovery").
 *
 * Invariants: a record reaches the sink only when its batch is whole, or was durable and what is
 * left of it is intact; memory is bounded by the window and the headers of one batch.
 */

import { alignUp, assert, crc32c, crc32cNumber, crc32cWords } from '../base/index.ts'
import type { GroupId, LogIndex } from '../raft/index.ts'
import {
  EVIDENCE_CLOSED,
  EVIDENCE_CONTINUED,
  RECORD_ALIGNMENT,
  RECORD_HEADER_BYTES,
  recordBytes,
  SEGMENT_HEADER_BYTES,
  TYPE_BATCH_END,
  TYPE_ENTRY,
  TYPE_EVIDENCE,
} from './format.ts'
import type { PatientFile } from './patient-file.ts'
import { decodeBatchEnd } from './payload.ts'
import { type Evidence, Prober } from './prober.ts'
import { copyHeader, emptyHeader, type RecordHeader, readRecord } from './record.ts'
import type { SegmentEnd, SegmentHeader } from './segment-header.ts'
import { FileWindow, readFully } from './window.ts'

export interface ScannedRecord extends RecordHeader {
  segment: number
  offset: number
  /** The header is good, the payload is not. */
  damaged: boolean
  /** Of entries only when the sink wants it. */
  payload: Uint8Array | null
}

export interface ScanSink {
  /** Whether the data of this entry should come with it. */
  wantsData(record: RecordHeader): boolean
  /** In order. The object is used again afterwards. */
  record(record: ScannedRecord): void
  /** The records since the last call are a batch; `maxTerm` is null when its end is damaged. */
  batchEnded(maxTerm: number | null, options: { readonly whole: boolean }): void
  /** Records of unknown groups and number are lost here. */
  gap(): void
  /** The highest index known to be committed. */
  committed(group: GroupId): LogIndex
}

export interface Damage {
  readonly segment: number
  readonly offset: number
  readonly reason: string
  /** Null when it is not known what was there. */
  readonly group: GroupId | null
  readonly index: LogIndex | null
}

export type Tail =
  | { readonly kind: 'clean' }
  | {
      readonly kind: 'torn'
      /** From the start of the batch to the last byte that can be told to be of it. */
      readonly start: number
      readonly end: number
      /** The end of the batch is there: everything had been written, and then a part was lost. */
      readonly suspect: boolean
      readonly offset: number
      readonly reason: string
    }

export interface LastBatch {
  readonly start: number
  readonly before: SegmentEnd
}

/** For an end whose chain nobody knows: no checksum has this value. */
export const UNKNOWN_CHAIN = -1

export interface ScanInput {
  readonly file: PatientFile
  readonly number: number
  readonly header: SegmentHeader
  readonly seed: number
  readonly size: number
  /** Where the next segment says that this one ends; null for the last one. */
  readonly trustedEnd: SegmentEnd | null
  /** A later segment exists: whatever is here was durable. */
  readonly proven: boolean
  readonly windowBytes: number
}

export interface ScanResult {
  readonly end: SegmentEnd
  readonly tail: Tail
  readonly damages: readonly Damage[]
  readonly records: number
  /** Where the last batch begins, and where the content before it ends. */
  readonly lastBatch: LastBatch | null
  /** A segment after this one was durable once. */
  readonly continued: boolean
  /** The log was closed here in good order. */
  readonly closed: boolean
}

type Look = 'good' | 'payload' | 'header' | 'end' | 'load' | 'large'

const DONE = -1
const NONE = -2

export class SegmentScanner {
  readonly #input: ScanInput
  readonly #sink: ScanSink
  readonly #window: FileWindow
  readonly #header = emptyHeader()
  readonly #damages: Damage[] = []
  readonly #limit: number
  #staged: ScannedRecord[] = []
  #stagedCount = 0
  #stagedCrc = 0
  /** The chain the next record must carry. */
  #chain: number
  /** The last batch that is whole. */
  #lastBatch: number
  #batchStart = SEGMENT_HEADER_BYTES
  /** The batch began in a gap: its end cannot be compared with it. */
  #partial = false
  #batch: number
  #end: SegmentEnd
  #tail: Tail = { kind: 'clean' }
  #searched: { at: number; batch: number; evidence: Evidence } | null = null
  #syncedThrough = 0
  #evidenceKind: number | null = null
  #records = 0
  #finished: LastBatch | null = null

  constructor(input: ScanInput, sink: ScanSink) {
    const { header, size, trustedEnd, file, windowBytes } = input
    this.#input = input
    this.#sink = sink
    this.#limit = Math.min(trustedEnd?.offset ?? header.size, size)
    this.#window = new FileWindow(file, { limit: this.#limit, bytesMax: windowBytes })
    this.#chain = input.seed
    this.#lastBatch = header.firstBatch - 1
    this.#batch = header.firstBatch
    this.#end = {
      segment: input.number,
      offset: SEGMENT_HEADER_BYTES,
      chain: input.seed,
      batch: this.#lastBatch,
    }
  }

  async run(): Promise<ScanResult> {
    for (let at = SEGMENT_HEADER_BYTES; at !== DONE; ) {
      let look = this.#look(at)
      if (look === 'load') look = await this.#loadAndLook(at)
      if (look === 'large') look = await this.#checkLarge(at)
      let next = this.#accept(at, look)
      if (next === NONE) next = await this.#trouble(at, look)
      at = next
    }
    return {
      end: this.#end,
      tail: this.#tail,
      damages: this.#damages,
      records: this.#records,
      lastBatch: this.#finished,
      continued: this.#evidenceKind === EVIDENCE_CONTINUED,
      closed: this.#evidenceKind === EVIDENCE_CLOSED,
    }
  }

  get #isLast(): boolean {
    return this.#input.trustedEnd === null && !this.#input.proven
  }

  get #inBatch(): boolean {
    return this.#stagedCount > 0 || this.#partial
  }

  get #expectedBatch(): number {
    return this.#inBatch ? this.#batch : this.#lastBatch + 1
  }

  #look(at: number): Look {
    if (at + RECORD_HEADER_BYTES > this.#limit) return 'end'
    const window = this.#window
    if (!window.has(at, RECORD_HEADER_BYTES)) return 'load'
    const header = this.#header
    const local = at - window.start
    const place = { seed: this.#input.seed, offset: at, into: header }
    if (!readRecord(window.memory, local, place)) return 'header'
    const length = recordBytes(header.payloadBytes)
    if (at + length > this.#limit) return 'header'
    if (!window.has(at, length)) return length <= window.capacity ? 'load' : 'large'
    const { bytes, words } = window.memory
    const start = local + RECORD_HEADER_BYTES
    const crc = crc32cWords(bytes, words, start, start + header.payloadBytes, 0)
    return crc === header.payloadCrc ? 'good' : 'payload'
  }

  async #loadAndLook(at: number): Promise<Look> {
    await this.#window.moveTo(at)
    const look = this.#look(at)
    // The file ended before what it should hold.
    return look === 'load' ? 'header' : look
  }

  /** A payload larger than the window passes through it in pieces. */
  async #checkLarge(at: number): Promise<Look> {
    const window = this.#window
    const end = at + RECORD_HEADER_BYTES + this.#header.payloadBytes
    let crc = 0
    for (let position = at + RECORD_HEADER_BYTES; position < end; ) {
      await window.moveTo(position)
      const length = Math.min(window.capacity, end - position)
      if (!window.has(position, length)) return 'header'
      crc = crc32c(window.memory.bytes, 0, length, crc)
      position += length
    }
    return crc === this.#header.payloadCrc ? 'good' : 'payload'
  }

  /** Takes the record when it is the one that must stand here: where to go on, or NONE. */
  #accept(at: number, look: Look): number {
    const header = this.#header
    const intact = look === 'good' || (look === 'payload' && !this.#isLast)
    if (!intact || header.chain !== this.#chain) return NONE
    if (header.type === TYPE_EVIDENCE) return this.#acceptEvidence(look)
    if (header.batch !== this.#expectedBatch) return NONE
    if (look === 'payload') this.#reportPayload(at)
    return this.#stage(at, { damaged: look === 'payload' })
  }

  /** Evidence ends the content, unless what lies behind it shows that it went on. */
  #acceptEvidence(look: Look): number {
    const current = !this.#inBatch && this.#header.batch === this.#lastBatch
    if (current && look === 'good') this.#evidenceKind = this.#header.kind
    return NONE
  }

  #stage(at: number, { damaged }: { damaged: boolean }): number {
    const header = this.#header
    if (!this.#inBatch) this.#batchStart = at
    this.#batch = header.batch
    const next = at + recordBytes(header.payloadBytes)
    if (header.type === TYPE_BATCH_END) {
      return this.#finishBatch(at, { next, damaged })
    }
    const record = this.#slot()
    copyHeader(header, record)
    record.offset = at
    record.damaged = damaged
    const wanted = header.type !== TYPE_ENTRY || this.#sink.wantsData(header)
    record.payload = wanted && !damaged ? this.#payload(at) : null
    this.#stagedCount += 1
    this.#stagedCrc = crc32cNumber(header.crc, this.#stagedCrc)
    this.#chain = header.crc
    return next
  }

  #slot(): ScannedRecord {
    const slot = this.#staged[this.#stagedCount]
    if (slot !== undefined) return slot
    const fresh: ScannedRecord = {
      ...emptyHeader(),
      segment: this.#input.number,
      offset: 0,
      damaged: false,
      payload: null,
    }
    this.#staged.push(fresh)
    return fresh
  }

  /** A copy of the payload; null when it is larger than the window. */
  #payload(at: number): Uint8Array | null {
    const window = this.#window
    const { payloadBytes } = this.#header
    if (!window.has(at, RECORD_HEADER_BYTES + payloadBytes)) return null
    const start = at - window.start + RECORD_HEADER_BYTES
    return window.memory.bytes.slice(start, start + payloadBytes)
  }

  #finishBatch(at: number, { next, damaged }: { next: number; damaged: boolean }): number {
    const header = this.#header
    const payload = damaged ? null : this.#payload(at)
    const end = payload === null ? null : decodeBatchEnd(payload)
    if (!this.#partial && end !== null) {
      const whole =
        end.records === this.#stagedCount &&
        end.crc === this.#stagedCrc &&
        end.bytes === at - this.#batchStart
      if (!whole) return NONE
    }
    const partial = this.#partial
    this.#release()
    this.#sink.batchEnded(end?.maxTerm ?? null, { whole: !partial && end !== null })
    this.#lastBatch = header.batch
    this.#chain = header.crc
    const offset = Math.min(alignUp(next, this.#input.header.alignment), this.#limit)
    this.#finished = { start: this.#batchStart, before: this.#end }
    this.#batchStart = offset
    this.#markEnd(offset)
    return offset
  }

  /** Hands the staged records on. */
  #release(): void {
    for (let i = 0; i < this.#stagedCount; i++) this.#sink.record(this.#staged[i] as ScannedRecord)
    this.#records += this.#stagedCount
    this.#stagedCount = 0
    this.#stagedCrc = 0
    this.#partial = false
    // A batch of very many records does not keep its memory.
    if (this.#staged.length > 65_536) this.#staged = []
  }

  #markEnd(offset: number): void {
    this.#end = {
      segment: this.#input.number,
      offset,
      chain: this.#chain,
      batch: this.#lastBatch,
    }
  }

  async #trouble(at: number, look: Look): Promise<number> {
    const { trustedEnd } = this.#input
    if (trustedEnd !== null && at >= trustedEnd.offset) return this.#finishTrusted(at, trustedEnd)
    const cutShort = this.#isCutShort()
    if (!cutShort && !(await this.#isProven(at, look))) {
      this.#tail = await this.#classifyTail(at, look)
      return DONE
    }
    const header = this.#header
    const fits = header.chain === this.#chain && header.batch === this.#expectedBatch
    if (look === 'payload' && fits) {
      this.#reportPayload(at)
      return this.#stage(at, { damaged: true })
    }
    return this.#skipGap(at, { look, cutShort })
  }

  /** The end that the next segment vouches for. */
  #finishTrusted(at: number, trustedEnd: SegmentEnd): number {
    const chain = this.#chain
    if (this.#inBatch) {
      this.#release()
      this.#sink.batchEnded(null, { whole: false })
    }
    const vouched = trustedEnd.chain !== UNKNOWN_CHAIN && trustedEnd.offset > SEGMENT_HEADER_BYTES
    if (vouched && chain !== trustedEnd.chain) {
      this.#report(at, 'the segment does not end with the record the next segment names')
      this.#sink.gap()
    }
    this.#markEnd(at)
    return DONE
  }

  /**
   * A segment has its full size before its name appears, so no crash leaves a shorter last one.
   * Only when the log was closed at a place inside it is it known that nothing came after.
   */
  #isCutShort(): boolean {
    const { header, size, trustedEnd } = this.#input
    const expected = trustedEnd?.offset ?? (this.#isLast ? header.size : 0)
    return size < expected && this.#evidenceKind !== EVIDENCE_CLOSED
  }

  /** Whether the batch expected here is known to have been durable. */
  async #isProven(at: number, look: Look): Promise<boolean> {
    // A crash leaves a batch in part, never a place that cannot be read.
    if (this.#isUnreadable(at, look)) return true
    if (!this.#isLast) {
      // Without a word of the next segment where this one ends, it may end in an aligned place.
      return this.#input.trustedEnd !== null || this.#inBatch || (await this.#hasMore(at))
    }
    const batch = this.#expectedBatch
    if (batch <= this.#input.header.bornThrough) return true
    // What was once shown holds wherever it was found: many damaged records cost one search.
    if (this.#syncedThrough >= batch) return true
    const evidence = await this.#evidenceBehind(at)
    this.#syncedThrough = Math.max(this.#syncedThrough, evidence.syncedThrough)
    if (this.#syncedThrough >= batch) return true
    if (this.#hidesEvidence(at, evidence)) return true
    const { type, group, index, chain } = this.#header
    if (look !== 'payload' || type !== TYPE_ENTRY || chain !== this.#chain) return false
    return index <= this.#sink.committed(group)
  }

  /** Whether the record that should stand here lies where the file cannot be read. */
  #isUnreadable(at: number, look: Look): boolean {
    const known = look === 'good' || look === 'payload' || look === 'large'
    const length = known ? recordBytes(this.#header.payloadBytes) : RECORD_HEADER_BYTES
    return this.#input.file.isUnreadable(at, at + length)
  }

  /** A batch has begun here, and whether it was durable may stand where nothing can be read. */
  #hidesEvidence(at: number, { sameBatch }: Evidence): boolean {
    const begun = this.#inBatch || sameBatch
    return begun && this.#input.file.isUnreadable(at, this.#limit)
  }

  async #hasMore(at: number): Promise<boolean> {
    const evidence = await this.#evidenceBehind(at)
    return evidence.sameBatch || evidence.syncedThrough > this.#lastBatch
  }

  /** Searched once per place: the end of every log is searched, and asked about twice. */
  async #evidenceBehind(at: number): Promise<Evidence> {
    const batch = this.#expectedBatch
    if (this.#searched?.at === at && this.#searched.batch === batch) return this.#searched.evidence
    const evidence = await this.#prober().evidence(at, { batch })
    this.#searched = { at, batch, evidence }
    return evidence
  }

  #prober(): Prober {
    const { file, seed, windowBytes } = this.#input
    return new Prober(file, { seed, limit: this.#limit, windowBytes })
  }

  async #classifyTail(at: number, look: Look): Promise<Tail> {
    const evidence = await this.#evidenceBehind(at)
    const rest = { kind: 'torn', start: this.#batchStart, offset: at } as const
    if (this.#inBatch || evidence.sameBatch) {
      const suspect = evidence.batchEnd
      const reason = suspect
        ? 'suspect tail: the last batch is complete but damaged, and nothing shows it was durable'
        : 'the last batch is incomplete'
      return { ...rest, end: Math.max(evidence.extent, at), suspect, reason }
    }
    // Nothing of the expected batch is here. In a file that was used before anything may lie
    // behind the end: a newest batch that was lost as a whole, and that nothing shows to have been
    // durable, cannot be told from none (docs/decision/0010).
    if (this.#evidenceKind !== null || this.#input.header.recycled) return { kind: 'clean' }
    if (look === 'end' || !(await this.#hasBytes(at))) return { kind: 'clean' }
    const end = Math.min(at + this.#input.header.alignment, this.#limit)
    const reason = 'the last write left bytes that are no record'
    return { ...rest, end, suspect: false, reason }
  }

  async #hasBytes(at: number): Promise<boolean> {
    const length = Math.min(this.#input.header.alignment, this.#limit - at)
    const target = new Uint8Array(length)
    const read = await readFully(this.#input.file, { target, length, position: at })
    return target.subarray(0, read).some((byte) => byte !== 0)
  }

  /** Goes on at the next valid record. What lay between is lost, and nobody knows what it was. */
  async #skipGap(
    at: number,
    { look, cutShort }: { look: Look; cutShort: boolean },
  ): Promise<number> {
    if (this.#inBatch) {
      this.#release()
      this.#sink.batchEnded(null, { whole: false })
    }
    this.#markEnd(at)
    this.#report(at, cutShort ? 'the file is shorter than it was made' : this.#reasonAt(at, look))
    this.#sink.gap()
    // A valid record that merely does not follow is where it goes on; evidence is none.
    const valid = (look === 'good' || look === 'payload') && this.#header.type !== TYPE_EVIDENCE
    const finding = await this.#prober().next(valid ? at : at + RECORD_ALIGNMENT)
    if (finding === null) return DONE
    const { header, offset } = finding
    assert(offset >= at, 'a search goes forward')
    this.#chain = header.chain
    this.#batchStart = offset
    if (header.type === TYPE_EVIDENCE) {
      this.#lastBatch = header.batch
      this.#markEnd(offset)
    } else {
      this.#batch = header.batch
      this.#lastBatch = header.batch - 1
      this.#partial = true
    }
    return offset
  }

  #reportPayload(at: number): void {
    const { type, group, index } = this.#header
    this.#report(at, this.#reasonAt(at, 'payload'), {
      group,
      index: type === TYPE_ENTRY ? index : null,
    })
  }

  /** Why the record here is not as it must be. */
  #reasonAt(at: number, look: Look): string {
    if (this.#isUnreadable(at, look)) return 'the file cannot be read there'
    const { chain, batch } = this.#header
    const valid = look === 'good' || look === 'payload'
    if (!valid) return 'the record header is damaged'
    const follows = chain === this.#chain && batch === this.#expectedBatch
    if (look === 'payload' && follows) return 'the payload does not match its checksum'
    return 'a record does not follow the one before it'
  }

  #report(
    offset: number,
    reason: string,
    { group, index }: { group: GroupId | null; index: LogIndex | null } = {
      group: null,
      index: null,
    },
  ): void {
    this.#damages.push({ segment: this.#input.number, offset, reason, group, index })
  }
}
