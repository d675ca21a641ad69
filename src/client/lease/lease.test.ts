import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../io/index.ts'
import { type Method, type ServerCall, STATUS } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { QuorateError } from '../errors.ts'
import { Scene } from '../watch/testing/index.ts'
import { LeaseKeeper } from './index.ts'

const { path } = etcd.Lease.methods.leaseKeepAlive

/** What the cluster knows of leases; each lives until its time, as in the state of the nodes. */
class LeaseTable {
  readonly #deadlines = new Map<bigint, { readonly atMs: number; readonly seconds: number }>()
  readonly clock: Clock
  readonly revoked: bigint[] = []
  renewals = 0
  /** How the next calls fail, the first first. */
  readonly failures: QuorateError[] = []

  constructor(clock: Clock) {
    this.clock = clock
  }

  isAlive(id: bigint): boolean {
    const lease = this.#deadlines.get(id)
    return lease !== undefined && lease.atMs > this.clock.monotonicMs()
  }

  grant(id: bigint, seconds: number): void {
    this.#deadlines.set(id, { atMs: this.clock.monotonicMs() + seconds * 1000, seconds })
  }

  /** 0 when it is gone. */
  renew(id: bigint): number {
    this.renewals += 1
    const lease = this.#deadlines.get(id)
    if (lease === undefined || !this.isAlive(id)) return 0
    this.grant(id, lease.seconds)
    return lease.seconds
  }

  async grantLease({ ID, TTL }: etcd.LeaseGrantRequest): Promise<etcd.LeaseGrantResponse> {
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.grant(ID, TTL)
    return etcd.LeaseGrantResponse.create({ ID, TTL })
  }

  async revokeLease({ ID }: etcd.LeaseRevokeRequest): Promise<void> {
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.revoked.push(ID)
    if (!this.isAlive(ID)) throw new QuorateError('LEASE_NOT_FOUND', 'no such lease')
    this.#deadlines.delete(ID)
  }
}

class LeaseScene {
  readonly scene: Scene
  readonly keeper: LeaseKeeper
  table: LeaseTable | null = null
  /** Nodes that take renewals, and do nothing with them. */
  readonly silent = new Set<string>()
  /** Nodes that answer only after this time. */
  readonly delayMs = new Map<string, number>()
  readonly calls = new Map<string, Set<ServerCall>>()

  constructor(seed = 1) {
    this.scene = new Scene({
      seed,
      methods: ({ host }) => [this.#method(host)],
      calls: (clock) => {
        const table = new LeaseTable(clock)
        this.table = table
        return {
          txn: async () => etcd.TxnResponse.create(),
          grantLease: (request) => table.grantLease(request),
          revokeLease: (request) => table.revokeLease(request),
        }
      },
    })
    this.keeper = new LeaseKeeper(this.scene.link)
  }

  get leases(): LeaseTable {
    assert.ok(this.table !== null)
    return this.table
  }

  get streams(): number {
    return [...this.calls.values()].reduce((sum, calls) => sum + calls.size, 0)
  }

  failStreams(): void {
    for (const calls of this.calls.values()) {
      for (const call of calls) call.fail(STATUS.UNAVAILABLE, 'no leader')
      calls.clear()
    }
  }

  #method(host: string): Method {
    const calls = new Set<ServerCall>()
    this.calls.set(host, calls)
    return {
      kind: 'stream',
      path,
      open: (call) => {
        calls.add(call)
        return {
          message: (bytes, offset, length) => {
            const { ID } = etcd.LeaseKeepAliveRequest.decode(bytes, offset, length)
            this.#take(host, call, ID)
          },
          ended: () => call.end(),
          writable: () => {},
          cancelled: () => void calls.delete(call),
        }
      },
    }
  }

  #take(host: string, call: ServerCall, ID: bigint): void {
    if (this.silent.has(host)) return
    const answer = (): void => {
      const TTL = this.leases.renew(ID)
      const bytes = etcd.LeaseKeepAliveResponse.encodeBytes({ header: null, ID, TTL })
      if (!call.isOver) call.write(bytes, 0, bytes.length)
    }
    this.scene.clock.after(this.delayMs.get(host) ?? 1, answer)
  }
}

function run(
  name: string,
  body: (
    parts: Pick<LeaseScene, 'scene' | 'keeper' | 'leases'> & { readonly all: LeaseScene },
  ) => Promise<void>,
): void {
  test(name, async () => {
    const all = new LeaseScene()
    const { scene, keeper, leases } = all
    await scene.run(() => body({ scene, keeper, leases, all }))
  })
}

