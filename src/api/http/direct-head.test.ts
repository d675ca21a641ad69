import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import { describe, it } from 'node:test'
import { type Chance, SeededChance } from '../../base/index.ts'
import { ManualClock } from '../../log/testing/index.ts'
import { HeadReader } from './direct-head.ts'
import { BodyMemory, createHttpServer, type NodeExchange } from './index.ts'

const HOST = 'Host: a\r\n'
const PUT_ONE = `PUT / HTTP/1.1\r\n${HOST}Content-Length: 1\r\n`
const LONG = 'x'.repeat(5000)

function read(text: string, reader = new HeadReader()) {
  if (!reader.read(Buffer.from(text, 'latin1'))) return null
  const { method, target, headers, headBytes, bodyBytes } = reader
  return { method, target, headers: { ...headers }, headBytes, bodyBytes }
}

describe('the head of a plain request', () => {
  it('is read as it stands', () => {
    const get = `GET /a?b=%20 HTTP/1.1\r\nHOST: a:1\r\nAccept:  */*  \r\nX-Y:\r\n\r\n`
    const fields = { host: 'a:1', accept: '*/*', 'x-y': '' }
    const asked = { method: 'GET', target: '/a?b=%20', headBytes: get.length, bodyBytes: 0 }
    assert.deepEqual(read(`${get}behind it`), { ...asked, headers: fields })
    const put = read(
      `PUT / HTTP/1.1\r\n${HOST}Connection: Keep-Alive\r\nContent-Length: 17\r\n\r\n`,
    )
    assert.equal(put?.bodyBytes, 17)
  })

  it('with the fields of the one before has them, and another one has its own', () => {
    const reader = new HeadReader()
    const one = 'Host: a\r\nAccept: b\r\n\r\n'
    for (const [fields, accept] of [
      [one, 'b'],
      [one, 'b'],
      ['Host: a\r\nAccept: c\r\n\r\n', 'c'],
      ['Host: a\r\n\r\n', undefined],
      [one, 'b'],
    ] as const) {
      const head = `GET /${accept} HTTP/1.1\r\n${fields}`
      const found = read(head, reader)
      assert.deepEqual([found?.headers['accept'], found?.target], [accept, `/${accept}`])
      assert.equal(found?.headBytes, head.length)
    }
  })

  it('is not read before it is whole', () => {
    const head = `PUT /a HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\n`
    const reader = new HeadReader()
    assert.notEqual(read(head, reader), null)
    for (let length = 0; length < head.length; length++) {
      assert.equal(read(head.slice(0, length)), null)
      assert.equal(read(head.slice(0, length), reader), null)
    }
  })

  for (const [what, text] of Object.entries({
    'another method': `POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
    'a method in small letters': `get / HTTP/1.1\r\n${HOST}\r\n`,
    'an older version': `GET / HTTP/1.0\r\n${HOST}\r\n`,
    'a whole URL': `GET http://a/ HTTP/1.1\r\n${HOST}\r\n`,
    'two spaces': `GET  / HTTP/1.1\r\n${HOST}\r\n`,
    'a fragment': `GET /#a HTTP/1.1\r\n${HOST}\r\n`,
    'a target that is not ASCII': `GET /\xe9 HTTP/1.1\r\n${HOST}\r\n`,
    'a target without end': `GET /${LONG} HTTP/1.1\r\n${HOST}\r\n`,
    'no host': 'GET / HTTP/1.1\r\nAccept: a\r\n\r\n',
    'an empty host': 'GET / HTTP/1.1\r\nHost: \r\n\r\n',
    'two hosts': `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`,
    'a field that comes twice': `GET / HTTP/1.1\r\n${HOST}Cookie: a\r\ncookie: b\r\n\r\n`,
    'fields without end': `GET / HTTP/1.1\r\n${HOST}A: ${LONG}\r\n\r\n`,
    'a line that goes on': `GET / HTTP/1.1\r\n${HOST}A: b\r\n c\r\n\r\n`,
    'a first line that is folded': `GET / HTTP/1.1\r\n ${HOST}\r\n`,
    'a space in front of the colon': `GET / HTTP/1.1\r\n${HOST}A : b\r\n\r\n`,
    'a name that is no word': `GET / HTTP/1.1\r\n${HOST}a_b: c\r\n\r\n`,
    'a field without name': `GET / HTTP/1.1\r\n${HOST}: c\r\n\r\n`,
    'a field without colon': `GET / HTTP/1.1\r\n${HOST}abc\r\n\r\n`,
    'a line that ends with LF alone': `GET / HTTP/1.1\r\n${HOST}A: b\nC: d\r\n\r\n`,
    'a line that ends with CR alone': `GET / HTTP/1.1\r\n${HOST}A: b\rC: d\r\n\r\n`,
    'a head that ends with LF alone': `GET / HTTP/1.1\r\n${HOST}\n`,
    'a head that ends with CR and another byte': `GET / HTTP/1.1\r\n${HOST}\ra`,
    'a byte 0 in a value': `GET / HTTP/1.1\r\n${HOST}A: b\0\r\n\r\n`,
    'a tab in a value': `GET / HTTP/1.1\r\n${HOST}A:\tb\r\n\r\n`,
    'a value that is not ASCII': `GET / HTTP/1.1\r\n${HOST}A: \xe9\r\n\r\n`,
    'a length with GET': `GET / HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
    'PUT without length': `PUT / HTTP/1.1\r\n${HOST}\r\n`,
    'two lengths': `${PUT_ONE}Content-Length: 1\r\n\r\n`,
    'a length and pieces': `${PUT_ONE}Transfer-Encoding: chunked\r\n\r\n`,
    'a body in pieces': `PUT / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`,
    'an end of the connection': `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    'fields of the connection': `GET / HTTP/1.1\r\n${HOST}Connection: keep-alive, x\r\n\r\n`,
    'another protocol': `GET / HTTP/1.1\r\n${HOST}Upgrade: h2c\r\n\r\n`,
    'a question in front of the body': `${PUT_ONE}Expect: 100-continue\r\n\r\n`,
  })) {
    it(`is not read here when there is ${what}`, () => assert.equal(read(text), null))
  }

  it('has a length in one way only', () => {
    const withLength = (length: string): string =>
      `PUT / HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\n\r\n`
    for (const length of ['', '+1', '-1', '1 1', '1,1', '0x1', '01', '1.0', '1e3', '123456789']) {
      assert.equal(read(withLength(length)), null, length)
    }
    for (const length of ['0', '1', '10', '12345678']) {
      assert.equal(read(withLength(length))?.bodyBytes, Number(length))
    }
  })
})

