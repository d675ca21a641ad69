/**
 * The segments of an open log: the active one, the next one in advance, the old ones until nobody
 * needs them.
 *
 * Invariants: one write of a batch is under way at a time; a segment gets its name when its header
 * and head are durable; the oldest segment goes first, and only when what makes it needless is
 * durable; acknowledged bytes are never written again.
 */

import { alignUp, assert, KvError } from '../base/index.ts'
import type { Disk, DiskFile } from '../io/index.ts'
import type { Term } from '../raft/index.ts'
import { Batch, encodeEvidence, evidenceMemory } from './batch.ts'
import type { DurableView } from './durable-view.ts'
import {
  damagedName,
  EVIDENCE_CONTINUED,
  type Place,
  SEGMENT_HEADER_BYTES,
  segmentName,
} from './format.ts'
import { type FreeFile, type FreeFiles, isFull } from './free-files.ts'
import type { RecordMemory } from './record.ts'
import { type SegmentEnd, writeSegmentHeader } from './segment-header.ts'
import type { LogIdentity } from './types.ts'

export interface SegmentStoreOptions {
  readonly disk: Disk
  readonly directory: string
  readonly identity: LogIdentity
  readonly incarnation: number
  readonly segmentBytes: number
  readonly alignment: number
  readonly durable: DurableView
  readonly salt: () => number
  readonly free: FreeFiles
  /** Written at the head of every segment: see `OpenedLog.hidden`. */
  readonly fence: Term | null
}

/** What a new segment begins with. */
export interface SegmentStart {
  readonly number: number
  readonly previous: SegmentEnd
  /** Bytes that must fit behind the head. */
  readonly room: number
  readonly maxTerm: Term
  readonly head: Batch
  /** Batches that follow the head in the same write. */
  readonly carried: readonly Batch[]
}

export interface OldSegment {
  readonly number: number
  readonly path: string
  readonly seed: number
  /** 0 when its unused end was given back. */
  readonly size: number
  readonly damaged: boolean
  /** The log may begin with it: see `LogReading.bases`. */
  readonly isBase: boolean
}

export interface ActiveSegment {
  readonly number: number
  readonly path: string
  readonly seed: number
  readonly file: DiskFile
  readonly size: number
  /** Where the next batch goes. */
  offset: number
  /** The last batch in it, and the checksum of its last record. */
  batch: number
  chain: number
}

export class SegmentStore {
  readonly #options: SegmentStoreOptions
  readonly #free: FreeFiles
  #old: OldSegment[]
  /** One is written at a time. */
  readonly #evidence: RecordMemory
  #active: ActiveSegment | null = null
  /** Segments that were left and still lack the word that there is a next one. */
  #left: ActiveSegment[] = []
  #lastBatch: number
  /** How many loads read a segment at the moment. */
  readonly #pins = new Map<number, number>()
  /** Segments that go next have been kept for a load alone, and may go now. */
  onReleased: () => void = () => {}

  constructor(
    options: SegmentStoreOptions,
    { old, lastBatch }: { old: readonly OldSegment[]; lastBatch: number },
  ) {
    this.#options = options
    this.#evidence = evidenceMemory(options.alignment)
    this.#free = options.free
    this.#old = [...old]
    this.#lastBatch = lastBatch
  }