const isUnreachable = new QuorateError('UNREACHABLE', 'nobody is there')

run('a lease lives as long as it is held', async ({ scene, keeper, leases }) => {
  const lease = await keeper.grant({ ttlMs: 3000 })
  assert.equal(lease.ttlMs, 3000)
  for (let at = 0; at < 100; at++) {
    await scene.pass(1000)
    assert.ok(leases.isAlive(lease.id) && !lease.lost.aborted)
    assert.ok(lease.remainingMs > 1000 && lease.remainingMs < 3000)
  }
  assert.ok(leases.renewals >= 95 && leases.renewals <= 105, `${leases.renewals} renewals`)
  await lease.revoke()
})

run('leases share one stream, which ends with the last of them', async ({ scene, keeper, all }) => {
  const leases = []
  for (let at = 0; at < 100; at++) leases.push(await keeper.grant({ ttlMs: 2000 + at }))
  await scene.pass(10_000)
  assert.equal(scene.link.streams, 1)
  assert.ok(leases.every((lease) => !lease.lost.aborted))
  for (const lease of leases) await lease.revoke()
  await scene.pass(100)
  assert.equal(all.streams, 0)
})

run('nothing is left of a lease from when it is given back', async ({ keeper, leases }) => {
  const lease = await keeper.grant({ ttlMs: 3000 })
  const revoked = lease.revoke()
  assert.equal(lease.remainingMs, 0)
  await revoked
  assert.deepEqual(leases.revoked, [lease.id])
  assert.equal(lease.remainingMs, 0)
})

run('a time to live is rounded up to seconds', async ({ keeper }) => {
  const lease = await keeper.grant({ ttlMs: 1001 })
  assert.equal(lease.ttlMs, 2000)
  await lease.revoke()
})

