import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  RPC_CLOSED_REMEMBERED,
  RPC_GATHERED_BYTES_MAX,
  RPC_HEADER_LIST_BYTES_MAX,
  RPC_HPACK_BLOCKS_BYTES_MAX,
  RPC_STREAMS_MAX,
} from '../../base/index.ts'
import {
  continuation,
  data,
  type ErrorName,
  headers,
  reset,
} from '../conformance/testing/kit/frames.ts'
import {
  block,
  type Field,
  indexed,
  integer,
  literal,
  tableSize,
} from '../conformance/testing/kit/hpack-writer.ts'
import type { Method, ServerCall } from '../index.ts'
import {
  attack,
  fieldsOf,
  inFrames,
  message,
  opening,
  type RawPeer,
  statusOfStream,
} from './testing/index.ts'

const EMPTY = Buffer.alloc(0)
const MESSAGE_BYTES_MAX = 100_000

function whole(stream: number, method = 'Echo', ...extra: readonly Field[]): Buffer {
  return Buffer.concat([
    opening(stream, method, ...extra),
    data(stream, message(EMPTY), { end: true }),
  ])
}

/** The connection of the attacker goes on: its next call is answered. */
async function goesOn(attacker: RawPeer, stream: number): Promise<void> {
  attacker.send(whole(stream))
  assert.equal(await statusOfStream(attacker, stream), '0')
}

describe('header lists that are too large (RPC_HEADER_LIST_BYTES_MAX)', () => {
  const bytes = RPC_HEADER_LIST_BYTES_MAX
  const filler: Field = ['x-large', 'v'.repeat(bytes - 200)]

  it(
    'are answered with 431, and the connection goes on',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const list = block(fieldsOf('Echo', ['x-large', 'v'.repeat(bytes)]))
      attacker.send(headers(1, list.subarray(0, 16_000), { endHeaders: false, end: true }))
      attacker.send(continuation(1, list.subarray(16_000)))
      const head = await attacker.find('headers', ({ stream }) => stream === 1)
      assert.deepEqual(head.fields[0], [':status', '431'])
      await goesOn(attacker, 3)
    }),
  )

  it(
    'one large entry that is named again and again (an HPACK bomb)',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const entry = literal('bomb', 'b'.repeat(4000), { kind: 'incremental' })
      const bomb = Buffer.concat([entry, Buffer.alloc(10_000, indexed(62))])
      for (let i = 0; i < 100; i++) {
        const start = block(fieldsOf('Echo'))
        attacker.send(headers(2 * i + 1, Buffer.concat([start, bomb]), { end: true }))
      }
      await attacker.find('headers', ({ stream }) => stream === 199)
      assert.equal(attacker.of('headers').length, 100)
      assert.ok(attacker.of('headers').every(({ fields }) => fields[0]?.[1] === '431'))
      await goesOn(attacker, 201)
    }),
  )

  it(
    'lists just below it, all different, are not remembered (RPC_HPACK_BLOCKS_BYTES_MAX)',
    attack(async (scene) => {
      assert.ok(filler[1].length > RPC_HPACK_BLOCKS_BYTES_MAX)
      const attacker = await scene.attacker()
      for (let i = 0; i < 200; i++) attacker.send(whole(2 * i + 1, 'Echo', ['x-n', `${i % 50}`]))
      await goesOn(attacker, 401)
    }),
  )
})

describe('header blocks that abuse the table end the connection with COMPRESSION_ERROR', () => {
  const start = block(fieldsOf('Echo'))
  const blocks: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['a size update over the limit', Buffer.concat([tableSize(4097), start])],
    ['a size update of 2^32', Buffer.concat([integer(2 ** 32, 5, 0x20), start])],
    ['size updates without end', Buffer.concat([...Array(5000).fill(tableSize(0)), start])],
    ['a size update behind a field', Buffer.concat([start, tableSize(0)])],
    ['an index beyond the table', Buffer.concat([start, indexed(62)])],
    ['an index of 2^28', Buffer.concat([start, integer(2 ** 28, 7, 0x80)])],
    ['the index 0', Buffer.concat([start, Buffer.from([0x80])])],
    ['an integer that does not end', Buffer.concat([start, Buffer.alloc(1000, 0xff)])],
    ['a string that is longer than its block', Buffer.from([0x00, 0x7f, 0xff, 0x7f])],
    ['Huffman code with EOS', Buffer.from([0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00])],
    ['Huffman code with long padding', Buffer.from([0x00, 0x82, 0x1f, 0xff, 0x00])],
  ]
  for (const [what, bytes] of blocks) {
    it(
      what,
      attack(async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(headers(1, bytes, { end: true }))
        await attacker.expectGoaway('COMPRESSION_ERROR')
      }),
    )
  }

  it(
    'entries that drive out each other, and a table that shrinks and grows, harm nobody',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      for (let i = 0; i < 500; i++) {
        const churn = literal(`n${i}`, 'v'.repeat(i * 10), { kind: 'incremental' })
        const update = i % 3 === 0 ? [tableSize(0), tableSize(4096)] : []
        const bytes = Buffer.concat([...update, block(fieldsOf('Nothing')), churn])
        attacker.send(headers(2 * i + 1, bytes, { end: true }))
      }
      await attacker.find('headers', ({ stream }) => stream === 999)
      await goesOn(attacker, 1001)
    }),
  )
})

