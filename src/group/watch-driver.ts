/** Hands out what happened to those who watch, and brings what is needed for it from the engine. */

import type { Timer } from '../io/index.ts'
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
  /** What was applied before has waited for its turn, which comes now. */
  #hasWaited = false
  /** The last turn had more to hand out than it could. */
  #isBehind = false
  #pause: Timer | null = null

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
   * and whoever waits for an answer, or another node for its word, should not wait for them. It
   * waits once, however many turns follow each other that apply something.
   */
  run(hasApplied: boolean): void {
    const { replica, limits, wake } = this.#parts
    // In the middle of a command the newest versions of keys are not for anybody to see.
    if (replica.isStale || replica.stopped || !replica.machine.canRead) return
    if (this.hub.watcherCount === 0 || this.#pause !== null) return
    this.#hasWaited = hasApplied && !this.#hasWaited
    if (this.#hasWaited) {
      this.#wait()
      return
    }
    this.#isBehind = this.hub.drain(limits.watchStepsMax)
    if (this.#isBehind) wake()
    const history = this.hub.wantHistory()
    if (history !== null) this.#readHistory(history).catch(this.#parts.onFatal)
    const revisions = this.hub.wantRecords()
    if (revisions !== null) this.#load(revisions).catch(this.#parts.onFatal)
  }

  /**
   * For a turn, when there are few. A crowd is work for a good part of a processor here, on the
   * other nodes at the same moment, and for those who receive it, so that the answer on its way to
   * whoever wrote would compete with it all: it gets a moment's lead. Who is behind has no moment
   * to lose.
   */
  #wait(): void {
    const { clock, limits, wake } = this.#parts
    if (this.#isBehind || this.hub.streamCount < limits.watchCrowd) {
      wake()
      return
    }
    this.#pause = clock.after(limits.watchPauseMs, () => {
      this.#pause = null
      wake()
    })
  }

  stop(): void {
    this.#pause?.cancel()
    this.#pause = null
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
