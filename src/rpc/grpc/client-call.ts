/** One call at the client, from its head to its status. */

import { assert, copyOf, KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import {
  HTTP2_CODES,
  type Http2Connection,
  type Http2Stream,
  type ResponseHead,
  type Trailers,
} from '../http2/index.ts'
import { fieldOf } from './call-head.ts'
import { type MessageCompressor, type MessageEncoding, parseEncoding } from './compression.ts'
import type { Deadlines, Expiring } from './deadlines.ts'
import {
  MESSAGE_PREFIX_BYTES,
  MessageReader,
  writeCompressedPrefix,
  writeMessagePrefix,
} from './message-frames.ts'
import { MessageQueue } from './message-queue.ts'
import { Metadata } from './metadata.ts'
import { decodeMessage } from './percent.ts'
import {
  parseStatus,
  STATUS,
  type Status,
  type StatusCode,
  statusOfHttp,
  statusOfReset,
} from './status.ts'

/**
 * What the caller hears: messages, then exactly one `ended`. The bytes of a message are its own
 * only until it returns.
 */
export interface CallReceiver {
  /** It may hold the call, so that no more comes than it can take. */
  readonly takesByHand?: boolean
  /** The fields before the first message. Not told when the status is all that comes. */
  began?(initial: Metadata): void
  message(bytes: Uint8Array, offset: number, length: number): void
  ended(end: CallEnd): void
  /** A write that was answered with false may go on. */
  writable(): void
}

export interface CallEnd {
  readonly status: Status
  /** What the server sent with the status: name, value, name, value. */
  readonly trailers: readonly string[]
  /** No server has looked at it: trying again elsewhere cannot do it twice. */
  readonly unprocessed: boolean
}

const NO_FIELDS: readonly string[] = []

export const OK_END: CallEnd = {
  status: { code: STATUS.OK, message: '' },
  trailers: NO_FIELDS,
  unprocessed: false,
}

export interface ClientCallHost {
  readonly connection: Http2Connection<ClientCall>
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly messageBytesMax: number
  /** What a receiver threw. */
  onFault(error: unknown): void
}

export class ClientCall implements Expiring {
  readonly receiver: CallReceiver
  readonly path: string
  dueMs = Number.POSITIVE_INFINITY
  readonly #deadlines: Deadlines
  #host: ClientCallHost | null = null
  #stream: Http2Stream<ClientCall> | null = null
  #reader: MessageReader | null = null
  #encoding: MessageEncoding = 'identity'
  #inflating = false
  /** Messages and the end that wait for a message that is inflated. */
  readonly #queue = new MessageQueue()
  /** Bytes that came and are not told as taken; only where messages may have to wait. */
  #owed = 0
  #isHeld = false
  #end: CallEnd | null = null
  #over = false

  constructor(deadlines: Deadlines, path: string, receiver: CallReceiver) {
    this.#deadlines = deadlines
    this.path = path
    this.receiver = receiver
  }

  get isOver(): boolean {
    return this.#over
  }

  watch(clock: Clock, timeoutMs: number): void {
    if (timeoutMs === Number.POSITIVE_INFINITY) return
    this.dueMs = clock.monotonicMs() + timeoutMs
    this.#deadlines.add(this)
  }

  sentOn(host: ClientCallHost, stream: Http2Stream<ClientCall>): void {
    assert(this.#stream === null, 'a call is sent once')
    this.#host = host
    this.#stream = stream
    stream.call = this
  }

  // Sending.

  /** False: enough for now, or over; `writable` tells when to go on. */
  write(bytes: Uint8Array, offset: number, length: number, end: boolean): boolean {
    const [host, stream] = [this.#host, this.#stream]
    if (this.#over || host === null || stream === null || !takesMore(stream)) return false
    const { connection } = host
    const whole = MESSAGE_PREFIX_BYTES + length
    const at = connection.claim(stream, whole)
    if (at >= 0) {
      const { chunk } = connection.output
      const start = writeMessagePrefix(chunk, at, length)
      if (length > 0) chunk.set(bytes.subarray(offset, offset + length), start)
      return connection.committed(stream, at, whole, end)
    }
    const framed = new Uint8Array(whole)
    framed.set(bytes.subarray(offset, offset + length), writeMessagePrefix(framed, 0, length))
    return connection.data(stream, framed, 0, whole, end)
  }

  /**
   * What was written leaves now, instead of at the end of the turn: for who writes once in a turn,
   * near its end.
   */
  flush(): void {
    this.#host?.connection.flush()
  }

  /** The one message of a unary call whose head says so. */
  writeCompressed(deflated: Uint8Array): void {
    const [host, stream] = [this.#host, this.#stream]
    assert(host !== null && stream !== null, 'a message follows its head')
    const framed = new Uint8Array(MESSAGE_PREFIX_BYTES + deflated.length)
    framed.set(deflated, writeCompressedPrefix(framed, 0, deflated.length))
    host.connection.data(stream, framed, 0, framed.length, true)
  }

  /** No more messages from us. */
  end(): void {
    const [host, stream] = [this.#host, this.#stream]
    if (this.#over || host === null || stream === null || !takesMore(stream)) return
    host.connection.data(stream, NO_BYTES, 0, 0, true)
  }

  /**
   * For a receiver that takes by hand: what comes is still delivered, up to the window of the
   * stream, and the server sends no more until `release`.
   */
  hold(): void {
    assert(this.receiver.takesByHand === true, 'who holds a call has said so before')
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#settle()
  }

  /** The server is told, and the receiver hears CANCELLED. */
  cancel(): void {
    this.#abort(STATUS.CANCELLED, 'the caller cancelled the call')
  }

  expired(): void {
    this.#abort(STATUS.DEADLINE_EXCEEDED, 'the deadline of the call passed')
  }

  #abort(code: StatusCode, message: string): void {
    if (this.#over) return
    const unprocessed = this.#stream === null
    this.finish({ status: { code, message }, trailers: NO_FIELDS, unprocessed })
    this.#reset()
  }

  #reset(): void {
    if (this.#stream !== null) this.#host?.connection.reset(this.#stream, HTTP2_CODES.cancel)
  }

  // Receiving.

  responded(head: ResponseHead, end: boolean): void {
    if (this.#over) return
    const failure = responseFailure(head)
    if (end) {
      // Trailers and head in one.
      this.#ends(failure ?? endOf(head.fields))
    } else if (failure !== null) {
      this.finish(failure)
      this.#reset()
    } else {
      this.#encoding = parseEncoding(fieldOf(head.fields, 'grpc-encoding')) ?? 'identity'
      const byHand = this.#encoding !== 'identity' || this.receiver.takesByHand === true
      if (this.#stream !== null) this.#stream.takesByHand = byHand
      if (this.receiver.began === undefined) return
      this.#tell(() => this.receiver.began?.(Metadata.received(head.fields)))
    }
  }

  data(bytes: Uint8Array, offset: number, length: number, end: boolean): void {
    if (this.#over || this.#host === null) return
    this.#reader ??= new MessageReader({ messageBytesMax: this.#host.messageBytesMax })
    const reader = this.#reader
    if (this.#stream?.takesByHand === true) this.#owed += length
    reader.push(bytes, offset, length)
    while (!this.#over) {
      const step = reader.next()
      if (step === 'more') break
      if (step === 'tooLarge') {
        const text = `a message of ${reader.length} bytes is larger than this client takes`
        this.#abort(STATUS.RESOURCE_EXHAUSTED, text)
      } else if (step === 'malformed') {
        this.#abort(STATUS.INTERNAL, 'the flag of a message is neither 0 nor 1')
      } else {
        this.#arrived(reader.bytes, reader.offset, reader.length, reader.isCompressed)
      }
    }
    if (end) this.#ends(failed(STATUS.INTERNAL, 'the answer ended without a status'))
    this.#settle()
  }

  /** A server that sends faster than it can be inflated waits. */
  #settle(): void {
    if (!this.#inflating && !this.#isHeld && this.#queue.isEmpty) this.#taken()
  }

  #taken(): void {
    const owed = this.#owed
    this.#owed = 0
    if (owed > 0 && this.#stream !== null) this.#host?.connection.taken(this.#stream, owed)
  }

  #arrived(bytes: Uint8Array, offset: number, length: number, isCompressed: boolean): void {
    if (isCompressed && this.#encoding === 'identity') {
      this.#abort(STATUS.INTERNAL, 'a compressed message without grpc-encoding')
    } else if (isCompressed || this.#inflating) {
      this.#queue.push({ bytes: copyOf(bytes, offset, offset + length), isCompressed })
      this.#drainQueue()
    } else {
      this.#deliver(bytes, offset, length)
    }
  }

  #deliver(bytes: Uint8Array, offset: number, length: number): void {
    try {
      this.receiver.message(bytes, offset, length)
    } catch (error) {
      const message = error instanceof KvError ? error.message : 'the caller failed to read it'
      this.#abort(STATUS.INTERNAL, `a message that cannot be read: ${message}`)
      if (!(error instanceof KvError)) this.#host?.onFault(error)
    }
  }

  #drainQueue(): void {
    while (!this.#inflating && !this.#over) {
      const next = this.#queue.take()
      if (next === null) break
      if (next.isCompressed) this.#inflate(next.bytes)
      else this.#deliver(next.bytes, 0, next.bytes.length)
    }
    this.#settle()
    if (!this.#inflating && this.#end !== null) this.finish(this.#end)
  }

  #inflate(bytes: Uint8Array): void {
    assert(this.#host !== null, 'what arrived came over a connection')
    this.#inflating = true
    this.#host.compressor.inflate(bytes).then(
      (inflated) => {
        this.#inflating = false
        if (!this.#over) this.#deliver(inflated, 0, inflated.length)
        this.#drainQueue()
      },
      (error: unknown) => {
        this.#inflating = false
        const text = error instanceof KvError ? error.message : 'a message cannot be inflated'
        this.#abort(STATUS.INTERNAL, text)
      },
    )
  }

  trailers(trailers: Trailers): void {
    if (this.#over) return
    const known = trailers.note as CallEnd | null
    const end = known ?? endOf(trailers.fields)
    trailers.note = end
    this.#ends(this.#reader?.isInside === true ? TRUNCATED : end)
  }

  /** The end counts once all messages before it are delivered. */
  #ends(end: CallEnd): void {
    if (this.#inflating) this.#end = end
    else this.finish(end)
    // Nobody reads what we would still send, or what waits to be sent.
    if (this.#stream?.localEnded === false) this.#reset()
  }

  /** The stream is gone; this is its last word. */
  closed(code: number): void {
    if (this.#over || this.#end !== null || code === HTTP2_CODES.none) {
      // A server that has answered may end the stream with that.
      if (!this.#over && this.#end === null) this.finish(NO_STATUS)
      return
    }
    const unprocessed = code === HTTP2_CODES.refusedStream
    const message = unprocessed ? 'the server takes no more calls now' : 'the server ended the call'
    this.finish({ ...failed(statusOfReset(code), message), unprocessed })
  }

  /**
   * The connection is gone. `unprocessed`: the server has said that it did not look at the call.
   */
  lost({ unprocessed, message }: { unprocessed: boolean; message: string }): void {
    this.finish({ ...failed(STATUS.UNAVAILABLE, message), unprocessed })
  }

  writable(): void {
    if (!this.#over) this.#tell(() => this.receiver.writable())
  }

  finish(end: CallEnd): void {
    if (this.#over) return
    this.#over = true
    this.#reader = null
    this.#queue.clear()
    this.#taken()
    if (this.dueMs !== Number.POSITIVE_INFINITY) this.#deadlines.noteOver()
    try {
      this.receiver.ended(end)
    } catch (error) {
      this.#host?.onFault(error)
    }
  }

  #tell(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#host?.onFault(error)
    }
  }
}

/** The stream may be gone while its last message is still being inflated. */
function takesMore({ localEnding, closed }: Http2Stream<ClientCall>): boolean {
  return !localEnding && !closed
}

const NO_BYTES = new Uint8Array(0)

function failed(code: StatusCode, message: string): CallEnd {
  return { status: { code, message }, trailers: NO_FIELDS, unprocessed: false }
}

const TRUNCATED = failed(STATUS.INTERNAL, 'the answer ended inside a message')
const NO_STATUS = failed(STATUS.INTERNAL, 'the answer ended without a status')

/** An answer that is no gRPC; null when it is one. */
function responseFailure(head: ResponseHead): CallEnd | null {
  if (head.status !== 200) {
    if (fieldOf(head.fields, 'grpc-status') !== null) return endOf(head.fields)
    return failed(statusOfHttp(head.status), `the server answered with HTTP status ${head.status}`)
  }
  const type = fieldOf(head.fields, 'content-type') ?? ''
  if (!type.startsWith('application/grpc')) {
    return failed(STATUS.UNKNOWN, 'the server answered with something that is no gRPC')
  }
  const encoding = fieldOf(head.fields, 'grpc-encoding')
  if (parseEncoding(encoding) !== null) return null
  return failed(STATUS.INTERNAL, `the server answered in an encoding that is not known`)
}

function endOf(fields: readonly string[]): CallEnd {
  const text = fieldOf(fields, 'grpc-status')
  if (text === null) return failed(STATUS.UNKNOWN, 'the answer ended without a status')
  const code = parseStatus(text)
  if (code === STATUS.OK && fields.length === 2) return OK_END
  const message = decodeMessage(fieldOf(fields, 'grpc-message') ?? '')
  return { status: { code, message }, trailers: fields, unprocessed: false }
}
