import type { OutgoingHeaders } from '../hpack/index.ts'

/** What waits for the peer: it stands from `start` to `end`, with room for more behind it. */
export interface HeldBack {
  bytes: Uint8Array
  start: number
  end: number
  trailers: OutgoingHeaders | null
  ended: boolean
}

/**
 * One request and its response. The connection keeps the books here; the layer above keeps its own
 * object in `call` and reads the rest.
 */
export class Http2Stream<Call> {
  readonly id: number
  call: Call | null = null
  /** The peer's request or final response has begun. */
  headReceived = false
  /** The peer said END_STREAM. */
  remoteEnded = false
  /** We have said END_STREAM, or will once what is held back has left. */
  localEnding = false
  /** Our END_STREAM has left. */
  localEnded = false
  /** It is in no table any more, and nothing is sent for it. */
  closed = false
  /** The layer above says when it has taken bytes, with `taken`; otherwise they count at once. */
  takesByHand = false
  /** What the peer may still send. */
  receiveWindow: number
  /** Taken, and not yet told to the peer. */
  taken = 0
  /** Bytes that content-length still promises; -1 when it does not say. */
  expectedBytes = -1
  /** What we may still send; negative after the peer made its windows smaller (§6.9.2). */
  sendWindow: number
  heldBack: HeldBack | null = null
  /** The writer was told to wait. */
  writerWaits = false

  constructor(id: number, windows: { readonly receive: number; readonly send: number }) {
    this.id = id
    this.receiveWindow = windows.receive
    this.sendWindow = windows.send
  }
}
