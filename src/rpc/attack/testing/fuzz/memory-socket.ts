import assert from 'node:assert/strict'
import { type Address, type Socket, SocketError } from '../../../../io/index.ts'

/** As Node's sockets do by default. */
const HIGH_WATER_BYTES = 64 * 1024

/** How the other side reads: all of it at once, as the fuzzer says, or never. */
export type Reading = 'all' | 'some' | 'none'

/**
 * A socket whose other end is the fuzzer. Callbacks come only from the fuzzer, never inside a call.
 * What is written is not copied: whoever changes it too early is found out by what reads it.
 */
export class MemorySocket implements Socket {
  readonly remote: Address = { host: 'memory', port: 1 }
  readonly tls = null
  onData: ((bytes: Uint8Array) => void) | null = null
  onDrain: (() => void) | null = null
  onEnd: (() => void) | null = null
  onClose: ((error: Error | null) => void) | null = null
  reading: Reading
  paused = false
  /** The endpoint ended or destroyed it. */
  ended = false
  #destroyed = false
  #closed = false
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #needsDrain = false
  readonly #read: (bytes: Uint8Array) => void

  constructor(reading: Reading, read: (bytes: Uint8Array) => void) {
    this.reading = reading
    this.#read = read
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  write(bytes: Uint8Array): boolean {
    if (this.ended) return false
    if (this.reading === 'all' && this.#queuedBytes === 0) {
      this.#read(bytes)
      return true
    }
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.length
    if (this.#queuedBytes >= HIGH_WATER_BYTES) this.#needsDrain = true
    return !this.#needsDrain
  }

  end(): void {
    this.ended = true
  }

  destroy(): void {
    this.ended = true
    this.#destroyed = true
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  /** Bytes that the endpoint may not keep: they are overwritten when it returns. */
  deliver(bytes: Uint8Array): void {
    assert.ok(!this.paused && this.onData !== null, 'somebody reads')
    if (this.#destroyed || this.#closed) return
    this.onData(bytes)
    bytes.fill(0xdd)
  }

  get isOver(): boolean {
    return this.#destroyed || this.#closed
  }

  /** The other side reads so much. */
  drain(bytes: number): void {
    let rest = this.#closed ? 0 : bytes
    while (rest > 0 && this.#queue.length > 0) {
      const first = this.#queue[0] as Uint8Array
      const part = Math.min(rest, first.length)
      this.#read(first.subarray(0, part))
      if (part === first.length) this.#queue.shift()
      else this.#queue[0] = first.subarray(part)
      this.#queuedBytes -= part
      rest -= part
    }
    if (this.#queue.length > 0 || !this.#needsDrain) return
    this.#needsDrain = false
    if (!this.ended) this.onDrain?.()
  }

  /** The last callback. */
  close({ broken }: { broken: boolean }): void {
    if (this.#closed) return
    this.#closed = true
    this.ended = true
    const address = this.remote
    const error = broken ? new SocketError('reset', { operation: 'fuzz', address }) : null
    this.onClose?.(this.#destroyed ? null : error)
  }
}