describe('frames that break a rule end what the rule is about', () => {
  const cases: readonly (readonly [what: string, code: ErrorName, ...frames: Buffer[]])[] = [
    ['padding as long as DATA', 'PROTOCOL_ERROR', data(1, 'x', { padding: 0, padLength: 2 })],
    ['padding of no DATA at all', 'FRAME_SIZE_ERROR', data(1, EMPTY, { flags: 8 })],
    [
      'padding as long as HEADERS',
      'PROTOCOL_ERROR',
      headers(3, EMPTY, { padding: 0, padLength: 9 }),
    ],
    ['a stream again', 'STREAM_CLOSED', reset(1), opening(1, 'Echo')],
    ['a lower stream', 'STREAM_CLOSED', opening(9, 'Hold'), opening(5, 'Echo')],
    ['an even stream', 'PROTOCOL_ERROR', opening(2, 'Echo')],
    ['the stream 0', 'PROTOCOL_ERROR', opening(0, 'Echo')],
    ['DATA after RST_STREAM', 'STREAM_CLOSED', reset(1), data(1, 'x')],
  ]
  for (const [what, code, ...frames] of cases) {
    it(
      what,
      attack(async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(opening(1, 'EchoAll'), ...frames)
        await attacker.expectGoaway(code)
      }),
    )
  }

  it(
    'RST_STREAM with NO_ERROR cancels the handler as any other does',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(whole(1, 'Hold'), reset(1, 'NO_ERROR'))
      await attacker.roundTrip()
      const [call] = scene.setup.held
      assert.equal(scene.setup.cancelled.length, 1)
      call?.answer(new Uint8Array(1), 0, 1)
      await goesOn(attacker, 3)
    }),
  )
})

describe('more streams than allowed (RPC_STREAMS_MAX)', () => {
  it(
    'are refused, and the others are not',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const count = RPC_STREAMS_MAX + 100
      attacker.send(...Array.from({ length: count }, (_, i) => whole(2 * i + 1, 'Hold')))
      await attacker.roundTrip()
      const refused = attacker.of('reset').filter(({ code }) => code === 'REFUSED_STREAM')
      assert.equal(refused.length, 100)
      assert.equal(scene.setup.held.length, RPC_STREAMS_MAX)
    }),
  )

  it(
    'again and again end the connection',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const count = RPC_STREAMS_MAX + 12_000
      attacker.send(...Array.from({ length: count }, (_, i) => opening(2 * i + 1, 'Hold')))
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'all reset at once, what is under way for them is ignored (RPC_CLOSED_REMEMBERED)',
    attack(async (scene) => {
      assert.ok(RPC_CLOSED_REMEMBERED >= RPC_STREAMS_MAX)
      const client = await scene.attacker()
      const ids = Array.from({ length: 1000 }, (_, i) => 2 * i + 1)
      client.send(...ids.map((id) => opening(id, 'Echo', ['grpc-timeout', '100m'])))
      await scene.pass(500)
      client.send(...ids.map((id) => data(id, message(EMPTY))))
      await goesOn(client, 2001)
    }),
  )
})