// What is read here is read by Node in the same way.

interface Seen {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const SENTINEL = `GET /behind HTTP/1.1\r\n${HOST}\r\n`

/** Everything that Node's server finds in it, and in what is sent behind it. */
function readByNode(bytes: Uint8Array): Promise<readonly Seen[] | string> {
  const seen: Seen[] = []
  const [clock, memory] = [new ManualClock(), new BodyMemory()]
  return new Promise((resolve) => {
    const handle = (exchange: NodeExchange): boolean => {
      const { method, target, headers } = exchange
      const done = (outcome: { kind: string; bytes?: Uint8Array }): void => {
        const body = Buffer.from(outcome.bytes ?? []).toString('latin1')
        seen.push({ method, target, headers: { ...headers }, body })
        exchange.sendText(200, 'seen')
        if (target === '/behind') resolve(seen)
      }
      exchange.readBody({ clock, memory, bytesMax: 100_000, done })
      return true
    }
    const onFault = (error: unknown): void => resolve(String(error))
    const server = createHttpServer({ handlers: [{ handle }], corsOrigins: [], onFault })
    const [client, socket] = duplexPair()
    client.on('data', (answer) => {
      if (!String(answer).startsWith('HTTP/1.1 200 OK')) resolve(String(answer))
    })
    client.on('end', () => resolve('the connection ended'))
    server.emit('connection', socket)
    client.write(Buffer.concat([bytes, Buffer.from(SENTINEL)]))
  })
}

const WORDS = {
  methods: ['GET', 'GET', 'PUT', 'PUT', 'PUT', 'POST', 'HEAD', 'get'],
  targets: [
    '/',
    '/api/v1/kv/a',
    '/a?b=c&d',
    '/%00%ff',
    "/[a]!$&'()*+,;=@:~._-",
    '*',
    'http://a/',
    '/a b',
  ],
  versions: ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0'],
  fields: [
    ...[
      'Accept: */*',
      'User-Agent: curl/8.0',
      'X-A:',
      'x-b:  spaces  ',
      'Authorization: Bearer a.b',
    ],
    ...['Connection: keep-alive', 'If-Match: "7"', 'If-None-Match: W/"1", "2"', 'Cookie: a=b; c=d'],
    ...['Content-Type: text/plain', 'Date: Sat, 28 Nov 2026 21:51:29 GMT', 'constructor: x'],
    ...['Connection: close', 'Transfer-Encoding: chunked', 'Expect: 100-continue', 'Upgrade: h2c'],
    ...[
      'Content-Length: 3',
      'Host: b',
      'Proxy-Connection: close',
      ' folded',
      '__proto__: x',
      'Via: a',
    ],
  ],
  harm: ['\r', '\n', '\r\n', ' ', '\t', ':', '\0', '\x7f', '\xe9', '#', ',', '0', 'A', '-', '\x0b'],
} as const

function pick<Item>(chance: Chance, items: readonly Item[]): Item {
  return items[chance.below(items.length)] as Item
}

function randomRequest(chance: Chance, fieldsBefore: string): { text: string; fields: string } {
  const body = 'b'.repeat(chance.below(4))
  const method = pick(chance, WORDS.methods)
  const length = method === 'PUT' ? [`Content-Length: ${body.length}`] : []
  const count = chance.below(5)
  const lines = Array.from({ length: count }, () => pick(chance, WORDS.fields.slice(0, 12)))
  if (chance.happens(0.2)) lines.push(pick(chance, WORDS.fields))
  const own = ['Host: a', ...new Set(lines), ...length].join('\r\n')
  const fields = chance.happens(0.3) ? fieldsBefore : own
  const target = pick(chance, WORDS.targets)
  const text = `${method} ${target} ${pick(chance, WORDS.versions)}\r\n${fields}\r\n\r\n${body}`
  return { text: chance.happens(0.5) ? text : harmed(chance, text), fields }
}

/** A few bytes of it are others, or gone, or there are more. */
function harmed(chance: Chance, text: string): string {
  let result = text
  for (let times = chance.below(3); times >= 0; times--) {
    const at = chance.below(result.length + 1)
    const rest = result.slice(at + chance.below(3))
    result = result.slice(0, at) + (chance.happens(0.7) ? pick(chance, WORDS.harm) : '') + rest
  }
  return result
}

it('whatever is read here, Node reads in the same way, up to the same byte', async () => {
  const chance = new SeededChance(1, 'requests')
  const reader = new HeadReader()
  const counts = { read: 0, left: 0 }
  let fields = 'Host: a'
  for (let at = 0; at < 10_000; at++) {
    const request = randomRequest(chance, fields)
    fields = request.fields
    const bytes = Buffer.from(request.text, 'latin1')
    const isRead = reader.read(bytes)
    const { method, target, headers, headBytes, bodyBytes } = reader
    if (!isRead || headBytes + bodyBytes > bytes.length) {
      counts.left += 1
      continue
    }
    counts.read += 1
    const message = bytes.subarray(0, headBytes + bodyBytes)
    const body = message.subarray(headBytes).toString('latin1')
    const one = { method, target, headers: { ...headers }, body }
    const other = { method: 'GET', target: '/behind', headers: { host: 'a' }, body: '' }
    assert.deepEqual(await readByNode(message), [one, other], JSON.stringify(request.text))
  }
  assert.ok(counts.read > 1000 && counts.left > 1000, JSON.stringify(counts))
})
