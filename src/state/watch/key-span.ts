/**
 * A key within larger bytes. One is used again and again, so that looking at a key makes nothing.
 */

import { assert } from '../../base/index.ts'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** `KeyValue.key`: field 1, bytes. */
const KEY_TAG = 0x0a

export class KeySpan {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  set(bytes: Uint8Array, start: number, end: number): void {
    assert(start >= 0 && start <= end && end <= bytes.length, 'a key lies within its bytes')
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** The key of a record, which begins with it: its fields ascend, and no key is empty. */
  setRecord(bytes: Uint8Array, start: number, end: number): void {
    assert(bytes[start] === KEY_TAG, 'a record begins with its key')
    let at = start + 1
    let length = 0
    let byte = 0x80
    for (let scale = 1; byte >= 0x80 && at < end; scale *= 0x80) {
      byte = bytes[at] as number
      length += (byte & 0x7f) * scale
      at += 1
    }
    assert(length > 0 && at + length <= end, 'a record holds the whole of its key')
    this.set(bytes, at, at + length)
  }

  /** Negative, 0 or positive, as unsigned bytes. */
  compare(other: Uint8Array): number {
    const { bytes, start } = this
    const length = this.end - start
    const shared = Math.min(length, other.length)
    for (let i = 0; i < shared; i++) {
      const difference = (bytes[start + i] as number) - (other[i] as number)
      if (difference !== 0) return difference
    }
    return length - other.length
  }

  /** FNV-1a. Whoever uses it must bear keys that were chosen to collide. */
  hash(): number {
    let hash = FNV_OFFSET
    for (let i = this.start; i < this.end; i++) {
      hash = Math.imul(hash ^ (this.bytes[i] as number), FNV_PRIME)
    }
    return hash
  }
}

export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length)
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] as number) - (right[i] as number)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