  get active(): ActiveSegment {
    assert(this.#active !== null, 'an open log has an active segment')
    return this.#active
  }

  get lastBatch(): number {
    return this.#lastBatch
  }

  get left(): ActiveSegment[] {
    return this.#left
  }

  get free(): FreeFiles {
    return this.#free
  }

  /**
   * Those that go next: the oldest, together with those behind it that the log must not come to
   * begin with. What stands before damage may be all that is known of a group.
   */
  get nextToGo(): readonly OldSegment[] {
    const rest = this.#old.findIndex(({ isBase }, at) => at > 0 && isBase)
    return rest < 0 ? [...this.#old] : this.#old.slice(0, rest)
  }

  /** Something in it is needed, or is being loaded just now. */
  isHeld({ number }: OldSegment): boolean {
    return this.#options.durable.isNeeded(number) || this.#pins.has(number)
  }

  /** How many segments were left in good order, and are still here. */
  get fullCount(): number {
    return this.#old.length
  }

  /** Everything before this offset of the segment is written and will not change. */
  writtenEnd(segment: number): number {
    return this.#active?.number === segment ? this.#active.offset : Number.POSITIVE_INFINITY
  }

  /** Seals the batch for its place and writes it durably. */
  async write(batch: Batch, { maxTerm }: { maxTerm: Term }): Promise<Place> {
    const { alignment } = this.#options
    const length = batch.sealedLength(alignment)
    if (this.active.offset + length > capacityOf(this.active, alignment)) {
      await this.#goOn(length, maxTerm)
    }
    const { active } = this
    const { offset, seed, chain, number } = active
    this.#lastBatch += 1
    const place = { seed, offset, chain, batch: this.#lastBatch, alignment, maxTerm }
    const sealed = batch.seal(place)
    assert(offset + sealed.length <= capacityOf(active, alignment), 'a batch fits its segment')
    await active.file.write(batch.bytes, 0, sealed.length, offset)
    active.offset = offset + sealed.length
    active.batch = this.#lastBatch
    active.chain = sealed.chain
    return { segment: number, offset }
  }

  /** Says on disk that the last batch is durable. The next batch goes over it. */
  async writeEvidence(kind: number, { maxTerm }: { maxTerm: Term }): Promise<void> {
    await this.#writeEvidence(this.active, { kind, maxTerm })
  }

  /** A segment whose head says what is durable now. Becomes the active one. */
  async begin(start: SegmentStart): Promise<Place[]> {
    const { disk, directory, alignment, segmentBytes } = this.#options
    const least = alignUp(this.#startBytes(start), alignment)
    const free = await this.#takeFile({ least, wanted: Math.max(segmentBytes, least) })
    const path = `${directory}/${segmentName(start.number)}`
    const file = await disk.open(free.path, { mode: 'readWrite', durable: true })
    try {
      const place = { size: await file.size(), recycled: free.recycled }
      const { bytes, seed, chain, positions } = this.#encodeStart(start, place)
      await file.write(bytes, 0, bytes.length, 0)
      await disk.rename(free.path, path)
      await disk.syncDirectory(directory)
      this.#options.durable.addSegment(start.number)
      const at = { offset: bytes.length, batch: this.#lastBatch, chain }
      // In one step: a load finds every segment at every moment.
      if (this.#active !== null) this.#left.push(this.#active)
      this.#active = { number: start.number, path, seed, file, size: place.size, ...at }
      return positions
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** For reading entries back: the segment stays until it is released. */
  async openForReading(number: number): Promise<{ file: DiskFile; path: string; seed: number }> {
    const active = this.#active?.number === number ? this.#active : null
    const left = this.#left.find((segment) => segment.number === number)
    const segment = active ?? left ?? this.#old.find((old) => old.number === number)
    assert(segment !== undefined, 'entries lie in a segment that exists')
    this.#pins.set(number, (this.#pins.get(number) ?? 0) + 1)
    try {
      const file = await this.#options.disk.open(segment.path, { mode: 'read' })
      return { file, path: segment.path, seed: segment.seed }
    } catch (error) {
      this.unpin(number)
      throw error
    }
  }

  unpin(number: number): void {
    const count = this.#pins.get(number) ?? 0
    assert(count > 0, 'what is released was opened')
    if (count > 1) {
      this.#pins.set(number, count - 1)
      return
    }
    this.#pins.delete(number)
    const { nextToGo } = this
    if (!nextToGo.some((segment) => segment.number === number)) return
    if (!nextToGo.some((segment) => this.isHeld(segment))) this.onReleased()
  }

  /** Tells the next recovery that a segment after this one exists, and closes the file. */
  async leave(segment: ActiveSegment, { maxTerm }: { maxTerm: Term }): Promise<void> {
    await this.#writeEvidence(segment, { kind: EVIDENCE_CONTINUED, maxTerm })
    await segment.file.close()
    this.#left = this.#left.filter((other) => other !== segment)
    this.#old.push({ ...segment, damaged: false, isBase: true })
  }

  /** Removes the oldest segment, or sets it aside, or keeps its file for reuse. */
  async removeOldest({ recycle, keepDamaged }: { recycle: boolean; keepDamaged: boolean }) {
    const { disk, directory, durable, segmentBytes } = this.#options
    const segment = this.#old.shift()
    assert(segment !== undefined, 'there is an oldest segment')
    durable.removeSegment(segment.number)
    if (segment.damaged && keepDamaged) {
      await disk.rename(segment.path, `${directory}/${damagedName(segment.number)}`)
      await disk.syncDirectory(directory)
    } else if (recycle && segment.size >= segmentBytes && segment.size <= 2 * segmentBytes) {
      await this.#free.recycle(segment.path)
    } else {
      await disk.remove(segment.path)
      await disk.syncDirectory(directory)
    }
  }

  /** Closes every file, also when one of them fails to; then fails as the first that did. */
  async close(): Promise<void> {
    const files = this.#left.map(({ file }) => file)
    if (this.#active !== null) files.push(this.#active.file)
    const outcomes = await Promise.allSettled(files.map((file) => file.close()))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async #goOn(length: number, maxTerm: Term): Promise<void> {
    const { number, offset, chain } = this.active
    await this.begin({
      number: number + 1,
      previous: { segment: number, offset, chain, batch: this.#lastBatch },
      room: length,
      maxTerm,
      head: this.#headOf(),
      carried: [],
    })
  }

  /** The state of every group as it is durable. */
  #headOf(): Batch {
    const head = new Batch(4096)
    for (const [group, state] of this.#options.durable.groups) {
      head.addGroupState(group, state, state)
    }
    if (this.#options.fence !== null) head.addFence(this.#options.fence)
    return head
  }

  #startBytes({ head, carried, room }: SegmentStart): number {
    const { alignment, segmentBytes } = this.#options
    const headBytes = head.sealedLength(alignment)
    let bytes = SEGMENT_HEADER_BYTES + headBytes + room + alignment
    for (const batch of carried) bytes += batch.sealedLength(alignment)
    // A head that takes most of a segment would have to be written again for every batch.
    return headBytes * 4 > segmentBytes ? bytes + headBytes * 4 : bytes
  }

  #encodeStart(
    start: SegmentStart,
    { size, recycled }: { size: number; recycled: boolean },
  ): { bytes: Uint8Array; seed: number; chain: number; positions: Place[] } {
    const { identity, incarnation, alignment, salt } = this.#options
    const { number, previous, maxTerm } = start
    const header = new Uint8Array(SEGMENT_HEADER_BYTES)
    const firstBatch = this.#lastBatch + 1
    const bornThrough = firstBatch + start.carried.length
    const batches = { firstBatch, bornThrough }
    const fields = { ...identity, ...batches, incarnation, number, size, maxTerm, previous }
    const seed = writeSegmentHeader(header, { ...fields, alignment, recycled, salt: salt() })
    const pieces: Uint8Array[] = [header]
    const positions: Place[] = []
    let chain = seed
    let offset = SEGMENT_HEADER_BYTES
    for (const batch of [start.head, ...start.carried]) {
      this.#lastBatch += 1
      const place = { seed, offset, chain, batch: this.#lastBatch, alignment, maxTerm }
      const sealed = batch.seal(place)
      positions.push({ segment: number, offset })
      pieces.push(batch.bytes.subarray(0, sealed.length))
      chain = sealed.chain
      offset += sealed.length
    }
    return { bytes: concatenate(pieces, offset), seed, chain, positions }
  }

  /**
   * A free file of at least this size; made on the spot when there is none. A file that is shorter
   * is never made longer in place: when the sync of that failed, the next life would see the length
   * and trust it, and a power failure would take it back.
   */
  async #takeFile({ least, wanted }: { least: number; wanted: number }): Promise<FreeFile> {
    const { disk, segmentBytes } = this.#options
    const shorter: FreeFile[] = []
    try {
      for (;;) {
        if (this.#free.count === 0) await this.#prepareFile({ least, wanted })
        const free = this.#free.take()
        assert(free !== null, 'a file was prepared')
        const actual = await sizeOf(disk, free.path)
        if (actual >= least) return free
        if (actual >= segmentBytes) shorter.push(free)
        else await disk.remove(free.path)
      }
    } finally {
      for (const free of shorter) this.#free.giveBack(free)
    }
  }

  /** Without room for a whole segment one that just holds what must be written is made. */
  async #prepareFile({ least, wanted }: { least: number; wanted: number }): Promise<void> {
    try {
      await this.#free.prepare(wanted)
    } catch (error) {
      if (!isFull(error)) throw error
      await this.#prepareLeast(least)
    }
  }

  async #prepareLeast(least: number): Promise<void> {
    try {
      await this.#free.prepare(least)
    } catch (error) {
      if (!isFull(error)) throw error
      const { directory } = this.#options
      const text = `no room for another log segment in ${directory}`
      throw new KvError('DISK_FULL', text, { cause: error })
    }
  }

  async #writeEvidence(
    segment: ActiveSegment,
    { kind, maxTerm }: { kind: number; maxTerm: Term },
  ): Promise<void> {
    const { seed, offset, chain, batch } = segment
    encodeEvidence(this.#evidence, { seed, offset, chain, batch, kind, maxTerm })
    const { bytes } = this.#evidence
    await segment.file.write(bytes, 0, bytes.length, offset)
  }
}

function capacityOf({ size }: ActiveSegment, alignment: number): number {
  // The last place is kept for evidence.
  return size - alignment
}

function concatenate(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path, { mode: 'read' })
  try {
    return await file.size()
  } finally {
    await file.close()
  }
}
