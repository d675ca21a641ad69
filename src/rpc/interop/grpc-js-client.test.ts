import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  type CallOptions,
  type Client,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import type { echo } from '../../wire/index.ts'
import {
  createIdentity,
  EchoService,
  echoRequest,
  grpcJsClient,
  METHODS,
  serve,
  until,
} from './testing/index.ts'

/** The client of `@grpc/grpc-js` against our server. */

type Request = echo.EchoRequest
type Response = echo.EchoResponse
type ClientOptions = Parameters<typeof grpcJsClient>[2]

const GZIP = { 'grpc.default_compression_algorithm': 2 }
const UNBOUND = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }

async function start(
  context: TestContext,
  { messageBytesMax, ...options }: ClientOptions & { messageBytesMax?: number } = {},
) {
  const service = new EchoService()
  const { methods } = service
  const bound = messageBytesMax === undefined ? {} : { messageBytesMax }
  const own = await serve(context, { methods, ...bound })
  return { service, own, client: grpcJsClient(context, own.port, options) }
}

interface Outcome {
  readonly responses: Response[]
  readonly initial: Metadata
  readonly end: StatusObject
}

interface UnaryOptions {
  readonly request: Request
  readonly metadata?: Metadata
  readonly options?: CallOptions
  readonly method?: typeof METHODS.unary
}

function unaryCall(client: Client, given: UnaryOptions) {
  const { request, metadata = new Metadata(), options = {}, method = METHODS.unary } = given
  const { path, requestSerialize, responseDeserialize } = method
  const answer = Promise.withResolvers<{ error: ServiceError | null; response?: Response }>()
  const initial = Promise.withResolvers<Metadata>()
  const end = Promise.withResolvers<StatusObject>()
  const call = client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    metadata,
    options,
    (error, response) => answer.resolve({ error, ...(response && { response }) }),
  )
  call.on('metadata', initial.resolve)
  call.on('status', end.resolve)
  const outcome = Promise.all([answer.promise, initial.promise, end.promise]).then(
    ([{ response }, initial, end]): Outcome => ({
      responses: response === undefined ? [] : [response],
      initial,
      end,
    }),
  )
  return { call, outcome, end: end.promise }
}

function gather(client: Client, requests: readonly Request[]): Promise<ServiceError | Response> {
  const { path, requestSerialize, responseDeserialize } = METHODS.clientStream
  return new Promise((resolve) => {
    const call = client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      (error, response) => resolve(error ?? (response as Response)),
    )
    for (const request of requests) call.write(request)
    call.end()
  })
}

function openRepeated(client: Client, request: Request, options: CallOptions = {}) {
  const { path, requestSerialize, responseDeserialize } = METHODS.serverStream
  const call = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    options,
  )
  return { call, ...observed(call) }
}

async function repeated(client: Client, request: Request) {
  const { responses, end } = openRepeated(client, request)
  return { responses, end: await end }
}

function observed(call: ClientReadableStream<Response>) {
  const end = Promise.withResolvers<StatusObject>()
  const responses: Response[] = []
  call.on('status', end.resolve)
  // What it says is the status again.
  call.on('error', () => {})
  call.on('data', (response: Response) => responses.push(response))
  return { responses, end: end.promise }
}

function openBidirectional(client: Client) {
  const { path, requestSerialize, responseDeserialize } = METHODS.bidirectional
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  return { call, ...observed(call) }
}

function payload(length: number, seed = 0): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff))
}

