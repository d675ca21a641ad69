/**
 * What every engine does. The write-ahead log is the truth: an engine only has to come back as it
 * was at some checkpoint, and the log is replayed from there.
 */

import type { LoadedRecords, RecordStore, RevisionList } from '../state/index.ts'

/**
 * What is durable together: the records appended up to here, and the rest of the state as bytes.
 */
export interface Checkpoint {
  /** The last entry of the log that is contained. */
  readonly appliedIndex: number
  /** The state besides its records; the engine does not look into it. */
  readonly meta: Uint8Array
}

/**
 * Takes the headers of all records, ascending by revision. `header` is the record, or the record
 * without its value; valid during the call only. `bytes` is the length of the whole record.
 */
export type RecordVisitor = (main: number, sub: number, header: Uint8Array, bytes: number) => void

/** A record in a stream: of a snapshot, or of history. The bytes are the receiver's to keep. */
export interface RevisionRecord {
  readonly main: number
  readonly sub: number
  readonly record: Uint8Array
}

export interface EngineStats {
  /** Bytes on disk, or in memory for an engine that has no disk. */
  readonly bytes: number
  /** Bytes of records that are not dropped. */
  readonly liveBytes: number
  readonly records: number
  /** Of the cache of what was read last, since it opened; absent where there is none. */
  readonly cache?: CacheStats
}

export interface CacheStats {
  /** What it may take. */
  readonly bytesMax: number
  /** Records that were in it. */
  readonly hits: number
  /** Those that had to be read from disk instead, without their neighbours that came along. */
  readonly misses: number
}

/** The records as they were when it was taken, whatever is appended or dropped meanwhile. */
export interface EngineSnapshot {
  readonly checkpoint: Checkpoint
  /** Ascending by revision, in pieces of bounded size. Can be read once. */
  records(): AsyncIterable<readonly RevisionRecord[]>
  /**
   * Idempotent. What was held back for it may go; whoever still reads fails with `STOPPED`, as when
   * the engine is closed.
   */
  release(): void
}

export interface Engine extends RecordStore {
  /** As in the configuration: `bitcask`, `memory`, `lmdb`. */
  readonly name: string
  /** The checkpoint it opened at, or the last one that became durable since; null: none yet. */
  readonly durable: Checkpoint | null
  /**
   * What a checkpoint writes again although it was durable before, about, in bytes; absent where it
   * adds only what is new. It is not worth while for much less than that.
   */
  readonly rewrittenBytes?: number
  /**
   * False while more waits to be written than the limit: whoever appends should hold back until
   * `onRoom` is called. Appending still works; nothing is lost.
   */
  readonly hasRoom: boolean
  onRoom: (() => void) | null
  /**
   * What it cannot survive (a failed disk): the node must stop. Set before anything is appended.
   */
  onFatal: ((error: unknown) => void) | null

  /**
   * Tells of exactly those records that were there at the checkpoint: not of what was dropped
   * before it, nor of what came after. To be called once after `open` or `replace`, before anything
   * is appended, dropped, checkpointed or held in a snapshot.
   */
  scanHeaders(visit: RecordVisitor): Promise<void>
  /** Brings records into memory of the caller's own. A record that was dropped may be missing. */
  load(revisions: RevisionList): Promise<LoadedRecords>
  /**
   * Records from (`fromMain`, 0) on, ascending, at most about `bytesMax` at a time but all of one
   * main revision together; `nextMain` is where to go on, null at the end. Dropped ones may be left
   * out.
   */
  history(
    fromMain: number,
    bytesMax: number,
  ): Promise<{ readonly records: readonly RevisionRecord[]; readonly nextMain: number | null }>
  /**
   * Resolves when everything appended before the call and `checkpoint` are durable together. One at
   * a time. What was dropped before the call may be given back from then on. One that fails leaves
   * `durable` as it was, and can be tried again unless `onFatal` was called; a start may come back
   * at it all the same.
   */
  checkpoint(checkpoint: Checkpoint): Promise<void>
  /** As of this call, which must not come in the middle of an entry. */
  snapshot(checkpoint: Checkpoint): EngineSnapshot
  stats(): EngineStats
  /**
   * Without a checkpoint; one that is under way ends or fails. Idempotent. Afterwards whatever
   * gives a promise fails with `STOPPED`.
   */
  close(): Promise<void>
}

/** How a kind of engine comes to life on the directory of one group. */
export interface EngineFactory {
  readonly name: string
  /** Opens at the last checkpoint; an empty directory gives an empty engine. */
  open(): Promise<Engine>
  /**
   * Replaces whatever the directory holds. Atomic and durable when it resolves: after a crash the
   * directory holds either what it held before or all of this. The engine that was open on it is
   * closed before. Records that do not ascend fail with `SNAPSHOT_CORRUPT`.
   */
  replace(
    checkpoint: Checkpoint,
    records: AsyncIterable<readonly RevisionRecord[]>,
  ): Promise<Engine>
}
