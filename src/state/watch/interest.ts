/** A range that somebody watches, and who does so in which way. */

import { assert } from '../../base/index.ts'
import type { Watcher } from './watcher.ts'

/** What watchers of one range may want differently: each combination gets bodies of its own. */
export const WANTS = { noPut: 1, noDelete: 2, previous: 4, fragment: 8 } as const

const NO_PUT = 0
const NO_DELETE = 1

export interface Wishes {
  readonly filters: readonly number[]
  readonly prevKv: boolean
  readonly fragment: boolean
}

export function wantsOf({ filters, prevKv, fragment }: Wishes): number {
  return (
    (filters.includes(NO_PUT) ? WANTS.noPut : 0) |
    (filters.includes(NO_DELETE) ? WANTS.noDelete : 0) |
    (prevKv ? WANTS.previous : 0) |
    (fragment ? WANTS.fragment : 0)
  )
}

/** Watchers that get the same bytes for the same events. */
export class Audience {
  readonly interest: Interest
  readonly wants: number
  /** All of them, wherever they are. */
  size = 0
  readonly synced: Watcher[] = []
  /** Those that take part in the present pass over the past. */
  readonly passengers: Watcher[] = []

  constructor(interest: Interest, wants: number) {
    this.interest = interest
    this.wants = wants
  }

  get wantsPrevious(): boolean {
    return (this.wants & WANTS.previous) !== 0
  }

  get wantsFragments(): boolean {
    return (this.wants & WANTS.fragment) !== 0
  }

  wantsEvent(isDelete: boolean): boolean {
    return (this.wants & (isDelete ? WANTS.noDelete : WANTS.noPut)) === 0
  }
}

/** Keys from `from` on up to but without `to`. */
export class Interest {
  readonly from: Uint8Array
  /** Null: to the end. Not looked at when `isExact`. */
  readonly to: Uint8Array | null
  /** Only the key `from`. */
  readonly isExact: boolean
  readonly audiences: Audience[] = []
  syncedCount = 0
  passengerCount = 0
  /** Positions of the events that the present pass has found for it. */
  readonly events: number[] = []

  constructor(from: Uint8Array, to: Uint8Array | null, isExact: boolean) {
    assert(from.length > 0 && !(isExact && to !== null), 'a range begins with a key')
    this.from = from
    this.to = to
    this.isExact = isExact
  }

  get isEmpty(): boolean {
    return this.audiences.length === 0
  }

  join(wants: number): Audience {
    let audience = this.audiences.find((candidate) => candidate.wants === wants)
    if (audience === undefined) {
      audience = new Audience(this, wants)
      this.audiences.push(audience)
    }
    audience.size += 1
    return audience
  }

  leave(audience: Audience): void {
    assert(audience.interest === this && audience.size > 0, 'who leaves has joined')
    audience.size -= 1
    if (audience.size > 0) return
    const at = this.audiences.indexOf(audience)
    assert(at >= 0, 'an audience belongs to its interest')
    this.audiences.splice(at, 1)
  }
}
