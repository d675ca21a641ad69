import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  bytes,
  type Client,
  type Codec,
  type Comparison,
  compare,
  connect,
  del,
  get,
  incr,
  json,
  list,
  put,
  QuorateError,
  type TxnOperation,
} from '../../src/client/index.ts'
import { type Cluster, serverCommand, startCluster } from '../cluster/index.ts'

let cluster: Cluster
let db: Client

before(async () => {
  cluster = await startCluster({ name: 'client-keys', command: serverCommand() })
  db = await connect(cluster.urls)
})

after(async () => {
  await db.close()
  await cluster.stop()
})

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof QuorateError, String(error))
    assert.equal(error.code, code, error.message)
    assert.ok(error.advice.length > 0)
    return true
  }
}

describe('get and put', () => {
  test('a value is read as it was put, with its revisions', async () => {
    const { revision } = await db.put('greeting', 'hello')
    const entry = await db.get('greeting')
    assert.deepEqual(entry, {
      key: 'greeting',
      keyBytes: new TextEncoder().encode('greeting'),
      value: 'hello',
      revision,
      createRevision: revision,
      version: 1,
      lease: 0n,
    })
    await db.put('greeting', 'hello again')
    const later = await db.get('greeting')
    assert.equal(later?.value, 'hello again')
    assert.equal(later.version, 2)
    assert.equal(later.createRevision, revision)
  })

  test('a key that is absent is null', async () => {
    assert.equal(await db.get('nobody'), null)
  })

  test('an old revision can be read', async () => {
    const { revision } = await db.put('old', 'first')
    await db.put('old', 'second')
    assert.equal((await db.get('old', { revision }))?.value, 'first')
    await assert.rejects(db.get('old', { revision: revision + 1000 }), failsWith('REVISION_FUTURE'))
  })

  test('a read that may be stale is answered', async () => {
    await db.put('stale', 'x')
    assert.equal((await db.get('stale', { stale: true }))?.key ?? 'stale', 'stale')
  })

  test('what was there before comes with the answer when it is asked for', async () => {
    const first = await db.put('previous', '1', { previous: true })
    assert.equal(first.previous, null)
    const second = await db.put('previous', '2', { previous: true })
    assert.equal(second.previous?.value, '1')
    assert.equal('previous' in (await db.put('previous', '3')), false)
    const gone = await db.delete('previous', { previous: true })
    assert.equal(gone.previous?.value, '3')
  })

  test('a put under a condition fails when it does not hold, and changes nothing', async () => {
    const { revision } = await db.put('lonely', 'a', { ifAbsent: true })
    await assert.rejects(db.put('lonely', 'b', { ifAbsent: true }), failsWith('CONDITION_FAILED'))
    await assert.rejects(db.put('lonely', 'b', { ifRevision: 1 }), failsWith('CONDITION_FAILED'))
    assert.equal((await db.get('lonely'))?.value, 'a')
    const next = await db.put('lonely', 'c', { ifRevision: revision, previous: true })
    assert.equal(next.previous?.value, 'a')
    await assert.rejects(db.put('new', 'x', { ifRevision: 5 }), failsWith('CONDITION_FAILED'))
    await db.put('new', 'x', { ifRevision: 0 })
    await db.put('claimed', 'me', { ifAbsent: true, ttlMs: 60_000 })
    const claim = db.put('claimed', 'you', { ifAbsent: true, ttlMs: 60_000 })
    await assert.rejects(claim, failsWith('CONDITION_FAILED'))
    assert.equal((await db.get('claimed'))?.value, 'me')
  })

  test('a key with a time to live goes by itself', async () => {
    // Whoever asked for it might come too late: a watch tells what was there, and when.
    await using watch = db.watch({ key: 'short' })
    await watch.ready
    const { revision } = await db.put('short', 'x', { ttlMs: 200 })
    const told: (readonly [string, number])[] = []
    for await (const event of watch) {
      told.push([event.type, event.revision])
      if (event.type === 'delete') break
    }
    assert.deepEqual(told[0], ['put', revision])
    assert.equal(told.length, 2)
    assert.equal(await db.get('short'), null)
  })

  test('a key goes with its lease, and may keep it', async () => {
    const { id } = await db.leases.grant({ ttlMs: 60_000 })
    await db.put('leased', '1', { lease: id })
    await db.put('leased', '2', { keepLease: true })
    assert.equal((await db.get('leased'))?.lease, id)
    await assert.rejects(db.put('absent', '1', { keepLease: true }), failsWith('KEY_NOT_FOUND'))
    await db.leases.revoke(id)
    assert.equal(await db.get('leased'), null)
    await assert.rejects(db.put('leased', '1', { lease: 4711n }), failsWith('LEASE_NOT_FOUND'))
  })
})

