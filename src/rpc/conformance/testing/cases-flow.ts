/** Group "http2": flow control, as the sender and as the receiver (RFC 9113 §5.2, §6.9). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, connectionError, streamError } from './case-makers.ts'
import {
  data,
  FRAME_SIZE_INITIAL,
  headers,
  reset,
  setting,
  settings,
  WINDOW_INITIAL,
  WINDOW_MAX,
  windowUpdate,
} from './kit/frames.ts'
import { message, type RawClient } from './kit/raw-client.ts'

/** How many octets of DATA have come on a stream. */
function received(peer: RawClient, stream: number): number {
  return peer.log.reduce(
    (sum, item) => (item.kind === 'data' && item.stream === stream ? sum + item.size : sum),
    0,
  )
}

/** Everything the server may send has come, and that is so much on the stream. */
async function expectReceived(peer: RawClient, stream: number, octets: number): Promise<void> {
  while (received(peer, stream) < octets) await peer.find('data', (item) => item.stream === stream)
  await peer.roundTrip()
  assert.equal(received(peer, stream), octets)
}

/** The trailers of the stream have come, or come now. */
async function expectEnded(peer: RawClient, stream: number): Promise<void> {
  const ended = peer.log.some(
    (item) => item.kind === 'headers' && item.end && item.stream === stream,
  )
  if (!ended) await peer.find('headers', (item) => item.stream === stream && item.end)
}

/** The stream is answered in full, whatever had come of it before. */
async function expectEnd(peer: RawClient, stream: number, body: Buffer): Promise<void> {
  await expectEnded(peer, stream)
  const parts = peer.log.flatMap((item) =>
    item.kind === 'data' && item.stream === stream ? [item.bytes] : [],
  )
  assert.ok(Buffer.concat(parts).equals(body), 'the answer is whole')
}

