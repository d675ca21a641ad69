/**
 * A call of the gateway over a WebSocket: every message of the client is a piece of the body of a
 * request, and every line of the answer is a message (as the proxy in front of etcd's gateway).
 */

import type { IncomingMessage } from 'node:http'
import { LocalCall, type Method, STATUS, type Status } from '../../rpc/index.ts'
import { decodeJson, encodeJson, JsonOutput, JsonStream } from '../../wire/index.ts'
import { CLOSE, type WebSocketListener, type WebSocketPeer } from '../websocket/index.ts'
import { failureLine, LEAVING, statusOfRefusal } from './failures.ts'
import type { GatewayHost, OpenCall } from './gateway-call.ts'
import { metadataOf } from './request-metadata.ts'
import type { Route } from './routes.ts'

const UTF8 = new TextEncoder()

export class WebSocketCall implements WebSocketListener, OpenCall {
  readonly isStream = true
  readonly #host: GatewayHost
  readonly #route: Route
  readonly #method: Method
  readonly #call: LocalCall
  readonly #objects: JsonStream
  #peer: WebSocketPeer | null = null
  #held = 0
  /** Of a unary method: it has its message. */
  #asked = false
  #over = false

  constructor(
    host: GatewayHost,
    request: IncomingMessage,
    { route, method }: { readonly route: Route; readonly method: Method },
  ) {
    this.#host = host
    this.#route = route
    this.#method = method
    this.#objects = new JsonStream({ bytesMax: host.bodyBytesMax })
    this.#call = new LocalCall(method, {
      metadata: metadataOf(request),
      receiver: {
        message: (bytes, offset, length) => this.#answer(bytes, offset, length),
        ready: () => this.#peer?.resume(),
        ended: (status) => this.#ended(status),
      },
      onFault: host.onFault,
    })
  }

  begin(peer: WebSocketPeer): void {
    this.#peer = peer
    this.#call.begin()
  }

  leave(): void {
    this.#fail(LEAVING, CLOSE.LEAVING)
  }

  // What the client does.

  message(bytes: Uint8Array): void {
    if (this.#over) return
    try {
      this.#objects.push(bytes, (object) => this.#object(object))
    } catch (error) {
      this.#fail(statusOfRefusal(error), CLOSE.NORMAL)
    }
  }

  holds(bytes: number): boolean {
    if (this.#over) return true
    const { memory } = this.#host
    memory.give(this.#held)
    this.#held = 0
    const held = bytes + this.#objects.heldBytes
    if (!memory.grow(0, held)) return false
    this.#held = held
    return true
  }

  writable(): void {
    this.#call.writable()
  }

  gone(): void {
    if (this.#over) return
    this.#finish()
    this.#call.cancel()
  }

  #object(object: Uint8Array): void {
    if (this.#over || (this.#asked && this.#method.kind === 'unary')) return
    this.#asked = true
    const message = decodeJson(this.#route.request, object)
    if (!this.#call.send(message, 0, message.length) && !this.#over) this.#peer?.pause()
  }

  // What the method does.

  #answer(bytes: Uint8Array, offset: number, length: number): boolean {
    const { responseStream, response } = this.#route
    // A view whatever it is a view of.
    const message = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
    const output = new JsonOutput(64 + length * 2)
    if (responseStream) output.ascii('{"result":')
    encodeJson(response, message, output)
    if (responseStream) output.ascii('}')
    return this.#peer?.send(output.bytes) ?? true
  }

  #ended(status: Status): void {
    if (this.#over) return
    this.#finish()
    this.#tell(status, CLOSE.NORMAL)
  }

  #fail(status: Status, code: number): void {
    if (this.#over) return
    this.#finish()
    this.#call.cancel()
    this.#tell(status, code)
  }

  #tell(status: Status, code: number): void {
    if (status.code !== STATUS.OK) this.#peer?.send(UTF8.encode(failureLine(status).trimEnd()))
    this.#peer?.close(code)
  }

  #finish(): void {
    this.#over = true
    this.#host.memory.give(this.#held)
    this.#held = 0
    this.#host.ended(this)
  }
}
