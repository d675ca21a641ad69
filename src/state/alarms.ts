/** What is wrong with which member. While an alarm is on, commands are refused (etcd, v3alarm). */

import { assert } from '../base/index.ts'
import { etcd } from '../wire/index.ts'

const { NONE, NOSPACE, CORRUPT } = etcd.AlarmType

export interface Alarm {
  readonly memberId: bigint
  readonly type: number
}

export function isAlarmType(type: number): boolean {
  return type === NONE || type === NOSPACE || type === CORRUPT
}

export class AlarmTable {
  /** Ascending by type, then by member. */
  #alarms: readonly Alarm[] = []

  get size(): number {
    return this.#alarms.length
  }

  get hasNoSpace(): boolean {
    return this.#alarms.some(({ type }) => type === NOSPACE)
  }

  get isCorrupt(): boolean {
    return this.#alarms.some(({ type }) => type === CORRUPT)
  }

  /** All of them for the type NONE. */
  list(type: number = NONE): readonly Alarm[] {
    return type === NONE ? this.#alarms : this.#alarms.filter((alarm) => alarm.type === type)
  }

  has({ memberId, type }: Alarm): boolean {
    return this.#alarms.some((known) => known.memberId === memberId && known.type === type)
  }

  /** Idempotent. */
  activate(alarm: Alarm): void {
    assert(alarm.type !== NONE && isAlarmType(alarm.type), 'an alarm is of a known type')
    if (this.has(alarm)) return
    this.#alarms = [...this.#alarms, alarm].sort(
      (a, b) => a.type - b.type || (a.memberId < b.memberId ? -1 : 1),
    )
  }

  deactivate({ memberId, type }: Alarm): void {
    this.#alarms = this.#alarms.filter((one) => one.memberId !== memberId || one.type !== type)
  }
}
