/**
 * What a leader knows of one follower, and how it feeds it.
 *
 *            accepted                       rejected, dropped or restarted
 *   probe ───────────────► replicate ─────────────────────────────────────► probe
 *     │  one message at a    │  sends ahead of the answers,
 *     │  time, until a match │  bounded by bytes and count
 *     └──────────┬───────────┘
 *                ▼ needs entries that were compacted
 *            snapshot: nothing is sent until the driver reports its outcome
 *
 * Invariants: match < next; in `replicate` everything from match + 1 to next - 1 is in flight.
 */

import { assert } from '../base/index.ts'
import type { LogIndex, NodeId } from './types.ts'

export type ProgressState = 'probe' | 'replicate' | 'snapshot'

export interface Window {
  readonly bytesMax: number
  readonly countMax: number
}

export class Progress {
  readonly id: NodeId
  /** The follower's log is durable and equal to ours up to here. Only ever rises. */
  match: LogIndex = 0
  next: LogIndex
  state: ProgressState = 'probe'
  /** Probe: one message is out, wait for its answer or the next heartbeat's. */
  probeSent = false
  /** The commit index last sent to it. */
  commitSent: LogIndex = 0
  /** It has answered since the last quorum check. */
  active = false
  /** Whether it had answered in the time before that check; unknown before the first one. */
  #wasActive: boolean | null = null
  /** It does not promise durability now: its answers never count towards a commit or a read. */
  recovering = false
  /** The life it last answered from. Answers from earlier lives are dropped. */
  incarnation = 0
  /** Its next entries, from here on, must be loaded from disk first; 0 when it waits for none. */
  loadingFrom: LogIndex = 0
  snapshotIndex: LogIndex = 0
  readonly #window: Window
  #inFlightLast: LogIndex[] = []
  #inFlightBytes: number[] = []
  #bytes = 0
  #matchAtHeartbeat: LogIndex = -1

  constructor({ id, next, window }: { id: NodeId; next: LogIndex; window: Window }) {
    assert(next >= 1, 'the first entry has index 1')
    this.id = id
    this.next = next
    this.#window = window
  }

  /**
   * It answers, as far as one can tell: right after a quorum check nobody has answered since, and
   * still nobody is gone.
   */
  get isHeard(): boolean {
    return this.active || this.#wasActive === true
  }

  /** It had time to answer and did not. A leader that just began has heard of nobody yet. */
  get isSilent(): boolean {
    return !this.active && this.#wasActive === false
  }

  /** A quorum check was made: what comes from now on counts for the next one. */
  quorumChecked(): void {
    this.#wasActive = this.active
    this.active = false
  }

  get mayReceive(): boolean {
    if (this.loadingFrom !== 0 || this.state === 'snapshot') return false
    if (this.state === 'probe') return !this.probeSent
    return this.#bytes < this.#window.bytesMax && this.#inFlightLast.length < this.#window.countMax
  }

  /** What may be sent to it now, in bytes; at least one entry always fits. */
  get windowBytes(): number {
    return Math.max(1, this.#window.bytesMax - this.#bytes)
  }

  sent({ last, bytes }: { last: LogIndex; bytes: number }): void {
    assert(this.mayReceive, 'nothing is sent past the window')
    if (this.state === 'probe') {
      this.probeSent = true
      return
    }
    assert(last >= this.next, 'entries are sent in order')
    this.next = last + 1
    this.#inFlightLast.push(last)
    this.#inFlightBytes.push(bytes)
    this.#bytes += bytes
  }

  /** The follower holds everything up to `index` durably. Returns whether that is news. */
  accepted(index: LogIndex): boolean {
    const news = index > this.match
    if (news) this.match = index
    this.next = Math.max(this.next, this.match + 1)
    this.#release(this.match)
    if (this.state === 'probe') this.becomeReplicate()
    if (this.state === 'snapshot' && this.match >= this.snapshotIndex) this.becomeProbe()
    assert(this.match < this.next, 'what matched is not sent again')
    return news
  }

  /**
   * The follower refused entries after `rejected`; `candidate` is the highest place where the logs
   * may agree. A refusal never raises `match` (CCF lost data that way, arXiv 2406.17455). Returns
   * false for a stale answer.
   */
  rejected(rejected: LogIndex, candidate: LogIndex): boolean {
    if (this.state === 'snapshot' || rejected <= this.match) return false
    if (this.state === 'probe' && rejected !== this.next - 1) return false
    if (this.state === 'replicate' && rejected >= this.next) return false
    const next = Math.max(this.match + 1, Math.min(rejected, candidate + 1))
    this.#reset('probe')
    this.next = next
    return true
  }

  /**
   * Called at each heartbeat answer: true when nothing came back for what is in flight since the
   * last one, so that something was probably lost and should be asked about.
   */
  stalled(): boolean {
    if (this.state === 'probe') {
      this.probeSent = false
      return true
    }
    const stalled = this.#inFlightLast.length > 0 && this.match === this.#matchAtHeartbeat
    this.#matchAtHeartbeat = this.match
    return stalled
  }

  becomeProbe(): void {
    const next = Math.max(this.match, this.state === 'snapshot' ? this.snapshotIndex : 0) + 1
    this.#reset('probe')
    this.next = next
  }

  /** The snapshot did not arrive: start over from what is known to match. */
  snapshotFailed(): void {
    assert(this.state === 'snapshot', 'only a snapshot under way can fail')
    this.#reset('probe')
    this.next = this.match + 1
  }

  becomeReplicate(): void {
    this.#reset('replicate')
    this.next = this.match + 1
  }

  becomeSnapshot(index: LogIndex): void {
    this.#reset('snapshot')
    this.snapshotIndex = index
  }

  /** It came back without what it once acknowledged: believe nothing. */
  forget(next: LogIndex): void {
    this.match = 0
    this.#reset('probe')
    this.next = next
  }

  #reset(state: ProgressState): void {
    this.state = state
    this.probeSent = false
    this.loadingFrom = 0
    this.snapshotIndex = 0
    this.commitSent = 0
    this.#inFlightLast = []
    this.#inFlightBytes = []
    this.#bytes = 0
    this.#matchAtHeartbeat = -1
  }

  #release(index: LogIndex): void {
    let done = 0
    while (done < this.#inFlightLast.length && (this.#inFlightLast[done] as LogIndex) <= index) {
      this.#bytes -= this.#inFlightBytes[done] as number
      done += 1
    }
    if (done > 0) {
      this.#inFlightLast.splice(0, done)
      this.#inFlightBytes.splice(0, done)
    }
    assert(this.#bytes >= 0, 'no more leaves the window than entered it')
  }
}
