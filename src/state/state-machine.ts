/**
 * The replicated state of one group: entries of the log go in, results come out, and reads look at
 * it in between. Synchronous; whatever takes long or needs the disk stops and says why.
 */

import { assert, type DataChecksums, KvError } from '../base/index.ts'
import type { Alarm } from './alarms.ts'
import { CommandRunner } from './command-runner.ts'
import { BatchReader } from './commands.ts'
import { Context } from './context.ts'
import { type ForeseenRead, Foresight } from './foresight.ts'
import type { ReadKind } from './kinds.ts'
import type { StateLimits } from './limits.ts'
import { LookAhead } from './look-ahead.ts'
import { MetaWriting, readMeta } from './meta-format.ts'
import { Restoration } from './restoration.ts'
import { StateRead } from './state-read.ts'
import type {
  ChangeSink,
  CommandResult,
  LoadedRecords,
  RecordStore,
  RevisionList,
} from './types.ts'
import type { WatchedState } from './watch/index.ts'
import { PACE, type Pace } from './work.ts'

export interface StateMachineParts {
  readonly limits: StateLimits
  readonly records: RecordStore
  /** 53 bits of chance that clients do not know. Nothing that can be seen depends on it. */
  readonly seed: number
  /** How long others may have to wait for their turn. */
  readonly pace?: Pace
}

export type ApplyStep =
  /** The entry is done. */
  | { readonly kind: 'applied' }
  /** Load these, and hand them to the next step. */
  | { readonly kind: 'missing'; readonly revisions: RevisionList }
  /** Others should have a turn before the next step. */
  | { readonly kind: 'sliced' }

export interface ReadSource {
  readonly kind: ReadKind
  /** Must not change before the read has ended. */
  readonly body: Uint8Array
  /** Hand out the answer in pieces of about this size; 0: in one. */
  readonly pieceBytes?: number
  /** Cluster time as this node would tell it; by default that of the last entry. */
  readonly clockMs?: number
}

const APPLIED: ApplyStep = { kind: 'applied' }
const SLICED: ApplyStep = { kind: 'sliced' }
const NO_RESULTS: readonly CommandResult[] = []

/** A time that no clock shows for 140,000 years; with the longest lease it is a safe integer. */
const CLOCK_MS_MAX = 2 ** 52

/** What it takes to find out what a command is, in keys looked at, and for each KiB of it. */
const COMMAND_COST = 1
const KIB = 1024

export class StateMachine {
  readonly #context: Context
  readonly #runner: CommandRunner
  readonly #reader = new BatchReader()
  readonly #ahead: LookAhead
  readonly #foresight = new Foresight()
  readonly #watched: WatchedState
  /** As long as the state is being rebuilt. */
  #restoration: Restoration | null = null
  #appliedIndex = 0
  #isUnderWay = false
  #results: CommandResult[] = []
  #lastResults = NO_RESULTS

