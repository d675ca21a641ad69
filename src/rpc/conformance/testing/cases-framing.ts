/** Group "http2": preface, frame header, frame size, header blocks (RFC 9113 §3, §4, §5.5). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, connectionError, ignored, served, streamError } from './case-makers.ts'
import {
  continuation,
  data,
  FLAG,
  FRAME_SIZE_INITIAL,
  frame,
  headers,
  PREFACE,
  ping,
  priority,
  reset,
  setting,
  settings,
  TYPE,
  u32,
  windowUpdate,
} from './kit/frames.ts'
import { literal } from './kit/hpack-writer.ts'
import { message, type RawClient } from './kit/raw-client.ts'

/** What is no HTTP/2 may be refused in silence, or in another protocol (§3.4). */
function notHttp2(id: string, title: string, octets: Buffer): ServerCase {
  return {
    id,
    title,
    begin: 'connected',
    after: 'fresh',
    run: async (peer) => {
      peer.expectAnything()
      peer.send(octets)
      peer.end()
      await peer.expectClosed()
    },
  }
}

/** After a good start of the preface, the wrong thing: an error, of which GOAWAY is optional. */
function wrongPreface(id: string, title: string, first: (peer: RawClient) => Buffer): ServerCase {
  return {
    id,
    title,
    begin: 'connected',
    after: 'fresh',
    run: async (peer) => {
      peer.send(PREFACE, first(peer))
      await peer.expectClosed()
      const goaway = peer.log.find((item) => item.kind === 'goaway')
      if (goaway?.kind === 'goaway') assert.equal(goaway.code, 'PROTOCOL_ERROR')
      const answered = peer.log.some((item) => item.kind === 'headers')
      assert.ok(!answered, 'nothing is served before SETTINGS')
    },
  }
}

const PREFACES: readonly ServerCase[] = [
  notHttp2(
    'RFC9113 §3.4/wrong-octets',
    'a preface with a wrong octet at its end is refused',
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r', 'latin1'),
  ),
  notHttp2(
    'RFC9113 §3.4/garbage',
    'octets that are no preface are refused',
    Buffer.from('\u0016\u0000\u00ffINVALID CONNECTION PREFACE\r\n\r\n', 'latin1'),
  ),
  notHttp2(
    'RFC9113 §3.4/truncated',
    'a connection that ends within the preface is closed',
    PREFACE.subarray(0, 11),
  ),
  wrongPreface('RFC9113 §3.4/ping-first', 'a preface without SETTINGS is refused: PING', () =>
    ping('early'),
  ),
  wrongPreface(
    'RFC9113 §3.4/headers-first',
    'a preface without SETTINGS is refused: HEADERS',
    (peer) => peer.request(1),
  ),
  wrongPreface(
    'RFC9113 §3.4/window-update-first',
    'a preface without SETTINGS is refused: WINDOW_UPDATE',
    () => windowUpdate(0, 1000),
  ),
]

const UNKNOWN_TYPES: readonly ServerCase[] = [
  ignored('RFC9113 §4.1/unknown-type', 'a frame of unknown type is ignored', {
    send: () => [frame({ type: 0x16, flags: 0xff, payload: Buffer.from('anything at all') })],
  }),
  ignored('RFC9113 §4.1/unknown-type-idle', 'a frame of unknown type may name an idle stream', {
    send: () => [frame({ type: 0xff, stream: 77, payload: Buffer.alloc(100, 1) })],
  }),
  ignored('RFC9113 §4.1/unknown-type-largest', 'a frame of unknown type may be as large as any', {
    send: () => [frame({ type: 0x42, payload: Buffer.alloc(FRAME_SIZE_INITIAL, 7) })],
  }),
  served('RFC9113 §5.5/unknown-type-open', 'a frame of unknown type on an open stream is ignored', {
    send: (peer) => [
      peer.opening(1),
      frame({ type: 0x0b, flags: 0x1, stream: 1, payload: Buffer.from('x') }),
      data(1, BODY.subarray(0, 2)),
      frame({ type: 0xf0, stream: 1 }),
      data(1, BODY.subarray(2), { end: true }),
    ],
  }),
  connectionError('RFC9113 §5.5/in-block', 'a frame of unknown type within a header block', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [
      headers(1, peer.block().subarray(0, 8), { endHeaders: false }),
      frame({ type: 0x0b, stream: 1, payload: Buffer.from('x') }),
      continuation(1, peer.block().subarray(8)),
    ],
  }),
]

