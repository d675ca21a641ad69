/** What the index takes and gives. */

import type { Flavor } from '../../base/index.ts'

/** A key as long as it has any version; from 1 on. Afterwards another key may get the number. */
export type KeySlot = Flavor<number, 'KeySlot'>

/** No key. */
export const NO_SLOT: KeySlot = 0

/** One version of one key, until the next change of the index. */
export type VersionRef = Flavor<number, 'VersionRef'>

/** The key was not there. */
export const NO_VERSION: VersionRef = 0

/** A key is told by its bytes; how often it was put follows from what is there. */
export interface NewVersion {
  readonly main: number
  readonly sub: number
  readonly lease: bigint
  /** The length of the whole record. */
  readonly recordBytes: number
}

export interface NewTombstone {
  readonly main: number
  readonly sub: number
  readonly recordBytes: number
}

/** As it stands in a record; of a tombstone `create`, `version` and `lease` are zero. */
export interface RestoredVersion {
  readonly main: number
  readonly sub: number
  readonly create: number
  readonly version: number
  readonly lease: bigint
  readonly deleted: boolean
  readonly recordBytes: number
}
