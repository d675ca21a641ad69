import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BrokenInvariant } from '../../base/index.ts'
import { HpackEncoder } from './encoder.ts'
import { OutgoingHeaders } from './outgoing-headers.ts'
import {
  concat,
  decodeAll,
  encodeFields,
  encodeList,
  fieldsOf,
  hexOf,
  newDecoder,
} from './testing/index.ts'

const REQUEST = fieldsOf(`
  :method: POST
  :scheme: http
  :path: /etcdserverpb.KV/Put
  :authority: localhost:2379
  content-type: application/grpc
  user-agent: quorate/1
  te: trailers
  grpc-accept-encoding: gzip,identity`)

function newEncoder(tableBytesMax = 4096): HpackEncoder {
  return new HpackEncoder({ tableBytesMax })
}

/** An encoder and what its peer makes of its blocks. */
function newPair(tableBytesMax = 4096) {
  const encoder = newEncoder(tableBytesMax)
  const decoder = newDecoder({ tableBytesMax })
  const send = (fields: readonly string[], never: readonly string[] = []): Uint8Array => {
    const block = encodeFields(encoder, fields, { never })
    assert.deepEqual(decodeAll(decoder, block), fields)
    assert.deepEqual(encoder.tableState, decoder.tableState)
    return block
  }
  return { encoder, decoder, send }
}

