/** What the state needs of the storage under it, and what it tells those who drive it. */

import type { ErrorCode } from '../base/index.ts'

/**
 * A place in the history of a store: `main` counts the commands that changed something, `sub` the
 * changes within one of them. Kept in two arrays rather than in objects: there may be millions.
 */
export interface RevisionList {
  readonly length: number
  main(position: number): number
  sub(position: number): number
}

/** Records that were brought into memory for somebody. */
export interface LoadedRecords {
  /** Null: not among those that were asked for, or dropped meanwhile. */
  get(main: number, sub: number): Uint8Array | null
}

/**
 * Where the state keeps the versions of its keys. A record is a `mvccpb.KeyValue` as clients see
 * it; a deleted key leaves one with nothing but its key and `mod_revision`.
 */
export interface RecordStore {
  /**
   * Keeps a copy, which can be had at once. Revisions only ascend. `checksum` is the record's
   * CRC-32C for a store that has use for it, of the bytes that were verified when they came.
   */
  append(main: number, sub: number, record: Uint8Array, checksum?: number): void
  /** Null when it is not in memory. Valid until the next call of any method. */
  peek(main: number, sub: number): Uint8Array | null
  /**
   * As `peek`, and also from disk when that takes no time to speak of; null when it is to be
   * loaded.
   */
  readNow(main: number, sub: number): Uint8Array | null
  /** Many of these are about to be asked for: what finding them waits for may come before. */
  foresee?(revisions: RevisionList): void
  /**
   * No state from the next checkpoint on needs this record. Does nothing when it is not there. No
   * checkpoint or snapshot may come between the drops of a key's younger version and its older
   * ones: a tombstone must not go before what it hides.
   */
  drop(main: number, sub: number): void
}

/** The command did what it says. */
export interface Done {
  readonly kind: 'done'
  /** The store's revision after it. */
  readonly revision: number
  /** The response message of etcd without its header; empty when nothing else is in it. */
  readonly body: Uint8Array
}

/** The command was refused and changed nothing. */
export interface Failed {
  readonly kind: 'failed'
  readonly revision: number
  readonly code: ErrorCode
}

export type CommandResult = Done | Failed

/** One version that came to be. The object is used again: take out what is needed. */
export interface Change {
  readonly main: number
  readonly sub: number
  /** Valid during the call only. */
  readonly record: Uint8Array
  readonly deleted: boolean
  /** The version of the key before the command; (0, 0): it was not there. */
  readonly previousMain: number
  readonly previousSub: number
}

/** Is told of everything that happens to keys, in its order. */
export interface ChangeSink {
  changed(change: Change): void
  /** What was told since the last call is one revision, and it is complete. */
  settled(revision: number): void
  /** Nobody may read below this revision any more. */
  compacted(revision: number): void
}