describe('messages', () => {
  const refusals: readonly (readonly [what: string, status: string, ...frames: Buffer[]])[] = [
    ['of 4 GiB, announced', '8', data(1, message(EMPTY, { length: 2 ** 32 - 1 }))],
    ['a byte too large', '8', data(1, message(EMPTY, { length: MESSAGE_BYTES_MAX + 1 }))],
    ['cut off', '13', data(1, message(Buffer.alloc(10), { length: 11 }), { end: true })],
    ['with half a prefix', '13', data(1, Buffer.from([0, 0]), { end: true })],
    ['none', '12', data(1, EMPTY, { end: true })],
    ['two', '12', data(1, Buffer.concat([message(EMPTY), message(EMPTY)]), { end: true })],
    ['with a flag of 2', '13', data(1, message(EMPTY, { flag: 2 }))],
    ['compressed, and not said so', '13', data(1, message(gzipSync('x'), { flag: 1 }))],
  ]
  for (const [what, status, ...frames] of refusals) {
    it(
      `${what}: status ${status}, and the connection goes on`,
      attack(async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(opening(1, 'Echo'), ...frames)
        assert.equal(await statusOfStream(attacker, 1), status)
        await goesOn(attacker, 3)
      }),
    )
  }

  it(
    'in part, many at once: as many as fit in RPC_GATHERED_BYTES_MAX',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const part = message(Buffer.alloc(MESSAGE_BYTES_MAX - 10), { length: MESSAGE_BYTES_MAX })
      const count = 500
      for (let i = 0; i < count; i++) {
        attacker.send(opening(2 * i + 1, 'Echo'), ...inFrames(2 * i + 1, part, { end: false }))
      }
      await attacker.roundTrip()
      const refused = attacker.of('headers').filter(({ end }) => end).length
      const fit = RPC_GATHERED_BYTES_MAX / MESSAGE_BYTES_MAX
      assert.ok(refused >= count - fit * 1.1, `${refused} of ${count} were refused`)
      assert.ok(refused <= count - fit / 2.2, 'and no more than had to be')
      // What ends gives its memory back.
      attacker.send(...Array.from({ length: count }, (_, i) => reset(2 * i + 1)).slice(0, 300))
      await goesOn(attacker, 2001)
    }),
  )

  it(
    'whole, but without the end of their request, count as well',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const all = message(Buffer.alloc(MESSAGE_BYTES_MAX))
      for (let i = 0; i < 500; i++) {
        attacker.send(opening(2 * i + 1, 'Echo'), ...inFrames(2 * i + 1, all, { end: false }))
      }
      await attacker.roundTrip()
      assert.ok(attacker.of('headers').filter(({ end }) => end).length > 100)
    }),
  )

  const paused: ServerCall[] = []
  const pauses: Method = {
    kind: 'stream',
    path: '/test.Test/Pauses',
    open: (call) => {
      call.pause()
      paused.push(call)
      return { message: () => {}, ended: () => call.end(), writable: () => {}, cancelled: () => {} }
    },
  }

  it(
    'that are empty, to a handler that has paused, cost what they take in memory',
    attack(
      async (scene) => {
        const attacker = await scene.attacker()
        const tiny = Buffer.alloc(16_380)
        attacker.send(opening(1, 'Pauses'), ...Array.from({ length: 64 }, () => data(1, tiny)))
        assert.equal(await statusOfStream(attacker, 1), '8')
        attacker.send(opening(3, 'Pauses'), ...Array.from({ length: 40 }, () => data(3, tiny)))
        attacker.send(data(3, EMPTY, { end: true }))
        await attacker.roundTrip()
        for (const call of paused) call.resume()
        assert.equal(await statusOfStream(attacker, 3), '0')
      },
      { methods: [pauses] },
    ),
  )

  it(
    'gzip bombs are not inflated beyond what a message may have',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const bomb = message(gzipSync(Buffer.alloc(50 * 1024 * 1024)), { flag: 1 })
      for (let i = 0; i < 20; i++) {
        attacker.send(opening(2 * i + 1, 'Echo', ['grpc-encoding', 'gzip']))
        attacker.send(...inFrames(2 * i + 1, bomb, { end: true }))
      }
      for (let i = 0; i < 20; i++) assert.equal(await statusOfStream(attacker, 2 * i + 1), '8')
      await goesOn(attacker, 101)
    }),
  )

  it(
    'what is called gzip and is none',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const cut = gzipSync('a text that is long enough').subarray(0, 20)
      for (const [i, bytes] of [EMPTY, Buffer.from('no'), cut].entries()) {
        attacker.send(opening(2 * i + 1, 'Echo', ['grpc-encoding', 'gzip']))
        attacker.send(data(2 * i + 1, message(bytes, { flag: 1 }), { end: true }))
        assert.notEqual(await statusOfStream(attacker, 2 * i + 1), '0')
      }
      await goesOn(attacker, 101)
    }),
  )

  it(
    'octets that are no UTF-8 in a path, in metadata and in a message harm nobody',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const bad = '\xff\xfe\xc0\x80\xed\xa0\x80'
      const path: Field[] = fieldsOf('Echo').map(([name, value]) => [
        name,
        name === ':path' ? `/${bad}/${bad}` : value,
      ])
      attacker.send(headers(1, block(path), { end: true }))
      assert.equal(await statusOfStream(attacker, 1), '12')
      attacker.send(whole(3, 'Echo', ['x-bad', bad], ['y-bin', bad]))
      assert.equal(await statusOfStream(attacker, 3), '0')
      const bytes = message(Buffer.from(bad, 'latin1'))
      attacker.send(opening(5, 'Echo'), data(5, bytes, { end: true }))
      assert.equal(await statusOfStream(attacker, 5), '0')
      assert.deepEqual(attacker.of('data').at(-1)?.bytes, bytes)
    }),
  )

  it(
    'of more than the window of a stream end it',
    attack(
      async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(opening(1, 'Pauses'))
        const one = message(Buffer.alloc(MESSAGE_BYTES_MAX))
        const body = Buffer.concat(Array.from({ length: 11 }, () => one))
        attacker.send(...inFrames(1, body, { end: false }))
        await attacker.find('reset', ({ code }) => code === 'FLOW_CONTROL_ERROR')
        await goesOn(attacker, 3)
      },
      { methods: [pauses] },
    ),
  )
})

describe('many connections', () => {
  it(
    'a thousand that say nothing after their preface disturb nobody, and stay',
    attack(async (scene) => {
      const idle = []
      for (let i = 0; i < 1000; i++) idle.push(scene.attacker())
      await Promise.all(idle)
      for (let i = 0; i < 5; i++) {
        await scene.pass(30_000)
        await scene.expectService()
      }
      assert.equal(scene.setup.server.connections, 1001)
    }),
  )
})
