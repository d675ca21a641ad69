/** What a client must take and refuse of its server's control frames (RFC 9113 §6.5 to §6.10). */

import assert from 'node:assert/strict'
import type { ClientCase } from './case.ts'
import { answerBlock, clientConnectionError, ignoredByClient } from './client-case-makers.ts'
import {
  continuation,
  FLAG,
  frame,
  goaway,
  headers,
  ping,
  pushPromise,
  setting,
  settings,
  settingsPayload,
  TYPE,
} from './kit/frames.ts'
import { block } from './kit/hpack-writer.ts'
import { expectAnswered, expectEnd, expectFailed } from './run-client.ts'

const SETTINGS: readonly ClientCase[] = [
  ...(
    [
      [
        'push-1',
        'SETTINGS_ENABLE_PUSH 1 from a server',
        setting('enablePush', 1),
        'PROTOCOL_ERROR',
      ],
      ['push-2', 'SETTINGS_ENABLE_PUSH 2', setting('enablePush', 2), 'PROTOCOL_ERROR'],
      [
        'window',
        'SETTINGS_INITIAL_WINDOW_SIZE 2^31',
        setting('initialWindowSize', 2 ** 31),
        'FLOW_CONTROL_ERROR',
      ],
      ['frame-small', 'SETTINGS_MAX_FRAME_SIZE 1', setting('maxFrameSize', 1), 'PROTOCOL_ERROR'],
      [
        'frame-large',
        'SETTINGS_MAX_FRAME_SIZE 2^24',
        setting('maxFrameSize', 2 ** 24),
        'PROTOCOL_ERROR',
      ],
    ] as const
  ).map(([id, title, value, code]) =>
    clientConnectionError(`RFC9113 §6.5.2/client-${id}`, title, {
      codes: [code],
      send: () => [settings(value)],
    }),
  ),
  clientConnectionError('RFC9113 §6.5/client-stream', 'SETTINGS on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.settings, stream })],
  }),
  clientConnectionError('RFC9113 §6.5/client-length', 'SETTINGS of 5 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.settings, payload: Buffer.alloc(5) })],
  }),
  clientConnectionError('RFC9113 §6.5/client-ack', 'an acknowledgement that is not empty', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [
      frame({ type: TYPE.settings, flags: FLAG.ack, payload: settingsPayload([0x9, 1]) }),
    ],
  }),
  {
    id: 'RFC9113 §6.5.2/client-unknown',
    title: 'unknown settings, and SETTINGS_ENABLE_PUSH 0, are taken',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin([0x99, 5], setting('enablePush', 0))
      await peer.change([0xfff0, 2 ** 32 - 1])
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
    },
  },
  {
    id: 'RFC9113 §6.5.3/client-acknowledgements',
    title: 'every SETTINGS frame is acknowledged once',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const before = peer.log.length
      peer.send(settings(), settings(), settings(setting('maxConcurrentStreams', 50)))
      await peer.roundTrip()
      const acks = peer.log.slice(before).filter((item) => item.kind === 'settings' && item.ack)
      assert.equal(acks.length, 3)
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
    },
  },
]

const PUSH: readonly ClientCase[] = [
  {
    id: 'RFC9113 §8.4/client-disables-push',
    title: 'a client that takes no push says so',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      assert.equal(peer.announced('enablePush'), 0)
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
    },
  },
  ...(
    [
      ['promise', 'PUSH_PROMISE', 2],
      ['promise-odd', 'PUSH_PROMISE of a stream of the client', 77],
      ['promise-0', 'PUSH_PROMISE of stream 0', 0],
    ] as const
  ).map(([id, title, promised]) =>
    clientConnectionError(`RFC9113 §6.6/client-${id}`, `${title}, with push disabled`, {
      codes: ['PROTOCOL_ERROR'],
      send: (_, { stream }) => [pushPromise(stream, promised, promise())],
    }),
  ),
  clientConnectionError('RFC9113 §6.6/client-stream-0', 'PUSH_PROMISE on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [pushPromise(0, 2, promise())],
  }),
]

function promise(): Buffer {
  return block([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'localhost'],
  ])
}

