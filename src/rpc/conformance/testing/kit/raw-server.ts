import assert from 'node:assert/strict'
import net from 'node:net'
import type { Address } from '../../../../io/index.ts'
import {
  data,
  FRAME_SIZE_INITIAL,
  headers,
  PREFACE,
  type Setting,
  settings,
  settingsAck,
  windowUpdate,
} from './frames.ts'
import { block, type Field } from './hpack-writer.ts'
import { Peer } from './peer.ts'

/** A request of the client under test, when it is complete. */
export interface Request {
  readonly stream: number
  readonly fields: readonly Field[]
  /** With the prefix of the gRPC message. */
  readonly body: Buffer
}

export const ANSWER: readonly Field[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
]

/** We play the server, on a socket of our own, for one connection of the client under test. */
export class RawServer extends Peer {
  constructor(socket: net.Socket) {
    super(socket, 'client')
    this.automatic = false
    this.expectPreface(PREFACE)
  }

  /**
   * Our preface, and the acknowledgement of both (RFC 9113 §3.4). A client need not wait for it, so
   * its first requests may have come already.
   */
  async handshake(...values: readonly Setting[]): Promise<void> {
    this.send(settings(...values))
    await this.take('settings', ({ ack }) => !ack)
    // Ours must be the first frame, so nothing was acknowledged before.
    this.send(settingsAck())
    this.automatic = true
    await this.take('settings', ({ ack }) => ack)
  }

  async change(...values: readonly Setting[]): Promise<void> {
    this.send(settings(...values))
    await this.take('settings', ({ ack }) => ack)
  }

  /** The next request, to its end; our windows are opened for what comes. */
  async request(): Promise<Request> {
    const head = await this.find('headers')
    const { stream, fields } = head
    const parts: Buffer[] = []
    for (let { end } = head; !end; ) {
      const part = await this.find('data', (item) => item.stream === stream)
      parts.push(part.bytes)
      end = part.end
      if (part.size > 0) this.send(windowUpdate(0, part.size))
      if (part.size > 0 && !end) this.send(windowUpdate(stream, part.size))
    }
    return { stream, fields, body: Buffer.concat(parts) }
  }

  /** A good answer with the octets of that body. */
  answer(stream: number, body: Buffer): Buffer {
    return Buffer.concat([
      headers(stream, block(ANSWER)),
      ...dataFrames(stream, body),
      this.trailers(stream),
    ])
  }

  trailers(stream: number): Buffer {
    return headers(stream, block([['grpc-status', '0']]), { end: true })
  }

  /** Takes the next request and answers with what it said. */
  async serve(): Promise<Request> {
    const request = await this.request()
    this.send(this.answer(request.stream, request.body))
    return request
  }
}

export function dataFrames(stream: number, body: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < body.length; at += FRAME_SIZE_INITIAL) {
    frames.push(data(stream, body.subarray(at, at + FRAME_SIZE_INITIAL)))
  }
  return frames
}

/** Accepts connections of the client under test. */
export class RawListener {
  readonly address: Address
  readonly #server: net.Server
  readonly #accepted: RawServer[] = []
  readonly #sockets = new Set<net.Socket>()
  #wake: (() => void) | null = null

  private constructor(server: net.Server) {
    this.#server = server
    const { port } = server.address() as net.AddressInfo
    this.address = { host: '127.0.0.1', port }
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      this.#accepted.push(new RawServer(socket))
      this.#wake?.()
    })
  }

  static async open(): Promise<RawListener> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true })
    await new Promise<void>((resolve) => {
      server.listen({ host: '127.0.0.1', port: 0 }, resolve)
    })
    return new RawListener(server)
  }

  async accept(): Promise<RawServer> {
    for (;;) {
      const peer = this.#accepted.shift()
      if (peer !== undefined) return peer
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    assert.ok(!this.#server.listening)
  }
}
