import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch } from '../state/index.ts'
import { Replica } from './replica.ts'
import { bytesOf, putCommand } from './testing/content.ts'
import { LoneGroup } from './testing/lone-group.ts'

test('a state that is over gives its keys back at once, and keeps its figures', async () => {
  const { group } = await LoneGroup.open()
  const { machine, engine } = group
  const key = bytesOf('key')
  machine.begin(1, packBatch([putCommand('key', 'value')], 0))
  assert.equal(machine.step(null).kind, 'applied')
  const { keys } = machine.watched
  assert.notEqual(keys.find(key, 0, key.length), 0)
  const { revision, liveBytes } = machine
  const replica = new Replica(machine, engine)
  replica.expire()
  assert.equal(keys.find(key, 0, key.length), 0)
  assert.deepEqual([machine.revision, machine.liveBytes], [revision, liveBytes])
  await group.close()
})
