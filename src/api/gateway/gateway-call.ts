/**
 * One request of the gateway: a call of a method in this process, with JSON on the other side.
 *
 * A method that takes one message gets the whole body as one; a stream gets one for each object in
 * the body as they come. A unary answer is one object; answers of a stream are a line each. The
 * status of HTTP is that of the call when nothing was answered yet.
 */

import type { ServerResponse } from 'node:http'
import { assert } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'
import {
  LocalCall,
  type LocalReceiver,
  Metadata,
  type Method,
  parseTimeout,
  STATUS,
  type Status,
} from '../../rpc/index.ts'
import { decodeJson, encodeJson, JsonOutput, JsonStream } from '../../wire/index.ts'
import {
  type BodyMemory,
  type BodyOutcome,
  BodyReader,
  type NodeExchange,
  PROBE_MS,
} from '../http/index.ts'
import type { Histogram } from '../metrics/index.ts'
import {
  CUT_OFF,
  failureLine,
  LEAVING,
  sendFailure,
  statusOfBody,
  statusOfRefusal,
} from './failures.ts'
import { metadataOf } from './request-metadata.ts'
import type { Route } from './routes.ts'

/** A request that is under way. */
export interface OpenCall {
  readonly isStream: boolean
  /** The server goes: what has not ended by now ends. */
  leave(): void
}

export interface GatewayHost {
  readonly clock: Clock
  readonly memory: BodyMemory
  readonly bodyBytesMax: number
  /** Null: nobody wants to know. */
  readonly latencySeconds: Histogram | null
  readonly onFault: (error: unknown) => void
  ended(call: OpenCall): void
}

export class GatewayCall implements LocalReceiver, OpenCall {
  readonly #host: GatewayHost
  readonly #exchange: NodeExchange
  readonly #response: ServerResponse
  readonly #route: Route
  readonly #call: LocalCall
  /** Streams: the objects of the body. */
  readonly #objects: JsonStream
  readonly #startedMs: number
  #held = 0
  #timer: Timer | null = null
  /** The answer of a unary call, which is sent when the call has ended well. */
  #answer: Uint8Array | null = null
  #over = false

