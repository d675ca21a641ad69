import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HpackDecoder } from './decoder.ts'
import { HpackError } from './hpack-error.ts'
import { assertRefused, concat, decodeAll, newDecoder, octets } from './testing/index.ts'

/** A literal with indexing: name and value spelt out, each shorter than 127 octets. */
function entry(name: string, value: string): Uint8Array {
  const text = (one: string): Uint8Array =>
    concat(Uint8Array.of(one.length), Uint8Array.from(Buffer.from(one, 'latin1')))
  return concat(octets('40'), text(name), text(value))
}

function decodeHex(decoder: HpackDecoder, hex: string): readonly string[] {
  return decodeAll(decoder, octets(hex))
}

describe('representations (RFC 7541 §6)', () => {
  test('an empty block is an empty list', () => {
    const list = newDecoder().decode(new Uint8Array(0), 0, 0)
    assert.deepEqual(list.fields, [])
    assert.equal(list.size, 0)
    assert.equal(list.tooLarge, false)
  })

  test('only the given range of the buffer is the block', () => {
    const bytes = octets('ff ff 82 84 ff')
    assert.deepEqual(newDecoder().decode(bytes, 2, 4).fields, [':method', 'GET', ':path', '/'])
  })

  test('the size counts names, values and 32 for each field', () => {
    const decoder = newDecoder()
    assert.equal(decoder.decode(octets('82 84'), 0, 2).size, 7 + 3 + 5 + 1 + 2 * 32)
  })

  test('empty names and values are fields like others', () => {
    const decoder = newDecoder()
    assert.deepEqual(decodeHex(decoder, '40 00 00'), ['', ''])
    assert.equal(decoder.tableState.bytes, 32)
    assert.deepEqual(decodeHex(decoder, 'be'), ['', ''])
  })

  test('all octets of names and values survive, one character each', () => {
    const all = String.fromCharCode(...Array.from({ length: 126 }, (_, at) => at + 130))
    assert.deepEqual(decodeAll(newDecoder(), entry(all, '\x00\xff')), [all, '\x00\xff'])
  })

  test('a field without indexing and one never indexed leave the table alone', () => {
    const decoder = newDecoder()
    decodeHex(decoder, '00 01 61 01 62  10 01 61 01 62  0f 10 01 63  1f 10 01 63')
    assert.equal(decoder.tableState.bytes, 0)
  })

  test('a name may come from the dynamic table in each kind of literal', () => {
    const decoder = newDecoder()
    decodeAll(decoder, entry('n', 'v'))
    // Index 62 does not fit the four-bit prefix: 15 + 47.
    assert.deepEqual(decodeHex(decoder, '0f 2f 01 77'), ['n', 'w'])
    assert.deepEqual(decodeHex(decoder, '1f 2f 01 78'), ['n', 'x'])
    assert.deepEqual(decodeHex(decoder, '7e 01 79'), ['n', 'y'])
    assert.deepEqual(decoder.tableState.fields, ['n', 'y', 'n', 'v'])
  })

  test('a later field of a block sees the entries of earlier ones', () => {
    const block = concat(entry('a', '1'), entry('b', '2'), octets('be bf'))
    assert.deepEqual(decodeAll(newDecoder(), block), ['a', '1', 'b', '2', 'b', '2', 'a', '1'])
  })
})

