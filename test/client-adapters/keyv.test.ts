/** Keyv's own test suite over a store of ours, against three real processes. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import Keyv from 'keyv'
import { QuorateKeyv } from '../../src/client/adapters/keyv.ts'
import { type Client, connect } from '../../src/client/index.ts'
import { loadKeyvSuite, runner } from '../clients/keyv-runner.ts'
import { type Cluster, serverCommand, startCluster } from '../cluster/index.ts'

const suite = await loadKeyvSuite()

let cluster: Cluster
let client: Client

before(async () => {
  cluster = await startCluster({ name: 'keyv-store', command: serverCommand() })
  client = await connect({ endpoints: cluster.urls })
})

after(async () => {
  await client.close()
  await cluster.stop()
})

const store = (): QuorateKeyv => new QuorateKeyv(client)

describe("Keyv's test suite", () => suite.default(runner, Keyv, store))
describe("Keyv's tests of iterators", () => suite.keyvIteratorTests(runner, Keyv, store))

describe('what the suite does not ask', () => {
  it('what has a time to live is removed by the cluster', async () => {
    const keyv = new Keyv({ store: new QuorateKeyv(client, { prefix: 'ttl/' }) })
    const watch = client.watch({ prefix: 'ttl/', only: 'delete' })
    await watch.ready
    await keyv.set('short', 'x', 500)
    await keyv.set('long', 'x', 60_000)
    await keyv.set('for ever', 'x')
    for await (const event of watch) {
      assert.equal(event.key, 'ttl/keyv:short')
      break
    }
    assert.equal(await client.count({ prefix: 'ttl/' }), 2)
    assert.equal(await keyv.get('long'), 'x')
  })

  it('many keys are read, asked for and deleted together', async () => {
    const keyv = new Keyv({ store: new QuorateKeyv(client, { prefix: 'many/' }) })
    const names = Array.from({ length: 300 }, (_, at) => `k${at}`)
    const entries = names.map((key) => ({ key, value: key.length }))
    assert.deepEqual(new Set(await keyv.setMany(entries)), new Set([true]))
    const values = names.map(({ length }) => length)
    assert.deepEqual(await keyv.get([...names, 'none']), [...values, undefined])
    assert.deepEqual(await keyv.hasMany(['k1', 'none']), [true, false])
    assert.equal(await keyv.deleteMany([...names, 'k1', 'none']), true)
    assert.equal(await keyv.deleteMany(names), false)
    assert.equal(await client.count({ prefix: 'many/' }), 0)
  })

  it('clear removes one namespace, and nothing that is not a store', async () => {
    const own = (): QuorateKeyv => new QuorateKeyv(client, { prefix: 'own/' })
    const [one, other] = [
      new Keyv({ store: own(), namespace: 'one' }),
      new Keyv({ store: own(), namespace: 'other' }),
    ]
    await client.put('own', 'x')
    await one.set('a', 1)
    await other.set('a', 2)
    await one.clear()
    assert.equal(await one.get('a'), undefined)
    assert.equal(await other.get('a'), 2)
    await own().clear()
    assert.equal(await other.get('a'), undefined)
    assert.equal((await client.get('own'))?.value, 'x')
  })

  it('a read that fails is told as an error, not only as a value that is absent', async () => {
    const closed = await connect({ endpoints: cluster.urls })
    const keyv = new Keyv({ store: new QuorateKeyv(closed) })
    await closed.close()
    const errors: unknown[] = []
    keyv.on('error', (error: unknown) => errors.push(error))
    assert.equal(await keyv.get('a'), undefined)
    assert.deepEqual(
      errors.map((error) => (error as { code?: string }).code),
      ['CLIENT_CLOSED'],
    )
  })

  it('what is no text, and a store without a prefix, are refused', async () => {
    await assert.rejects(store().set('a', { value: 1 }), { code: 'BAD_REQUEST' })
    assert.throws(() => new QuorateKeyv(client, { prefix: '' }), { code: 'BAD_REQUEST' })
  })
})
