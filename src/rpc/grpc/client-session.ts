/** One connection of a client: sends calls, and hands out what HTTP/2 tells about them. */

import type { Clock, Socket } from '../../io/index.ts'
import type { OutgoingHeaders } from '../hpack/index.ts'
import {
  type ChunkPool,
  Http2Connection,
  type Http2Listener,
  type Http2Stream,
  type RequestHead,
  type ResponseHead,
  type Trailers,
} from '../http2/index.ts'
import type { ClientCall, ClientCallHost } from './client-call.ts'
import type { MessageCompressor } from './compression.ts'
import type { Deadlines } from './deadlines.ts'

export interface SessionParts {
  readonly clock: Clock
  readonly pool: ChunkPool
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly messageBytesMax: number
  readonly onFault: (error: unknown) => void
}

export interface SessionListener {
  /** The server's settings are here: calls may be sent. */
  ready(session: ClientSession): void
  /** One more call may be sent. */
  room(session: ClientSession): void
  /** It takes no more calls; those under way go on. */
  leaving(session: ClientSession): void
  ended(session: ClientSession, error: Error | null): void
}

export class ClientSession implements Http2Listener<ClientCall>, ClientCallHost {
  readonly connection: Http2Connection<ClientCall>
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly messageBytesMax: number
  readonly #parts: SessionParts
  readonly #listener: SessionListener
  #ready = false
  #leaving = false

  constructor(parts: SessionParts, socket: Socket, listener: SessionListener) {
    this.#parts = parts
    this.#listener = listener
    this.deadlines = parts.deadlines
    this.compressor = parts.compressor
    this.messageBytesMax = parts.messageBytesMax
    const { clock, pool } = parts
    this.connection = new Http2Connection<ClientCall>({
      role: 'client',
      socket,
      clock,
      pool,
      listener: this,
    })
  }

  get isReady(): boolean {
    return this.#ready && !this.#leaving && this.connection.isOpen
  }

  get mayOpen(): boolean {
    return this.isReady && this.connection.mayOpen
  }

  get calls(): number {
    return this.connection.streams.size
  }

  open(call: ClientCall, head: OutgoingHeaders): void {
    const stream = this.connection.open(head, { end: false })
    call.sentOn(this, stream)
  }

  responded(stream: Http2Stream<ClientCall>, head: ResponseHead, end: boolean): void {
    stream.call?.responded(head, end)
  }

  data(
    stream: Http2Stream<ClientCall>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): void {
    stream.call?.data(bytes, offset, length, end)
  }

  trailers(stream: Http2Stream<ClientCall>, trailers: Trailers): void {
    stream.call?.trailers(trailers)
  }

  closed(stream: Http2Stream<ClientCall>, code: number): void {
    if (this.connection.stopped) {
      stream.call?.lost({ unprocessed: false, message: 'the connection to the server was lost' })
    } else {
      stream.call?.closed(code)
    }
    this.#listener.room(this)
  }

  writable(stream: Http2Stream<ClientCall>): void {
    stream.call?.writable()
  }

  /** Later ones may allow more calls than before. */
  settled(): void {
    if (this.#ready) {
      this.#listener.room(this)
      return
    }
    this.#ready = true
    this.#listener.ready(this)
  }

  /** §6.8: calls after the last one were not looked at. */
  peerLeaves(lastStreamId: number, _code: number): void {
    const isFirst = !this.#leaving
    // Before calls hear of it: what they make room for is not sent here any more.
    this.#leaving = true
    for (const stream of this.connection.streams.all()) {
      if (stream.id <= lastStreamId) continue
      stream.call?.lost({ unprocessed: true, message: 'the server is going away' })
      this.connection.forget(stream)
    }
    if (!isFirst) return
    this.#listener.leaving(this)
    this.connection.leaveWhenEmpty()
  }

  ended(error: Error | null): void {
    this.#listener.ended(this, error)
  }

  onFault(error: unknown): void {
    this.#parts.onFault(error)
  }

  requested(_stream: Http2Stream<ClientCall>, _head: RequestHead, _end: boolean): void {}
}