describe('malformed blocks are refused', () => {
  test('index 0', () => {
    assertRefused(newDecoder(), '80', 'index-zero')
    assertRefused(newDecoder(), '82 80', 'index-zero')
  })

  test('an index beyond the static and the dynamic table, as a field and as a name', () => {
    for (const hex of ['be', 'ff 00', 'ff ff ff 7f', '7e 01 61', '0f 2f 01 61', '1f 2f 01 61']) {
      assertRefused(newDecoder(), hex, 'index-beyond')
    }
    const decoder = newDecoder()
    decodeAll(decoder, entry('a', '1'))
    assertRefused(decoder, 'bf', 'index-beyond')
  })

  test('an index of an entry that was evicted', () => {
    const decoder = newDecoder({ tableBytesMax: 40 })
    decodeAll(decoder, concat(entry('a', '1'), entry('b', '2')))
    assert.deepEqual(decodeHex(decoder, 'be'), ['b', '2'])
    assertRefused(decoder, 'bf', 'index-beyond')
  })

  test('a block that ends too early, at every place', () => {
    const whole = concat(octets('8f 3f'), octets('40 03 61 62 63 84 a8 eb 10 7f'))
    const literal = whole.subarray(2)
    for (let length = 1; length < literal.length; length++) {
      assertRefused(
        newDecoder(),
        Buffer.from(literal.subarray(0, length)).toString('hex'),
        'truncated',
      )
    }
  })

  test('a string that is longer than the rest of the block', () => {
    assertRefused(newDecoder(), '00 05 61 62', 'truncated')
    assertRefused(newDecoder(), '00 03 61 62', 'truncated')
    assertRefused(newDecoder(), '00 7f ff ff ff 7f', 'truncated')
    assertRefused(newDecoder(), '00 ff ff ff ff 7f', 'truncated')
  })

  test('a string that ends behind the block, though the buffer goes on', () => {
    for (const hex of ['00 01 61 82 07 00', '00 01 61 02 62 63', '00 82 07 00', '82 ff 00']) {
      const bytes = octets(hex)
      assert.throws(
        () => newDecoder().decode(bytes, 0, bytes.length - 1),
        (error) => error instanceof HpackError && error.reason === 'truncated',
      )
    }
  })

  test('an integer that is too long, in each of its roles', () => {
    const long = 'ff ff ff ff ff 0f'
    for (const hex of [`ff ${long}`, `7f ${long}`, `0f ${long}`, `1f ${long}`, `3f ${long}`]) {
      assertRefused(newDecoder(), hex, 'integer-too-long')
    }
    assertRefused(newDecoder(), `00 7f ${long}`, 'integer-too-long')
    assertRefused(newDecoder(), `00 01 61 ff ${long}`, 'integer-too-long')
  })

  test('bad Huffman code in a name and in a value', () => {
    assertRefused(newDecoder(), '00 81 00 00', 'huffman-padding')
    assertRefused(newDecoder(), '00 01 61 82 ff ff', 'huffman-padding')
    assertRefused(newDecoder(), '00 01 61 84 ff ff ff ff', 'huffman-end-of-string')
  })

  test('after a refusal every further block is refused, also one that was known', () => {
    const decoder = newDecoder()
    for (let time = 0; time < 4; time++) decodeHex(decoder, '82')
    assertRefused(decoder, '80', 'index-zero')
    assertRefused(decoder, '82', 'failed-before')
    assertRefused(decoder, '', 'failed-before')
  })

  test('the error says what is wrong in words', () => {
    assert.match(new HpackError('index-zero').message, /index 0/)
  })
})

describe('the dynamic table (RFC 7541 §4)', () => {
  test('an entry of exactly the table size fits, one octet more empties the table', () => {
    const decoder = newDecoder({ tableBytesMax: 64 })
    decodeAll(decoder, entry('a', 'b'.repeat(31)))
    assert.equal(decoder.tableState.bytes, 64)
    assert.deepEqual(decodeAll(decoder, entry('a', 'b'.repeat(32))), ['a', 'b'.repeat(32)])
    assert.deepEqual(decoder.tableState, { bytes: 0, bytesMax: 64, fields: [] })
  })

  test('the oldest entries go first, and only as many as must', () => {
    const decoder = newDecoder({ tableBytesMax: 3 * 34 })
    decodeAll(decoder, concat(entry('a', '1'), entry('b', '2'), entry('c', '3'), entry('d', '4')))
    assert.deepEqual(decoder.tableState.fields, ['d', '4', 'c', '3', 'b', '2'])
    decodeAll(decoder, entry('e', '5'.repeat(35)))
    assert.deepEqual(decoder.tableState.fields, ['e', '5'.repeat(35), 'd', '4'])
  })

  test('a name may come from the very entry that the new one evicts (§4.4)', () => {
    const decoder = newDecoder({ tableBytesMax: 40 })
    decodeAll(decoder, entry('name', 'abcd'))
    assert.deepEqual(decodeHex(decoder, '7e 03 78 79 7a'), ['name', 'xyz'])
    assert.deepEqual(decoder.tableState.fields, ['name', 'xyz'])
  })

  test('the ring keeps its order through many turns', () => {
    const decoder = newDecoder({ tableBytesMax: 4096 })
    const expected: string[] = []
    for (let round = 0; round < 1000; round++) {
      const field = [`k${round % 7}`, 'v'.repeat(round % 61)] as const
      decodeAll(decoder, entry(...field))
      expected.unshift(...field)
    }
    const { fields, bytes } = decoder.tableState
    assert.deepEqual(fields, expected.slice(0, fields.length))
    assert.ok(bytes <= 4096 && bytes > 4096 - 34 - 61)
  })

  test('a table of size 0 keeps nothing', () => {
    const decoder = newDecoder({ tableBytesMax: 0 })
    assert.deepEqual(decodeAll(decoder, entry('a', '1')), ['a', '1'])
    assert.deepEqual(decoder.tableState.fields, [])
  })
})

