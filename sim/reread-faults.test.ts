/** What these faults touch must be read again, and must be something that no log may lose. */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { SeededChance } from '../src/base/index.ts'
import { powerLossAfterName, provenRecords, rotRecord } from './reread-faults.ts'
import { createSimulation } from './scenario.ts'
import { GROUP } from './scenario-node.ts'
import { BRIEF, checkpointEvery, SMALL_LOG, TORN_CRASHES } from './scenarios/testing/settings.ts'

const ALL_ON_DISK = { ...SMALL_LOG, ...checkpointEvery(1000), ...BRIEF }
const SNAPSHOTS = {
  ...checkpointEvery(5, { snapshotChunkBytes: 200 }),
  ...TORN_CRASHES,
  ...BRIEF,
}

suite('a record that rots', () => {
  test('is met again, taken for damage and never for a torn write, and brought back', async () => {
    let damaged = 0
    for (let seed = 1; seed <= 12; seed++) {
      const scenario = createSimulation({ seed, config: ALL_ON_DISK })
      const { simulation } = scenario
      const leader = await scenario.untilLeader()
      await scenario.entries(leader.id, 8, { bytes: 100 })
      await scenario.run(50)
      assert.ok(await rotRecord(simulation, new SeededChance(seed, 'rot')))
      assert.equal(simulation.atlas.damaged.size, 1)
      await scenario.run(3000)
      await scenario.conclude()
      assert.equal(scenario.marks('recovery: tornTail'), 0)
      damaged += scenario.marks('recovery: damaged')
    }
    assert.ok(damaged >= 4, `${damaged} of them were found by a restart`)
  })

  test('is never of the newest batch', async () => {
    const scenario = createSimulation({ seed: 2, config: ALL_ON_DISK })
    await scenario.lead(1)
    for (let written = 1; written <= 4; written++) {
      await scenario.entries(1, 1)
      const found = await provenRecords(scenario.node(1).machine)
      const indexes = found.filter(({ group }) => group === GROUP).map(({ index }) => index)
      assert.equal(Math.max(...indexes), scenario.node(1).raft.lastIndex - 1)
    }
  })

  test('is brought back to learners by the only voter', async () => {
    let damaged = 0
    for (let seed = 1; seed <= 6; seed++) {
      const scenario = createSimulation({ seed, nodes: 1, learners: 2, config: ALL_ON_DISK })
      const { simulation } = scenario
      await scenario.lead(1)
      await scenario.entries(1, 8, { bytes: 100 })
      await scenario.run(50)
      const chance = new SeededChance(seed, 'rot')
      for (let i = 0; i < 6; i++) {
        await rotRecord(simulation, chance)
        await scenario.run(3000)
      }
      assert.ok(!simulation.atlas.isDamaged(simulation.machine(1)))
      await scenario.conclude()
      assert.ok(scenario.nodes.every(({ up }) => up))
      damaged += scenario.marks('recovery: damaged')
    }
    assert.ok(damaged >= 6, `${damaged} of them were found by a restart`)
  })

  test('is left alone where no other node could bring it back', async () => {
    const scenario = createSimulation({ seed: 1, nodes: 1, config: ALL_ON_DISK })
    await scenario.lead(1)
    await scenario.entries(1, 5)
    const before = scenario.node(1).disk.fingerprint()
    assert.equal(await rotRecord(scenario.simulation, new SeededChance(1, 'rot')), false)
    assert.equal(scenario.node(1).disk.fingerprint(), before)
  })
})

suite('power that fails after a file got its name', () => {
  test('takes the name back when nobody had relied on it', async () => {
    let [failed, lost] = [0, 0]
    for (let seed = 1; seed <= 10; seed++) {
      const scenario = createSimulation({ seed, config: SNAPSHOTS })
      const { simulation } = scenario
      await scenario.lead(1)
      scenario.net.isolate(3)
      await scenario.entries(1, 12, { bytes: 50 })
      assert.ok(powerLossAfterName(simulation, new SeededChance(seed, 'name')))
      scenario.net.rejoin(3)
      await scenario.run(1000)
      failed += simulation.faults.get('power lost after a name') ?? 0
      lost += simulation.faults.get('disk: crashNameLost') ?? 0
      await scenario.conclude()
    }
    assert.ok(failed > 0 && lost > 0, `${failed} failures, ${lost} names lost`)
  })
})
