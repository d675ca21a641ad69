import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  HTTP_BODIES_BYTES_ALL_MAX,
  HTTP_BODY_DROPPED_BYTES_MAX,
  HTTP_BODY_MS_MAX,
  HTTP_BODY_SHARE_BYTES,
} from '../../base/index.ts'
import { createHttpDoor, createNodeSockets } from '../../io/index.ts'
import { ManualClock } from '../../log/testing/index.ts'
import { until } from '../etcd/testing/index.ts'
import { HttpClient } from '../testing/index.ts'
import {
  BodyMemory,
  type BodyOutcome,
  BodyReader,
  createHttpServer,
  type Exchange,
  type HttpHandler,
} from './index.ts'

interface Options {
  readonly bytesMax?: number
  readonly memory?: BodyMemory
  readonly corsOrigins?: readonly string[]
}

/** Reads every body at `/body`, and breaks at `/broken`. */
async function open(context: TestContext, options: Options = {}) {
  const { bytesMax = 1000, memory = new BodyMemory(), corsOrigins = [] } = options
  const clock = new ManualClock()
  const outcomes: BodyOutcome[] = []
  const faults: unknown[] = []
  const handler: HttpHandler = {
    handle: (exchange) => {
      if (exchange.path === '/broken') throw new RangeError('a mistake')
      if (exchange.path !== '/body' || !exchange.allows('POST')) return exchange.path === '/body'
      const done = (outcome: BodyOutcome): void => {
        outcomes.push(outcome)
        answer(exchange, outcome)
      }
      new BodyReader(exchange.request, { clock, memory, bytesMax, done })
      return true
    },
  }
  const onFault = (error: unknown): void => void faults.push(error)
  const door = createHttpDoor(createHttpServer({ handlers: [handler], corsOrigins, onFault }))
  const nothing = new Uint8Array(0)
  const listener = await createNodeSockets().listen({ host: '127.0.0.1', port: 0 }, (socket) =>
    door.accept(socket, nothing),
  )
  context.after(async () => {
    door.destroy()
    await listener.close()
  })
  const { address } = listener
  return { web: new HttpClient(context, address), clock, memory, outcomes, faults, address }
}

function answer(exchange: Exchange, outcome: BodyOutcome): void {
  const { kind } = outcome
  exchange.sendText(kind === 'whole' ? 200 : 400, kind === 'whole' ? 'whole' : kind)
}

/** A connection that sends this and no more. */
function send(context: TestContext, port: number, text: string) {
  const socket = net.connect(port, '127.0.0.1')
  let answered = ''
  socket.on('data', (piece) => {
    answered += piece
  })
  socket.on('error', () => {})
  socket.write(text)
  context.after(() => socket.destroy())
  return { socket, answered: () => answered }
}

describe('the body of a request', () => {
  it('is read as a whole, up to its bound', async (context) => {
    const { web, outcomes, memory } = await open(context)
    assert.equal((await web.post('/body', 'x'.repeat(1000))).text, 'whole\n')
    assert.equal((await web.post('/body', '')).text, 'whole\n')
    const lengths = outcomes.map((one) => (one.kind === 'whole' ? one.bytes.length : -1))
    assert.deepEqual(lengths, [1000, 0])
    assert.equal(memory.heldBytes, 0)
  })

  it('that is larger is refused with an answer that arrives', async (context) => {
    const { web } = await open(context)
    assert.equal((await web.post('/body', 'x'.repeat(1001))).text, 'tooLarge\n')
    assert.equal((await web.post('/body', 'x'.repeat(3_000_000))).text, 'tooLarge\n')
  })

  it('of which far too much is announced is refused at once', async (context) => {
    const { address } = await open(context)
    const announced = HTTP_BODY_DROPPED_BYTES_MAX + 1
    const head = `POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: ${announced}\r\n\r\n`
    const { answered } = send(context, address.port, head)
    await until(() => answered().includes('tooLarge'))
    assert.match(answered(), /Connection: close/i)
  })

  it('is asked for only when it may come', async (context) => {
    const { address } = await open(context)
    const expects = (bytes: number) =>
      `POST /body HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n`
    const small = send(context, address.port, expects(3))
    await until(() => small.answered().startsWith('HTTP/1.1 100'))
    const large = send(context, address.port, expects(HTTP_BODY_DROPPED_BYTES_MAX + 1))
    await until(() => large.answered() !== '')
    assert.match(large.answered(), /^HTTP\/1.1 400/)
  })

  it('that takes too long is refused, and gives back what it held', async (context) => {
    const { address, clock, memory } = await open(context)
    const head = 'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhalf of it'
    const { answered } = send(context, address.port, head)
    await until(() => memory.heldBytes === 10)
    await clock.advance(HTTP_BODY_MS_MAX)
    await until(() => answered().includes('tooSlow'))
    assert.equal(memory.heldBytes, 0)
  })

  it('leaves nothing behind when its client goes', async (context) => {
    const { address, memory, outcomes } = await open(context)
    const head = 'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhalf of it'
    const { socket } = send(context, address.port, head)
    await until(() => memory.heldBytes === 10)
    socket.destroy()
    await until(() => memory.heldBytes === 0)
    assert.deepEqual(outcomes, [])
  })

  it('is refused when others take all the room, unless it is small', async (context) => {
    const memory = new BodyMemory()
    assert.ok(memory.grow(0, HTTP_BODIES_BYTES_ALL_MAX))
    const { web } = await open(context, { memory, bytesMax: 1_000_000 })
    const large = 'x'.repeat(HTTP_BODY_SHARE_BYTES + 1)
    assert.equal((await web.post('/body', large)).text, 'noRoom\n')
    assert.equal((await web.post('/body', 'small')).text, 'whole\n')
    assert.equal(memory.heldBytes, HTTP_BODIES_BYTES_ALL_MAX)
  })
})

