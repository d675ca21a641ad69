import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenInvariant } from '../base/index.ts'
import { Timed, TimedQueue } from './timed-queue.ts'

class Noted extends Timed {
  readonly #name: string
  readonly #notes: string[]

  constructor(name: string, notes: string[]) {
    super()
    this.#name = name
    this.#notes = notes
  }

  override expire(): void {
    this.#notes.push(this.#name)
  }
}

test('whoever came first gives up first, each after the same number of ticks', () => {
  const notes: string[] = []
  const queue = new TimedQueue(3)
  queue.add(new Noted('a', notes))
  queue.tick()
  queue.add(new Noted('b', notes))
  queue.add(new Noted('c', notes))
  queue.tick()
  assert.deepEqual(notes, [])
  queue.tick()
  assert.deepEqual(notes, ['a'])
  queue.tick()
  assert.deepEqual([notes, queue.size], [['a', 'b', 'c'], 0])
})

test('whoever leaves is not told, wherever he stands', () => {
  const notes: string[] = []
  const queue = new TimedQueue(1)
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => new Noted(name, notes))
  for (const one of all) queue.add(one)
  for (const at of [2, 0, 4, 4]) queue.remove(all[at] as Noted)
  assert.equal(queue.size, 2)
  queue.tick()
  assert.deepEqual([notes, queue.size], [['b', 'd'], 0])
  // He may come again.
  queue.add(all[0] as Noted)
  queue.tick()
  assert.deepEqual(notes, ['b', 'd', 'a'])
})

test('nobody waits twice at a time', () => {
  const queue = new TimedQueue(1)
  const one = new Noted('a', [])
  queue.add(one)
  assert.throws(() => queue.add(one), BrokenInvariant)
})
