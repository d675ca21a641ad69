import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PEER_BACKOFF_MS_MAX, PEER_PING_MS, PEER_SILENT_INTERVALS_MAX } from '../base/index.ts'
import type { PeerLimits } from './index.ts'
import type { Member } from './testing/member.ts'
import { closed, connected, SimulatedScene } from './testing/scene.ts'

const SILENT_MS = PEER_PING_MS * PEER_SILENT_INTERVALS_MAX

async function pair(
  scene: SimulatedScene,
  limits: Partial<PeerLimits> = {},
): Promise<[Member, Member]> {
  return (await connected(scene, [1, 2], () => ({ limits }))) as [Member, Member]
}

/** When the member first heard of a loss, from now on. */
async function untilDropped(scene: SimulatedScene, member: Member): Promise<number> {
  const sinceMs = scene.world.nowMs
  const before = member.dropped.length
  await scene.until(() => member.dropped.length > before)
  return scene.world.nowMs - sinceMs
}

/** Another life of the member, at the same address. */
async function startAgain(scene: SimulatedScene, member: Member, other: Member): Promise<Member> {
  const { port } = member.address
  const incarnation = member.incarnation + 1
  const peers = new Map([[other.id, [other.address]]])
  const next = scene.member({ id: member.id, incarnation, port, peers })
  await scene.settle(() => next.open())
  return next
}

describe('a peer that', () => {
  it('dies is missed at once, by one word', async () => {
    const scene = new SimulatedScene(1)
    const [one, two] = await pair(scene)
    await scene.pass(2000)
    scene.lifeOf(two).end('killed')
    const ms = await untilDropped(scene, one)
    assert.ok(ms < 2, `after ${ms} ms`)
    await scene.pass(2)
    assert.equal(one.network.isConnected(2), false)
    await scene.pass(5000)
    assert.deepEqual(one.dropped, [2])
    await closed(scene, [one])
  })

  it('starts again is there at once, whatever pause an attempt at it waits for', async () => {
    const scene = new SimulatedScene(2)
    const [one, two] = await pair(scene)
    scene.lifeOf(two).end('killed')
    await scene.pass(20_000)
    const again = await startAgain(scene, two, one)
    const sinceMs = scene.world.nowMs
    one.sendHeartbeat(2, 0)
    await scene.until(() => again.network.canSend(1) && one.network.canSend(2))
    again.sendHeartbeat(1, 1)
    one.sendHeartbeat(2, 2)
    await scene.until(() => again.received.length > 0 && one.received.length > 0)
    const streams = one.statistics(2)?.connects ?? 0
    await scene.until(() => one.statistics(2)?.connects === streams + 1)
    assert.ok(scene.world.nowMs - sinceMs < 10, 'both have dialled')
    assert.deepEqual(again.heard, ['heartbeat 2'])
    await closed(scene, [one, again])
  })

  it('comes back before anybody has missed it ends what its life before had', async () => {
    const scene = new SimulatedScene(3)
    const [one, two] = await pair(scene)
    scene.lifeOf(two).end('powerLost')
    await scene.pass(SILENT_MS / 2)
    assert.deepEqual(one.dropped, [])
    const again = await startAgain(scene, two, one)
    await scene.until(() => again.network.isConnected(1))
    assert.deepEqual(one.dropped, [2])
    one.sendHeartbeat(2, 1)
    await scene.until(() => again.received.length === 1)
    await closed(scene, [one, again])
  })

  it('loses its power is missed after five intervals of silence', async () => {
    const scene = new SimulatedScene(4)
    const [one, two] = await pair(scene)
    await scene.pass(10_000)
    assert.deepEqual(one.dropped, [])
    scene.lifeOf(two).end('powerLost')
    const ms = await untilDropped(scene, one)
    assert.ok(ms > SILENT_MS - PEER_PING_MS && ms < SILENT_MS + 2 * PEER_PING_MS, `${ms} ms`)
    assert.equal(one.network.isConnected(2), false)
    await closed(scene, [one])
  })

  it('can only be heard, or only hear, is missed by both', async () => {
    for (const [from, to] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const scene = new SimulatedScene(5 + from)
      const [one, two] = await pair(scene)
      scene.hub.cut({ from: scene.hostOf(from), to: scene.hostOf(to) })
      await scene.pass(2 * SILENT_MS + 5 * PEER_PING_MS)
      assert.ok(one.dropped.length > 0 && two.dropped.length > 0)
      assert.ok(!one.network.isConnected(2) && !two.network.isConnected(1))
      scene.hub.heal()
      await scene.until(() => one.network.canSend(2) && two.network.canSend(1))
      one.sendHeartbeat(2, 1)
      two.sendHeartbeat(1, 2)
      await scene.until(() => one.received.length > 0 && two.received.length > 0)
      await closed(scene, [one, two])
    }
  })

  it('stood still for a while is not missed for that, and misses nobody', async () => {
    const scene = new SimulatedScene(8)
    const [one, two] = await pair(scene)
    for (let i = 0; i < 20; i++) {
      scene.lifeOf(two).pause()
      await scene.pass(SILENT_MS - 2 * PEER_PING_MS)
      scene.lifeOf(two).resume()
      await scene.pass(3 * PEER_PING_MS)
    }
    assert.deepEqual(one.dropped, [])
    // Its own clock has missed more than five intervals: what counts is in how many it looked.
    scene.lifeOf(one).pause()
    await scene.pass(PEER_PING_MS * 4)
    scene.lifeOf(one).resume()
    await scene.pass(PEER_PING_MS * 4)
    assert.deepEqual(one.dropped, [])
    assert.deepEqual(two.dropped, [])
    await closed(scene, [one, two])
  })

  it('is lost again after something was sent is told of again', async () => {
    const scene = new SimulatedScene(9)
    const [one, two] = await pair(scene)
    // The stream that two has dialled breaks; at that very moment something leaves on the other.
    let sends = true
    one.onDropped = () => {
      if (sends) one.sendForward(2, 1, new Uint8Array(10))
      sends = false
    }
    const dialledByTwo = two.witness.written.map(({ socket }) => socket)[0]
    dialledByTwo?.destroy()
    await scene.until(() => one.dropped.length === 1)
    scene.lifeOf(two).end('powerLost')
    await scene.pass(3 * SILENT_MS)
    assert.deepEqual(one.dropped, [2, 2])
    await closed(scene, [one])
  })
})

