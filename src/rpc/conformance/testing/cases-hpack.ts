/** Group "hpack": what a decoder must take and refuse (RFC 7541), and our encoder must send. */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, connectionError, served } from './case-makers.ts'
import { continuation, data, headers } from './kit/frames.ts'
import {
  block,
  indexed,
  integer,
  type LiteralOptions,
  literal,
  tableSize,
  text,
} from './kit/hpack-writer.ts'
import { bitsToBytes, CODES, EOS, huffmanBits } from './kit/huffman.ts'
import { message, type RawClient } from './kit/raw-client.ts'
import { STATIC_TABLE } from './kit/static-table.ts'

/** The newest entry of the dynamic table (§2.3.3). */
const NEWEST = STATIC_TABLE.length + 1

/** A good request with these octets behind its fields. */
function withBlock(peer: RawClient, stream: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([
    headers(stream, Buffer.concat([peer.block(), ...parts])),
    data(stream, BODY, { end: true }),
  ])
}

/** A good request with these octets before its fields. */
function behind(peer: RawClient, stream: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([
    headers(stream, Buffer.concat([...parts, peer.block()])),
    data(stream, BODY, { end: true }),
  ])
}

/** Octets of a header block that no decoder may take. */
function undecodable(id: string, title: string, ...parts: readonly Buffer[]): ServerCase {
  return connectionError(`RFC7541 ${id}`, title, {
    codes: ['COMPRESSION_ERROR'],
    send: (peer) => [withBlock(peer, 1, ...parts)],
  })
}

/** Octets of a header block that every decoder takes. */
function decodable(id: string, title: string, ...parts: readonly Buffer[]): ServerCase {
  return served(`RFC7541 ${id}`, title, { send: (peer) => [withBlock(peer, 1, ...parts)] })
}

const KINDS = ['incremental', 'without', 'never'] as const

const SECTIONS = { incremental: '§6.2.1', without: '§6.2.2', never: '§6.2.3' } as const

const LITERALS: readonly ServerCase[] = KINDS.flatMap((kind) =>
  [false, true].flatMap((huffman) => {
    const options: LiteralOptions = { kind, huffman }
    const how = huffman ? ', in Huffman code' : ''
    const id = `${SECTIONS[kind]}/${kind}${huffman ? '-huffman' : ''}`
    return [
      decodable(`${id}-indexed`, `a name of the table${how}`, literal(58, 'agent', options)),
      decodable(`${id}-new`, `a new name${how}`, literal('x-new', 'value', options)),
    ]
  }),
)

/** Fields of the static table that mean nothing to a request like ours. */
const HARMLESS: readonly number[] = STATIC_TABLE.flatMap(([name], at) =>
  /^:|^(content-length|content-type|content-encoding|host|transfer-encoding|expect)$/.test(name)
    ? []
    : [at + 1],
)

const INDEXED: readonly ServerCase[] = [
  decodable('§6.1/static', 'fields of the static table', ...HARMLESS.map((at) => indexed(at))),
  decodable(
    '§6.2/static-names',
    'names of the static table',
    ...HARMLESS.map((at) => literal(at, 'v')),
  ),
  undecodable('§6.1/zero', 'index 0', indexed(0)),
  undecodable('§2.3.3/beyond', 'an index right behind both tables', indexed(NEWEST)),
  undecodable('§2.3.3/far-beyond', 'an index far behind both tables', indexed(100_000)),
  ...KINDS.map((kind) =>
    undecodable(
      `§2.3.3/name-beyond-${kind}`,
      `a name with an index behind both tables, ${kind}`,
      literal(NEWEST, 'value', { kind }),
    ),
  ),
]

/** Requests after one another on a connection; each must be answered. */
function inTurn(
  id: string,
  title: string,
  requests: readonly ((peer: RawClient, stream: number) => Buffer)[],
): ServerCase {
  return {
    id: `RFC7541 ${id}`,
    title,
    run: async (peer) => {
      for (const [at, request] of requests.entries()) {
        peer.send(request(peer, 2 * at + 1))
        await peer.expectEcho(2 * at + 1)
      }
    },
  }
}

