/**
 * Cuts a stream of JSON objects, one behind the other, into single ones: what the body of a watch
 * is. Only braces and strings are looked at; whether an object is JSON, its reader finds out.
 */

import { assert, KvError } from '../../base/index.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

export class JsonStream {
  readonly #bytesMax: number
  /** What came of the object that has begun. */
  #buffer = new Uint8Array(0)
  #held = 0
  #depth = 0
  #inString = false
  #escaped = false

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax
  }

  /** What came of an object that is not whole yet. */
  get heldBytes(): number {
    return this.#held
  }

  /** Whether an object has begun and not ended. */
  get isInside(): boolean {
    return this.#depth > 0
  }

  /**
   * Takes what came and hands out every object that it completes; they are views of it when they
   * lie within. Fails with `BAD_REQUEST` or `TOO_LARGE`, and must not be used any more then.
   */
  push(bytes: Uint8Array, take: (object: Uint8Array) => void): void {
    let start = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.#depth === 0) {
        if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue
        if (byte !== 0x7b) throw new KvError('BAD_REQUEST', 'json: an object should begin here')
        start = at
        this.#depth = 1
      } else if (this.#passes(byte)) {
        take(this.#whole(bytes.subarray(start, at + 1)))
        start = at + 1
      }
    }
    if (this.#depth > 0) this.#hold(bytes.subarray(start))
  }

  /** True when the object ends with this byte. */
  #passes(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE) this.#inString = false
    } else if (byte === QUOTE) this.#inString = true
    else if (byte === 0x7b || byte === 0x5b) this.#depth += 1
    else if (byte === 0x7d || byte === 0x5d) this.#depth -= 1
    return this.#depth === 0
  }

  #hold(piece: Uint8Array): void {
    const length = this.#held + piece.length
    if (length > this.#bytesMax) {
      throw new KvError('TOO_LARGE', `json: an object has more than ${this.#bytesMax} bytes`)
    }
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#bytesMax, Math.max(length, this.#held * 2)))
      larger.set(this.#buffer.subarray(0, this.#held))
      this.#buffer = larger
    }
    this.#buffer.set(piece, this.#held)
    this.#held = length
  }

  #whole(end: Uint8Array): Uint8Array {
    if (this.#held === 0 && end.length <= this.#bytesMax) return end
    this.#hold(end)
    const whole = this.#buffer.subarray(0, this.#held)
    assert(whole.at(-1) === 0x7d || whole.at(-1) === 0x5d, 'an object ends with a bracket')
    this.#buffer = new Uint8Array(0)
    this.#held = 0
    return whole
  }
}
