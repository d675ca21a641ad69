import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Metadata } from '../../rpc/index.ts'
import { COMMAND, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { setUpScripted } from './testing/index.ts'

const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = etcd.Lease.methods

function renewed(ID: bigint, TTL: number): Uint8Array {
  return etcd.LeaseKeepAliveResponse.encodeBytes(etcd.LeaseKeepAliveResponse.create({ ID, TTL }))
}

describe('a lease that is granted', () => {
  it('gets a positive id when it brings none, another one each time', () => {
    const { node, client } = setUpScripted()
    for (let i = 0; i < 100; i++) client.ask(leaseGrant, { TTL: 10, ID: 0n })
    const ids = node.writes.map(({ body }) => leaseGrant.request.decodeBytes(body).ID)
    assert.equal(new Set(ids).size, 100)
    for (const id of ids) assert.ok(id > 0n && id < 2n ** 63n)
  })

  it('keeps the id it brings, and lives as long as leases live at least', () => {
    const cases = [
      { TTL: 10, ID: 7n, granted: 10 },
      { TTL: 1, ID: -5n, granted: 2 },
      { TTL: 0, ID: 1n, granted: 2 },
      { TTL: -3, ID: 1n, granted: 2 },
      { TTL: 9_000_000_000, ID: 1n, granted: 9_000_000_000 },
    ]
    for (const { TTL, ID, granted } of cases) {
      const { node, client } = setUpScripted()
      client.ask(leaseGrant, { TTL, ID })
      const [write] = node.writes
      assert.equal(write?.kind, COMMAND.leaseGrant)
      assert.deepEqual(leaseGrant.request.decodeBytes(write.body), { TTL: granted, ID })
    }
  })

  it('is refused when it wants to live too long, before it is written', () => {
    const { node, client } = setUpScripted()
    for (const TTL of [9_000_000_001, Number.MAX_SAFE_INTEGER]) {
      const answers = client.ask(leaseGrant, { TTL, ID: 1n })
      assert.equal(answers.outcome, 'OUT_OF_RANGE etcdserver: too large lease TTL')
    }
    assert.deepEqual(node.writes, [])
  })

  it('is answered with what the state says, and the header of this node', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(leaseGrant, { TTL: 10, ID: 7n })
    const { header: _, ...fields } = leaseGrant.response.create({ ID: 7n, TTL: 10 })
    node.applied(leaseGrant.response.encodeBytes({ header: null, ...fields }), 12)
    assert.equal(answers.outcome, 'OK')
    assert.deepEqual(answers.message, {
      ...fields,
      header: { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 12, raftTerm: 3 },
    })
  })
})

describe('what became of a write', () => {
  it('is told in the words of etcd', () => {
    const { node, client } = setUpScripted()
    const outcomes: (string | undefined)[] = []
    const ask = (say: () => void): void => {
      const answers = client.ask(leaseRevoke, { ID: 5n })
      say()
      outcomes.push(answers.outcome)
    }
    ask(() => node.failed('LEASE_NOT_FOUND'))
    ask(() => node.refused('NO_LEADER'))
    ask(() => node.refused('OVERLOADED'))
    ask(() => node.unknown('TIMED_OUT'))
    ask(() => node.unknown('LEADERSHIP_LOST'))
    ask(() => node.unknown('STOPPED'))
    assert.deepEqual(outcomes, [
      'NOT_FOUND etcdserver: requested lease not found',
      'UNAVAILABLE etcdserver: no leader',
      'RESOURCE_EXHAUSTED etcdserver: too many requests',
      'UNAVAILABLE etcdserver: request timed out',
      'UNAVAILABLE etcdserver: request timed out, possibly due to previous leader failure',
      'UNAVAILABLE etcdserver: server stopped',
    ])
  })

  it('is told to nobody who does not wait any more', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(leaseRevoke, { ID: 5n })
    answers.call.cancel()
    node.applied()
    assert.equal(answers.outcome, undefined)
    assert.deepEqual(answers.messages, [])
  })

  it('comes with a hint when to come back, if the node is busy', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(leaseRevoke, { ID: 5n })
    node.refused('OVERLOADED')
    assert.ok(Number(answers.trailing.get('retry-after-ms')) > 0)
  })
})

describe('leases that are asked for', () => {
  it('are read where the leader knows them', () => {
    const { node, client } = setUpScripted()
    client.ask(leaseTimeToLive, { ID: 5n, keys: true })
    client.ask(leaseLeases, {})
    const asked = node.reads.map(({ kind, serializable }) => [kind, serializable])
    assert.deepEqual(asked, [
      [READ.leaseTimeToLive, false],
      [READ.leaseLeases, false],
    ])
    const [{ body } = assert.fail()] = node.reads
    assert.deepEqual(leaseTimeToLive.request.decodeBytes(body), { ID: 5n, keys: true })
  })
})