run('what cannot be a time to live is refused', async ({ keeper, leases }) => {
  for (const ttlMs of [0, -1, 999, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(keeper.grant({ ttlMs }), { code: 'BAD_REQUEST' })
  }
  assert.deepEqual(leases.revoked, [])
})

run('without answers it is lost here before it is over there', async ({ scene, ...parts }) => {
  const { keeper, leases, all } = parts
  const lease = await keeper.grant({ ttlMs: 3000 })
  for (const { host } of scene.nodes) all.silent.add(host)
  while (!lease.lost.aborted) {
    assert.ok(leases.isAlive(lease.id), 'it is told in time')
    await scene.pass(5)
  }
  assert.equal((lease.lost.reason as QuorateError).code, 'LEASE_NOT_FOUND')
  assert.equal(lease.remainingMs, 0)
  await scene.pass(200)
  assert.equal(leases.isAlive(lease.id), false)
  assert.equal(all.streams, 0)
})

run('when a node does not answer another one is asked in time', async ({ scene, ...parts }) => {
  const { keeper, leases, all } = parts
  const lease = await keeper.grant({ ttlMs: 3000 })
  for (const { host } of scene.nodes.slice(0, 2)) all.silent.add(host)
  await scene.pass(20_000)
  assert.ok(leases.isAlive(lease.id) && !lease.lost.aborted)
  await lease.revoke()
})

run('a lease counts from when a renewal was sent', async ({ scene, keeper, all }) => {
  for (const { host } of scene.nodes) all.delayMs.set(host, 400)
  const lease = await keeper.grant({ ttlMs: 3000 })
  await scene.pass(1401)
  // Sent after one second, answered after 1.4: it is not taken to begin then.
  assert.ok(lease.remainingMs < 3000 - 400, `${lease.remainingMs}`)
  await lease.revoke()
})

run('a lease that the cluster does not know is lost at once', async ({ scene, ...parts }) => {
  const { keeper, leases } = parts
  const lease = await keeper.grant({ ttlMs: 30_000 })
  await leases.revokeLease({ ID: lease.id })
  await scene.pass(10_100)
  assert.ok(lease.lost.aborted)
})

run('what was under way on a stream that failed is sent again', async ({ scene, ...parts }) => {
  const { keeper, leases, all } = parts
  const lease = await keeper.grant({ ttlMs: 3000 })
  for (let at = 0; at < 300; at++) {
    await scene.pass(100)
    if (at % 3 === 0) all.failStreams()
    if (at % 7 === 0) scene.nodes[at % 3]?.cutConnections()
  }
  assert.ok(leases.isAlive(lease.id) && !lease.lost.aborted)
  await lease.revoke()
})

run('a revoked lease is neither renewed nor lost', async ({ scene, keeper, leases }) => {
  const lease = await keeper.grant({ ttlMs: 3000 })
  await Promise.all([lease.revoke(), lease.revoke()])
  await lease.revoke()
  assert.deepEqual(leases.revoked, [lease.id])
  await scene.pass(10_000)
  assert.equal(leases.renewals, 0)
  assert.equal(lease.lost.aborted, false)
})

run('a revocation that failed can be tried again', async ({ keeper, leases }) => {
  const lease = await keeper.grant({ ttlMs: 3000 })
  leases.failures.push(isUnreachable)
  await assert.rejects(lease.revoke(), { code: 'UNREACHABLE' })
  await lease.revoke()
  assert.equal(leases.isAlive(lease.id), false)
})

run('to revoke what has run out is no failure', async ({ scene, keeper, leases, all }) => {
  const lease = await keeper.grant({ ttlMs: 1000 })
  for (const { host } of scene.nodes) all.silent.add(host)
  await scene.pass(2000)
  await lease.revoke()
  assert.deepEqual(leases.revoked, [lease.id])
})

run('disposal revokes, and leaves it where nobody can be reached', async ({ keeper, leases }) => {
  {
    await using lease = await keeper.grant({ ttlMs: 3000 })
    assert.ok(leases.isAlive(lease.id))
  }
  assert.equal(leases.revoked.length, 1)
  {
    await using lease = await keeper.grant({ ttlMs: 3000 })
    assert.ok(leases.isAlive(lease.id))
    leases.failures.push(isUnreachable)
  }
  const lease = await keeper.grant({ ttlMs: 3000 })
  leases.failures.push(new QuorateError('BAD_REQUEST', 'a mistake'))
  await assert.rejects(lease[Symbol.asyncDispose](), { code: 'BAD_REQUEST' })
  await lease.revoke()
})

run('a grant that was repeated is ours; one that failed is taken back', async (parts) => {
  const { keeper, leases, scene } = parts
  leases.failures.push(new QuorateError('LEASE_EXISTS', 'an attempt before this one'))
  const lease = await keeper.grant({ ttlMs: 3000 })
  assert.equal(lease.ttlMs, 3000)
  await lease.revoke()
  leases.failures.push(isUnreachable)
  await assert.rejects(keeper.grant({ ttlMs: 3000 }), { code: 'UNREACHABLE' })
  await scene.pass(10)
  assert.equal(leases.revoked.length, 2)
})

run('a closed client keeps nothing alive, and says so', async ({ scene, keeper, leases, all }) => {
  const lease = await keeper.grant({ ttlMs: 3000 })
  await scene.pass(1500)
  scene.link.close()
  assert.ok(lease.lost.aborted)
  assert.equal((lease.lost.reason as QuorateError).code, 'CLIENT_CLOSED')
  leases.failures.push(new QuorateError('CLIENT_CLOSED', 'too late'))
  await lease[Symbol.asyncDispose]()
  await scene.pass(5000)
  assert.equal(leases.isAlive(lease.id), false)
  assert.equal(all.streams, 0)
  const late = await keeper.grant({ ttlMs: 3000 })
  assert.ok(late.lost.aborted)
})

for (let seed = 1; seed <= 10; seed++) {
  test(`T-08 who holds a lease that is not lost holds one that lives, seed ${seed}`, async () => {
    const all = new LeaseScene(seed)
    const { scene, keeper, leases } = all
    await scene.run(async () => {
      const { chance } = scene
      const grant = () => keeper.grant({ ttlMs: 1000 + chance.below(3000) })
      const held = await Promise.all([grant(), grant(), grant(), grant(), grant()])
      let lost = 0
      for (let step = 0; step < 1000; step++) {
        const node = scene.nodes[chance.below(3)]
        assert.ok(node !== undefined)
        if (chance.below(30) === 0) all.silent.add(node.host)
        if (chance.below(10) === 0) all.silent.clear()
        // Now and then for longer than any of them lives.
        if (step % 250 > 100) for (const { host } of scene.nodes) all.silent.add(host)
        if (chance.below(40) === 0) all.delayMs.set(node.host, chance.below(1000))
        if (chance.below(40) === 0) node.cutConnections()
        if (chance.below(40) === 0) all.failStreams()
        await scene.pass(chance.below(60))
        for (const [at, lease] of held.entries()) {
          if (!lease.lost.aborted) {
            assert.ok(leases.isAlive(lease.id), `step ${step}`)
          } else {
            lost += 1
            held[at] = await grant()
          }
        }
      }
      assert.ok(lost > 10, `${lost} are lost`)
    })
  })
}
