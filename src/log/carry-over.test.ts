import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sameOutline } from './testing/compare.ts'
import type { ModelStep } from './testing/model.ts'
import { SmallLog } from './testing/small-log.ts'
import { cut, entries, hardState, hardStateOf, install } from './testing/steps.ts'

const DROP: ModelStep = { kind: 'drop', group: 3 }

describe('a group that the last batch dropped and made anew', () => {
  it('is found as it was made, at every later start, whatever it had been before', async () => {
    const before: readonly (readonly ModelStep[])[] = [
      [install(3, 4), entries(3, 5, { count: 3 })],
      [entries(3, 1, { count: 7 }), hardState(3, hardStateOf(1, 6)), cut(3, 4)],
      [entries(3, 1, { count: 7, term: 3 })],
    ]
    const anew: readonly (readonly ModelStep[])[] = [
      [DROP, hardState(3, hardStateOf(1)), entries(3, 1, { count: 2 })],
      [DROP, hardState(3, hardStateOf(1))],
      [DROP, install(3, 2), entries(3, 3)],
      [DROP, install(3, 9)],
      [DROP],
    ]
    for (const first of before) {
      for (const last of anew) {
        const log = new SmallLog()
        await log.open()
        // What group 1 needs keeps the segment with the older group 3 in the log.
        await log.batch([entries(1, 1), hardState(1, hardStateOf(1)), ...first])
        await log.batch(last)
        for (let life = 0; life < 3; life++) {
          const opened = await new SmallLog(log.disk).open({ create: false })
          assert.equal(opened.report.verdict, 'clean')
          assert.ok(sameOutline(opened, log.model))
        }
      }
    }
  })
})