describe('delete', () => {
  test('a delete says whether there was something', async () => {
    await db.put('here', 'x')
    assert.equal((await db.delete('here')).deleted, true)
    assert.equal((await db.delete('here')).deleted, false)
  })

  test('a delete under a condition fails when it does not hold', async () => {
    const { revision } = await db.put('kept', 'x')
    const late = db.delete('kept', { ifRevision: revision - 1 })
    await assert.rejects(late, failsWith('CONDITION_FAILED'))
    const gone = await db.delete('kept', { ifRevision: revision, previous: true })
    assert.equal(gone.deleted, true)
    assert.equal(gone.previous?.value, 'x')
  })

  test('a prefix is deleted as one change', async () => {
    for (const name of ['p/a', 'p/b', 'p/c', 'q']) await db.put(name, 'x')
    const { deleted, revision } = await db.deletePrefix('p/')
    assert.equal(deleted, 3)
    assert.equal(await db.count({ prefix: 'p/' }), 0)
    assert.equal(await db.count({ prefix: 'p/', revision: revision - 1 }), 3)
    assert.equal((await db.get('q'))?.value, 'x')
  })
})

describe('incr', () => {
  test('a counter counts, from what it is told to', async () => {
    assert.equal(await db.incr('hits'), 1n)
    assert.equal(await db.incr('hits', 41), 42n)
    assert.equal(await db.incr('hits', -2n), 40n)
    assert.equal(await db.incr('from', 1, { initial: 100 }), 101n)
    const { id } = await db.leases.grant({ ttlMs: 60_000 })
    await db.incr('leased counter', 1, { lease: id })
    assert.equal((await db.get('leased counter'))?.lease, id)
  })

  test('beyond 64 bits, or of something else than a number, it fails', async () => {
    await db.put('large', String(2n ** 63n - 1n))
    await assert.rejects(db.incr('large'), failsWith('NOT_A_COUNTER'))
    assert.equal(await db.incr('large', -1), 2n ** 63n - 2n)
    await db.put('word', 'seven')
    await assert.rejects(db.incr('word'), failsWith('NOT_A_COUNTER'))
    await assert.rejects(db.incr('hits', 2n ** 63n), failsWith('BAD_REQUEST'))
    await assert.rejects(db.incr('hits', 0.5), failsWith('BAD_REQUEST'))
  })
})