/** Requests that are answered, and a last one whose block refers to what is not there any more. */
function thenUndecodable(
  id: string,
  title: string,
  requests: readonly ((peer: RawClient, stream: number) => Buffer)[],
): ServerCase {
  return {
    id: `RFC7541 ${id}`,
    title,
    run: async (peer) => {
      for (const [at, request] of requests.entries()) {
        peer.send(request(peer, 2 * at + 1))
        if (at < requests.length - 1) await peer.expectEcho(2 * at + 1)
      }
      await peer.expectConnectionError('COMPRESSION_ERROR')
    },
  }
}

type Request = (peer: RawClient, stream: number) => Buffer

/** These octets behind the fields of a request. */
function after(...parts: readonly Buffer[]): Request {
  return (peer, stream) => withBlock(peer, stream, ...parts)
}

/** These octets before the fields of a request. */
function first(...parts: readonly Buffer[]): Request {
  return (peer, stream) => behind(peer, stream, ...parts)
}

/** An entry of exactly 64 octets (§4.1): 32 of name and value, 32 of overhead. */
function insert64(name: string): Buffer {
  return literal(name.padEnd(8, '-'), 'v'.repeat(24), { kind: 'incremental' })
}

const TABLE: readonly ServerCase[] = [
  inTurn('§2.3.2/kept', 'an entry of the dynamic table lasts from request to request', [
    after(literal('x-kept', 'kept', { kind: 'incremental' })),
    after(indexed(NEWEST)),
    after(literal(NEWEST, 'other')),
  ]),
  inTurn('§2.3.2/duplicates', 'the same entry may be in the table twice', [
    after(insert64('x-a'), insert64('x-a')),
    after(indexed(NEWEST), indexed(NEWEST + 1)),
  ]),
  inTurn('§2.3.2/used-in-its-block', 'an entry can be used within the block that made it', [
    after(insert64('x-a'), indexed(NEWEST), insert64('x-b'), indexed(NEWEST), indexed(NEWEST + 1)),
  ]),
  {
    id: 'RFC7541 §2.3.2/first-in-first-out',
    title: 'the newest entry has the lowest index: a content-length tells which one was meant',
    run: async (peer) => {
      const right = literal(28, String(BODY.length), { kind: 'incremental' })
      // The entry with the wrong length is put in as a field of another name.
      peer.send(withBlock(peer, 1, literal('x-length', '1', { kind: 'incremental' }), right))
      await peer.expectEcho(1)
      peer.send(withBlock(peer, 3, indexed(NEWEST), indexed(NEWEST + 1)))
      await peer.expectEcho(3)
      peer.send(withBlock(peer, 5, literal(NEWEST, String(BODY.length + 1))))
      await peer.expectMalformed(5)
    },
  },
  {
    id: 'RFC7541 §2.3.3/same-octets-other-meaning',
    title: 'the same octets mean something else when the table has changed between them',
    run: async (peer) => {
      const [right, wrong] = [BODY.length, BODY.length + 1].map((length) =>
        literal(28, String(length), { kind: 'incremental' }),
      )
      assert.ok(right !== undefined && wrong !== undefined)
      peer.send(withBlock(peer, 1, right))
      await peer.expectEcho(1)
      for (const stream of [3, 5, 7]) {
        peer.send(withBlock(peer, stream, indexed(NEWEST)))
        await peer.expectEcho(stream)
      }
      const longer = message(BODY.length + 1 - 5)
      peer.send(headers(9, Buffer.concat([peer.block(), wrong])), data(9, longer, { end: true }))
      await peer.expectEcho(9, longer)
      peer.send(withBlock(peer, 11, indexed(NEWEST)))
      await peer.expectMalformed(11)
      if (peer.over) return
      peer.send(withBlock(peer, 13, indexed(NEWEST + 1)))
      await peer.expectEcho(13)
    },
  },
  inTurn('§2.3.2/same-octets-insert-again', 'the same octets insert an entry every time', [
    after(insert64('x-a')),
    after(insert64('x-a')),
    after(insert64('x-a')),
    after(indexed(NEWEST), indexed(NEWEST + 1), indexed(NEWEST + 2)),
  ]),
  thenUndecodable('§2.3.2/same-octets-and-no-more', 'and no more than one entry', [
    after(insert64('x-a')),
    after(insert64('x-a')),
    after(indexed(NEWEST + 2)),
  ]),
  thenUndecodable('§4.3/same-octets-after-eviction', 'octets that were good before an eviction', [
    after(insert64('x-a')),
    after(indexed(NEWEST)),
    after(indexed(NEWEST)),
    first(tableSize(0), tableSize(4096)),
    after(indexed(NEWEST)),
  ]),
  thenUndecodable('§6.2.2/not-inserted', 'a literal without indexing enters no table', [
    after(literal('x-not', 'there', { kind: 'without' })),
    after(indexed(NEWEST)),
  ]),
  thenUndecodable('§6.2.3/not-inserted', 'a literal that is never indexed enters no table', [
    after(literal('x-not', 'there', { kind: 'never' })),
    after(indexed(NEWEST)),
  ]),
  inTurn('§4.1/exactly-full', 'two entries of 64 octets fit into a table of 128', [
    withTable(128, insert64('x-a'), insert64('x-b')),
    after(indexed(NEWEST), indexed(NEWEST + 1)),
  ]),
  thenUndecodable('§4.1/one-less', 'they do not fit into a table of 127', [
    withTable(127, insert64('x-a'), insert64('x-b')),
    after(indexed(NEWEST + 1)),
  ]),
  inTurn('§4.4/evicted-oldest', 'a third entry evicts the oldest and leaves the others', [
    withTable(128, insert64('x-a'), insert64('x-b'), insert64('x-c')),
    after(indexed(NEWEST), indexed(NEWEST + 1)),
  ]),
  thenUndecodable('§4.4/evicted-is-gone', 'an entry that was evicted cannot be used', [
    withTable(128, insert64('x-a'), insert64('x-b'), insert64('x-c')),
    after(indexed(NEWEST + 2)),
  ]),
  inTurn('§4.4/name-of-evicted', 'an entry may take its name from the one it evicts', [
    withTable(64, insert64('x-a')),
    after(literal(NEWEST, 'w'.repeat(24), { kind: 'incremental' }), indexed(NEWEST)),
    after(indexed(NEWEST)),
  ]),
  inTurn('§4.4/too-large', 'an entry larger than the table empties it and is no error', [
    withTable(64, insert64('x-a'), literal('x-large', 'v'.repeat(100), { kind: 'incremental' })),
    after(insert64('x-b')),
    after(indexed(NEWEST)),
  ]),
  thenUndecodable('§4.4/too-large-empties', 'after an entry larger than the table it is empty', [
    withTable(64, insert64('x-a'), literal('x-large', 'v'.repeat(100), { kind: 'incremental' })),
    after(indexed(NEWEST)),
  ]),
  inTurn('§4.4/many', 'a table through which many entries have gone keeps the last ones', [
    ...Array.from({ length: 10 }, (_, round) =>
      after(...Array.from({ length: 30 }, (_, at) => insert64(`x-${round}-${at}`))),
    ),
    after(...Array.from({ length: 64 }, (_, at) => indexed(NEWEST + at))),
  ]),
]

