/** Which keys a request is about, in the words of REST, as etcd says it. */

import { copyOf, KvError } from '../../base/index.ts'

export interface Which {
  readonly key?: Uint8Array
  readonly prefix?: Uint8Array
  readonly start?: Uint8Array
  readonly end?: Uint8Array
}

export interface KeyRange {
  readonly key: Uint8Array
  readonly rangeEnd: Uint8Array
}

/** Stands for the first key there can be, and for all behind the last one. */
const ZERO = Uint8Array.of(0)
const NO_BYTES = new Uint8Array(0)

/** One key, a prefix, or from a start to before an end; null: the request names none of them. */
export function rangeOf({ key, prefix, start, end }: Which): KeyRange | null {
  const isSpan = start !== undefined || end !== undefined
  if (Number(key !== undefined) + Number(prefix !== undefined) + Number(isSpan) > 1) {
    throw new KvError(
      'PARAMETER_INVALID',
      'key, prefix, and start with end are three ways to say which keys: use one of them',
    )
  }
  if (key !== undefined) return oneKey(key)
  if (prefix !== undefined) return { key: firstFrom(prefix), rangeEnd: endOfPrefix(prefix) }
  if (!isSpan) return null
  // An empty end is none.
  const rangeEnd = end === undefined || end.length === 0 ? ZERO : end
  return { key: firstFrom(start ?? NO_BYTES), rangeEnd }
}

export const ALL_KEYS: KeyRange = { key: ZERO, rangeEnd: ZERO }

function oneKey(key: Uint8Array): KeyRange {
  if (key.length === 0) throw new KvError('KEY_EMPTY', 'a key has at least one byte')
  return { key, rangeEnd: NO_BYTES }
}

function firstFrom(key: Uint8Array): Uint8Array {
  return key.length === 0 ? ZERO : key
}

/** The first key behind all that begin with the prefix. */
function endOfPrefix(prefix: Uint8Array): Uint8Array {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1
  if (length === 0) return ZERO
  const end = copyOf(prefix, 0, length)
  end[length - 1] = (end[length - 1] as number) + 1
  return end
}

/** The key that comes next after this one, whatever keys there are. */
export function successorOf(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}
