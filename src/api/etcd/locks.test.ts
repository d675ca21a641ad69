import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settle } from '../../log/testing/index.ts'
import { etcd, etcdElection, etcdLock } from '../../wire/index.ts'
import { MachineNode, setUp, setUpScripted } from './testing/index.ts'

const { put, range, deleteRange, compact } = etcd.KV.methods
const { leaseGrant, leaseRevoke, leaseTimeToLive } = etcd.Lease.methods
const { lock, unlock } = etcdLock.Lock.methods
const { campaign, leader, observe, proclaim, resign } = etcdElection.Election.methods

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}

const NAME = bytesOf('it')

function start() {
  const node = new MachineNode()
  const setup = setUp({ node })
  const { client } = setup
  for (const ID of [1n, 2n, 3n]) client.ask(leaseGrant, { TTL: 100, ID })
  const keys = (): string[] => {
    const answers = client.ask(
      range,
      range.request.create({ key: bytesOf('it/'), rangeEnd: bytesOf('it0') }),
    )
    return answers.message.kvs.map(({ key }) => textOf(key))
  }
  return { ...setup, keys, node }
}

describe('a lock', () => {
  it('is had by one at a time, in the order of those who asked', async () => {
    const { client } = start()
    const asked = [1n, 2n, 3n].map((lease) => client.ask(lock, { name: NAME, lease }))
    await settle()
    assert.deepEqual(
      asked.map(({ outcome }) => outcome),
      ['OK', undefined, undefined],
    )
    assert.equal(textOf(asked[0]?.message.key), 'it/1')
    client.ask(unlock, { key: bytesOf('it/1') })
    await settle()
    assert.equal(textOf(asked[1]?.message.key), 'it/2')
    assert.equal(asked[2]?.outcome, undefined)
    client.ask(leaseRevoke, { ID: 2n })
    await settle()
    assert.equal(textOf(asked[2]?.message.key), 'it/3')
  })

  it('passes over those who no longer wait', async () => {
    const { client, node, keys } = start()
    client.ask(lock, { name: NAME, lease: 1n })
    const [second, third] = [2n, 3n].map((lease) => client.ask(lock, { name: NAME, lease }))
    await settle()
    second?.call.cancel()
    await settle()
    assert.deepEqual(keys(), ['it/1', 'it/3'])
    client.ask(unlock, { key: bytesOf('it/1') })
    await settle()
    assert.equal(third?.outcome, 'OK')
    assert.equal(node.watchHub().watcherCount, 0)
  })

  it('is not given to whose lease ended while it waited', async () => {
    const { client } = start()
    client.ask(lock, { name: NAME, lease: 1n })
    const waiting = client.ask(lock, { name: NAME, lease: 2n })
    await settle()
    client.ask(leaseRevoke, { ID: 2n })
    client.ask(unlock, { key: bytesOf('it/1') })
    await settle()
    assert.equal(waiting.outcome, 'UNKNOWN mutex: session is expired')
  })

  it('comes with a lease of a minute when none is brought', async () => {
    const { client } = start()
    const answers = client.ask(lock, { name: NAME, lease: 0n })
    await settle()
    const [, hex] = textOf(answers.message.key).split('/')
    const told = client.ask(leaseTimeToLive, { ID: BigInt(`0x${hex}`), keys: true }).message
    assert.equal(told.grantedTTL, 60)
    assert.deepEqual(told.keys.map(textOf), [`it/${hex}`])
  })

  it('is waited for beyond a compaction', async () => {
    const { client, node } = start()
    client.ask(lock, { name: NAME, lease: 1n })
    const waiting = client.ask(lock, { name: NAME, lease: 2n })
    await settle()
    client.ask(put, put.request.create({ key: bytesOf('other') }))
    client.ask(compact, { revision: node.revision(), physical: false })
    await settle()
    client.ask(unlock, { key: bytesOf('it/1') })
    await settle()
    assert.equal(waiting.outcome, 'OK')
  })

  it('is given back when it comes to who has gone', async () => {
    const { client, node } = setUpScripted()
    const answers = client.ask(lock, { name: NAME, lease: 1n })
    await settle()
    answers.call.cancel()
    const succeeded = etcd.TxnResponse.create({ succeeded: true })
    node.applied(etcd.TxnResponse.encodeBytes(succeeded), 9)
    await settle()
    const [giveBack] = node.writes.map(({ body }) => etcd.TxnRequest.decodeBytes(body))
    const [compare] = giveBack?.compare ?? []
    assert.deepEqual(compare?.targetUnion, { kind: 'createRevision', value: 9 })
    assert.equal(giveBack?.success[0]?.request?.kind, 'requestDeleteRange')
  })

  it('fails as a client of the node would', async () => {
    const { client, node } = setUpScripted()
    const answers = client.ask(lock, { name: NAME, lease: 1n })
    await settle()
    node.unknown('LEADERSHIP_LOST')
    await settle()
    const text = 'etcdserver: request timed out, possibly due to previous leader failure'
    assert.equal(answers.outcome, `UNKNOWN ${text}`)
  })
})

