/** Keys and ranges of them, as the store takes them. */

import { QuorateError } from './errors.ts'
import type { Key, KeyRange } from './types.ts'
import { bytesOfText, plainBytes } from './utf8.ts'
import { shown } from './words.ts'

/** As the end of a range: everything from its first key on. */
const NO_END = new Uint8Array([0])
/** As the first key of a range: the smallest one there can be. */
const FIRST_KEY = new Uint8Array([0])
export const NO_BYTES: Uint8Array = new Uint8Array(0)

/** In the words of etcd's requests. */
export interface WireRange {
  readonly key: Uint8Array
  /** Empty: the one key. */
  readonly rangeEnd: Uint8Array
}

/** Not a copy when it is bytes already: to be used before anything else happens. */
export function keyBytesOf(key: Key): Uint8Array {
  if (typeof key === 'string') {
    if (key.length > 0) return bytesOfText(key)
  } else if (key instanceof Uint8Array) {
    if (key.length > 0) return plainBytes(key)
  } else {
    throw new QuorateError('BAD_REQUEST', `a key is a text or bytes, not ${shown(key)}`)
  }
  throw new QuorateError('KEY_EMPTY', 'the key is empty')
}

/** Of all keys, also where types are gone: what only looks empty is not meant so. */
function boundOf(bound: Key): Uint8Array {
  const isEmpty = bound === '' || (bound instanceof Uint8Array && bound.length === 0)
  return isEmpty ? NO_BYTES : keyBytesOf(bound)
}

/**
 * What is to be deleted. A prefix that is missing, or empty by mistake, would be all keys: those
 * have to be asked for by name.
 */
export function rangeToDelete(prefix: Key, { all }: { readonly all?: boolean }): WireRange {
  if (typeof prefix !== 'string' && !(prefix instanceof Uint8Array)) {
    throw new QuorateError('BAD_REQUEST', `a prefix is a text or bytes, not ${shown(prefix)}`)
  }
  if (all !== undefined && typeof all !== 'boolean') {
    throw new QuorateError('BAD_REQUEST', `all is true or false, not ${shown(all)}`)
  }
  const isEverything = prefix.length === 0
  if (isEverything && all !== true) {
    const advice = "Name a prefix. To delete every key say so: deletePrefix('', { all: true })."
    throw new QuorateError('BAD_REQUEST', 'an empty prefix would be every key', { advice })
  }
  if (!isEverything && all === true) {
    const text = `all goes with an empty prefix, not with ${shown(prefix)}`
    throw new QuorateError('BAD_REQUEST', text)
  }
  return rangeOf({ prefix })
}

/** All keys when nothing is said. */
export function rangeOf({ prefix, start, end }: KeyRange): WireRange {
  if (prefix !== undefined) {
    if (start !== undefined || end !== undefined) {
      const text = 'a range is either a prefix, or a start and an end'
      throw new QuorateError('BAD_REQUEST', text)
    }
    const bytes = boundOf(prefix)
    return bytes.length === 0
      ? { key: FIRST_KEY, rangeEnd: NO_END }
      : { key: bytes, rangeEnd: endOfPrefix(bytes) }
  }
  const first = start === undefined ? NO_BYTES : boundOf(start)
  const last = end === undefined ? NO_BYTES : boundOf(end)
  return {
    key: first.length === 0 ? FIRST_KEY : first,
    rangeEnd: last.length === 0 ? NO_END : last,
  }
}

/** The first key after all those that begin so. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1
  if (length === 0) return NO_END
  const end = prefix.slice(0, length)
  end[length - 1] = (end[length - 1] as number) + 1
  return end
}

/** The first key after this one. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

/** Nothing can lie in it: the store would take an end at or before the start for something else. */
export function isNothing({ key, rangeEnd }: WireRange): boolean {
  if (rangeEnd.length === 0) return false
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return false
  return compareBytes(key, rangeEnd) >= 0
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const difference = (one[at] as number) - (other[at] as number)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}
