/** What a client must refuse in responses, and its flow control and HPACK (RFC 9113 §6.9, §8). */

import assert from 'node:assert/strict'
import type { ClientCase } from './case.ts'
import {
  accepted,
  answerBlock,
  answerWith,
  clientConnectionError,
  clientStreamError,
  malformedHead,
  malformedResponse,
  malformedToTheEnd,
} from './client-case-makers.ts'
import {
  data,
  frame,
  headers,
  setting,
  settings,
  TYPE,
  WINDOW_INITIAL,
  WINDOW_MAX,
  windowUpdate,
} from './kit/frames.ts'
import {
  block,
  type Field,
  indexed,
  integer,
  literal,
  tableSize,
  text,
} from './kit/hpack-writer.ts'
import { bitsToBytes, CODES, EOS, huffmanBits } from './kit/huffman.ts'
import { ANSWER, dataFrames, type RawServer } from './kit/raw-server.ts'
import { STATIC_TABLE } from './kit/static-table.ts'
import { expectAnswered, expectFailed } from './run-client.ts'

const STATUS: Field = [':status', '200']

const NODE_GENERIC_CODE =
  'Node.js answers with INTERNAL_ERROR, which §5.4 allows in place of any code; we want what ' +
  '§8.1.1 names.'

const EXCHANGE: readonly ClientCase[] = [
  ...(['100', '103', '199'] as const).map((status) =>
    accepted(`RFC9113 §8.1/client-interim-${status}`, `${status} before the final answer`, {
      send: (peer, { stream, body }) => [
        headers(
          stream,
          block([
            [':status', status],
            ['link', '</a>'],
          ]),
        ),
        peer.answer(stream, body),
      ],
    }),
  ),
  accepted('RFC9113 §8.1/client-interim-several', 'several interim answers', {
    send: (peer, { stream, body }) => [
      headers(stream, block([[':status', '100']])),
      headers(stream, block([[':status', '103']])),
      headers(stream, block([[':status', '103']])),
      peer.answer(stream, body),
    ],
  }),
  malformedToTheEnd('RFC9113 §8.1/client-interim-end', 'an interim answer that ends the stream', {
    send: (_, { stream }) => [headers(stream, block([[':status', '103']]), { end: true })],
  }),
  malformedHead('RFC9113 §8.6/client-101', '101 Switching Protocols', {
    fields: [[':status', '101']],
  }),
  malformedResponse('RFC9113 §8.1/client-data-first', 'DATA before the header section', {
    send: (_, { stream, body }) => [data(stream, body)],
  }),
  malformedResponse('RFC9113 §8.1/client-data-after-interim', 'DATA after an interim answer', {
    send: (_, { stream, body }) => [
      headers(stream, block([[':status', '100']])),
      data(stream, body),
    ],
    node: NODE_GENERIC_CODE,
  }),
  malformedResponse('RFC9113 §8.1/client-second-headers', 'a second header section', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock()),
      data(stream, body),
      headers(stream, answerBlock()),
    ],
  }),
  malformedResponse(
    'RFC9113 §8.1/client-trailers-not-last',
    'trailers that do not end the stream',
    {
      send: (_, { stream, body }) => [
        headers(stream, answerBlock()),
        data(stream, body),
        headers(stream, block([['grpc-status', '0']])),
      ],
    },
  ),
  malformedToTheEnd('RFC9113 §8.1/client-trailers-status', ':status in trailers', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock()),
      data(stream, body),
      headers(stream, block([STATUS, ['grpc-status', '0']]), { end: true }),
    ],
  }),
  malformedToTheEnd('RFC9113 §8.1/client-trailers-uppercase', 'an uppercase name in trailers', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock()),
      data(stream, body),
      headers(
        stream,
        block([
          ['grpc-status', '0'],
          ['X-Upper', '1'],
        ]),
        { end: true },
      ),
    ],
  }),
]

