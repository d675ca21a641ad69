import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  ERRORS,
  type ErrorCode,
  type ErrorSpec,
  HTTP_BODY_DROPPED_BYTES_MAX,
  HTTP_BODY_MS_MAX,
  KvError,
} from '../../base/index.ts'
import type { Profiler } from '../../io/index.ts'
import { settle } from '../../log/testing/index.ts'
import {
  LOST_TEXT,
  MachineNode,
  ScriptedNode,
  TWO_OF_THREE_LOST,
  until,
} from '../etcd/testing/index.ts'
import { adviceOf } from './failure.ts'
import { openRest } from './testing/index.ts'

const KV = '/api/v1/kv'

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

describe('a body', () => {
  it('that takes too long is given up, and nothing happens', async (context) => {
    const node = new MachineNode()
    const { address, clock, memory } = await openRest(context, { node })
    const head = `PUT ${KV}/a HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nslow`
    const { answered } = send(context, address.port, head)
    await until(() => memory.heldBytes > 0)
    await clock.advance(HTTP_BODY_MS_MAX)
    await until(() => answered().includes('BODY_TOO_SLOW'))
    assert.match(answered(), /^HTTP\/1.1 408/)
    assert.match(answered(), /Connection: close/i)
    assert.deepEqual([node.machine.revision, memory.heldBytes], [1, 0])
  })

  it('of a request that is refused is read first, so that the answer arrives', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    const body = 'x'.repeat(3_000_000)
    for (const [method, path] of [
      ['PUT', `${KV}/a`],
      ['PUT', `${KV}/%`],
      ['PUT', `${KV}/a?nothing=1`],
      ['POST', `${KV}`],
      ['PUT', '/api/v1/nothing'],
    ] as const) {
      const { status, json, headers } = await ask(method, path, { body })
      assert.ok(status >= 400 && json.error.code !== undefined, path)
      assert.equal(headers.connection, 'keep-alive')
    }
  })

  it('of which far too much is announced is refused at once', async (context) => {
    const { address } = await openRest(context, { node: new MachineNode() })
    const announced = HTTP_BODY_DROPPED_BYTES_MAX + 1
    for (const path of [`${KV}/a`, `${KV}/%`]) {
      const head = `PUT ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${announced}\r\n\r\n`
      const { answered } = send(context, address.port, head)
      await until(() => answered().includes('"error"'))
      assert.match(answered(), /Connection: close/i)
    }
  })

  it('of a client that goes is forgotten', async (context) => {
    const node = new MachineNode()
    const { address, memory } = await openRest(context, { node })
    const head = `PUT ${KV}/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf`
    const { socket } = send(context, address.port, head)
    await until(() => memory.heldBytes > 0)
    socket.destroy()
    await until(() => memory.heldBytes === 0)
    assert.equal(node.machine.revision, 1)
  })

  it('may come in pieces, and its connection serves on', async (context) => {
    const { address, ask } = await openRest(context, { node: new MachineNode() })
    const head = `PUT ${KV}/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`
    const { socket, answered } = send(context, address.port, `${head}2\r\nab\r\n`)
    await settle()
    socket.write(`1\r\nc\r\n0\r\n\r\nGET ${KV}/a?raw HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => answered().endsWith('abc'))
    assert.equal((await ask('GET', `${KV}/a`)).json.value, 'abc')
  })
})

describe('a method that is not there', () => {
  it('is told with those there are', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    const allowed: Record<string, string> = {
      [`${KV}/a`]: 'DELETE, GET, HEAD, OPTIONS, PUT',
      [`${KV}/a/incr`]: 'DELETE, GET, HEAD, OPTIONS, POST, PUT',
      [KV]: 'DELETE, GET, HEAD, OPTIONS',
      '/api/v1/txn': 'OPTIONS, POST',
    }
    for (const [path, methods] of Object.entries(allowed)) {
      const { status, headers } = await ask('PATCH', path)
      assert.deepEqual([status, headers.allow], [405, methods], path)
    }
  })
})

describe('who asks what may be done', () => {
  it('is told of each path, and of nothing where there is nothing', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    const allowed: Record<string, string | undefined> = {
      [`${KV}/a`]: 'DELETE, GET, HEAD, OPTIONS, PUT',
      '/api/v1/txn': 'OPTIONS, POST',
      '/api/v1/watch': 'GET, HEAD, OPTIONS',
      '/api/v1/nothing': undefined,
      '/nothing': undefined,
    }
    for (const [path, methods] of Object.entries(allowed)) {
      const { status, headers, text } = await ask('OPTIONS', path)
      assert.deepEqual([status, headers.allow, text], [200, methods, ''], path)
    }
  })
})

describe('an answer of JSON', () => {
  it('is one line, whether it went well or not', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    for (const [method, path, body] of [
      ['PUT', `${KV}/a`, '1'],
      ['GET', `${KV}/a`],
      ['GET', KV],
      ['POST', '/api/v1/batch', '{"operations":[]}'],
      ['GET', '/api/v1/cluster/status'],
      ['GET', `${KV}/none`],
    ] as const) {
      const { text } = await ask(method, path, body === undefined ? {} : { body })
      assert.match(text, /^\{[^\n]*\}\n$/, path)
    }
    assert.equal((await ask('GET', `${KV}/a?raw`)).text, '1')
  })
})

describe('a node that does not lead', () => {
  it('says where the leader is, if that is what is wanted', async (context) => {
    const node = new ScriptedNode()
    node.nodeStatus = { ...node.nodeStatus, leader: 2 }
    const leader = { id: 2, name: 'two', peerUrls: [], isLearner: false }
    node.memberList = [{ ...leader, clientUrls: ['http://127.0.0.1:9/', 'http://[::1]:9'] }]
    const { ask } = await openRest(context, { node })
    const path = `${KV}/%00a?redirect=1&ttl=5s`
    const { status, headers, text } = await ask('PUT', path, { body: 'x' })
    assert.deepEqual([status, headers.location, text], [307, `http://127.0.0.1:9${path}`, ''])
    node.memberList = [{ ...leader, clientUrls: [] }]
    assert.equal((await ask('GET', `${KV}/a?redirect`)).json.error.code, 'NO_LEADER')
  })

  it('serves by itself whoever does not want that, and what it leads itself', async (context) => {
    const node = new ScriptedNode()
    const { ask } = await openRest(context, { node })
    for (const [query, leader] of [
      ['?redirect=0', 2],
      ['?redirect=1', 1],
      ['?redirect=1', null],
    ] as const) {
      node.nodeStatus = { ...node.nodeStatus, leader }
      const answer = ask('DELETE', `${KV}/a${query}`)
      await until(() => node.writes.length === 1)
      node.applied()
      assert.equal((await answer).status, 200)
    }
  })
})

