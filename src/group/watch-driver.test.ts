import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch } from '../state/index.ts'
import { Replica } from './replica.ts'
import { putCommand } from './testing/content.ts'
import { LoneGroup } from './testing/lone-group.ts'
import { TestWatcher } from './testing/watcher.ts'
import { GROUP_LIMITS, type GroupLimits } from './types.ts'
import { WatchDriver } from './watch-driver.ts'

async function openDriver(limits: Partial<GroupLimits> = {}) {
  const { group, clock } = await LoneGroup.open()
  const { machine, engine } = group
  const asked = { turns: 0 }
  const driver = new WatchDriver({
    replica: new Replica(machine, engine),
    limits: { ...GROUP_LIMITS, ...limits },
    clock,
    wake: () => {
      asked.turns += 1
    },
    onFatal: (error) => {
      throw error
    },
  })
  const watcher = new TestWatcher(driver.hub, { from: 'k', end: 'l' })
  const apply = (index: number): void => {
    machine.begin(index, packBatch([putCommand('k', `${index}`)], 0))
    assert.equal(machine.step(null).kind, 'applied')
  }
  return { group, clock, driver, watcher, apply, asked }
}

test('what a turn has applied is handed out in the next one, which is asked for', async () => {
  const { group, driver, watcher, apply, asked } = await openDriver()
  apply(1)
  driver.run(true)
  assert.deepEqual([watcher.seen.length, asked.turns], [0, 1])
  driver.run(false)
  assert.equal(watcher.seen.length, 1)
  await group.close()
})

test('turns that all apply something keep no watcher waiting for more than one', async () => {
  const { group, driver, watcher, apply } = await openDriver()
  for (let index = 1; index <= 50; index++) {
    apply(index)
    driver.run(true)
    assert.ok(watcher.seen.length >= index - 1, `${watcher.seen.length} of ${index} events`)
  }
  await group.close()
})

test('to a crowd it is handed out a moment later', async () => {
  const { group, clock, driver, watcher, apply, asked } = await openDriver({ watchCrowd: 1 })
  apply(1)
  driver.run(true)
  apply(2)
  driver.run(true)
  driver.run(false)
  assert.deepEqual([watcher.seen.length, asked.turns], [0, 0])
  clock.advance(GROUP_LIMITS.watchPauseMs)
  assert.equal(asked.turns, 1)
  driver.run(false)
  assert.equal(watcher.seen.length, 2)
  await group.close()
})

test('a crowd that is behind waits for no moment', async () => {
  const { group, driver, apply, asked } = await openDriver({ watchCrowd: 2, watchStepsMax: 1 })
  const others = [1, 2].map(() => new TestWatcher(driver.hub, { from: 'k', end: 'l' }))
  driver.run(false)
  apply(1)
  driver.run(false)
  assert.equal(asked.turns, 1)
  apply(2)
  driver.run(true)
  assert.equal(asked.turns, 2)
  for (let turns = 0; turns < 20; turns++) driver.run(false)
  for (const { seen } of others) assert.equal(seen.length, 2)
  await group.close()
})

test('nobody is woken by a driver that stopped', async () => {
  const { group, clock, driver, apply, asked } = await openDriver({ watchCrowd: 1 })
  apply(1)
  driver.run(true)
  driver.stop()
  clock.advance(GROUP_LIMITS.watchPauseMs)
  assert.equal(asked.turns, 0)
  await group.close()
})
