import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  RPC_ACKNOWLEDGEMENTS_QUEUED_MAX,
  RPC_CONTINUATIONS_MAX,
  RPC_FLOOD_CREDIT_MAX,
  RPC_PARTIAL_MS_MAX,
  RPC_STREAM_WINDOW_BYTES,
} from '../../base/index.ts'
import {
  continuation,
  data,
  goaway,
  headers,
  ping,
  reset,
  setting,
  settings,
  windowUpdate,
} from '../conformance/testing/kit/frames.ts'
import { block } from '../conformance/testing/kit/hpack-writer.ts'
import { statusOf } from '../contract/setup.ts'
import { attackClientWith, inFrames, message } from './testing/index.ts'

const EMPTY = Buffer.alloc(0)
const HEAD = block([
  [':status', '200'],
  ['content-type', 'application/grpc'],
])
const GZIP_HEAD = block([
  [':status', '200'],
  ['content-type', 'application/grpc'],
  ['grpc-encoding', 'gzip'],
])
const OK = block([['grpc-status', '0']])

function many(one: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => one))
}

describe('a server that floods its client is left (RPC_FLOOD_CREDIT_MAX)', () => {
  const floods: readonly (readonly [what: string, one: Buffer])[] = [
    ['PING', ping('flood')],
    ['SETTINGS', settings()],
    ['empty DATA', data(1, EMPTY)],
    ['informational responses', headers(1, block([[':status', '103']]))],
    ['GOAWAY', goaway({ last: 2 ** 31 - 1 })],
  ]
  for (const [what, one] of floods) {
    it(
      what,
      attackClientWith(async (scene) => {
        const server = await scene.server()
        const { recorder } = scene.call()
        await server.find('data')
        const head = what === 'empty DATA' ? [headers(1, HEAD)] : []
        server.send(...head, many(one, RPC_FLOOD_CREDIT_MAX + 5000))
        await server.expectGoaway('ENHANCE_YOUR_CALM')
        assert.equal(statusOf(await recorder.end), 'UNAVAILABLE')
      }),
    )
  }

  it(
    'CONTINUATION (RPC_CONTINUATIONS_MAX)',
    attackClientWith(async (scene) => {
      const server = await scene.server()
      scene.call()
      await server.find('data')
      server.send(headers(1, HEAD, { endHeaders: false }))
      server.send(many(continuation(1, EMPTY, { endHeaders: false }), RPC_CONTINUATIONS_MAX + 1))
      await server.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'asks for answers, pays with DATA, and does not read (RPC_ACKNOWLEDGEMENTS_QUEUED_MAX)',
    attackClientWith(async (scene) => {
      const server = await scene.server(0, setting('initialWindowSize', 2 ** 31 - 1))
      const { call, recorder } = scene.stream()
      await scene.pass(10)
      server.send(windowUpdate(0, 2 ** 30))
      await server.roundTrip()
      server.socket.pause()
      // The client's own writing fills the way to the server.
      const large = new Uint8Array(1024 * 1024)
      call.write(large, 0, large.length, false)
      await scene.pass(10)
      const paid = Buffer.concat([data(1, Buffer.alloc(1)), many(ping('unread'), 4)])
      const prefix = message(EMPTY, { length: 90_000 })
      server.send(headers(1, HEAD), data(1, prefix))
      const startMs = scene.nowMs
      server.send(many(paid, RPC_ACKNOWLEDGEMENTS_QUEUED_MAX * 4))
      await recorder.end
      assert.ok(scene.nowMs - startMs < 5000, 'it was not only given up for reading nothing')
      assert.equal(statusOf(await recorder.end), 'UNAVAILABLE')
    }),
  )
})

describe('a server that is slow or says nothing', () => {
  it(
    'is left when its SETTINGS do not come, or a frame does not end (RPC_PARTIAL_MS_MAX)',
    attackClientWith(async (scene) => {
      const { recorder } = scene.call('Echo', { timeoutMs: RPC_PARTIAL_MS_MAX * 3 })
      const server = await scene.server()
      await server.find('data')
      server.send(headers(1, HEAD).subarray(0, 12))
      assert.equal(statusOf(await recorder.end), 'UNAVAILABLE')
    }),
  )

  it(
    'answers a byte a second: the deadline of the call holds',
    attackClientWith(async (scene) => {
      const { recorder } = scene.call('Echo', { timeoutMs: 5000 })
      const server = await scene.server()
      await server.find('data')
      for (const octet of Buffer.concat([headers(1, HEAD), data(1, message(Buffer.alloc(50)))])) {
        server.send(Buffer.from([octet]))
        await scene.pass(1000)
        if (recorder.result !== null) break
      }
      assert.equal(statusOf(await recorder.end), 'DEADLINE_EXCEEDED')
    }),
  )
})

describe('what a server says goodbye with', () => {
  it(
    'GOAWAY with calls that wait for room: they go to the next connection, not to this one',
    attackClientWith(async (scene) => {
      const first = await scene.server(0, setting('maxConcurrentStreams', 1))
      const one = scene.call()
      await first.find('data')
      const two = scene.call()
      first.send(goaway({ last: 0 }))
      const end = await one.recorder.end
      assert.equal(end.unprocessed, true)
      const second = await scene.server(1)
      const { stream } = await second.find('data')
      second.send(headers(stream, HEAD), headers(stream, OK, { end: true }))
      await two.recorder.end
      assert.equal(first.of('headers').length, 1)
    }),
  )

  it(
    'an answer before the request has left: what waits to be sent is dropped',
    attackClientWith(async (scene) => {
      const server = await scene.server(0, setting('initialWindowSize', 0))
      const { recorder } = scene.call()
      await server.find('headers')
      server.send(headers(1, HEAD), headers(1, OK, { end: true }))
      assert.equal(statusOf(await recorder.end), 'OK')
      await server.find('reset', ({ stream }) => stream === 1)
    }),
  )

  it(
    'the end of a stream whose last message is still being inflated: the caller may not notice',
    attackClientWith(async (scene) => {
      const server = await scene.server()
      const { call, recorder } = scene.stream()
      await server.find('headers')
      const zipped = message(gzipSync('hello'), { flag: 1 })
      server.send(headers(1, GZIP_HEAD), data(1, zipped), headers(1, OK, { end: true }))
      server.send(reset(1, 'NO_ERROR'))
      await server.find('reset')
      // Whether the end is told by now or not, neither of these is an accident.
      call.write(new Uint8Array(1), 0, 1, false)
      call.end()
      await scene.pass(100)
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.deepEqual(recorder.texts, ['hello'])
    }),
  )
})

describe('messages of a server', () => {
  it(
    'that are compressed come no faster than they are inflated (RPC_STREAM_WINDOW_BYTES)',
    attackClientWith(async (scene) => {
      const server = await scene.server()
      const { recorder } = scene.stream()
      await server.find('headers')
      const incompressible = Buffer.alloc(90_000)
      for (let i = 0; i < incompressible.length; i++) incompressible[i] = (i * 2654435761) >>> 13
      const zipped = message(gzipSync(incompressible), { flag: 1 })
      const count = Math.floor(RPC_STREAM_WINDOW_BYTES / zipped.length)
      server.send(headers(1, GZIP_HEAD), ...inFrames(1, many(zipped, count), { end: false }))
      await server.roundTrip()
      // They are here, inflated they are not, and so there is no more room for others.
      assert.ok(recorder.messages.length < count, 'it came to the point')
      assert.equal(server.of('windowUpdate').filter(({ stream }) => stream === 1).length, 0)
      await recorder.until(count)
      await server.find('windowUpdate', ({ stream }) => stream === 1)
    }),
  )

  it(
    'gzip bombs, messages that are too large, cut off or malformed end their calls alone',
    attackClientWith(async (scene) => {
      const server = await scene.server()
      const bomb = message(gzipSync(Buffer.alloc(10_000_000)), { flag: 1 })
      const bodies: readonly (readonly [body: Buffer, status: string])[] = [
        [bomb, 'INTERNAL'],
        [message(EMPTY, { length: 100_001 }), 'RESOURCE_EXHAUSTED'],
        [message(EMPTY, { flag: 7 }), 'INTERNAL'],
        [message(EMPTY, { length: 5 }), 'INTERNAL'],
      ]
      for (const [body, status] of bodies) {
        const { recorder } = scene.call()
        const { stream } = await server.find('headers')
        server.send(headers(stream, GZIP_HEAD), data(stream, body))
        if (status === 'INTERNAL') server.send(headers(stream, OK, { end: true }))
        assert.equal(statusOf(await recorder.end), status)
      }
      assert.equal(scene.servers.length, 1)
    }),
  )

  it(
    'a status text that is no UTF-8, however it is encoded',
    attackClientWith(async (scene) => {
      const server = await scene.server()
      for (const text of ['%FF%FE', '%', '%C3', '%ED%A0%80', '\xff\xfe', '%zz']) {
        const { recorder } = scene.call()
        const { stream } = await server.find('headers')
        const status = block([
          ['grpc-status', '10'],
          ['grpc-message', text],
        ])
        server.send(headers(stream, HEAD), headers(stream, status, { end: true }))
        const end = await recorder.end
        assert.equal(statusOf(end), 'ABORTED')
        assert.equal(end.status.message.isWellFormed(), true)
      }
    }),
  )
})
