/** Flow control: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/group/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import type { Trap } from '../scenario-net.ts'
import { checkpointEvery, SMALL_LOG, tuned } from './testing/settings.ts'

/** Bytes of entries in appends to node 3. */
function watchAppends(scenario: Scenario): {
  readonly bytes: () => number
  readonly largest: () => number
} {
  const sizes: number[] = []
  scenario.net.watch((message) => {
    if (message.kind !== 'append' || message.to !== 3) return false
    sizes.push(message.entries.reduce((sum, { data }) => sum + data.length, 0))
    return false
  })
  return {
    bytes: () => sizes.reduce((sum, size) => sum + size, 0),
    largest: () => Math.max(0, ...sizes),
  }
}

/** Node 3 answers a few times, so that it is found, and then no more. */
function trapAfterSome(scenario: Scenario): Trap {
  let answers = 0
  return scenario.net.trap(({ kind, from }) => {
    if (kind !== 'appendReply' || from !== 3) return false
    answers += 1
    return answers > ANSWERS
  })
}

const ANSWERS = 3
const WINDOW = { appendBytesMax: 2000, inFlightBytesMax: 8000, inFlightCountMax: 4 }
/** Each command is an entry of its own; all of them are kept in the log. */
const CONFIG = { ...SMALL_LOG, ...tuned(WINDOW), ...checkpointEvery(1000, { batchCommandsMax: 1 }) }
/** Each answer makes room for a window at most, in which the last entry is never cut. */
const BYTES_MAX = (ANSWERS + 1) * 2 * WINDOW.inFlightBytesMax

test('F-01 a new leader does not send a long uncommitted log all at once', async () => {
  const scenario = createSimulation({
    seed: 1,
    nodes: 3,
    config: CONFIG,
  })
  await scenario.lead(1)
  await scenario.untilConverged()
  // Nodes 1 and 2 have it all; nobody may commit it.
  scenario.net.isolate(3)
  scenario.net.trap(({ kind, to }) => kind === 'appendReply' && to === 1)
  const begun = Array.from({ length: 150 }, (_, i) =>
    scenario.beginPut(1, `big${i}`, String(i).padEnd(1000, '.')),
  )
  await scenario.run(60)
  scenario.net.heal()
  for (let round = 0; round < 4; round++) {
    scenario.net.isolate(3)
    await scenario.elect(1 + (round % 2))
    const sent = watchAppends(scenario)
    const answers = trapAfterSome(scenario)
    scenario.net.rejoin(3)
    await scenario.run(scenario.electionMs / 2)
    assert.ok(
      sent.bytes() > 0 && sent.bytes() <= BYTES_MAX,
      `${sent.bytes()} bytes are on their way`,
    )
    scenario.net.end(answers)
  }
  await scenario.conclude()
  assert.equal(begun.filter(({ outcome }) => outcome === null).length, 0, 'everybody hears')
})

test('F-03 a follower that was away for long is fed by the window, not all at once', async () => {
  const scenario = createSimulation({ seed: 3, config: CONFIG })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.isolate(3)
  await scenario.fill(1, 200, { key: 'big', bytes: 1000 })
  const sent = watchAppends(scenario)
  const answers = trapAfterSome(scenario)
  scenario.net.rejoin(3)
  await scenario.run(scenario.electionMs / 2)
  assert.ok(sent.bytes() > 0 && sent.bytes() <= BYTES_MAX, `${sent.bytes()} bytes`)
  scenario.net.end(answers)
  await scenario.untilConverged()
  assert.ok(sent.bytes() >= 200_000, 'then it comes')
  assert.ok(sent.largest() <= 2 * WINDOW.appendBytesMax, 'and in small pieces')
  await scenario.conclude()
})

/** As in production: followers wait half a second for a heartbeat of each 50 ms. */
const USUAL_TIMES = tuned({ electionTicks: 50, heartbeatTicks: 5, retryTicks: 10 })

test('F-08 a leader that stands still for long is replaced once, without a storm', async () => {
  for (const seed of [8, 9, 10]) {
    const scenario = createSimulation({ seed, nodes: 5, config: USUAL_TIMES })
    await scenario.lead(1)
    await scenario.untilConverged()
    const { term } = scenario.node(1).raft
    const begun = Array.from({ length: 20 }, (_, i) => scenario.beginPut(1, `before${i}`, 'x'))
    // A large request, a sort, a collection of memory: nothing is heard, and nothing is said.
    scenario.node(1).pause()
    await scenario.run(1500)
    const leader = await scenario.untilLeader()
    assert.notEqual(leader.id, 1)
    await scenario.entries(leader.id, 5)
    scenario.node(1).resume()
    await scenario.run(3000)
    const terms = leader.raft.term - term
    assert.ok(terms >= 1 && terms <= 3, `${terms} terms`)
    assert.equal(scenario.leader?.id, leader.id, 'who comes back does not take over')
    await scenario.conclude()
    assert.ok(begun.every(({ outcome }) => outcome !== null))
  }
})

test('F-08 one that stands still for less than an election is not replaced', async () => {
  const scenario = createSimulation({ seed: 11, config: USUAL_TIMES })
  await scenario.lead(1)
  await scenario.untilConverged()
  const { term } = scenario.node(1).raft
  for (let round = 0; round < 10; round++) {
    scenario.node(1).pause()
    await scenario.run(300)
    scenario.node(1).resume()
    await scenario.entries(1, 1)
  }
  assert.equal(scenario.node(1).raft.term, term)
  await scenario.conclude()
})

test('F-11 nodes that get a tenth of a processor do not campaign against a leader', async () => {
  for (const starved of [
    [2, 3],
    [1, 2],
  ]) {
    const scenario = createSimulation({ seed: 12, config: USUAL_TIMES })
    await scenario.lead(1)
    await scenario.untilConverged()
    const { term } = scenario.node(1).raft
    const begun: { readonly outcome: Outcome | null }[] = []
    for (let round = 0; round < 40; round++) {
      // Each runs for 45 ms of 450, and not at the same time.
      for (const id of starved) {
        scenario.node(id).resume()
        if (round % 5 === 0) begun.push(scenario.beginPut(1, `k${round}`, 'x'))
        await scenario.run(45)
        scenario.node(id).pause()
      }
      await scenario.run(360)
    }
    for (const id of starved) scenario.node(id).resume()
    await scenario.untilConverged()
    assert.equal(scenario.node(1).raft.term, term, `starved: ${starved}`)
    assert.ok(
      begun.every(({ outcome }) => outcome?.kind === 'applied'),
      'writes go on',
    )
    assert.equal(scenario.leader?.id, 1)
    await scenario.conclude()
  }
})
