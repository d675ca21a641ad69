import { assert, PEER_ASSEMBLY_BYTES_MIN } from '../base/index.ts'
import { announcedBytes } from './codec.ts'
import type { PeerLimits } from './types.ts'

const NOTHING = new Uint8Array(0)

/**
 * Puts envelopes together that come in pieces: the first one tells how much follows. Memory of its
 * own for each, because what is in an envelope is kept as views into it.
 */
export class EnvelopeAssembly {
  readonly #bytesMax: number
  #bytes: Uint8Array = NOTHING
  #length = 0
  #announced = 0

  constructor({ envelopeBytesMax }: Pick<PeerLimits, 'envelopeBytesMax'>) {
    this.#bytesMax = envelopeBytesMax
  }

  /** An envelope has begun: the next piece goes on with it. */
  get isInside(): boolean {
    return this.#announced > 0
  }

  /** `malformed`: no envelope that is taken begins or goes on like this. Nothing may follow. */
  push(bytes: Uint8Array, offset: number, length: number): 'more' | 'whole' | 'malformed' {
    if (!this.isInside) {
      this.#announced = announcedBytes(bytes, offset, length)
      if (this.#announced === 0 || this.#announced > this.#bytesMax) return 'malformed'
      const first = Math.max(length, PEER_ASSEMBLY_BYTES_MIN)
      this.#bytes = new Uint8Array(Math.min(this.#announced, first))
    }
    if (length === 0 || this.#length + length > this.#announced) return 'malformed'
    this.#makeRoom(this.#length + length)
    this.#bytes.set(bytes.subarray(offset, offset + length), this.#length)
    this.#length += length
    return this.#length === this.#announced ? 'whole' : 'more'
  }

  /** The envelope that is whole. */
  take(): Uint8Array {
    assert(this.#length === this.#announced, 'only what is whole is taken')
    const bytes = this.#bytes.subarray(0, this.#length)
    this.clear()
    return bytes
  }

  clear(): void {
    this.#bytes = NOTHING
    this.#length = 0
    this.#announced = 0
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = new Uint8Array(
      Math.min(this.#announced, Math.max(length, 2 * this.#bytes.length)),
    )
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
