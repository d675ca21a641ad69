import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { alignUp, ByteReader, ByteWriter, copyOf, freeLent } from './bytes.ts'

describe('bytes', () => {
  it('come back as they were written', () => {
    const writer = new ByteWriter(1)
    writer.uint8(255).uint16(0xabcd).uint32(0xffff_ffff).uint64(Number.MAX_SAFE_INTEGER)
    writer
      .uint64(0x1_0000_0001)
      .text('größe')
      .bytes(Uint8Array.of(1, 2, 3))
    const reader = new ByteReader(writer.take())
    assert.equal(reader.uint8(), 255)
    assert.equal(reader.uint16(), 0xabcd)
    assert.equal(reader.uint32(), 0xffff_ffff)
    assert.equal(reader.uint64(), Number.MAX_SAFE_INTEGER)
    assert.equal(reader.uint64(), 0x1_0000_0001)
    assert.equal(reader.text(), 'größe')
    assert.deepEqual(reader.bytes(3), Uint8Array.of(1, 2, 3))
    assert.equal(reader.complete, true)
  })

  it('fail once past the end and stay failed', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3))
    assert.equal(reader.uint32(), 0)
    assert.equal(reader.failed, true)
    assert.equal(reader.uint8(), 0)
    assert.equal(reader.remaining, 0)
    assert.equal(reader.complete, false)
  })

  it('refuse a number beyond the safe integers and a text that is not UTF-8', () => {
    const large = new ByteReader(new Uint8Array(8).fill(0xff))
    assert.equal(large.uint64(), 0)
    assert.equal(large.failed, true)
    const text = new ByteReader(Uint8Array.of(1, 0, 0, 0, 0xff))
    assert.equal(text.text(), '')
    assert.equal(text.failed, true)
  })

  it('are never allocated by a length that was read', () => {
    const reader = new ByteReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 7))
    assert.equal(reader.text(), '')
    assert.equal(reader.failed, true)
  })

  it('hold any sequence of numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), (values) => {
        const writer = new ByteWriter(4)
        for (const value of values) writer.uint64(value)
        const reader = new ByteReader(writer.take())
        assert.deepEqual(
          values.map(() => reader.uint64()),
          values,
        )
        assert.equal(reader.complete, true)
      }),
    )
  })

  it('align up to a power of two, also beyond 32 bits', () => {
    assert.equal(alignUp(0, 8), 0)
    assert.equal(alignUp(1, 8), 8)
    assert.equal(alignUp(8, 8), 8)
    assert.equal(alignUp(2 ** 33 + 5, 4096), 2 ** 33 + 4096)
    assert.throws(() => alignUp(1, 3), /power of two/)
  })

  it('are copied so that nothing is shared, not even with a Buffer', () => {
    const source = Buffer.from([1, 2, 3, 4])
    const copy = copyOf(source, 1, 3)
    source.fill(9)
    assert.deepEqual(copy, Uint8Array.of(2, 3))
  })

  it('are freed at once when they are large and the view is all of them', () => {
    const large = new Uint8Array(4096)
    const part = new Uint8Array(new ArrayBuffer(8192), 0, 4096)
    const small = new Uint8Array(4095)
    for (const bytes of [large, part, small]) freeLent(bytes)
    assert.deepEqual([large.length, part.length, small.length], [0, 4096, 4095])
  })
})
