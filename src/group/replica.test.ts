import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch } from '../state/index.ts'
import { Replica } from './replica.ts'
import { alarmCommand, bytesOf, putCommand } from './testing/content.ts'
import { LoneGroup } from './testing/lone-group.ts'

test('a state that is over gives its keys back at once, and keeps its figures', async () => {
  const { group } = await LoneGroup.open()
  const { machine, engine } = group
  const key = bytesOf('key')
  machine.begin(1, packBatch([putCommand('key', 'value'), alarmCommand(5n)], 0))
  assert.equal(machine.step(null).kind, 'applied')
  const { keys } = machine.watched
  assert.notEqual(keys.find(key, 0, key.length), 0)
  const { revision, liveBytes, alarms } = machine
  assert.equal(alarms.length, 1)
  const replica = new Replica(machine, engine)
  replica.expire()
  assert.equal(keys.find(key, 0, key.length), 0)
  assert.deepEqual([machine.revision, machine.liveBytes], [revision, liveBytes])
  // What a node tells of itself is asked of the state until there is another.
  assert.deepEqual(machine.alarms, alarms)
  await group.close()
})