describe('an election', () => {
  it('is won by the next when the leader resigns', async () => {
    const { client } = start()
    const value = bytesOf('first')
    const first = client.ask(campaign, { name: NAME, lease: 1n, value })
    const second = client.ask(campaign, { name: NAME, lease: 2n, value: bytesOf('second') })
    await settle()
    assert.equal(second.outcome, undefined)
    const won = first.message.leader
    assert.deepEqual(won, { name: NAME, key: bytesOf('it/1'), rev: 2, lease: 1n })
    client.ask(proclaim, { leader: won, value: bytesOf('news') })
    await settle()
    const told = client.ask(leader, { name: NAME })
    await settle()
    assert.equal(textOf(told.message.kv?.value), 'news')
    client.ask(resign, { leader: won })
    await settle()
    assert.equal(textOf(second.message.leader?.key), 'it/2')
    const late = client.ask(proclaim, { leader: won, value })
    await settle()
    assert.equal(late.outcome, 'UNKNOWN election: not leader')
  })

  it('is not stood for by who has gone', async () => {
    const { client, keys } = start()
    client.ask(campaign, { name: NAME, lease: 1n, value: NAME })
    const second = client.ask(campaign, { name: NAME, lease: 2n, value: NAME })
    await settle()
    second.call.cancel()
    await settle()
    assert.deepEqual(keys(), ['it/1'])
  })

  it('is not won by whose lease ended while it waited', async () => {
    const { client } = start()
    client.ask(campaign, { name: NAME, lease: 1n, value: NAME })
    const second = client.ask(campaign, { name: NAME, lease: 2n, value: NAME })
    await settle()
    client.ask(leaseRevoke, { ID: 2n })
    client.ask(leaseRevoke, { ID: 1n })
    await settle()
    assert.equal(second.outcome, 'UNKNOWN election: not leader')
  })
})

describe('who observes an election', () => {
  function observing(setup: ReturnType<typeof start>) {
    const answers = setup.client.ask(observe, { name: NAME })
    const told = () => answers.messages.map(({ kv }) => `${textOf(kv?.key)} ${textOf(kv?.value)}`)
    return { answers, told }
  }

  it('hears of every leader and of everything it tells', async () => {
    const setup = start()
    const { client } = setup
    const { answers, told } = observing(setup)
    await settle()
    assert.deepEqual(told(), [])
    const first = client.ask(campaign, { name: NAME, lease: 1n, value: bytesOf('a') })
    client.ask(campaign, { name: NAME, lease: 2n, value: bytesOf('b') })
    await settle()
    client.ask(proclaim, { leader: first.message.leader, value: bytesOf('c') })
    await settle()
    client.ask(deleteRange, deleteRange.request.create({ key: bytesOf('it/1') }))
    await settle()
    assert.deepEqual(told(), ['it/1 a', 'it/1 c', 'it/2 b'])
    assert.equal(answers.outcome, undefined)
  })

  it("is told of a fault, which is the node's", async () => {
    const setup = start()
    const fault = new RangeError('an invariant does not hold')
    setup.node.read = () => {
      throw fault
    }
    const { answers } = observing(setup)
    await settle()
    assert.match(answers.outcome ?? '', /^INTERNAL the server failed/)
    assert.deepEqual(setup.faults, [fault])
  })

  it('leaves nothing behind, and ends with the node', async () => {
    const setup = start()
    const [first, second] = [observing(setup), observing(setup)]
    await settle()
    assert.equal(setup.node.watchHub().streamCount, 2)
    first.answers.call.cancel()
    await settle()
    assert.equal(setup.node.watchHub().streamCount, 1)
    setup.door.leave()
    await settle()
    assert.equal(second.answers.outcome, 'UNAVAILABLE etcdserver: server stopped')
    assert.equal(setup.node.watchHub().streamCount, 0)
  })
})
