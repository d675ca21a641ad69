import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ServerOptions } from '@grpc/grpc-js'
import type { echo } from '../../wire/index.ts'
import { Metadata, type StatusCode } from '../index.ts'
import {
  bidirectional,
  callStream,
  callUnary,
  clientStream,
  echoRequest,
  HOLD_PATH,
  type OpenOptions,
  open,
  serveGrpcJs,
  serverStream,
  unary,
  until,
  writeAll,
} from './testing/index.ts'

/** Our client against the server of `@grpc/grpc-js`. */

const UNBOUND = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }
const hold = { ...unary, path: HOLD_PATH }

async function start(
  context: TestContext,
  { server, client }: { server?: ServerOptions; client?: OpenOptions } = {},
) {
  const grpcJs = await serveGrpcJs(context, server)
  return { grpcJs, channel: open(context, grpcJs.port, client) }
}

function payloads(messages: readonly (echo.EchoRequest | echo.EchoResponse)[]): Buffer[] {
  return messages.map(({ payload }) => Buffer.from(payload))
}

function payload(length: number, seed = 0): Uint8Array {
  return new Uint8Array(length).map((_, at) => at * 31 + seed)
}

function requests(count: number, length: number): echo.EchoRequest[] {
  return Array.from({ length: count }, (_, i) => echoRequest({ payload: payload(length, i) }))
}

describe('our calls to a server of grpc-js', () => {
  it('are answered: one message each way', async (context) => {
    const { channel } = await start(context)
    for (const length of [0, 1, 100, 16_384, 65_536]) {
      const request = echoRequest({ payload: payload(length) })
      const { answers } = callUnary(channel, unary, { request })
      assert.equal(await answers.status, 'OK')
      assert.deepEqual(payloads(answers.messages), payloads([request]))
    }
  })

  it('find their own answers when many are under way', async (context) => {
    const { channel } = await start(context)
    const all = requests(2000, 20)
    const calls = all.map((request) => callUnary(channel, unary, { request }))
    for (const [i, { answers }] of calls.entries()) {
      assert.equal(await answers.status, 'OK')
      assert.deepEqual(payloads(answers.messages), payloads(all.slice(i, i + 1)))
    }
  })

  it('may send many messages and get one', async (context) => {
    const { channel } = await start(context)
    for (const all of [[], requests(500, 5000)]) {
      const call = await callStream(channel, clientStream)
      writeAll(call, all)
      assert.equal(await call.answers.status, 'OK')
      assert.deepEqual(payloads(call.answers.messages), [Buffer.concat(payloads(all))])
    }
  })

  it('may send one message and get many', async (context) => {
    const { channel } = await start(context)
    const call = await callStream(channel, serverStream)
    writeAll(call, [echoRequest({ payload: payload(5000), repeat: 2000 })])
    assert.equal(await call.answers.status, 'OK')
    const expected = Buffer.from(payload(5000))
    assert.equal(call.answers.messages.length, 2000)
    assert.ok(payloads(call.answers.messages).every((one) => one.equals(expected)))
  })

  it('may send and get at the same time', async (context) => {
    const { channel } = await start(context)
    const call = await callStream(channel, bidirectional)
    const all = requests(200, 5000)
    for (const [i, request] of all.entries()) {
      call.write(request)
      if (i % 20 === 0) await until(() => call.answers.messages.length === i + 1)
    }
    call.call.end()
    assert.equal(await call.answers.status, 'OK')
    assert.deepEqual(payloads(call.answers.messages), payloads(all))
  })
})

describe('our messages to a server of grpc-js', () => {
  it('may be compressed with gzip', async (context) => {
    const { channel } = await start(context)
    for (const length of [10, 100_000]) {
      const request = echoRequest({ payload: new Uint8Array(length).fill(120) })
      const { answers } = callUnary(channel, unary, { request, compress: true })
      assert.equal(await answers.status, 'OK')
      assert.deepEqual(payloads(answers.messages), payloads([request]))
    }
  })

  it('may be as large as it takes', async (context) => {
    const { channel } = await start(context, { server: UNBOUND })
    const request = echoRequest({ payload: payload(4 * 1024 * 1024 - 5) })
    const { answers } = callUnary(channel, unary, { request })
    assert.equal(await answers.status, 'OK')
    assert.deepEqual(payloads(answers.messages), payloads([request]))
  })

  it('are refused when they are larger, and the next is not', async (context) => {
    const server = { 'grpc.max_receive_message_length': 10_000 }
    const { channel } = await start(context, { server, client: { messageBytesMax: 5000 } })
    const large = callUnary(channel, unary, { request: echoRequest({ payload: payload(20_000) }) })
    assert.equal(await large.answers.status, 'RESOURCE_EXHAUSTED')
    // This one is too large for us on its way back.
    const back = callUnary(channel, unary, { request: echoRequest({ payload: payload(6000) }) })
    assert.equal(await back.answers.status, 'RESOURCE_EXHAUSTED')
    const next = callUnary(channel, unary, { request: echoRequest({}) })
    assert.equal(await next.answers.status, 'OK')
  })
})

