/** Leases: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../../src/raft/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { asciiBytes, grantAsk, keepAliveAsk, leasesAsk, putAsk, revokeAsk } from '../check/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { back, done, left, renewed, stateIsSound } from './testing/asking.ts'
import { BRIEF, checkpointEvery, SMALL_BITCASK } from './testing/settings.ts'

const LEASE = 77n
const KEYS = ['e0', 'e1', 'e2']

/** A lease of so many seconds with three keys, granted where node 1 leads. */
async function leased(scenario: Scenario, seconds: number): Promise<void> {
  await scenario.lead(1)
  await done(scenario, 1, grantAsk(LEASE, seconds))
  for (const key of KEYS) {
    await done(scenario, 2, putAsk(key, asciiBytes('held'), { lease: LEASE }))
  }
}

async function keysThere(scenario: Scenario, id: NodeId): Promise<number> {
  let count = 0
  for (const key of KEYS) if ((await scenario.get(id, key)) === 'held') count += 1
  return count
}

test('T-01 what an old leader wanted to end after a stall stays, for it was renewed', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const scenario = createSimulation({ seed, config: BRIEF })
    await leased(scenario, 2)
    await scenario.run(1700)
    // Its disk stops: it goes on leading by its own word until it hears from nobody.
    scenario.node(1).disk.hold('write')
    scenario.net.isolate(1)
    if (seed % 2 === 0) scenario.node(1).pause()
    const other = (): boolean => (scenario.leader?.id ?? 1) !== 1
    await scenario.until(other, 'another node leads')
    const leader = await scenario.untilLeader()
    assert.ok((await renewed(scenario, leader.id, LEASE)) > 0, 'the time stood still meanwhile')
    await scenario.run(500)
    scenario.node(1).resume()
    scenario.node(1).disk.release()
    scenario.net.heal()
    await scenario.run(800)
    assert.equal(await keysThere(scenario, leader.id), KEYS.length)
    assert.ok((await left(scenario, leader.id, LEASE)) >= 0)
    await scenario.until(() => scenario.node(leader.id).state.leaseCount === 0, 'it ends', 10_000)
    await scenario.conclude()
  }
})

test('T-01 an end that was proposed before a renewal was known does not count', async () => {
  const scenario = createSimulation({ seed: 6, config: BRIEF })
  await leased(scenario, 2)
  const { group } = scenario.node(1)
  const dueMs = group.machine.nextLeaseDeadlineMs
  await scenario.until(() => group.clockMs() >= dueMs - 5, 'it is nearly over')
  // The renewal is in the log; that it is committed is not known before the end is proposed.
  const trap = scenario.net.trap(({ kind, to }) => kind === 'appendReply' && to === 1)
  const begun = scenario.beginAsk(1, keepAliveAsk(LEASE))
  const { lastIndex } = scenario.node(1).raft
  await scenario.until(() => scenario.node(1).raft.lastIndex >= lastIndex + 2, 'both are proposed')
  assert.ok(group.clockMs() >= dueMs && begun.asked === null)
  scenario.net.end(trap)
  await scenario.until(() => begun.asked !== null, 'it is renewed')
  await scenario.run(500)
  assert.ok((await left(scenario, 1, LEASE)) >= 1)
  assert.equal(await keysThere(scenario, 2), KEYS.length)
  await scenario.conclude()
})

test('T-01 a lease that was revoked is not renewed by who did not hear of it', async () => {
  const scenario = createSimulation({ seed: 5, config: BRIEF })
  await leased(scenario, 60)
  scenario.net.isolate(3)
  await done(scenario, 2, revokeAsk(LEASE))
  assert.ok(scenario.node(3).state.leaseCount > 0)
  scenario.net.heal()
  assert.equal(await renewed(scenario, 3, LEASE), 0)
  assert.equal(await keysThere(scenario, 3), 0)
  await scenario.conclude()
})

test('T-03 a lease ends although the leader changes all the time', async () => {
  const stampMs = 200
  const scenario = createSimulation({ seed: 3, config: checkpointEvery(1000, { stampMs }) })
  await leased(scenario, 3)
  const begunMs = scenario.simulation.world.nowMs
  let changes = 0
  const gone = (): boolean => (scenario.leader?.state.leaseCount ?? 1) === 0
  for (; !gone() && changes < 40; changes++) {
    const next = ((scenario.leader?.id ?? 1) % 3) + 1
    await scenario.lead(next)
    await scenario.simulation.until(gone, 250)
  }
  const livedMs = scenario.simulation.world.nowMs - begunMs
  assert.ok(changes >= 8, `${changes} changes of leader`)
  // The time stands still between leaders, and what was not told of it is lost with a leader.
  const extraMs = changes * (stampMs + scenario.electionMs)
  assert.ok(livedMs >= 2900 && livedMs < 3000 + extraMs, `${livedMs} ms, ${changes} changes`)
  await scenario.conclude()
})

test('T-03 the time that is left survives a restart of everybody', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    const config = { ...checkpointEvery(4), ...BRIEF, engine, bitcask: SMALL_BITCASK }
    const scenario = createSimulation({ seed: 4, config })
    await leased(scenario, 4)
    await scenario.run(2500)
    await scenario.write('x', 'the time is told with it')
    for (const node of scenario.nodes) node.crash()
    for (const { id } of scenario.nodes) stateIsSound(scenario, await back(scenario, id))
    const leader = await scenario.untilLeader()
    const seconds = await left(scenario, leader.id, LEASE)
    assert.ok(seconds >= 0 && seconds <= 2, `${seconds} seconds are left`)
    await scenario.until(() => leader.state.leaseCount === 0, 'it ends', 3000)
    assert.equal(await keysThere(scenario, leader.id), 0)
    await scenario.conclude()
  }
})

test('T-06 whoever was brought along by a snapshot knows all leases, with their keys', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    const config = {
      ...checkpointEvery(5, { snapshotChunkBytes: 200 }),
      ...BRIEF,
      engine,
      bitcask: SMALL_BITCASK,
    }
    const scenario = createSimulation({ seed: 6, config })
    await scenario.lead(1)
    await scenario.untilConverged()
    scenario.net.isolate(3)
    await leased(scenario, 5)
    await done(scenario, 1, grantAsk(78n, 60))
    await done(scenario, 1, grantAsk(79n, 60))
    await done(scenario, 1, revokeAsk(79n))
    await scenario.entries(1, 20)
    scenario.net.rejoin(3)
    await scenario.until(() => scenario.marks('snapshotInstalled') > 0, 'a snapshot arrives')
    await scenario.untilConverged()
    await scenario.lead(3)
    const { leases } = etcd.LeaseLeasesResponse.decodeBytes(await done(scenario, 3, leasesAsk()))
    assert.deepEqual(leases.map(({ ID }) => ID).sort(), [LEASE, 78n])
    assert.ok((await renewed(scenario, 3, 78n)) > 0)
    assert.equal(await renewed(scenario, 3, 79n), 0)
    assert.equal(await keysThere(scenario, 3), KEYS.length)
    await scenario.until(() => scenario.node(3).state.leaseCount === 1, 'one ends', 8000)
    assert.equal(await keysThere(scenario, 3), 0)
    await scenario.conclude()
  }
})
