/** Faults that are made of several at once: each part of them must come, and go. */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { SeededChance } from '../src/base/index.ts'
import * as faults from './faults.ts'
import { createSimulation } from './scenario.ts'
import type { Simulation } from './simulation.ts'

const SEEDS = 100
const LENGTH_MS_MAX = 2100

/** Whether some group has two. */
function haveTwoLeaders({ groups, machines }: Simulation): boolean {
  return groups.some((group) => {
    const roles = [...machines.values()].map(({ node }) => node?.group(group).raft.role)
    return roles.filter((role) => role === 'leader').length === 2
  })
}

suite('a machine that is cut off', () => {
  test('writes nothing until its disk is back', async () => {
    const scenario = createSimulation({ seed: 3, nodes: 1 })
    await scenario.lead(1)
    assert.ok(faults.cutOff(scenario.simulation, new SeededChance(1, 'cut off')))
    assert.equal(await scenario.put(1, 'a', '1', 90), null)
    await scenario.run(LENGTH_MS_MAX)
    assert.equal((await scenario.put(1, 'a', '2'))?.kind, 'applied')
  })

  test('is no leader any more when it hears the others again', async () => {
    let moved = 0
    for (let seed = 1; seed <= 10; seed++) {
      const scenario = createSimulation({ seed })
      await scenario.lead(1)
      faults.cutOff(scenario.simulation, new SeededChance(seed, 'cut off'))
      await scenario.run(LENGTH_MS_MAX)
      if ((await scenario.untilLeader()).id !== 1) moved += 1
      await scenario.put((await scenario.untilLeader()).id, 'a', '1')
      await scenario.untilConverged()
    }
    assert.ok(moved > 0, 'the others elect one of themselves')
  })
})

suite('a leader that has gone deaf', () => {
  test('hands over, and goes on to lead until it misses the answers of the others', async () => {
    let together = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const scenario = createSimulation({ seed: 7 })
      const { simulation } = scenario
      await scenario.lead(1)
      faults.partition(simulation, new SeededChance(seed, 'partition'))
      if (!simulation.faults.has('partition: deaf')) continue
      if (await simulation.until(() => haveTwoLeaders(simulation), 300)) together += 1
      assert.ok(await simulation.until(() => !haveTwoLeaders(simulation), 1000))
    }
    assert.ok(together > 0, 'two of them lead')
  })
})
