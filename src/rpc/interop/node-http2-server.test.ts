import assert from 'node:assert/strict'
import { constants, type Settings } from 'node:http2'
import { describe, it, type TestContext } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { CallEnd } from '../index.ts'
import { Metadata } from '../index.ts'
import {
  callStream,
  callUnary,
  createIdentity,
  echoRequest,
  framed,
  open,
  serveNode,
  serverStream,
  unary,
  unframed,
  until,
  writeAll,
} from './testing/index.ts'

/** Our client against a server of `node:http2`. */

type Handler = Parameters<typeof serveNode>[1]
type Stream = Parameters<Handler>[0]

const HEAD = { ':status': 200, 'content-type': 'application/grpc' }

async function start(context: TestContext, handler: Handler, settings: Settings = {}) {
  const node = await serveNode(context, handler, { settings })
  return { node, channel: open(context, node.port) }
}

/** How a call ends when the server does that; the text of its one message is `hello`. */
async function endOf(context: TestContext, handler: Handler): Promise<CallEnd> {
  const { channel } = await start(context, handler)
  const request = echoRequest({ payload: Buffer.from('hello') })
  return callUnary(channel, unary, { request }).answers.end
}

function answerWith(stream: Stream, body: Uint8Array, { trailers = { 'grpc-status': '0' } } = {}) {
  stream.respond(HEAD, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.end(body)
}

/** The message of the request, back as it came. */
function echo(stream: Stream): void {
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  stream.on('end', () => answerWith(stream, Buffer.concat(parts)))
}

function responseOf(text: string): Buffer {
  return framed(unary.response.encodeBytes({ payload: Buffer.from(text) }))
}

describe('our client at a server of node:http2', () => {
  it('is answered through windows and frames of any size', async (context) => {
    for (const settings of [
      {},
      { initialWindowSize: 1000 },
      { initialWindowSize: 5_000_000, maxFrameSize: 1_000_000 },
      { headerTableSize: 0, maxConcurrentStreams: 1 },
      { headerTableSize: 100_000, maxConcurrentStreams: 3 },
    ]) {
      const { channel, node } = await start(context, echo, settings)
      const metadata = Metadata.of(['key', 'value'])
      const calls = [0, 10, 1000, 100_000, 900_000].flatMap((length) => {
        const payload = Buffer.alloc(length, 'x')
        const options = { request: echoRequest({ payload }), metadata }
        return Array.from({ length: 3 }, () => ({
          payload,
          answers: callUnary(channel, unary, options).answers,
        }))
      })
      for (const { payload, answers } of calls) {
        assert.equal(await answers.status, 'OK')
        assert.deepEqual(
          answers.messages.map(({ payload }) => Buffer.from(payload)),
          [payload],
        )
      }
      assert.equal(node.sessions.length, 1)
    }
  })

  it('is answered over TLS, and says nothing to a server of somebody else', async (context) => {
    const { authority, identity } = createIdentity()
    const { port, sessions } = await serveNode(context, echo, { tls: identity })
    const channel = open(context, port, { tls: { authority } })
    const request = echoRequest({ payload: Buffer.alloc(300_000, 'x') })
    const calls = Array.from({ length: 20 }, () => callUnary(channel, unary, { request }))
    for (const { answers } of calls) assert.equal(await answers.status, 'OK')
    assert.equal(sessions.length, 1)
    assert.equal(sessions[0]?.alpnProtocol, 'h2')

    const other = open(context, port, { tls: { authority: createIdentity().authority } })
    const { answers } = callUnary(other, unary, { request })
    assert.equal(await answers.status, 'UNAVAILABLE')
    assert.equal((await answers.end).unprocessed, true)
    assert.equal(sessions.length, 1)
  })

  it('reads a stream that is larger than every window', async (context) => {
    const body = Buffer.concat(Array(3000).fill(responseOf('y'.repeat(10_000))))
    const { channel } = await start(context, (stream) => answerWith(stream, body))
    const call = await callStream(channel, serverStream)
    writeAll(call, [echoRequest({})])
    assert.equal(await call.answers.status, 'OK')
    assert.equal(call.answers.messages.length, 3000)
  })

  it('sends what is asked for, and compresses when told to', async (context) => {
    let fields: Record<string, unknown> = {}
    let body = Buffer.alloc(0)
    const { channel } = await start(context, (stream, head) => {
      // Without what Node keeps under a symbol.
      fields = Object.fromEntries(Object.entries(head))
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        body = Buffer.concat(parts)
        answerWith(stream, responseOf(''))
      })
    })
    const payload = Buffer.alloc(50_000, 'x')
    const request = echoRequest({ payload })
    const { answers } = callUnary(channel, unary, { request, compress: true, timeoutMs: 5000 })
    assert.equal(await answers.status, 'OK')
    const { ':authority': authority, ...rest } = fields
    assert.match(`${authority}`, /^127\.0\.0\.1:\d+$/)
    assert.deepEqual(rest, {
      ':method': 'POST',
      ':scheme': 'http',
      ':path': unary.path,
      te: 'trailers',
      'content-type': 'application/grpc',
      'user-agent': 'quorate',
      'grpc-accept-encoding': 'gzip,identity',
      'grpc-timeout': '5000m',
      'grpc-encoding': 'gzip',
    })
    const [message] = unframed(body)
    assert.equal(message?.flag, 1)
    assert.deepEqual(gunzipSync(message.message), Buffer.from(unary.request.encodeBytes(request)))
  })

  it('reads compressed messages between plain ones, in order', async (context) => {
    const plain = (text: string) => unary.response.encodeBytes({ payload: Buffer.from(text) })
    const { channel } = await start(context, (stream) => {
      stream.respond({ ...HEAD, 'grpc-encoding': 'gzip' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.write(framed(plain('a')))
      stream.write(framed(gzipSync(plain('b'.repeat(100_000))), 1))
      stream.write(framed(plain('c')))
      stream.end(framed(gzipSync(plain('d')), 1))
    })
    const call = await callStream(channel, serverStream)
    writeAll(call, [echoRequest({})])
    assert.equal(await call.answers.status, 'OK')
    const texts = call.answers.messages.map(({ payload }) => Buffer.from(payload).toString())
    assert.deepEqual(texts, ['a', 'b'.repeat(100_000), 'c', 'd'])
  })

  it('takes informational responses before the answer', async (context) => {
    const end = await endOf(context, (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</x>' })
      stream.additionalHeaders({ ':status': 102 })
      answerWith(stream, responseOf(''))
    })
    assert.equal(end.status.code, 0)
  })

  it('is told a status that comes alone', async (context) => {
    const fields = { 'grpc-status': '9', 'grpc-message': 'n%C3%B6', more: 'x' }
    const end = await endOf(context, (stream) => {
      stream.respond({ ...HEAD, ...fields }, { endStream: true })
    })
    assert.deepEqual([end.status.code, end.status.message], [9, 'nö'])
    assert.equal(Metadata.received(end.trailers).get('more'), 'x')
  })

  it('makes a status of an answer that has none', async (context) => {
    const bomb = gzipSync(Buffer.alloc(5_000_000))
    const cases: [number, Handler][] = [
      [14, (stream) => stream.respond({ ':status': 503 }, { endStream: true })],
      [12, (stream) => stream.respond({ ':status': 404 }, { endStream: true })],
      [2, (stream) => answerWithText(stream)],
      [2, (stream) => answerWith(stream, responseOf(''), { trailers: { 'grpc-status': 'x' } })],
      [13, (stream) => answerWith(stream, responseOf('x').subarray(0, 6))],
      [13, (stream) => endWithoutTrailers(stream)],
      [13, (stream) => answerWith(stream, framed(bomb, 1))],
      [13, (stream) => zipped(stream, framed(bomb, 1))],
      [8, (stream) => answerWith(stream, Buffer.of(0, 1, 0, 0, 0))],
      [8, (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)],
      [1, (stream) => stream.close(constants.NGHTTP2_CANCEL)],
      [13, (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
      [14, (stream) => stream.session?.destroy()],
    ]
    for (const [code, handler] of cases) {
      const { status, unprocessed } = await endOf(context, handler)
      assert.equal(status.code, code, `${handler}: ${status.message}`)
      assert.equal(unprocessed, false)
    }
  })

  it('knows that a call was not looked at', async (context) => {
    const { status, unprocessed } = await endOf(context, (stream) => {
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
    })
    assert.deepEqual([status.code, unprocessed], [14, true])
  })

  it('goes to a new connection when the server leaves', async (context) => {
    const held: Stream[] = []
    const { channel, node } = await start(context, (stream) => {
      stream.resume()
      held.push(stream)
    })
    const first = callUnary(channel, unary, { request: echoRequest({}) })
    await until(() => held.length === 1)
    node.sessions[0]?.close()
    await until(() => channel.state !== 'ready')
    const second = callUnary(channel, unary, { request: echoRequest({}) })
    await until(() => held.length === 2)
    for (const stream of held) answerWith(stream, responseOf(''))
    assert.equal(await first.answers.status, 'OK')
    assert.equal(await second.answers.status, 'OK')
    assert.equal(node.sessions.length, 2)
    await until(() => node.sessions[0]?.destroyed === true)
  })

  it('tells the server that a call is cancelled', async (context) => {
    const codes: number[] = []
    const held: Stream[] = []
    const { channel } = await start(context, (stream) => {
      stream.resume()
      stream.on('close', () => codes.push(stream.rstCode ?? 0))
      held.push(stream)
    })
    const { call, answers } = callUnary(channel, unary, { request: echoRequest({}) })
    await until(() => held.length === 1)
    call.cancel()
    assert.equal(await answers.status, 'CANCELLED')
    await until(() => codes.length === 1)
    assert.deepEqual(codes, [constants.NGHTTP2_CANCEL])
  })
})

function answerWithText(stream: Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'text/html' })
  stream.end('<p>hello</p>')
}

function endWithoutTrailers(stream: Stream): void {
  stream.respond(HEAD)
  stream.end()
}

function zipped(stream: Stream, body: Uint8Array): void {
  stream.respond({ ...HEAD, 'grpc-encoding': 'gzip' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(body)
}