describe('table size updates (RFC 7541 §4.2 and §6.3)', () => {
  test('an update evicts what no longer fits, and a later one gives nothing back', () => {
    const decoder = newDecoder()
    decodeAll(decoder, concat(entry('a', '1'), entry('b', '2')))
    decodeHex(decoder, '3f 03 82')
    assert.deepEqual(decoder.tableState, { bytes: 34, bytesMax: 34, fields: ['b', '2'] })
    decodeHex(decoder, '20 3f e1 1f')
    assert.deepEqual(decoder.tableState, { bytes: 0, bytesMax: 4096, fields: [] })
  })

  test('an update up to the limit is accepted, above it refused', () => {
    decodeHex(newDecoder({ tableBytesMax: 100 }), '3f 45')
    assertRefused(newDecoder({ tableBytesMax: 100 }), '3f 46', 'update-too-large')
    assertRefused(newDecoder({ tableBytesMax: 0 }), '21', 'update-too-large')
  })

  test('two updates may begin a block, a third is refused', () => {
    decodeHex(newDecoder(), '20 3f e1 1f 82')
    assertRefused(newDecoder(), '20 30 3f e1 1f 82', 'update-repeated')
  })

  test('an update after a field is refused, after each kind of field', () => {
    for (const field of ['82', '40 01 61 01 62', '00 01 61 01 62', '10 01 61 01 62']) {
      assertRefused(newDecoder(), `${field} 20`, 'update-misplaced')
    }
  })

  test('a limit that was raised may be used, and need not', () => {
    const decoder = newDecoder({ tableBytesMax: 100 })
    decoder.setTableBytesMax(200)
    decodeHex(decoder, '82')
    decodeHex(decoder, '3f a9 01 82')
    assert.equal(decoder.tableState.bytesMax, 200)
  })

  test('a limit that was reduced must be acknowledged by an update', () => {
    const decoder = newDecoder()
    decoder.setTableBytesMax(100)
    assertRefused(decoder, '82', 'update-missing')
    const empty = newDecoder()
    empty.setTableBytesMax(100)
    assertRefused(empty, '', 'update-missing')
  })

  test('an update above the reduced limit is refused', () => {
    const decoder = newDecoder()
    decoder.setTableBytesMax(100)
    assertRefused(decoder, '3f 46 82', 'update-too-large')
  })

  test('the smallest limit of the interval must be acknowledged, then the last may follow', () => {
    const shrink = (): HpackDecoder => {
      const decoder = newDecoder()
      decoder.setTableBytesMax(10)
      decoder.setTableBytesMax(4096)
      return decoder
    }
    assertRefused(shrink(), '3f e1 1f 82', 'update-missing')
    assertRefused(shrink(), '2b 3f e1 1f 82', 'update-missing')
    const decoder = shrink()
    decodeHex(decoder, '2a 3f e1 1f 82')
    assert.equal(decoder.tableState.bytesMax, 4096)
    decodeHex(decoder, '82')
  })

  test('the smallest of several reductions counts, in either order', () => {
    for (const limits of [
      [20, 10, 15],
      [10, 20, 15],
    ]) {
      const decoder = newDecoder()
      for (const limit of limits) decoder.setTableBytesMax(limit)
      assertRefused(decoder, '2b', 'update-missing')
    }
  })

  test('a reduction to what the encoder already uses needs no update', () => {
    const decoder = newDecoder()
    decodeHex(decoder, '3f 45')
    decoder.setTableBytesMax(100)
    decodeHex(decoder, '82')
  })

  test('a block that was known before is refused while an update is owed', () => {
    const decoder = newDecoder()
    for (let time = 0; time < 4; time++) decodeHex(decoder, '82')
    decoder.setTableBytesMax(100)
    assertRefused(decoder, '82', 'update-missing')
  })
})

