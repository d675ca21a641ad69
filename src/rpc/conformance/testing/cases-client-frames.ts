/** What a client must take and refuse of its server's frames (RFC 9113 §3 to §7). */

import assert from 'node:assert/strict'
import type { ClientCase } from './case.ts'
import {
  accepted,
  answerBlock,
  clientConnectionError,
  clientStreamError,
  ignoredByClient,
} from './client-case-makers.ts'
import {
  continuation,
  data,
  FLAG,
  FRAME_SIZE_INITIAL,
  frame,
  headers,
  ping,
  priority,
  reset,
  setting,
  settings,
  settingsAck,
  TYPE,
  u32,
  windowUpdate,
} from './kit/frames.ts'
import { block } from './kit/hpack-writer.ts'
import type { RawServer } from './kit/raw-server.ts'
import { expectAnswered, expectEnd, expectFailed, type Scene } from './run-client.ts'

const HTTP1 = Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n', 'latin1')

/** A server that begins with something else than SETTINGS. */
function wrongStart(id: string, title: string, octets: Buffer): ClientCase {
  return {
    id,
    title,
    run: async (scene: Scene) => {
      const outcome = scene.client.call(Buffer.from('word'))
      const peer = await scene.accept()
      scene.serveNext()
      peer.send(octets)
      await peer.expectClosed()
      const said = peer.log.find((item) => item.kind === 'goaway')
      // Read as a frame, "HTTP" is one of more than four million octets.
      const codes = /^(PROTOCOL_ERROR|FRAME_SIZE_ERROR)$/
      if (said?.kind === 'goaway') assert.match(String(said.code), codes)
      // A client may try again on another connection, which is served as it should be.
      await expectEnd(outcome)
    },
  }
}

const STARTING: readonly ClientCase[] = [
  {
    id: 'RFC9113 §3.4/client-preface',
    title: 'a client sends the preface and SETTINGS, and acknowledges ours',
    run: async (scene) => {
      const outcome = scene.client.call(Buffer.from('word'))
      const peer = await scene.accept()
      const first = await peer.next('SETTINGS')
      assert.ok(first.kind === 'settings' && !first.ack)
      peer.send(settings(), settingsAck())
      await peer.take('settings', ({ ack }) => ack)
      const { stream, body } = await peer.request()
      peer.send(peer.answer(stream, body))
      await expectAnswered(outcome)
    },
  },
  {
    id: 'RFC9113 §3.4/client-octet-by-octet',
    title: 'a server whose octets arrive one by one is understood',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      for (const octet of peer.answer(request.stream, request.body)) {
        peer.send(Buffer.from([octet]))
        await peer.flushed()
      }
      await expectAnswered(outcome)
    },
  },
  wrongStart('RFC9113 §3.4/client-http1', 'a server that speaks HTTP/1.1', HTTP1),
  wrongStart('RFC9113 §3.4/client-ping-first', 'a server that starts with PING', ping('hello')),
  wrongStart(
    'RFC9113 §3.4/client-garbage',
    'a server that sends octets at random',
    Buffer.from('\u0000\u0000\u0004\u0042garbage, and more of it, without an end', 'latin1'),
  ),
]