/** Every flag without a meaning for HEADERS: 0x02, 0x10, 0x40 and 0x80. */
const UNUSED = 0xd2

const FLAGS_AND_BITS: readonly ServerCase[] = [
  served('RFC9113 §4.1/flags-headers', 'unused flags of HEADERS and CONTINUATION are ignored', {
    send: (peer) => [
      headers(1, peer.block().subarray(0, 8), { endHeaders: false, flags: UNUSED }),
      continuation(1, peer.block().subarray(8), { flags: 0xfb & ~FLAG.endHeaders }),
      data(1, BODY, { end: true }),
    ],
  }),
  served('RFC9113 §4.1/flags-data', 'unused flags of DATA are ignored', {
    send: (peer) => [peer.opening(1), data(1, BODY, { end: true, flags: 0xf6 })],
  }),
  {
    id: 'RFC9113 §4.1/flags-ping',
    title: 'unused flags of PING are ignored, and not sent back',
    run: async (peer) => {
      const payload = Buffer.from('flags   ')
      peer.send(frame({ type: TYPE.ping, flags: 0xfe, payload }))
      assert.equal((await peer.find('ping', ({ ack }) => ack)).text, 'flags   ')
    },
  },
  {
    id: 'RFC9113 §4.1/flags-settings',
    title: 'unused flags of SETTINGS are ignored',
    run: async (peer) => {
      peer.send(frame({ type: TYPE.settings, flags: 0xfe }))
      await peer.find('settings', ({ ack }) => ack)
    },
  },
  served('RFC9113 §4.1/flags-others', 'flags of frames that define none are ignored', {
    send: (peer) => [
      frame({ type: TYPE.windowUpdate, flags: 0xff, payload: u32(5) }),
      frame({ type: TYPE.priority, flags: 0xff, stream: 9, payload: Buffer.alloc(5) }),
      peer.opening(1),
      frame({ type: TYPE.windowUpdate, flags: 0xff, stream: 1, payload: u32(5) }),
      data(1, BODY, { end: true }),
    ],
  }),
  {
    id: 'RFC9113 §4.1/flags-reset',
    title: 'flags of RST_STREAM are ignored',
    run: async (peer) => {
      peer.send(peer.opening(1))
      peer.send(frame({ type: TYPE.reset, flags: 0xff, stream: 1, payload: u32(8) }))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §4.1/reserved-ping',
    title: 'the reserved bit of a frame of the connection is ignored',
    run: async (peer) => {
      peer.send(frame({ type: TYPE.ping, reserved: true, payload: Buffer.from('reserved') }))
      assert.equal((await peer.find('ping', ({ ack }) => ack)).text, 'reserved')
    },
  },
  served('RFC9113 §4.1/reserved-stream', 'the reserved bit of frames of a stream is ignored', {
    send: (peer) => {
      const all = peer.block()
      const flags = FLAG.endHeaders
      return [
        frame({ type: TYPE.headers, stream: 1, reserved: true, payload: all.subarray(0, 9) }),
        frame({ type: TYPE.continuation, flags, stream: 1, payload: all.subarray(9) }),
        frame({ type: TYPE.data, flags: FLAG.endStream, stream: 1, reserved: true, payload: BODY }),
      ]
    },
  }),
  served('RFC9113 §6.9/reserved-increment', 'the reserved bit of an increment is ignored', {
    send: (peer) => [
      frame({ type: TYPE.windowUpdate, payload: u32(2 ** 31 + 10) }),
      peer.request(1),
    ],
  }),
]

/** A frame one octet larger than what the server takes. */
function oversized(peer: RawClient, type: number, stream: number): Buffer {
  const size = (peer.announced('maxFrameSize') ?? FRAME_SIZE_INITIAL) + 1
  return frame({ type, stream, payload: Buffer.alloc(size) })
}

const SIZES: readonly ServerCase[] = [
  {
    id: 'RFC9113 §4.2/largest-data',
    title: 'DATA of 2^14 octets is taken',
    run: async (peer) => {
      const body = message(2 * FRAME_SIZE_INITIAL - 5)
      assert.equal(body.length, 2 * FRAME_SIZE_INITIAL)
      peer.send(peer.request(1, body))
      await peer.expectEcho(1, body)
    },
  },
  {
    id: 'RFC9113 §4.2/largest-headers',
    title: 'HEADERS of 2^14 octets is processed, even if the request is then refused',
    run: async (peer) => {
      const start = peer.block()
      const filler = literal('x-filler', 'f'.repeat(FRAME_SIZE_INITIAL - start.length - 13))
      const whole = Buffer.concat([start, filler])
      assert.equal(whole.length, FRAME_SIZE_INITIAL)
      peer.send(headers(1, whole), data(1, BODY, { end: true }))
      // A header section may be larger than the server likes (§10.5.1), a frame of this size not.
      await peer.find('headers', ({ stream, end }) => stream === 1 && end)
    },
  },
  streamError('RFC9113 §4.2/data', 'DATA that exceeds SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer) => [peer.opening(1), oversized(peer, TYPE.data, 1)],
  }),
  connectionError('RFC9113 §4.2/headers', 'HEADERS that exceeds SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer) => [oversized(peer, TYPE.headers, 1)],
  }),
  connectionError('RFC9113 §4.2/continuation', 'CONTINUATION exceeding SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer) => [
      headers(1, peer.block(), { endHeaders: false }),
      oversized(peer, TYPE.continuation, 1),
    ],
    node: 'nghttp2 takes CONTINUATION of any size; §4.2 wants FRAME_SIZE_ERROR for it as well.',
  }),
  connectionError('RFC9113 §4.2/settings', 'SETTINGS that exceeds SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer) => [oversized(peer, TYPE.settings, 0)],
  }),
  connectionError('RFC9113 §4.2/unknown', 'a frame of unknown type that is too large', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer) => [oversized(peer, 0x77, 0)],
  }),
  connectionError('RFC9113 §4.2/announced', 'a frame is too large as soon as it says so', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.headers, stream: 1, length: 2 ** 24 - 1 })],
  }),
  connectionError('RFC9113 §4.2/short-priority-fields', 'HEADERS too short for its priority', {
    codes: ['FRAME_SIZE_ERROR', 'PROTOCOL_ERROR'],
    send: () => [
      frame({ type: TYPE.headers, flags: 0x24, stream: 1, payload: Buffer.from([0, 0, 0, 0]) }),
    ],
  }),
  connectionError('RFC9113 §4.2/no-pad-length', 'HEADERS too short for its Pad Length', {
    codes: ['FRAME_SIZE_ERROR', 'PROTOCOL_ERROR'],
    send: () => [frame({ type: TYPE.headers, flags: 0x0c, stream: 1 })],
  }),
  streamError('RFC9113 §4.2/data-no-pad-length', 'DATA too short for its Pad Length', {
    codes: ['FRAME_SIZE_ERROR', 'PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), frame({ type: TYPE.data, flags: 0x08, stream: 1 })],
  }),
]

