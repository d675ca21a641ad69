/**
 * `grpc-timeout`: at most eight digits and a unit, how long the caller is going to wait. Both ways
 * count in milliseconds, which may be fractional.
 */

import { assert, RPC_TIMEOUT_MS_MAX } from '../../base/index.ts'

const DIGITS_MAX = 8
const VALUE_MAX = 99_999_999

interface Unit {
  readonly letter: string
  readonly ms: number
}

/** From fine to coarse. Nanoseconds are read, never written: no clock here is that fine. */
const WRITTEN: readonly Unit[] = [
  { letter: 'u', ms: 0.001 },
  { letter: 'm', ms: 1 },
  { letter: 'S', ms: 1000 },
  { letter: 'M', ms: 60_000 },
  { letter: 'H', ms: 3_600_000 },
]

/**
 * Milliseconds, at most `RPC_TIMEOUT_MS_MAX`, or null for what is no timeout. The specification
 * wants a positive number; clients whose deadline has passed send 0 all the same, and are told so.
 */
export function parseTimeout(text: string): number | null {
  const digits = text.length - 1
  if (digits < 1 || digits > DIGITS_MAX) return null
  let value = 0
  for (let at = 0; at < digits; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  const ms = inMilliseconds(value, text.charCodeAt(digits))
  return ms < 0 ? null : Math.min(ms, RPC_TIMEOUT_MS_MAX)
}

/** Negative for a unit that does not exist. */
function inMilliseconds(value: number, unit: number): number {
  switch (unit) {
    case 0x6d: // m
      return value
    case 0x53: // S
      return value * 1000
    case 0x75: // u: a division, because 0.001 is no binary fraction
      return value / 1000
    case 0x6e: // n
      return value / 1_000_000
    case 0x4d: // M
      return value * 60_000
    case 0x48: // H
      return value * 3_600_000
    default:
      return -1
  }
}

/**
 * The finest unit that holds it, rounded up: the server must not give up before the client does,
 * which watches its own clock.
 */
export function formatTimeout(ms: number): string {
  assert(ms >= 0 && ms <= RPC_TIMEOUT_MS_MAX, 'a timeout is within its bounds')
  for (const unit of WRITTEN) {
    // Whole milliseconds are written as such: shorter, and what people expect to see.
    if (unit.letter === 'u' && Number.isInteger(ms)) continue
    const value = unit.letter === 'u' ? Math.ceil(ms * 1000) : Math.ceil(ms / unit.ms)
    if (value <= VALUE_MAX) return `${value}${unit.letter}`
  }
  return `${VALUE_MAX}H`
}