  constructor(
    host: GatewayHost,
    exchange: NodeExchange,
    { route, method }: { readonly route: Route; readonly method: Method },
  ) {
    this.#host = host
    this.#startedMs = host.clock.monotonicMs()
    this.#exchange = exchange
    this.#response = exchange.response
    this.#route = route
    this.#objects = new JsonStream({ bytesMax: host.bodyBytesMax })
    this.#call = new LocalCall(method, {
      metadata: metadataOf(exchange.request),
      receiver: this,
      onFault: host.onFault,
    })
  }

  get isStream(): boolean {
    return this.#route.responseStream
  }

  begin(): void {
    const { request } = this.#exchange
    this.#response.on('close', () => this.#gone())
    this.#startTimer()
    this.#call.begin()
    if (this.#over) return
    if (!this.isStream) {
      this.#readBody()
      return
    }
    request.socket.setKeepAlive(true, PROBE_MS)
    this.#response.on('drain', () => this.#call.writable())
    if (this.#route.requestStream) this.#readObjects()
    else this.#readBody()
  }

  leave(): void {
    this.#fail(LEAVING)
  }

  /** A client may say how long it waits, as in gRPC. */
  #startTimer(): void {
    const text = this.#exchange.request.headers['grpc-timeout']
    const waitMs = typeof text === 'string' ? parseTimeout(text) : null
    if (waitMs === null) return
    this.#timer = this.#host.clock.after(waitMs, () => this.#call.expire())
  }

  // The request.

  #readBody(): void {
    const { clock, memory, bodyBytesMax } = this.#host
    const done = (outcome: BodyOutcome): void => this.#bodyRead(outcome)
    new BodyReader(this.#exchange.request, { clock, memory, bytesMax: bodyBytesMax, done })
  }

  #bodyRead(outcome: BodyOutcome): void {
    if (this.#over) return
    if (outcome.kind !== 'whole') {
      this.#fail(statusOfBody(outcome.kind))
      return
    }
    const message = this.#decoded(outcome.bytes)
    if (message === null) return
    this.#call.send(message, 0, message.length)
    this.#call.sendEnd()
  }

  #readObjects(): void {
    const { request } = this.#exchange
    request.on('data', (piece: Uint8Array) => this.#piece(piece))
    request.on('end', () => this.#bodyEnded())
  }

  #piece(piece: Uint8Array): void {
    if (this.#over) return
    try {
      this.#objects.push(piece, (object) => this.#object(object))
    } catch (error) {
      this.#fail(statusOfRefusal(error))
      return
    }
    this.#noteHeld()
  }

  #object(object: Uint8Array): void {
    const message = this.#over ? null : this.#decoded(object)
    if (message === null) return
    const goesOn = this.#call.send(message, 0, message.length)
    if (!goesOn && !this.#over) this.#exchange.request.pause()
  }

  /** What of an object has come, and waits for the rest. */
  #noteHeld(): void {
    if (this.#over) return
    const { memory } = this.#host
    const held = this.#objects.heldBytes
    memory.give(this.#held)
    const isAllowed = memory.grow(0, held)
    this.#held = isAllowed ? held : 0
    if (!isAllowed) this.#fail(statusOfBody('noRoom'))
  }

  #bodyEnded(): void {
    if (this.#over) return
    if (this.#objects.isInside) this.#fail(CUT_OFF)
    else this.#call.sendEnd()
  }

  /** Null: it was refused, and the call has ended. */
  #decoded(text: Uint8Array): Uint8Array | null {
    try {
      return decodeJson(this.#route.request, text)
    } catch (error) {
      this.#fail(statusOfRefusal(error))
      return null
    }
  }

  /** The handler takes messages again. */
  ready(): void {
    this.#exchange.request.resume()
  }

  // The answer.

  message(bytes: Uint8Array, offset: number, length: number): boolean {
    assert(!this.#over, 'a call that is over answers nothing')
    const { isStream } = this
    // A view whatever it is a view of.
    const message = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
    const output = new JsonOutput(64 + length * 2)
    if (isStream) output.ascii('{"result":')
    encodeJson(this.#route.response, message, output)
    if (!isStream) {
      assert(this.#answer === null, 'a unary call has one answer')
      this.#answer = output.bytes
      return true
    }
    output.ascii('}\n')
    this.#sendHead()
    return this.#response.write(output.bytes)
  }

  ended(status: Status, trailing: Metadata): void {
    if (this.#over) return
    this.#finish()
    if (status.code !== STATUS.OK) this.#tell(status, trailing)
    else if (this.#answer !== null) {
      this.#response.setHeader('Grpc-Metadata-Content-Type', 'application/grpc')
      this.#exchange.sendJson(200, this.#answer)
    } else {
      this.#sendHead()
      this.#response.end()
      this.#closeUnread()
    }
  }

  #sendHead(): void {
    const response = this.#response
    if (response.headersSent) return
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Grpc-Metadata-Content-Type', 'application/grpc')
    this.#exchange.setCorsFields()
    response.writeHead(200)
  }

  // The end.

  /** Ends the call from here; its handler hears of it. */
  #fail(status: Status): void {
    if (this.#over) return
    this.#finish()
    this.#call.cancel()
    this.#tell(status, Metadata.EMPTY)
  }

  #tell(status: Status, trailing: Metadata): void {
    if (this.#response.headersSent) this.#response.end(failureLine(status))
    else sendFailure(this.#exchange, status, trailing)
    this.#closeUnread()
  }

  /** Who still sends is not listened to any more: the connection ends behind the answer. */
  #closeUnread(): void {
    const { request } = this.#exchange
    if (!request.complete) this.#response.on('finish', () => request.destroy())
  }

  /** The connection has closed, or the answer is out. */
  #gone(): void {
    if (this.#over) return
    this.#finish()
    this.#call.cancel()
  }

  #finish(): void {
    this.#over = true
    const { clock, latencySeconds } = this.#host
    if (!this.isStream) latencySeconds?.observe((clock.monotonicMs() - this.#startedMs) / 1000)
    this.#timer?.cancel()
    this.#host.memory.give(this.#held)
    this.#held = 0
    this.#host.ended(this)
  }
}
