import assert from 'node:assert/strict'
import { text } from '../codecs.ts'
import type { Leader, Term } from '../types.ts'
import { leaderOf, observeLeader, runForElection } from './index.ts'
import { type LockScene, lockTest } from './testing/index.ts'

function elect(all: LockScene, value: string, ttlMs = 3000): Promise<Term> {
  return runForElection(all.parts, { name: 'e', value, codec: text, ttlMs })
}

function leader(all: LockScene): Promise<Leader | null> {
  return leaderOf(all.parts.link, { name: 'e', codec: text })
}

function observe(all: LockScene, signal?: AbortSignal): AsyncIterator<Leader | null> {
  const observation = { name: 'e', codec: text, signal }
  return observeLeader(all.parts, observation)[Symbol.asyncIterator]()
}

async function nextValue(leaders: AsyncIterator<Leader | null>): Promise<string | null> {
  const { done, value } = await leaders.next()
  assert.notEqual(done, true)
  return value?.value ?? null
}

lockTest('one leads, the next one after it, and everybody can ask who', async (all) => {
  assert.equal(await leader(all), null)
  const first = await elect(all, 'one')
  const waiting = elect(all, 'two')
  const found = await leader(all)
  assert.deepEqual(found, { key: first.key, value: 'one', fence: first.fence })
  assert.equal(first.name, 'e')
  await first.resign()
  const second = await waiting
  assert.equal((await leader(all))?.value, 'two')
  assert.ok(second.fence > first.fence)
  await second[Symbol.asyncDispose]()
  await all.pass(100)
  all.assertClean()
})

lockTest('a leader tells something else, once for each proclamation', async (all) => {
  all.table.attempts = 3
  const term = await elect(all, 'zero')
  const before = all.scene.store.revision
  await Promise.all(['one', 'two', 'three'].map((value) => term.proclaim(value)))
  assert.equal((await leader(all))?.value, 'three')
  assert.equal(all.scene.store.revision, before + 3)
  assert.equal((await leader(all))?.fence, term.fence)
  await term.resign()
})

lockTest('who does not lead any more cannot tell anything', async (all) => {
  const term = await elect(all, 'one')
  all.table.delete(term.key)
  await assert.rejects(term.proclaim('two'), { code: 'LEASE_NOT_FOUND' })
  assert.ok(term.lost.aborted)
  assert.equal(await leader(all), null)
  await assert.rejects(term.proclaim('three'), { code: 'LEASE_NOT_FOUND' })
})

lockTest('an observer is told of every leader and everything it tells', async (all) => {
  const leaders = observe(all)
  assert.equal(await nextValue(leaders), null)
  const one = await elect(all, 'one')
  await one.proclaim('one again')
  // Two that lead while nobody looks.
  const two = elect(all, 'two')
  const three = elect(all, 'three')
  await all.pass(50)
  await one.resign()
  await (await two).resign()
  await (await three).resign()
  const told = []
  for (let at = 0; at < 5; at++) told.push(await nextValue(leaders))
  assert.deepEqual(told, ['one', 'one again', 'two', 'three', null])
  await leaders.return?.()
  assert.deepEqual(await leaders.next(), { done: true, value: undefined })
  await all.pass(100)
  all.assertClean()
})

lockTest('an observer that compaction has overtaken goes on with the present', async (all) => {
  const one = await elect(all, 'one', 60_000)
  const leaders = observe(all)
  assert.equal(await nextValue(leaders), 'one')
  const next = nextValue(leaders)
  await all.pass(50)
  for (const node of all.scene.nodes) await node.leave()
  await one.resign()
  const two = await elect(all, 'two', 60_000)
  all.scene.store.write({ key: 'other', value: 'x' })
  all.table.compact()
  await all.scene.nodes[0]?.listen()
  assert.equal(await next, 'two')
  await two.resign()
  assert.equal(await nextValue(leaders), null)
  await leaders.return?.()
})

lockTest('compaction alone changes nothing for an observer', async (all) => {
  const one = await elect(all, 'one')
  const leaders = observe(all)
  assert.equal(await nextValue(leaders), 'one')
  const next = nextValue(leaders)
  for (let at = 0; at < 3; at++) {
    all.scene.store.write({ key: 'other', value: 'x' })
    all.table.compact()
    for (const node of all.scene.nodes) node.cutConnections()
    await all.pass(1000)
  }
  await one.resign()
  assert.equal(await next, null)
  await leaders.return?.()
})

lockTest('a signal ends an observation, also one that waits', async (all) => {
  const controller = new AbortController()
  const leaders = observe(all, controller.signal)
  assert.equal(await nextValue(leaders), null)
  const waiting = leaders.next()
  await all.pass(50)
  controller.abort()
  assert.deepEqual(await waiting, { done: true, value: undefined })
  const late = observe(all, controller.signal)
  assert.equal((await late.next()).done, true)
  await all.pass(100)
  all.assertClean()
})

lockTest('a closed client ends what it observes', async (all) => {
  const leaders = observe(all)
  assert.equal(await nextValue(leaders), null)
  const waiting = leaders.next()
  all.scene.link.close()
  assert.deepEqual(await waiting, { done: true, value: undefined })
})