describe('the limit of a list', () => {
  test('a list of exactly the limit is kept, one octet more is too large', () => {
    const block = octets('00 01 61 03 62 62 62')
    assert.equal(newDecoder({ listBytesMax: 36 }).decode(block, 0, block.length).tooLarge, false)
    const list = newDecoder({ listBytesMax: 35 }).decode(block, 0, block.length)
    assert.deepEqual([list.tooLarge, list.fields, list.size], [true, [], 36])
  })

  test('the table is kept in step behind the limit', () => {
    const decoder = newDecoder({ listBytesMax: 40 })
    const block = concat(
      octets('82 82'),
      entry('a', '1'),
      octets('00 01 78 01 79'),
      entry('b', '2'),
    )
    const list = decoder.decode(block, 0, block.length)
    assert.deepEqual([list.tooLarge, list.size], [true, 84 + 34 + 34 + 34])
    assert.deepEqual(decoder.tableState.fields, ['b', '2', 'a', '1'])
    assert.deepEqual(decodeHex(decoder, 'bf'), ['a', '1'])
  })

  test('faults behind the limit are refused as before it', () => {
    const decoder = (): HpackDecoder => newDecoder({ listBytesMax: 0 })
    assertRefused(decoder(), '82 00 01 61 82 ff ff', 'huffman-padding')
    assertRefused(decoder(), '82 00 81 00 00', 'huffman-padding')
    assertRefused(decoder(), '82 00 84 ff ff ff ff 00', 'huffman-end-of-string')
    assertRefused(decoder(), '82 0f 2f 01 61', 'index-beyond')
    assertRefused(decoder(), '82 00 05 61', 'truncated')
    assertRefused(decoder(), '82 80', 'index-zero')
    assertRefused(decoder(), '82 20', 'update-misplaced')
  })

  test('a small block that refers to a large entry many times holds no memory', () => {
    const decoder = newDecoder()
    const large = 'x'.repeat(4000)
    const head = concat(octets('40 01 61 7f a1 1e'), Uint8Array.from(Buffer.from(large)))
    assert.deepEqual(decodeAll(decoder, head), ['a', large])
    const bomb = new Uint8Array(32_000).fill(0xbe)
    const list = decoder.decode(bomb, 0, bomb.length)
    assert.deepEqual([list.tooLarge, list.fields], [true, []])
    assert.equal(list.size, 32_000 * (4001 + 32))
  })
})

