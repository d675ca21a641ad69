/** Watches: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asciiBytes, behindPrefix, bytesText, compactAsk, putOp, txnAsk } from '../check/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { back, done } from './testing/asking.ts'
import { BRIEF, checkpointEvery, SMALL_BITCASK } from './testing/settings.ts'

const ALL = { key: '\0', rangeEnd: '\0' }
const SNAPSHOTS = { ...checkpointEvery(5, { snapshotChunkBytes: 200 }), ...BRIEF }

function begun(scenario: Scenario, id: number, count: number): () => boolean {
  const puts = Array.from({ length: count }, (_, i) => scenario.beginPut(id, `x${i % 9}`, `${i}`))
  return () => puts.every(({ outcome }) => outcome?.kind === 'applied')
}

test('W-01 a bookmark during a burst is never ahead of an event', async () => {
  for (const watchStepsMax of [20, 2000]) {
    const config = checkpointEvery(1000, { watchStepsMax, batchCommandsMax: 3 })
    const scenario = createSimulation({ seed: 1, config })
    await scenario.lead(1)
    const watches = [1, 2, 3].map((id) => scenario.watch(id, ALL))
    const slow = scenario.watch(2, ALL)
    slow.room = 1
    const all = begun(scenario, 1, 200)
    for (let step = 0; step < 400 && !all(); step++) {
      await scenario.step()
      for (const watch of watches) watch.progress()
      slow.progress()
      if (step % 7 === 0) slow.read(1)
    }
    await scenario.until(all, 'all are written')
    await scenario.untilConverged()
    slow.read()
    for (const watch of [...watches, slow]) watch.progress()
    const revision = (): number => scenario.node(1).state.revision
    const told = (): boolean =>
      [...watches, slow].every(({ notices }) => {
        const last = notices.at(-1)
        return last?.kind === 'progress' && last.revision === revision()
      })
    await scenario.until(told, 'everybody is told that this was all')
    for (const watch of [...watches, slow]) watch.mustBeComplete()
    await scenario.conclude()
  }
})

test('W-03 a slow client with many watches is told everything once it reads again', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(1)
  await scenario.write('x0', 'first')
  const slow = scenario.watch(2, { ...ALL, start: 1 })
  for (let i = 1; i < 120; i++) slow.add({ ...ALL, start: 1, prevKv: i % 2 === 0 })
  await scenario.until(() => slow.told().length > 0, 'it is told something')
  slow.room = 3
  await scenario.until(begun(scenario, 1, 300), 'it falls behind')
  await scenario.untilConverged()
  await done(scenario, 1, compactAsk(scenario.node(1).state.revision - 5))
  await scenario.untilConverged()
  await scenario.run(100)
  // What is in memory is still there to be told: nobody needs to be ended.
  slow.read()
  await scenario.run(200)
  slow.mustBeComplete()
  await scenario.conclude()
})

test('W-03 watches that a compaction has overtaken are ended, never left with a gap', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    const config = { ...BRIEF, engine, bitcask: SMALL_BITCASK }
    const scenario = createSimulation({ seed: 4, config })
    await scenario.lead(1)
    await scenario.until(begun(scenario, 1, 300), 'there is a past')
    await scenario.untilConverged()
    // Its memory of events begins anew: the past must come from the engine.
    scenario.node(2).kill()
    await back(scenario, 2)
    await scenario.untilConverged()
    const slow = scenario.watch(2, { ...ALL, start: 1 })
    for (let i = 1; i < 120; i++) slow.add({ ...ALL, start: 1 + i, prevKv: i % 2 === 0 })
    const compacted = scenario.node(1).state.revision - 50
    slow.room = 3
    const told = (): boolean => slow.room <= 0
    await scenario.until(told, 'it is told something of the past')
    await done(scenario, 1, compactAsk(compacted))
    await scenario.untilConverged()
    slow.read()
    const ended = (): number => slow.notices.filter(({ kind }) => kind === 'compacted').length
    await scenario.until(() => ended() > 100, 'those that were behind are ended')
    await scenario.run(200)
    slow.mustBeComplete()
    await scenario.conclude()
  }
})

test('W-06 a watch of the future hears of nothing before it, also over a snapshot', async () => {
  const scenario = createSimulation({ seed: 6, config: SNAPSHOTS })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.isolate(3)
  const start = scenario.node(3).state.revision + 30
  const watch = scenario.watch(3, { ...ALL, start })
  watch.progress()
  // Two that miss nothing of what only the snapshot brings.
  const others = [0, 1].map((from) => scenario.watch(3, { ...ALL, start: from, prevKv: true }))
  await scenario.entries(1, 20)
  scenario.net.rejoin(3)
  const behind = (): boolean => scenario.node(3).hasApplied(scenario.log.length)
  await scenario.until(() => scenario.marks('snapshotInstalled') > 0, 'a snapshot brings it along')
  await scenario.until(behind, 'node 3 catches up')
  watch.progress()
  await scenario.run(50)
  assert.deepEqual(watch.told(), [])
  await scenario.entries(1, 20)
  await scenario.untilConverged()
  const { revision } = scenario.node(3).state
  await scenario.until(() => watch.told().length === revision - start + 1, 'it is told the rest')
  await scenario.run(50)
  for (const one of [watch, ...others]) one.mustBeComplete()
  await scenario.conclude()
})

test('W-08 a transaction of many keys comes whole and once, also to who resumes', async () => {
  const scenario = createSimulation({ seed: 8 })
  await scenario.lead(1)
  const puts = (value: string) =>
    Array.from({ length: 100 }, (_, i) => putOp(`x${i}`, asciiBytes(value)))
  const watches = [1, 2, 3].map((id) => scenario.watch(id, { ...ALL, fragment: id === 2 }))
  for (let round = 0; round < 5; round++) {
    await done(scenario, 1 + (round % 3), txnAsk({ success: puts(`round ${round}`) }))
    await scenario.untilConverged()
    const late = scenario.watch(1 + (round % 3), { ...ALL, start: 2 + round, prevKv: true })
    await scenario.until(() => late.told().length === 100, 'who comes late gets all of the last')
    late.mustBeComplete()
    watches.push(late)
    const told = (): boolean =>
      watches.slice(0, 3).every((one) => one.told().length === 100 * (round + 1))
    await scenario.until(told, 'all of it comes')
  }
  await scenario.conclude()
})

test('W-13 who resumes at a node that lags waits there, and misses nothing', async () => {
  for (const config of [SNAPSHOTS, { ...BRIEF }]) {
    const scenario = createSimulation({ seed: 13, config })
    await scenario.lead(1)
    const first = scenario.watch(1, { key: 'x', rangeEnd: bytesText(behindPrefix('x')), start: 1 })
    await scenario.until(begun(scenario, 1, 5), 'some are written')
    await scenario.untilConverged()
    scenario.net.isolate(3)
    await scenario.until(begun(scenario, 1, 10), 'more are written')
    for (let i = 0; i < 12; i++) await scenario.write(`x${i}`, 'more')
    const seen = scenario.node(1).state.revision
    await scenario.until(() => first.told().length === seen - 1, 'the first watch has seen all')
    const second = scenario.watch(3, { ...ALL, start: seen + 1 })
    assert.ok(scenario.node(3).state.revision < seen)
    second.progress()
    await scenario.run(100)
    assert.deepEqual(second.items(), [], 'it knows nothing of that yet')
    scenario.net.heal()
    await scenario.write('x', 'after')
    await scenario.untilConverged()
    await scenario.until(() => second.told().length === 1, 'it hears of the next one')
    assert.deepEqual(second.told(), [`${seen + 1} x=after`])
    first.mustBeComplete()
    second.mustBeComplete()
    await scenario.conclude()
  }
})

test('W-13 the past is there after a restart, whatever keeps it', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    const config = { ...checkpointEvery(10), ...BRIEF, engine, bitcask: SMALL_BITCASK }
    const scenario = createSimulation({ seed: 14, config })
    await scenario.lead(1)
    await scenario.entries(1, 40)
    await scenario.untilConverged()
    for (const node of scenario.nodes) node.crash()
    for (const { id } of scenario.nodes) await back(scenario, id)
    await scenario.untilLeader()
    await scenario.untilConverged()
    const watches = [1, 2, 3].map((id) => scenario.watch(id, { ...ALL, start: 2, prevKv: true }))
    const told = (): boolean => watches.every((watch) => watch.told().length === 40)
    await scenario.until(told, 'everything comes again')
    for (const watch of watches) watch.mustBeComplete()
    await scenario.conclude()
  }
})
