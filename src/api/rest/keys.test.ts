import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { MachineNode } from '../etcd/testing/index.ts'
import { openRest } from './testing/index.ts'

function open(context: TestContext) {
  return openRest(context, { node: new MachineNode() })
}

const KV = '/api/v1/kv'

describe('one key', () => {
  it('is written as the bytes of the body, and read as JSON', async (context) => {
    const { ask } = await open(context)
    const put = await ask('PUT', `${KV}/greeting`, { body: 'hello' })
    assert.deepEqual(put.json, { revision: 2 })
    assert.equal(put.headers.etag, '"2"')
    const { json, headers } = await ask('GET', `${KV}/greeting`)
    const facts = { revision: 2, createRevision: 2, version: 1 }
    assert.deepEqual(json, { key: 'greeting', value: 'hello', encoding: 'text', ...facts })
    assert.deepEqual([headers.etag, headers['quorate-store-revision']], ['"2"', '2'])
    assert.equal(headers['cache-control'], 'no-cache')
  })

  it('is read as bytes by whoever asks for them', async (context) => {
    const { ask } = await open(context)
    const lease = await ask('POST', '/api/v1/leases?ttl=60s&id=ab')
    assert.equal(lease.status, 200)
    await ask('PUT', `${KV}/a?lease=ab`, { body: '1' })
    const octets = { headers: { Accept: 'application/octet-stream' } }
    const both = { headers: { Accept: 'application/json, application/octet-stream' } }
    for (const [path, asked] of [[`${KV}/a?raw`], [`${KV}/a`, octets]] as const) {
      const { text, headers } = await ask('GET', path, asked)
      assert.equal(text, '1')
      assert.equal(headers['content-type'], 'application/octet-stream')
      const told = ['revision', 'create-revision', 'version', 'lease', 'store-revision']
      const values = told.map((name) => headers[`quorate-${name}`])
      assert.deepEqual(values, ['2', '2', '1', 'ab', '2'])
    }
    for (const [path, asked] of [
      [`${KV}/a?raw=0`, octets],
      [`${KV}/a`, both],
    ] as const) {
      assert.equal((await ask('GET', path, asked)).json.value, '1')
    }
  })

  it('may have any bytes, and so may its value', async (context) => {
    const { ask } = await open(context)
    const value = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    await ask('PUT', `${KV}/%00%ff`, { body: value })
    const { json } = await ask('GET', `${KV}/%00%FF`)
    assert.deepEqual([json.key, json.keyEncoding], ['AP8=', 'base64'])
    assert.deepEqual([json.value, json.encoding], [Buffer.from(value).toString('base64'), 'base64'])
    await ask('PUT', `${KV}/caf%C3%A9/%2F%20+`, { body: 'é \ufffd "\n' })
    const { entries } = (await ask('GET', `${KV}?prefix=caf`)).json
    assert.equal(entries[0].key, 'café// +')
    assert.deepEqual([entries[0].value, entries[0].encoding], ['é \ufffd "\n', 'text'])
    assert.equal((await ask('GET', `${KV}?prefix=caf%C3%A9//+%2B&count`)).json.count, 1)
  })

  it('is the same with a slash as it is, and may end like a route', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a/incr`, { body: '7' })
    assert.equal((await ask('GET', `${KV}/a%2Fincr`)).json.value, '7')
    assert.equal((await ask('POST', `${KV}/a/incr/incr`)).json.value, '8')
    assert.equal((await ask('POST', `${KV}/a/incr`)).json.value, '1')
  })

  it('is told of without its value by HEAD', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, { body: 'x'.repeat(100) })
    const { status, text, headers } = await ask('HEAD', `${KV}/a?raw`)
    assert.deepEqual(
      [status, text, headers['content-length'], headers.etag],
      [200, '', '100', '"2"'],
    )
    assert.equal((await ask('HEAD', `${KV}/none`)).status, 404)
  })

  it('is read as it was at a revision, as long as that is known', async (context) => {
    const { ask } = await open(context)
    for (const body of ['1', '2', '3']) await ask('PUT', `${KV}/a`, { body })
    assert.equal((await ask('GET', `${KV}/a?revision=3`)).json.value, '2')
    await ask('DELETE', `${KV}/a`)
    assert.equal((await ask('GET', `${KV}/a`)).json.error.code, 'KEY_NOT_FOUND')
    assert.equal((await ask('GET', `${KV}/a?revision=4`)).json.value, '3')
  })

  it('is not sent again to who has it', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, { body: '1' })
    const ifNew = { headers: { 'If-None-Match': '"2"' } }
    const { status, text, headers } = await ask('GET', `${KV}/a`, ifNew)
    assert.deepEqual([status, text, headers.etag], [304, '', '"2"'])
    await ask('PUT', `${KV}/a`, { body: '2' })
    assert.equal((await ask('GET', `${KV}/a`, ifNew)).json.value, '2')
  })

  it('is not sent again to a cache that has several, or has packed it', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, { body: '1' })
    const told = async (tags: string) => {
      const { status } = await ask('GET', `${KV}/a`, { headers: { 'If-None-Match': tags } })
      return status
    }
    assert.equal(await told('W/"2"'), 304)
    assert.equal(await told('"9", W/"2" ,"7"'), 304)
    assert.equal(await told('"9","7"'), 200)
    assert.equal(await told('"2",'), 400)
    const put = { headers: { 'If-None-Match': '"9", W/"2"' }, body: '2' }
    assert.equal((await ask('PUT', `${KV}/a`, put)).status, 412)
  })

  it('is told to caches as of one form, and of no length when it is not sent', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, { body: '1' })
    const ifNew = { headers: { 'If-None-Match': '"2"' } }
    const { headers } = await ask('GET', `${KV}/a`, ifNew)
    assert.equal(headers['content-length'], undefined)
    for (const accept of ['application/json', 'application/octet-stream']) {
      const answer = await ask('GET', `${KV}/a`, { headers: { Accept: accept } })
      assert.equal(answer.headers.vary, 'Accept')
    }
  })

  it('is changed only under its conditions', async (context) => {
    const { ask } = await open(context)
    const put = async (headers: object, query = '') => {
      const { status } = await ask('PUT', `${KV}/a${query}`, { body: 'x', headers: { ...headers } })
      return status
    }
    assert.equal(await put({ 'If-Match': '*' }), 412)
    assert.equal(await put({ 'If-None-Match': '*' }), 200)
    assert.equal(await put({ 'If-None-Match': '*' }, '?ttl=5s'), 412)
    assert.equal(await put({ 'If-Match': '*' }, '?ttl=5s'), 200)
    assert.equal(await put({ 'If-Match': '"2"' }), 412)
    assert.equal(await put({ 'If-Match': '"3"' }), 200)
    assert.equal(await put({ 'If-Match': '4' }), 200)
    assert.equal(await put({ 'If-None-Match': '"5"' }), 412)
    const stale = { headers: { 'If-Match': '"4"' } }
    assert.equal((await ask('DELETE', `${KV}/a`, stale)).status, 412)
    const current = { headers: { 'If-Match': '"5"' } }
    assert.equal((await ask('DELETE', `${KV}/a`, current)).json.deleted, 1)
    const absent = { headers: { 'If-None-Match': '*' } }
    assert.equal((await ask('POST', `${KV}/a/incr?initial=5`, absent)).json.value, '6')
    assert.equal((await ask('POST', `${KV}/a/incr`, absent)).status, 412)
  })

  it('tells what was there before when it is asked to', async (context) => {
    const { ask } = await open(context)
    assert.deepEqual((await ask('PUT', `${KV}/a?previous`, { body: '1' })).json, { revision: 2 })
    const { json } = await ask('PUT', `${KV}/a?previous=true`, { body: '2' })
    assert.deepEqual([json.revision, json.previous.value, json.previous.revision], [3, '1', 2])
    const deleted = (await ask('DELETE', `${KV}/a?previous`)).json
    assert.deepEqual([deleted.deleted, deleted.previous[0].value], [1, '2'])
    assert.deepEqual((await ask('DELETE', `${KV}/a`)).json, { deleted: 0, revision: 4 })
  })

  it('lives for a time, in whatever unit it is told', async (context) => {
    const node = new MachineNode()
    const { ask } = await openRest(context, { node })
    const times = { '1.5s': 1500, '500ms': 500, '2': 2000, '2m': 120_000, '1h': 3_600_000 }
    for (const [ttl, ms] of Object.entries(times)) {
      assert.equal((await ask('PUT', `${KV}/t?ttl=${ttl}`, { body: '' })).status, 200)
      assert.equal(node.machine.nextLeaseDeadlineMs, ms, ttl)
      await ask('DELETE', `${KV}/t`)
    }
  })

  it('counts with 64 bits', async (context) => {
    const { ask } = await open(context)
    const incr = async (query: string) => (await ask('POST', `${KV}/n/incr${query}`)).json.value
    assert.equal(await incr('?initial=9223372036854775800'), '9223372036854775801')
    assert.equal(await incr('?by=-9223372036854775807'), '-6')
  })
})

describe('many keys', () => {
  it('are listed in pages of one revision, whatever happens meanwhile', async (context) => {
    const { ask } = await open(context)
    for (let i = 0; i < 7; i++) await ask('PUT', `${KV}/k${i}`, { body: `${i}` })
    const first = (await ask('GET', `${KV}?prefix=k&limit=3`)).json
    assert.deepEqual([first.revision, first.count], [8, undefined])
    await ask('DELETE', `${KV}/k5`)
    await ask('PUT', `${KV}/k9`, { body: '9' })
    const keys = first.entries.map(({ key }: { key: string }) => key)
    let { cursor } = first
    for (let pages = 1; cursor !== undefined && pages < 9; pages++) {
      const { json } = await ask('GET', `${KV}?prefix=k&limit=3&cursor=${cursor}`)
      assert.equal(json.revision, 8)
      keys.push(...json.entries.map(({ key }: { key: string }) => key))
      cursor = json.cursor
    }
    assert.deepEqual(keys, ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6'])
  })

  it('end a page at 4 MiB, too', async (context) => {
    const { ask } = await open(context)
    const body = 'v'.repeat(1_000_000)
    for (let i = 0; i < 9; i++) await ask('PUT', `${KV}/k${i}`, { body })
    const first = (await ask('GET', KV)).json
    await ask('PUT', `${KV}/k0`, { body: 'short' })
    assert.equal(first.entries.length, 5)
    assert.equal(first.revision, 10)
    const second = (await ask('GET', `${KV}?cursor=${first.cursor}`)).json
    assert.deepEqual([second.entries.length, second.revision, second.cursor], [4, 10, undefined])
    assert.equal(second.entries[0].key, 'k5')
  })

  it('are those of a prefix, or from a start to before an end', async (context) => {
    const { ask } = await open(context)
    for (const key of ['a', 'b', 'b%FF', 'b%FF%FF', 'c', '%FF']) {
      await ask('PUT', `${KV}/${key}`, { body: '' })
    }
    const count = async (query: string) => (await ask('GET', `${KV}?${query}&count`)).json.count
    assert.deepEqual(
      await Promise.all(
        [
          'prefix=',
          'prefix=b',
          'prefix=b%FF',
          'prefix=%FF',
          'start=b',
          'end=b',
          'start=a&end=c',
        ].map(count),
      ),
      [6, 3, 2, 1, 5, 1, 4],
    )
    const { json } = await ask('GET', `${KV}?prefix=b&keys_only`)
    assert.deepEqual(json.entries[0], { key: 'b', revision: 3, createRevision: 3, version: 1 })
    assert.equal((await ask('DELETE', `${KV}?prefix=b%FF`)).json.deleted, 2)
    assert.equal((await ask('DELETE', `${KV}?start=c`)).json.deleted, 2)
    assert.equal((await ask('GET', `${KV}?revision=7&count`)).json.count, 6)
    assert.equal((await ask('DELETE', `${KV}?prefix=`)).json.deleted, 2)
  })

  it('go on in the same list only', async (context) => {
    const { ask } = await open(context)
    for (const key of ['a', 'ab', 'ac', 'b']) await ask('PUT', `${KV}/${key}`, { body: '' })
    const { cursor } = (await ask('GET', `${KV}?prefix=a&limit=1`)).json
    for (const query of ['', '&prefix=b', '&prefix=', '&prefix=ab', '&start=a', '&start=a&end=c']) {
      const { status, json } = await ask('GET', `${KV}?cursor=${cursor}${query}`)
      assert.deepEqual([status, json.error.code], [400, 'PARAMETER_INVALID'], query)
      assert.match(json.error.message, /^cursor is of another list/)
    }
    const other = await ask('GET', `${KV}?prefix=a&revision=2&cursor=${cursor}`)
    assert.match(other.json.error.message, /^cursor is of revision 5/)
    const { entries } = (await ask('GET', `${KV}?prefix=a&revision=5&cursor=${cursor}`)).json
    assert.deepEqual(
      entries.map(({ key }: { key: string }) => key),
      ['ab', 'ac'],
    )
  })
})

describe('a batch', () => {
  it('does each operation by itself', async (context) => {
    const { ask } = await open(context)
    await ask('PUT', `${KV}/a`, { body: '1' })
    const operations = [
      { op: 'put', key: 'b', value: { base64: '/w==' }, ttl: '1.5s' },
      { op: 'put', key: 'a', value: '2', ifAbsent: true },
      { op: 'put', key: 'a', value: '2', ifRevision: 2, previous: true },
      { op: 'incr', key: 'n', by: '5', initial: 1, ifAbsent: true },
      { op: 'get', prefix: '', limit: 1 },
      { op: 'get', prefix: 'n', count: true },
      { op: 'delete', key: 'n' },
      { op: 'put', key: 'x', value: '', lease: '77' },
    ]
    const { json } = await ask('POST', '/api/v1/batch', { body: JSON.stringify({ operations }) })
    const results = json.results.map((result: { error?: { code: string } }) => {
      return result.error?.code ?? result
    })
    const before = { key: 'a', value: '1', encoding: 'text', revision: 2 }
    const previous = [{ ...before, createRevision: 2, version: 1 }]
    assert.deepEqual(results.toSpliced(4, 1), [
      { revision: 3 },
      'CONDITION_FAILED',
      { revision: 4, previous },
      { value: '6', revision: 5 },
      { revision: 5, count: 1 },
      { deleted: 1, revision: 6 },
      'LEASE_NOT_FOUND',
    ])
    const { entries, count, more } = results[4]
    assert.deepEqual([entries[0].key, entries.length, count, more], ['a', 1, 3, true])
  })

  it('of nothing has no results', async (context) => {
    const { ask } = await open(context)
    const { json } = await ask('POST', '/api/v1/batch', { body: '{"operations":[]}' })
    assert.deepEqual(json, { results: [] })
  })

  it('reads no more than can be answered', async (context) => {
    const { ask } = await open(context)
    const body = 'v'.repeat(1_500_000)
    for (let i = 0; i < 12; i++) await ask('PUT', `${KV}/k${i}`, { body })
    const operations = [
      { op: 'get', prefix: 'k' },
      { op: 'get', key: 'k1' },
    ]
    const { json } = await ask('POST', '/api/v1/batch', { body: JSON.stringify({ operations }) })
    assert.equal(json.results[0].error.code, 'TOO_LARGE')
    assert.equal(json.results[1].entries.length, 1)
  })
})

describe('a transaction', () => {
  const txn = (ask: Awaited<ReturnType<typeof open>>['ask'], body: object) =>
    ask('POST', '/api/v1/txn', { body: JSON.stringify(body) })

  it('does one of two lists at one revision', async (context) => {
    const { ask } = await open(context)
    const swap = {
      if: [{ key: 'a', exists: false }],
      // biome-ignore lint/suspicious/noThenProperty: it is data.
      then: [
        { op: 'put', key: 'a', value: '1' },
        { op: 'put', key: 'b', value: '2', previous: true },
      ],
      else: [
        { op: 'get', prefix: '', keysOnly: true },
        { op: 'delete', key: 'a', previous: true },
        // biome-ignore lint/suspicious/noThenProperty: it is data.
        { op: 'txn', then: [{ op: 'get', key: 'b', count: true }] },
      ],
    }
    const first = (await txn(ask, swap)).json
    const done = [{ revision: 2 }, { revision: 2 }]
    assert.deepEqual(first, { succeeded: true, revision: 2, results: done })
    const second = (await txn(ask, swap)).json
    assert.deepEqual([second.succeeded, second.revision], [false, 3])
    const [got, deleted, nested] = second.results
    assert.deepEqual(
      got.entries.map(({ key }: { key: string }) => key),
      ['a', 'b'],
    )
    assert.deepEqual([deleted.deleted, deleted.previous[0].value], [1, '1'])
    assert.deepEqual([nested.succeeded, nested.results[0].count], [true, 1])
  })

  it('compares whatever there is about a key', async (context) => {
    const { ask } = await open(context)
    await ask('POST', '/api/v1/leases?ttl=60s&id=ab')
    for (const body of ['1', '2']) await ask('PUT', `${KV}/a?lease=ab`, { body })
    const holds = async (condition: object) => {
      const { json } = await txn(ask, { if: [{ key: 'a', ...condition }] })
      return json.succeeded
    }
    const truths: object[] = [
      { exists: true },
      { field: 'value', is: '=', to: '2' },
      { field: 'value', is: '>', to: { base64: 'MQ==' } },
      { field: 'version', is: '=', to: 2 },
      { field: 'revision', is: '<', to: 4 },
      { field: 'createRevision', is: '!=', to: 3 },
      { field: 'lease', is: '=', to: 'ab' },
    ]
    for (const truth of truths) assert.equal(await holds(truth), true, JSON.stringify(truth))
    const lies: object[] = [
      { exists: false },
      { field: 'value', is: '!=', to: '2' },
      { field: 'version', is: '>', to: 2 },
      { field: 'revision', is: '=', to: 2 },
      { field: 'lease', is: '=', to: 'ac' },
    ]
    for (const lie of lies) assert.equal(await holds(lie), false, JSON.stringify(lie))
  })

  it('of all keys with a prefix compares and deletes them all', async (context) => {
    const { ask } = await open(context)
    for (const key of ['p1', 'p2', 'q']) await ask('PUT', `${KV}/${key}`, { body: '' })
    const { json } = await txn(ask, {
      if: [{ prefix: 'p', field: 'version', is: '=', to: 1 }],
      // biome-ignore lint/suspicious/noThenProperty: it is data.
      then: [{ op: 'delete', prefix: 'p' }],
    })
    assert.deepEqual([json.succeeded, json.results[0].deleted], [true, 2])
    assert.equal((await ask('GET', `${KV}?count`)).json.count, 1)
  })
})

describe('a lease', () => {
  it('is granted, kept alive, told of and revoked', async (context) => {
    const { ask } = await open(context)
    assert.deepEqual((await ask('POST', '/api/v1/leases?ttl=1.5s&id=ff')).json, {
      id: 'ff',
      ttl: 2,
    })
    const chosen = (await ask('POST', '/api/v1/leases?ttl=1m')).json
    assert.match(chosen.id, /^[1-9a-f][0-9a-f]*$/)
    await ask('PUT', `${KV}/%FF?lease=FF`, { body: '' })
    assert.equal((await ask('GET', `${KV}/%ff`)).json.lease, 'ff')
    const { json } = await ask('GET', '/api/v1/leases/ff?keys')
    assert.deepEqual(json, { id: 'ff', ttl: 2, grantedTtl: 2, keys: [{ base64: '/w==' }] })
    assert.deepEqual(
      (await ask('GET', '/api/v1/leases')).json.leases.sort(),
      [chosen.id, 'ff'].sort(),
    )
    assert.deepEqual((await ask('POST', '/api/v1/leases/ff/keepalive')).json, { id: 'ff', ttl: 2 })
    assert.equal((await ask('DELETE', '/api/v1/leases/ff')).json.revision, 3)
    assert.equal((await ask('GET', `${KV}/%ff`)).status, 404)
    assert.equal((await ask('GET', '/api/v1/leases/ff')).json.error.code, 'LEASE_NOT_FOUND')
  })
})

describe('the cluster', () => {
  it('is told as this node knows it', async (context) => {
    const { ask } = await open(context)
    const status = (await ask('GET', '/api/v1/cluster/status')).json
    assert.deepEqual([status.nodeId, status.isLeader], ['8000000000000001', true])
    assert.deepEqual([status.clusterId, status.leader], ['c1', status.nodeId])
    assert.deepEqual(status.alarms, [])
    const { nodes } = (await ask('GET', '/api/v1/cluster/nodes')).json
    assert.deepEqual(
      nodes.map(({ id, name }: { id: string; name: string }) => [id, name]),
      [[status.nodeId, 'one']],
    )
    assert.deepEqual((await ask('GET', '/api/v1/cluster/members')).json.nodes, nodes)
  })
})
