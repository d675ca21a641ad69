/**
 * Applies what is committed, in order, a bounded piece per turn. An entry may take several turns:
 * its records are on disk, it is long, or the engine has no room for more.
 */

import { assert } from '../base/index.ts'
import type { Entry, LogIndex, Raft } from '../raft/index.ts'
import type { CommandResult, LoadedRecords, RevisionList } from '../state/index.ts'
import type { Replica } from './replica.ts'
import type { GroupContext } from './types.ts'

const NO_RESULTS: readonly CommandResult[] = []
/** What an entry costs besides its bytes. */
const ENTRY_COST = 64

export interface ApplierParts extends GroupContext {
  readonly raft: Raft
  readonly replica: Replica
  /** Between two entries: nothing more may be applied for now. */
  readonly mustHold: () => boolean
  readonly applied: (entry: Entry, results: readonly CommandResult[]) => void
}

export class Applier {
  readonly #parts: ApplierParts
  /** Entries that were brought from the log, and how far they are used up. */
  #entries: readonly Entry[] = []
  #next = 0
  /** The entry that is under way. */
  #entry: Entry | null = null
  #loaded: LoadedRecords | null = null
  /** Entries or records are on their way from the disk. */
  #isWaiting = false
  /** What was asked for before the last `reset` does not count any more. */
  #epoch = 0

  constructor(parts: ApplierParts) {
    this.#parts = parts
  }

  /** Entries that were read ahead may have been replaced: those that are not begun. */
  forgetRead(): void {
    this.#entries = []
    this.#next = 0
  }

  /** The state is over: whatever was under way with it, too. */
  reset(): void {
    this.forgetRead()
    this.#entry = null
    this.#loaded = null
    this.#isWaiting = false
    this.#epoch += 1
  }

  run(): void {
    const { limits, wake } = this.#parts
    let budget = limits.applyBytesMax
    while (budget > 0) {
      if (!this.#canGoOn()) return
      const entry = this.#entry ?? this.#begin()
      if (entry === null || !this.#step(entry)) return
      this.#entry = null
      budget -= entry.data.length + ENTRY_COST
      this.#parts.applied(entry, entry.kind === 'command' ? this.#results : NO_RESULTS)
    }
    this.#mark('applySliced')
    wake()
  }

  get #results(): readonly CommandResult[] {
    return this.#parts.replica.machine.results
  }

  #canGoOn(): boolean {
    const { replica, mustHold } = this.#parts
    if (this.#isWaiting || replica.isStale || replica.stopped) return false
    if (!replica.engine.hasRoom) {
      // The engine wakes the group when it has room.
      this.#mark('applyPausedForRoom')
      return false
    }
    return this.#entry !== null || !mustHold()
  }

  #begin(): Entry | null {
    const { log, raft, replica } = this.#parts
    const { machine } = replica
    const index = machine.appliedIndex + 1
    if (index > raft.commit) return null
    const entry = this.#take(index)
    if (entry === null) return null
    assert(entry.index === index, 'entries are applied in order, each once')
    this.#entry = entry
    if (entry.kind === 'command') machine.begin(index, entry.data, log.checksums)
    return entry
  }

  /** True: the entry is done. */
  #step(entry: Entry): boolean {
    const { machine } = this.#parts.replica
    if (entry.kind !== 'command') {
      machine.applyEmpty(entry.index)
      return true
    }
    const loaded = this.#loaded
    this.#loaded = null
    const step = machine.step(loaded)
    if (step.kind === 'applied') return true
    if (step.kind === 'missing') {
      this.#isWaiting = true
      this.#mark('applyPausedForRecords')
      this.#loadRecords(step.revisions).catch(this.#parts.onFatal)
    } else {
      this.#mark('applySliced')
      this.#parts.wake()
    }
    return false
  }

  async #loadRecords(revisions: RevisionList): Promise<void> {
    const { replica, wake } = this.#parts
    const epoch = this.#epoch
    let records: LoadedRecords
    try {
      records = await replica.engine.load(revisions)
    } catch (error) {
      // The engine was closed because its state is over.
      if (replica.stopped || epoch !== this.#epoch) return
      throw error
    }
    if (replica.stopped || epoch !== this.#epoch) return
    this.#loaded = records
    this.#isWaiting = false
    wake()
  }

  /** Null: it has to be brought from the log first. */
  #take(index: LogIndex): Entry | null {
    const { log, id, limits, raft } = this.#parts
    if (this.#entries[this.#next]?.index !== index) {
      const cached = log.read(id, index, raft.commit, limits.applyBytesMax)
      if (cached === null) {
        this.#isWaiting = true
        this.#loadEntries(index).catch(this.#parts.onFatal)
        return null
      }
      this.#entries = cached
      this.#next = 0
    }
    const entry = this.#entries[this.#next] ?? null
    this.#next += 1
    // What is used up is not kept from the cache's own bound.
    if (this.#next === this.#entries.length) this.forgetRead()
    return entry
  }

  async #loadEntries(from: LogIndex): Promise<void> {
    const { log, id, limits, raft, replica, wake } = this.#parts
    const epoch = this.#epoch
    let entries: readonly Entry[]
    try {
      entries = await log.load(id, from, raft.commit, limits.applyBytesMax)
    } catch (error) {
      // A snapshot was installed meanwhile and the entries went: there is nothing to apply.
      if (replica.stopped || epoch !== this.#epoch) return
      throw error
    }
    if (replica.stopped || epoch !== this.#epoch) return
    this.#mark('entriesLoaded')
    this.#entries = entries
    this.#next = 0
    this.#isWaiting = false
    wake()
  }

  #mark(mark: Parameters<NonNullable<GroupContext['observer']>['mark']>[0]): void {
    this.#parts.observer?.mark(mark)
  }
}
