/**
 * Puts a snapshot of the leader in the place of the state.
 *
 * Order: the file is durable, then consensus restarts the log behind it, then that restart is
 * durable, and only then the engine is replaced. So after a crash the engine is at most behind the
 * log, never ahead of it, and what is missing is in the file (`start.ts`).
 */

import { assert, KvError } from '../base/index.ts'
import type { Engine } from '../engine/index.ts'
import type { SnapshotMark } from '../raft/index.ts'
import { replaceFromFile } from './replace-engine.ts'
import type { Replica } from './replica.ts'
import { restoreMachine } from './restore-machine.ts'
import type { GroupContext } from './types.ts'

/** How long it waits for room on the disk, in times of a chunk sent again. */
const POSTPONED_RESENDS = 10

export interface InstallerParts extends GroupContext {
  readonly replica: Replica
  readonly installed: (mark: SnapshotMark) => void
}

export class Installer {
  readonly #parts: InstallerParts
  /** The newest snapshot behind which the log goes on; null: its state is here. */
  #mark: SnapshotMark | null = null
  /** The log on disk goes on behind it. */
  #isDurable = false
  #isRunning = false
  /** The run that began last. */
  #run: Promise<void> = Promise.resolve()
  #pausedTicks = 0

  constructor(parts: InstallerParts) {
    this.#parts = parts
  }

  /** The log in memory goes on behind the snapshot: the state is over. */
  announce(mark: SnapshotMark): void {
    assert(this.#mark === null || mark.index > this.#mark.index, 'snapshots only become newer')
    this.#parts.replica.expire()
    this.#mark = mark
    this.#isDurable = false
  }

  /** The log on disk goes on behind it. One that is newer may have been announced meanwhile. */
  durable(mark: SnapshotMark): void {
    if (mark !== this.#mark) return
    this.#isDurable = true
    this.#start()
  }

  tick(): void {
    if (this.#pausedTicks === 0) return
    this.#pausedTicks -= 1
    if (this.#pausedTicks === 0) this.#start()
  }

  /** Nothing is under way any more when it resolves; only after the replica was stopped. */
  async close(): Promise<void> {
    await this.#run
  }

  #start(): void {
    if (this.#isRunning || this.#pausedTicks > 0) return
    this.#isRunning = true
    this.#run = this.#installAll().catch(this.#parts.onFatal)
  }

  async #installAll(): Promise<void> {
    try {
      while (this.#mark !== null && this.#isDurable && this.#pausedTicks === 0) {
        if (this.#parts.replica.stopped) break
        await this.#install(this.#mark)
      }
    } finally {
      // In the same turn as the last look at the mark, or a newer one might wait for ever.
      this.#isRunning = false
      this.#parts.wake()
    }
  }

  /** The leader went on and sent another one, or the node is stopping. */
  #isOver(mark: SnapshotMark): boolean {
    return mark !== this.#mark || this.#parts.replica.stopped
  }

  async #install(mark: SnapshotMark): Promise<void> {
    const { replica, stateLimits, seed } = this.#parts
    await replica.engine.close()
    if (this.#isOver(mark)) return
    const engine = await this.#replace(mark)
    if (engine === null) return
    engine.onFatal = this.#parts.onFatal
    // From here on it is closed with the replica.
    replica.exchange(engine)
    if (this.#isOver(mark)) return
    const machine = await restoreMachine(engine, { limits: stateLimits, seed })
    if (this.#isOver(mark)) return
    assert(machine.appliedIndex === mark.index, 'a snapshot is of the index it names')
    this.#mark = null
    engine.onRoom = this.#parts.wake
    replica.renew(machine)
    this.#parts.installed(mark)
  }

  /** Null when it is not needed any more, or there is no room for it now. */
  async #replace(mark: SnapshotMark): Promise<Engine | null> {
    const { snapshots, id, engines, limits, observer } = this.#parts
    try {
      return await replaceFromFile(engines, {
        mark,
        chunks: snapshots.open(id, mark),
        isOver: () => this.#isOver(mark),
      })
    } catch (error) {
      // It was given up half way; or its file had to make room for that of a newer one.
      if (error instanceof KvError && this.#isOver(mark)) return null
      if (!(error instanceof KvError && error.code === 'DISK_FULL')) throw error
      this.#pausedTicks = limits.snapshotResendTicks * POSTPONED_RESENDS
      observer?.mark('snapshotPostponed')
      return null
    }
  }
}