const LENGTHS: readonly ClientCase[] = [
  accepted('RFC9113 §8.1.1/client-length', 'a content-length that is right', {
    send: (_, request) => answerWith(request, answerBlock(lengthField(request.body.length))),
  }),
  malformedResponse('RFC9113 §8.1.1/client-length-more', 'more content than announced', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock(lengthField(body.length - 1))),
      data(stream, body),
    ],
    node: NODE_GENERIC_CODE,
  }),
  malformedToTheEnd('RFC9113 §8.1.1/client-length-less', 'less content than announced', {
    send: (_, request) => answerWith(request, answerBlock(lengthField(request.body.length + 1))),
  }),
  malformedHead('RFC9113 §8.1.1/client-length-word', 'a content-length that is no number', {
    fields: [...ANSWER, ['content-length', 'many']],
  }),
  malformedHead('RFC9113 §8.1.1/client-length-twice', 'two content-lengths that differ', {
    fields: [...ANSWER, ['content-length', '9'], ['content-length', '10']],
  }),
]

function lengthField(length: number): Field {
  return ['content-length', String(length)]
}

const NODE_DROPS =
  'nghttp2 drops the field and takes the response without it; §8.2.1 makes the response malformed.'

const FIELDS: readonly ClientCase[] = [
  malformedHead('RFC9113 §8.3.2/client-no-status', 'a response without :status', {
    fields: [['content-type', 'application/grpc']],
  }),
  malformedHead('RFC9113 §8.3.2/client-empty-block', 'a response without any field', {
    fields: [],
  }),
  malformedHead('RFC9113 §8.3/client-status-twice', 'a response with two :status', {
    fields: [STATUS, ...ANSWER],
  }),
  malformedHead('RFC9113 §8.3/client-status-late', ':status after a regular field', {
    fields: [['content-type', 'application/grpc'], STATUS],
  }),
  ...[':method', ':path', ':unheard-of'].map((name) =>
    malformedHead(`RFC9113 §8.3/client${name.replace(':', '-')}`, `${name} in a response`, {
      fields: [STATUS, [name, '/'], ['content-type', 'application/grpc']],
    }),
  ),
  ...['20', '2000', 'abc', '', '2 0'].map((status) =>
    malformedHead(
      `RFC9113 §8.3.2/client-status-${status.replace(' ', '-') || 'empty'}`,
      `the :status "${status}"`,
      {
        fields: [
          [':status', status],
          ['content-type', 'application/grpc'],
        ],
      },
    ),
  ),
  ...(
    [
      ['connection', 'close'],
      ['keep-alive', 'timeout=5'],
      ['proxy-connection', 'close'],
      ['transfer-encoding', 'chunked'],
      ['upgrade', 'h2c'],
    ] as const
  ).map(([name, value]) =>
    malformedHead(`RFC9113 §8.2.2/client-${name}`, `${name} in a response`, {
      fields: [...ANSWER, [name, value]],
    }),
  ),
  malformedHead('RFC9113 §8.2.1/client-uppercase', 'an uppercase field name', {
    fields: [...ANSWER, ['X-Upper', 'value']],
  }),
  ...(
    [
      ['name-space', 'a space in a field name', ['x space', 'v']],
      ['name-nul', 'NUL in a field name', ['x\u0000', 'v']],
      ['name-colon', 'a colon in a field name', ['x:y', 'v']],
      ['name-empty', 'an empty field name', ['', 'v']],
      ['name-high', 'an octet above 0x7f in a field name', ['x\u00e9', 'v']],
      ['value-nul', 'NUL in a field value', ['x-value', 'a\u0000b']],
      ['value-line-feed', 'a line feed in a field value', ['x-value', 'a\nb']],
      ['value-carriage-return', 'a carriage return in a field value', ['x-value', 'a\rb']],
      ['value-leading-space', 'a space before a field value', ['x-value', ' a']],
      ['value-trailing-tab', 'a tab behind a field value', ['x-value', 'a\t']],
    ] as readonly (readonly [string, string, Field])[]
  ).map(([id, title, field]) =>
    malformedHead(`RFC9113 §8.2.1/client-${id}`, title, {
      fields: [...ANSWER, field],
      node: NODE_DROPS,
    }),
  ),
]

/** A call with a large message, whose request comes as our windows allow. */
const LARGE = Buffer.alloc(100_000, 'large')

