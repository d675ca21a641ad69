import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch } from '../state/index.ts'
import { Replica } from './replica.ts'
import { putCommand } from './testing/content.ts'
import { LoneGroup } from './testing/lone-group.ts'
import { TestWatcher } from './testing/watcher.ts'
import { GROUP_LIMITS } from './types.ts'
import { WatchDriver } from './watch-driver.ts'

async function openDriver() {
  const { group, clock } = await LoneGroup.open()
  const { machine, engine } = group
  const asked = { turns: 0 }
  const driver = new WatchDriver({
    replica: new Replica(machine, engine),
    limits: GROUP_LIMITS,
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
  return { group, driver, watcher, apply, asked }
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
