/** Hands out what happened to those who watch, and brings what is needed for it from the engine. */

import type { HistoryRequest, RevisionList, WatchLimits } from '../state/index.ts'
import { WATCH_LIMITS, WatchHub } from '../state/index.ts'
import type { Replica } from './replica.ts'
import type { GroupContext } from './types.ts'

export interface WatchDriverParts
  extends Pick<GroupContext, 'limits' | 'clock' | 'wake' | 'onFatal'> {
  readonly replica: Replica
}

export class WatchDriver {
  readonly hub: WatchHub
  readonly #parts: WatchDriverParts
  /** The turn before applied something as well, and watchers have waited for it. */
  #hasWaited = false

  constructor(parts: WatchDriverParts) {
    const { machine } = parts.replica
    const {
      watchProgressMs: progressIntervalMs = WATCH_LIMITS.progressIntervalMs,
      watchRingBytesMax: ringBytesMax = WATCH_LIMITS.ringBytesMax,
    } = parts.limits
    const limits: WatchLimits = { ...WATCH_LIMITS, progressIntervalMs, ringBytesMax }
    this.#parts = parts
    this.hub = new WatchHub(machine.watched, limits)
    this.hub.onWork = parts.wake
    machine.changes = this.hub
  }

  tick(): void {
    if (this.hub.streamCount === 0) return
    this.hub.tick(this.#parts.clock.monotonicMs())
    if (this.hub.hasWork) this.#parts.wake()
  }

  /**
   * What a turn has applied is answered before it is handed out: many watchers are many sockets,
   * and whoever waits for an answer, or another node for its word, should not wait for them. One
   * turn is waited for, however many follow each other that apply something.
   */
  run(hasApplied: boolean): void {
    const { replica, limits, wake } = this.#parts
    // In the middle of a command the newest versions of keys are not for anybody to see.
    if (replica.isStale || replica.stopped || !replica.machine.canRead) return
    if (this.hub.watcherCount === 0) return
    this.#hasWaited = hasApplied && !this.#hasWaited
    if (this.#hasWaited) {
      wake()
      return
    }
    if (this.hub.drain(limits.watchStepsMax)) wake()
    const history = this.hub.wantHistory()
    if (history !== null) this.#readHistory(history).catch(this.#parts.onFatal)
    const revisions = this.hub.wantRecords()
    if (revisions !== null) this.#load(revisions).catch(this.#parts.onFatal)
  }

  /** Another state: what is on its way from the engine before is not waited for any more. */
  renewed(): void {
    const { machine } = this.#parts.replica
    machine.changes = this.hub
    this.hub.replaced(machine.watched)
  }

  async #readHistory(request: HistoryRequest): Promise<void> {
    const { replica } = this.#parts
    const { generation, engine } = replica
    let past: Awaited<ReturnType<typeof engine.history>>
    try {
      past = await engine.history(request.fromMain, request.bytesMax)
    } catch (error) {
      if (!replica.isCurrent(generation)) return
      throw error
    }
    if (replica.isCurrent(generation)) this.hub.history(request, past.records, past.nextMain)
  }

  async #load(revisions: RevisionList): Promise<void> {
    const { replica } = this.#parts
    const { generation, engine } = replica
    let records: Awaited<ReturnType<typeof engine.load>>
    try {
      records = await engine.load(revisions)
    } catch (error) {
      if (!replica.isCurrent(generation)) return
      throw error
    }
    if (replica.isCurrent(generation)) this.hub.loaded(revisions, records)
  }
}
