/** How fast the machine is. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { circle, measureSpeed, speedText } from './speed.ts'

test('every place is come by once before the first one comes again', () => {
  const places = circle(1024)
  const seen = new Set<number>()
  let at = 0
  while (!seen.has(at)) {
    seen.add(at)
    at = places[at] as number
  }
  assert.deepEqual([seen.size, at], [1024, 0])
})

test('a speed is told in what an addition and a look at memory take', () => {
  assert.equal(
    speedText({ additionsMs: 31.4, accessNanos: 99.6 }),
    '100 million additions in 31 ms, a place in memory in 100 ns',
  )
  const { additionsMs, accessNanos } = measureSpeed()
  assert.ok(additionsMs > 1 && accessNanos > 1, 'neither is left out by the compiler')
})
