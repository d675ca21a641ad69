/** Group "http2": stream states and identifiers, concurrency, errors (RFC 9113 §5.1, §5.4). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, connectionError, ignored, streamError } from './case-makers.ts'
import {
  continuation,
  data,
  FRAME_SIZE_INITIAL,
  frame,
  headers,
  ping,
  reset,
  setting,
  TYPE,
  u32,
  windowUpdate,
} from './kit/frames.ts'
import { block, literal } from './kit/hpack-writer.ts'
import type { RawClient, Replacements } from './kit/raw-client.ts'

const IDLE: readonly ServerCase[] = [
  connectionError('RFC9113 §5.1/idle-data', 'DATA on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [data(1, 'test', { end: true })],
  }),
  connectionError('RFC9113 §5.1/idle-reset', 'RST_STREAM on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [reset(1)],
  }),
  connectionError('RFC9113 §5.1/idle-window-update', 'WINDOW_UPDATE on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [windowUpdate(1, 100)],
  }),
  connectionError('RFC9113 §5.1/idle-continuation', 'CONTINUATION on an idle stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [continuation(1, peer.block())],
  }),
  connectionError('RFC9113 §5.1/idle-server-stream', 'DATA on an idle stream of the server', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [data(2, 'test', { end: true })],
  }),
  connectionError('RFC9113 §5.1/idle-above', 'DATA on a stream above the highest one used', {
    codes: ['PROTOCOL_ERROR'],
    before: (peer) => peer.expectService(5),
    send: () => [data(7, 'test', { end: true })],
  }),
]

/** The answer on stream 1 waits for window: the stream is half-closed (remote), and stays so. */
async function halfClosed(peer: RawClient): Promise<void> {
  await peer.change(setting('initialWindowSize', 0))
  peer.send(peer.request(1))
  await peer.find('headers', ({ stream }) => stream === 1)
}

/** The window is 0 from then on, so the same connection cannot show that the server serves. */
function onHalfClosed(one: ServerCase): ServerCase {
  return { ...one, after: 'fresh' }
}

const HALF_CLOSED: readonly ServerCase[] = [
  onHalfClosed(
    streamError('RFC9113 §5.1/half-closed-data', 'DATA on a half-closed (remote) stream', {
      codes: ['STREAM_CLOSED'],
      before: halfClosed,
      send: () => [data(1, 'more', { end: true })],
    }),
  ),
  onHalfClosed(
    streamError('RFC9113 §5.1/half-closed-headers', 'HEADERS on a half-closed (remote) stream', {
      codes: ['STREAM_CLOSED'],
      before: halfClosed,
      send: () => [headers(1, block([['x-more', 'more']]), { end: true })],
    }),
  ),
  onHalfClosed(
    connectionError(
      'RFC9113 §5.1/half-closed-continuation',
      'CONTINUATION on a half-closed (remote) stream',
      {
        codes: ['PROTOCOL_ERROR', 'STREAM_CLOSED'],
        before: halfClosed,
        send: () => [continuation(1, block([['x-more', 'more']]))],
      },
    ),
  ),
]

/**
 * Frames on a stream that is closed: an error of that stream or of the connection, or dropped
 * without a word, which §5.1 allows for all closed streams ("minimal processing"); never an answer.
 */
function onClosed(id: string, title: string, send: (peer: RawClient) => Buffer[]): ServerCase {
  return {
    id,
    title,
    run: async (peer) => {
      peer.send(...send(peer), ping('after'))
      for (;;) {
        const item = await peer.next('an error, or nothing')
        if (item.kind === 'goaway') {
          // PROTOCOL_ERROR for HEADERS: they reuse a stream identifier (§5.1.1).
          assert.match(String(item.code), /^(PROTOCOL_ERROR|STREAM_CLOSED)$/)
          return peer.expectClosed()
        }
        if (item.kind === 'reset') assert.equal(item.code, 'STREAM_CLOSED')
        if (item.kind === 'headers' || item.kind === 'data') peer.fail('a closed stream is closed')
        if (item.kind === 'closed') peer.fail('closed without GOAWAY')
        if (item.kind === 'ping' && item.ack) return
      }
    },
  }
}

