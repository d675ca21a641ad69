import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SmallLog } from './testing/small-log.ts'
import { entries } from './testing/steps.ts'

describe('whoever measures a log', () => {
  it('is told of every batch that became durable', async () => {
    const log = new SmallLog()
    const told: number[] = []
    await log.open({ onDurable: (durationMs) => told.push(durationMs) })
    await log.batch([entries(1, 1)])
    assert.deepEqual(told, [0])
    await log.batch([entries(1, 2), entries(1, 3)])
    assert.deepEqual(told, [0, 0])
  })
})