/** A request whose block sets the size of the table first. */
function withTable(size: number, ...parts: readonly Buffer[]): Request {
  return (peer, stream) =>
    Buffer.concat([
      headers(stream, Buffer.concat([tableSize(size), peer.block(), ...parts])),
      data(stream, BODY, { end: true }),
    ])
}

const SIZE_UPDATES: readonly ServerCase[] = [
  inTurn('§6.3/smaller', 'a size update at the start of a block', [withTable(128)]),
  inTurn('§6.3/same', 'a size update to what the size is', [withTable(4096), withTable(4096)]),
  inTurn('§4.2/two', 'two size updates at the start of a block', [
    first(tableSize(0), tableSize(4096)),
    withTable(4096, insert64('x-a')),
    after(indexed(NEWEST)),
  ]),
  undecodable('§4.2/behind-a-field', 'a size update behind a field', tableSize(128)),
  undecodable(
    '§4.2/like-a-literal',
    'a size update behind a field, with octets behind it that would make it a literal',
    tableSize(0),
    text('x-name'),
    text('value'),
  ),
  connectionError('RFC7541 §4.2/in-the-middle', 'a size update between two fields', {
    codes: ['COMPRESSION_ERROR'],
    send: (peer) => {
      const all = peer.fields()
      const fields = [block(all.slice(0, 3)), tableSize(64), block(all.slice(3))]
      return [headers(1, Buffer.concat(fields)), data(1, BODY, { end: true })]
    },
  }),
  connectionError('RFC7541 §6.3/too-large', 'a size update above what the server allows', {
    codes: ['COMPRESSION_ERROR'],
    send: (peer) => [behind(peer, 1, tableSize((peer.announced('headerTableSize') ?? 4096) + 1))],
  }),
  connectionError('RFC7541 §6.3/huge', 'a size update to 2^32', {
    codes: ['COMPRESSION_ERROR'],
    send: (peer) => [behind(peer, 1, tableSize(2 ** 32))],
  }),
  thenUndecodable('§4.3/to-zero', 'a size update to 0 evicts all entries', [
    after(insert64('x-a')),
    first(tableSize(0), tableSize(4096)),
    after(indexed(NEWEST)),
  ]),
  thenUndecodable('§4.3/shrunk', 'a smaller table evicts the oldest entries', [
    after(insert64('x-a'), insert64('x-b')),
    withTable(64),
    after(indexed(NEWEST + 1)),
  ]),
  inTurn('§4.3/shrunk-keeps', 'a smaller table keeps the newest entries', [
    after(insert64('x-a'), insert64('x-b')),
    withTable(64),
    after(indexed(NEWEST)),
  ]),
]