describe('attempts at a peer', () => {
  it('that is away come with pauses that grow to a bound', async () => {
    const scene = new SimulatedScene(11)
    const [one, two] = await pair(scene)
    await scene.pass(2000)
    scene.lifeOf(two).end('killed')
    await scene.pass(10_000)
    const at = scene.refusedAtMs
    const pauses = at.slice(1).map((ms, i) => ms - (at[i] as number))
    assert.ok((pauses[0] as number) < 25, `${pauses[0]}`)
    assert.ok(Math.max(...pauses) < PEER_BACKOFF_MS_MAX + 5)
    assert.ok(Math.min(...pauses.slice(8)) > PEER_BACKOFF_MS_MAX / 2 - 5)
    assert.ok(at.length > 20 && at.length < 60, `${at.length} attempts`)
    assert.equal(one.statistics(2)?.dialFailures, at.length)
    await closed(scene, [one])
  })

  it('go on elsewhere when it is said to be elsewhere', async () => {
    const scene = new SimulatedScene(12)
    const one = scene.member({ id: 1 })
    const two = scene.member({ id: 2 })
    await scene.settle(() => one.open())
    await scene.settle(() => two.open())
    const nowhere = { host: scene.hostOf(2), port: 9 }
    one.network.setPeers(new Map([[2, [nowhere]]]))
    await scene.pass(5000)
    assert.equal(one.network.isConnected(2), false)
    one.network.setPeers(new Map([[2, [nowhere, two.address]]]))
    const sinceMs = scene.world.nowMs
    await scene.until(() => one.network.isConnected(2))
    assert.ok(scene.world.nowMs - sinceMs < 50)
    one.network.setPeers(new Map())
    await scene.pass(100)
    assert.equal(one.network.isConnected(2), false)
    assert.deepEqual(one.network.statistics(), [])
    await closed(scene, [one, two])
  })

  it('leave nothing behind when the node is closed meanwhile', async () => {
    for (const ms of [0, 0.1, 0.3, 1, 5, 30]) {
      const scene = new SimulatedScene(13)
      const [one, two] = [scene.member({ id: 1 }), scene.member({ id: 2 })]
      await scene.settle(() => one.open())
      await scene.settle(() => two.open())
      one.knows(two)
      two.knows(one)
      await scene.pass(ms)
      one.sendChunk(2, 0, new Uint8Array(500_000))
      await closed(scene, [one])
      await closed(scene, [two])
    }
  })
})

