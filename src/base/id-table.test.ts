import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SeededChance } from './chance.ts'
import { IdTable } from './id-table.ts'

/** Ids as a peer could choose them; each is given once. */
const KINDS: readonly [name: string, idOf: (n: number) => number][] = [
  ['one after the other', (n) => n + 1],
  ['odd', (n) => 2 * n + 1],
  ['far apart', (n) => (n + 1) * 65_536],
  ['beyond 32 bits', (n) => 2 ** 40 + n * 2 ** 32 + 5],
]

describe('a table of ids', () => {
  for (const [name, idOf] of KINDS) {
    test(`is a map, whatever comes and goes: ids ${name}`, () => {
      const chance = new SeededChance(7)
      const table = new IdTable<string>()
      const model = new Map<number, string>()
      let given = 0
      for (let step = 0; step < 6000; step++) {
        const isRising = Math.floor(step / 1000) % 2 === 0
        const isAdded = chance.below(10) < (isRising ? 7 : 3)
        if (isAdded) {
          const id = idOf(given)
          given += 1
          table.add(id, `item ${id}`)
          model.set(id, `item ${id}`)
        }
        const id = idOf(chance.below(given + 3))
        assert.equal(table.has(id), model.has(id))
        assert.equal(table.get(id), model.get(id))
        if (!isAdded) {
          // The first that is left, or one that went long ago.
          const [first = id] = model.keys()
          const removed = chance.below(3) === 0 ? first : id
          assert.equal(table.remove(removed), model.get(removed))
          model.delete(removed)
        }
        assert.equal(table.size, model.size)
      }
      assert.ok(model.size > 100, 'there is something left')
      const ids = [...model.keys()].sort((one, other) => one - other)
      assert.deepEqual(
        table.items(),
        ids.map((id) => model.get(id)),
      )
      table.clear()
      assert.deepEqual([table.size, table.items(), table.get(ids[0] ?? 0)], [0, [], undefined])
    })
  }

  test('an id is used once at a time', () => {
    const table = new IdTable<number>()
    table.add(5, 1)
    assert.throws(() => table.add(5, 2))
    assert.throws(() => table.add(0, 2))
    assert.deepEqual([table.has(0), table.get(0), table.remove(0)], [false, undefined, undefined])
    assert.equal(table.size, 1)
  })
})