const FRAMING: readonly ClientCase[] = [
  ignoredByClient('RFC9113 §4.1/client-unknown-type', 'frames of unknown type are ignored', {
    send: (_, { stream }) => [
      frame({ type: 0x20, flags: 0xff, payload: Buffer.from('unknown') }),
      frame({ type: 0xfa, stream, payload: Buffer.alloc(300) }),
      frame({ type: 0xfb, stream: 999, payload: Buffer.alloc(FRAME_SIZE_INITIAL) }),
    ],
  }),
  accepted('RFC9113 §4.1/client-flags', 'unused flags are ignored', {
    send: (_, { stream, body }) => [
      frame({ type: TYPE.windowUpdate, flags: 0xff, payload: u32(1) }),
      headers(stream, answerBlock(), { flags: 0xd2 }),
      data(stream, body, { flags: 0xf6 }),
      headers(stream, block([['grpc-status', '0']]), { end: true, flags: 0xd2 }),
    ],
  }),
  accepted('RFC9113 §4.1/client-reserved', 'the reserved bit is ignored', {
    send: (_, { stream, body }) => {
      const end = FLAG.endHeaders | FLAG.endStream
      const trailers = block([['grpc-status', '0']])
      return [
        frame({
          type: TYPE.headers,
          flags: FLAG.endHeaders,
          stream,
          reserved: true,
          payload: answerBlock(),
        }),
        frame({ type: TYPE.data, stream, reserved: true, payload: body }),
        frame({ type: TYPE.headers, flags: end, stream, reserved: true, payload: trailers }),
      ]
    },
  }),
  clientStreamError('RFC9113 §4.2/client-data', 'DATA above SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer, { stream }) => [
      headers(stream, answerBlock()),
      data(stream, Buffer.alloc(tooLarge(peer))),
    ],
  }),
  clientConnectionError('RFC9113 §4.2/client-headers', 'HEADERS above SETTINGS_MAX_FRAME_SIZE', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (peer, { stream }) => [headers(stream, Buffer.alloc(tooLarge(peer), 0x88))],
  }),
  clientConnectionError('RFC9113 §4.2/client-announced', 'a frame that says it is too large', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.headers, stream, length: 2 ** 24 - 1 })],
  }),
  clientConnectionError('RFC9113 §4.3/client-undecodable', 'a header block of no sense', {
    codes: ['COMPRESSION_ERROR'],
    send: (_, { stream }) => [headers(stream, Buffer.from([0x40, 0x85, 0xff]))],
  }),
  accepted('RFC9113 §6.10/client-continuation', 'a header block over several frames', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock().subarray(0, 3), { endHeaders: false }),
      continuation(stream, Buffer.alloc(0), { endHeaders: false }),
      continuation(stream, answerBlock().subarray(3)),
      data(stream, body),
      headers(stream, Buffer.alloc(0), { end: true, endHeaders: false }),
      continuation(stream, block([['grpc-status', '0']])),
    ],
  }),
  ...(
    [
      ['PING', () => ping('intrude')],
      ['DATA', (stream: number) => data(stream, 'x')],
      ['HEADERS', (stream: number) => headers(stream, answerBlock())],
      ['another stream', (stream: number) => continuation(stream + 2, Buffer.alloc(0))],
      ['an unknown frame', (stream: number) => frame({ type: 0x99, stream })],
      ['SETTINGS', () => settings()],
    ] as const
  ).map(([name, intruder]) =>
    clientConnectionError(
      `RFC9113 §4.3/client-interrupted-${name.toLowerCase().replaceAll(' ', '-')}`,
      `an unfinished header block followed by ${name}`,
      {
        codes: ['PROTOCOL_ERROR'],
        send: (_, { stream }) => [
          headers(stream, answerBlock().subarray(0, 3), { endHeaders: false }),
          intruder(stream),
          continuation(stream, answerBlock().subarray(3)),
        ],
      },
    ),
  ),
]

function tooLarge(peer: RawServer): number {
  return (peer.announced('maxFrameSize') ?? FRAME_SIZE_INITIAL) + 1
}

const STATES: readonly ClientCase[] = [
  clientConnectionError('RFC9113 §5.1/client-idle-data', 'DATA on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [data(stream + 10, 'test')],
  }),
  clientConnectionError('RFC9113 §5.1/client-idle-headers', 'HEADERS on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [headers(stream + 10, answerBlock())],
  }),
  clientConnectionError('RFC9113 §5.1/client-idle-reset', 'RST_STREAM on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [reset(stream + 10)],
  }),
  clientConnectionError('RFC9113 §5.1/client-idle-window', 'WINDOW_UPDATE on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [windowUpdate(stream + 10, 5)],
  }),
  clientConnectionError('RFC9113 §5.1.1/client-even-headers', 'HEADERS on a stream of the server', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [headers(2, answerBlock())],
  }),
  clientConnectionError('RFC9113 §5.1/client-even-data', 'DATA on an idle stream of the server', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [data(2, 'test')],
  }),
  ignoredByClient('RFC9113 §5.1/client-half-closed', 'WINDOW_UPDATE on a half-closed stream', {
    send: (_, { stream }) => [windowUpdate(stream, 1000), priority(stream, { on: 0 })],
  }),
  accepted('RFC9113 §5.1/client-closed', 'late frames on a stream that both have ended', {
    send: (peer, { stream, body }) => [
      peer.answer(stream, body),
      windowUpdate(stream, 1000),
      priority(stream, { on: 0 }),
    ],
  }),
  {
    id: 'RFC9113 §5.1/client-data-after-end',
    title: 'DATA after END_STREAM is an error, or dropped',
    run: (scene) => afterTheEnd(scene, (stream) => data(stream, 'late')),
  },
  {
    id: 'RFC9113 §5.1/client-headers-after-end',
    title: 'HEADERS after END_STREAM are an error, or dropped',
    run: (scene) => afterTheEnd(scene, (stream) => headers(stream, answerBlock(), { end: true })),
  },
  {
    id: 'RFC9113 §5.1.1/client-identifiers',
    title: 'a client numbers its streams with odd, growing numbers',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
      let before = request.stream
      for (let count = 0; count < 5; count += 1) {
        const next = scene.client.call(Buffer.from('word'))
        const { stream } = await peer.serve()
        await expectAnswered(next)
        assert.ok(stream % 2 === 1 && stream > before)
        before = stream
      }
    },
  },
  {
    id: 'RFC9113 §5.1.2/client-concurrency',
    title: 'a client opens no more streams than the server allows',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin(setting('maxConcurrentStreams', 1))
      const second = scene.client.call(Buffer.from('word'))
      await peer.expectNothing()
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
      await peer.serve()
      await expectAnswered(second)
    },
  },
  {
    id: 'RFC9113 §6.5.2/client-no-streams',
    title: 'SETTINGS_MAX_CONCURRENT_STREAMS 0 is obeyed until it is raised',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
      await peer.change(setting('maxConcurrentStreams', 0))
      const waiting = scene.client.call(Buffer.from('word'))
      await peer.expectNothing()
      await peer.change(setting('maxConcurrentStreams', 10))
      await peer.serve()
      await expectAnswered(waiting)
    },
  },
]

