/**
 * CRC-32C (Castagnoli), the checksum of everything Quorate keeps or sends: it finds every burst of
 * up to 32 bits and keeps a Hamming distance of 6 up to 655 bytes and 4 far beyond any record.
 *
 * Slicing (Kounavis and Berry, 2005): several table look-ups per step that do not depend on each
 * other. Measured on 256 bytes: byte loads by 8 take 290 ns, whole words by 16 take 150 ns.
 */

import { assert } from './assert.ts'

/** The polynomial 0x1EDC6F41, bits reversed. */
const POLYNOMIAL = 0x82f63b78

function baseTable(): Int32Array {
  const table = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
    }
    table[byte] = remainder
  }
  return table
}

/** The table one byte further from the end of the message than the given one. */
function shifted(table: Int32Array, base: Int32Array): Int32Array {
  return table.map((value) => (value >>> 8) ^ (base[value & 0xff] as number))
}

const T0 = baseTable()
const T1 = shifted(T0, T0)
const T2 = shifted(T1, T0)
const T3 = shifted(T2, T0)
const T4 = shifted(T3, T0)
const T5 = shifted(T4, T0)
const T6 = shifted(T5, T0)
const T7 = shifted(T6, T0)
const T8 = shifted(T7, T0)
const T9 = shifted(T8, T0)
const T10 = shifted(T9, T0)
const T11 = shifted(T10, T0)
const T12 = shifted(T11, T0)
const T13 = shifted(T12, T0)
const T14 = shifted(T13, T0)
const T15 = shifted(T14, T0)

/** Joined lengths are below 2^27 bytes. */
const JOIN_BITS = 27

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/**
 * The checksum of `bytes` from `start` up to but without `end`. `seed` is 0, or the checksum of
 * what came before: crc32c(b, 0, n, 0) equals crc32c(b, k, n, crc32c(b, 0, k, 0)).
 */
export function crc32c(bytes: Uint8Array, start: number, end: number, seed: number): number {
  assert(start >= 0 && start <= end && end <= bytes.length, 'a checksum covers bytes that exist')
  let crc = ~seed
  let at = start
  for (const stop = end - 7; at < stop; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24))
    crc =
      (T7[low & 0xff] as number) ^
      (T6[(low >>> 8) & 0xff] as number) ^
      (T5[(low >>> 16) & 0xff] as number) ^
      (T4[low >>> 24] as number) ^
      (T3[bytes[at + 4] as number] as number) ^
      (T2[bytes[at + 5] as number] as number) ^
      (T1[bytes[at + 6] as number] as number) ^
      (T0[bytes[at + 7] as number] as number)
  }
  for (; at < end; at++) {
    crc = (T0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

/**
 * The same for bytes that start on a multiple of 4, read as whole words: twice as fast. `words` is
 * a view of the same memory from the same origin as `bytes`.
 */
export function crc32cWords(
  bytes: Uint8Array,
  words: Int32Array,
  start: number,
  end: number,
  seed: number,
): number {
  assert((start & 3) === 0 && start <= end && end <= bytes.length, 'words start on a word')
  if (!LITTLE_ENDIAN) return crc32c(bytes, start, end, seed)
  let crc = ~seed
  let word = start >>> 2
  for (const stop = (end >>> 2) - 3; word < stop; word += 4) {
    const a = crc ^ (words[word] as number)
    const b = words[word + 1] as number
    const c = words[word + 2] as number
    const d = words[word + 3] as number
    crc =
      (T15[a & 0xff] as number) ^
      (T14[(a >>> 8) & 0xff] as number) ^
      (T13[(a >>> 16) & 0xff] as number) ^
      (T12[a >>> 24] as number) ^
      (T11[b & 0xff] as number) ^
      (T10[(b >>> 8) & 0xff] as number) ^
      (T9[(b >>> 16) & 0xff] as number) ^
      (T8[b >>> 24] as number) ^
      (T7[c & 0xff] as number) ^
      (T6[(c >>> 8) & 0xff] as number) ^
      (T5[(c >>> 16) & 0xff] as number) ^
      (T4[c >>> 24] as number) ^
      (T3[d & 0xff] as number) ^
      (T2[(d >>> 8) & 0xff] as number) ^
      (T1[(d >>> 16) & 0xff] as number) ^
      (T0[d >>> 24] as number)
  }
  for (let at = word << 2; at < end; at++) {
    crc = (T0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

/** Adds one 32-bit number, as its four bytes from the lowest to the highest. */
export function crc32cNumber(value: number, seed: number): number {
  const low = ~seed ^ value
  return (
    ~(
      (T3[low & 0xff] as number) ^
      (T2[(low >>> 8) & 0xff] as number) ^
      (T1[(low >>> 16) & 0xff] as number) ^
      (T0[low >>> 24] as number)
    ) >>> 0
  )
}

/**
 * What becomes of a checksum when 2^i bytes of zeros follow, at place i: of each of its four bytes
 * alone, one table behind the other, for their sum is that of the whole.
 */
const SHIFTS = shifts()

function shifts(): readonly Int32Array[] {
  let shift = Int32Array.from({ length: 4 * 256 }, (_, at) => {
    const part = (at & 0xff) << (8 * (at >>> 8))
    return (part >>> 8) ^ (T0[part & 0xff] as number)
  })
  return Array.from({ length: JOIN_BITS }, () => {
    const before = shift
    shift = before.map((once) => shiftedBy(before, once))
    return before
  })
}

function shiftedBy(shift: Int32Array, crc: number): number {
  return (
    (shift[crc & 0xff] as number) ^
    (shift[256 + ((crc >>> 8) & 0xff)] as number) ^
    (shift[512 + ((crc >>> 16) & 0xff)] as number) ^
    (shift[768 + (crc >>> 24)] as number)
  )
}

/**
 * The checksum of two stretches of bytes, one behind the other, from the checksums of each: bytes
 * that are sent to many are looked at once. It takes as long as summing up some 30 bytes.
 */
export function crc32cJoined(first: number, second: number, secondBytes: number): number {
  assert(secondBytes >= 0 && secondBytes < 2 ** JOIN_BITS, 'a length fits the table of shifts')
  let crc = first
  for (let bit = 0, rest = secondBytes; rest > 0; bit++, rest >>>= 1) {
    if ((rest & 1) === 1) crc = shiftedBy(SHIFTS[bit] as Int32Array, crc)
  }
  return (crc ^ second) >>> 0
}
