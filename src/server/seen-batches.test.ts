import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeenBatches } from './seen-batches.ts'

test('a batch is new once, in whatever order batches come', () => {
  const seen = new SeenBatches(10)
  assert.deepEqual(
    [5, 3, 5, 4, 3, 6].map((number) => seen.isNew(number)),
    [true, true, false, true, false, true],
  )
})

test('what is too old to be remembered counts as one that came', () => {
  const seen = new SeenBatches(2)
  for (const number of [1, 2, 3, 5]) assert.ok(seen.isNew(number))
  assert.equal(seen.size, 2)
  assert.deepEqual(
    [1, 2, 0, 3, 5].map((number) => seen.isNew(number)),
    [false, false, false, false, false],
  )
  // Late, but newer than all that were forgotten.
  assert.ok(seen.isNew(4))
})