describe('list and count', () => {
  const names = Array.from({ length: 500 }, (_, at) => `list/${String(at).padStart(4, '0')}`)

  before(async () => {
    await Promise.all(names.map((name, at) => db.put(name, `value ${at}`)))
  })

  test('a prefix is iterated in the order of its keys', async () => {
    const seen: string[] = []
    for await (const { key, value } of db.list({ prefix: 'list/' })) {
      assert.equal(value, `value ${seen.length}`)
      seen.push(key)
    }
    assert.deepEqual(seen, names)
    assert.equal(await db.count({ prefix: 'list/' }), names.length)
  })

  test('ranges, limits, directions and sizes of pages', async () => {
    const keys = async (options: Parameters<typeof db.list>[0]): Promise<string[]> =>
      (await db.list(options).all()).map(({ key }) => key)
    const range = { start: 'list/0100', end: 'list/0400' }
    assert.deepEqual(await keys(range), names.slice(100, 400))
    assert.equal(await db.count(range), 300)
    assert.deepEqual(await keys({ ...range, limit: 7 }), names.slice(100, 107))
    assert.deepEqual(await keys({ ...range, pageSize: 7 }), names.slice(100, 400))
    const reversed = names.slice(100, 400).reverse()
    assert.deepEqual(await keys({ ...range, reverse: true }), reversed)
    const options = { ...range, reverse: true, limit: 100, pageSize: 9 }
    assert.deepEqual(await keys(options), reversed.slice(0, 100))
    assert.deepEqual(await keys({ start: 'list/0499', end: 'list/0499' }), [])
    assert.deepEqual(await keys({ start: 'list/9', end: 'list/0' }), [])
    assert.deepEqual(await keys({ prefix: 'nothing/' }), [])
    assert.ok((await keys({})).length >= names.length)
  })

  test('keys come without values', async () => {
    for await (const entry of db.list({ prefix: 'list/', keysOnly: true, limit: 3 })) {
      assert.equal('value' in entry, false)
      assert.ok(entry.key.startsWith('list/') && entry.revision > 0)
    }
  })

  test('all pages show one revision, whatever is written meanwhile', async () => {
    const seen: string[] = []
    let revision = 0
    for await (const page of db.list({ prefix: 'list/', pageSize: 50 }).pages()) {
      if (revision === 0) revision = page.revision
      assert.equal(page.revision, revision)
      seen.push(...page.entries.map(({ value }) => value))
      await db.put(names[499] as string, 'changed')
      await db.put(`list/0${seen.length}a`, 'new')
    }
    assert.deepEqual(
      seen,
      names.map((_, at) => `value ${at}`),
    )
    const again = await db.list({ prefix: 'list/', revision }).all()
    assert.equal(again.length, names.length)
  })

  test('large values come in small pages', async () => {
    const value = 'x'.repeat(1_000_000)
    for (let at = 0; at < 8; at++) await db.put(`large/${at}`, value)
    const sizes: number[] = []
    for await (const { entries } of db.list({ prefix: 'large/' }).pages())
      sizes.push(entries.length)
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      8,
    )
    await db.deletePrefix('large/')
  })

  test('who leaves a listing asks for nothing more, and may begin it anew', async () => {
    const listing = db.list({ prefix: 'list/', pageSize: 2 })
    for (let time = 0; time < 2; time++) {
      const seen: string[] = []
      for await (const { key } of listing) {
        seen.push(key)
        if (seen.length === 3) break
      }
      assert.deepEqual(seen, names.slice(0, 3))
    }
  })
})

describe('txn', () => {
  test('what depends on conditions that hold is done, and its results are told', async () => {
    await db.put('account', '100')
    const result = await db
      .txn()
      .if(compare.version('account', '=', 1), compare.value('account', '=', '100'))
      .then(put('account', '90', { previous: true }), get('account'), del('nothing'))
      .else(get('account'))
      .commit()
    assert.ok(result.succeeded)
    const [first, second, third] = result.results
    assert.equal(first.previous?.value, '100')
    assert.equal(second?.value, '90')
    assert.equal(second?.revision, result.revision)
    assert.equal(third.deleted, false)
  })

  test('otherwise the other part is done', async () => {
    const result = await db
      .txn()
      .if(compare.missing('account'))
      .then(put('account', '0'))
      .else(get('account'), list({ prefix: 'acc' }, { limit: 1 }))
      .commit()
    assert.ok(!result.succeeded)
    assert.equal(result.results[0]?.value, '90')
    assert.equal(result.results[1].length, 1)
  })

  test('every comparison compares', async () => {
    const { id } = await db.leases.grant({ ttlMs: 60_000 })
    const { revision } = await db.put('compared', 'm', { lease: id })
    const holds = async (...conditions: readonly Comparison<string>[]): Promise<boolean> =>
      (
        await db
          .txn()
          .if(...conditions)
          .commit()
      ).succeeded
    assert.ok(await holds(compare.revision('compared', '=', revision)))
    assert.ok(await holds(compare.revision('compared', '<', BigInt(revision + 1))))
    assert.ok(await holds(compare.createRevision('compared', '!=', revision + 1)))
    assert.ok(await holds(compare.lease('compared', '=', id)))
    assert.ok(await holds(compare.lease('compared', '=', { id })))
    assert.ok(await holds(compare.value('compared', '>', 'l'), compare.value('compared', '<', 'n')))
    assert.ok(await holds(compare.exists('compared'), compare.missing('not there')))
    assert.ok(!(await holds(compare.missing('compared'))))
    assert.ok(!(await holds(compare.version('compared', '>', 1))))
    await db.leases.revoke(id)
  })

  test('a transaction that was not sent cannot be waited for by mistake', async () => {
    const txn = db.txn().then(put('unsent', '1'))
    // The compiler refuses it, too.
    const mistaken = txn as unknown as PromiseLike<unknown>
    await assert.rejects(async () => await mistaken, failsWith('BAD_REQUEST'))
    assert.equal(await db.get('unsent'), null)
  })

  test('what makes no sense is refused', async () => {
    const commit = (...operations: readonly TxnOperation<string>[]): Promise<unknown> =>
      db
        .txn()
        .then(...operations)
        .commit()
    // The compiler refuses these, too.
    const txn = db.txn()
    const conditional = { ifAbsent: true } as const
    const refused = [
      // @ts-expect-error a transaction has leases for it
      () => commit(put('a', '1', { ttlMs: 5 })),
      // @ts-expect-error a transaction has its if for it
      () => commit(put('a', '1', conditional)),
      // @ts-expect-error a transaction has its if for it
      () => txn.else(put('a', '1', { ifRevision: 1 })).commit(),
      // @ts-expect-error a transaction has its if for it
      () => txn.then(get('b'), del('a', { ifRevision: 1 })).commit(),
    ]
    for (const call of refused) await assert.rejects(call, failsWith('BAD_REQUEST'))
    await commit(put('c', '1', { previous: true, lease: 0n }), del('d', { previous: true }))
    await assert.rejects(commit(incr('a') as never), failsWith('BAD_REQUEST'))
    const many = Array.from({ length: 200 }, (_, at) => put(`many/${at}`, '1'))
    for (const operations of [
      [put('a', '1'), put('a', '2')],
      [...many, put('a', '1'), del('a')],
    ]) {
      await assert.rejects(commit(...operations), {
        code: 'TXN_DUPLICATE_KEY',
        message: 'One branch of the transaction would change a key twice: "a"',
      })
    }
    assert.throws(() => db.txn().if().if(), failsWith('BAD_REQUEST'))
  })
})

