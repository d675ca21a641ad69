/** A part of some bytes, told by where it stands: nothing is made to name it. */

import { assert } from '../base/index.ts'

const NO_BYTES = new Uint8Array(0)

/** Whoever names many uses one again. Invariant: 0 <= start <= end <= length of the bytes. */
export class Span {
  bytes: Uint8Array = NO_BYTES
  start = 0
  end = 0

  get length(): number {
    return this.end - this.start
  }

  set(bytes: Uint8Array, start: number, end: number): this {
    assert(start >= 0 && start <= end && end <= bytes.length, 'a span is within its bytes')
    this.bytes = bytes
    this.start = start
    this.end = end
    return this
  }

  whole(bytes: Uint8Array): this {
    return this.set(bytes, 0, bytes.length)
  }

  clear(): this {
    return this.set(NO_BYTES, 0, 0)
  }

  /** A copy, in memory of its own. */
  copy(): Uint8Array {
    const copy = new Uint8Array(this.end - this.start)
    copy.set(this.bytes.subarray(this.start, this.end))
    return copy
  }
}