/** A literal without indexing: a name in plain text, and these octets as its value. */
function valueOctets(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0x00]), text('x-value'), ...parts])
}

function huffmanValue(octets: Buffer): Buffer {
  return valueOctets(integer(octets.length, 7, 0x80), octets)
}

const ENDLESS = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])

const PRIMITIVES: readonly ServerCase[] = [
  undecodable('§5.1/overflow-index', 'an index that does not end', ENDLESS),
  undecodable(
    '§5.1/overflow-size',
    'a string length beyond all numbers',
    valueOctets(Buffer.concat([Buffer.from([0x7f]), ENDLESS, Buffer.from([0x01])])),
  ),
  undecodable(
    '§5.1/overflow-32',
    'an index that would be a small one modulo 2^32',
    // 127 + 4294967171 is 2^32 + 2, which is :method GET to a decoder that lets it wrap.
    integer(2 ** 32 + 2, 7, 0x80),
  ),
  undecodable('§5.1/overflow-64', 'an index that would be small modulo 2^64', wrapped64()),
  undecodable('§5.1/truncated', 'an integer that is cut off', Buffer.from([0xff, 0x80])),
  undecodable('§5.1/truncated-name', 'an index of a name that is cut off', Buffer.from([0x0f])),
  decodable('§5.1/two-octets', 'a length in two octets', literal('x-long', 'v'.repeat(127))),
  decodable('§5.1/three-octets', 'a length in three octets', literal('x-long', 'v'.repeat(300))),
  undecodable('§5.2/no-value', 'a literal without its value', Buffer.from([0x00, 0x01, 0x61])),
  undecodable('§5.2/no-name', 'a literal without its name', Buffer.from([0x40])),
  undecodable(
    '§5.2/value-cut-off',
    'a value that is longer than the block',
    valueOctets(integer(10, 7), Buffer.from('short')),
  ),
  undecodable(
    '§5.2/name-cut-off',
    'a name that is longer than the block',
    Buffer.concat([Buffer.from([0x00]), integer(1000, 7), Buffer.from('short')]),
  ),
  undecodable(
    '§5.2/huffman-cut-off',
    'a Huffman string that is longer than the block',
    valueOctets(integer(10, 7, 0x80), bitsToBytes(huffmanBits('short'))),
  ),
  undecodable(
    '§5.2/padding-of-8',
    'a Huffman string with 8 bits of padding',
    huffmanValue(Buffer.concat([bitsToBytes(huffmanBits('abcdefgh')), Buffer.from([0xff])])),
  ),
  undecodable(
    '§5.2/padding-of-30',
    'a Huffman string with a whole EOS as padding',
    huffmanValue(bitsToBytes(`${huffmanBits('a')}${CODES[EOS]}`)),
  ),
  undecodable(
    '§5.2/padding-zeros',
    'a Huffman string padded with zeros',
    huffmanValue(bitsToBytes(huffmanBits('a'), '0000000')),
  ),
  undecodable(
    '§5.2/padding-one-zero',
    'a Huffman string whose padding has one zero, at its end',
    huffmanValue(bitsToBytes(huffmanBits('a'), '110')),
  ),
  undecodable(
    '§5.2/eos',
    'EOS within a Huffman string',
    huffmanValue(bitsToBytes(`${huffmanBits('a')}${CODES[EOS]}${huffmanBits('b')}`)),
  ),
  undecodable(
    '§5.2/eos-in-name',
    'EOS within a name in Huffman code',
    (() => {
      const octets = bitsToBytes(`${huffmanBits('x')}${CODES[EOS]}`)
      return Buffer.concat([
        Buffer.from([0x00]),
        integer(octets.length, 7, 0x80),
        octets,
        text('v'),
      ])
    })(),
  ),
  decodable('§5.2/huffman-empty', 'an empty Huffman string', huffmanValue(Buffer.alloc(0))),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((more) => {
    // Codes of 5 bits: eight lengths give every number of bits of padding from 0 to 7.
    const value = '0'.repeat(8 + more)
    const bits = (8 - ((5 * value.length) % 8)) % 8
    return decodable(
      `§5.2/huffman-padding-${bits}`,
      `a Huffman string with ${bits} bits of padding`,
      huffmanValue(bitsToBytes(huffmanBits(value))),
    )
  }),
  decodable(
    '§5.2/huffman-all',
    'a Huffman string with every octet that a value may have',
    literal('x-all', allowedOctets(), { huffman: true }),
  ),
]