describe('what fails', () => {
  test('names the lease that is not there, and the key it was for', async () => {
    const lease = '4711n (1267 in hexadecimal)'
    const gone = (subject: string): { readonly code: string; readonly message: string } => ({
      code: 'LEASE_NOT_FOUND',
      message: `There is no such lease: ${subject}`,
    })
    await assert.rejects(db.put('x/1', '1', { lease: 4711n }), gone(`${lease} for "x/1"`))
    await assert.rejects(db.incr('x/2', 1, { lease: 4711n }), gone(`${lease} for "x/2"`))
    await assert.rejects(db.leases.revoke(4711n), gone(lease))
    const txn = db.txn().then(put('x/3', '1', { lease: 4711n }), put('x/4', '1'))
    await assert.rejects(txn.commit(), gone(`${lease} for "x/3"`))
    await assert.rejects(db.leases.keepAlive(4711n), { message: /^there is no lease 4711n \(1267/ })
  })

  test('names the key that is not there', async () => {
    const message = 'The key is not there: "x/nobody"'
    const put = db.put('x/nobody', '1', { keepLease: true })
    await assert.rejects(put, { code: 'KEY_NOT_FOUND', message })
  })
})

describe('batch', () => {
  test('each operation has a result of its own', async () => {
    await db.put('batch/word', 'x')
    const results = await db.batch([
      put('batch/a', '1', { previous: true }),
      incr('batch/count', 5),
      incr('batch/word'),
      put('batch/word', 'y', { ifAbsent: true }),
      del('batch/nothing'),
      get('batch/word'),
    ])
    const [first, second, third, fourth, fifth, sixth] = results
    assert.ok(first.ok && first.value.previous === null)
    assert.ok(second.ok && second.value === 5n)
    assert.ok(!third.ok && third.error.code === 'NOT_A_COUNTER')
    assert.ok(!fourth.ok && fourth.error.code === 'CONDITION_FAILED')
    assert.ok(fifth.ok && !fifth.value.deleted)
    assert.ok(sixth.ok && sixth.value?.value === 'x')
  })
})

describe('values and keys', () => {
  test('bytes are bytes, whatever they are', async () => {
    const raw = db.withCodec(bytes)
    const key = new Uint8Array([0xff, 0x00, 0xfe, 0x80])
    const value = Uint8Array.from({ length: 256 }, (_, at) => at)
    await raw.put(key, value)
    const entry = await raw.get(key)
    assert.deepEqual(entry?.value, value)
    assert.deepEqual(entry?.keyBytes, key)
    const [listed] = await raw.list({ prefix: new Uint8Array([0xff]) }).all()
    assert.deepEqual(listed?.keyBytes, key)
    assert.equal((await raw.deletePrefix(new Uint8Array([0xff]))).deleted, 1)
    await raw.put('empty', new Uint8Array(0))
    assert.equal((await raw.get('empty'))?.value.length, 0)
  })

  test('what is given may be changed as soon as the call has returned', async () => {
    const raw = db.withCodec(bytes)
    const key = new TextEncoder().encode('mine')
    const value = new TextEncoder().encode('before')
    const done = raw.put(key, value)
    key.fill(0x78)
    value.fill(0x78)
    await done
    assert.equal((await db.get('mine'))?.value, 'before')
  })

  test('JSON, for all calls or for one', async () => {
    interface Settings {
      readonly colour: string
      readonly sizes: readonly number[]
    }
    const settings = db.withCodec(json<Settings>())
    await settings.put('settings', { colour: 'grün', sizes: [1, 2] })
    assert.deepEqual((await settings.get('settings'))?.value, { colour: 'grün', sizes: [1, 2] })
    const entry = await db.get('settings', { codec: json<Settings>() })
    assert.equal(entry?.value.colour, 'grün')
    const wish = settings.txn().then(put('settings', { colour: 'blau', sizes: [] }))
    assert.ok((await wish.commit()).succeeded)
    assert.equal((await db.get('settings'))?.value, '{"colour":"blau","sizes":[]}')
  })

  test('a codec of one’s own', async () => {
    const dates: Codec<Date> = {
      encode: (value) => value.toISOString(),
      decode: (raw) => new Date(new TextDecoder().decode(raw)),
    }
    const client = await connect({ endpoints: cluster.urls, codec: dates })
    const date = new Date(86_400_000)
    await client.put('date', date)
    assert.deepEqual((await client.get('date'))?.value, date)
    await client.close()
  })

  test('what a codec cannot read fails, and the others do not', async () => {
    await db.withCodec(bytes).put('binary', new Uint8Array([0xc3, 0x28]))
    const reads = [db.get('binary'), db.get('greeting'), db.get('binary', { codec: json() })]
    const [first, second, third] = await Promise.allSettled(reads)
    assert.ok(first?.status === 'rejected' && failsWith('VALUE_UNREADABLE')(first.reason))
    assert.equal(second?.status, 'fulfilled')
    assert.ok(third?.status === 'rejected' && failsWith('VALUE_UNREADABLE')(third.reason))
    await assert.rejects(db.withCodec(json()).put('x', undefined), failsWith('BAD_REQUEST'))
  })

  test('texts are kept to the letter', async () => {
    for (const value of ['', 'grüße', '日本', '😀', '\u0000', '\ufeffbom', 'x'.repeat(100_000)]) {
      await db.put(`text ${value.slice(0, 10)}`, value)
      const entry = await db.get(`text ${value.slice(0, 10)}`)
      assert.equal(entry?.value, value)
      assert.equal(entry?.key, `text ${value.slice(0, 10)}`)
    }
  })

  test('bad keys and numbers are refused before anything is sent', async () => {
    const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => db.get(''), 'KEY_EMPTY'],
      [() => db.put(new Uint8Array(0), 'x'), 'KEY_EMPTY'],
      [() => db.get(7 as never), 'BAD_REQUEST'],
      [() => db.put('a', 7 as never), 'BAD_REQUEST'],
      [() => db.get('a', { revision: -1 }), 'BAD_REQUEST'],
      [() => db.get('a', { revision: 1.5 }), 'BAD_REQUEST'],
      [() => db.put('a', 'b', { ttlMs: 0 }), 'BAD_REQUEST'],
      [() => db.put('a', 'b', { ifRevision: Number.NaN }), 'BAD_REQUEST'],
      [() => db.put('a', 'b', { ifRevision: 5, ifAbsent: true }), 'BAD_REQUEST'],
      [() => db.put('a', 'b', { lease: 2n ** 64n }), 'BAD_REQUEST'],
      [() => db.list({ prefix: 'a', start: 'b' }).all(), 'BAD_REQUEST'],
      [() => db.list({ limit: -1 }).all(), 'BAD_REQUEST'],
      [() => db.list({ pageSize: 0 }).all(), 'BAD_REQUEST'],
      [() => db.get('a', { timeoutMs: 0 }), 'BAD_REQUEST'],
      [() => db.put('k'.repeat(1025), 'x'), 'TOO_LARGE'],
      [() => db.put('a', 'x'.repeat(1_600_000)), 'TOO_LARGE'],
      [() => db.put('a', 'x'.repeat(3_000_000)), 'TOO_LARGE'],
    ]
    for (const [call, code] of refusals) await assert.rejects(call(), failsWith(code))
  })
})
