/** One call that came over a connection, from its head to its status. */

import { assert, copyOf, freeLent, KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { Codec } from '../../wire/index.ts'
import { OutgoingHeaders } from '../hpack/index.ts'
import type { Http2Connection, Http2Stream, RequestHead } from '../http2/index.ts'
import {
  type AcceptedCall,
  COMPRESSED_RESPONSE_HEAD,
  OK_TRAILERS,
  RESPONSE_HEAD,
} from './call-head.ts'
import { isWorthCompressing, type MessageCompressor } from './compression.ts'
import type { Deadlines, Expiring } from './deadlines.ts'
import {
  MESSAGE_PREFIX_BYTES,
  MessageReader,
  writeCompressedPrefix,
  writeMessagePrefix,
} from './message-frames.ts'
import { MessageQueue } from './message-queue.ts'
import { Metadata } from './metadata.ts'
import { encodeMessage } from './percent.ts'
import type { ServerCall, StreamHandler } from './service.ts'
import { STATUS, type StatusCode, statusOfFailure, UNEXPECTED } from './status.ts'

/** What a call needs of its server and its connection. */
export interface CallHost {
  readonly connection: Http2Connection<NetworkCall>
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly messageBytesMax: number
  /** Memory for messages that came in part; false when the connection has too much of it. */
  gathers(bytes: number): boolean
  /** What a handler threw that was no expected failure. */
  onFault(error: unknown): void
}

export class NetworkCall implements ServerCall, Expiring {
  readonly head: AcceptedCall
  readonly request: RequestHead
  dueMs = Number.POSITIVE_INFINITY
  readonly #host: CallHost
  readonly #stream: Http2Stream<NetworkCall>
  #reader: MessageReader | null = null
  #handler: StreamHandler | null = null
  /** Messages that a paused handler has not taken, or that wait for one that is inflated. */
  readonly #queue = new MessageQueue()
  /** Bytes that came and are not told as taken. */
  #owed = 0
  #gathered = 0
  #paused = false
  #inflating = false
  /** Unary: the message, which waits for the end of the request. */
  #message: Uint8Array | null = null
  #remoteEnded = false
  #endTold = false
  #headSent = false
  #over = false
  #startedMs = 0
  #compresses = false
  #initial: Metadata = Metadata.EMPTY
  #trailing: Metadata = Metadata.EMPTY
  onCancel: (() => void) | null = null

  constructor(
    host: CallHost,
    stream: Http2Stream<NetworkCall>,
    { request, head }: { request: RequestHead; head: AcceptedCall },
  ) {
    this.#host = host
    this.#stream = stream
    this.head = head
    this.request = request
  }

  get metadata(): Metadata {
    return Metadata.received(this.request.fields)
  }

  get isOver(): boolean {
    return this.#over
  }

  begin(clock: Clock): void {
    const { method, timeoutMs } = this.head
    const { counts } = method
    if (counts !== undefined) this.#startedMs = counts.noteStarted()
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      this.dueMs = clock.monotonicMs() + timeoutMs
      this.#host.deadlines.add(this)
    }
    if (method.kind === 'unary') return
    this.#stream.takesByHand = true
    this.#guarded(() => {
      this.#handler = method.open(this)
    })
  }

  // Receiving.

  receive(bytes: Uint8Array, offset: number, length: number, end: boolean): void {
    if (this.#over) {
      this.#taken(length)
      return
    }
    const { method } = this.head
    if (end && method.kind === 'unary' && this.#isWholeMessage(bytes, offset, length)) {
      // What nearly all calls are: one message, in one frame, and the end with it.
      this.#endTold = true
      method.counts?.noteReceived(length - MESSAGE_PREFIX_BYTES)
      try {
        method.handle(this, bytes, offset + MESSAGE_PREFIX_BYTES, length - MESSAGE_PREFIX_BYTES)
      } catch (error) {
        this.#failed(error)
      }
      return
    }
    this.#owed += length
    this.#feed(bytes, offset, length)
    if (end) this.#remoteEnded = true
    this.#settle()
  }

  #isWholeMessage(bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#reader !== null || length < MESSAGE_PREFIX_BYTES || bytes[offset] !== 0) return false
    const announced =
      (bytes[offset + 1] as number) * 0x1000000 +
      (((bytes[offset + 2] as number) << 16) |
        ((bytes[offset + 3] as number) << 8) |
        (bytes[offset + 4] as number))
    const whole = announced === length - MESSAGE_PREFIX_BYTES
    return whole && announced <= this.#host.messageBytesMax
  }

  #feed(bytes: Uint8Array, offset: number, length: number): void {
    this.#reader ??= new MessageReader({ messageBytesMax: this.#host.messageBytesMax })
    const reader = this.#reader
    reader.push(bytes, offset, length)
    while (!this.#over) {
      const step = reader.next()
      if (step === 'more') break
      if (step === 'tooLarge') {
        const { messageBytesMax } = this.#host
        const text = `a message of ${reader.length} bytes; at most ${messageBytesMax} are allowed`
        this.#refuse(STATUS.RESOURCE_EXHAUSTED, text)
      } else if (step === 'malformed') {
        this.#refuse(STATUS.INTERNAL, 'the flag of a message is neither 0 nor 1')
      } else {
        this.#arrived(reader.bytes, reader.offset, reader.length, reader.isCompressed)
      }
    }
  }

  /** What of this call is held in memory and cannot be handed on yet. */
  #noteGathered(): void {
    const bytes =
      (this.#reader?.gatheredBytes ?? 0) + (this.#message?.length ?? 0) + this.#queue.heldBytes
    const change = bytes - this.#gathered
    this.#gathered = bytes
    if (change <= 0) this.#host.gathers(change)
    else if (!this.#host.gathers(change)) this.#tooMuch()
  }

  #tooMuch(): void {
    this.#refuse(STATUS.RESOURCE_EXHAUSTED, 'too many large messages at once on this connection')
  }

  #arrived(bytes: Uint8Array, offset: number, length: number, isCompressed: boolean): void {
    if (isCompressed && this.head.encoding === 'identity') {
      this.#refuse(STATUS.INTERNAL, 'a compressed message without grpc-encoding')
      return
    }
    if (!this.#paused && !this.#inflating && !isCompressed) {
      this.#deliver(bytes, offset, length)
      return
    }
    this.#queue.push({ bytes: copyOf(bytes, offset, offset + length), isCompressed })
    this.#drainQueue()
  }

  #drainQueue(): void {
    while (!this.#paused && !this.#inflating && !this.#over) {
      const next = this.#queue.take()
      if (next === null) return
      if (next.isCompressed) this.#inflate(next.bytes)
      else this.#deliver(next.bytes, 0, next.bytes.length)
    }
  }

  #inflate(bytes: Uint8Array): void {
    this.#inflating = true
    this.#compresses = this.head.acceptsGzip
    this.#host.compressor.inflate(bytes).then(
      (inflated) => {
        this.#inflating = false
        if (this.#over) return
        this.#deliver(inflated, 0, inflated.length)
        this.#drainQueue()
        this.#settle()
      },
      (error: unknown) => {
        this.#inflating = false
        // What came is small enough; what it would become is not.
        if (!isTooLarge(error)) this.#failed(error)
        else this.fail(STATUS.RESOURCE_EXHAUSTED, (error as KvError).message)
      },
    )
  }

  #deliver(bytes: Uint8Array, offset: number, length: number): void {
    this.head.method.counts?.noteReceived(length)
    if (this.head.method.kind === 'unary') {
      if (this.#message !== null) {
        this.#refuse(STATUS.UNIMPLEMENTED, 'the method takes one message')
        return
      }
      this.#message = copyOf(bytes, offset, offset + length)
      return
    }
    this.#guarded(() => this.#handler?.message(bytes, offset, length))
  }

  /** The client sends nothing more. */
  ended(): void {
    this.#remoteEnded = true
    this.#settle()
  }

  /** Tells what has been taken, and the end once everything before it is. */
  #settle(): void {
    if (!this.#over) this.#noteGathered()
    if (this.#over || this.#inflating || !this.#queue.isEmpty) return
    this.#taken(this.#owed)
    this.#owed = 0
    if (!this.#remoteEnded || this.#endTold || this.#paused) return
    this.#endTold = true
    if (this.#reader?.isInside === true) {
      this.#refuse(STATUS.INTERNAL, 'the request ended inside a message')
      return
    }
    const { method } = this.head
    if (method.kind === 'stream') {
      this.#guarded(() => this.#handler?.ended())
      return
    }
    const message = this.#message
    if (message === null) {
      this.#refuse(STATUS.UNIMPLEMENTED, 'the method takes one message')
      return
    }
    this.#guarded(() => method.handle(this, message, 0, message.length))
    // It was the handler's until now.
    freeLent(message)
  }

  #taken(bytes: number): void {
    if (bytes > 0 && this.#stream.takesByHand) this.#host.connection.taken(this.#stream, bytes)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#drainQueue()
    this.#settle()
  }

  // Answering.

  setInitial(metadata: Metadata): void {
    assert(!this.#headSent, 'they are still to be sent')
    this.#initial = metadata
  }

  setTrailing(metadata: Metadata): void {
    this.#trailing = metadata
  }

  answer(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#over) return
    if (this.#compresses && isWorthCompressing(length)) {
      this.#answerCompressed(copyOf(bytes, offset, offset + length))
      return
    }
    this.write(bytes, offset, length)
    this.end()
  }

  answerWith<T>(codec: Codec<T>, value: T): void {
    if (this.#over) return
    const { connection } = this.#host
    const length = codec.encodedLength(value)
    const whole = MESSAGE_PREFIX_BYTES + length
    if (!this.#compresses) {
      this.#sendHead()
      const at = connection.claim(this.#stream, whole)
      if (at >= 0) {
        const { chunk } = connection.output
        codec.encode(value, chunk, writeMessagePrefix(chunk, at, length))
        this.head.method.counts?.noteSent(length)
        connection.committed(this.#stream, at, whole, false)
        this.end()
        return
      }
    }
    const bytes = new Uint8Array(length)
    codec.encode(value, bytes, 0)
    this.answer(bytes, 0, length)
  }

  write(bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#over) return false
    const { connection } = this.#host
    this.head.method.counts?.noteSent(length)
    this.#sendHead()
    const whole = MESSAGE_PREFIX_BYTES + length
    const at = connection.claim(this.#stream, whole)
    if (at >= 0) {
      const { chunk } = connection.output
      copyBytes(chunk, writeMessagePrefix(chunk, at, length), bytes, offset, length)
      return connection.committed(this.#stream, at, whole, false)
    }
    const framed = new Uint8Array(whole)
    writeMessagePrefix(framed, 0, length)
    framed.set(bytes.subarray(offset, offset + length), MESSAGE_PREFIX_BYTES)
    return connection.data(this.#stream, framed, 0, whole, false)
  }

  flush(): void {
    this.#host.connection.flush()
  }

  end(): void {
    if (this.#over) return
    this.#sendHead()
    const trailers = this.#trailing.isEmpty
      ? OK_TRAILERS
      : new OutgoingHeaders(['grpc-status', '0', ...this.#trailing.fields])
    this.#finish(STATUS.OK)
    this.#host.connection.headers(this.#stream, trailers, true)
  }

  fail(code: StatusCode, message: string): void {
    if (this.#over) return
    const fields = ['grpc-status', String(code)]
    if (message !== '') fields.push('grpc-message', encodeMessage(message))
    fields.push(...this.#trailing.fields)
    const head = this.#headSent ? [] : [':status', '200', 'content-type', 'application/grpc']
    this.#finish(code)
    this.#host.connection.headers(this.#stream, new OutgoingHeaders([...head, ...fields]), true)
  }

  failWith(error: KvError): void {
    const { code, message } = statusOfFailure(error)
    this.fail(code, message)
  }

  #answerCompressed(bytes: Uint8Array): void {
    this.#host.compressor.deflate(bytes).then(
      (deflated) => {
        if (this.#over) return
        this.head.method.counts?.noteSent(bytes.length)
        this.#sendHead(COMPRESSED_RESPONSE_HEAD)
        const framed = new Uint8Array(MESSAGE_PREFIX_BYTES + deflated.length)
        framed.set(deflated, writeCompressedPrefix(framed, 0, deflated.length))
        this.#host.connection.data(this.#stream, framed, 0, framed.length, false)
        this.end()
      },
      // Too busy to compress: plain is always allowed.
      () => {
        this.#compresses = false
        this.answer(bytes, 0, bytes.length)
      },
    )
  }

  #sendHead(head: OutgoingHeaders = RESPONSE_HEAD): void {
    if (this.#headSent) return
    this.#headSent = true
    const { fields } = this.#initial
    const whole = fields.length === 0 ? head : new OutgoingHeaders([...head.fields, ...fields])
    this.#host.connection.headers(this.#stream, whole, false)
  }

  // The end.

  #finish(code: StatusCode): void {
    this.#over = true
    this.head.method.counts?.noteEnded(code, this.#startedMs)
    if (this.#gathered > 0) this.#host.gathers(-this.#gathered)
    this.#gathered = 0
    this.#reader = null
    this.#message = null
    this.#queue.clear()
    if (this.dueMs !== Number.POSITIVE_INFINITY) this.#host.deadlines.noteOver()
    this.#taken(this.#owed)
    this.#owed = 0
  }

  expired(): void {
    if (this.#over) return
    this.#refuse(STATUS.DEADLINE_EXCEEDED, 'the deadline of the call passed')
  }

  /** The stream is gone; this is its last word. */
  closed(): void {
    if (!this.#over) this.#cancel(() => this.#finish(STATUS.CANCELLED))
  }

  /** The call ends without its handler, which hears of it. */
  #refuse(code: StatusCode, message: string): void {
    this.#cancel(() => this.fail(code, message))
  }

  #cancel(finish: () => void): void {
    finish()
    const onCancel = this.onCancel
    this.onCancel = null
    this.#guarded(() => {
      onCancel?.()
      this.#handler?.cancelled()
    })
  }

  writable(): void {
    if (!this.#over) this.#guarded(() => this.#handler?.writable())
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const isExpected = error instanceof KvError
    if (!this.#over) {
      const { code, message } = isExpected ? statusOfFailure(error) : UNEXPECTED
      this.#refuse(code, message)
    }
    if (!isExpected) this.#host.onFault(error)
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof KvError && error.code === 'TOO_LARGE'
}

/** For a few bytes a loop is faster than a view and a call. */
const SHORT_BYTES = 64

function copyBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  offset: number,
  length: number,
): void {
  if (length > SHORT_BYTES) {
    target.set(source.subarray(offset, offset + length), at)
    return
  }
  for (let i = 0; i < length; i++) target[at + i] = source[offset + i] as number
}