/** 127, and continuation octets that add 2^64 - 125: together 2 in arithmetic modulo 2^64. */
function wrapped64(): Buffer {
  const octets = [0xff]
  let rest = 2n ** 64n - 125n
  while (rest >= 128n) {
    octets.push(Number(rest % 128n) + 128)
    rest /= 128n
  }
  return Buffer.from([...octets, Number(rest)])
}

function allowedOctets(): string {
  const octets = Array.from({ length: 256 }, (_, octet) => octet)
  const allowed = octets.filter((octet) => octet === 9 || (octet >= 32 && octet !== 127))
  return `a${String.fromCharCode(...allowed)}z`
}

const BLOCKS: readonly ServerCase[] = [
  {
    id: 'RFC7541 §3.1/cut-anywhere',
    title: 'a block may be cut between frames at every octet',
    run: async (peer) => {
      const parts = [
        peer.block(),
        literal('x-huffman', 'compressed', { kind: 'incremental', huffman: true }),
        literal('x-long', 'v'.repeat(150)),
      ]
      const whole = Buffer.concat(parts)
      for (let cut = 1; cut < whole.length; cut += 3) {
        const stream = 2 * cut + 1
        peer.send(
          headers(stream, whole.subarray(0, cut), { endHeaders: false }),
          continuation(stream, whole.subarray(cut)),
          data(stream, BODY, { end: true }),
        )
        await peer.expectEcho(stream)
      }
    },
  },
  {
    id: 'RFC7541 §2.3/one-table',
    title: 'all streams share one table, trailers included',
    run: async (peer) => {
      const inserted = literal('x-checksum', '42', { kind: 'incremental' })
      peer.send(peer.opening(1), data(1, BODY), headers(1, inserted, { end: true }))
      await peer.expectEcho(1)
      peer.send(withBlock(peer, 3, indexed(NEWEST)))
      await peer.expectEcho(3)
    },
  },
  {
    id: 'RFC7541 §2.2/answers-readable',
    title: 'the header blocks of a hundred answers can be decoded one after the other',
    run: async (peer) => {
      for (let stream = 1; stream < 200; stream += 2) {
        const value = `${stream}`.repeat(stream % 7)
        peer.send(withBlock(peer, stream, literal('x-changing', value, { kind: 'incremental' })))
        await peer.expectEcho(stream)
      }
      assert.ok(peer.reader.hpack.size <= 4096)
    },
  },
]

export const HPACK_CASES: readonly ServerCase[] = [
  ...LITERALS,
  ...INDEXED,
  ...TABLE,
  ...SIZE_UPDATES,
  ...PRIMITIVES,
  ...BLOCKS,
]
