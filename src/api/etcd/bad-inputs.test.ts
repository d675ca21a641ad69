import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd } from '../../wire/index.ts'
import { BAD_INPUTS, prepare, type RemoteClient, startRealEtcd } from './testing/index.ts'

const kv = etcd.KV.methods

function prepareRemote(client: RemoteClient): Promise<void> {
  return prepare({
    put: async (key) => {
      const { outcome } = await client.ask(kv.put, kv.put.request.create({ key }))
      assert.equal(outcome, 'OK')
    },
    deleteKey: async (key) => {
      const request = kv.deleteRange.request.create({ key })
      assert.equal((await client.ask(kv.deleteRange, request)).outcome, 'OK')
    },
    grant: async (ID) => {
      const { outcome } = await client.ask(etcd.Lease.methods.leaseGrant, { TTL: 1000, ID })
      assert.equal(outcome, 'OK')
    },
    compact: async (revision) => {
      const { outcome } = await client.ask(kv.compact, { revision, physical: false })
      assert.equal(outcome, 'OK')
    },
  })
}

/** What differs from the table, as far as it says that it should not. */
async function differences(client: RemoteClient, only: (one: BadInput) => boolean) {
  const found: string[] = []
  for (const input of BAD_INPUTS.filter(only)) {
    const outcome = await client.sendBytes(input.path, input.bytes, input.stream)
    const isSame = input.isPrefix ? outcome.startsWith(input.outcome) : outcome === input.outcome
    if (!isSame) found.push(`${input.what}: ${outcome}, not ${input.outcome}`)
  }
  return found
}

type BadInput = (typeof BAD_INPUTS)[number]

describe('requests that make no sense', () => {
  it('are refused by a real etcd as we say', async (context) => {
    const real = await startRealEtcd(context)
    if (real === null) return
    await prepareRemote(real)
    assert.deepEqual(await differences(real, ({ unlike }) => unlike === undefined), [])
  })
})