describe('what is refused by the node', () => {
  it('is told with its status, and when to come back', async (context) => {
    const node = new ScriptedNode()
    const { ask } = await openRest(context, { node })
    for (const [code, status, after] of [
      ['OVERLOADED', 429, '1'],
      ['NO_LEADER', 503, '1'],
      ['NO_SPACE', 507, undefined],
      ['STATE_CORRUPT', 500, undefined],
    ] as const) {
      const write = ask('PUT', `${KV}/a`, { body: '' })
      await until(() => node.writes.length === 1)
      node.refused(code)
      const told = await write
      assert.deepEqual([told.status, told.json.error.code], [status, code])
      assert.equal(told.headers['retry-after'], after)
      const list = ask('GET', KV)
      await until(() => node.reads.length === 1)
      node.unread(code)
      assert.equal((await list).json.error.code, code)
    }
  })

  it('names the members that do not answer, and says what is certain', async (context) => {
    const node = new ScriptedNode()
    node.reached = TWO_OF_THREE_LOST
    const { ask } = await openRest(context, { node })
    for (const [tell, certain, failure] of [
      [() => node.refused('TIMED_OUT'), 'Nothing was changed', [503, 'NO_LEADER', 'later']],
      [
        () => node.unknown('TIMED_OUT'),
        'may still be carried out',
        [504, 'TIMED_OUT', 'unknown-outcome'],
      ],
    ] as const) {
      const write = ask('PUT', `${KV}/a`, { body: '' })
      await until(() => node.writes.length === 1)
      tell()
      const { status, json } = await write
      assert.deepEqual([status, json.error.code, json.error.retry], failure)
      assert.equal(json.error.message, LOST_TEXT)
      assert.ok(json.error.advice.startsWith('Start the members that do not answer, or'))
      assert.ok(json.error.advice.includes(certain))
    }
    for (const path of [KV, `${KV}/a`]) {
      const read = ask('GET', path)
      await until(() => node.reads.length === 1)
      node.unread('NO_LEADER')
      assert.equal((await read).json.error.message, LOST_TEXT)
    }
  })

  it('has a code that says whether it may be sent again, in the table, too', async (context) => {
    const node = new ScriptedNode()
    const { ask } = await openRest(context, { node })
    const byState: ErrorCode = 'SESSION_EXPIRED'
    const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => code !== byState)
    for (const code of codes) {
      const answers = [ask('PUT', `${KV}/a`, { body: '' }), ask('GET', `${KV}/a`)]
      await until(() => node.writes.length === 1 && node.reads.length === 1)
      node.refused(code)
      node.unread(code)
      for (const { json, status } of await Promise.all(answers)) {
        const { code: told, message, advice, retry } = json.error
        const spec: ErrorSpec = ERRORS[told as ErrorCode]
        const expected = [spec.http, spec.what, adviceOf(told)]
        assert.deepEqual([status, message, advice], expected, code)
        assert.equal(retry, spec.retry, code)
        assert.notEqual(retry, 'unknown-outcome', code)
      }
    }
  })

  it('is not asked for by who is gone', async (context) => {
    const node = new ScriptedNode()
    const { address, faults } = await openRest(context, { node })
    const { socket } = send(context, address.port, `GET ${KV}/a HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => node.reads.length === 1)
    socket.destroy()
    await until(() => node.reads[0]?.waiter.isGone !== false)
    node.answered()
    assert.deepEqual(faults, [])
  })

  it('says whether stale data would do', async (context) => {
    const node = new ScriptedNode()
    const { ask } = await openRest(context, { node })
    for (const consistency of ['stale', 'strong']) {
      for (const path of [`${KV}/a`, KV]) {
        const answer = ask('GET', `${path}?consistency=${consistency}`)
        await until(() => node.reads.length === 1)
        assert.equal(node.reads[0]?.serializable, consistency === 'stale')
        node.answered()
        await answer
      }
    }
  })
})

describe('a mistake of ours', () => {
  it('is told to its client, and to whoever runs the node', async (context) => {
    const fault = new RangeError('a mistake')
    const profiler: Profiler = {
      cpuProfile: () => Promise.reject(fault),
      heapSnapshot: () => Promise.reject(fault),
    }
    const { ask, faults } = await openRest(context, { node: new MachineNode(), profiler })
    assert.equal((await ask('GET', '/debug/pprof/profile')).status, 500)
    assert.deepEqual(faults.splice(0), [fault])
  })
})

describe('looking into the process', () => {
  const gate = Promise.withResolvers<void>()
  const profiler: Profiler = {
    cpuProfile: async (ms) => {
      await gate.promise
      return `{"ms":${ms}}`
    },
    heapSnapshot: async (piece) => {
      piece('{"heap":')
      piece('1}')
    },
  }

  it('is answered with what the profiler says', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode(), profiler })
    gate.resolve()
    const cpu = await ask('GET', '/debug/pprof/profile?seconds=2')
    assert.deepEqual([cpu.status, cpu.json], [200, { ms: 2000 }])
    assert.match(cpu.headers['content-disposition'] ?? '', /quorate\.cpuprofile/)
    assert.deepEqual((await ask('GET', '/debug/pprof/profile')).json, { ms: 10_000 })
    assert.deepEqual((await ask('GET', '/debug/pprof/heap')).json, { heap: 1 })
  })

  it('is refused when it cannot be done', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    for (const path of ['/debug/pprof/profile', '/debug/pprof/heap', '/debug/log-level']) {
      assert.equal((await ask('GET', path)).json.error.code, 'PERMISSION_DENIED')
    }
  })

  it('is allowed to pages of the node itself', async (context) => {
    const { ask, address } = await openRest(context, { node: new MachineNode(), profiler })
    const from = (Origin: string) => ask('GET', '/debug/pprof/heap', { headers: { Origin } })
    assert.equal((await from(`http://127.0.0.1:${address.port}`)).status, 200)
    assert.equal((await from('http://127.0.0.1:1')).status, 403)
  })

  it('is refused to whoever is elsewhere behind a connection from here', async (context) => {
    const { ask, address } = await openRest(context, { node: new MachineNode(), profiler })
    const { port } = address
    for (const headers of [
      // A name of somebody else that leads here: a page of his may read the answer.
      { Host: `evil.example:${port}` },
      { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` },
      { Host: '127.0.0.1.evil.example' },
      { 'X-Forwarded-For': '203.0.113.9' },
      { 'X-Real-IP': '203.0.113.9' },
      { Forwarded: 'for=203.0.113.9' },
      { Via: '1.1 proxy' },
      // Pages of others ask without saying where they are from, for a picture for instance.
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const { status, json } = await ask('GET', '/debug/pprof/heap', { headers })
      assert.deepEqual(
        [status, json.error.code],
        [403, 'PERMISSION_DENIED'],
        JSON.stringify(headers),
      )
    }
    for (const Host of ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, '[::1]:80']) {
      const headers = { Host, 'Sec-Fetch-Site': 'none' }
      assert.equal((await ask('GET', '/debug/pprof/heap', { headers })).status, 200, Host)
    }
  })
})

describe('the level of the log', () => {
  it('is told and changed, by its word or as JSON', async (context) => {
    let level = 'info'
    const logLevel = {
      levels: ['debug', 'info', 'warn', 'error'],
      read: () => level,
      write: (wanted: string) => {
        if (!logLevel.levels.includes(wanted)) throw new KvError('BAD_REQUEST', 'no such level')
        level = wanted
      },
    }
    const { ask } = await openRest(context, { node: new MachineNode(), logLevel })
    assert.deepEqual((await ask('GET', '/debug/log-level')).json, { level: 'info' })
    const put = async (body: string) => (await ask('PUT', '/debug/log-level', { body })).json
    assert.deepEqual(await put('debug\n'), { level: 'debug' })
    assert.deepEqual(await put('{"level":"warn"}'), { level: 'warn' })
    for (const body of ['', 'loud', '{"level":"loud"}', '{}', '{"level":"info","x":1}', '{']) {
      assert.equal((await put(body)).error.code, 'BAD_REQUEST', body)
    }
    assert.equal(level, 'warn')
    assert.equal((await put('x'.repeat(257))).error.code, 'TOO_LARGE')
  })
})

describe('the time that requests take', () => {
  it('is counted once for each answer', async (context) => {
    const { ask, latencySeconds } = await openRest(context, { node: new MachineNode() })
    await ask('PUT', `${KV}/a`, { body: '' })
    await ask('GET', `${KV}/none`)
    await ask('GET', `${KV}/a?x`)
    // What did not become a request of a route is no time of one.
    assert.equal(
      latencySeconds.counts.reduce((sum, count) => sum + count),
      2,
    )
  })
})
