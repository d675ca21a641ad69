/** What watching takes from the state, and what it gives to the doors. */

import type { KeyIndex } from '../keys/index.ts'
import type { RecordStore } from '../types.ts'

/** One change of one key. */
export interface RecordChange {
  readonly main: number
  readonly sub: number
  /** A view, valid during the call. */
  readonly record: Uint8Array
  readonly deleted: boolean
  /** The version before this revision; (0, 0): the key was not there. */
  readonly previousMain: number
  readonly previousSub: number
}

/** The versions of keys, to find what a key held before. */
export type KeyVersions = Pick<KeyIndex, 'find' | 'versionAt' | 'refMain' | 'refSub' | 'refBytes'>

/** What the hub looks at. It belongs to one state, and changes when a snapshot replaces it. */
export interface WatchedState {
  readonly revision: number
  readonly compactRevision: number
  readonly keys: KeyVersions
  readonly records: Pick<RecordStore, 'peek'>
}

/** A watch as it is asked for; the fields of etcd's `WatchCreateRequest`. */
export interface WatchSpec {
  readonly key: Uint8Array
  readonly rangeEnd: Uint8Array
  readonly startRevision: number
  readonly progressNotify: boolean
  /** `WatchCreateRequest.FilterType`: 0 leaves puts out, 1 deletes; others mean nothing. */
  readonly filters: readonly number[]
  readonly prevKv: boolean
  readonly watchId: bigint
  readonly fragment: boolean
}

/** Why a watch never came to be. The texts of etcd are the door's. */
export type WatchRefusal =
  /** `start_revision` is negative; etcd answers with the text of a compacted revision. */
  | 'startNegative'
  | 'rangeEmpty'
  | 'duplicateId'
  /** There are as many watchers as are allowed, of the stream or of the node. */
  | 'tooMany'

/** Answers without events. `revision` belongs into the header, which the door adds. */
export type WatchNotice =
  | { readonly kind: 'created'; readonly watchId: bigint; readonly revision: number }
  /** `created` and `canceled` in one answer with `watch_id` -1 and a `cancel_reason`. */
  | { readonly kind: 'refused'; readonly refusal: WatchRefusal; readonly revision: number }
  /** Because the client asked for it. */
  | { readonly kind: 'canceled'; readonly watchId: bigint; readonly revision: number }
  /** `canceled` with `compact_revision`; etcd leaves the revision of its header at 0. */
  | { readonly kind: 'compacted'; readonly watchId: bigint; readonly compactRevision: number }
  /** Everything up to the revision has been sent; `watchId` -1: for all watchers of the stream. */
  | { readonly kind: 'progress'; readonly watchId: bigint; readonly revision: number }

/** Stands for all watchers of a stream, or for one that never came to be. */
export const NO_WATCH_ID = -1n

/** One answer with events, the same for everybody it is sent to. Reused: not to be kept. */
export interface WatchBatch {
  /** For the header: everything up to here that the watcher asked for has been sent with this. */
  readonly revision: number
  /** More of the same revision follows. */
  readonly fragment: boolean
  readonly eventCount: number
  /** The field `events` of `WatchResponse`, as often as there are events. Valid during the call. */
  readonly events: Uint8Array
}

/** Who is told. */
export interface WatchTarget {
  readonly id: bigint
  /** The field `watch_id` as it travels; empty for 0. */
  readonly idField: Uint8Array
}

/**
 * Where the answers of a stream go. After it was not writable, `WatchStream.writable` must be
 * called once it is. It may close its stream from within a call.
 */
export interface WatchSink {
  readonly isWritable: boolean
  /** Few and small: sent whether it is writable or not, except what waits for events. */
  notice(notice: WatchNotice): void
  /** Only called while it is writable. */
  events(target: WatchTarget, batch: WatchBatch): void
}

/**
 * Records from revision `fromMain` on, as an engine's `history` gives them; the same object back.
 */
export interface HistoryRequest {
  readonly fromMain: number
  readonly bytesMax: number
}

/** A record of the past. */
export interface HistoryRecord {
  readonly main: number
  readonly sub: number
  readonly record: Uint8Array
}
