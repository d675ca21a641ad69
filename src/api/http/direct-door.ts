/**
 * Before a server of Node: answers what is asked most without it. Of a read, or a write of a small
 * value, that server costs more than all else a node does for it (docs/decision/0065).
 */

import { assert, HTTP_HEAD_MS_MAX, HTTP_IDLE_MS_MAX } from '../../base/index.ts'
import type { Clock, HttpDoor, Socket, Timer } from '../../io/index.ts'
import { AnswerWriter } from './answer-writer.ts'
import type { BodyMemory } from './body-memory.ts'
import { DirectConnection, type DirectHost } from './direct-connection.ts'
import type { DirectExchange } from './direct-exchange.ts'
import type { Exchange } from './exchange.ts'
import { type HttpHandler, type ServingOptions, serve } from './serving.ts'

/** Answers some requests at once and in one piece, and reads their bodies before it returns. */
export interface DirectHandler extends HttpHandler<Exchange> {
  takesDirectly(method: string, target: string): boolean
}

export interface DirectDoorOptions extends Omit<ServingOptions<DirectExchange>, 'handlers'> {
  readonly handler: DirectHandler
  /** Where everything else goes. */
  readonly behind: HttpDoor
  readonly clock: Clock
  /** Of all bodies that are being read. */
  readonly memory: BodyMemory
}

/** How often connections are looked at. */
const LOOK_MS = 5000
const IDLE_LOOKS_MAX = HTTP_IDLE_MS_MAX / LOOK_MS
/** A body is Node's that has not come until then, and its time begins anew there. */
const WAITING_LOOKS_MAX = HTTP_HEAD_MS_MAX / LOOK_MS
/** Who has not asked for anything yet has as long for it as the head of a request. */
const FIRST_LOOKS = IDLE_LOOKS_MAX - WAITING_LOOKS_MAX

export function createDirectDoor(options: DirectDoorOptions): HttpDoor {
  return new DirectDoor(options)
}

class DirectDoor implements HttpDoor, DirectHost {
  readonly writer: AnswerWriter
  readonly memory: BodyMemory
  readonly #behind: HttpDoor
  readonly #handler: DirectHandler
  readonly #clock: Clock
  readonly #serving: ServingOptions<DirectExchange>
  readonly #connections = new Set<DirectConnection>()
  #look: Timer | null = null
  #leaving: PromiseWithResolvers<void> | null = null

  constructor(options: DirectDoorOptions) {
    const { behind, handler, clock, memory, corsOrigins, onFault } = options
    this.writer = new AnswerWriter(clock)
    this.memory = memory
    this.#behind = behind
    this.#handler = handler
    this.#clock = clock
    this.#serving = { handlers: [handler], corsOrigins, onFault }
  }

  get isLeaving(): boolean {
    return this.#leaving !== null
  }

  accept(socket: Socket, firstBytes: Uint8Array): void {
    if (this.isLeaving) {
      socket.destroy()
      return
    }
    const connection = new DirectConnection(socket, this)
    connection.quietLooks = FIRST_LOOKS
    this.#connections.add(connection)
    this.#look ??= this.#lookLater()
    connection.receiveFirst(firstBytes)
  }

  leave(): Promise<void> {
    if (this.#leaving === null) {
      this.#leaving = Promise.withResolvers<void>()
      this.writer.flush()
      for (const connection of this.#connections) {
        if (!connection.isAnswering) connection.socket.destroy()
      }
      this.#leaveIfEmpty()
    }
    return Promise.all([this.#leaving.promise, this.#behind.leave()]).then(() => {})
  }

  destroy(): void {
    for (const { socket } of this.#connections) socket.destroy()
    this.#behind.destroy()
  }

  // What connections ask.

  takes(method: string, target: string): boolean {
    return this.#handler.takesDirectly(method, target)
  }

  serve(exchange: DirectExchange): void {
    serve(exchange, this.#serving)
  }

  handOver(connection: DirectConnection, bytes: Uint8Array): void {
    assert(!connection.isAnswering, 'a connection is handed over between two requests')
    this.#behind.accept(connection.socket, bytes)
    this.closed(connection)
  }

  closed(connection: DirectConnection): void {
    this.#connections.delete(connection)
    this.#leaveIfEmpty()
  }

  #leaveIfEmpty(): void {
    if (this.#connections.size > 0) return
    this.#look?.cancel()
    this.#look = null
    this.#leaving?.resolve()
  }

  #lookLater(): Timer {
    return this.#clock.after(LOOK_MS, () => {
      this.#look = this.#lookLater()
      for (const connection of this.#connections) lookAt(connection)
    })
  }
}

function lookAt(connection: DirectConnection): void {
  // The answer has its own time.
  if (connection.isAnswering) return
  connection.quietLooks += 1
  if (connection.isWaiting) {
    if (connection.quietLooks > WAITING_LOOKS_MAX) connection.handOver()
  } else if (connection.quietLooks > IDLE_LOOKS_MAX) connection.socket.destroy()
}