const SENDING: readonly ServerCase[] = [
  {
    id: 'RFC9113 §6.9.1/octet-by-octet',
    title: 'a window that opens octet by octet is used octet by octet, and trailers need none',
    node:
      'nghttp2 sends the trailers only when the window has room for content that does not exist; ' +
      'only DATA is subject to flow control (§5.2.1).',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 0))
      peer.send(peer.request(1, BODY))
      await expectReceived(peer, 1, 0)
      for (let count = 1; count <= BODY.length; count += 1) {
        peer.send(windowUpdate(1, 1))
        await expectReceived(peer, 1, count)
      }
      await expectEnd(peer, 1, BODY)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
    },
  },
  {
    id: 'RFC9113 §6.9.1/headers-are-free',
    title: 'with all windows closed, the header section of an answer comes all the same',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 0))
      peer.send(peer.request(1))
      await peer.find('headers', ({ stream }) => stream === 1)
      await expectReceived(peer, 1, 0)
      peer.send(settings(setting('initialWindowSize', WINDOW_INITIAL)))
      await expectEnd(peer, 1, BODY)
    },
  },
  {
    id: 'RFC9113 §6.9.1/stream-window',
    title: 'an answer stops at the window of its stream and goes on with it',
    run: async (peer) => {
      const body = message(100_000)
      peer.send(windowUpdate(0, 2 ** 20))
      await peer.sendRequest(1, body)
      await expectReceived(peer, 1, WINDOW_INITIAL)
      peer.send(windowUpdate(1, 1000))
      await expectReceived(peer, 1, WINDOW_INITIAL + 1000)
      peer.send(windowUpdate(1, 2 ** 20))
      await expectEnd(peer, 1, body)
    },
  },
  {
    id: 'RFC9113 §6.9.1/connection-window',
    title: 'answers stop at the window of the connection, all streams together',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 2 ** 20))
      const body = message(50_000)
      await peer.sendRequest(1, body)
      await peer.sendRequest(3, body)
      const both = (): number => received(peer, 1) + received(peer, 3)
      while (both() < WINDOW_INITIAL) await peer.find('data')
      await peer.roundTrip()
      assert.equal(both(), WINDOW_INITIAL)
      peer.send(windowUpdate(0, 2 ** 20))
      for (const stream of [1, 3]) await expectEnded(peer, stream)
      assert.equal(both(), 2 * body.length)
    },
  },
  {
    id: 'RFC9113 §6.9.1/settings-do-not-open-the-connection',
    title: 'SETTINGS_INITIAL_WINDOW_SIZE does not change the window of the connection',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 2 ** 20))
      const body = message(80_000)
      await peer.sendRequest(1, body)
      await expectReceived(peer, 1, WINDOW_INITIAL)
      await peer.change(setting('initialWindowSize', 2 ** 21))
      await expectReceived(peer, 1, WINDOW_INITIAL)
      peer.send(windowUpdate(0, 2 ** 20))
      await expectEnd(peer, 1, body)
    },
  },
  {
    id: 'RFC9113 §6.9.1/not-blocked-by-each-other',
    title: 'a stream without window holds up no other stream',
    run: async (peer) => {
      await peer.change(setting('initialWindowSize', 0))
      peer.send(peer.request(1))
      await peer.find('headers', ({ stream }) => stream === 1)
      peer.send(peer.opening(3), windowUpdate(3, 1000), data(3, BODY, { end: true }))
      await expectEnd(peer, 3, BODY)
      assert.equal(received(peer, 1), 0)
      peer.send(windowUpdate(1, 1000))
      await expectEnd(peer, 1, BODY)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
    },
  },
  {
    id: 'RFC9113 §6.9.2/opened-by-settings',
    title: 'a larger initial window opens the streams that exist',
    run: async (peer) => {
      const body = message(100)
      await peer.change(setting('initialWindowSize', 0))
      peer.send(peer.request(1, body))
      await expectReceived(peer, 1, 0)
      await peer.change(setting('initialWindowSize', 7))
      await expectReceived(peer, 1, 7)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
      await expectEnd(peer, 1, body)
    },
  },
  {
    id: 'RFC9113 §6.9.2/negative',
    title: 'a window that has become negative is filled up before anything is sent',
    run: async (peer) => {
      const body = message(100)
      await peer.change(setting('initialWindowSize', 10))
      peer.send(peer.request(1, body))
      await expectReceived(peer, 1, 10)
      await peer.change(setting('initialWindowSize', 3))
      peer.send(windowUpdate(1, 7))
      await expectReceived(peer, 1, 10)
      peer.send(windowUpdate(1, 1))
      await expectReceived(peer, 1, 11)
      await peer.change(setting('initialWindowSize', 5))
      await expectReceived(peer, 1, 13)
      await peer.change(setting('initialWindowSize', WINDOW_INITIAL))
      await expectEnd(peer, 1, body)
    },
  },
  {
    id: 'RFC9113 §6.9.2/most-negative',
    title: 'a window can become as negative as it can be',
    run: async (peer) => {
      const body = message(1000)
      await peer.change(setting('initialWindowSize', 500))
      peer.send(peer.request(1, body))
      await expectReceived(peer, 1, 500)
      await peer.change(setting('initialWindowSize', 0))
      peer.send(windowUpdate(1, 500))
      await expectReceived(peer, 1, 500)
      await peer.change(setting('initialWindowSize', WINDOW_MAX))
      await expectEnd(peer, 1, body)
    },
  },
  {
    id: 'RFC9113 §6.9/ping-when-blocked',
    title: 'PING is answered while all windows are closed',
    run: async (peer) => {
      const body = message(100_000)
      await peer.sendRequest(1, body)
      await expectReceived(peer, 1, WINDOW_INITIAL)
      for (let count = 0; count < 3; count += 1) await peer.expectNothing()
      peer.send(windowUpdate(0, 2 ** 20), windowUpdate(1, 2 ** 20))
      await expectEnd(peer, 1, body)
    },
  },
]