describe('our metadata to a server of grpc-js', () => {
  it('travels both ways, before and after the answer, bytes too', async (context) => {
    const { channel, grpcJs } = await start(context)
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    const text = 'with spaces, commas; and = signs'
    const metadata = Metadata.of(['echo-initial', text]).withBytes('echo-trailing-bin', bytes)
    const { answers } = callUnary(channel, unary, { request: echoRequest({}), metadata })
    const trailing = await answers.trailing
    assert.equal(await answers.status, 'OK')
    assert.deepEqual(trailing.bytes('echo-trailing-bin'), bytes)
    assert.equal(answers.initial.get('echo-initial'), text)
    assert.deepEqual(grpcJs.metadata().get('echo-trailing-bin'), [Buffer.from(bytes)])
    assert.deepEqual(grpcJs.metadata().get('echo-initial'), [text])
  })

  it('comes with a failure too', async (context) => {
    const { channel } = await start(context)
    const metadata = Metadata.EMPTY.withBytes('echo-trailing-bin', Uint8Array.of(0, 255))
    const request = echoRequest({ failStatus: 10, failText: 'no' })
    const { answers } = callUnary(channel, unary, { request, metadata })
    assert.equal(await answers.status, 'ABORTED')
    assert.deepEqual((await answers.trailing).bytes('echo-trailing-bin'), Uint8Array.of(0, 255))
  })
})

describe('failures that a server of grpc-js tells us', () => {
  it('arrive with their code and their text', async (context) => {
    const { channel } = await start(context)
    for (const [code, name, text] of [
      [5, 'NOT_FOUND', 'plain'],
      [11, 'OUT_OF_RANGE', 'Zürich, 100 %, 日本'],
      [16, 'UNAUTHENTICATED', 'x'],
    ] as [StatusCode, string, string][]) {
      const request = echoRequest({ failStatus: code, failText: text, repeat: 3 })
      const { answers } = callUnary(channel, unary, { request })
      assert.deepEqual([await answers.status, await answers.text], [name, text])
      const streamed = await callStream(channel, serverStream)
      writeAll(streamed, [request])
      assert.deepEqual([await streamed.answers.status, await streamed.answers.text], [name, text])
      assert.equal(streamed.answers.messages.length, 3)
    }
  })

  it('arrive while we still send', async (context) => {
    const { channel } = await start(context)
    const all = Array(300).fill(echoRequest({ payload: payload(50_000) }))
    all[3] = echoRequest({ failStatus: 9, failText: 'enough' })
    for (let round = 0; round < 5; round++) {
      const call = await callStream(channel, clientStream)
      writeAll(call, all)
      assert.equal(await call.answers.status, 'FAILED_PRECONDITION')
      assert.equal(await call.answers.text, 'enough')
    }
  })

  it('say that a method is not there', async (context) => {
    const { channel } = await start(context)
    const method = { ...unary, path: '/quorate.echo.v1.Echo/Nothing' }
    const { answers } = callUnary(channel, method, { request: echoRequest({}) })
    assert.equal(await answers.status, 'UNIMPLEMENTED')
  })
})

describe('the end of our call to a server of grpc-js', () => {
  it('comes with its deadline, on both sides', async (context) => {
    const { channel, grpcJs } = await start(context)
    const request = echoRequest({})
    // On a busy machine a deadline may be over before the server has heard of the call.
    for (let ms = 100; grpcJs.begun() === 0; ms *= 2) {
      const { answers } = callUnary(channel, hold, { request, timeoutMs: ms })
      assert.equal(await answers.status, 'DEADLINE_EXCEEDED')
    }
    await until(() => grpcJs.cancelled() === grpcJs.begun())
    const before = grpcJs.begun()
    for (let ms = 100; grpcJs.begun() === before; ms *= 2) {
      const call = await callStream(channel, bidirectional, { timeoutMs: ms }).catch(() => null)
      call?.write(request)
      if (call !== null) assert.equal(await call.answers.status, 'DEADLINE_EXCEEDED')
    }
    await until(() => grpcJs.cancelled() === grpcJs.begun())
  })

  it('comes with its cancellation, which the handler hears', async (context) => {
    const { channel, grpcJs } = await start(context)
    const call = await callStream(channel, bidirectional)
    call.write(echoRequest({}))
    await until(() => call.answers.messages.length === 1)
    call.call.cancel()
    assert.equal(await call.answers.status, 'CANCELLED')
    await until(() => grpcJs.cancelled() === 1)
    const next = callUnary(channel, unary, { request: echoRequest({}) })
    assert.equal(await next.answers.status, 'OK')
  })

  it('is waited for when the server leaves, and the next call finds no server', async (context) => {
    const { channel, grpcJs } = await start(context)
    const call = await callStream(channel, bidirectional)
    call.write(echoRequest({}))
    await until(() => call.answers.messages.length === 1)
    const left = grpcJs.leave()
    await until(() => channel.state !== 'ready')
    call.call.end()
    assert.equal(await call.answers.status, 'OK')
    await left
    const late = callUnary(channel, unary, { request: echoRequest({}) })
    assert.equal(await late.answers.status, 'UNAVAILABLE')
    assert.equal((await late.answers.end).unprocessed, true)
  })
})