/** A block is open on stream 1; only its CONTINUATION may follow (§4.3, §6.2, §6.10). */
function interrupted(name: string, intruder: (peer: RawClient) => Buffer): ServerCase {
  return connectionError(
    `RFC9113 §4.3/${name.toLowerCase().replaceAll(/\W+/g, '-')}`,
    `an unfinished header block followed by ${name}`,
    {
      codes: ['PROTOCOL_ERROR'],
      send: (peer) => [
        headers(1, peer.block().subarray(0, 10), { endHeaders: false }),
        intruder(peer),
        continuation(1, peer.block().subarray(10)),
        data(1, BODY, { end: true }),
      ],
    },
  )
}

const BLOCKS: readonly ServerCase[] = [
  interrupted('DATA of its stream', () => data(1, BODY)),
  interrupted('HEADERS of another stream', (peer) => peer.opening(3)),
  interrupted('HEADERS of its stream', (peer) => headers(1, peer.block())),
  interrupted('PRIORITY of its stream', () => priority(1, { on: 0 })),
  interrupted('RST_STREAM of its stream', () => reset(1)),
  interrupted('SETTINGS', () => settings()),
  interrupted('PING', () => ping('intrude')),
  interrupted('WINDOW_UPDATE', () => windowUpdate(0, 1)),
  interrupted('CONTINUATION of another stream', () => continuation(3, Buffer.alloc(0))),
  interrupted('GOAWAY', () => frame({ type: TYPE.goaway, payload: Buffer.alloc(8) })),
  connectionError('RFC9113 §4.3/undecodable', 'a header block that cannot be decoded', {
    codes: ['COMPRESSION_ERROR'],
    send: () => [headers(1, Buffer.from([0x40, 0xff, 0xff, 0xff, 0xff, 0xff]), { end: true })],
  }),
  connectionError('RFC9113 §4.3/undecodable-trailers', 'trailers that cannot be decoded', {
    codes: ['COMPRESSION_ERROR'],
    send: (peer) => [
      peer.opening(1),
      data(1, BODY),
      headers(1, Buffer.from([0x80]), { end: true }),
    ],
  }),
  connectionError(
    'RFC9113 §4.3/undecodable-continuation',
    'a header block that cannot be decoded, found at its end',
    {
      codes: ['COMPRESSION_ERROR'],
      send: (peer) => [
        headers(1, peer.block(), { endHeaders: false }),
        continuation(1, Buffer.from([0x00, 0x05, 0x61])),
      ],
    },
  ),
]