function afterService(one: ServerCase): ServerCase {
  return {
    ...one,
    run: async (peer) => {
      await peer.expectService(1)
      await one.run(peer)
    },
  }
}

const CLOSED: readonly ServerCase[] = [
  onClosed('RFC9113 §5.1/reset-data', 'DATA after RST_STREAM', (peer) => [
    peer.opening(1),
    reset(1),
    data(1, 'late', { end: true }),
  ]),
  onClosed('RFC9113 §5.1/reset-headers', 'HEADERS after RST_STREAM', (peer) => [
    peer.opening(1),
    reset(1),
    headers(1, block([['x-late', 'late']]), { end: true }),
  ]),
  connectionError('RFC9113 §5.1/reset-continuation', 'CONTINUATION after RST_STREAM', {
    codes: ['PROTOCOL_ERROR', 'STREAM_CLOSED'],
    send: (peer) => [peer.opening(1), reset(1), continuation(1, Buffer.alloc(0))],
  }),
  afterService(
    onClosed('RFC9113 §5.1/closed-data', 'DATA on a closed stream', () => [
      data(1, 'late', { end: true }),
    ]),
  ),
  afterService(
    onClosed('RFC9113 §5.1/closed-headers', 'HEADERS on a closed stream', () => [
      headers(1, block([['x-late', 'late']]), { end: true }),
    ]),
  ),
  connectionError('RFC9113 §5.1/closed-continuation', 'CONTINUATION on a closed stream', {
    codes: ['PROTOCOL_ERROR', 'STREAM_CLOSED'],
    before: (peer) => peer.expectService(1),
    send: () => [continuation(1, Buffer.alloc(0))],
  }),
  afterService(
    onClosed('RFC9113 §5.1.1/reused', 'a whole request on a stream that was used', (peer) => [
      peer.request(1),
    ]),
  ),
  onClosed('RFC9113 §5.1.1/reused-after-reset', 'a request on a stream that was reset', (peer) => [
    peer.opening(1),
    reset(1),
    peer.request(1),
  ]),
]

const NODE_LOWER =
  'nghttp2 drops HEADERS of a lower stream without a word; §5.1.1 demands a connection error.'

const IDENTIFIERS: readonly ServerCase[] = [
  connectionError('RFC9113 §5.1.1/even', 'a client opens a stream with an even identifier', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.request(2)],
  }),
  connectionError('RFC9113 §5.1.1/zero', 'HEADERS on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.request(0)],
  }),
  connectionError('RFC9113 §5.1.1/decreasing', 'a stream below one that was used', {
    codes: ['PROTOCOL_ERROR', 'STREAM_CLOSED'],
    before: (peer) => peer.expectService(5),
    send: (peer) => [peer.request(3)],
    node: NODE_LOWER,
  }),
  connectionError('RFC9113 §5.1.1/decreasing-open', 'a stream below one that is open', {
    codes: ['PROTOCOL_ERROR', 'STREAM_CLOSED'],
    send: (peer) => [peer.opening(9), peer.request(7)],
    node: NODE_LOWER,
  }),
  {
    id: 'RFC9113 §5.1.1/skipped-are-closed',
    title:
      'streams that were skipped are closed: WINDOW_UPDATE on one is not one on an idle stream',
    run: async (peer) => {
      await peer.expectService(5)
      // On an idle stream this would be an error; on a closed one it must not be (§6.9).
      peer.send(windowUpdate(3, 1))
      await peer.expectNothing()
    },
  },
]

function limitOf(peer: RawClient): number {
  const limit = peer.announced('maxConcurrentStreams')
  assert.ok(limit !== undefined && limit <= 10_000, 'a server bounds its streams (§10.5)')
  return limit
}

function streams(count: number, first = 1): number[] {
  return Array.from({ length: count }, (_, at) => first + 2 * at)
}

