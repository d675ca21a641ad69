import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../base/index.ts'
import { EVERY } from './testing/arbitrary.ts'
import { Every, EveryColour, Nothing } from './testing/test-every.ts'

function refused(bytes: Uint8Array): boolean {
  try {
    Every.decodeBytes(bytes)
    return false
  } catch (error) {
    assert.ok(error instanceof KvError && error.code === 'BAD_REQUEST', String(error))
    return true
  }
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

describe('the codec of a message', () => {
  it('brings every value back, and writes exactly what it announced', () => {
    fc.assert(
      fc.property(EVERY, fc.nat(5), (value, offset) => {
        const length = Every.encodedLength(value)
        const target = new Uint8Array(offset + length + 1).fill(0xee)
        assert.equal(Every.encode(value, target, offset), offset + length)
        assert.equal(target[offset + length], 0xee)
        assert.ok(target.subarray(0, offset).every((byte) => byte === 0xee))
        assert.deepEqual(Every.decode(target, offset, length), value)
        assert.deepEqual(Every.decode(Buffer.from(target), offset, length), value)
      }),
    )
  })

  it('refuses or understands any bytes, and what it understood it can write', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    fc.assert(
      fc.property(bytes, (given) => {
        if (refused(given)) return
        const value = Every.decodeBytes(given)
        assert.deepEqual(Every.decodeBytes(Every.encodeBytes(value)), value)
      }),
      { numRuns: 3000 },
    )
  })

  it('refuses or understands a message with some bytes changed, added or cut off', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(EVERY, fc.array(change, { maxLength: 4 }), fc.nat(), (value, changes, cut) => {
        const bytes = Every.encodeBytes(value)
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        refused(bytes)
        refused(bytes.subarray(0, cut % (bytes.length + 1)))
      }),
      { numRuns: 300 },
    )
  })

  it('reads nothing behind the end it was given', () => {
    // A field of bytes that would reach one byte further than the message.
    const bytes = hex('7a 03 01 02 03')
    assert.deepEqual(Every.decode(bytes, 0, 5).bytesField, hex('01 02 03'))
    for (let length = 1; length < 5; length++) assert.ok(refused(bytes.subarray(0, length)))
    assert.throws(() => Every.decode(bytes, 0, 4), /cut off/)
    assert.throws(() => Every.decode(bytes, 3, 3), /has its bytes/)
  })

  it('sends nothing of a field that has its first value', () => {
    assert.equal(Every.encodedLength(Every.create()), 0)
    assert.deepEqual(Every.decodeBytes(new Uint8Array(0)), Every.create())
    assert.equal(Every.encodedLength(Every.create({ maybeNumber: 0 })), 3)
    assert.equal(Every.encodedLength(Every.create({ doubleField: -0 })), 9)
    assert.equal(Every.encodedLength(Every.create({ choice: { kind: 'text', value: '' } })), 3)
  })

  it('has the bytes that the encoding guide of protobuf shows', () => {
    const cases: readonly [Partial<Every>, string][] = [
      [{ int32Field: 150 }, '18 96 01'],
      [{ int32Field: -2 }, '18 fe ff ff ff ff ff ff ff ff 01'],
      [{ sint32Field: -1 }, '20 01'],
      [{ sint32Field: 2147483647 }, '20 fe ff ff ff 0f'],
      [{ uint64Field: 2n ** 64n - 1n }, '28 ff ff ff ff ff ff ff ff ff 01'],
      [{ sint64Field: -(2n ** 63n) }, '38 ff ff ff ff ff ff ff ff ff 01'],
      [{ stringField: 'testing' }, '72 07 74 65 73 74 69 6e 67'],
      [{ child: Every.create({ int32Field: 150 }) }, '9a 01 03 18 96 01'],
      [{ numbers: [3, 270, 86942] }, 'fa 01 06 03 8e 02 9e a7 05'],
      [{ unpacked: [1, 2] }, 'b0 02 01 b0 02 02'],
      [{ fixed32Field: 1, doubleField: 1 }, '45 01 00 00 00 69 00 00 00 00 00 00 f0 3f'],
      [{ colour: EveryColour.DARK }, '90 01 ff ff ff ff ff ff ff ff ff 01'],
      [{ last: true }, 'f8 ff ff ff 0f 01'],
    ]
    for (const [fields, expected] of cases) {
      assert.deepEqual(Every.encodeBytes(Every.create(fields)), hex(expected), expected)
      assert.deepEqual(Every.decodeBytes(hex(expected)), Every.create(fields), expected)
    }
  })

  it('understands repeated numbers packed and one by one, in any mixture', () => {
    assert.deepEqual(
      Every.decodeBytes(hex('f8 01 07 fa 01 02 08 09 f8 01 0a')).numbers,
      [7, 8, 9, 10],
    )
    assert.deepEqual(Every.decodeBytes(hex('b2 02 02 01 02 b0 02 03')).unpacked, [1, 2, 3])
    assert.ok(refused(hex('fa 01 02 08 80')))
  })

  it('takes the last of a plain field that was sent twice, and joins messages', () => {
    assert.equal(Every.decodeBytes(hex('18 01 18 02')).int32Field, 2)
    const joined = Every.decodeBytes(hex('9a 01 02 18 01 9a 01 02 20 01'))
    assert.deepEqual(joined.child, Every.create({ int32Field: 1, sint32Field: -1 }))
  })

  it('takes the last member of a oneof, and joins it with the same one before it', () => {
    const last = Every.decodeBytes(hex('92 03 01 61 98 03 05'))
    assert.deepEqual(last.choice, { kind: 'large', value: 5n })
    const joined = Every.decodeBytes(hex('a2 03 02 18 01 a2 03 02 20 01'))
    const value = Every.create({ int32Field: 1, sint32Field: -1 })
    assert.deepEqual(joined.choice, { kind: 'message', value })
  })

  it('passes over what it does not know, and over known fields of another type', () => {
    // Field 70 as every wire type, with a group in a group; field 3 as bytes.
    const unknown = 'b0 04 05 b1 04 00 00 00 00 00 00 00 00 b2 04 01 ff b5 04 00 00 00 00'
    const group = 'b3 04 08 01 bb 04 bc 04 b4 04'
    const value = Every.decodeBytes(hex(`${unknown} ${group} 1a 01 00 18 07`))
    assert.deepEqual(value, Every.create({ int32Field: 7 }))
    assert.deepEqual(Nothing.decodeBytes(hex(`${unknown} ${group}`)), {})
  })

  it('refuses an end of a group that has not begun, and a group without its end', () => {
    for (const text of ['b4 04', 'b3 04', 'b3 04 b4 05', 'b3 04 08 01', 'b3 04 bb 04 b4 04']) {
      assert.ok(refused(hex(text)), text)
    }
  })

  it('refuses field 0, wire types that do not exist, and numbers that are too long', () => {
    const overlong = 'ff ff ff ff ff ff ff ff ff 02'
    const endless = '80 80 80 80 80 80 80 80 80 80 00'
    for (const text of [
      '00 00',
      '02 00',
      '80 00 00',
      '0e',
      '0f',
      `18 ${overlong}`,
      `18 ${endless}`,
    ]) {
      assert.ok(refused(hex(text)), text)
    }
    // A tag of more than 32 bits, and a length of more than there are bytes in the world.
    assert.ok(refused(hex('88 80 80 80 80 01 00')))
    assert.ok(refused(hex('88 80 80 80 80 00 00')))
    assert.ok(refused(hex('7a ff ff ff ff 0f')))
    assert.ok(refused(hex('7a 81 80 80 80 80 00 61')))
    assert.ok(refused(hex('7a 80 80 80 80 10')))
    // Longer than need be is allowed.
    assert.equal(Every.decodeBytes(hex('18 87 80 00')).int32Field, 7)
  })

  it('refuses a text that is not UTF-8, and takes any bytes as bytes', () => {
    for (const bad of ['ff', 'c0 80', 'ed a0 80', 'e2 82', 'f4 90 80 80']) {
      const length = hex(bad).length.toString().padStart(2, '0')
      assert.ok(refused(hex(`72 ${length} ${bad}`)), bad)
      assert.deepEqual(Every.decodeBytes(hex(`7a ${length} ${bad}`)).bytesField, hex(bad))
    }
  })

  it('cuts 32-bit numbers to 32 bits, and counts to the outermost safe number', () => {
    assert.equal(
      Every.decodeBytes(hex('10 ff ff ff ff ff ff ff ff ff 01')).uint32Field,
      2 ** 32 - 1,
    )
    assert.equal(Every.decodeBytes(hex('18 81 80 80 80 10')).int32Field, 1)
    assert.equal(Every.decodeBytes(hex('08 80 80 80 80 80 80 80 80 80 01')).boolField, true)
    const most = 'ff ff ff ff ff ff ff ff ff 01'
    assert.equal(Every.decodeBytes(hex(`80 01 ${most}`)).uint64Number, Number.MAX_SAFE_INTEGER)
    assert.equal(Every.decodeBytes(hex(`88 01 ${most}`)).int64Number, -1)
    const largest = 'ff ff ff ff ff ff ff ff 7f'
    assert.equal(Every.decodeBytes(hex(`88 01 ${largest}`)).int64Number, Number.MAX_SAFE_INTEGER)
    const least = '80 80 80 80 80 80 80 80 80 01'
    assert.equal(Every.decodeBytes(hex(`88 01 ${least}`)).int64Number, -Number.MAX_SAFE_INTEGER)
  })

  it('brings back numbers of every length, from the shortest to the longest', () => {
    for (let bit = 0n; bit < 64n; bit++) {
      for (const value of [2n ** bit - 1n, 2n ** bit, 2n ** bit + 1n]) {
        const number = Number(value)
        const fields: Partial<Every> = { uint64Field: value, int64Field: BigInt.asIntN(64, -value) }
        if (Number.isSafeInteger(number)) {
          fields.uint64Number = number
          fields.int64Number = value === 0n ? 0 : -number
        }
        if (number < 2 ** 32) fields.uint32Field = number
        const every = Every.create(fields)
        assert.deepEqual(Every.decodeBytes(Every.encodeBytes(every)), every)
        // As many bytes as it has groups of seven bits, behind one byte of tag.
        const length = value === 0n ? 0 : 1 + Math.ceil(value.toString(2).length / 7)
        assert.equal(Every.encodedLength(Every.create({ uint64Field: value })), length)
      }
    }
  })

  it('refuses messages that are nested too deeply, known and unknown', () => {
    const nested = (depth: number): Uint8Array => {
      let value = Every.create()
      for (let level = 0; level < depth; level++) value = Every.create({ child: value })
      return Every.encodeBytes(value)
    }
    assert.equal(refused(nested(300)), false)
    assert.ok(refused(nested(301)))
    const groups = (depth: number): Uint8Array => hex('b3 04'.repeat(depth) + 'b4 04'.repeat(depth))
    assert.equal(refused(groups(300)), false)
    assert.ok(refused(groups(301)))
    assert.ok(refused(hex('b3 04'.repeat(100_000))))
    // One after the other there may be any number.
    assert.equal(refused(hex('b3 04 b4 04'.repeat(600))), false)
    assert.equal(refused(hex('9a 01 00'.repeat(600))), false)
  })

  it('refuses more elements than there may be, before they are made', () => {
    const packed = (count: number): Uint8Array => {
      const bytes = new Uint8Array(count + 6)
      bytes.set([0xf2, 0x01, 0x80 | (count & 0x7f), 0x80 | ((count >> 7) & 0x7f)])
      bytes.set([0x80 | ((count >> 14) & 0x7f), count >> 21], 4)
      return bytes
    }
    assert.equal(Every.decodeBytes(packed(2 ** 20)).bools.length, 2 ** 20)
    assert.ok(refused(packed(2 ** 20 + 1)))
  })

  it('refuses to write where there is no room', () => {
    const value = Every.create({ uint32Field: 1, bytesField: Uint8Array.of(1, 2, 3) })
    const length = Every.encodedLength(value)
    assert.throws(() => Every.encode(value, new Uint8Array(length - 1), 0), /room/)
    assert.throws(() => Every.encode(value, new Uint8Array(length), 1), /room/)
    assert.throws(
      () => Every.encode(Every.create({ boolField: true }), new Uint8Array(1), 0),
      /room/,
    )
  })

  it('refuses to write numbers that do not fit their field', () => {
    const wrong: readonly Partial<Every>[] = [
      { uint32Field: -1 },
      { uint32Field: 2 ** 32 },
      { int32Field: 1.5 },
      { int64Number: 2 ** 53 },
      { uint64Field: -1n },
      { int64Field: 2n ** 63n },
      { fixed64Field: 2n ** 64n },
    ]
    for (const fields of wrong)
      assert.throws(() => Every.encodeBytes(Every.create(fields)), /bits|safe/)
  })
})