const COMPRESSION: readonly ServerCase[] = [
  {
    id: 'RFC9113 §4.3.1/table-none',
    title: 'SETTINGS_HEADER_TABLE_SIZE 0 is obeyed, and signalled at the start of the next block',
    run: async (peer) => {
      await peer.change(setting('headerTableSize', 0))
      peer.reader.hpack.allowed = 0
      await peer.expectService(1)
      await peer.expectService(3)
      assert.equal(peer.reader.hpack.sizeUpdates[0], 0)
      assert.equal(peer.reader.hpack.entries, 0)
    },
  },
  {
    id: 'RFC9113 §4.3.1/table-reduced',
    title: 'a table that is reduced between answers is signalled and kept to',
    run: async (peer) => {
      await peer.expectService(1)
      await peer.change(setting('headerTableSize', 64))
      peer.reader.hpack.allowed = 64
      await peer.expectService(3)
      await peer.expectService(5)
      const [first] = peer.reader.hpack.sizeUpdates
      assert.ok(first !== undefined && first <= 64, `the table was set to ${first}`)
      assert.ok(peer.reader.hpack.size <= 64)
    },
  },
  {
    id: 'RFC9113 §4.3.1/table-reduced-and-raised',
    title: 'a table that was reduced and raised again is signalled with its smallest size',
    run: async (peer) => {
      await peer.expectService(1)
      await peer.change(setting('headerTableSize', 0))
      await peer.change(setting('headerTableSize', 4096))
      await peer.expectService(3)
      await peer.expectService(5)
      assert.equal(peer.reader.hpack.sizeUpdates[0], 0)
    },
  },
  {
    id: 'RFC9113 §4.3.1/table-raised',
    title: 'a larger table may be used, and answers stay readable',
    run: async (peer) => {
      await peer.change(setting('headerTableSize', 65_536))
      peer.reader.hpack.allowed = 65_536
      for (const stream of [1, 3, 5]) await peer.expectService(stream)
    },
  },
  {
    id: 'RFC9113 §10.5.1/refused-list',
    title: 'a header section larger than the server takes leaves the connection in step',
    run: async (peer) => {
      const value = 'v'.repeat(16_000)
      const long = Array.from({ length: 6 }, (_, at) => literal(`x-long-${at}`, value))
      const inserted = literal('x-kept', 'kept', { kind: 'incremental' })
      const parts = [Buffer.concat([peer.block(), inserted]), ...long]
      for (const [at, part] of parts.entries()) {
        const endHeaders = at === parts.length - 1
        peer.send(
          at === 0 ? headers(1, part, { endHeaders }) : continuation(1, part, { endHeaders }),
        )
      }
      // Refused by an answer such as 431, by RST_STREAM, or by GOAWAY; served, if it likes.
      peer.send(headers(3, Buffer.concat([peer.block(), Buffer.from([0xbe])])))
      peer.send(data(3, BODY, { end: true }))
      await peer.expectEchoOrError(3, [
        'ENHANCE_YOUR_CALM',
        'PROTOCOL_ERROR',
        'INTERNAL_ERROR',
        'COMPRESSION_ERROR',
      ])
    },
  },
]

export const FRAMING_CASES: readonly ServerCase[] = [
  ...PREFACES,
  ...UNKNOWN_TYPES,
  ...FLAGS_AND_BITS,
  ...SIZES,
  ...BLOCKS,
  ...COMPRESSION,
]
