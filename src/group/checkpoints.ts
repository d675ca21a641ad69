/**
 * When the engine makes everything durable, and what may be cut from the log after that.
 *
 * Order (ZOOKEEPER-2310, rqlite#2747): the checkpoint is durable, then the log is cut. And the
 * other way round: what a checkpoint holds is durable in the own log before it begins, so that
 * after a crash an engine is never ahead of its log.
 */

import { assert, KvError } from '../base/index.ts'
import type { LogIndex, Raft, SnapshotMark } from '../raft/index.ts'
import { checkpointOf } from './checkpoint-meta.ts'
import { HeldState } from './held-state.ts'
import type { Replica } from './replica.ts'
import type { GroupContext } from './types.ts'

/** How long a checkpoint waits for room on the disk, in times of a chunk sent again. */
const POSTPONED_RESENDS = 10

export interface CheckpointsParts extends GroupContext {
  readonly raft: Raft
  readonly replica: Replica
  /** Followers need what comes behind this index. */
  readonly neededBehind: () => LogIndex
  /** A checkpoint has become durable, and the log was cut if it could be. */
  readonly taken: () => void
}

export class Checkpoints {
  readonly #parts: CheckpointsParts
  #latestIndex: LogIndex
  /** Bytes applied since the last one. */
  #bytesSince = 0
  #latestMs: number
  #isTimeUp = false
  #pausedTicks = 0
  #running: Promise<void> | null = null
  readonly #state: HeldState

  constructor(parts: CheckpointsParts) {
    this.#parts = parts
    this.#state = new HeldState(parts.limits.checkpointSliceBytes)
    this.#latestIndex = parts.replica.engine.durable?.appliedIndex ?? 0
    this.#latestMs = parts.clock.monotonicMs()
  }

  /** An entry was applied: the log grew by so much. */
  applied(bytes: number): void {
    this.#bytesSince += bytes
  }

  tick(): void {
    const { clock, limits, replica, wake } = this.#parts
    this.#pausedTicks = Math.max(0, this.#pausedTicks - 1)
    this.#shortenLog()
    if (replica.machine.appliedIndex === this.#latestIndex) return
    if (clock.monotonicMs() - this.#latestMs >= limits.checkpointMs) this.#isTimeUp = true
    if (this.#isDue) wake()
  }

  /**
   * A group in which little happens keeps a whole log of others with a few entries: it lets go of
   * them when the log asks for it, and whoever still needs them is sent a snapshot.
   */
  #shortenLog(): void {
    const { log, id, raft, replica } = this.#parts
    const overdue = log.overdue(id)
    if (overdue <= raft.baseIndex || this.#running !== null) return
    if (replica.isStale || replica.stopped) return
    const durable = replica.engine.durable?.appliedIndex ?? 0
    if (overdue > durable) this.#isTimeUp = true
    else this.#cut(raft.markAt(durable))
  }

  /** A snapshot of the leader is what the engine holds durably now. */
  installed({ index }: SnapshotMark): void {
    this.#state.drop()
    this.#restart(index)
  }

  get #isDue(): boolean {
    if (this.#running !== null || this.#pausedTicks > 0) return false
    const { limits, replica } = this.#parts
    const entries = replica.machine.appliedIndex - this.#latestIndex
    if (entries <= 0) return false
    if (this.#isTimeUp || entries >= limits.checkpointEntries) return true
    return this.#bytesSince >= this.#bytesMax
  }

  /** At least what it would write again, so that what is written at most doubles. */
  get #bytesMax(): number {
    const { limits, replica } = this.#parts
    return Math.max(limits.checkpointLogBytes, replica.engine.rewrittenBytes ?? 0)
  }

  /**
   * A checkpoint is due, but others were faster than the own disk. What is applied must not run
   * further ahead, or the moment for a checkpoint may never come.
   */
  get mustHoldApply(): boolean {
    const { raft, replica } = this.#parts
    if (this.#state.isUnderWay) return true
    return replica.machine.appliedIndex > raft.durableIndex && this.#isDue
  }

  maybeTake(): void {
    const { raft, replica, observer, wake } = this.#parts
    if (replica.isStale || replica.stopped || replica.machine.isUnderWay) return
    if (!this.#state.isUnderWay && !this.#isDue) return
    const { appliedIndex } = replica.machine
    if (appliedIndex > raft.durableIndex) {
      observer?.mark('applyPausedForLog')
      return
    }
    assert(appliedIndex >= raft.baseIndex, 'the state reaches the log')
    const state = this.#state.write(replica.machine)
    if (state === null) {
      observer?.mark('checkpointSliced')
      wake()
      return
    }
    this.#restart(appliedIndex)
    const running = this.#take(raft.markAt(appliedIndex), state).catch(this.#parts.onFatal)
    this.#running = running.finally(() => {
      this.#running = null
      this.#parts.wake()
    })
  }

  async #take(mark: SnapshotMark, state: Uint8Array): Promise<void> {
    const { replica, observer, raft } = this.#parts
    const { generation, engine } = replica
    try {
      await engine.checkpoint(checkpointOf(state, mark))
    } catch (error) {
      // It was closed meanwhile; the next one begins from what it had before.
      if (!replica.isCurrent(generation)) return
      if (!(error instanceof KvError && error.code === 'DISK_FULL')) throw error
      this.#postpone()
      return
    }
    if (!replica.isCurrent(generation)) return
    observer?.mark('checkpointed')
    if (mark.index > raft.baseIndex) {
      raft.snapshotTaken(mark)
      this.#cut(mark)
    }
    this.#parts.taken()
  }

  /** No room for it: the log goes on growing, and what is in it is safe meanwhile. */
  #postpone(): void {
    this.#latestIndex = this.#parts.replica.engine.durable?.appliedIndex ?? 0
    this.#isTimeUp = true
    this.#pausedTicks = this.#parts.limits.snapshotResendTicks * POSTPONED_RESENDS
    this.#parts.observer?.mark('checkpointPostponed')
  }

  #cut(mark: SnapshotMark): void {
    const { raft, replica, log, id, limits, neededBehind, observer } = this.#parts
    const reach = Math.max(mark.index - limits.trailingEntries, log.overdue(id))
    const index = Math.min(reach, mark.index, neededBehind())
    if (index <= raft.baseIndex) return
    const durable = replica.engine.durable?.appliedIndex ?? 0
    assert(index <= durable, 'the log is cut only below what the engine holds durably')
    const cutMark = raft.markAt(index)
    raft.compact(index)
    log.cut(id, cutMark)
    observer?.mark('logCut')
  }

  #restart(index: LogIndex): void {
    this.#latestIndex = index
    this.#latestMs = this.#parts.clock.monotonicMs()
    this.#bytesSince = 0
    this.#isTimeUp = false
  }
}