/** Refuses the stream; false when it has chosen to end the connection instead (§5.4.1). */
async function refused(peer: RawClient, stream: number): Promise<boolean> {
  const how = await peer.expectStreamError(stream, 'REFUSED_STREAM', 'PROTOCOL_ERROR')
  return how === 'stream'
}

const CONCURRENCY: readonly ServerCase[] = [
  {
    id: 'RFC9113 §5.1.2/exceeded',
    title: 'one stream more than allowed is refused, the others are answered',
    run: async (peer) => {
      const open = streams(limitOf(peer))
      const excess = open.length * 2 + 1
      peer.send(...open.map((stream) => peer.opening(stream)), peer.request(excess))
      if (!(await refused(peer, excess))) return
      peer.send(...open.map((stream) => data(stream, BODY, { end: true })))
      await allAnswered(peer, open)
    },
  },
  {
    id: 'RFC9113 §5.1.2/refused-in-step',
    title: 'the header block of a refused stream still changes the table',
    run: async (peer) => {
      const open = streams(limitOf(peer))
      const excess = open.length * 2 + 1
      const inserted = literal('x-kept', 'kept', { kind: 'incremental' })
      peer.send(...open.map((stream) => peer.opening(stream)))
      peer.send(headers(excess, Buffer.concat([peer.block(), inserted]), { end: true }))
      if (!(await refused(peer, excess))) return
      peer.send(...open.map((stream) => data(stream, BODY, { end: true })))
      await allAnswered(peer, open)
      const uses = Buffer.concat([peer.block(), Buffer.from([0xbe])])
      peer.send(headers(excess + 2, uses), data(excess + 2, BODY, { end: true }))
      await peer.expectEcho(excess + 2)
    },
  },
  {
    id: 'RFC9113 §5.1.2/closed-do-not-count',
    title: 'streams that were reset do not count',
    node: 'Node.js counts a stream until its own object is destroyed, some turns after the reset.',
    run: async (peer) => {
      const open = streams(limitOf(peer))
      for (const stream of open) peer.send(peer.opening(stream), reset(stream))
      await peer.expectService(open.length * 2 + 1)
    },
  },
]

/** All these streams end with status 0, in any order. */
async function allAnswered(peer: RawClient, open: readonly number[]): Promise<void> {
  const waiting = new Set(open)
  while (waiting.size > 0) {
    const item = await peer.next(`answers on ${waiting.size} streams`)
    if (item.kind === 'closed' || item.kind === 'reset') peer.fail('every stream is answered')
    if (item.kind === 'headers' && item.end) waiting.delete(item.stream)
  }
}

/**
 * Bodies that were sent before we could know that the server wants none: it must process and drop
 * them (§5.1), however many streams there are.
 */
function inFlight(id: string, title: string, replaced: Replacements): ServerCase {
  return {
    id: `RFC9113 §5.1/${id}`,
    title: `bodies in flight to many streams that the server ${title} disturb nothing`,
    run: async (peer) => {
      const open = streams(Math.min(limitOf(peer), 500))
      peer.send(...open.map((stream) => headers(stream, peer.block(replaced))))
      peer.send(...open.map((stream) => data(stream, BODY, { end: true })))
      const waiting = new Set(open)
      while (waiting.size > 0) {
        const item = await peer.next(`the end of ${waiting.size} streams`)
        if (item.kind === 'goaway' || item.kind === 'closed') peer.fail('the connection goes on')
        if ((item.kind === 'headers' && item.end) || item.kind === 'reset') {
          waiting.delete(item.stream)
        }
      }
      await peer.roundTrip()
    },
  }
}

