/** Numbers of JSON as the numbers of protobuf: exactly, or not at all. */

/** A longer one is nobody's number. */
export const NUMBER_BYTES_MAX = 64

const PARTS = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,9}))?$/
const DIGITS_MAX = 20

/** Null: it is no whole number, or has more than 20 digits. */
export function wholeNumber(text: string): bigint | null {
  const parts = PARTS.exec(text)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return 0n
  // How many zeros follow what is significant; below 0, some of it is behind the point.
  const zeros = Number(exponent) - fraction.length + (digits.length - significant.length)
  if (zeros < 0 || significant.length + zeros > DIGITS_MAX) return null
  const value = BigInt(significant) * 10n ** BigInt(zeros)
  return sign === '-' ? -value : value
}

export interface WholeRange {
  readonly min: bigint
  readonly max: bigint
}

const BITS_32: WholeRange = { min: -(2n ** 31n), max: 2n ** 31n - 1n }
const BITS_64: WholeRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const UNSIGNED_32: WholeRange = { min: 0n, max: 2n ** 32n - 1n }
const UNSIGNED_64: WholeRange = { min: 0n, max: 2n ** 64n - 1n }

/** What fits into a type of whole numbers. */
export const RANGES: Readonly<Record<string, WholeRange>> = {
  int32: BITS_32,
  sint32: BITS_32,
  sfixed32: BITS_32,
  enum: BITS_32,
  uint32: UNSIGNED_32,
  fixed32: UNSIGNED_32,
  int64: BITS_64,
  sint64: BITS_64,
  sfixed64: BITS_64,
  uint64: UNSIGNED_64,
  fixed64: UNSIGNED_64,
}

/** Null: it is no number, or beyond what the type holds. */
export function floatingNumber(text: string, type: 'float' | 'double'): number | null {
  if (text === 'NaN') return Number.NaN
  if (text === 'Infinity') return Number.POSITIVE_INFINITY
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY
  if (!/^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(text)) return null
  const value = type === 'float' ? Math.fround(Number(text)) : Number(text)
  return Number.isFinite(value) ? value : null
}
