import type { RequestHead, ResponseHead, Trailers } from './message-head.ts'
import type { Http2Stream } from './stream.ts'

export type Role = 'server' | 'client'

/**
 * What the layer above hears. Bytes are its own only until it returns. `closed` is the last word
 * about a stream; the code is `none` when both sides ended it in order.
 */
export interface Http2Listener<Call> {
  /** Servers: a request begins. */
  requested(stream: Http2Stream<Call>, head: RequestHead, end: boolean): void
  /** Clients: the final response begins. */
  responded(stream: Http2Stream<Call>, head: ResponseHead, end: boolean): void
  data(
    stream: Http2Stream<Call>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): void
  trailers(stream: Http2Stream<Call>, trailers: Trailers): void
  closed(stream: Http2Stream<Call>, code: number): void
  /** A write that was answered with false may go on. */
  writable(stream: Http2Stream<Call>): void
  /** The peer's settings are here: the first, or others. */
  settled(): void
  /** The peer wants no more streams, and has not looked at those after the last one. */
  peerLeaves(lastStreamId: number, code: number): void
  /** The connection is over, and all its streams were closed; null after an orderly end. */
  ended(error: Error | null): void
}