const ERRORS: readonly ServerCase[] = [
  {
    id: 'RFC9113 §5.4.1/last-stream',
    title: 'GOAWAY names the last stream that was served',
    run: async (peer) => {
      await peer.expectService(1)
      await peer.expectService(3)
      peer.send(frame({ type: TYPE.ping, payload: Buffer.alloc(3) }))
      const { last } = await peer.expectConnectionError('FRAME_SIZE_ERROR')
      assert.equal(last, 3)
    },
  },
  {
    id: 'RFC9113 §5.4.1/no-stream',
    title: 'GOAWAY names stream 0 when none was served',
    run: async (peer) => {
      peer.send(data(0, 'x'))
      const { last } = await peer.expectConnectionError('PROTOCOL_ERROR')
      assert.equal(last, 0)
    },
  },
  ignored('RFC9113 §5.4.2/no-reset-for-reset', 'RST_STREAM is never answered with RST_STREAM', {
    send: (peer) => [peer.opening(1), reset(1), peer.opening(3), reset(3, 'PROTOCOL_ERROR')],
  }),
  {
    id: 'RFC9113 §5.4.2/frames-in-flight',
    title: 'after RST_STREAM of the server, what was already sent is processed and dropped',
    run: async (peer) => {
      const inserted = literal('x-kept', 'kept', { kind: 'incremental' })
      peer.send(
        headers(1, peer.block({ ':path': null })),
        data(1, 'abc'),
        headers(1, inserted, { end: true }),
      )
      await peer.expectMalformed(1)
      if (peer.over) return
      const uses = Buffer.concat([peer.block(), Buffer.from([0xbe])])
      peer.send(headers(3, uses), data(3, BODY, { end: true }))
      await peer.expectEcho(3)
    },
  },
  {
    id: 'RFC9113 §6.9/window-of-failed-streams',
    title: 'DATA of streams that failed is given back to the window of the connection',
    run: async (peer) => {
      const content = Buffer.alloc(FRAME_SIZE_INITIAL)
      const count = Math.min(32, Math.floor(peer.streamWindow / content.length))
      const total = 1.2 * peer.windowOfConnection()
      for (let at = 0; at * count * content.length < total; at += 1) {
        const stream = 2 * at + 1
        const frames = Array.from({ length: count }, () => data(stream, content))
        peer.send(headers(stream, peer.block({ ':path': null })))
        await peer.sendInWindow(stream, frames)
        await peer.expectMalformed(stream)
        if (peer.over) return
      }
    },
  },
  {
    id: 'RFC9113 §6.9/window-of-refused-data',
    title: 'DATA that is an error of its stream is given back to the window of the connection',
    run: async (peer) => {
      const content = Buffer.alloc(FRAME_SIZE_INITIAL)
      const count = Math.ceil((1.2 * peer.windowOfConnection()) / content.length)
      for (const stream of streams(count)) {
        peer.send(peer.opening(stream, ['content-length', '1']))
        await peer.sendInWindow(stream, [data(stream, content)])
        await peer.expectStreamError(stream, 'PROTOCOL_ERROR', 'INTERNAL_ERROR')
        if (peer.over) return
      }
    },
  },
  inFlight('reset-many', 'has reset', { ':path': null }),
  inFlight('answered-many', 'has answered early', { ':path': '/quorate.conformance.Echo/Missing' }),
  {
    id: 'RFC9113 §7/unknown-in-reset',
    title: 'an unknown error code in RST_STREAM means nothing special',
    run: async (peer) => {
      const payload = u32(0xffffffff)
      peer.send(peer.opening(1), frame({ type: TYPE.reset, stream: 1, payload }))
      await peer.expectNothing()
    },
  },
  {
    id: 'RFC9113 §7/unknown-in-goaway',
    title: 'an unknown error code in GOAWAY means nothing special',
    after: 'fresh',
    run: async (peer) => {
      const payload = Buffer.concat([u32(0), u32(0x12345678), Buffer.from('debug')])
      peer.send(frame({ type: TYPE.goaway, payload }), ping('unknown'))
      for (;;) {
        const item = await peer.next('an answer to PING, or the end')
        if (item.kind === 'closed' || item.kind === 'ping') return
        if (item.kind === 'goaway') assert.equal(item.code, 'NO_ERROR')
      }
    },
  },
]

export const STREAM_CASES: readonly ServerCase[] = [
  ...IDLE,
  ...HALF_CLOSED,
  ...CLOSED,
  ...IDENTIFIERS,
  ...CONCURRENCY,
  ...ERRORS,
]
