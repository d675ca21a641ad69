import { assert } from '../base/index.ts'
import { keyBytes } from './bytes.ts'
import { emptyLanes, finishLane, mixBytes, mixNumber } from './hash.ts'

/** What is stored at a key. Never changed in place: a write makes a new one. */
export interface Stored {
  readonly value: Uint8Array
  /** The revision that brought the key (again, when it had been deleted). */
  readonly createRevision: number
  /** The revision of the last write. Invariant: createRevision <= modRevision <= the store's. */
  readonly modRevision: number
  /** Writes since the key was created, the creating one included. */
  readonly version: number
}

/** A stored value with its share of the state hash. */
export interface KeyRecord {
  readonly stored: Stored
  readonly hashLow: number
  readonly hashHigh: number
}

export function makeRecord(key: string, stored: Stored): KeyRecord {
  assert(stored.createRevision <= stored.modRevision, 'a key is created before it is changed')
  assert(stored.version >= 1, 'a key that is there was written')
  const lanes = emptyLanes()
  mixBytes(lanes, keyBytes(key))
  mixBytes(lanes, stored.value)
  mixNumber(lanes, stored.createRevision)
  mixNumber(lanes, stored.modRevision)
  mixNumber(lanes, stored.version)
  return { stored, hashLow: finishLane(lanes.low), hashHigh: finishLane(lanes.high) }
}
