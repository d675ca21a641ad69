/**
 * A number that a key holds, so that any client can read it: decimal digits of 64 bits with a sign.
 */

import { assert } from '../base/index.ts'
import type { Span } from './span.ts'

/** Null: the value is no number. */
export type Counter = bigint | null

/** The longest is -9223372036854775808. */
const TEXT_MAX = 20
const FORM = /^(0|-?[1-9][0-9]*)$/

export function counterOf({ bytes, start, end }: Span): Counter {
  if (end - start > TEXT_MAX) return null
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number)
  if (!FORM.test(text)) return null
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : null
}

export function counterText(value: bigint): Uint8Array {
  assert(BigInt.asIntN(64, value) === value, 'a counter has 64 bits')
  const text = value.toString()
  return Uint8Array.from(text, (digit) => digit.charCodeAt(0))
}