describe('the server of HTTP/1.1', () => {
  it('knows no paths but those of its handlers, and survives their mistakes', async (context) => {
    const { web, faults } = await open(context)
    const none = await web.ask('/nothing?at=all')
    assert.deepEqual([none.status, none.text], [404, '404 page not found\n'])
    assert.equal((await web.ask('/broken')).status, 500)
    assert.equal(faults.length, 1)
    const get = await web.ask('/body')
    assert.deepEqual([get.status, get.headers['allow']], [405, 'POST'])
  })

  it('answers in HTTP/1.1 whoever offers HTTP/2, too', async (context) => {
    const { address } = await open(context)
    const upgrade =
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
    const head = `POST /body HTTP/1.1\r\nHost: a\r\n${upgrade}Content-Length: 3\r\n\r\nabc`
    const { answered } = send(context, address.port, head)
    await until(() => answered().includes('whole'))
    assert.match(answered(), /^HTTP\/1.1 200/)
  })

  it('tells browsers whose pages may read its answers', async (context) => {
    const origins = async (corsOrigins: readonly string[], origin: string) => {
      const { web } = await open(context, { corsOrigins })
      const { headers } = await web.ask('/nothing', { headers: { origin } })
      return [headers['access-control-allow-origin'], headers['vary']]
    }
    assert.deepEqual(await origins(['*'], 'http://a'), ['*', undefined])
    assert.deepEqual(await origins(['http://a', 'http://b'], 'http://b'), ['http://b', 'Origin'])
    assert.deepEqual(await origins(['http://a'], 'http://b'), [undefined, undefined])
    assert.deepEqual(await origins([], 'http://b'), [undefined, undefined])
    const { web } = await open(context, { corsOrigins: ['*'] })
    const { status, headers } = await web.ask('/v3/kv/put', { method: 'OPTIONS' })
    assert.equal(status, 200)
    const names = 'accept, content-type, authorization'
    assert.equal(headers['access-control-allow-headers'], names)
  })

  it('tells pages of what the REST door understands, and nobody else', async (context) => {
    const { web } = await open(context, { corsOrigins: ['*'] })
    const ask = async (path: string, headers = {}) => {
      const answer = await web.ask(path, { method: 'OPTIONS', headers })
      const told = ['allow-origin', 'allow-headers', 'expose-headers']
      return told.map((name) => answer.headers[`access-control-${name}`] ?? '')
    }
    const [origin, allowed = '', exposed = ''] = await ask('/api/v1/kv/a', { origin: 'http://a' })
    assert.equal(origin, '*')
    for (const name of ['if-match', 'if-none-match', 'idempotency-key', 'last-event-id']) {
      assert.ok(allowed.toString().includes(name), name)
    }
    for (const name of ['etag', 'quorate-revision']) assert.ok(exposed.toString().includes(name))
    assert.deepEqual(await ask('/api/v1/kv/a'), ['', '', ''])
    assert.equal((await ask('/v3/kv/range'))[0], '*')
  })

  it('ends connections that speak something else', async (context) => {
    const { address } = await open(context)
    for (const text of ['HELLO\r\n\r\n', `GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`]) {
      const { answered } = send(context, address.port, text)
      await until(() => answered() !== '')
      assert.match(answered(), /^HTTP\/1.1 4\d\d/)
    }
  })
})
