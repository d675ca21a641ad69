/** One connection of a server: turns what HTTP/2 tells into calls. */

import {
  RPC_GATHERED_BYTES_ALL_MAX,
  RPC_GATHERED_BYTES_MAX,
  RPC_SHARE_BYTES,
} from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import { OutgoingHeaders } from '../hpack/index.ts'
import {
  Http2Connection,
  type Http2Listener,
  type Http2Stream,
  type RequestHead,
  type ResponseHead,
  type Trailers,
} from '../http2/index.ts'
import { type AcceptedCall, callHead } from './call-head.ts'
import type { MessageCompressor } from './compression.ts'
import type { Deadlines } from './deadlines.ts'
import { type CallHost, NetworkCall } from './network-call.ts'
import { encodeMessage } from './percent.ts'
import type { RpcServer } from './server.ts'
import type { Status } from './status.ts'

export class ServerSession implements Http2Listener<NetworkCall>, CallHost {
  readonly connection: Http2Connection<NetworkCall>
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly messageBytesMax: number
  readonly #server: RpcServer
  #gathered = 0

  constructor(server: RpcServer, socket: Socket) {
    this.#server = server
    this.deadlines = server.deadlines
    this.compressor = server.compressor
    this.messageBytesMax = server.messageBytesMax
    const { clock, pool } = server
    this.connection = new Http2Connection<NetworkCall>({
      role: 'server',
      socket,
      clock,
      pool,
      listener: this,
    })
  }

  requested(stream: Http2Stream<NetworkCall>, request: RequestHead, end: boolean): void {
    const head = callHead(request, this.#server.methods)
    if (head.kind === 'call') this.#begin(stream, { request, head }, end)
    else if (head.kind === 'http') this.connection.headers(stream, head.answer, true)
    else this.connection.headers(stream, trailersOnly(head.status), true)
  }

  #begin(
    stream: Http2Stream<NetworkCall>,
    heads: { request: RequestHead; head: AcceptedCall },
    end: boolean,
  ): void {
    const call = new NetworkCall(this, stream, heads)
    stream.call = call
    call.begin(this.#server.clock)
    if (end) call.ended()
  }

  data(
    stream: Http2Stream<NetworkCall>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): void {
    stream.call?.receive(bytes, offset, length, end)
  }

  /** A client has nothing to say there; it is the end of the request all the same. */
  trailers(stream: Http2Stream<NetworkCall>, _trailers: Trailers): void {
    stream.call?.ended()
  }

  closed(stream: Http2Stream<NetworkCall>, _code: number): void {
    stream.call?.closed()
  }

  writable(stream: Http2Stream<NetworkCall>): void {
    stream.call?.writable()
  }

  sweep(nowMs: number, keepaliveMs: number): void {
    this.connection.sweep(nowMs)
    this.connection.keepAlive(nowMs, keepaliveMs)
  }

  gathers(bytes: number): boolean {
    const server = this.#server
    this.#gathered += bytes
    server.gatheredBytes += bytes
    if (this.#gathered > RPC_GATHERED_BYTES_MAX) return false
    return this.#gathered <= RPC_SHARE_BYTES || server.gatheredBytes <= RPC_GATHERED_BYTES_ALL_MAX
  }

  onFault(error: unknown): void {
    this.#server.onFault(error)
  }

  ended(): void {
    this.#server.ended(this)
  }

  responded(_stream: Http2Stream<NetworkCall>, _head: ResponseHead, _end: boolean): void {}

  settled(): void {}

  /** It opens no more streams and closes when it likes. */
  peerLeaves(): void {}
}

/** A status without a message before it, in one header block. */
function trailersOnly({ code, message }: Status): OutgoingHeaders {
  return new OutgoingHeaders([
    ':status',
    '200',
    'content-type',
    'application/grpc',
    'grpc-status',
    String(code),
    'grpc-message',
    encodeMessage(message),
  ])
}