describe('a peer that does not read', () => {
  it('gets everything in order once it does, and what else it is sent is bounded', async () => {
    const scene = new SimulatedScene(21)
    const [one, two] = await pair(scene, { queueBytesMax: 3_000_000 })
    scene.lifeOf(two).pause()
    const command = new Uint8Array(100_000).fill(7)
    for (let i = 0; i < 100; i++) {
      one.sendForward(2, i, command)
      await scene.pass(1)
      assert.ok((one.statistics(2)?.queuedBytes ?? 0) <= 3_200_000)
    }
    const { messagesDropped = 0, messagesSent = 0 } = one.statistics(2) ?? {}
    assert.ok(messagesDropped > 50, `${messagesDropped} are dropped`)
    assert.equal(one.network.canSend(2), false)
    assert.equal(one.network.isConnected(2), true)
    scene.lifeOf(two).resume()
    await scene.until(() => two.received.length === 100 - messagesDropped)
    const batches = two.heard.map((name) => Number(name.slice('forward '.length)))
    assert.deepEqual(
      batches,
      batches.toSorted((left, right) => left - right),
    )
    assert.ok(messagesSent < batches.length)
    assert.ok(one.network.canSend(2))
    await scene.pass(2 * SILENT_MS)
    assert.deepEqual(one.dropped, [])
    await closed(scene, [one, two])
  })

  it('is sent so many envelopes at most', async () => {
    const scene = new SimulatedScene(22)
    const [one, two] = await pair(scene, { queueEnvelopesMax: 50 })
    scene.lifeOf(two).pause()
    one.sendForward(2, 0, new Uint8Array(3_000_000))
    await scene.pass(1)
    for (let i = 0; i < 80; i++) one.sendHeartbeat(2, i)
    assert.equal(one.statistics(2)?.messagesDropped, 30)
    scene.lifeOf(two).resume()
    await scene.until(() => two.received.length === 51)
    await closed(scene, [one, two])
  })

  it('is given up after five intervals, and what waited for it is counted as dropped', async () => {
    const scene = new SimulatedScene(23)
    const [one, two] = await pair(scene)
    scene.lifeOf(two).pause()
    for (let i = 0; i < 10; i++) one.sendForward(2, i, new Uint8Array(1_000_000))
    await untilDropped(scene, one)
    const { messagesDropped = 0, messagesSent = 0, queuedBytes } = one.statistics(2) ?? {}
    assert.equal(messagesDropped + messagesSent, 10)
    assert.ok(messagesDropped > 0)
    assert.equal(queuedBytes, 0)
    await closed(scene, [one])
  })
})

describe('what is bulk', () => {
  it('does not keep heartbeats waiting on a slow way', async () => {
    const scene = new SimulatedScene(31, { bytesPerSecond: 200_000 })
    const [one, two] = await pair(scene)
    for (let i = 0; i < 4; i++) one.sendChunk(2, i, new Uint8Array(4_000_000))
    for (let i = 0; i < 30; i++) {
      one.sendHeartbeat(2, i)
      await scene.pass(20)
      assert.equal(two.heard.at(-1), `heartbeat ${i}`)
    }
    assert.equal(two.heard.includes('chunk 0'), false)
    assert.ok((two.statistics(1)?.bytesReceived ?? 0) > 100_000)
    await scene.until(() => two.heard.includes('chunk 3'))
    assert.deepEqual(one.dropped, [])
    await closed(scene, [one, two])
  })

  it('gives its connection back when it is over, and gets another when needed', async () => {
    const scene = new SimulatedScene(32)
    const [one, two] = await pair(scene)
    const atRest = one.witness.openSockets
    assert.equal(atRest, 2)
    for (const round of [1, 2]) {
      one.sendChunk(2, round, new Uint8Array(1000))
      await scene.until(() => two.heard.includes(`chunk ${round}`))
      assert.equal(one.witness.openSockets, 3)
      await scene.pass(12_000)
      assert.equal(one.witness.openSockets, atRest)
      assert.equal(two.witness.openSockets, atRest)
    }
    assert.deepEqual([one.dropped, two.dropped], [[], []])
    await closed(scene, [one, two])
  })
})