  constructor(parts: StateMachineParts) {
    const context = new Context({ ...parts, pace: parts.pace ?? PACE })
    this.#context = context
    this.#runner = new CommandRunner(context)
    this.#ahead = new LookAhead(context)
    const { space } = context
    this.#watched = {
      get revision() {
        return space.revision
      },
      get compactRevision() {
        return space.compactRevision
      },
      keys: space.index,
      records: parts.records,
    }
  }

  // Rebuilding, before anything else, in this order. On an empty engine none of it is called.

  /** Fails with `ENGINE_CORRUPT` when the bytes are not what `meta` gave. */
  restoreMeta(meta: Uint8Array): void {
    assert(this.#appliedIndex === 0 && this.#restoration === null, 'a state is rebuilt once')
    const { appliedIndex, keys } = readMeta(meta, this.#context)
    this.#appliedIndex = appliedIndex
    this.#restoration = new Restoration(this.#context, keys)
  }

  /** Of every record that is there, ascending; `header` is the record, or it without its value. */
  restoreRecord(main: number, sub: number, header: Uint8Array, bytes: number): void {
    if (this.#restoration === null) {
      throw new KvError('ENGINE_CORRUPT', 'the engine has records, but no checkpoint')
    }
    this.#restoration.add({ main, sub, header, bytes })
  }

  /** Fails with `ENGINE_CORRUPT` when the records and the rest do not belong together. */
  finishRestore(): void {
    assert(this.#restoration !== null, 'what ends has begun')
    this.#restoration.finish()
    this.#restoration = null
  }

  /** Everything but the records; the same bytes on every replica. Only between entries. */
  meta(): Uint8Array {
    const writing = this.writeMeta()
    for (;;) {
      const whole = writing.step(Number.POSITIVE_INFINITY)
      if (whole !== null) return whole
    }
  }

  /** The same in slices, before whose end no entry may begin. */
  writeMeta(): MetaWriting {
    this.#assertBetweenEntries()
    const index = this.#appliedIndex
    const isStill = (): boolean => !this.#isUnderWay && this.#appliedIndex === index
    return new MetaWriting(this.#context, index, { isStill })
  }

  // Entries.

  get appliedIndex(): number {
    return this.#appliedIndex
  }

  /** Between `begin` and the step that says `applied`. */
  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /** Of the entry that was applied last, one for each command; the array is not used again. */
  get results(): readonly CommandResult[] {
    assert(!this.#isUnderWay, 'an entry has results when it is done')
    return this.#lastResults
  }

  /** An entry that consensus itself makes: it holds no commands. */
  applyEmpty(index: number): void {
    this.#assertBetweenEntries()
    assert(index === this.#appliedIndex + 1, 'entries are applied in order')
    this.#appliedIndex = index
    this.#lastResults = NO_RESULTS
  }

  /** An entry of commands; `data` must not change before it is applied. */
  begin(index: number, data: Uint8Array, checksums: DataChecksums | null = null): void {
    this.#assertBetweenEntries()
    assert(index === this.#appliedIndex + 1, 'entries are applied in order')
    this.#isUnderWay = true
    this.#results = []
    const context = this.#context
    context.space.checksums = checksums
    // What is no batch holds no command; every replica finds the same.
    if (!this.#reader.restart(data, context.limits.batchCommandsMax)) return
    const clockMs = Math.min(this.#reader.clockMs, CLOCK_MS_MAX)
    context.clockMs = Math.max(context.clockMs, clockMs)
  }

  /** `loaded` is what the step before asked for; null when it asked for nothing. */
  step(loaded: LoadedRecords | null): ApplyStep {
    assert(this.#isUnderWay, 'a step is part of an entry')
    const { work } = this.#context
    const runner = this.#runner
    const reader = this.#reader
    work.resume(loaded)
    if (runner.isUnderWay && !this.#collect(runner.resume())) return this.#pause()
    while (reader.commandsLeft > 0) {
      if (work.isTurnOver) return SLICED
      reader.next()
      work.spend(COMMAND_COST + (reader.bodyEnd - reader.bodyStart) / KIB)
      if (!this.#collect(runner.run(reader))) return this.#pause()
    }
    work.release()
    this.#isUnderWay = false
    this.#appliedIndex += 1
    this.#lastResults = this.#results
    return APPLIED
  }

  /** Is told of every change from now on. */
  get changes(): ChangeSink | null {
    return this.#context.space.changes
  }

  set changes(sink: ChangeSink | null) {
    this.#context.space.changes = sink
  }

  // Looking at it.

  /** False in the middle of the changes of a command: reads wait then. */
  get canRead(): boolean {
    return !this.#context.space.isChanging
  }

  get revision(): number {
    return this.#context.space.revision
  }

  /** -1: nothing was compacted yet. */
  get compactRevision(): number {
    return this.#context.space.compactRevision
  }

  /** Cluster time: the latest that any entry has told. */
  get clockMs(): number {
    return this.#context.clockMs
  }

  /** Stands for all that ever changed; equal on all replicas after the same entry. 53 bits. */
  hash(): number {
    return this.#context.space.hash.value
  }

  /** The records that are kept. */
  get liveBytes(): number {
    return this.#context.space.index.liveBytes
  }

  /** Of all keys, tombstones among them, without those that were given back after a compaction. */
  get versionCount(): number {
    return this.#context.space.index.versions
  }

  get keyCount(): number {
    return this.#context.space.index.liveKeys
  }

  get alarms(): readonly Alarm[] {
    return this.#context.alarms.list()
  }

  /** With those of keys that were put for a time. */
  get leaseCount(): number {
    return this.#context.space.leases.size
  }

  /** Infinity: there is no lease. */
  get nextLeaseDeadlineMs(): number {
    return this.#context.space.leases.nextDeadlineMs
  }

  /** Leases whose time is over at `nowMs`, at most so many. */
  dueLeases(nowMs: number, max: number): bigint[] {
    return this.#context.space.leases.due(nowMs, max)
  }

  /**
   * Gives records back that nobody can read after a compaction, a slice at a time. True: nothing is
   * left. Only between entries; after a restart, too, for what was left before it.
   */
  compactStep(budget: number): boolean {
    this.#assertBetweenEntries()
    return this.#context.space.compactStep(budget)
  }

  /**
   * The state is over, and another one takes its place: its keys go now, so that there is never
   * memory for both. Only its figures may be asked for afterwards.
   */
  release(): void {
    this.#context.space.index.release()
  }

  /** After `release`: frees the memory of so many pages of keys; true: nothing is left. */
  freeStep(pages: number): boolean {
    return this.#context.space.index.freeStep(pages)
  }

  get watched(): WatchedState {
    return this.#watched
  }

  /** These are about to begin, up to `FORESEEN_MAX` of them. */
  foresee(reads: readonly ForeseenRead[]): void {
    const { space, records } = this.#context
    for (const read of reads) this.#foresight.add(read, space.index)
    this.#foresight.look(space.index, records)
  }

  /** Whatever is wrong with it, its first step tells. */
  beginRead(source: ReadSource): StateRead {
    return new StateRead(this.#context, source)
  }

  /** False: the command has to go on later. */
  #collect(result: CommandResult | null): boolean {
    if (result === null) return false
    this.#results.push(result)
    this.#context.work.releaseExcess()
    return true
  }

  #pause(): ApplyStep {
    const { missing } = this.#context.work
    if (missing.length === 0) return SLICED
    this.#ahead.ask(this.#reader)
    return { kind: 'missing', revisions: missing }
  }

  #assertBetweenEntries(): void {
    assert(!this.#isUnderWay, 'one entry at a time')
    assert(this.#restoration === null, 'a state is whole before it is used')
  }
}