describe('calls of grpc-js to our server', () => {
  it('are answered: one message each way', async (context) => {
    const { client, own } = await start(context)
    for (const length of [0, 1, 100, 16_384, 65_536]) {
      const request = echoRequest({ payload: payload(length) })
      const { responses, end } = await unaryCall(client, { request }).outcome
      assert.equal(end.code, status.OK)
      assert.deepEqual(
        responses.map(({ payload }) => Buffer.from(payload)),
        [request.payload],
      )
    }
    assert.equal(own.accepted.length, 1)
  })

  it('are answered over TLS', async (context) => {
    const { authority, identity } = createIdentity()
    const { methods } = new EchoService()
    const own = await serve(context, { methods, tls: { identity } })
    const client = grpcJsClient(context, own.port, { authority })
    const request = echoRequest({ payload: payload(100_000) })
    const { responses, end } = await unaryCall(client, { request }).outcome
    assert.equal(end.code, status.OK, end.details)
    assert.ok(responses.every(({ payload }) => Buffer.compare(payload, request.payload) === 0))
    assert.equal(own.accepted[0]?.tls?.protocol, 'h2')
  })

  it('find their own answers when many are under way', async (context) => {
    const { client } = await start(context)
    const calls = Array.from({ length: 2000 }, (_, i) =>
      unaryCall(client, { request: echoRequest({ payload: Buffer.from(`${i}`) }) }),
    )
    for (const [i, { outcome }] of calls.entries()) {
      const { responses } = await outcome
      assert.deepEqual(
        responses.map(({ payload }) => Buffer.from(payload).toString()),
        [`${i}`],
      )
    }
  })

  it('may send many messages and get one', async (context) => {
    const { client } = await start(context)
    const parts = Array.from({ length: 500 }, (_, i) => payload(1000, i))
    const answer = await gather(
      client,
      parts.map((payload) => echoRequest({ payload })),
    )
    assert.ok(!(answer instanceof Error), `${answer}`)
    assert.deepEqual(Buffer.from(answer.payload), Buffer.concat(parts))
    const none = await gather(client, [])
    assert.ok(!(none instanceof Error) && none.payload.length === 0)
  })

  it('may send one message and get many', async (context) => {
    const { client } = await start(context)
    const request = echoRequest({ payload: payload(5000), repeat: 2000 })
    const { responses, end } = await repeated(client, request)
    assert.equal(end.code, status.OK)
    assert.equal(responses.length, 2000)
    assert.ok(responses.every(({ payload }) => Buffer.compare(payload, request.payload) === 0))
  })

  it('may send and get at the same time', async (context) => {
    const { client } = await start(context)
    const { call, responses, end } = openBidirectional(client)
    for (let i = 0; i < 200; i++) {
      call.write(echoRequest({ payload: payload(i * 100, i) }))
      if (i % 20 === 0) await until(() => responses.length === i + 1)
    }
    call.end()
    assert.equal((await end).code, status.OK)
    assert.deepEqual(
      responses.map(({ payload }) => Buffer.from(payload)),
      Array.from({ length: 200 }, (_, i) => payload(i * 100, i)),
    )
  })
})

describe('messages of grpc-js to our server', () => {
  it('are compressed with gzip both ways', async (context) => {
    const { client, own } = await start(context, GZIP)
    for (const length of [10, 100_000]) {
      const request = echoRequest({ payload: Buffer.alloc(length, 'x') })
      const { responses, end } = await unaryCall(client, { request }).outcome
      assert.equal(end.code, status.OK)
      assert.deepEqual(
        responses.map(({ payload }) => Buffer.from(payload)),
        [request.payload],
      )
    }
    // An answer that gains nothing by it is not compressed.
    assert.deepEqual(own.gzip, { inflated: 2, deflated: 1 })
    const parts = Array.from({ length: 50 }, (_, i) => payload(i * 100))
    const answer = await gather(
      client,
      parts.map((payload) => echoRequest({ payload })),
    )
    assert.ok(!(answer instanceof Error), `${answer}`)
    assert.deepEqual(Buffer.from(answer.payload), Buffer.concat(parts))
  })

  it('may be as large as the bound', async (context) => {
    const { client } = await start(context, UNBOUND)
    // 4 MiB with the field around the payload.
    const request = echoRequest({ payload: payload(4 * 1024 * 1024 - 5) })
    const { responses, end } = await unaryCall(client, { request }).outcome
    assert.equal(end.code, status.OK)
    assert.equal(responses.length, 1)
    assert.ok(responses.every(({ payload }) => Buffer.compare(payload, request.payload) === 0))
  })

  it('that are larger are refused, compressed or not, and others are not', async (context) => {
    const options = { messageBytesMax: 100_000, ...UNBOUND }
    const { own, client } = await start(context, options)
    const zipping = grpcJsClient(context, own.port, { ...GZIP, ...UNBOUND })
    for (const one of [client, zipping]) {
      const request = echoRequest({ payload: Buffer.alloc(5_000_000) })
      const end = await unaryCall(one, { request }).end
      assert.equal(end.code, status.RESOURCE_EXHAUSTED, end.details)
      const next = await unaryCall(one, { request: echoRequest({}) }).outcome
      assert.equal(next.end.code, status.OK)
    }
    assert.equal(own.accepted.length, 2)
  })
})