const PING: readonly ClientCase[] = [
  {
    id: 'RFC9113 §6.7/client-answer',
    title: 'a client answers PING with the same octets',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(ping('\u0001\u00fe345678'))
      const answer = await peer.find('ping', ({ ack }) => ack)
      assert.equal(answer.text, '\u0001\u00fe345678')
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
    },
  },
  ignoredByClient('RFC9113 §6.7/client-ack', 'PING with ACK that answers nothing is ignored', {
    send: () => [ping('unasked', { ack: true })],
    node: 'Node.js ends the session when it has sent no PING; §6.7 knows no such error.',
  }),
  clientConnectionError('RFC9113 §6.7/client-stream', 'PING on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.ping, stream, payload: Buffer.alloc(8) })],
  }),
  clientConnectionError('RFC9113 §6.7/client-length', 'PING of 9 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.ping, payload: Buffer.alloc(9) })],
  }),
]

const GOAWAY: readonly ClientCase[] = [
  {
    id: 'RFC9113 §6.8/client-finishes',
    title: 'after GOAWAY calls up to its last stream are completed, and new ones go elsewhere',
    after: 'fresh',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(goaway({ last: request.stream }))
      await peer.roundTrip()
      scene.serveNext()
      const next = scene.client.call(Buffer.from('word'))
      await expectAnswered(next)
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
      const opened = peer.log.filter((item) => item.kind === 'headers')
      assert.equal(opened.length, 1, 'no stream is opened after GOAWAY')
    },
  },
  {
    id: 'RFC9113 §6.8/client-two-steps',
    title: 'a farewell in two steps, 2^31-1 first, loses no call',
    after: 'fresh',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(goaway({ last: 2 ** 31 - 1 }))
      await peer.roundTrip()
      peer.send(goaway({ last: request.stream }))
      peer.send(peer.answer(request.stream, request.body))
      await expectAnswered(outcome)
    },
  },
  {
    id: 'RFC9113 §6.8/client-not-processed',
    title: 'a call above the last stream of GOAWAY fails at once, or is made again elsewhere',
    after: 'fresh',
    run: async (scene) => {
      const { peer, outcome } = await scene.begin()
      scene.serveNext()
      peer.send(goaway({ last: 0 }))
      // The old connection says nothing more about it: to wait for it would be to hang.
      await expectEnd(outcome)
    },
  },
  {
    id: 'RFC9113 §6.8/client-error',
    title: 'GOAWAY with an error, debug data and the end of TCP fails the call',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(goaway({ last: request.stream, code: 0x99, debug: 'something to read' }))
      peer.end()
      await expectFailed(outcome)
      await peer.expectClosed()
    },
  },
  {
    id: 'RFC9113 §5.4.3/client-cut-off',
    title: 'a connection that ends without GOAWAY fails the call',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(headers(request.stream, answerBlock()))
      peer.end()
      await expectFailed(outcome)
      await peer.expectClosed()
    },
  },
  clientConnectionError('RFC9113 §6.8/client-stream', 'GOAWAY on a stream', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [frame({ type: TYPE.goaway, stream, payload: Buffer.alloc(8) })],
  }),
  clientConnectionError('RFC9113 §6.8/client-length', 'GOAWAY of 4 octets', {
    codes: ['FRAME_SIZE_ERROR'],
    send: () => [frame({ type: TYPE.goaway, payload: Buffer.alloc(4) })],
  }),
]

const CONTINUATION: readonly ClientCase[] = [
  clientConnectionError('RFC9113 §6.10/client-stream-0', 'CONTINUATION on stream 0', {
    codes: ['PROTOCOL_ERROR'],
    send: () => [continuation(0, Buffer.alloc(0))],
  }),
  clientConnectionError('RFC9113 §6.10/client-alone', 'CONTINUATION of nothing', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [continuation(stream, answerBlock())],
  }),
  clientConnectionError('RFC9113 §6.10/client-after-last', 'CONTINUATION of what is complete', {
    codes: ['PROTOCOL_ERROR'],
    send: (_, { stream }) => [
      headers(stream, answerBlock()),
      continuation(stream, Buffer.alloc(0)),
    ],
  }),
  {
    id: 'RFC9113 §10.5/client-continuation-flood',
    title: 'a header block that never ends is given up',
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      const one = continuation(request.stream, Buffer.alloc(0), { endHeaders: false })
      const many = Buffer.concat(Array.from({ length: 2000 }, () => one))
      peer.send(headers(request.stream, answerBlock(), { endHeaders: false }))
      for (let count = 0; count < 200 && !peer.over; count += 1) {
        peer.send(many)
        await peer.flushed()
      }
      await expectFailed(outcome)
      await peer.expectClosed()
    },
  },
]

export const CLIENT_CONNECTION_CASES: readonly ClientCase[] = [
  ...SETTINGS,
  ...PUSH,
  ...PING,
  ...GOAWAY,
  ...CONTINUATION,
]
