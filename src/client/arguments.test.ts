import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytes, json } from './codecs.ts'
import type { QuorateError } from './errors.ts'
import { compare, put } from './operations.ts'
import { play } from './testing/index.ts'
import type { BatchResult, Client } from './types.ts'

/** A call as a program without types can make it; `leases.revoke` is a method of `leases`. */
type Call = (method: string, ...words: readonly unknown[]) => unknown

function callOn(target: object): Call {
  return (method, ...words) => {
    const [name = '', ...more] = method.split('.')
    const member: unknown = Reflect.get(target, name)
    if (more.length > 0) return callOn(member as object)(more.join('.'), ...words)
    return Reflect.apply(member as () => unknown, target, words)
  }
}

function when(db: Call, condition: unknown): unknown {
  return callOn(callOn(db('txn') as object)('if', condition) as object)('commit')
}

interface Told {
  readonly message: string | RegExp
  readonly advice?: string | RegExp
  readonly code?: string
}

function toldOf(given: string | RegExp | Told): Told {
  return typeof given === 'string' || given instanceof RegExp ? { message: given } : given
}

function matches(text: string, wanted: string | RegExp): void {
  if (typeof wanted === 'string') assert.equal(text, wanted)
  else assert.match(text, wanted)
}

/** Each call fails with these words, and nothing is sent. */
async function refuses(
  calls: readonly (readonly [(db: Call) => unknown, string | RegExp | Told])[],
): Promise<void> {
  await play({ nodes: 1 }, async (scene) => {
    for (const [call, given] of calls) {
      const { message, advice, code = 'BAD_REQUEST' } = toldOf(given)
      const attempt = async (): Promise<unknown> => await call(callOn(scene.db))
      await assert.rejects(attempt, (error: QuorateError) => {
        assert.equal(error.name, 'QuorateError', String(error.stack))
        assert.equal(error.code, code)
        matches(error.message, message)
        if (advice !== undefined) matches(error.advice, advice)
        return true
      })
    }
    assert.deepEqual(scene.node(1).asked, [])
  })
}

describe('what would delete everything', () => {
  test('a prefix that is missing or empty is refused', () =>
    refuses([
      [(db) => db('deletePrefix'), 'a prefix is a text or bytes, not undefined'],
      [(db) => db('deletePrefix', undefined), 'a prefix is a text or bytes, not undefined'],
      [(db) => db('deletePrefix', null), 'a prefix is a text or bytes, not null'],
      [(db) => db('deletePrefix', []), 'a prefix is a text or bytes, not a list'],
      [(db) => db('deletePrefix', { length: 0 }), 'a prefix is a text or bytes, not an object'],
      [(db) => db('deletePrefix', undefined, { all: true }), /not undefined$/],
      [
        (db) => db('deletePrefix', ''),
        {
          message: 'an empty prefix would be every key',
          advice: /say so: deletePrefix\('', \{ all: true \}\)/,
        },
      ],
      [(db) => db('deletePrefix', new Uint8Array(0)), 'an empty prefix would be every key'],
      [(db) => db('deletePrefix', '', { all: false }), 'an empty prefix would be every key'],
      [(db) => db('deletePrefix', '', { all: 'yes' }), 'all is true or false, not "yes"'],
      [
        (db) => db('deletePrefix', 'a', { all: true }),
        'all goes with an empty prefix, not with "a"',
      ],
    ]))

  test('every key is deleted where that is said', async () => {
    await play({ nodes: 1 }, async (scene) => {
      const db: Client = scene.db
      await db.put('a', '1')
      await db.put('b', '2')
      assert.equal((await db.deletePrefix('a')).deleted, 1)
      await db.put('a', '3')
      assert.equal((await db.deletePrefix('', { all: true })).deleted, 2)
      assert.deepEqual([...scene.store.values], [])
    })
  })
})