/** Frames on a stream whose answer is complete: §5.1 lets a client refuse or drop them. */
async function afterTheEnd(scene: Scene, late: (stream: number) => Buffer): Promise<void> {
  const { peer, request, outcome } = await scene.begin()
  peer.send(peer.answer(request.stream, request.body))
  await expectAnswered(outcome)
  peer.send(late(request.stream), ping('after'))
  for (;;) {
    const item = await peer.next('an error, or nothing')
    if (item.kind === 'goaway') {
      assert.match(String(item.code), /^(STREAM_CLOSED|PROTOCOL_ERROR)$/)
      return peer.expectClosed()
    }
    if (item.kind === 'reset') assert.equal(item.code, 'STREAM_CLOSED')
    if (item.kind === 'closed') peer.fail('closed without GOAWAY')
    if (item.kind === 'ping' && item.ack) return
  }
}

const DATA_AND_HEADERS: readonly ClientCase[] = [
  clientConnectionError('RFC9113 §6.1/client-stream-0', 'DATA on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [data(0, 'test')],
  }),
  clientConnectionError(
    'RFC9113 §6.1/client-padding',
    'DATA with padding longer than its payload',
    {
      codes: ['PROTOCOL_ERROR'],
      send: (_, { stream }) => [
        headers(stream, answerBlock()),
        data(stream, 'test', { padding: 0, padLength: 9 }),
      ],
    },
  ),
  accepted('RFC9113 §6.1/client-padded', 'padded DATA and HEADERS, and empty DATA', {
    send: (_, { stream, body }) => [
      headers(stream, answerBlock(), { padding: 100, priority: { on: 0 } }),
      data(stream, ''),
      data(stream, body.subarray(0, 3), { padding: 255 }),
      data(stream, body.subarray(3), { padding: 0 }),
      data(stream, '', { padding: 7 }),
      headers(stream, block([['grpc-status', '0']]), { padding: 1, end: true }),
    ],
  }),
  clientConnectionError('RFC9113 §6.2/client-stream-0', 'HEADERS on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [headers(0, answerBlock())],
  }),
  clientConnectionError('RFC9113 §6.2/client-padding', 'HEADERS padded longer than its payload', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [headers(stream, answerBlock(), { padding: 0, padLength: 200 })],
  }),
  clientConnectionError('RFC9113 §6.3/client-stream-0', 'PRIORITY on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [priority(0, { on: 0 })],
    node: 'nghttp2 drops all PRIORITY frames unread; §6.3 still makes this a connection error.',
  }),
  clientStreamError('RFC9113 §6.3/client-length', 'PRIORITY of 3 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.priority, stream, payload: Buffer.alloc(3) })],
  }),
]

const RESETS: readonly ClientCase[] = [
  clientConnectionError('RFC9113 §6.4/client-stream-0', 'RST_STREAM on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [reset(0)],
  }),
  clientConnectionError('RFC9113 §6.4/client-length', 'RST_STREAM of 5 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.reset, stream, payload: Buffer.alloc(5) })],
  }),
  ...(['CANCEL', 'INTERNAL_ERROR', 'NO_ERROR', 0x12345678] as const).map(
    (code): ClientCase => ({
      id: `RFC9113 §7/client-reset-${String(code).toLowerCase()}`,
      title: `RST_STREAM with ${code} before any answer fails the call, and nothing else`,
      run: async (scene) => {
        const { peer, request, outcome } = await scene.begin()
        peer.send(reset(request.stream, code))
        await expectFailed(outcome)
        await peer.expectNothing()
      },
    }),
  ),
  {
    id: 'RFC9113 §6.4/client-reset-in-answer',
    title: 'RST_STREAM within an answer fails the call',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const { stream, body } = request
      peer.send(headers(stream, answerBlock()), data(stream, body), reset(stream))
      await expectFailed(outcome)
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §8.1/client-early-answer',
    title: 'a complete answer before the end of the request, and RST_STREAM NO_ERROR, is kept',
    run: async (scene) => {
      const message = Buffer.alloc(1000, 'm')
      const peer = await scene.warm(setting('initialWindowSize', 0))
      const outcome = scene.client.call(message)
      const { stream } = await peer.find('headers')
      const prefix = Buffer.from([0, 0, 0, 0, 5])
      peer.send(peer.answer(stream, Buffer.concat([prefix, Buffer.from('early')])))
      peer.send(reset(stream, 'NO_ERROR'))
      await expectAnswered(outcome, Buffer.from('early'))
      await peer.change(setting('initialWindowSize', 65_535))
    },
    after: 'fresh',
  },
]

export const CLIENT_FRAME_CASES: readonly ClientCase[] = [
  ...STARTING,
  ...FRAMING,
  ...STATES,
  ...DATA_AND_HEADERS,
  ...RESETS,
]
