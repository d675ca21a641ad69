import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { Owed } from './owed.ts'
import type { Pending } from './pending.ts'

/** Nothing of it is looked at. */
function somebody(): Pending {
  return {} as Pending
}

test('what waits is found once by its id, whatever waits besides and for how long', () => {
  const chance = new SeededChance(3)
  const owed = new Owed()
  const model = new Map<number, Pending>()
  let lastId = 0
  for (let step = 0; step < 20_000; step++) {
    // Up and down between a few and a thousand; some wait all the time.
    const isRising = Math.floor(step / 3000) % 2 === 0
    if (chance.below(10) < (isRising ? 6 : 4) && model.size < 1000) {
      const pending = somebody()
      const id = owed.add(pending)
      assert.ok(id > lastId, 'ids ascend')
      lastId = id
      model.set(id, pending)
    } else {
      const ids = [...model.keys()].filter((id) => id % 97 !== 0)
      const id = ids[chance.below(Math.max(1, ids.length))] ?? lastId + 1
      assert.equal(owed.take(id), model.get(id) ?? null)
      model.delete(id)
      assert.equal(owed.take(id), null)
    }
    // Answered long ago, or never used: somebody else may have its place.
    const other = chance.below(lastId + 100) + 1
    if (!model.has(other)) assert.equal(owed.take(other), null)
    assert.equal(owed.size, model.size)
  }
  assert.ok(
    [...model.keys()].some((id) => id % 97 === 0),
    'some have waited long',
  )
  const all = owed.takeAll()
  assert.equal(all.length, model.size)
  for (const pending of model.values()) assert.equal(all.shift(), pending)
  assert.equal(owed.size, 0)
  assert.equal(owed.take(lastId), null)
})
