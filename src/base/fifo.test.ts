import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BrokenInvariant, Fifo } from './index.ts'

describe('a queue', () => {
  it('gives in the order in which it was given', () => {
    const queue = new Fifo<number>()
    let given = 0
    let taken = 0
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < round * 3; i++) queue.push(given++)
      for (let i = 0; i < round * 2; i++) assert.equal(queue.take(), taken++)
      assert.equal(queue.length, given - taken)
    }
    assert.deepEqual(
      queue.takeAll(),
      Array.from({ length: given - taken }, (_, i) => taken + i),
    )
    assert.equal(queue.length, 0)
    assert.throws(() => queue.take(), BrokenInvariant)
  })

  it('shows who comes after so many others', () => {
    const queue = new Fifo<string>()
    for (const item of ['a', 'b', 'c']) queue.push(item)
    queue.take()
    assert.deepEqual([queue.at(0), queue.at(1)], ['b', 'c'])
    for (const number of [-1, 2]) assert.throws(() => queue.at(number), BrokenInvariant)
  })

  it('lets go of what was taken although it is never empty', () => {
    const queue = new Fifo<number>()
    queue.push(0)
    for (let i = 1; i < 100_000; i++) {
      queue.push(i)
      queue.take()
      assert.ok(queue.capacity <= 1025)
    }
  })
})
