import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { COMMAND } from '../../state/index.ts'
import { state } from '../../wire/index.ts'
import { MachineNode, ScriptedNode, until } from '../etcd/testing/index.ts'
import { openRest } from './testing/index.ts'

const KV = '/api/v1/kv'

function open(context: TestContext) {
  return openRest(context, { node: new MachineNode() })
}

function named(name: string, body?: string) {
  return { headers: { 'Idempotency-Key': name }, ...(body !== undefined && { body }) }
}

describe('a request with an idempotency key', () => {
  it('of any kind is carried out once, and answered as the first time', async (context) => {
    const { ask } = await open(context)
    const txn = '{"then":[{"op":"put","key":"t","value":"1"}]}'
    const batch = '{"operations":[{"op":"incr","key":"n"},{"op":"incr","key":"m"}]}'
    const requests: [string, string, string?][] = [
      ['PUT', `${KV}/a?previous`, '1'],
      ['PUT', `${KV}/a?ttl=5s`, '2'],
      ['POST', `${KV}/n/incr`],
      ['POST', '/api/v1/leases?ttl=60s'],
      ['POST', '/api/v1/txn', txn],
      ['POST', '/api/v1/batch', batch],
      ['DELETE', `${KV}/a?previous`],
      ['DELETE', `${KV}?prefix=`],
    ]
    for (const [at, [method, path, body]] of requests.entries()) {
      const first = await ask(method, path, named(`key ${at}`, body))
      assert.equal(first.status, 200)
      await ask('PUT', `${KV}/between`, { body: '' })
      const second = await ask(method, path, named(`key ${at}`, body))
      assert.deepEqual([second.status, second.text], [200, first.text], path)
    }
    const { json } = await ask('GET', '/api/v1/leases')
    assert.equal(json.leases.length, 1)
  })

  it('is told a failure again, if that was no accident', async (context) => {
    const { ask } = await open(context)
    const create = { headers: { 'Idempotency-Key': 'x', 'If-None-Match': '*' }, body: '2' }
    await ask('PUT', `${KV}/a`, { body: '1' })
    assert.equal((await ask('PUT', `${KV}/a`, create)).status, 412)
    await ask('DELETE', `${KV}/a`)
    assert.equal((await ask('PUT', `${KV}/a`, create)).status, 412)
  })

  it('is refused when the key was used for another one', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, named('k', '1'))
    const others: [string, string, string?][] = [
      ['PUT', `${KV}/a`, '2'],
      ['PUT', `${KV}/b`, '1'],
      ['PUT', `${KV}/a?ttl=5s`, '1'],
      ['DELETE', `${KV}/a`],
      ['POST', `${KV}/a/incr`],
      ['POST', '/api/v1/leases?ttl=60s'],
    ]
    for (const [method, path, body] of others) {
      const { json } = await ask(method, path, named('k', body))
      assert.equal(json.error.code, 'IDEMPOTENCY_MISMATCH', `${method} ${path}`)
    }
    const { json } = await ask('GET', KV)
    assert.deepEqual([json.revision, json.entries.length, json.entries[0].value], [2, 1, '1'])
  })

  it('as a batch changes nothing when the key was used for another one', async (context) => {
    const { ask } = await open(context)
    const batch = (operations: object[]) =>
      ask('POST', '/api/v1/batch', named('k', JSON.stringify({ operations })))
    const first = { op: 'get', key: 'a' }
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ op: 'put', key, value: '' }))
    assert.equal((await batch([first, a as object])).status, 200)
    const other = await batch([first, a as object, b as object, c as object])
    assert.equal(other.json.error.code, 'IDEMPOTENCY_MISMATCH')
    assert.equal((await ask('GET', `${KV}?count`)).json.count, 1)
  })

  it('may be a read, which there is no need to remember', async (context) => {
    const { ask } = await open(context)
    const body = '{"then":[{"op":"get","key":"a"}]}'
    assert.equal((await ask('POST', '/api/v1/txn', named('r', body))).json.results[0].count, 0)
    await ask('PUT', `${KV}/a`, { body: '' })
    assert.equal((await ask('POST', '/api/v1/txn', named('r', body))).json.results[0].count, 1)
  })
})

