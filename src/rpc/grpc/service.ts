/** What a server offers: methods by path, each with the function that answers. */

import type { KvError } from '../../base/index.ts'
import type { Codec } from '../../wire/index.ts'
import type { CallCounts } from './call-counts.ts'
import type { Metadata } from './metadata.ts'
import type { StatusCode } from './status.ts'

/**
 * One call as its handler sees it, wherever it came from.
 *
 * A handler answers a unary call with `answer` or `answerWith`, a stream with `write` and `end`,
 * and either with `fail`; at once or later. After the last of these, or after `cancelled`, nothing
 * a handler says does anything.
 */
export interface ServerCall {
  /** Names and values as they came: to look for one of them without making anything. */
  readonly request: { readonly fields: readonly string[] }
  readonly metadata: Metadata
  /** Answered, failed or cancelled. */
  readonly isOver: boolean
  /** Unary calls: told once when nobody waits for the answer any more. */
  onCancel: (() => void) | null
  /** Streams: `message` and `ended` are not called until `resume`, but for what is under way. */
  pause(): void
  resume(): void
  /** Fields before the first message. */
  setInitial(metadata: Metadata): void
  /** Fields that go with the status. */
  setTrailing(metadata: Metadata): void
  answer(bytes: Uint8Array, offset: number, length: number): void
  /** Encodes straight into what leaves. */
  answerWith<T>(codec: Codec<T>, value: T): void
  /** False: enough for now; the handler's `writable` tells when to go on. */
  write(bytes: Uint8Array, offset: number, length: number): boolean
  /** What was written leaves now, instead of at the end of the turn. */
  flush(): void
  /** The last word of a call that went well. */
  end(): void
  fail(code: StatusCode, message: string): void
  failWith(error: KvError): void
}

/** One message in, one out. The answer may be given at once or later, through the call. */
export interface UnaryMethod {
  readonly kind: 'unary'
  /** As it travels: `/package.Service/Method`. */
  readonly path: string
  /** Counts every call, wherever it comes from. */
  readonly counts?: CallCounts
  /** The bytes are the handler's only until it returns. */
  readonly handle: (call: ServerCall, bytes: Uint8Array, offset: number, length: number) => void
}

/** Any number of messages either way. */
export interface StreamMethod {
  readonly kind: 'stream'
  readonly path: string
  readonly counts?: CallCounts
  readonly open: (call: ServerCall) => StreamHandler
}

export interface StreamHandler {
  /** The bytes are the handler's only until it returns. */
  message(bytes: Uint8Array, offset: number, length: number): void
  /** The client sends nothing more. */
  ended(): void
  /** A write that was answered with false may go on. */
  writable(): void
  /**
   * The call has ended without the handler, and nobody waits for its answer any more: the client,
   * its connection or its time is gone, what it sent is refused, or the handler has thrown.
   */
  cancelled(): void
}

export type Method = UnaryMethod | StreamMethod
