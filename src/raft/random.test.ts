/** Thousands of short random lives of a cluster; a failing seed is printed and replays exactly. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counts } from './testing/counts.ts'
import { RandomRun } from './testing/random-run.ts'

const RUNS = 1_500
const STEPS = 400

/** What the runs together must have reached, and how often at least. */
const RARE: Readonly<Record<string, number>> = {
  run: 1_000,
  'became leader': 500,
  'lost leadership': 300,
  'two leaders of different terms': 500,
  'leader committed': 3_000,
  'committed before the own disk': 500,
  'log shortened': 20,
  'members rolled back': 20,
  'joint configuration led': 1_000,
  'leader outside the new voters': 500,
  'transfer under way': 500,
  'restarted with a log': 1_000,
  'restarted behind a snapshot': 20,
  'log compacted': 100,
  'snapshot installed': 4,
  'began under repair': 1_000,
  repaired: 300,
  'feeds one under repair': 1_000,
  MEMBERSHIP_UNSAFE: 50,
  MEMBERSHIP_PENDING: 200,
}

test('no random life of a cluster breaks an invariant or ends stuck', () => {
  const counts = new Counts()
  for (let seed = 1; seed <= RUNS; seed++) {
    try {
      new RandomRun({ seed, steps: STEPS, counts }).run()
    } catch (cause) {
      throw new Error(`the random life of seed ${seed} with ${STEPS} steps failed`, { cause })
    }
  }
  for (const [state, least] of Object.entries(RARE)) {
    assert.ok(counts.of(state) >= least, `${state}: ${counts.of(state)} of at least ${least}`)
  }
  assert.ok(counts.of('excused from progress') <= RUNS / 500, 'progress is hardly ever excused')
})