describe('a write of which nobody knows what became', () => {
  function scripted(context: TestContext) {
    const node = new ScriptedNode()
    return openRest(context, { node }).then((door) => ({ node, ...door }))
  }

  it('is proposed again when it has a name, for it takes effect once', async (context) => {
    const { node, ask } = await scripted(context)
    const answer = ask('PUT', `${KV}/a`, named('k', '1'))
    await until(() => node.writes.length === 1)
    const [first] = node.writes
    node.unknown('LEADERSHIP_LOST')
    node.unknown('NOT_LEADER')
    assert.deepEqual(node.writes[0]?.body, first?.body)
    const { name, kind } = state.GuardedRequest.decodeBytes(node.writes[0]?.body ?? assert.fail())
    assert.deepEqual([Buffer.from(name).toString(), kind], ['k', COMMAND.put])
    node.applied(undefined, 9)
    assert.deepEqual((await answer).json, { revision: 9 })
  })

  it('is told as such in the end', async (context) => {
    const { node, ask } = await scripted(context)
    const answer = ask('PUT', `${KV}/a`, named('k', '1'))
    await until(() => node.writes.length === 1)
    for (let i = 0; i < 3; i++) node.unknown('LEADERSHIP_LOST')
    const { status, json } = await answer
    assert.deepEqual([status, json.error.retry], [503, 'unknown-outcome'])
    assert.equal(node.writes.length, 0)
  })

  it('stays open when a later attempt is refused', async (context) => {
    const { node, ask } = await scripted(context)
    const answer = ask('PUT', `${KV}/a`, named('k', '1'))
    await until(() => node.writes.length === 1)
    node.unknown('LEADERSHIP_LOST')
    node.refused('TIMED_OUT')
    const { status, json } = await answer
    assert.deepEqual(
      [status, json.error.code, json.error.retry],
      [503, 'LEADERSHIP_LOST', 'unknown-outcome'],
    )
  })

  it('is told at once without a name, and never as one that failed', async (context) => {
    const { node, ask } = await scripted(context)
    const codes = ['LEADERSHIP_LOST', 'NOT_LEADER', 'STOPPED', 'DISK_FAILED', 'TIMED_OUT'] as const
    for (const code of codes) {
      const headers = { 'If-Match': '"3"' }
      const answer = ask('PUT', `${KV}/a`, { body: '1', headers })
      await until(() => node.writes.length === 1)
      node.unknown(code)
      assert.equal((await answer).json.error.retry, 'unknown-outcome', code)
      assert.equal(node.writes.length, 0)
    }
  })

  it('is not proposed again by a node that leaves, or when its time is over', async (context) => {
    const { node, ask } = await scripted(context)
    for (const code of ['STOPPED', 'TIMED_OUT'] as const) {
      const answer = ask('PUT', `${KV}/a`, named('k', '1'))
      await until(() => node.writes.length === 1)
      node.unknown(code)
      assert.equal((await answer).json.error.retry, 'unknown-outcome')
      assert.equal(node.writes.length, 0)
    }
  })

  it('ends a batch whose key is not bound to it yet', async (context) => {
    const { node, ask } = await scripted(context)
    const body = '{"operations":[{"op":"incr","key":"n"},{"op":"incr","key":"m"}]}'
    const answer = ask('POST', '/api/v1/batch', named('k', body))
    await until(() => node.writes.length === 1)
    node.refused('OVERLOADED')
    const { status, headers, json } = await answer
    assert.deepEqual([status, json.error.code, headers['retry-after']], [429, 'OVERLOADED', '1'])
    assert.equal(node.writes.length, 0)
  })
})
