import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { NodeService } from '../../server/index.ts'
import { MachineNode, ScriptedNode, until } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'

function base64(text: string): string {
  return btoa(text)
}

async function open<N extends NodeService>(context: TestContext, node: N) {
  const { address, doors } = await openDoors(context, { node })
  return { node, doors, web: new HttpClient(context, address) }
}

function openMachine(context: TestContext) {
  return open(context, new MachineNode())
}

const HEADER = '"header":{"cluster_id":"193","member_id":"9223372036854775809"'
const NOT_FOUND = {
  error: 'etcdserver: requested lease not found',
  message: 'etcdserver: requested lease not found',
  code: 5,
}

/** A stream whose answers are collected as they come. */
function stream(web: HttpClient, path: string) {
  const lines: string[] = []
  const request = web.stream(path, (line) => lines.push(line))
  return {
    lines,
    request,
    say: (message: object) => request.write(JSON.stringify(message)),
    untilLines: (count: number) => until(() => lines.length >= count),
  }
}

describe('a request as JSON', () => {
  it('is answered with names of the description and nothing that is zero', async (context) => {
    const { web } = await openMachine(context)
    const put = await web.post('/v3/kv/put', { key: base64('a'), value: base64('1'), lease: 0 })
    assert.equal(put.status, 200)
    assert.equal(put.headers['content-type'], 'application/json')
    assert.equal(put.text, `{${HEADER},"revision":"2","raft_term":"1"}}`)
    const range = await web.post('/v3/kv/range', { key: base64('a') })
    const kv = `"key":"YQ==","create_revision":"2","mod_revision":"2","version":"1","value":"MQ=="`
    const header = `${HEADER},"revision":"2","raft_term":"1"}`
    assert.equal(range.text, `{${header},"kvs":[{${kv}}],"count":"1"}`)
    const none = await web.post('/v3/kv/range', { key: base64('b') })
    assert.equal(none.text, `{${header}}`)
  })

  it('may name fields either way, and leave everything out', async (context) => {
    const { web } = await openMachine(context)
    await web.post('/v3/kv/put', '{"key":"YQ==","prevKv":true,"lease":"0","nobodys":[{}]}')
    const txn = {
      compare: [{ key: base64('a'), target: 'VERSION', result: 0, version: '1' }],
      success: [{ requestRange: { key: base64('a'), count_only: true, limit: null } }],
    }
    const { text } = await web.post('/v3/kv/txn', txn)
    assert.match(text, /"succeeded":true,"responses":\[\{"response_range":\{"header":\{/)
    assert.match(text, /"count":"1"/)
    const { status } = await web.post('/v3/maintenance/status', '')
    assert.equal(status, 200)
  })

  it('is taken at the paths of older versions', async (context) => {
    const { web } = await openMachine(context)
    for (const prefix of ['/v3alpha', '/v3beta', '/v3']) {
      const { status, text } = await web.post(`${prefix}/kv/put`, { key: base64('a') })
      assert.equal(status, 200)
      assert.match(text, /"revision":"/)
    }
  })

  it('is refused where nothing is, and with another method than POST', async (context) => {
    const { web } = await openMachine(context)
    for (const path of ['/v3', '/v3/', '/v3/kv', '/v3/kv/range/', '/v3/nothing', '/v4/kv/put']) {
      assert.equal((await web.post(path, '{}')).status, 404, path)
    }
    const get = await web.ask('/v3/kv/range')
    assert.deepEqual([get.status, get.headers['allow']], [405, 'POST'])
    assert.equal((await web.ask('/v3/kv/range', { method: 'PUT' })).status, 405)
  })

  it('that fails says so under every name that clients look for', async (context) => {
    const { web } = await openMachine(context)
    const revoked = await web.post('/v3/kv/lease/revoke', { ID: 7 })
    assert.equal(revoked.status, 404)
    assert.deepEqual(JSON.parse(revoked.text), NOT_FOUND)
    const statuses = [
      ['/v3/kv/range', {}],
      ['/v3/kv/compaction', { revision: 99 }],
      ['/v3/auth/authenticate', { name: 'root', password: 'x' }],
      ['/v3/cluster/member/add', { peerURLs: ['http://127.0.0.1:1'] }],
      ['/v3/election/leader', { name: base64('x') }],
      ['/v3/maintenance/snapshot', {}],
    ] as const
    const told = []
    for (const [path, body] of statuses) told.push((await web.post(path, body)).status)
    assert.deepEqual(told, [400, 400, 412, 501, 500, 503])
  })

  it('takes as long as its client says', async (context) => {
    const { web } = await open(context, new ScriptedNode())
    const headers = { 'grpc-timeout': '20m' }
    const body = JSON.stringify({ key: base64('a') })
    const { status, text } = await web.ask('/v3/kv/range', { method: 'POST', headers, body })
    assert.equal(status, 504)
    assert.equal(JSON.parse(text).code, 4)
  })

  it('carries metadata in its head', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    node.setLeading(false)
    const headers = { 'Grpc-Metadata-hasleader': 'true', authorization: 'some token' }
    const body = JSON.stringify({ key: base64('a') })
    const { status, text } = await web.ask('/v3/kv/put', { method: 'POST', headers, body })
    assert.equal(status, 503)
    assert.equal(JSON.parse(text).message, 'etcdserver: no leader')
  })

  it('says when to come again', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    const answer = web.post('/v3/kv/put', { key: base64('a') })
    await until(() => node.writes.length === 1)
    node.refused('OVERLOADED')
    const { status, headers } = await answer
    assert.equal(status, 429)
    assert.equal(headers['grpc-trailer-retry-after-ms'], '100')
  })

  it('is refused when it is too large, with an answer that arrives', async (context) => {
    const { web } = await openMachine(context)
    const body = Buffer.alloc(5_000_000, 0x20)
    const { status, text } = await web.post('/v3/kv/put', body)
    assert.equal(status, 400)
    assert.equal(JSON.parse(text).message, 'etcdserver: request is too large')
  })
})

describe('a watch as JSON', () => {
  it('is a stream of messages in one body, and a line for every answer', async (context) => {
    const { web } = await openMachine(context)
    const { say, lines, untilLines, request } = stream(web, '/v3/watch')
    say({ create_request: { key: base64('a'), range_end: base64('c'), watch_id: '5' } })
    await untilLines(1)
    await web.post('/v3/kv/put', { key: base64('a'), value: base64('1') })
    await untilLines(2)
    request.write('{"progress_request":{}}{"cancel_request":{"watch_id":5}}')
    await untilLines(4)
    const header = (revision: number) => `${HEADER},"revision":"${revision}","raft_term":"1"}`
    const revisions = '"create_revision":"2","mod_revision":"2","version":"1"'
    const kv = `{"key":"YQ==",${revisions},"value":"MQ=="}`
    assert.deepEqual(lines, [
      `{"result":{${header(1)},"watch_id":"5","created":true}}`,
      `{"result":{${header(2)},"watch_id":"5","events":[{"kv":${kv}}]}}`,
      `{"result":{${header(2)},"watch_id":"-1"}}`,
      `{"result":{${header(2)},"watch_id":"5","canceled":true}}`,
    ])
    request.destroy()
  })

  it('goes on when its body has ended, and ends when its client goes', async (context) => {
    const { web, node } = await openMachine(context)
    const { request, untilLines } = stream(web, '/v3/watch')
    request.end(JSON.stringify({ create_request: { key: base64('a') } }))
    await untilLines(1)
    await web.post('/v3/kv/put', { key: base64('a') })
    await untilLines(2)
    assert.equal(node.watchHub().streamCount, 1)
    request.destroy()
    await until(() => node.watchHub().streamCount === 0)
  })

  it('ends with a line that says what in its body makes no sense', async (context) => {
    const { web, node } = await openMachine(context)
    const { say, lines, untilLines, request } = stream(web, '/v3/watch')
    say({ create_request: { key: base64('a') } })
    await untilLines(1)
    request.end('{"create_request":')
    await untilLines(3)
    const { error } = JSON.parse(lines[1] ?? '')
    assert.deepEqual(error, {
      grpc_code: 3,
      http_code: 400,
      message: 'unexpected EOF',
      code: 3,
    })
    assert.equal(node.watchHub().streamCount, 0)
  })

  it('ends with the server, which takes no more requests', async (context) => {
    const { web, doors } = await openMachine(context)
    const { say, lines, untilLines } = stream(web, '/v3/watch')
    say({ create_request: { key: base64('a') } })
    await untilLines(1)
    doors.leave()
    await untilLines(2)
    assert.match(lines[1] ?? '', /"message":"etcdserver: server stopped"/)
    assert.equal((await web.post('/v3/kv/range', { key: base64('a') })).status, 503)
  })
})

describe('other streams as JSON', () => {
  it('renew leases, a line for each message, and end with the body', async (context) => {
    const { web } = await openMachine(context)
    await web.post('/v3/lease/grant', { ID: 7, TTL: 100 })
    const { lines, request, untilLines } = stream(web, '/v3/lease/keepalive')
    request.end('{"ID":7} {"ID":"8"}')
    await untilLines(3)
    const header = `${HEADER},"revision":"1","raft_term":"1"}`
    assert.deepEqual(lines, [
      `{"result":{${header},"ID":"7","TTL":"100"}}`,
      `{"result":{${header},"ID":"8"}}`,
      '(end)',
    ])
  })

  it('observe an election', async (context) => {
    const { web } = await openMachine(context)
    const { lines, request, untilLines } = stream(web, '/v3/election/observe')
    request.end(JSON.stringify({ name: base64('vote') }))
    const campaign = { name: base64('vote'), value: base64('me') }
    assert.equal((await web.post('/v3/election/campaign', campaign)).status, 200)
    await untilLines(1)
    assert.match(lines[0] ?? '', /"value":"bWU="/)
    request.destroy()
  })

  it('copy the store', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    async function* pieces() {
      yield Uint8Array.of(1, 2, 3)
    }
    node.file = { bytes: 3, pieces, release: () => {} }
    const { text } = await web.post('/v3/maintenance/snapshot', '')
    const [first, second] = text.split('\n').map((line) => line && JSON.parse(line).result)
    assert.deepEqual(first, { blob: 'AQID', version: '3.6.0' })
    assert.equal(atob(second.blob).length, 32)
  })
})
