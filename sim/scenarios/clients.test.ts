/** Clients and sessions: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../../src/raft/index.ts'
import { state } from '../../src/wire/index.ts'
import { incrementAsk, openSessionAsk, putAsk, type WriteAsk } from '../check/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { back, done, resultOf } from './testing/asking.ts'
import { BRIEF, checkpointEvery, SMALL_BITCASK } from './testing/settings.ts'

async function openSession(scenario: Scenario, id: NodeId): Promise<number> {
  const { id: session } = state.SessionOpenResponse.decodeBytes(
    await done(scenario, id, openSessionAsk()),
  )
  return session
}

function valueAfter(body: Uint8Array): bigint {
  return state.IncrementResponse.decodeBytes(body).value
}

/** The leader has committed the command, and its answer never arrives: it dies first. */
async function answerLost(scenario: Scenario, ask: WriteAsk): Promise<void> {
  const { length } = scenario.log
  const lost = scenario.beginAsk(1, ask)
  await scenario.until(() => scenario.log.length > length, 'it is committed')
  scenario.node(1).kill()
  void lost
  await scenario.until(() => (scenario.leader?.id ?? 1) !== 1, 'another node leads')
  await scenario.untilLeader()
}

test('C-01 who asks again within a session gets the first answer, at whatever node', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    for (const entries of [1000, 3]) {
      const config = { ...checkpointEvery(entries), ...BRIEF, engine, bitcask: SMALL_BITCASK }
      const scenario = createSimulation({ seed: entries, config })
      await scenario.lead(1)
      const session = await openSession(scenario, 2)
      const add = (sequence: number): WriteAsk => ({ ...incrementAsk('c0', 5n), session, sequence })
      assert.equal(valueAfter(await done(scenario, 2, add(1))), 5n)
      await answerLost(scenario, add(2))
      const first = await resultOf(scenario, 2, add(2))
      assert.equal(first.kind === 'done' ? valueAfter(first.body) : null, 10n)
      await back(scenario, 1)
      assert.equal(valueAfter(await done(scenario, 3, add(3))), 15n)
      // Over and over, in any order, also after all have restarted.
      for (const node of scenario.nodes) node.crash()
      for (const { id } of scenario.nodes) await back(scenario, id)
      await scenario.untilLeader()
      for (const id of [1, 2, 3]) assert.deepEqual(await resultOf(scenario, id, add(2)), first)
      assert.equal(valueAfter(await done(scenario, 1, add(4))), 20n)
      assert.equal(await scenario.get(2, 'c0'), '20')
      await scenario.untilConverged()
    }
  }
})

test('C-01 what a snapshot brings along knows the answers, too', async () => {
  const config = { ...checkpointEvery(5, { snapshotChunkBytes: 200 }), ...BRIEF }
  const scenario = createSimulation({ seed: 12, config })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.isolate(3)
  const session = await openSession(scenario, 2)
  const add = { ...incrementAsk('c0', 5n), session, sequence: 1 }
  const first = await resultOf(scenario, 1, add)
  await scenario.entries(1, 20)
  scenario.net.rejoin(3)
  await scenario.until(() => scenario.marks('snapshotInstalled') > 0, 'a snapshot arrives')
  await scenario.untilConverged()
  await scenario.lead(3)
  assert.deepEqual(await resultOf(scenario, 3, add), first)
  assert.equal(await scenario.get(3, 'c0'), '5')
})

test('C-01 a batch that is handed to the leader counts once, however often it comes', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const scenario = createSimulation({ seed, config: BRIEF })
    await scenario.lead(1)
    await scenario.write('x', 'before')
    await scenario.untilConverged()
    const copies = scenario.net.watch(({ kind, to }) => kind === 'forward' && to === 1)
    scenario.net.duplicate(2, 1, 3)
    for (let i = 0; i < 5; i++) await done(scenario, 2, incrementAsk('c0', 1n))
    assert.ok(copies.caught.length >= 5)
    scenario.net.deliver(...copies.caught)
    await scenario.run(50)
    assert.equal(await scenario.get(3, 'c0'), '5')
    // Nor does a later leadership take what was meant for an earlier one.
    await scenario.lead(2)
    await scenario.lead(1)
    scenario.net.deliver(...copies.caught)
    await scenario.run(50)
    assert.equal(await scenario.get(3, 'c0'), '5')
    // Nor one of a later life, which remembers no batches.
    scenario.node(1).kill()
    await back(scenario, 1)
    await scenario.lead(1)
    scenario.net.deliver(...copies.caught)
    await scenario.run(50)
    assert.equal(await scenario.get(3, 'c0'), '5')
    await scenario.conclude()
  }
})

test('C-03 a write whose leader is gone is unknown, never a failure, at any node', async () => {
  for (const asked of [1, 2]) {
    const scenario = createSimulation({ seed: asked, config: { ...BRIEF, requestMsMax: 1000 } })
    await scenario.lead(1)
    await scenario.write('x', 'before')
    await scenario.untilConverged()
    // It reaches the others, and their acknowledgements do not come back.
    const trap = scenario.net.trap(({ kind, to }) => kind === 'appendReply' && to === 1)
    const begun = scenario.beginAsk(asked, putAsk('x', new TextEncoder().encode('new')))
    const stored = (): boolean => scenario.node(2).raft.lastIndex > scenario.log.length
    await scenario.until(stored, 'node 2 has it')
    scenario.node(1).kill()
    scenario.net.end(trap)
    await scenario.until(() => (scenario.leader?.id ?? 1) !== 1, 'another node leads')
    const leader = await scenario.untilLeader()
    assert.equal(await scenario.get(leader.id, 'x'), 'new', 'it took effect after all')
    await scenario.run(1500)
    if (asked === 2) assert.equal(begun.asked?.outcome.kind, 'unknown')
    await scenario.conclude()
  }
})

test('C-03 a leader that steps down says unknown to who waits, and refuses who comes', async () => {
  const scenario = createSimulation({ seed: 3, config: { ...BRIEF, requestMsMax: 400 } })
  await scenario.lead(1)
  await scenario.write('x', 'before')
  scenario.net.isolate(1)
  const begun = scenario.beginPut(1, 'x', 'lost')
  const asked = scenario.beginAsk(1, putAsk('x', new TextEncoder().encode('lost, too')))
  await scenario.until(() => !scenario.node(1).leads, 'it steps down')
  await scenario.run(500)
  assert.equal(begun.outcome?.kind, 'unknown')
  assert.equal(asked.asked?.outcome.kind, 'unknown')
  const late = scenario.beginAsk(1, putAsk('x', new TextEncoder().encode('never')))
  await scenario.run(500)
  assert.equal(late.asked?.outcome.kind, 'refused')
  await scenario.conclude()
})