describe('what is indexed', () => {
  test('a field of the static table is one octet from the start', () => {
    const { send } = newPair()
    assert.equal(hexOf(send([':method', 'POST', ':status', '200', ':path', '/'])), '838884')
  })

  test('a request list costs an octet for each field after a warm-up of three blocks', () => {
    const { send } = newPair()
    for (let time = 0; time < 3; time++) send(REQUEST)
    assert.equal(send(REQUEST).length, REQUEST.length / 2)
  })

  test('answers cost an octet for each field from the second block on', () => {
    const { send } = newPair()
    const fields = [':status', '200', 'content-type', 'application/grpc', 'grpc-status', '0']
    send(fields)
    assert.equal(send(fields).length, 3)
  })

  test('an unknown field is indexed when the same comes again', () => {
    const { encoder, send } = newPair()
    send(['x-tenant', 'blue'])
    assert.equal(encoder.tableState.bytes, 0)
    send(['x-tenant', 'blue'])
    assert.deepEqual(encoder.tableState.fields, ['x-tenant', 'blue'])
    assert.equal(send(['x-tenant', 'blue']).length, 1)
    send(['x-tenant', 'green'])
    assert.deepEqual(encoder.tableState.fields, ['x-tenant', 'blue'])
  })

  test('values with the same hash are told apart', () => {
    const { send } = newPair()
    for (let time = 0; time < 3; time++) send(['te', 'Aa', 'te', 'BB', 'x-a', 'Aa', 'x-a', 'BB'])
  })

  test('secret fields are marked as never indexed, and enter no table', () => {
    const { encoder, send } = newPair()
    const secrets = ['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'token']
    for (const name of [...secrets, 'x-key', ':path']) {
      for (let time = 0; time < 4; time++) {
        const block = send([name, 'opensesame'], ['x-key', ':path'])
        assert.equal((block[0] as number) & 0xf0, 0x10, name)
      }
    }
    assert.deepEqual(encoder.tableState.fields, [])
  })

  test('a secret is never sent as an index, not even where the table has the same field', () => {
    const { send } = newPair()
    for (let time = 0; time < 3; time++) send(['x-key', 'one', ':method', 'GET'])
    assert.equal((send(['x-key', 'one'], ['x-key'])[0] as number) & 0xf0, 0x10)
    assert.equal((send([':method', 'GET'], [':method'])[0] as number) & 0xf0, 0x10)
  })

  test('values that change with every call lend their name to the table, once', () => {
    const { encoder, send } = newPair()
    for (let call = 0; call < 100; call++) {
      send([
        'grpc-timeout',
        `${call}m`,
        'content-length',
        `${call}`,
        'grpc-message',
        'x'.repeat(call),
      ])
    }
    const names = encoder.tableState.fields.filter((_, at) => at % 2 === 0)
    assert.deepEqual(names, ['grpc-message', 'grpc-timeout'])
    assert.equal(send(['grpc-timeout', '7777m']).length, 7)
  })

  test('a large field is not indexed, however often it comes', () => {
    const { encoder, send } = newPair()
    for (let time = 0; time < 4; time++) send(['x-large', 'v'.repeat(300), 'te', 't'.repeat(300)])
    assert.deepEqual(encoder.tableState.fields, [])
  })

  test('the table fills up and then stays as it is, whatever is sent', () => {
    const { encoder, send } = newPair()
    for (let value = 0; value < 300; value++) {
      send(['x-value', `${value}`])
      send(['x-value', `${value}`])
    }
    const full = encoder.tableState
    assert.ok(full.bytes > 2900 && full.bytes <= 3072)
    send(['grpc-status', '5', 'content-type', 'application/grpc'])
    assert.equal(send(['grpc-status', '5', 'content-type', 'application/grpc']).length, 2)
    for (let value = 0; value < 300; value++) send(['user-agent', `agent/${value}`])
    const last = encoder.tableState
    assert.ok(last.bytes > 4000 && last.bytes <= 4096)
    send(REQUEST)
    send(REQUEST)
    assert.deepEqual(encoder.tableState, last)
    assert.deepEqual(last.fields.slice(-full.fields.length), full.fields)
  })

  test('our table stays at its own size when the peer allows more', () => {
    const { encoder, decoder, send } = newPair()
    decoder.setTableBytesMax(1 << 20)
    encoder.setTableBytesMax(1 << 20)
    assert.equal(hexOf(send([':method', 'GET'])), '82')
    assert.equal(encoder.tableState.bytesMax, 4096)
  })

  test('without a table everything still arrives', () => {
    const { encoder, send } = newPair(0)
    for (let time = 0; time < 3; time++) send(REQUEST)
    assert.deepEqual(encoder.tableState.fields, [])
  })
})

describe('table size updates (RFC 7541 §4.2)', () => {
  function resized(...sizes: readonly number[]): string {
    const { encoder, decoder, send } = newPair()
    send(['grpc-status', '0'])
    for (const size of sizes) {
      encoder.setTableBytesMax(size)
      decoder.setTableBytesMax(size)
    }
    const block = hexOf(send([':method', 'GET']))
    assert.equal(hexOf(send([':method', 'GET'])), '82', 'and only once')
    return block
  }

  test('a smaller size is told at the start of the next block', () => {
    assert.equal(resized(100), '3f4582')
    assert.equal(resized(0), '2082')
  })

  test('the same size and a larger one are not told', () => {
    assert.equal(resized(4096), '82')
    assert.equal(resized(8192), '82')
  })

  test('a size that was only passed through is told when the table had to shrink for it', () => {
    assert.equal(resized(0, 4096), '203fe11f82')
    assert.equal(resized(100, 30, 200), '3e3fa90182')
    assert.equal(resized(200, 100), '3f4582')
    assert.equal(resized(8192, 4096), '82')
  })

  test('a size that grows in two steps is told once', () => {
    const { encoder, decoder, send } = newPair(100)
    for (const size of [200, 300]) {
      encoder.setTableBytesMax(size)
      decoder.setTableBytesMax(size)
    }
    assert.equal(hexOf(send([':method', 'GET'])), '3f8d0282')
  })

  test('entries that no longer fit go, oldest first, and the rest is still used', () => {
    const { encoder, decoder, send } = newPair()
    send(['grpc-status', '0', 'grpc-encoding', 'gzip'])
    for (const side of [encoder, decoder]) side.setTableBytesMax(60)
    send([':method', 'GET'])
    assert.deepEqual(encoder.tableState.fields, ['grpc-encoding', 'gzip'])
    assert.equal(send(['grpc-encoding', 'gzip']).length, 1)
    assert.ok(send(['grpc-status', '0']).length > 1)
  })

  test('a size grown again is filled again', () => {
    const { encoder, decoder, send } = newPair()
    for (const size of [0, 2048]) {
      for (const side of [encoder, decoder]) side.setTableBytesMax(size)
      for (let time = 0; time < 3; time++) send(REQUEST)
    }
    assert.equal(send(REQUEST).length, REQUEST.length / 2)
  })
})

describe('lists that are sent again', () => {
  test('they are the same octets every time, at any offset, for any number of encoders', () => {
    const list = new OutgoingHeaders(REQUEST)
    for (let connection = 0; connection < 3; connection++) {
      const encoder = newEncoder()
      const decoder = newDecoder()
      const blocks = Array.from({ length: 8 }, () => encodeList(encoder, list))
      for (const block of blocks) assert.deepEqual(decodeAll(decoder, block), REQUEST)
      assert.equal(hexOf(blocks[7] as Uint8Array), hexOf(blocks[4] as Uint8Array))
    }
  })

  test('they follow the table when it changes, and updates still come first', () => {
    const encoder = newEncoder()
    const decoder = newDecoder()
    const list = new OutgoingHeaders(REQUEST)
    const send = (): Uint8Array => {
      const block = encodeList(encoder, list)
      assert.deepEqual(decodeAll(decoder, block), REQUEST)
      return block
    }
    for (let time = 0; time < 5; time++) send()
    decodeAll(decoder, encodeFields(encoder, ['grpc-status', '7']))
    for (let time = 0; time < 5; time++) send()
    for (const side of [encoder, decoder]) side.setTableBytesMax(150)
    assert.equal(hexOf(send()).slice(0, 4), '3f77')
    for (let time = 0; time < 5; time++) send()
  })

  test('more lists than are remembered are all right, in any order', () => {
    const encoder = newEncoder()
    const decoder = newDecoder()
    const lists = Array.from({ length: 30 }, (_, at) => new OutgoingHeaders(['x-list', `${at}`]))
    for (let round = 0; round < 5; round++) {
      for (const list of lists) {
        assert.deepEqual(decodeAll(decoder, encodeList(encoder, list)), list.fields)
      }
    }
  })

  test('several lists make one block', () => {
    const encoder = newEncoder()
    const decoder = newDecoder()
    const method = new OutgoingHeaders(REQUEST)
    for (let call = 0; call < 6; call++) {
      if (call === 3) for (const side of [encoder, decoder]) side.setTableBytesMax(100 + call)
      const timeout = ['grpc-timeout', `${call}S`]
      const block = concat(encodeList(encoder, method), encodeFields(encoder, timeout))
      assert.deepEqual(decodeAll(decoder, block), [...REQUEST, ...timeout])
    }
  })
})

describe('lists', () => {
  test('their size is that of RFC 9113 §6.5.2', () => {
    assert.equal(new OutgoingHeaders([]).size, 0)
    assert.equal(new OutgoingHeaders(['ab', 'c', '', '']).size, 3 + 64)
  })

  test('every octet is allowed in names and values, and survives', () => {
    const { send } = newPair()
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at))
    send([all, all, '', ''])
    send([all.repeat(20), all.repeat(20)])
  })

  test('a character that is no octet is a fault of the caller', () => {
    for (const fields of [
      ['x', '\u0100'],
      ['\u20ac', ''],
      ['content-type', 'a\ud83d\ude00'],
    ]) {
      assert.throws(() => new OutgoingHeaders(fields), BrokenInvariant)
    }
    assert.throws(() => new OutgoingHeaders(['x']), BrokenInvariant)
  })

  test('a target without room for the longest encoding is a fault of the caller', () => {
    const encoder = newEncoder()
    const list = new OutgoingHeaders(['x', 'y'])
    const room = new Uint8Array(encoder.lengthMax(list))
    assert.throws(() => encoder.encode(list, room, 1), BrokenInvariant)
    for (let time = 0; time < 4; time++) encoder.encode(list, room, 0)
    assert.throws(() => encoder.encode(list, room, room.length), BrokenInvariant)
  })

  test('no encoding is longer than announced, with the longest integers', () => {
    const { encoder, decoder } = newPair()
    const value = '\x01'.repeat(70_000)
    const list = new OutgoingHeaders(['x'.repeat(400), value, '\x02'.repeat(129), ''])
    encoder.setTableBytesMax(1000)
    encoder.setTableBytesMax(3000)
    for (const size of [1000, 3000]) decoder.setTableBytesMax(size)
    const block = encodeList(encoder, list)
    assert.ok(block.length <= encoder.lengthMax(list))
    assert.equal(decoder.decode(block, 0, block.length).tooLarge, true)
  })
})
