/** What a server offers: methods by path, each with the function that answers. */

import type { ServerCall } from './server-call.ts'

/** One message in, one out. The answer may be given at once or later, through the call. */
export interface UnaryMethod {
  readonly kind: 'unary'
  /** As it travels: `/package.Service/Method`. */
  readonly path: string
  /** The bytes are the handler's only until it returns. */
  readonly handle: (call: ServerCall, bytes: Uint8Array, offset: number, length: number) => void
}

/** Any number of messages either way. */
export interface StreamMethod {
  readonly kind: 'stream'
  readonly path: string
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
