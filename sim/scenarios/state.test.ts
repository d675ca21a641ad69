/** The state machine: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { etcd } from '../../src/wire/index.ts'
import {
  alarmAsk,
  asciiBytes,
  compactAsk,
  deleteAsk,
  grantAsk,
  putAsk,
  putOp,
  rangeAsk,
  rangeOp,
  txnAsk,
} from '../check/index.ts'
import { ENGINES } from '../machine.ts'
import { createSimulation } from '../scenario.ts'
import { back, done, resultOf, stateIsSound } from './testing/asking.ts'
import { BRIEF, checkpointEvery, SMALL_BITCASK, TORN_CRASHES } from './testing/settings.ts'

const OFTEN = { ...checkpointEvery(5), ...TORN_CRASHES, ...BRIEF, bitcask: SMALL_BITCASK }
const MOMENTS_MAX = 40

for (const engine of ['memory', 'bitcask'] as const) {
  test(`A-01 power fails at each operation of a checkpoint: ${engine}`, async () => {
    let moments = 1
    for (let deadly = 0; deadly <= moments; deadly++) {
      const scenario = createSimulation({ seed: 10 + deadly, config: { ...OFTEN, engine } })
      await scenario.lead(1)
      let moment = 0
      const phase = deadly % 2 === 0 ? 'started' : 'done'
      const stop = scenario.node(3).stopAtDisk((at) => {
        if (!at.path.startsWith(ENGINES) || at.phase !== phase) return false
        moment += 1
        return moment === deadly
      })
      await scenario.entries(1, 12)
      const { length } = scenario.log
      const followed = (): boolean => stop.struck || scenario.node(3).hasApplied(length)
      await scenario.until(followed, 'node 3 follows, or is dead')
      if (deadly === 0) moments = Math.min(moment, MOMENTS_MAX)
      if (scenario.node(3).up) scenario.node(3).crash()
      const node = await back(scenario, 3)
      stateIsSound(scenario, node)
      await scenario.until(() => node.hasApplied(length), 'it applies what is left, each once')
      stateIsSound(scenario, node)
      await scenario.conclude()
    }
    assert.ok(moments >= 8, `${moments} operations`)
  })
}

test('A-03 a range of the past inside a transaction is refused alike at every node', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(1)
  for (let i = 0; i < 8; i++) await scenario.write('x', String(i))
  await done(scenario, 1, compactAsk(6))
  await scenario.untilConverged()
  const { revision } = scenario.node(1).state
  const past = { success: [putOp('y', asciiBytes('z')), rangeOp('x', { revision: 3 })] }
  for (const id of [1, 2, 3]) {
    const result = await resultOf(scenario, id, txnAsk(past))
    assert.deepEqual(result, { kind: 'failed', revision, code: 'COMPACTED' })
  }
  // A branch that is not taken refuses nothing.
  const other = { compare: [], success: [putOp('y', asciiBytes('z'))], failure: past.success }
  for (const id of [1, 2, 3]) assert.ok(await done(scenario, id, txnAsk(other)))
  assert.equal(scenario.node(1).state.revision, revision + 3)
  await scenario.conclude()
})

for (const engine of ['memory', 'bitcask'] as const) {
  test(`A-06 a compaction at a tombstone does not lower the revision: ${engine}`, async () => {
    for (const checkpoint of [1000, 4]) {
      for (const end of ['crash', 'kill'] as const) {
        const config = { ...OFTEN, ...checkpointEvery(checkpoint), engine }
        const scenario = createSimulation({ seed: checkpoint, config })
        await scenario.lead(1)
        await scenario.write('x', 'one')
        await done(scenario, 1, deleteAsk('x'))
        const { revision } = scenario.node(1).state
        await done(scenario, 1, compactAsk(revision))
        for (const node of scenario.nodes) node[end]()
        for (const { id } of scenario.nodes) stateIsSound(scenario, await back(scenario, id))
        const leader = await scenario.untilLeader()
        assert.equal(leader.state.revision, revision)
        assert.equal(await scenario.get(leader.id, 'x'), null)
        const past = await scenario.ask(leader.id, rangeAsk('x', { revision: revision - 1 }))
        assert.equal(past?.outcome.kind === 'refused' && past.outcome.code, 'COMPACTED')
        const result = await resultOf(scenario, leader.id, putAsk('x', asciiBytes('two')))
        assert.equal(result.revision, revision + 1)
        await scenario.conclude()
      }
    }
  })
}

test('A-06 what was compacted stays so where only a checkpoint tells of it', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    const scenario = createSimulation({ seed: 66, config: { ...OFTEN, engine } })
    await scenario.lead(1)
    await scenario.entries(1, 6)
    await done(scenario, 1, compactAsk(5))
    await scenario.entries(1, 12)
    await scenario.untilConverged()
    await scenario.run(50)
    for (const node of scenario.nodes) node.crash()
    for (const { id } of scenario.nodes) stateIsSound(scenario, await back(scenario, id))
    await scenario.untilLeader()
    for (const id of [1, 2, 3]) {
      assert.ok(scenario.node(id).raft.baseIndex > 6, 'the log does not tell of it any more')
      const past = await scenario.ask(id, rangeAsk('entry0', { revision: 3 }))
      assert.equal(past?.outcome.kind === 'refused' && past.outcome.code, 'COMPACTED')
    }
    await scenario.conclude()
  }
})

test('A-08 ids of leases at the ends of their range mean the same to all replicas', async () => {
  const scenario = createSimulation({ seed: 8, config: checkpointEvery(5) })
  await scenario.lead(1)
  const ids = [0n, -1n, -5n, 2n ** 63n - 1n, -(2n ** 63n), 1n]
  for (const id of ids) {
    const results = []
    for (const node of [1, 2, 3]) results.push(await resultOf(scenario, node, grantAsk(id, 60)))
    const kinds = results.map((result) => (result.kind === 'failed' ? result.code : 'done'))
    assert.ok(
      kinds.slice(1).every((kind) => kind !== 'done'),
      `${id}: ${kinds}`,
    )
  }
  await scenario.untilConverged()
  scenario.node(1).crash()
  await back(scenario, 1)
  await scenario.conclude()
})

test('D-18 whatever was asked last, a node starts after a loss of power', async () => {
  const { ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
  const alarm = etcd.AlarmType.NOSPACE
  const asks = [
    alarmAsk({ action: ACTIVATE, alarm, memberID: 3n }),
    alarmAsk({ action: DEACTIVATE, alarm, memberID: 3n }),
    grantAsk(5n, 60),
    deleteAsk('\0', { rangeEnd: Uint8Array.of(0) }),
    txnAsk({}),
    compactAsk(1),
  ]
  for (const [at, ask] of asks.entries()) {
    const config = { ...OFTEN, ...checkpointEvery(1 + (at % 2)) }
    const scenario = createSimulation({ seed: 18 + at, config })
    await scenario.lead(1)
    await scenario.write('x', 'one')
    const result = await resultOf(scenario, 1 + (at % 3), ask)
    assert.equal(result.kind, 'done', JSON.stringify(result))
    for (const node of scenario.nodes) node.crash()
    for (const { id } of scenario.nodes) stateIsSound(scenario, await back(scenario, id))
    await scenario.untilLeader()
    await resultOf(scenario, 1, ask)
    await scenario.conclude()
  }
})
