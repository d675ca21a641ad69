/**
 * What the end of a run demands of watches is what was promised by then: everything that happened,
 * also what was asked for before the faults ended and is committed long after, and nothing that has
 * not had the time to arrive.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endRun } from './ending.ts'
import { judge } from './judge.ts'
import { createSimulation, type Scenario } from './scenario.ts'
import { NETWORK_CONDITIONS } from './world/index.ts'

const TIMEOUT_MS = 500
/** Beyond the time that those who are under way are given. */
const LATE_MS = 2 * TIMEOUT_MS
const PUT_EVERY_MS = 2

async function watched(): Promise<Scenario> {
  const scenario = createSimulation({
    seed: 1,
    nodes: 2,
    workload: true,
    config: {
      watchers: 4,
      quotaBytes: 0,
      timeoutMs: TIMEOUT_MS,
      // Nothing to wait for in between.
      leasePercent: 0,
      // Every event is on its way to who watches for long.
      network: { ...NETWORK_CONDITIONS, delayUs: [20_000, 20_000] },
    },
  })
  await scenario.lead(1)
  await scenario.run(500)
  return scenario
}

/** Of each client the watches of its last connection, which are held to be complete. */
function assertComplete({ simulation }: Scenario): void {
  const { watchers = [] } = simulation.workload ?? {}
  assert.equal(watchers.length, 4)
  for (const { watchings } of watchers) assert.equal(watchings.at(-1)?.isComplete, true)
  assert.equal(judge(simulation), 'consistent')
}

test('what waits for a disk when the faults end is committed, and told to watches', async () => {
  const scenario = await watched()
  scenario.simulation.workload?.stop()
  await scenario.run(TIMEOUT_MS)
  scenario.node(1).disk.stall(LATE_MS)
  const begun = scenario.beginPut(1, 'r0', 'late')
  await scenario.run(100)
  await endRun(scenario.simulation)
  assert.equal(begun.outcome?.kind, 'applied')
  const watchers = scenario.simulation.workload?.watchers ?? []
  const items = watchers.flatMap(({ watchings }) => watchings.flatMap((one) => one.items))
  const events = items.flatMap((item) => (item.kind === 'events' ? item.events : []))
  assert.ok(events.some(({ now }) => now.value === 'late'))
  assertComplete(scenario)
})

test('what is put until the very end is judged when it had the time to come', async () => {
  const scenario = await watched()
  scenario.simulation.workload?.stop()
  const { world } = scenario.simulation
  const untilUs = world.nowUs + LATE_MS * 1000
  const put = (): void => {
    scenario.beginPut(1, 'r0', `${world.nowUs}`)
    if (world.nowUs < untilUs) world.schedule(PUT_EVERY_MS * 1000, null, put)
  }
  // By then all was quiet for a while.
  world.schedule((TIMEOUT_MS / 2) * 1000, null, put)
  await endRun(scenario.simulation)
  assertComplete(scenario)
})
