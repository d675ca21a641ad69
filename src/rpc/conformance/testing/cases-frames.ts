/** Group "http2": the rules of each frame type (RFC 9113 §6), flow control aside. */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, connectionError, ignored, streamError } from './case-makers.ts'
import {
  continuation,
  data,
  FLAG,
  frame,
  headers,
  ping,
  priority,
  pushPromise,
  reset,
  setting,
  settings,
  settingsPayload,
  TYPE,
  WINDOW_INITIAL,
  windowUpdate,
} from './kit/frames.ts'
import { inFrames, message } from './kit/raw-client.ts'

const DATA: readonly ServerCase[] = [
  connectionError('RFC9113 §6.1/stream-0', 'DATA on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [data(0, 'test')],
  }),
  connectionError('RFC9113 §6.1/padding-is-all', 'DATA whose padding is as long as its payload', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), data(1, '', { padding: 5, padLength: 6 })],
  }),
  connectionError('RFC9113 §6.1/padding-too-long', 'DATA with padding longer than its payload', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), data(1, 'test', { padding: 0, padLength: 200 })],
  }),
  ...(['unary', 'streaming'] as const).map(
    (kind): ServerCase => ({
      id: `RFC9113 §6.1/padding-in-window-${kind}`,
      title: `padding counts in flow control, and is given back like content: a ${kind} call`,
      run: async (peer) => {
        // Frames of 257 octets, of which one is content: more than the window of the stream.
        const body = message(Math.ceil((1.3 * peer.streamWindow) / 257))
        const frames = [...body].map((_, at) =>
          data(1, body.subarray(at, at + 1), { padding: 255, end: at === body.length - 1 }),
        )
        peer.send(headers(1, peer.block({ ':path': peer.target.paths[kind] })))
        await peer.sendInWindow(1, frames)
        await peer.expectEcho(1, body)
      },
    }),
  ),
  {
    id: 'RFC9113 §6.1/empty-many',
    title: 'many requests with empty DATA at their end are answered',
    run: async (peer) => {
      for (let stream = 1; stream < 40; stream += 2) {
        peer.send(peer.opening(stream), data(stream, BODY), data(stream, '', { end: true }))
        await peer.expectEcho(stream)
      }
    },
  },
]

const HEADERS: readonly ServerCase[] = [
  connectionError('RFC9113 §6.2/stream-0', 'HEADERS on stream 0 that could be decoded', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [headers(0, peer.block(), { end: true })],
  }),
  connectionError('RFC9113 §6.2/padding-too-long', 'HEADERS with padding longer than its payload', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => {
      const short = peer.block().subarray(0, 3)
      return [headers(1, short, { padding: 0, padLength: 100, end: true })]
    },
  }),
  connectionError('RFC9113 §6.2/padding-and-priority', 'HEADERS whose padding leaves no priority', {
    codes: ['PROTOCOL_ERROR', 'FRAME_SIZE_ERROR'],
    send: () => {
      const flags = FLAG.endHeaders | FLAG.padded | FLAG.priority
      const payload = Buffer.from([3, 0, 0, 0, 0, 15, 0, 0])
      return [frame({ type: TYPE.headers, flags, stream: 1, payload })]
    },
  }),
]

const PRIORITY: readonly ServerCase[] = [
  connectionError('RFC9113 §6.3/stream-0', 'PRIORITY on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [priority(0, { on: 1 })],
    node: 'nghttp2 drops all PRIORITY frames unread; §6.3 still makes this a connection error.',
  }),
  ...[4, 6].map((length) =>
    streamError(`RFC9113 §6.3/length-${length}`, `PRIORITY of ${length} octets`, {
      codes: ['FRAME_SIZE_ERROR'],
      send: (peer) => [
        peer.opening(1),
        frame({ type: TYPE.priority, stream: 1, payload: Buffer.alloc(length) }),
      ],
    }),
  ),
]

const RESET: readonly ServerCase[] = [
  connectionError('RFC9113 §6.4/stream-0', 'RST_STREAM on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [reset(0)],
  }),
  ...[0, 3, 5].map((length) =>
    connectionError(`RFC9113 §6.4/length-${length}`, `RST_STREAM of ${length} octets`, {
      codes: ['FRAME_SIZE_ERROR'],
      send: (peer) => [
        peer.opening(1),
        frame({ type: TYPE.reset, stream: 1, payload: Buffer.alloc(length) }),
      ],
    }),
  ),
  {
    id: 'RFC9113 §6.4/nothing-after',
    title: 'after RST_STREAM nothing more is sent on the stream',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 10))
      peer.send(peer.request(1, message(1000)))
      await peer.find('data', ({ stream }) => stream === 1)
      peer.send(reset(1))
      peer.send(settings(setting('initialWindowSize', WINDOW_INITIAL)))
      await peer.expectNothing()
    },
  },
]