describe('metadata of grpc-js', () => {
  it('travels both ways, before and after the answer, bytes too', async (context) => {
    const { client } = await start(context)
    const metadata = new Metadata()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    metadata.set('echo-initial', 'with spaces, commas; and = signs')
    metadata.set('echo-trailing-bin', bytes)
    const request = echoRequest({ payload: payload(10) })
    const { initial, end } = await unaryCall(client, { request, metadata }).outcome
    assert.deepEqual(initial.get('echo-initial'), ['with spaces, commas; and = signs'])
    assert.deepEqual(end.metadata.get('echo-trailing-bin'), [bytes])
  })

  it('comes with a failure too', async (context) => {
    const { client } = await start(context)
    const metadata = new Metadata()
    metadata.set('echo-trailing-bin', Buffer.of(0, 255))
    const request = echoRequest({ failStatus: status.ABORTED, failText: 'no' })
    const { end } = unaryCall(client, { request, metadata })
    assert.deepEqual((await end).metadata.get('echo-trailing-bin'), [Buffer.of(0, 255)])
  })
})

describe('failures that our server tells grpc-js', () => {
  it('arrive with their code and their text', async (context) => {
    const { client } = await start(context)
    for (const [code, text] of [
      [status.NOT_FOUND, 'plain'],
      [status.OUT_OF_RANGE, 'Zürich, 100 %, 日本, \u0000\n'],
      [status.UNAUTHENTICATED, ''],
    ] as const) {
      const request = echoRequest({ failStatus: code, failText: text })
      const end = await unaryCall(client, { request }).end
      assert.deepEqual([end.code, end.details], [code, text])
      const streamed = await repeated(client, { ...request, repeat: 3 })
      assert.deepEqual([streamed.end.code, streamed.end.details], [code, text])
      assert.equal(streamed.responses.length, 3)
    }
  })

  it('arrive while it still sends', async (context) => {
    const { client } = await start(context)
    const requests = Array(300).fill(echoRequest({ payload: payload(50_000) }))
    requests[3] = echoRequest({ failStatus: status.FAILED_PRECONDITION, failText: 'enough' })
    for (let round = 0; round < 5; round++) {
      const answer = await gather(client, requests)
      assert.ok(answer instanceof Error)
      assert.deepEqual([answer.code, answer.details], [status.FAILED_PRECONDITION, 'enough'])
    }
  })

  it('say that a method is not there', async (context) => {
    const { client } = await start(context)
    const method = { ...METHODS.unary, path: '/quorate.echo.v1.Echo/Nothing' }
    const end = await unaryCall(client, { request: echoRequest({}), method }).end
    assert.equal(end.code, status.UNIMPLEMENTED)
    assert.match(end.details, /Nothing/)
  })
})

const ENDLESS = echoRequest({ payload: payload(10_000), repeat: 2 ** 32 - 1 })

describe('the end of a call of grpc-js', () => {
  it('comes with its deadline, on both sides', async (context) => {
    const { client, service } = await start(context)
    // On a busy machine a deadline may be over before the server has heard of the call.
    for (let ms = 100; service.held.length === 0; ms *= 2) {
      const options = { deadline: Date.now() + ms }
      const method = METHODS.hold
      const { end } = unaryCall(client, { request: echoRequest({}), options, method })
      assert.equal((await end).code, status.DEADLINE_EXCEEDED)
    }
    await until(() => service.cancelled.length === service.held.length)
    for (let ms = 100, isHeard = false; !isHeard; ms *= 2) {
      const before = service.cancelled.length
      const stream = openRepeated(client, ENDLESS, { deadline: Date.now() + ms })
      assert.equal((await stream.end).code, status.DEADLINE_EXCEEDED)
      isHeard = stream.responses.length > 0
      if (isHeard) await until(() => service.cancelled.length > before)
    }
  })

  it('comes with its cancellation, which the handler hears', async (context) => {
    const { client, service } = await start(context)
    const { call, end } = unaryCall(client, { request: echoRequest({}), method: METHODS.hold })
    await until(() => service.held.length === 1)
    call.cancel()
    assert.equal((await end).code, status.CANCELLED)
    await until(() => service.cancelled.length === 1)
    const stream = openRepeated(client, ENDLESS)
    await until(() => stream.responses.length > 0)
    stream.call.cancel()
    assert.equal((await stream.end).code, status.CANCELLED)
    await until(() => service.cancelled.length === 2)
  })

  it('is waited for by a server that leaves, and the next call finds another', async (context) => {
    const { client, service, own } = await start(context)
    const { outcome } = unaryCall(client, { request: echoRequest({}), method: METHODS.hold })
    await until(() => service.held.length === 1)
    const left = own.server.leave()
    await until(() => client.getChannel().getConnectivityState(false) !== 2)
    service.held[0]?.answer(new Uint8Array(0), 0, 0)
    assert.equal((await outcome).end.code, status.OK)
    await left
    assert.equal(own.server.connections, 0)
  })
})
