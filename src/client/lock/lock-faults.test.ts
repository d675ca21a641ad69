/** Whatever nodes, connections and hands do: nobody holds a lock beside somebody who holds it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../../base/index.ts'
import { QuorateError } from '../errors.ts'
import type { Lock } from '../types.ts'
import { takeLock } from './index.ts'
import { LockScene } from './testing/index.ts'

const SEEDS = 10
const WORKERS = 5
const STEPS = 1500

class Contest {
  readonly all = new LockScene()
  readonly chance: SeededChance
  readonly held = new Set<Lock>()
  acquired = 0
  lost = 0
  isOver = false
  #lastFence = 0n

  constructor(seed: number) {
    this.chance = new SeededChance(seed, 'contest')
    this.all.table.attempts = 1 + (seed % 2)
  }

  async work(): Promise<void> {
    while (!this.isOver) {
      const controller = new AbortController()
      const ttlMs = 1000 + this.chance.below(2000)
      const waiting = takeLock(this.all.parts, 'l', { ttlMs, signal: controller.signal })
      if (this.chance.below(6) === 0) void this.#abortLater(controller)
      try {
        await this.#hold(await waiting)
      } catch (error) {
        // Given up, or the lease of one that waited ran out.
        if (!(error instanceof QuorateError)) throw error
      }
    }
  }

  async #abortLater(controller: AbortController): Promise<void> {
    await this.all.pass(this.chance.below(500))
    controller.abort(new QuorateError('BAD_REQUEST', 'given up'))
  }

  async #hold(lock: Lock): Promise<void> {
    assert.ok(lock.fence > this.#lastFence, 'fences grow')
    this.#lastFence = lock.fence
    this.acquired += 1
    this.held.add(lock)
    await this.all.pass(this.chance.below(this.chance.below(4) === 0 ? 6000 : 300))
    if (lock.lost.aborted) this.lost += 1
    this.held.delete(lock)
    await lock.release()
  }

  disturb(step: number): void {
    const { table, scene } = this.all
    const what = this.chance.below(30)
    const node = scene.nodes[this.chance.below(scene.nodes.length)]
    // Now and then for longer than any lease of theirs.
    table.isDeaf = step % 400 > 150
    if (what === 4) node?.cutConnections()
    else if (what === 5) node?.failStreams()
    else if (what === 6) scene.store.write({ key: 'other', value: 'x' })
    else if (what === 7 && scene.store.compactRevision < scene.store.revision) table.compact()
    else if (what === 8 && this.chance.below(8) === 0) {
      const key = table.keys[this.chance.below(table.keys.length || 1)]
      if (key !== undefined) this.#delete(key)
    }
  }

  /** By hand. Whoever holds the lock hears of it a moment later than the store. */
  #delete(key: string): void {
    for (const lock of this.held) if (lock.key === key) this.held.delete(lock)
    this.all.table.delete(key)
  }

  check(step: number): void {
    const holders = [...this.held].filter(({ lost }) => !lost.aborted)
    assert.ok(holders.length <= 1, `step ${step}: one holds it`)
  }
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`a lock has one holder at a time, seed ${seed}`, async () => {
    const contest = new Contest(seed)
    const { all } = contest
    await all.scene.run(async () => {
      const working = Array.from({ length: WORKERS }, () => contest.work())
      for (let step = 0; step < STEPS; step++) {
        contest.disturb(step)
        await all.pass(contest.chance.below(40))
        contest.check(step)
      }
      contest.isOver = true
      all.table.isDeaf = false
      await Promise.all(working)
      assert.ok(contest.acquired > 20, `${contest.acquired} times`)
      assert.ok(contest.lost > 0, 'some are lost')
      await all.pass(5000)
      all.assertClean()
    })
  })
}
