/** The test suite that `abstract-level` has for databases, against three real processes. */

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, describe, it } from 'node:test'
import { QuorateLevel, type QuorateLevelOptions } from '../../src/client/adapters/abstract-level.ts'
import { connect } from '../../src/client/index.ts'
import { serverCommand, startCluster } from '../cluster/index.ts'
import { tape } from './tape.ts'

interface SuiteOptions {
  readonly test: typeof tape
  readonly factory: (options?: QuorateLevelOptions<string, string>) => QuorateLevel
}

const require = createRequire(import.meta.url)
const suite: (options: SuiteOptions) => void = require('abstract-level/test')

// The suite asks for a database while it registers its tests.
const cluster = await startCluster({ name: 'level', command: serverCommand() })
const client = await connect({ endpoints: cluster.urls })
let databases = 0

after(async () => {
  await client.close()
  await cluster.stop()
})

function factory(options: QuorateLevelOptions<string, string> = {}): QuorateLevel {
  databases += 1
  return new QuorateLevel(client, { prefix: `level ${databases}/`, ...options })
}

describe("abstract-level's test suite", () => {
  suite({ test: tape, factory })
})

describe('what the suite does not ask', () => {
  it('two databases with one prefix are one', async () => {
    const prefix = 'shared/'
    const [one, other] = [
      new QuorateLevel(client, { prefix }),
      new QuorateLevel(client, { prefix }),
    ]
    await one.put('a', '1')
    assert.equal(await other.get('a'), '1')
    assert.equal((await client.get('shared/a'))?.value, '1')
  })

  it('a prefix is not empty', () => {
    assert.throws(() => new QuorateLevel(client, { prefix: '' }), { code: 'BAD_REQUEST' })
  })

  it('the last of several changes of a key in one batch counts', async () => {
    const level = factory()
    await level.batch([
      { type: 'put', key: 'a', value: '1' },
      { type: 'del', key: 'a' },
      { type: 'put', key: 'b', value: '1' },
      { type: 'put', key: 'b', value: '2' },
    ])
    assert.deepEqual(await level.iterator().all(), [['b', '2']])
  })

  it('a batch that is too long for a transaction changes nothing', async () => {
    const level = factory()
    const batch = Array.from({ length: 5000 }, (_, at) => ({
      ...{ type: 'put' as const, key: `${at}`, value: '' },
    }))
    await assert.rejects(level.batch(batch), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'TXN_TOO_MANY_OPERATIONS')
      return true
    })
    assert.deepEqual(await level.keys().all(), [])
  })

  it('a long batch is one change all the same', async () => {
    const level = factory()
    const names = Array.from({ length: 3000 }, (_, at) => String(at).padStart(4, '0'))
    const before = (await client.put('elsewhere', 'x')).revision
    await level.batch(names.map((key) => ({ type: 'put', key, value: key })))
    assert.equal((await client.put('elsewhere', 'x')).revision, before + 2)
    assert.deepEqual(await level.values().all(), names)
    const snapshot = level.snapshot()
    await level.batch(names.map((key) => ({ type: 'del', key })))
    assert.deepEqual(await level.keys().all(), [])
    assert.equal((await level.keys({ snapshot }).all()).length, names.length)
    await snapshot.close()
  })

  it('a sublevel is cleared whole, and nothing beside it', async () => {
    const level = factory()
    const [one, other] = [level.sublevel('one'), level.sublevel('other')]
    for (let at = 0; at < 300; at++) await one.put(`${at}`, 'x')
    await other.put('a', 'x')
    await level.put('!one', 'x')
    await level.put('!one#', 'x')
    await one.clear()
    assert.deepEqual(await level.keys().all(), ['!one', '!one#', '!other!a'])
  })

  it('more keys than a transaction has are cleared, in either direction', async () => {
    const level = factory()
    const names = Array.from({ length: 300 }, (_, at) => String(at).padStart(3, '0'))
    for (const name of names) await level.put(name, 'x')
    await level.clear({ gt: '009', reverse: true, limit: 200 })
    assert.deepEqual(await level.keys().all(), names.slice(0, 100))
    await level.clear({ gte: '005' })
    assert.deepEqual(await level.keys().all(), names.slice(0, 5))
  })

  it('an iterator that compaction has overtaken says so', async () => {
    const level = factory()
    for (let at = 0; at < 200; at++) await level.put(String(at).padStart(3, '0'), 'x')
    const iterator = level.iterator()
    await iterator.next()
    await level.put('000', 'y')
    const { revision } = await client.put('elsewhere', 'x')
    await client.cluster.compact(revision, { physical: true })
    await assert.rejects(iterator.all(), { code: 'COMPACTED' })
  })

  it('a snapshot shows nothing of what came after it', async () => {
    const level = factory()
    await level.put('a', '1')
    await using snapshot = level.snapshot()
    await level.put('a', '2')
    await level.put('b', '2')
    await level.del('a')
    assert.equal(await level.get('a', { snapshot }), '1')
    assert.equal(await level.has('b', { snapshot }), false)
    assert.deepEqual(await level.iterator({ snapshot }).all(), [['a', '1']])
    assert.deepEqual(await level.iterator().all(), [['b', '2']])
  })
})
