import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c, crc32cJoined, crc32cNumber, crc32cWords } from './checksum.ts'

function bitwise(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed >>> 0
  for (let at = start; at < end; at++) {
    crc ^= bytes[at] as number
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

const SAMPLE = Uint8Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff)
const WORDS = new Int32Array(SAMPLE.buffer)

describe('CRC-32C', () => {
  it('gives the published check values', () => {
    const digits = new TextEncoder().encode('123456789')
    assert.equal(crc32c(digits, 0, 9, 0), 0xe3069283)
    // RFC 3720 §B.4: 32 bytes of zeros, of ones, and ascending.
    assert.equal(crc32c(new Uint8Array(32), 0, 32, 0), 0x8a9136aa)
    assert.equal(crc32c(new Uint8Array(32).fill(0xff), 0, 32, 0), 0x62a8ab43)
    const ascending = Uint8Array.from({ length: 32 }, (_, i) => i)
    assert.equal(crc32c(ascending, 0, 32, 0), 0x46dd794e)
  })

  it('agrees with the bit by bit definition at every length, start and seed', () => {
    for (let length = 0; length < 80; length++) {
      for (const start of [0, 1, 3, 4, 9]) {
        const seed = Math.imul(length + 1, 0x9e3779b1) >>> 0
        const expected = bitwise(SAMPLE, start, start + length, seed)
        assert.equal(crc32c(SAMPLE, start, start + length, seed), expected)
        if (start % 4 !== 0) continue
        assert.equal(crc32cWords(SAMPLE, WORDS, start, start + length, seed), expected)
      }
    }
  })

  it('may be computed in pieces', () => {
    const whole = crc32c(SAMPLE, 0, SAMPLE.length, 7)
    for (const cut of [0, 1, 8, 100, 4095, 4096]) {
      assert.equal(crc32c(SAMPLE, cut, SAMPLE.length, crc32c(SAMPLE, 0, cut, 7)), whole)
    }
  })

  it('adds a number as its little-endian bytes', () => {
    for (const value of [0, 1, 0x80000000, 0xffffffff, 0x12345678]) {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, value, true)
      assert.equal(crc32cNumber(value, 99), crc32c(bytes, 0, 4, 99))
    }
  })

  it('joins the checksums of two stretches', () => {
    const bytes = new Uint8Array(300_000)
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 13
    for (const first of [0, 1, 31, 4096, 99_999]) {
      for (const second of [0, 1, 2, 3, 7, 8, 255, 65_536, 200_001]) {
        const [middle, end] = [first, first + second]
        const sums = [crc32c(bytes, 0, middle, 5), crc32c(bytes, middle, end, 0)] as const
        assert.equal(crc32cJoined(...sums, second), crc32c(bytes, 0, end, 5))
      }
    }
    assert.throws(() => crc32cJoined(0, 0, 2 ** 27), /fits the table of shifts/)
  })

  it('changes with every single bit', () => {
    const bytes = SAMPLE.slice(0, 72)
    const good = crc32c(bytes, 0, bytes.length, 0)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const at = bit >> 3
      bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7))
      assert.notEqual(crc32c(bytes, 0, bytes.length, 0), good)
      bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7))
    }
  })

  it('refuses a range outside the bytes', () => {
    assert.throws(() => crc32c(SAMPLE, 0, SAMPLE.length + 1, 0), /bytes that exist/)
    assert.throws(() => crc32c(SAMPLE, 5, 4, 0), /bytes that exist/)
    assert.throws(() => crc32cWords(SAMPLE, WORDS, 2, 8, 0), /start on a word/)
  })
})