function received(peer: RawServer, stream: number): number {
  return peer.log.reduce(
    (sum, item) => (item.kind === 'data' && item.stream === stream ? sum + item.size : sum),
    0,
  )
}

async function expectReceived(peer: RawServer, stream: number, octets: number): Promise<void> {
  while (received(peer, stream) < octets) await peer.find('data', (item) => item.stream === stream)
  await peer.roundTrip()
  assert.equal(received(peer, stream), octets)
}

const FLOW: readonly ClientCase[] = [
  {
    id: 'RFC9113 §6.9.1/client-windows',
    title: 'a request stops at the windows of stream and connection, and goes on with them',
    run: async (scene) => {
      const outcome = scene.client.call(LARGE)
      const peer = await scene.accept()
      await peer.handshake()
      const { stream } = await peer.find('headers')
      await expectReceived(peer, stream, WINDOW_INITIAL)
      peer.send(windowUpdate(stream, 2 ** 20))
      await expectReceived(peer, stream, WINDOW_INITIAL)
      peer.send(windowUpdate(0, 1000))
      await expectReceived(peer, stream, WINDOW_INITIAL + 1000)
      peer.send(windowUpdate(0, 2 ** 20))
      await expectReceived(peer, stream, LARGE.length + 5)
      await answerAll(peer, stream)
      await expectAnswered(outcome, LARGE)
    },
  },
  {
    id: 'RFC9113 §6.9.1/client-octets',
    title: 'a window of the stream that opens octet by octet is used octet by octet',
    run: async (scene) => {
      const peer = await scene.warm(setting('initialWindowSize', 0))
      const outcome = scene.client.call(Buffer.from('word'))
      const { stream } = await peer.find('headers')
      await expectReceived(peer, stream, 0)
      for (let count = 1; count <= 9; count += 1) {
        peer.send(windowUpdate(stream, 1))
        await expectReceived(peer, stream, count)
      }
      await answerAll(peer, stream)
      await expectAnswered(outcome)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
    },
  },
  {
    id: 'RFC9113 §6.9.2/client-negative',
    title: 'a window that has become negative is filled up before anything is sent',
    run: async (scene) => {
      const peer = await scene.warm(setting('initialWindowSize', 100))
      const outcome = scene.client.call(LARGE)
      const { stream } = await peer.find('headers')
      await expectReceived(peer, stream, 100)
      await peer.change(setting('initialWindowSize', 40))
      peer.send(windowUpdate(stream, 60))
      await expectReceived(peer, stream, 100)
      peer.send(windowUpdate(stream, 1))
      await expectReceived(peer, stream, 101)
      peer.send(windowUpdate(0, 2 ** 20))
      await peer.change(setting('initialWindowSize', 2 ** 20))
      await expectReceived(peer, stream, LARGE.length + 5)
      await answerAll(peer, stream)
      await expectAnswered(outcome, LARGE)
    },
  },
  {
    id: 'RFC9113 §6.5.2/client-frame-size',
    title: 'DATA of a request is split by SETTINGS_MAX_FRAME_SIZE',
    run: async (scene) => {
      const outcome = scene.client.call(LARGE)
      const peer = await scene.accept()
      await peer.handshake()
      const { stream, body } = await peer.request()
      await peer.sendInWindow(stream, [
        headers(stream, answerBlock()),
        ...dataFrames(stream, body),
        peer.trailers(stream),
      ])
      await expectAnswered(outcome, LARGE)
    },
  },
  {
    id: 'RFC9113 §6.9/client-gives-window',
    title: 'a client gives window for what it has received, for ever',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const large = Buffer.alloc(3_000_000, 'window')
      const prefix = Buffer.alloc(5)
      prefix.writeUInt32BE(large.length, 1)
      peer.send(headers(request.stream, answerBlock()))
      await peer.sendInWindow(
        request.stream,
        dataFrames(request.stream, Buffer.concat([prefix, large])),
      )
      peer.send(peer.trailers(request.stream))
      await expectAnswered(outcome, large)
    },
  },
  {
    id: 'RFC9113 §6.9/client-gives-connection-window',
    title: 'answers that together exceed the window of the connection all arrive',
    run: async (scene) => {
      const peer = await scene.warm()
      const large = Buffer.alloc(3_000_000, 'window')
      const prefix = Buffer.alloc(5)
      prefix.writeUInt32BE(large.length, 1)
      const body = Buffer.concat([prefix, large])
      const total = 1.2 * peer.windowOfConnection()
      for (let sent = 0; sent < total; sent += body.length) {
        const outcome = scene.client.call(Buffer.from('word'))
        const { stream } = await peer.request()
        peer.send(headers(stream, answerBlock()))
        await peer.sendInWindow(stream, dataFrames(stream, body))
        peer.send(peer.trailers(stream))
        await expectAnswered(outcome, large)
      }
    },
  },
  {
    id: 'RFC9113 §6.9/client-window-of-failed-streams',
    title: 'DATA of calls that failed is given back to the window of the connection',
    run: async (scene) => {
      const peer = await scene.warm()
      const total = 1.2 * peer.windowOfConnection()
      const content = Buffer.alloc(Math.min(500_000, peer.streamWindow))
      for (let sent = 0; sent < total; sent += content.length) {
        const outcome = scene.client.call(Buffer.from('word'))
        const { stream } = await peer.request()
        peer.send(headers(stream, block([['x-no', 'status']])))
        await peer.sendInWindow(stream, dataFrames(stream, content))
        await expectFailed(outcome)
        if (peer.over) return
      }
    },
  },
  {
    id: 'RFC9113 §6.9/client-padding-in-window',
    title: 'a client gives window for padding as well',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const large = Buffer.alloc(20_000, 'padding')
      const prefix = Buffer.alloc(5)
      prefix.writeUInt32BE(large.length, 1)
      const body = Buffer.concat([prefix, large])
      const frames: Buffer[] = []
      for (let at = 0; at < body.length; at += 2) {
        frames.push(data(request.stream, body.subarray(at, at + 2), { padding: 255 }))
      }
      peer.send(headers(request.stream, answerBlock()))
      await peer.sendInWindow(request.stream, frames)
      peer.send(peer.trailers(request.stream))
      await expectAnswered(outcome, large)
    },
  },
  clientConnectionError('RFC9113 §6.9/client-zero', 'an increment of 0 for the connection', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [windowUpdate(0, 0)],
  }),
  clientStreamError('RFC9113 §6.9/client-zero-stream', 'an increment of 0 for a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [windowUpdate(stream, 0)],
  }),
  clientConnectionError('RFC9113 §6.9/client-length', 'WINDOW_UPDATE of 2 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.windowUpdate, payload: Buffer.alloc(2, 1) })],
  }),
  clientConnectionError(
    'RFC9113 §6.9.1/client-overflow',
    'the window of the connection overflows',
    {
      codes: ['FLOW_CONTROL_ERROR'],
      send: () => [windowUpdate(0, WINDOW_MAX)],
    },
  ),
  {
    id: 'RFC9113 §6.9.1/client-overflow-stream',
    title: 'the window of a stream overflows while its request is being sent',
    run: async (scene) => {
      const outcome = scene.client.call(LARGE)
      const peer = await scene.accept()
      await peer.handshake()
      const { stream } = await peer.find('headers')
      await expectReceived(peer, stream, WINDOW_INITIAL)
      peer.send(windowUpdate(stream, WINDOW_MAX), windowUpdate(stream, 1))
      await peer.expectStreamError(stream, 'FLOW_CONTROL_ERROR')
      await expectFailed(outcome)
    },
    after: 'fresh',
  },
  {
    id: 'RFC9113 §6.9.2/client-overflow-by-settings',
    title: 'SETTINGS let the window of a stream overflow while its request is being sent',
    run: async (scene) => {
      const peer = await scene.warm(setting('initialWindowSize', 2 ** 20))
      const outcome = scene.client.call(LARGE)
      const { stream } = await peer.find('headers')
      // The connection has no window left, so what the stream gets cannot be used.
      await expectReceived(peer, stream, WINDOW_INITIAL)
      const increment = windowUpdate(stream, WINDOW_INITIAL + 1)
      peer.send(increment, settings(setting('initialWindowSize', WINDOW_MAX)))
      await peer.expectConnectionError('FLOW_CONTROL_ERROR')
      await expectFailed(outcome)
    },
  },
]

