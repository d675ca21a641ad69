/** Group "generic": what every server must take, since it is all allowed (RFC 9113 §3 to §8). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import {
  continuation,
  data,
  goaway,
  headers,
  PREFACE,
  ping,
  priority,
  reset,
  setting,
  settings,
  WINDOW_INITIAL,
  windowUpdate,
} from './kit/frames.ts'
import { message, type RawClient } from './kit/raw-client.ts'

const STARTING: readonly ServerCase[] = [
  {
    id: 'RFC9113 §3.4/preface',
    title: 'the client preface is answered with SETTINGS first, and with an acknowledgement',
    begin: 'connected',
    run: async (peer) => {
      peer.send(PREFACE, settings())
      const first = await peer.next('SETTINGS')
      assert.ok(first.kind === 'settings' && !first.ack, 'the first frame of a server is SETTINGS')
      await peer.find('settings', ({ ack }) => ack)
    },
  },
  {
    id: 'RFC9113 §3.4/preface-octet-by-octet',
    title: 'a preface that arrives octet by octet is taken',
    begin: 'connected',
    run: async (peer) => {
      for (const octet of Buffer.concat([PREFACE, settings()])) {
        peer.send(Buffer.from([octet]))
        await peer.flushed()
      }
      await peer.find('settings', ({ ack }) => ack)
    },
  },
  {
    id: 'RFC9113 §3.4/without-waiting',
    title: 'a request sent together with the preface is answered',
    begin: 'connected',
    run: async (peer) => {
      peer.send(PREFACE, settings(setting('enablePush', 0)), peer.request(1))
      await peer.expectEcho(1)
    },
  },
  {
    id: 'RFC9113 §4.1/octet-by-octet',
    title: 'a request whose frames arrive octet by octet is answered',
    run: async (peer) => {
      for (const octet of peer.request(1)) {
        peer.send(Buffer.from([octet]))
        await peer.flushed()
      }
      await peer.expectEcho(1)
    },
  },
  {
    id: 'RFC9113 §5/interleaved',
    title: 'requests whose frames are interleaved are all answered, each with its own message',
    run: async (peer) => {
      const streams = [1, 3, 5, 7]
      for (const stream of streams) peer.send(peer.opening(stream))
      for (const part of [0, 1, 2]) {
        for (const stream of streams) {
          const body = message(90 + stream)
          const third = body.subarray(part * 30, part === 2 ? undefined : part * 30 + 30)
          peer.send(data(stream, third, { end: part === 2 }))
        }
      }
      const bodies = new Map(streams.map((stream) => [stream, Buffer.alloc(0)]))
      for (let open = streams.length; open > 0; ) {
        const item = await peer.next('the answers')
        if (item.kind === 'data') {
          const before = bodies.get(item.stream) ?? Buffer.alloc(0)
          bodies.set(item.stream, Buffer.concat([before, item.bytes]))
        } else if (item.kind === 'headers' && item.end) open -= 1
        else if (item.kind !== 'headers' && item.kind !== 'windowUpdate') peer.fail('an answer')
      }
      for (const stream of streams) assert.deepEqual(bodies.get(stream), message(90 + stream))
    },
  },
]

/** A stream whose answer waits for window, so that it is half-closed (remote) until we say so. */
async function halfClosed(peer: RawClient): Promise<void> {
  await peer.change(setting('initialWindowSize', 0))
  peer.send(peer.request(1))
  await peer.find('headers', ({ stream }) => stream === 1)
}

async function finish(peer: RawClient): Promise<void> {
  peer.send(windowUpdate(1, 1000))
  const { bytes } = await peer.find('data', ({ stream }) => stream === 1)
  assert.ok(bytes.equals(message(4)))
  await peer.find('headers', ({ stream, end }) => stream === 1 && end)
  await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
}

