/**
 * What takes space is refused while there is none: while the disk of the log is full, for as long
 * as it is, and when the node holds more than it may. One that holds more raises the alarm NOSPACE
 * for itself, through the leader like any command; while the alarm is on, the state refuses what
 * takes space, on every node alike. Until it is on, this node refuses that itself.
 *
 * What counts are the records that are needed, not the space that their files take for now: that
 * comes back by itself.
 */

import { COMMAND, type StateMachine } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import { QUOTA_BYTES_DEFAULT } from './limits.ts'

const { NOSPACE } = etcd.AlarmType
const { ACTIVATE } = etcd.AlarmRequestAlarmAction

/** A transaction is left to the state: whether it takes space is known once it is read. */
const TAKES_SPACE: ReadonlySet<number> = new Set([
  COMMAND.put,
  COMMAND.putWithTtl,
  COMMAND.increment,
  COMMAND.leaseGrant,
])

export interface QuotaSubject {
  readonly group: { readonly machine: Pick<StateMachine, 'alarms' | 'liveBytes'> }
  /** Proposes the alarm; `done` is called whatever became of it. */
  raise(body: Uint8Array, done: () => void): void
}

/** 0: there is no bound. */
export function quotaBytes(configured: number): number {
  if (configured < 0) return 0
  return configured === 0 ? QUOTA_BYTES_DEFAULT : configured
}

export class Quota {
  readonly bytesMax: number
  readonly #memberId: bigint
  readonly #subjects: readonly QuotaSubject[]
  readonly #raising = new Set<QuotaSubject>()
  #isOver = false
  #isDiskFull = false

  constructor(configured: number, memberId: bigint, subjects: readonly QuotaSubject[]) {
    this.bytesMax = quotaBytes(configured)
    this.#memberId = memberId
    this.#subjects = subjects
  }

  set isDiskFull(isFull: boolean) {
    this.#isDiskFull = isFull
  }

  /** What would take space is refused before it is proposed. */
  refusal(kind: number): 'NO_SPACE' | 'DISK_FULL' | null {
    if (!(this.#isOver || this.#isDiskFull) || !TAKES_SPACE.has(kind)) return null
    return this.#isDiskFull ? 'DISK_FULL' : 'NO_SPACE'
  }

  tick(): void {
    if (this.bytesMax === 0) return
    let bytes = 0
    for (const { group } of this.#subjects) bytes += group.machine.liveBytes
    this.#isOver = bytes > this.bytesMax
    if (!this.#isOver) return
    for (const subject of this.#subjects) this.#raise(subject)
  }

  #raise(subject: QuotaSubject): void {
    const { alarms } = subject.group.machine
    const isRaised = alarms.some(
      ({ memberId, type }) => memberId === this.#memberId && type === NOSPACE,
    )
    if (isRaised || this.#raising.has(subject)) return
    this.#raising.add(subject)
    const body = etcd.AlarmRequest.encodeBytes({
      action: ACTIVATE,
      memberID: this.#memberId,
      alarm: NOSPACE,
    })
    subject.raise(body, () => this.#raising.delete(subject))
  }
}