async function answerAll(peer: RawServer, stream: number): Promise<void> {
  const parts = peer.log.flatMap((item) =>
    item.kind === 'data' && item.stream === stream ? [item.bytes] : [],
  )
  const ended = peer.log.some((item) => item.kind === 'data' && item.stream === stream && item.end)
  if (!ended) await peer.find('data', ({ end }) => end)
  await peer.sendInWindow(stream, [
    headers(stream, answerBlock()),
    ...dataFrames(stream, Buffer.concat(parts)),
    peer.trailers(stream),
  ])
}

const NEWEST = STATIC_TABLE.length + 1

function undecodable(id: string, title: string, ...parts: readonly Buffer[]): ClientCase {
  return clientConnectionError(`RFC7541 ${id}`, title, {
    codes: ['COMPRESSION_ERROR'],
    send: (_, { stream }) => [headers(stream, Buffer.concat([answerBlock(), ...parts]))],
  })
}

function huffmanValue(octets: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0x00]),
    text('x-value'),
    integer(octets.length, 7, 0x80),
    octets,
  ])
}

const HPACK: readonly ClientCase[] = [
  undecodable('§6.1/client-zero', 'index 0', indexed(0)),
  undecodable('§2.3.3/client-beyond', 'an index behind both tables', indexed(NEWEST)),
  undecodable('§4.2/client-late-update', 'a size update behind a field', tableSize(64)),
  clientConnectionError('RFC7541 §6.3/client-too-large', 'a size update above what is allowed', {
    codes: ['COMPRESSION_ERROR'],
    send: (peer, { stream }) => {
      const allowed = peer.announced('headerTableSize') ?? 4096
      return [headers(stream, Buffer.concat([tableSize(allowed + 1), answerBlock()]))]
    },
  }),
  undecodable(
    '§5.2/client-eos',
    'EOS in a Huffman string',
    huffmanValue(bitsToBytes(`${huffmanBits('a')}${CODES[EOS]}`)),
  ),
  undecodable(
    '§5.2/client-padding',
    'a Huffman string padded with zeros',
    huffmanValue(bitsToBytes(huffmanBits('a'), '0000000')),
  ),
  undecodable('§5.1/client-integer', 'an integer without an end', Buffer.alloc(20, 0xff)),
  undecodable('§5.2/client-cut-off', 'a literal that is cut off', Buffer.from([0x00, 0x03, 0x61])),
  {
    id: 'RFC7541 §2.3/client-table',
    title: 'one table serves all answers, interim ones and trailers included',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const { stream, body } = request
      const status = literal('grpc-status', '0', { kind: 'incremental', huffman: true })
      const interim = literal('x-interim', 'yes', { kind: 'incremental' })
      peer.send(
        headers(stream, Buffer.concat([block([[':status', '103']]), interim])),
        headers(stream, answerBlock()),
        data(stream, body),
        headers(stream, status, { end: true }),
      )
      await expectAnswered(outcome)
      const next = scene.client.call(Buffer.from('word'))
      const second = await peer.request()
      peer.send(
        headers(second.stream, Buffer.concat([answerBlock(), indexed(NEWEST + 1)])),
        data(second.stream, second.body),
        headers(second.stream, indexed(NEWEST), { end: true }),
      )
      await expectAnswered(next)
    },
  },
  {
    id: 'RFC9113 §4.3.1/client-table-none',
    title: 'SETTINGS_HEADER_TABLE_SIZE 0 is obeyed by the client, and signalled',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
      await peer.change(setting('headerTableSize', 0))
      peer.reader.hpack.allowed = 0
      for (let count = 0; count < 2; count += 1) {
        const next = scene.client.call(Buffer.from('word'))
        await peer.serve()
        await expectAnswered(next)
      }
      assert.equal(peer.reader.hpack.sizeUpdates[0], 0)
      assert.equal(peer.reader.hpack.entries, 0)
    },
  },
]

export const CLIENT_MESSAGE_CASES: readonly ClientCase[] = [
  ...EXCHANGE,
  ...LENGTHS,
  ...FIELDS,
  ...FLOW,
  ...HPACK,
]
