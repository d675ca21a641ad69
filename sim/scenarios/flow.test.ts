/** Flow control: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSimulation, type Scenario } from '../scenario.ts'
import { SMALL_LOG, tuned } from './testing/settings.ts'

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

const WINDOW = { appendBytesMax: 2000, inFlightBytesMax: 8000, inFlightCountMax: 4 }

test('F-01 a new leader does not send a long uncommitted log all at once', async () => {
  const scenario = createSimulation({
    seed: 1,
    nodes: 3,
    config: { ...SMALL_LOG, ...tuned(WINDOW) },
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
    const answers = scenario.net.trap(({ kind, from }) => kind === 'appendReply' && from === 3)
    scenario.net.rejoin(3)
    await scenario.run(scenario.electionMs / 2)
    assert.ok(sent.bytes() <= 3 * WINDOW.inFlightBytesMax, `${sent.bytes()} bytes are on their way`)
    scenario.net.end(answers)
  }
  await scenario.conclude()
  assert.equal(begun.filter(({ outcome }) => outcome === null).length, 0, 'everybody hears')
})

test('F-03 a follower that was away for long is fed by the window, not all at once', async () => {
  const config = { ...SMALL_LOG, ...tuned(WINDOW) }
  const scenario = createSimulation({ seed: 3, config })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.isolate(3)
  await scenario.fill(1, 200, { key: 'big', bytes: 1000 })
  const sent = watchAppends(scenario)
  const answers = scenario.net.trap(({ kind, from }) => kind === 'appendReply' && from === 3)
  scenario.net.rejoin(3)
  await scenario.run(scenario.electionMs / 2)
  assert.ok(
    sent.bytes() > 0 && sent.bytes() <= 3 * WINDOW.inFlightBytesMax,
    `${sent.bytes()} bytes`,
  )
  scenario.net.end(answers)
  await scenario.untilConverged()
  assert.ok(sent.bytes() >= 200_000, 'then it comes')
  // An entry is never cut: one more than the limit may travel together.
  assert.ok(sent.largest() <= 300_000)
  await scenario.conclude()
})
