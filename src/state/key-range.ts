/** Which keys a request names, in etcd's way of saying it. */

const NO_BYTES = new Uint8Array(0)

/** Keys from `from` on, without `to`; `to` null: all of them. In the order of unsigned bytes. */
export interface KeyRange {
  readonly from: Uint8Array
  readonly to: Uint8Array | null
  /** Nothing but `from` itself. */
  readonly isOneKey: boolean
}

/**
 * An empty end names one key, and an end of one zero byte all keys from the first on. A range whose
 * end does not come after its begin holds nothing.
 */
export function keyRangeOf(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  if (rangeEnd.length === 0) return { from: key, to: successorOf(key), isOneKey: true }
  const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0
  return { from: key, to: isOpen ? null : rangeEnd, isOneKey: false }
}

/** The key that comes next after this one, whatever keys there are. */
export function successorOf(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

/** One character for each byte: what two keys have in common only if they are equal. */
export function keyText(key: Uint8Array): string {
  let text = ''
  for (let i = 0; i < key.length; i++) text += String.fromCharCode(key[i] as number)
  return text
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = (a[i] as number) - (b[i] as number)
    if (order !== 0) return order
  }
  return a.length - b.length
}

export function isInRange(key: Uint8Array, { from, to }: KeyRange): boolean {
  return compareBytes(key, from) >= 0 && (to === null || compareBytes(key, to) < 0)
}

/** Everything from `from` on. */
export function rangeFrom(from: Uint8Array = NO_BYTES): KeyRange {
  return { from, to: null, isOneKey: false }
}
