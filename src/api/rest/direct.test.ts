import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { MachineNode, until } from '../etcd/testing/index.ts'
import { openRest } from './testing/index.ts'

const KV = '/api/v1/kv'

function request(method: string, target: string, { fields = '', body = '' } = {}): string {
  const length = method === 'PUT' ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${fields}${length}\r\n${body}`
}

const get = (target: string, fields?: string): string =>
  request('GET', `${KV}${target}`, { ...(fields !== undefined && { fields }) })
const put = (target: string, body = 'value', fields?: string): string =>
  request('PUT', `${KV}${target}`, { body, ...(fields !== undefined && { fields }) })

/** One after the other on a store that is empty at first. */
const REQUESTS: readonly string[] = [
  ...[get('/a'), put('/a'), get('/a'), get('/a?raw'), put('/a', ''), get('/a'), get('/a?raw')],
  ...[put('/a?previous', 'é \ufffd'), get('/a'), get('/a?consistency=stale'), get('/a?revision=2')],
  ...[get('/a', 'Accept: application/octet-stream\r\n'), get('/a', 'If-None-Match: "4"\r\n')],
  ...[get('/a', 'If-None-Match: *\r\n'), get('/a', 'If-Match: "1"\r\n')],
  ...[put('/a', 'x', 'If-Match: "4"\r\n'), put('/a', 'x', 'If-Match: "4"\r\n')],
  ...[put('/b', 'x', 'If-None-Match: *\r\n'), put('/b', 'x', 'If-None-Match: *\r\n')],
  ...[put('/c', 'x', 'Idempotency-Key: k\r\n'), put('/c', 'x', 'Idempotency-Key: k\r\n')],
  ...[put('/c', 'y', 'Idempotency-Key: k\r\n'), put('/c', 'y', 'Idempotency-Key: \r\n')],
  ...[put('/a?ttl=x'), put('/a?lease=1'), put('/a?ttl=1s&lease=1'), put('/a?nothing'), put('/%')],
  ...[get('/'), put('/'), get('/a?raw&raw'), get('/a?revision=100'), get('/a/incr'), get('/%00')],
  ...[get(`/${'k'.repeat(2000)}`), put(`/${'k'.repeat(2000)}`), put('/large', 'x'.repeat(16_000))],
  ...[get('/large'), get('/large?raw'), get('/large', 'Accept: application/octet-stream\r\n')],
  ...[put('/a?redirect=1'), get('/a?redirect'), get('/a', 'Origin: http://page\r\n')],
]

/** The answer to each request, on one connection. */
async function answersOf(context: TestContext, isDirect: boolean): Promise<readonly string[]> {
  const { address, byNode } = await openRest(context, { node: new MachineNode(), isDirect })
  const socket = net.connect({ port: address.port, host: '127.0.0.1', noDelay: true })
  context.after(() => socket.destroy())
  let text = ''
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1')
  })
  const answers: string[] = []
  for (const asked of REQUESTS) {
    text = ''
    socket.write(asked)
    await until(() => isWhole(text))
    answers.push(text.replace(/\r\nDate: [^\r]+ GMT\r\n/, '\r\nDate\r\n'))
  }
  assert.equal(byNode.count, isDirect ? 0 : 1)
  return answers
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length = '0'] = /\r\nContent-Length: (\d+)\r\n/.exec(answer) ?? []
  return answer.length === end + 4 + Number(length)
}

describe('one key', () => {
  it('is answered without the server of Node as with it, byte for byte', async (context) => {
    const [direct, byNode] = [await answersOf(context, true), await answersOf(context, false)]
    for (const [at, asked] of REQUESTS.entries()) {
      assert.equal(direct[at], byNode[at], asked.slice(0, 200))
    }
    const statuses = new Set(direct.map((answer) => answer.slice(9, 12)))
    assert.deepEqual([...statuses].sort(), ['200', '304', '400', '404', '412', '413', '422'])
  })
})
