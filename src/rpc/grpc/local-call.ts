/**
 * A call within the process: what another door of this node was asked for is handled by the same
 * methods, as if it had come over a connection. Nothing is framed, compressed or copied on the way.
 */

import { assert, copyOf, KvError } from '../../base/index.ts'
import type { Codec } from '../../wire/index.ts'
import { MessageQueue } from './message-queue.ts'
import { Metadata } from './metadata.ts'
import type { Method, ServerCall, StreamHandler } from './service.ts'
import { STATUS, type Status, type StatusCode, statusOfFailure, UNEXPECTED } from './status.ts'

/** Whoever makes a call, and hears what becomes of it. */
export interface LocalReceiver {
  /**
   * The bytes are the receiver's only until it returns. False: enough for now; `writable` of the
   * call tells when to go on.
   */
  message(bytes: Uint8Array, offset: number, length: number): boolean
  /** A `send` that was answered with false may go on. */
  ready(): void
  /** Once, and the last word; not after `cancel`. */
  ended(status: Status, trailing: Metadata): void
}

export interface LocalCallOptions {
  readonly metadata: Metadata
  readonly receiver: LocalReceiver
  /** What a handler threw that was no expected failure. */
  readonly onFault: (error: unknown) => void
}

const OK: Status = { code: STATUS.OK, message: '' }

export class LocalCall implements ServerCall {
  readonly metadata: Metadata
  readonly #method: Method
  readonly #receiver: LocalReceiver
  readonly #onFault: (error: unknown) => void
  readonly #queue = new MessageQueue()
  #handler: StreamHandler | null = null
  #trailing: Metadata = Metadata.EMPTY
  #paused = false
  /** Unary: the handler has its message. Stream: nothing more is sent. */
  #sent = false
  #endTold = false
  #over = false
  onCancel: (() => void) | null = null

  constructor(method: Method, { metadata, receiver, onFault }: LocalCallOptions) {
    this.metadata = metadata
    this.#method = method
    this.#receiver = receiver
    this.#onFault = onFault
  }

  get request(): { readonly fields: readonly string[] } {
    return this.metadata
  }

  get isOver(): boolean {
    return this.#over
  }

  // For whoever makes the call.

  /** To be called once, before anything is sent. */
  begin(): void {
    const method = this.#method
    const { counts } = method
    if (counts !== undefined) counts.started += 1
    if (method.kind === 'unary') return
    assert(this.#handler === null, 'a call begins once')
    this.#guarded(() => {
      this.#handler = method.open(this)
    })
  }

  /**
   * A unary method takes one. False: the handler has enough for now; `ready` tells when to go on.
   */
  send(bytes: Uint8Array, offset: number, length: number): boolean {
    assert(!this.#sent, 'nothing is sent after the last message')
    if (this.#over) return true
    const method = this.#method
    method.counts?.noteReceived(length)
    if (method.kind === 'unary') {
      this.#sent = true
      this.#guarded(() => method.handle(this, bytes, offset, length))
    } else if (this.#paused || !this.#queue.isEmpty) {
      this.#queue.push({ bytes: copyOf(bytes, offset, offset + length), isCompressed: false })
    } else {
      this.#guarded(() => this.#handler?.message(bytes, offset, length))
    }
    return !this.#paused
  }

  /** Nothing more is sent. */
  sendEnd(): void {
    this.#sent = true
    this.#settle()
  }

  /** A `message` that was answered with false may go on. */
  writable(): void {
    if (!this.#over) this.#guarded(() => this.#handler?.writable())
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    if (!this.#over) this.#cancelled(STATUS.CANCELLED)
  }

  /** The time of the call is over. */
  expire(): void {
    this.#refuse({
      code: STATUS.DEADLINE_EXCEEDED,
      message: 'the deadline of the call passed',
    })
  }

  // For the handler.

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#settle()
    if (!this.#paused && !this.#over) this.#receiver.ready()
  }

  /** Whoever calls from inside the process has no use for them. */
  setInitial(_metadata: Metadata): void {}

  setTrailing(metadata: Metadata): void {
    this.#trailing = metadata
  }

  answer(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#over) return
    this.#method.counts?.noteSent(length)
    this.#receiver.message(bytes, offset, length)
    this.end()
  }

  answerWith<T>(codec: Codec<T>, value: T): void {
    if (this.#over) return
    const length = codec.encodedLength(value)
    const bytes = new Uint8Array(length)
    const end = codec.encode(value, bytes, 0)
    assert(end === length, 'a message is as long as it said')
    this.answer(bytes, 0, length)
  }

  write(bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#over) return false
    this.#method.counts?.noteSent(length)
    return this.#receiver.message(bytes, offset, length)
  }

  /** Nothing waits here for the end of a turn. */
  flush(): void {}

  end(): void {
    this.#finish(OK)
  }

  fail(code: StatusCode, message: string): void {
    this.#finish({ code, message })
  }

  failWith(error: KvError): void {
    this.#finish(statusOfFailure(error))
  }

  /** Hands on what waits, and the end once everything before it is. */
  #settle(): void {
    while (!this.#paused && !this.#over) {
      const next = this.#queue.take()
      if (next === null) break
      this.#guarded(() => this.#handler?.message(next.bytes, 0, next.bytes.length))
    }
    if (!this.#sent || this.#endTold || this.#paused || this.#over) return
    this.#endTold = true
    this.#guarded(() => this.#handler?.ended())
  }

  #finish(status: Status): void {
    if (this.#over) return
    this.#close(status.code)
    this.#receiver.ended(status, this.#trailing)
  }

  /** The call ends without its handler, which hears of it. */
  #refuse(status: Status): void {
    if (this.#over) return
    this.#cancelled(status.code)
    this.#receiver.ended(status, this.#trailing)
  }

  #close(code: StatusCode): void {
    this.#over = true
    this.#queue.clear()
    this.#method.counts?.noteEnded(code)
  }

  #cancelled(code: StatusCode): void {
    this.#close(code)
    const onCancel = this.onCancel
    this.onCancel = null
    this.#guarded(() => {
      onCancel?.()
      this.#handler?.cancelled()
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      const isExpected = error instanceof KvError
      this.#refuse(isExpected ? statusOfFailure(error) : UNEXPECTED)
      if (!isExpected) this.#onFault(error)
    }
  }
}