const SETTINGS: readonly ServerCase[] = [
  connectionError('RFC9113 §6.5/ack-with-payload', 'an acknowledgement that is not empty', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [
      frame({ type: TYPE.settings, flags: FLAG.ack, payload: settingsPayload([0x99, 1]) }),
    ],
  }),
  connectionError('RFC9113 §6.5/stream', 'SETTINGS on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [frame({ type: TYPE.settings, stream: 1, payload: settingsPayload([3, 100]) })],
  }),
  ...[1, 5, 7, 8].map((length) =>
    connectionError(`RFC9113 §6.5/length-${length}`, `SETTINGS of ${length} octets`, {
      codes: ['FRAME_SIZE_ERROR'],
      send: () => [frame({ type: TYPE.settings, payload: Buffer.alloc(length) })],
    }),
  ),
  ...[2, 2 ** 32 - 1].map((value) =>
    connectionError(`RFC9113 §6.5.2/push-${value}`, `SETTINGS_ENABLE_PUSH ${value}`, {
      codes: ['PROTOCOL_ERROR'],
      send: () => [settings(setting('enablePush', value))],
    }),
  ),
  ...[2 ** 31, 2 ** 32 - 1].map((value) =>
    connectionError(`RFC9113 §6.5.2/window-${value}`, `SETTINGS_INITIAL_WINDOW_SIZE ${value}`, {
      codes: ['FLOW_CONTROL_ERROR'],
      send: () => [settings(setting('initialWindowSize', value))],
    }),
  ),
  ...[0, 16_383, 2 ** 24].map((value) =>
    connectionError(`RFC9113 §6.5.2/frame-size-${value}`, `SETTINGS_MAX_FRAME_SIZE ${value}`, {
      codes: ['PROTOCOL_ERROR'],
      send: () => [settings(setting('maxFrameSize', value))],
    }),
  ),
  {
    id: 'RFC9113 §6.5.2/push-1',
    title: 'a client may enable push, and gets none',
    run: async (peer) => {
      await peer.change(setting('enablePush', 1))
      await peer.expectService(1)
    },
  },
  {
    id: 'RFC9113 §6.5.2/no-streams-of-the-server',
    title: 'SETTINGS_MAX_CONCURRENT_STREAMS 0 of a client limits no requests',
    run: async (peer) => {
      await peer.change(setting('maxConcurrentStreams', 0))
      await peer.expectService(1)
    },
  },
  {
    id: 'RFC9113 §6.5.2/largest-values',
    title: 'the largest allowed values are taken',
    run: async (peer) => {
      peer.reader.frameSizeMax = 2 ** 24 - 1
      await peer.change(
        setting('initialWindowSize', 2 ** 31 - 1),
        setting('maxFrameSize', 2 ** 24 - 1),
        setting('maxConcurrentStreams', 2 ** 32 - 1),
        setting('maxHeaderListSize', 2 ** 32 - 1),
      )
      await peer.expectService(1)
    },
  },
  {
    id: 'RFC9113 §6.5.2/unknown',
    title: 'unknown settings are ignored and acknowledged',
    run: (peer) => peer.change([0x0, 1], [0x7, 2 ** 32 - 1], [0xffff, 0], [0xaaaa, 77]),
  },
  {
    id: 'RFC9113 §6.5.3/last-value',
    title: 'of several values of a setting in one frame, the last one holds',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 100), setting('initialWindowSize', 1))
      peer.send(peer.request(1))
      const first = await peer.find('data')
      assert.equal(first.size, 1)
      peer.send(windowUpdate(1, 1000))
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
    },
  },
  {
    id: 'RFC9113 §6.5.3/before-acknowledgement',
    title: 'a setting holds from its acknowledgement on',
    run: async (peer) => {
      const body = message(100)
      peer.send(settings(setting('initialWindowSize', 3)), peer.request(1, body))
      await peer.find('settings', ({ ack }) => ack)
      const { size } = await peer.find('data')
      assert.equal(size, 3)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
    },
  },
  {
    id: 'RFC9113 §6.5.2/frame-size-kept-to',
    title: 'DATA of an answer is split by SETTINGS_MAX_FRAME_SIZE',
    run: async (peer) => {
      const body = message(100_000)
      peer.send(peer.opening(1))
      await peer.sendInWindow(1, inFrames(1, body, 10_000))
      const { sizes } = await peer.expectEcho(1, body)
      assert.ok(sizes.every((size) => size <= 16_384))
    },
  },
]

