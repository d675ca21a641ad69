/**
 * Compression of messages: gzip and nothing else. It is never on the hot path: a message is
 * compressed when the peer does it first or asks for it, and it takes a thread of the pool that the
 * disk uses too. So few run at a time, few wait, and everything beyond is refused at once.
 */

import {
  assert,
  KvError,
  RPC_GZIP_BYTES_MIN,
  RPC_GZIP_RUNNING_MAX,
  RPC_GZIP_WAITING_MAX,
} from '../../base/index.ts'
import type { Gzip } from '../../io/index.ts'

/** The value of `grpc-accept-encoding` that says what we understand. */
export const ACCEPTED_ENCODINGS = 'gzip,identity'

export type MessageEncoding = 'identity' | 'gzip'

/** The value of `grpc-encoding`, null for an encoding we do not know (status UNIMPLEMENTED). */
export function parseEncoding(value: string | null): MessageEncoding | null {
  if (value === null || value === 'identity') return 'identity'
  return value === 'gzip' ? 'gzip' : null
}

/** Whether a `grpc-accept-encoding` lets us answer with gzip. */
export function acceptsGzip(value: string | null): boolean {
  if (value === null) return false
  return value.split(',').some((name) => name.trim() === 'gzip')
}

/** Below this a message only gets longer. Sending it plain is always allowed. */
export function isWorthCompressing(length: number): boolean {
  return length >= RPC_GZIP_BYTES_MIN
}

export interface MessageCompressorOptions {
  /** The limit of a message, which holds for what comes out too. */
  readonly inflatedBytesMax: number
}

interface Task {
  readonly run: () => Promise<Uint8Array>
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

/** One for a whole door: the bounds are about the machine, not about a call. */
export class MessageCompressor {
  readonly #gzip: Gzip
  readonly #inflatedBytesMax: number
  readonly #waiting: Task[] = []
  #running = 0

  constructor(gzip: Gzip, { inflatedBytesMax }: MessageCompressorOptions) {
    assert(inflatedBytesMax > 0, 'a message may have a byte')
    this.#gzip = gzip
    this.#inflatedBytesMax = inflatedBytesMax
  }

  /** The bytes must not change until it is done. Fails with `OVERLOADED` when too many wait. */
  deflate(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#enqueue(() => this.#gzip.deflate(bytes))
  }

  /**
   * The bytes must not change until it is done. Fails with `TOO_LARGE` when more would come out
   * than a message may have, with `BAD_REQUEST` when it is no gzip, with `OVERLOADED` when too many
   * wait.
   */
  inflate(bytes: Uint8Array): Promise<Uint8Array> {
    const bytesMax = this.#inflatedBytesMax
    return this.#enqueue(() => this.#gzip.inflate(bytes, { bytesMax }))
  }

  #enqueue(run: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.#waiting.length >= RPC_GZIP_WAITING_MAX) {
      const text = 'too many messages wait for compression; send it plain, or later'
      return Promise.reject(new KvError('OVERLOADED', text))
    }
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    this.#waiting.push({ run, resolve, reject })
    this.#startNext()
    return promise
  }

  #startNext(): void {
    if (this.#running >= RPC_GZIP_RUNNING_MAX) return
    const task = this.#waiting.shift()
    if (task === undefined) return
    this.#running += 1
    task.run().then(
      (bytes) => this.#finish(() => task.resolve(bytes)),
      (error) => this.#finish(() => task.reject(error)),
    )
  }

  #finish(answer: () => void): void {
    this.#running -= 1
    assert(this.#running >= 0, 'what ended was running')
    this.#startNext()
    answer()
  }
}