const STATES: readonly ServerCase[] = [
  {
    id: 'RFC9113 §5.1/idle-priority',
    title: 'PRIORITY on an idle stream is taken',
    run: async (peer) => {
      peer.send(priority(1, { on: 0 }))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1/half-closed-window-update',
    title: 'WINDOW_UPDATE on a half-closed (remote) stream lets its answer continue',
    run: async (peer) => {
      await halfClosed(peer)
      await finish(peer)
    },
  },
  {
    id: 'RFC9113 §5.1/half-closed-priority',
    title: 'PRIORITY on a half-closed (remote) stream is taken',
    run: async (peer) => {
      await halfClosed(peer)
      peer.send(priority(1, { on: 0, weight: 256 }))
      await peer.expectNothing()
      await finish(peer)
    },
  },
  {
    id: 'RFC9113 §5.1/half-closed-reset',
    title: 'RST_STREAM on a half-closed (remote) stream ends its answer',
    run: async (peer) => {
      await halfClosed(peer)
      peer.send(reset(1))
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1/closed-priority',
    title: 'PRIORITY on a closed stream is taken',
    run: async (peer) => {
      await peer.expectService(1)
      peer.send(priority(1, { on: 0 }))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1/closed-window-update',
    title: 'WINDOW_UPDATE on a stream that the server has just ended is no error',
    run: async (peer) => {
      await peer.expectService(1)
      peer.send(windowUpdate(1, 1000))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1/closed-reset',
    title: 'RST_STREAM on a stream that the server has just ended is no error',
    run: async (peer) => {
      await peer.expectService(1)
      peer.send(reset(1))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1/open-reset',
    title: 'RST_STREAM on an open stream ends it without an answer',
    run: async (peer) => {
      peer.send(peer.opening(1), data(1, message(4)), reset(1))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §5.1.1/skipped',
    title: 'stream identifiers may be skipped',
    run: async (peer) => {
      for (const stream of [1, 7, 101]) await peer.expectService(stream)
    },
  },
  {
    id: 'RFC9113 §5.1.1/highest',
    title: 'the highest stream identifier can be used',
    after: 'fresh',
    run: (peer) => peer.expectService(2 ** 31 - 1),
  },
]

/** Requests that differ in how they are cut into frames, and in nothing else. */
function framed(id: string, title: string, frames: (peer: RawClient) => Buffer[]): ServerCase {
  return {
    id,
    title,
    run: async (peer) => {
      peer.send(...frames(peer))
      await peer.expectEcho(1)
    },
  }
}

const BODY = message(4)

const REQUESTS: readonly ServerCase[] = [
  framed('RFC9113 §6.1/several', 'a body in several DATA frames is taken', (peer) => [
    peer.opening(1),
    ...[...BODY].map((_, at) => data(1, BODY.subarray(at, at + 1))),
    data(1, '', { end: true }),
  ]),
  framed('RFC9113 §6.1/empty', 'empty DATA frames between others change nothing', (peer) => [
    peer.opening(1),
    data(1, ''),
    data(1, BODY.subarray(0, 3)),
    data(1, ''),
    data(1, BODY.subarray(3), { end: true }),
  ]),
  framed('RFC9113 §6.1/padded', 'padding of DATA is no content', (peer) => [
    peer.opening(1),
    data(1, BODY.subarray(0, 2), { padding: 255 }),
    data(1, BODY.subarray(2), { padding: 7, end: true }),
  ]),
  framed('RFC9113 §6.1/padding-of-none', 'a Pad Length of 0 is no content either', (peer) => [
    peer.opening(1),
    data(1, BODY, { padding: 0 }),
    data(1, '', { padding: 0, end: true }),
  ]),
  framed('RFC9113 §6.1/only-padding', 'DATA that holds nothing but padding is taken', (peer) => [
    peer.opening(1),
    data(1, BODY),
    data(1, '', { padding: 100, end: true }),
  ]),
  framed('RFC9113 §6.2/padded', 'padding of HEADERS is no part of the block', (peer) => [
    headers(1, peer.block(), { padding: 255 }),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §6.2/priority', 'HEADERS with priority fields opens a stream', (peer) => [
    headers(1, peer.block(), { priority: { on: 0, weight: 255, exclusive: true } }),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §6.2/padded-priority', 'HEADERS with priority and padding', (peer) => [
    headers(1, peer.block(), { padding: 3, priority: { on: 0 } }),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §5.3.2/dependency', 'a dependency on an idle stream is no error', (peer) => [
    headers(1, peer.block(), { priority: { on: 99 } }),
    data(1, BODY, { end: true }),
  ]),
  {
    // RFC 7540 §5.3.1 made this an error; RFC 9113 has no such rule any more.
    ...framed('RFC9113 §5.3.2/self-in-headers', 'HEADERS may depend on its own stream', (peer) => [
      headers(1, peer.block(), { priority: { on: 1 } }),
      data(1, BODY, { end: true }),
    ]),
    node: 'Node.js still follows RFC 7540 §5.3.1 here.',
  },
  framed('RFC9113 §5.3.2/self-in-priority', 'PRIORITY may depend on its own stream', (peer) => [
    priority(1, { on: 1 }),
    peer.opening(1),
    priority(1, { on: 1, exclusive: true }),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §6.3/between-data', 'PRIORITY between DATA frames is taken', (peer) => [
    peer.opening(1),
    data(1, BODY.subarray(0, 5)),
    priority(1, { on: 0, weight: 1 }),
    priority(9, { on: 1, weight: 256, exclusive: true }),
    data(1, BODY.subarray(5), { end: true }),
  ]),
  framed('RFC9113 §6.10/one', 'a block over HEADERS and CONTINUATION is one block', (peer) => [
    headers(1, peer.block().subarray(0, 20), { endHeaders: false }),
    continuation(1, peer.block().subarray(20)),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §6.10/several', 'a block may be cut anywhere, several times', (peer) => [
    headers(1, peer.block().subarray(0, 30), { endHeaders: false }),
    continuation(1, peer.block().subarray(30, 31), { endHeaders: false }),
    continuation(1, peer.block().subarray(31, 50), { endHeaders: false }),
    continuation(1, peer.block().subarray(50)),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §6.10/empty', 'HEADERS and CONTINUATION may be empty', (peer) => [
    headers(1, Buffer.alloc(0), { endHeaders: false }),
    continuation(1, Buffer.alloc(0), { endHeaders: false }),
    continuation(1, peer.block(), { endHeaders: false }),
    continuation(1, Buffer.alloc(0)),
    data(1, BODY, { end: true }),
  ]),
  framed('RFC9113 §8.1/trailers', 'a request may end with trailers', (peer) => [
    peer.opening(1),
    data(1, BODY),
    headers(1, peer.trailers(['x-checksum', '42']), { end: true }),
  ]),
  framed('RFC9113 §8.1/trailers-continued', 'trailers may go on in CONTINUATION', (peer) => [
    peer.opening(1),
    data(1, BODY),
    headers(1, peer.trailers(['x-checksum', '42']).subarray(0, 4), {
      end: true,
      endHeaders: false,
    }),
    continuation(1, peer.trailers(['x-checksum', '42']).subarray(4)),
  ]),
  framed('RFC9113 §8.2.3/cookies', 'a cookie may be split into several fields', (peer) => [
    peer.opening(1, ['cookie', 'a=b'], ['cookie', 'c=d; e=f'], ['cookie', 'g=h']),
    data(1, BODY, { end: true }),
  ]),
]

/**
 * Valid requests that nobody promised to serve: the answer is up to the server, but there is one.
 */
const METHODS: readonly ServerCase[] = (
  [
    ['GET', '/'],
    ['HEAD', '/'],
    ['OPTIONS', '*'],
    ['DELETE', '/no-such-thing?query=1'],
    ['X-UNHEARD-OF', '/'],
  ] as const
).map(([method, path]) => ({
  id: `RFC9113 §8.3.1/method-${method.toLowerCase()}`,
  title: `${method} ${path} is a well-formed request and is answered in full`,
  run: async (peer) => {
    const replaced = { ':method': method, ':path': path, te: null, 'content-type': null }
    peer.send(headers(1, peer.block(replaced), { end: true }))
    const { status } = await peer.expectAnswer(1)
    assert.match(status, /^[2345]\d\d$/)
  },
}))

const CONNECTION: readonly ServerCase[] = [
  {
    id: 'RFC9113 §6.5/empty',
    title: 'an empty SETTINGS frame is acknowledged',
    run: (peer) => peer.change(),
  },
  {
    id: 'RFC9113 §6.5/all',
    title: 'all defined settings at once are acknowledged',
    run: async (peer) => {
      peer.reader.frameSizeMax = 20_000
      await peer.change(
        setting('headerTableSize', 4096),
        setting('enablePush', 0),
        setting('maxConcurrentStreams', 100),
        setting('initialWindowSize', 100_000),
        setting('maxFrameSize', 20_000),
        setting('maxHeaderListSize', 65_536),
      )
    },
  },
  {
    id: 'RFC9113 §6.5.3/order',
    title: 'every SETTINGS frame is acknowledged once',
    run: async (peer) => {
      const before = peer.log.length
      for (let count = 0; count < 5; count += 1) peer.send(settings())
      await peer.roundTrip()
      const acks = peer.log.slice(before).filter((item) => item.kind === 'settings' && item.ack)
      assert.equal(acks.length, 5)
    },
  },
  {
    id: 'RFC9113 §6.7/answer',
    title: 'PING is answered with the same 8 octets',
    run: async (peer) => {
      peer.send(ping('\u0000\u00ff\u0001\u0080abcd'))
      const answer = await peer.find('ping')
      assert.deepEqual(answer, { kind: 'ping', ack: true, text: '\u0000\u00ff\u0001\u0080abcd' })
    },
  },
  {
    id: 'RFC9113 §6.7/several',
    title: 'several PING frames are answered one by one, in order',
    run: async (peer) => {
      const texts = ['first   ', 'second  ', 'third   ', 'fourth  ']
      peer.send(...texts.map((text) => ping(text)))
      for (const text of texts) assert.equal((await peer.find('ping')).text, text)
    },
  },
  {
    id: 'RFC9113 §6.8/in-flight',
    title: 'after GOAWAY of the client, its open streams are still answered',
    after: 'fresh',
    run: async (peer) => {
      peer.send(peer.opening(1), data(1, BODY.subarray(0, 3)), goaway())
      peer.send(data(1, BODY.subarray(3), { end: true }))
      await peer.expectEcho(1)
    },
  },
  {
    id: 'RFC9113 §6.9/connection',
    title: 'WINDOW_UPDATE of the connection and of an open stream is taken',
    run: async (peer) => {
      peer.send(windowUpdate(0, 1), peer.opening(1), windowUpdate(1, 2 ** 20))
      peer.send(data(1, BODY, { end: true }))
      await peer.expectEcho(1)
    },
  },
  {
    id: 'RFC9113 §6.9/large-request',
    title: 'a body larger than the window of its stream gets window and is answered',
    run: async (peer) => {
      const body = message(2 * peer.streamWindow)
      await peer.sendRequest(1, body)
      await peer.expectEcho(1, body)
    },
  },
  {
    id: 'RFC9113 §6.9/large-requests',
    title: 'bodies that together exceed the window of the connection are all answered',
    run: async (peer) => {
      const body = message(Math.min(1_000_000, peer.streamWindow - 5))
      const total = 1.2 * peer.windowOfConnection()
      for (let stream = 1; stream * body.length < 2 * total; stream += 2) {
        await peer.sendRequest(stream, body)
        await peer.expectEcho(stream, body)
      }
    },
  },
]

export const GENERIC_CASES: readonly ServerCase[] = [
  ...STARTING,
  ...STATES,
  ...REQUESTS,
  ...METHODS,
  ...CONNECTION,
]