const OVERFLOW: readonly ServerCase[] = [
  connectionError('RFC9113 §6.9/zero-connection', 'an increment of 0 for the connection', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [windowUpdate(0, 0)],
  }),
  streamError('RFC9113 §6.9/zero-stream', 'an increment of 0 for a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (peer) => [peer.opening(1), windowUpdate(1, 0)],
  }),
  connectionError('RFC9113 §6.9.1/overflow-connection', 'the window of the connection overflows', {
    codes: ['FLOW_CONTROL_ERROR'],
    send: () => [windowUpdate(0, WINDOW_MAX), windowUpdate(0, WINDOW_MAX)],
  }),
  connectionError('RFC9113 §6.9.1/overflow-by-one', 'the connection overflows by one octet', {
    codes: ['FLOW_CONTROL_ERROR'],
    send: () => [windowUpdate(0, WINDOW_MAX - WINDOW_INITIAL + 1)],
  }),
  streamError('RFC9113 §6.9.1/overflow-stream', 'the window of a stream overflows', {
    codes: ['FLOW_CONTROL_ERROR'],
    send: (peer) => [peer.opening(1), windowUpdate(1, WINDOW_MAX), windowUpdate(1, WINDOW_MAX)],
  }),
  streamError('RFC9113 §6.9.1/overflow-stream-by-one', 'a stream overflows by one octet', {
    codes: ['FLOW_CONTROL_ERROR'],
    send: (peer) => [peer.opening(1), windowUpdate(1, WINDOW_MAX - WINDOW_INITIAL + 1)],
  }),
  connectionError('RFC9113 §6.9.2/overflow-by-settings', 'SETTINGS let a stream overflow', {
    codes: ['FLOW_CONTROL_ERROR'],
    send: (peer) => [
      peer.opening(1),
      windowUpdate(1, 1),
      settings(setting('initialWindowSize', WINDOW_MAX)),
    ],
  }),
  {
    id: 'RFC9113 §6.9.1/largest',
    title: 'windows of exactly 2^31-1 octets are allowed',
    run: async (peer) => {
      peer.send(windowUpdate(0, WINDOW_MAX - WINDOW_INITIAL))
      peer.send(peer.opening(1), windowUpdate(1, WINDOW_MAX - WINDOW_INITIAL))
      peer.send(data(1, BODY, { end: true }))
      await expectEnd(peer, 1, BODY)
    },
  },
]

/** Messages to a method that reads none, until the window has no room for one more. */
async function fillWindow(peer: RawClient, stream = 1): Promise<void> {
  const { unread } = peer.target.paths
  peer.send(headers(stream, peer.block({ ':path': unread })))
  const whole = data(stream, message(FRAME_SIZE_INITIAL - 5))
  for (;;) {
    const room = Math.floor(peer.windowOf(stream) / FRAME_SIZE_INITIAL)
    if (room === 0) return
    peer.send(...Array.from({ length: room }, () => whole))
    await peer.roundTrip()
  }
}

const RECEIVING: readonly ServerCase[] = [
  streamError('RFC9113 §6.9/exceeded', 'DATA beyond the window of its stream', {
    codes: ['FLOW_CONTROL_ERROR'],
    before: (peer) => fillWindow(peer),
    send: (peer) => [data(1, Buffer.alloc(peer.windowOf(1) + 1))],
  }),
  {
    id: 'RFC9113 §6.9/exceeded-by-padding',
    title: 'DATA that exceeds the window of its stream by its padding alone',
    run: async (peer) => {
      await fillWindow(peer)
      const room = peer.windowOf(1)
      if (room > 300) peer.send(data(1, message(room - 205)))
      await peer.roundTrip()
      peer.send(data(1, message(1), { padding: 255 }))
      await peer.expectStreamError(1, 'FLOW_CONTROL_ERROR')
    },
  },
  connectionError('RFC9113 §6.9/exceeded-connection', 'DATA beyond the window of the connection', {
    codes: ['FLOW_CONTROL_ERROR'],
    before: async (peer) => {
      for (let stream = 1; peer.windowOfConnection() >= FRAME_SIZE_INITIAL; stream += 2) {
        assert.ok(stream < 1000, 'what nobody reads uses up the window of the connection')
        await fillWindow(peer, stream)
      }
    },
    send: (peer) => [
      headers(2001, peer.block({ ':path': peer.target.paths.unread })),
      data(2001, Buffer.alloc(peer.windowOfConnection() + 1)),
    ],
    node: 'Node.js gives window back to the connection before anybody has read.',
  }),
  {
    id: 'RFC9113 §6.9/exactly-used',
    title: 'DATA that uses the window of its stream to the last octet, and empty DATA after it',
    run: async (peer) => {
      await fillWindow(peer)
      const room = peer.windowOf(1)
      if (room > 0) peer.send(data(1, Buffer.alloc(room)))
      peer.send(data(1, ''))
      const before = await peer.roundTrip()
      assert.ok(
        before.every(({ kind }) => kind === 'headers'),
        'no error',
      )
      peer.send(reset(1))
    },
  },
  {
    id: 'RFC9113 §6.9/unread-holds-up-nobody',
    title: 'a stream whose window is used up holds up no other stream',
    run: async (peer) => {
      await fillWindow(peer)
      const body = message(50_000)
      await peer.sendRequest(3, body)
      await peer.expectEcho(3, body)
      peer.send(reset(1))
    },
  },
]

export const FLOW_CASES: readonly ServerCase[] = [...SENDING, ...OVERFLOW, ...RECEIVING]