describe('repeated blocks', () => {
  test('the same object comes back once a block has repeated', () => {
    const decoder = newDecoder()
    const block = octets('82 84 00 01 61 01 62')
    const lists = Array.from({ length: 6 }, () => decoder.decode(block, 0, block.length))
    assert.equal(lists[4], lists[5])
    assert.equal(lists[5]?.note, null)
    assert.deepEqual(lists[5]?.fields, lists[0]?.fields)
  })

  test('what the layer above noted comes back with it', () => {
    const decoder = newDecoder()
    for (let time = 0; time < 4; time++) decodeHex(decoder, '82')
    decoder.decode(octets('82'), 0, 1).note = 'known'
    assert.equal(decoder.decode(octets('00 82 00'), 1, 2).note, 'known')
  })

  test('a block that adds to the table is decoded every time', () => {
    const decoder = newDecoder()
    for (let time = 1; time <= 5; time++) {
      decodeAll(decoder, entry('a', '1'))
      assert.equal(decoder.tableState.bytes, 34 * time)
    }
  })

  test('a block means something else when the table has changed', () => {
    const decoder = newDecoder()
    decodeAll(decoder, entry('a', '1'))
    for (let time = 0; time < 5; time++) assert.deepEqual(decodeHex(decoder, 'be'), ['a', '1'])
    decodeAll(decoder, entry('b', '2'))
    for (let time = 0; time < 5; time++) assert.deepEqual(decodeHex(decoder, 'be'), ['b', '2'])
    assert.deepEqual(decodeHex(decoder, 'bf'), ['a', '1'])
  })

  test('a name from the table counts as a reference to it', () => {
    const decoder = newDecoder()
    decodeAll(decoder, entry('a', '1'))
    for (let time = 0; time < 5; time++) decodeHex(decoder, '0f 2f 01 77')
    decodeAll(decoder, entry('b', '2'))
    assert.deepEqual(decodeHex(decoder, '0f 2f 01 77'), ['b', 'w'])
  })

  test('an eviction by a size update is a change, too', () => {
    const decoder = newDecoder()
    decodeAll(decoder, entry('a', '1'))
    for (let time = 0; time < 5; time++) decodeHex(decoder, 'be')
    decodeHex(decoder, '20 82')
    assertRefused(decoder, 'be', 'index-beyond')
  })

  test('a block without references survives changes of the table', () => {
    const decoder = newDecoder()
    for (let time = 0; time < 5; time++) decodeHex(decoder, '82')
    const known = decoder.decode(octets('82'), 0, 1)
    decodeAll(decoder, entry('b', '2'))
    assert.equal(decoder.decode(octets('82'), 0, 1), known)
  })

  test('a block with a size update is never taken from memory', () => {
    const decoder = newDecoder()
    for (let time = 0; time < 5; time++) {
      decodeAll(decoder, entry('a', '1'))
      decodeHex(decoder, '20 3f e1 1f 82')
      assert.equal(decoder.tableState.bytes, 0)
    }
  })

  test('blocks are told apart by every octet and by their length', () => {
    const decoder = newDecoder()
    const block = (value: string): Uint8Array =>
      concat(octets('00 01 61 28'), Uint8Array.from(Buffer.from(value)))
    const base = 'y'.repeat(40)
    const values = Array.from(
      { length: 40 },
      (_, at) => `${base.slice(0, at)}z${base.slice(at + 1)}`,
    )
    for (let round = 0; round < 4; round++) {
      for (const value of [base, ...values]) {
        assert.deepEqual(decodeAll(decoder, block(value)), ['a', value])
      }
    }
    for (let time = 0; time < 4; time++) decodeHex(decoder, '82 84')
    assert.deepEqual(decodeHex(decoder, '82'), [':method', 'GET'])
  })

  test('ten kinds of calls in turn are all recognised', () => {
    const decoder = newDecoder()
    const blocks = Array.from({ length: 10 }, (_, at) => octets(`82 00 01 61 02 62 ${30 + at}`))
    const decode = () => blocks.map((block) => decoder.decode(block, 0, block.length))
    for (let round = 0; round < 3; round++) decode()
    const known = decode()
    assert.ok(decode().every((list, at) => list === known[at]))
  })

  test('a string spelt out again is the same, Huffman-coded or not, next to changing ones', () => {
    const decoder = newDecoder()
    for (let round = 0; round < 50; round++) {
      const tail = (0x30 + (round % 10)).toString(16)
      const fields = decodeHex(
        decoder,
        `04 8c f1 e3 c2 e5 f2 3a 6b a0 ab 90 f4 ff  04 0c f1 e3 c2 e5 f2 3a 6b a0 ab 90 f4 ff
         00 04 61 61 61 ${tail} 04 62 62 62 ${tail}`,
      )
      assert.deepEqual(fields, [
        ':path',
        'www.example.com',
        ':path',
        '\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff',
        `aaa${round % 10}`,
        `bbb${round % 10}`,
      ])
    }
  })
})