describe('what is given in the place of something else', () => {
  const lease = /^a lease is its number as a bigint, or what db\.lease\(\) resolves with, not /

  test('a lease', () =>
    refuses([
      [(db) => db('put', 'x', 'y', { lease: 5 }), { message: /, not 5$/, advice: /Await .* 5n/ }],
      [(db) => db('put', 'x', 'y', { lease: '5' }), /, not "5"$/],
      [(db) => db('put', 'x', 'y', { lease: Promise.resolve() }), /, not a promise$/],
      [(db) => db('put', 'x', 'y', { lease: null }), lease],
      [(db) => db('incr', 'x', 1, { lease: {} }), /, not an object$/],
      [(db) => db('leases.revoke'), lease],
      [(db) => db('leases.revoke', 5), /, not 5$/],
      [(db) => db('leases.keepAlive', '5'), /, not "5"$/],
      [(db) => db('leases.timeToLive', undefined), lease],
      [(db) => db('leases.timeToLive', 5n, null), /takes options as an object, not null/],
      [(db) => db('leases.grant'), 'leases.grant takes options as an object, not undefined'],
      [(db) => db('leases.grant', { ttlMs: '5000' }), 'ttlMs is a number above 0, not "5000"'],
      [(db) => db('lease', { ttlMs: '5000' }), /^ttlMs is "5000", and must be a number/],
    ]))

  test('an operation of a transaction or a batch', () => {
    const advice = /such as put\(…\): a method such as db\.put\(…\) begins at once/
    const txn = 'a transaction is made of put, get, del and list, not of '
    const batch = 'a batch is made of put, get, del and incr, not of '
    const then = (db: Call, ...operations: unknown[]): unknown =>
      callOn(callOn(db('txn') as object)('then', ...operations) as object)('commit')
    return refuses([
      [(db) => then(db, Promise.resolve()), { message: `${txn}a promise`, advice }],
      [(db) => then(db, [put('a', '1')]), `${txn}a list`],
      [(db) => then(db, undefined), `${txn}undefined`],
      [(db) => then(db, put), `${txn}a function`],
      [(db) => then(db, { kind: 'incr' }), `${txn}incr`],
      [(db) => when(db, true), /^a condition is made by compare, .* not true$/],
      [(db) => when(db, put('a', '1')), /made by compare, .* not an object$/],
      [
        (db) => when(db, compare.version('a', '==' as '=', 1)),
        'a relation is =, !=, < or >, not "=="',
      ],
      [
        (db) => callOn(db('txn') as object)('commit', { timeoutMS: 5 }),
        /^commit has no option "timeoutMS"/,
      ],
      [
        (db) => db('batch', put('a', '1'), put('b', '2')),
        'a batch takes one list, [put(…), get(…)], not put',
      ],
      [
        async (db) => {
          const [result] = (await db('batch', [Promise.resolve()])) as [BatchResult<never>]
          throw result.ok ? new TypeError('it was done') : result.error
        },
        { message: `${batch}a promise`, advice },
      ],
    ])
  })

  test('a number', () =>
    refuses([
      [
        (db) => db('incr', 'c', 2 ** 60),
        {
          message: 'what is added is exact as a number up to 2^53 only, not 1152921504606846976',
          advice: /bigint/,
        },
      ],
      [(db) => db('incr', 'c', '2'), 'what is added is a whole number, not "2"'],
      [(db) => db('incr', 'c', 0.5), 'what is added is a whole number, not 0.5'],
      [(db) => db('put', 'x', 'y', { ttlMs: '5' }), 'ttlMs is a whole number above 0, not "5"'],
      [
        (db) => db('get', 'x', { revision: '5' }),
        'a revision is a whole number from 0 on, not "5"',
      ],
      [(db) => db('get', 'x', { timeoutMs: '5' }), 'timeoutMs is a number above 0, not "5"'],
      [
        (db) => callOn(db('list', { limit: '5' }) as object)('all'),
        'a limit is a whole number from 0 on, not "5"',
      ],
      [(db) => when(db, compare.version('a', '=', '1' as never)), /not "1"$/],
      [(db) => db('watch', { from: '5' }), /^a watch begins from revision 1 .* not "5"$/],
    ]))

  test('a key, a name, options, a signal', () =>
    refuses([
      [(db) => db('get'), 'a key is a text or bytes, not undefined'],
      [(db) => db('get', {}), 'a key is a text or bytes, not an object'],
      [
        (db) => callOn(db('list', { prefix: null }) as object)('all'),
        'a key is a text or bytes, not null',
      ],
      [(db) => db('count', { start: [] }), 'a key is a text or bytes, not a list'],
      [(db) => db('get', 'x', null), 'get takes options as an object, not null'],
      [(db) => db('lock'), 'a name is a text, not undefined'],
      [(db) => db('leader', 5), 'a name is a text, not 5'],
      [(db) => db('observe'), 'a name is a text, not undefined'],
      [(db) => db('observe', 'x', null), 'observe takes options as an object, not null'],
      [(db) => db('watch', { only: 'puts' }), 'only is "put" or "delete", not "puts"'],
      [
        (db) => db('get', 'x', { signal: new AbortController() }),
        { message: 'signal is an AbortSignal, not an object', advice: /not the controller itself/ },
      ],
      [(db) => db('cluster.compact', 1, { signal: 5 }), 'signal is an AbortSignal, not 5'],
    ]))

  test('a value, and a codec', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    const cannot = 'the codec cannot encode the value: '
    return refuses([
      [(db) => db('put', 'x'), /^a codec makes bytes or a text, not undefined: pass a text/],
      [
        (db) => callOn(db('withCodec', json()) as object)('put', 'x', 1n),
        { message: `${cannot}Do not know how to serialize a BigInt`, advice: /codec/ },
      ],
      [
        (db) => callOn(db('withCodec', json()) as object)('put', 'x', circle),
        /^the codec cannot encode .* circular/i,
      ],
      [
        (db) => callOn(db('withCodec', json()) as object)('put', 'x', undefined),
        'undefined cannot be said in JSON',
      ],
      [(db) => db('withCodec', json), 'a codec has encode and decode, and a function has not'],
      [(db) => db('get', 'x', { codec: json }), /^a codec has encode and decode/],
    ])
  })
})

test('a value that cannot be read is told with its key', async () => {
  await play({ nodes: 1 }, async (scene) => {
    const db = scene.db.withCodec(json<number>())
    await scene.db.put('numbers/1', '1')
    await scene.db.put('numbers/2', '{')
    const told = {
      code: 'VALUE_UNREADABLE',
      message: '"numbers/2" cannot be read: the value is no JSON',
    }
    await assert.rejects(db.get('numbers/2'), told)
    await assert.rejects(db.list({ prefix: 'numbers/' }).all(), told)
    await assert.rejects(db.list({ prefix: 'numbers/' }).all(), (error: QuorateError) => {
      assert.ok(error.cause instanceof SyntaxError)
      return true
    })
    const own = { ...bytes, decode: () => assert.fail('as it likes') }
    const message = '"numbers/1" cannot be read: as it likes'
    await assert.rejects(db.get('numbers/1', { codec: own }), { code: 'VALUE_UNREADABLE', message })
  })
})
