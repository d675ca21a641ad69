import { HTTP_BODY_SHARE_BYTES } from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import type { Answer, AnswerWriter } from './answer-writer.ts'
import type { BodyMemory } from './body-memory.ts'
import { type Asker, DirectExchange } from './direct-exchange.ts'
import { HeadReader } from './direct-head.ts'

const NOTHING = new Uint8Array(0)
/** What Node says to who ends in the middle of a request. */
const INCOMPLETE = new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')

export interface DirectHost {
  readonly writer: AnswerWriter
  readonly memory: BodyMemory
  /** Nobody new comes: what is answered now is the last. */
  readonly isLeaving: boolean
  /** Whether somebody here answers that, at once and in one piece. */
  takes(method: string, target: string): boolean
  serve(exchange: DirectExchange): void
  /** It is no connection of ours any more. */
  handOver(connection: DirectConnection, bytes: Uint8Array): void
  closed(connection: DirectConnection): void
}

/**
 * A connection whose requests come one at a time, whole and plain. With the first that does not it
 * is handed to Node's server for good, and every bound on time and room of that server holds.
 */
export class DirectConnection implements Asker {
  readonly socket: Socket
  /** How often the host has looked since a request began, or since the last answer. */
  quietLooks = 0
  readonly #host: DirectHost
  readonly #head = new HeadReader()
  /** What came of a request whose body is not here yet, or behind one that is not answered. */
  #held = NOTHING
  #heldBytes = 0
  /** Of the memory of all. */
  #claimed = 0
  #asked: DirectExchange | null = null
  #isServing = false
  /** The other side asks for no more. */
  #hasEnded = false
  /** And we say no more. */
  #isOver = false

  constructor(socket: Socket, host: DirectHost) {
    this.socket = socket
    this.#host = host
    socket.onData = (bytes) => this.#receive(bytes)
    socket.onEnd = () => this.#ended()
    socket.onClose = () => {
      this.#asked = null
      this.#forget()
      host.closed(this)
    }
  }

  get isAnswering(): boolean {
    return this.#asked !== null
  }

  /** A part of a request is here. */
  get isWaiting(): boolean {
    return this.#asked === null && this.#heldBytes > 0
  }

  receiveFirst(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#receive(bytes)
  }

  /** For the rest of its time. */
  handOver(): void {
    this.#giveAway(this.#held.subarray(0, this.#heldBytes))
  }

  waitsFor(exchange: DirectExchange): boolean {
    return this.#asked === exchange
  }

  answer(exchange: DirectExchange, answer: Omit<Answer, 'isLast'>): void {
    if (this.#asked !== exchange) return
    const { socket } = this
    const isLast = this.#host.isLeaving || this.#hasEnded
    this.#host.writer.write(socket, { ...answer, isLast })
    this.#asked = null
    this.quietLooks = 0
    if (isLast) this.#end()
    else if (!this.#isServing && this.#heldBytes > 0) this.handOver()
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isOver) return
    // Bytes one by one do not make a body last for ever.
    if (this.#heldBytes === 0) this.quietLooks = 0
    if (this.#asked !== null) this.#holdBehind(bytes)
    else if (this.#heldBytes === 0) this.#take(bytes)
    else this.#takeRest(bytes)
  }

  #take(bytes: Uint8Array): void {
    const head = this.#head
    // Who does not read the answers before is not served here, where none of them waits.
    if (this.socket.queuedBytes > 0 || !head.read(bytes)) {
      this.#giveAway(bytes)
      return
    }
    const { headBytes, bodyBytes } = head
    const end = headBytes + bodyBytes
    const isWhole = end <= bytes.length
    if (!this.#host.takes(head.method, head.target)) this.#giveAway(bytes)
    else if (isWhole) this.#serve(bytes, end)
    else if (bodyBytes > HTTP_BODY_SHARE_BYTES || !this.#claim(end)) this.#giveAway(bytes)
    else {
      this.#held.set(bytes)
      this.#heldBytes = bytes.length
    }
  }

  /** Room for all of a request. False: there is none. */
  #claim(bytes: number): boolean {
    if (!this.#host.memory.grow(0, bytes)) return false
    this.#held = new Uint8Array(bytes)
    this.#claimed = bytes
    return true
  }

  /** The last part of a body, or a part of the rest. */
  #takeRest(bytes: Uint8Array): void {
    const whole = this.#held
    const missing = whole.length - this.#heldBytes
    whole.set(bytes.length > missing ? bytes.subarray(0, missing) : bytes, this.#heldBytes)
    if (bytes.length < missing) {
      this.#heldBytes += bytes.length
      return
    }
    this.#forget()
    if (bytes.length === missing) this.#take(whole)
    else this.#take(joined(whole, bytes.subarray(missing)))
  }

  #serve(bytes: Uint8Array, end: number): void {
    const { headBytes } = this.#head
    const asked = new DirectExchange(this, this.#head, bytes.subarray(headBytes, end))
    this.#asked = asked
    this.#isServing = true
    this.#host.serve(asked)
    this.#isServing = false
    if (bytes.length === end) return
    const rest = bytes.subarray(end)
    if (this.#asked !== null) this.#holdBehind(rest)
    else this.#giveAway(rest)
  }

  /** Requests that do not wait for the answers before are Node's, when it is their turn. */
  #holdBehind(bytes: Uint8Array): void {
    this.#held = joined(this.#held.subarray(0, this.#heldBytes), bytes)
    this.#heldBytes = this.#held.length
    this.socket.pause()
  }

  #giveAway(bytes: Uint8Array): void {
    this.#host.writer.flush()
    this.#host.handOver(this, bytes)
    this.#forget()
  }

  #forget(): void {
    this.#held = NOTHING
    this.#heldBytes = 0
    this.#host.memory.give(this.#claimed)
    this.#claimed = 0
  }

  #ended(): void {
    this.#hasEnded = true
    if (this.#asked !== null) return
    if (this.isWaiting) this.socket.write(INCOMPLETE)
    this.#end()
  }

  #end(): void {
    this.#host.writer.flush()
    this.#isOver = true
    this.#forget()
    this.socket.end()
    // What still comes is dropped, so that the end behind it is seen.
    this.socket.resume()
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
