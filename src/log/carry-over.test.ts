import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { segmentName } from './format.ts'
import { sameOutline } from './testing/compare.ts'
import type { ModelStep } from './testing/model.ts'
import { SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
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

describe('entries that the last batch replaced', () => {
  it('may begin below the oldest segment left', async () => {
    // What a head says of group 2 is all that is known of it when the first segment is gone.
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(2, 1, { count: 4, bytes: 700 })])
    await log.batch([entries(2, 5, { count: 4, bytes: 700 }), hardState(2, hardStateOf(1))])
    await log.batch([entries(1, 1), hardState(1, hardStateOf(1))])
    await log.batch([entries(2, 2, { term: 3 }), hardState(2, hardStateOf(3, 1))])
    const next = new SmallLog(log.disk)
    await next.open({ create: false })
    next.states = [log.model]
    await next.batch([entries(2, 3, { term: 4 }), hardState(2, hardStateOf(4, 2)), cut(2, 2, 3)])
    await next.batch([hardState(2, hardStateOf(4, 3))])
    await next.rest()
    assert.ok(!next.disk.files.has(`${SMALL_DIRECTORY}/${segmentName(1)}`))
    assert.ok(next.disk.files.has(`${SMALL_DIRECTORY}/${segmentName(2)}`))
    for (let life = 0; life < 3; life++) {
      const opened = await new SmallLog(log.disk).open({ create: false })
      assert.equal(opened.report.verdict, 'clean')
      assert.ok(sameOutline(opened, next.model))
    }
  })
})