describe('a stream of renewals', () => {
  it('answers in the order of the messages, whatever is settled first', () => {
    const { node, client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    for (const ID of [1n, 2n, 3n]) answers.send({ ID })
    const [first, second, third] = node.writes.map(({ waiter }) => waiter)
    const done = (ID: bigint) =>
      ({
        kind: 'applied',
        result: { kind: 'done', revision: 50, body: renewed(ID, 10) },
      }) as const
    third?.settleWrite(done(3n))
    second?.settleWrite(done(2n))
    assert.deepEqual(answers.messages, [])
    first?.settleWrite(done(1n))
    assert.deepEqual(
      answers.messages.map(({ ID, TTL }) => [ID, TTL]),
      [
        [1n, 10],
        [2n, 10],
        [3n, 10],
      ],
    )
    assert.equal(answers.status, null)
  })

  it('tells the revision from before the renewal', () => {
    const { node, client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    node.storeRevision = 20
    answers.send({ ID: 1n })
    node.storeRevision = 30
    node.applied(renewed(1n, 10), 30)
    assert.equal(answers.message.header?.revision, 20)
  })

  it('says of a lease that is not there that it has no time left, and goes on', () => {
    const { node, client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    answers.send({ ID: 9n })
    node.failed('LEASE_NOT_FOUND')
    assert.deepEqual([answers.message.ID, answers.message.TTL], [9n, 0])
    assert.equal(answers.status, null)
  })

  it('ends when everything is answered that was asked', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(leaseKeepAlive, { ID: 1n })
    answers.call.sendEnd()
    assert.equal(answers.status, null)
    node.applied(renewed(1n, 10))
    assert.equal(answers.outcome, 'OK')
    assert.equal(answers.messages.length, 1)
  })

  it('fails with the first renewal that does, and forgets the rest', () => {
    const { node, client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    answers.send({ ID: 1n })
    answers.send({ ID: 2n })
    node.refused('NO_LEADER')
    assert.equal(answers.outcome, 'UNAVAILABLE etcdserver: no leader')
    node.applied(renewed(2n, 10))
    assert.deepEqual(answers.messages, [])
  })

  it('takes no more than is allowed to be under way, and loses none', () => {
    const { node, client } = setUpScripted({ keepAlivesMax: 4 })
    const answers = client.open(leaseKeepAlive)
    for (let i = 1; i <= 10; i++) answers.send({ ID: BigInt(i) })
    assert.equal(node.writes.length, 4)
    for (let i = 1; i <= 10; i++) {
      node.applied(renewed(BigInt(i), 10))
      assert.ok(node.writes.length <= 4)
    }
    assert.deepEqual(
      answers.messages.map(({ ID }) => Number(ID)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    )
  })

  it('waits for a client that does not read', () => {
    const { node, client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    answers.reads = false
    for (const ID of [1n, 2n, 3n]) answers.send({ ID })
    for (const ID of [1n, 2n, 3n]) node.applied(renewed(ID, 10))
    assert.equal(answers.messages.length, 1)
    answers.reads = true
    answers.call.writable()
    assert.equal(answers.messages.length, 3)
  })

  it('ends with the text of etcd at a message that cannot be read', () => {
    const { client } = setUpScripted()
    const answers = client.open(leaseKeepAlive)
    answers.sendBytes(Uint8Array.of(8))
    assert.match(answers.outcome ?? '', /^INTERNAL grpc: error unmarshalling request: /)
  })
})

describe('a client that wants a leader', () => {
  const metadata = Metadata.of(['hasleader', 'true'])

  it('is refused while there is none, and others are not', () => {
    const { node, client } = setUpScripted()
    node.setLeading(false)
    const refused = client.ask(leaseRevoke, { ID: 1n }, { metadata })
    assert.equal(refused.outcome, 'UNAVAILABLE etcdserver: no leader')
    assert.equal(client.ask(leaseRevoke, { ID: 1n }).outcome, undefined)
    const stream = client.open(leaseKeepAlive, { metadata })
    assert.equal(stream.outcome, 'UNAVAILABLE etcdserver: no leader')
    const other = { metadata: Metadata.of(['hasleader', 'false']) }
    assert.equal(client.ask(leaseRevoke, { ID: 1n }, other).outcome, undefined)
  })

  it('loses its stream when the leader stays away, and not before', async () => {
    const { node, client, clock } = setUpScripted({ noLeaderMsMax: 3000 })
    const guarded = client.open(leaseKeepAlive, { metadata })
    const other = client.open(leaseKeepAlive)
    node.setLeading(false)
    await clock.advance(2999)
    node.setLeading(true)
    await clock.advance(3000)
    node.setLeading(false)
    await clock.advance(2999)
    assert.equal(guarded.status, null)
    await clock.advance(1)
    assert.equal(guarded.outcome, 'UNAVAILABLE etcdserver: no leader')
    assert.equal(other.status, null)
  })

  it('leaves nothing behind when it goes', async () => {
    const { node, client, clock, door } = setUpScripted()
    const guarded = client.open(leaseKeepAlive, { metadata })
    guarded.call.cancel()
    for (let i = 0; i < 300; i++) client.open(leaseKeepAlive, { metadata }).call.sendEnd()
    node.setLeading(false)
    await clock.advance(10_000)
    door.leave()
    assert.equal(node.leaderListeners.size, 0)
  })
})
