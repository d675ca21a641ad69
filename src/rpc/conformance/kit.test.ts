import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FrameReader, type Incoming } from './testing/kit/frame-reader.ts'
import { data, frame, headers, ping, settings, TYPE } from './testing/kit/frames.ts'
import { HpackReader } from './testing/kit/hpack-reader.ts'
import { block, type Field, indexed, literal, tableSize } from './testing/kit/hpack-writer.ts'
import { bitsToBytes, CODES, EOS, huffmanDecode, huffmanEncode } from './testing/kit/huffman.ts'
import { Legality } from './testing/kit/legality.ts'

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

describe('the HPACK reader of the kit', () => {
  it('reads the responses of RFC 7541 appendix C.6, with Huffman code and eviction', () => {
    const reader = new HpackReader()
    reader.allowed = 256
    // The example starts with a table of 256 octets, which the protocol would have to say.
    reader.read(tableSize(256))
    const first = reader.read(
      hex(
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
        919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`.replaceAll(/\s/g, ''),
      ),
    )
    assert.deepEqual(first, [
      [':status', '302'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
      ['location', 'https://www.example.com'],
    ])
    assert.equal(reader.size, 222)
    const second = reader.read(hex('4883 640e ffc1 c0bf'))
    assert.deepEqual(second[0], [':status', '307'])
    assert.deepEqual(second.slice(1), first.slice(1))
    assert.equal(reader.size, 222)
    assert.equal(reader.entries, 4)
  })

  it('refuses what RFC 7541 forbids', () => {
    for (const octets of [
      indexed(0),
      indexed(62),
      Buffer.concat([indexed(2), tableSize(0)]),
      tableSize(4097),
      hex('0001'),
      hex('ffffffffffffffff'),
      Buffer.concat([hex('000161'), hex('81 00')]),
    ]) {
      assert.throws(
        () => new HpackReader().read(octets),
        assert.AssertionError,
        octets.toString('hex'),
      )
    }
  })
})

describe('the Huffman code of the kit', () => {
  it('has the codes of RFC 7541 appendix B', () => {
    const codes = {
      '0': '00000',
      ' ': '010100',
      a: '00011',
      X: '11111100',
      '\\': `${'1'.repeat(15)}0000`,
    }
    for (const [symbol, code] of Object.entries(codes)) {
      assert.equal(CODES[symbol.charCodeAt(0)], code, symbol)
    }
    assert.equal(CODES[EOS], '1'.repeat(30))
    assert.equal(CODES[10], `${'1'.repeat(28)}00`)
    assert.equal(new Set(CODES).size, 257)
  })

  it('encodes and decodes the examples of appendix C.4, and every octet', () => {
    assert.deepEqual(huffmanEncode('www.example.com'), hex('f1e3 c2e5 f23a 6ba0 ab90 f4ff'))
    const all = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)).toString('latin1')
    assert.equal(huffmanDecode(huffmanEncode(all)), all)
  })

  it('refuses wrong padding and EOS', () => {
    assert.equal(huffmanDecode(bitsToBytes('00011', '000')), null)
    assert.equal(huffmanDecode(hex('1f ff')), null)
    assert.equal(huffmanDecode(bitsToBytes('1'.repeat(32))), null)
  })
})

describe('the frame reader of the kit', () => {
  function read(...frames: readonly Buffer[]): Incoming[] {
    const items: Incoming[] = []
    new FrameReader().push(Buffer.concat(frames), (item) => items.push(item))
    return items
  }

  it('reads frames at any chunk boundaries', () => {
    const bytes = Buffer.concat([
      settings([4, 7]),
      data(1, 'abc', { padding: 9, end: true }),
      ping('x'),
    ])
    const reader = new FrameReader()
    const items: Incoming[] = []
    for (const octet of bytes) reader.push(Buffer.from([octet]), (item) => items.push(item))
    assert.deepEqual(items, [
      { kind: 'settings', ack: false, values: [[4, 7]] },
      { kind: 'data', stream: 1, bytes: Buffer.from('abc'), end: true, size: 13 },
      { kind: 'ping', ack: false, text: 'x       ' },
    ])
  })

  it('refuses frames that no endpoint may send', () => {
    const bad: readonly Buffer[][] = [
      [frame({ type: TYPE.ping, payload: Buffer.alloc(8), reserved: true })],
      [frame({ type: TYPE.ping, flags: 0x2, payload: Buffer.alloc(8) })],
      [frame({ type: TYPE.ping, payload: Buffer.alloc(7) })],
      [frame({ type: TYPE.settings, flags: 1, payload: Buffer.alloc(6) })],
      [frame({ type: TYPE.settings, payload: Buffer.alloc(7) })],
      [frame({ type: TYPE.settings, stream: 1 })],
      [frame({ type: TYPE.reset, stream: 0, payload: Buffer.alloc(4) })],
      [data(1, Buffer.alloc(16_385))],
      [data(0, 'x')],
      [headers(1, block([]), { endHeaders: false }), ping('between')],
      [frame({ type: TYPE.continuation, flags: 4, stream: 1 })],
    ]
    for (const frames of bad) {
      assert.throws(
        () => read(...frames),
        assert.AssertionError,
        Buffer.concat(frames).toString('hex'),
      )
    }
  })
})

describe('the rules for everything that arrives', () => {
  const STATUS: Field = [':status', '200']
  const START: Incoming = { kind: 'settings', ack: false, values: [] }

  function answer(fields: readonly Field[], end = false, stream = 1): Incoming {
    return { kind: 'headers', stream, fields, end }
  }

  function check(...items: readonly Incoming[]): void {
    const legality = new Legality('server')
    for (const item of items) legality.check(item)
  }

  it('let a good answer pass', () => {
    check(
      START,
      answer([[':status', '103']]),
      answer([STATUS, ['content-type', 'text/plain']]),
      { kind: 'data', stream: 1, bytes: Buffer.alloc(1), end: false, size: 1 },
      answer([['grpc-status', '0']], true),
      { kind: 'reset', stream: 1, code: 'NO_ERROR' },
    )
  })

  it('refuse what a server may not send', () => {
    const part: Incoming = { kind: 'data', stream: 1, bytes: Buffer.alloc(0), end: true, size: 0 }
    const reset: Incoming = { kind: 'reset', stream: 1, code: 'CANCEL' }
    const bad: readonly (readonly Incoming[])[] = [
      [answer([STATUS])],
      [START, part],
      [START, answer([['content-type', 'text/plain']])],
      [START, answer([['content-type', 'text/plain'], STATUS])],
      [START, answer([STATUS, STATUS])],
      [START, answer([STATUS, ['X-Upper', '1']])],
      [START, answer([STATUS, ['x-value', 'a\n']])],
      [START, answer([STATUS, ['connection', 'close']])],
      [START, answer([STATUS, ['te', 'trailers']])],
      [START, answer([STATUS], true), part],
      [START, answer([STATUS]), answer([['x-trailers', '1']])],
      [START, answer([STATUS]), answer([STATUS], true)],
      [START, answer([STATUS], false, 2)],
      [START, reset, reset],
      [START, reset, answer([STATUS])],
      [START, { kind: 'windowUpdate', stream: 0, increment: 0 }],
      [START, { kind: 'settings', ack: false, values: [[2, 1]] }],
      [START, { kind: 'other', type: 5, stream: 1 }],
      [
        START,
        ...[1, 3].map((last): Incoming => ({ kind: 'goaway', last, code: 'NO_ERROR', debug: '' })),
      ],
    ]
    for (const items of bad) {
      assert.throws(() => check(...items), assert.AssertionError, JSON.stringify(items))
    }
  })

  it('tell an incremental literal from one without indexing', () => {
    const reader = new HpackReader()
    reader.read(literal('x-a', '1', { kind: 'incremental' }))
    reader.read(literal('x-b', '2', { kind: 'never', huffman: true }))
    assert.deepEqual(reader.read(indexed(62)), [['x-a', '1']])
    assert.equal(reader.entries, 1)
  })
})
