import assert from 'node:assert/strict'
import { constants } from 'node:http2'
import { describe, it, type TestContext } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  connectNode,
  createIdentity,
  EchoService,
  echoRequest,
  exchange,
  framed,
  GRPC_HEAD,
  HOLD_PATH,
  serve,
  serverStream,
  unary,
  unframed,
  until,
} from './testing/index.ts'

/** The client of `node:http2` against our server. */

type ConnectOptions = Parameters<typeof connectNode>[2]

async function start(context: TestContext, options: ConnectOptions = {}) {
  const service = new EchoService()
  const own = await serve(context, { methods: service.methods, messageBytesMax: 1_000_000 })
  return { service, own, session: connectNode(context, own.port, options) }
}

function echoOf(payload: Uint8Array): Buffer {
  return framed(unary.request.encodeBytes(echoRequest({ payload })))
}

function payloadsIn(body: Buffer): Buffer[] {
  return unframed(body).map(({ message }) =>
    Buffer.from(unary.response.decodeBytes(message).payload),
  )
}

describe('a client of node:http2 at our server', () => {
  it('has its calls answered, with fields before and after', async (context) => {
    const { session } = await start(context)
    for (const length of [0, 10, 100_000, 900_000]) {
      const payload = Buffer.alloc(length, 'x')
      const stream = session.request({
        ...GRPC_HEAD,
        ':path': unary.path,
        'echo-initial': 'first',
        'echo-trailing-bin': 'AAEC',
      })
      stream.end(echoOf(payload))
      const { head, body, trailers, resetCode } = await exchange(stream)
      assert.equal(head[':status'], 200)
      assert.equal(head['content-type'], 'application/grpc')
      assert.equal(head['echo-initial'], 'first')
      assert.deepEqual(payloadsIn(body), [payload])
      assert.equal(trailers['grpc-status'], '0')
      assert.equal(trailers['echo-trailing-bin'], 'AAEC')
      assert.equal(resetCode, 0)
    }
  })

  it('is answered over TLS', async (context) => {
    const { authority, identity } = createIdentity()
    const { methods } = new EchoService()
    const own = await serve(context, { methods, tls: { identity } })
    const session = connectNode(context, own.port, { ca: Buffer.from(authority) })
    const streams = Array.from({ length: 200 }, (_, i) => {
      const stream = session.request({ ...GRPC_HEAD, ':path': unary.path })
      stream.end(echoOf(Buffer.alloc(i * 100, i)))
      return exchange(stream)
    })
    for (const [i, { body }] of (await Promise.all(streams)).entries()) {
      assert.deepEqual(payloadsIn(body), [Buffer.alloc(i * 100, i)])
    }
    assert.deepEqual(own.accepted[0]?.tls, { protocol: 'h2', peer: null })
  })

  it('gets answers of any size through windows and frames of any size', async (context) => {
    for (const settings of [
      { initialWindowSize: 1000, maxFrameSize: 16_384 },
      { initialWindowSize: 10_000_000, maxFrameSize: 1_000_000, headerTableSize: 0 },
      { initialWindowSize: 65_535, headerTableSize: 100_000 },
    ]) {
      const { session } = await start(context, { settings })
      const payload = Buffer.alloc(50_000, 'y')
      const stream = session.request({ ...GRPC_HEAD, ':path': serverStream.path })
      const request = echoRequest({ payload, repeat: 10 })
      stream.end(framed(serverStream.request.encodeBytes(request)))
      const { body, trailers } = await exchange(stream)
      assert.equal(trailers['grpc-status'], '0')
      assert.deepEqual(payloadsIn(body), Array(10).fill(payload))
    }
  })

  it('may pad its frames, and send a message byte by byte', async (context) => {
    const { session } = await start(context, { paddingStrategy: constants.PADDING_STRATEGY_MAX })
    const stream = session.request({ ...GRPC_HEAD, ':path': unary.path })
    for (const byte of echoOf(Buffer.from('slowly'))) stream.write(Buffer.of(byte))
    stream.end()
    const { body, trailers } = await exchange(stream)
    assert.deepEqual(payloadsIn(body), [Buffer.from('slowly')])
    assert.equal(trailers['grpc-status'], '0')
  })

  it('may compress, and gets the answer compressed', async (context) => {
    const { session } = await start(context)
    const payload = Buffer.alloc(100_000, 'z')
    const stream = session.request({
      ...GRPC_HEAD,
      ':path': unary.path,
      'grpc-encoding': 'gzip',
      'grpc-accept-encoding': 'identity, gzip',
    })
    stream.end(framed(gzipSync(unary.request.encodeBytes(echoRequest({ payload }))), 1))
    const { head, body } = await exchange(stream)
    assert.equal(head['grpc-encoding'], 'gzip')
    const [answer] = unframed(body)
    assert.ok(answer?.flag === 1 && answer.message.length < 10_000)
    const inflated = unary.response.decodeBytes(gunzipSync(answer.message))
    assert.deepEqual(Buffer.from(inflated.payload), payload)
  })

  it('is refused with a status when what it sends is no call', async (context) => {
    const { session, service } = await start(context)
    const whole = echoOf(Buffer.from('hello'))
    const head = { ...GRPC_HEAD, ':path': unary.path }
    const cases: [string, Buffer, object][] = [
      ['12', Buffer.alloc(0), head],
      ['13', whole.subarray(0, 8), head],
      ['13', Buffer.concat([Buffer.of(7), whole.subarray(1)]), head],
      ['12', Buffer.concat([whole, whole]), head],
      ['13', framed(gzipSync('x'), 1), head],
      ['3', framed(Buffer.from('no gzip'), 1), { ...head, 'grpc-encoding': 'gzip' }],
      ['3', framed(Buffer.of(0x0a, 0xff)), head],
      ['8', Buffer.of(0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3), head],
      ['12', whole, { ...head, 'grpc-encoding': 'deflate' }],
      ['3', whole, { ...head, 'grpc-timeout': 'soon' }],
      ['12', whole, { ...head, ':path': '/nothing' }],
    ]
    for (const [code, body, fields] of cases) {
      const stream = session.request({ ...fields })
      stream.end(body)
      const { head, trailers } = await exchange(stream)
      const told = head['grpc-status'] ?? trailers['grpc-status']
      assert.equal(told, code, `${body.toString('hex')} ${JSON.stringify(fields)}`)
    }
    const stream = session.request(head)
    stream.end(whole)
    assert.equal((await exchange(stream)).trailers['grpc-status'], '0')
    assert.deepEqual(service.cancelled, [])
  })

  it('is told when its deadline has passed, and the handler too', async (context) => {
    const { session, service } = await start(context)
    for (const timeout of ['50m', '50000u', '50000000n']) {
      const before = service.held.length
      // On a busy machine it may be over between the head and the message.
      while (service.held.length === before) {
        const head = { ...GRPC_HEAD, ':path': HOLD_PATH, 'grpc-timeout': timeout }
        const stream = session.request(head)
        stream.end(framed(Buffer.alloc(0)))
        const { head: answer } = await exchange(stream)
        assert.equal(answer['grpc-status'], '4')
      }
    }
    assert.equal(service.cancelled.length, 3)
    assert.deepEqual(service.cancelled, service.held)
  })

  it('may take back a call with any code, and the handler hears it', async (context) => {
    const { session, service } = await start(context)
    const codes = [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL, 0x1234]
    for (const [i, code] of codes.entries()) {
      const stream = session.request({ ...GRPC_HEAD, ':path': HOLD_PATH })
      stream.end(framed(Buffer.alloc(0)))
      await until(() => service.held.length === i + 1)
      stream.close(code)
      await exchange(stream)
      await until(() => service.cancelled.length === i + 1)
      // A late answer goes nowhere.
      service.held[i]?.answer(new Uint8Array(5), 0, 5)
    }
    const stream = session.request({ ...GRPC_HEAD, ':path': unary.path })
    stream.end(echoOf(Buffer.from('next')))
    assert.equal((await exchange(stream)).trailers['grpc-status'], '0')
  })

  it('has its pings answered', async (context) => {
    const { session } = await start(context)
    await new Promise((resolve) => session.on('remoteSettings', resolve))
    const answer = Promise.withResolvers<Buffer>()
    session.ping(Buffer.from('12345678'), (error, _, payload) => {
      if (error === null) answer.resolve(payload)
      else answer.reject(error)
    })
    assert.equal((await answer.promise).toString(), '12345678')
  })

  it('sees a server leave: calls end, and the connection after them', async (context) => {
    const { session, service, own } = await start(context)
    const stream = session.request({ ...GRPC_HEAD, ':path': HOLD_PATH })
    stream.end(framed(Buffer.alloc(0)))
    await until(() => service.held.length === 1)
    const away: number[] = []
    session.on('goaway', (code) => away.push(code))
    const closed = new Promise<void>((resolve) => session.on('close', () => resolve()))
    const left = own.server.leave()
    await until(() => away.length > 0)
    service.held[0]?.answer(new Uint8Array(0), 0, 0)
    assert.equal((await exchange(stream)).trailers['grpc-status'], '0')
    await Promise.all([left, closed])
    assert.ok(away.every((code) => code === 0))
  })
})
