import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BlockReader } from './block-reader.ts'
import { BlockWriter } from './block-writer.ts'
import { HpackError } from './hpack-error.ts'
import { hexOf, octets } from './testing/index.ts'

function write(mask: number, value: number): string {
  const target = new Uint8Array(8)
  const writer = new BlockWriter()
  writer.open(target, 0)
  writer.integer(0, mask, value)
  return hexOf(target.subarray(0, writer.close()))
}

function read(hex: string, mask: number): number {
  const bytes = octets(hex)
  const reader = new BlockReader()
  reader.open(bytes, 0, bytes.length)
  const value = reader.integer(reader.octet(), mask)
  assert.ok(reader.atEnd)
  return value
}

describe('integers (RFC 7541 §5.1)', () => {
  for (const bits of [4, 5, 6, 7]) {
    test(`with a prefix of ${bits} bits survive around every boundary`, () => {
      const mask = 2 ** bits - 1
      const edges = [0, 1, mask, mask + 127, mask + 128, mask + 2 ** 14, mask + 2 ** 21]
      for (const edge of [...edges, mask + 2 ** 28 - 2]) {
        for (const value of [edge - 1, edge, edge + 1].filter((one) => one >= 0)) {
          assert.equal(read(write(mask, value), mask), value)
        }
      }
    })
  }

  test('the prefix all ones is followed by a zero for its own value', () => {
    assert.equal(write(0x7f, 127), '7f00')
    assert.equal(write(0x7f, 126), '7e')
    assert.equal(read('7f00', 0x7f), 127)
  })

  test('bits above the prefix are not part of the integer', () => {
    assert.equal(read('ea', 0x1f), 10)
    assert.equal(read('ff9a0a', 0x1f), 1337)
  })

  test('the largest integer takes four octets after the prefix', () => {
    assert.equal(read('7fffffff7f', 0x7f), 127 + 2 ** 28 - 1)
  })

  test('zeros in front are accepted within these octets', () => {
    assert.equal(read('7f8000', 0x7f), 127)
    assert.equal(read('7f80808000', 0x7f), 127)
  })

  test('a fifth octet is refused, whatever the value', () => {
    for (const hex of ['7fffffffff0f', '7f8080808000', '7f8080808001', `7f${'ff'.repeat(40)}`]) {
      assert.throws(
        () => read(hex, 0x7f),
        (error) => error instanceof HpackError && error.reason === 'integer-too-long',
      )
    }
  })

  test('an integer that the block cuts off is refused', () => {
    for (const hex of ['7f', '7f80', '7fffffff']) {
      assert.throws(
        () => read(hex, 0x7f),
        (error) => error instanceof HpackError && error.reason === 'truncated',
      )
    }
  })
})
