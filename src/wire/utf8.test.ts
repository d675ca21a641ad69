import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeUtf8, encodeUtf8, utf8Length } from './utf8.ts'

/** Texts of every length around the bounds, and with halves of surrogate pairs. */
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300, size: 'max' }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300, size: 'max' }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200, size: 'max' })
    .map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom('\ud83d', '\ude00', 'a', 'ö', '€')).map((parts) => parts.join('')),
)

describe('UTF-8', () => {
  it('of any text is what the platform makes of it', () => {
    fc.assert(
      fc.property(TEXT, fc.nat(3), (text, offset) => {
        const expected = new TextEncoder().encode(text)
        assert.equal(utf8Length(text), expected.length)
        const target = new Uint8Array(offset + expected.length + 1).fill(0xee)
        assert.equal(encodeUtf8(text, target, offset), offset + expected.length)
        assert.deepEqual(target.subarray(offset, -1), expected)
        assert.equal(target.at(-1), 0xee)
        assert.equal(decodeUtf8(target, offset, expected.length), text.toWellFormed())
      }),
      { numRuns: 500 },
    )
  })

  it('keeps a mark of byte order at the beginning', () => {
    assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 0, 4), '\ufeffa')
  })

  it('is refused exactly when the platform refuses it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString('utf8')
        const valid = Buffer.from(text, 'utf8').equals(Buffer.from(bytes))
        assert.equal(decodeUtf8(bytes, 0, bytes.length), valid ? text : null)
      }),
      { numRuns: 500 },
    )
  })
})