const PUSH: readonly ServerCase[] = [
  connectionError('RFC9113 §8.4/client-push', 'PUSH_PROMISE from a client', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), pushPromise(1, 2, peer.block())],
  }),
  connectionError('RFC9113 §6.6/stream-0', 'PUSH_PROMISE on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [pushPromise(0, 2, peer.block())],
  }),
]

const PING: readonly ServerCase[] = [
  ignored('RFC9113 §6.7/ack', 'PING with ACK is not answered', {
    send: () => [ping('unasked', { ack: true })],
    node: 'Node.js ends the session when it has sent no PING; §6.7 knows no such error.',
  }),
  connectionError('RFC9113 §6.7/stream', 'PING on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [frame({ type: TYPE.ping, stream: 1, payload: Buffer.alloc(8) })],
  }),
  ...[0, 7, 9].map((length) =>
    connectionError(`RFC9113 §6.7/length-${length}`, `PING of ${length} octets`, {
      codes: ['FRAME_SIZE_ERROR'],
      send: () => [frame({ type: TYPE.ping, payload: Buffer.alloc(length) })],
    }),
  ),
  connectionError('RFC9113 §6.7/ack-length', 'PING with ACK of 6 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.ping, flags: FLAG.ack, payload: Buffer.alloc(6) })],
  }),
]

const GOAWAY: readonly ServerCase[] = [
  connectionError('RFC9113 §6.8/stream', 'GOAWAY on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [frame({ type: TYPE.goaway, stream: 1, payload: Buffer.alloc(8) })],
  }),
  connectionError('RFC9113 §6.8/length', 'GOAWAY of 7 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.goaway, payload: Buffer.alloc(7) })],
  }),
]

const CONTINUATION: readonly ServerCase[] = [
  connectionError('RFC9113 §6.10/stream-0', 'CONTINUATION on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [
      headers(1, peer.block().subarray(0, 10), { endHeaders: false }),
      continuation(0, peer.block().subarray(10)),
    ],
  }),
  connectionError('RFC9113 §6.10/after-headers', 'CONTINUATION after HEADERS that were complete', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), continuation(1, Buffer.alloc(0))],
  }),
  connectionError('RFC9113 §6.10/after-last', 'CONTINUATION after the last CONTINUATION', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [
      headers(1, peer.block().subarray(0, 10), { endHeaders: false }),
      continuation(1, peer.block().subarray(10)),
      continuation(1, Buffer.alloc(0)),
    ],
  }),
  connectionError('RFC9113 §6.10/after-data', 'CONTINUATION after DATA', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), data(1, BODY), continuation(1, Buffer.alloc(0))],
  }),
  connectionError('RFC9113 §6.10/alone', 'CONTINUATION as the first frame on a connection', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [continuation(1, Buffer.alloc(0))],
  }),
  {
    id: 'RFC9113 §10.5/continuation-flood',
    title: 'a header block that never ends is given up',
    run: async (peer) => {
      const filler = Buffer.alloc(20_000, continuation(1, Buffer.alloc(0), { endHeaders: false }))
      peer.send(headers(1, peer.block(), { endHeaders: false }))
      for (let count = 0; count < 200 && !peer.over; count += 1) {
        peer.send(filler.subarray(0, filler.length - (filler.length % 9)))
        await peer.flushed()
      }
      // The last words may be lost while we still write.
      await peer.expectClosed()
    },
  },
  {
    id: 'RFC9113 §10.5/continuation-large',
    title: 'a header block without a bound is given up',
    run: async (peer) => {
      const part = continuation(1, Buffer.alloc(16_000, 0x82), { endHeaders: false })
      peer.send(headers(1, peer.block(), { endHeaders: false }))
      for (let count = 0; count < 200 && !peer.over; count += 1) {
        peer.send(part)
        await peer.flushed()
      }
      await peer.expectClosed()
    },
  },
]

/** Kept apart for the reader: lengths of WINDOW_UPDATE are rules of a frame, not of windows. */
const WINDOW_UPDATE: readonly ServerCase[] = [3, 5].flatMap((length) => [
  connectionError(`RFC9113 §6.9/length-${length}`, `WINDOW_UPDATE of ${length} octets`, {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.windowUpdate, payload: Buffer.alloc(length, 1) })],
  }),
])

export const FRAME_CASES: readonly ServerCase[] = [
  ...DATA,
  ...HEADERS,
  ...PRIORITY,
  ...RESET,
  ...SETTINGS,
  ...PUSH,
  ...PING,
  ...GOAWAY,
  ...CONTINUATION,
  ...WINDOW_UPDATE,
]
