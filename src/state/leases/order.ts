/**
 * Puts leases in the order of their ids: a radix sort, digit by digit from the lowest, each pass of
 * which keeps the order of the one before. A pass over a million is some milliseconds, so that
 * whoever sorts can let others have their turn between passes; and nothing becomes a bigint.
 */

const DIGIT_BITS = 16
const DIGITS = 1 << DIGIT_BITS
const DIGIT_MASK = DIGITS - 1
/** Turns the order of numbers with a sign into that of numbers without one. */
const SIGN = 0x8000_0000

/** Halves of ids, by the places that are to be ordered. */
export interface Halves {
  readonly low: Int32Array
  readonly high: Int32Array
}

/** The places, ascending by id; after each pass it yields. */
export function* ascendingPlaces({ low, high }: Halves): Generator<undefined, Uint32Array> {
  const { length } = low
  let source = new Uint32Array(length)
  let target = new Uint32Array(length)
  for (let place = 0; place < length; place++) source[place] = place
  for (const { half, shift, flip } of [
    { half: low, shift: 0, flip: 0 },
    { half: low, shift: DIGIT_BITS, flip: 0 },
    { half: high, shift: 0, flip: 0 },
    { half: high, shift: DIGIT_BITS, flip: SIGN >>> DIGIT_BITS },
  ]) {
    const starts = startsOf(half, shift, flip)
    for (let at = 0; at < length; at++) {
      const place = source[at] as number
      const digit = (((half[place] as number) >>> shift) & DIGIT_MASK) ^ flip
      const to = starts[digit] as number
      starts[digit] = to + 1
      target[to] = place
    }
    const sorted = target
    target = source
    source = sorted
    yield
  }
  return source
}

/** Where the places with each digit begin. */
function startsOf(half: Int32Array, shift: number, flip: number): Uint32Array {
  const starts = new Uint32Array(DIGITS)
  for (const word of half) {
    const digit = ((word >>> shift) & DIGIT_MASK) ^ flip
    starts[digit] = (starts[digit] as number) + 1
  }
  let sum = 0
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = starts[digit] as number
    starts[digit] = sum
    sum += count
  }
  return starts
}
