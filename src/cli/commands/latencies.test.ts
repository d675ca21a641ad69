import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Latencies } from './latencies.ts'

describe('latencies', () => {
  it('are nothing when there are none', () => {
    const latencies = new Latencies()
    assert.deepEqual([latencies.count, latencies.percentileMs(0.99), latencies.meanMs], [0, 0, 0])
  })

  it('are told to a hundredth, whatever they are', () => {
    const time = fc.double({ min: 0.002, max: 1_000_000, noNaN: true })
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 200 }), (times) => {
        const latencies = new Latencies()
        for (const ms of times) latencies.add(ms)
        const sorted = times.toSorted((one, other) => one - other)
        for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
          const exact = sorted[Math.ceil(times.length * share) - 1] ?? 0
          const told = latencies.percentileMs(share)
          assert.ok(told >= exact * 0.999 && told <= exact * 1.02, `${share}: ${told}, ${exact}`)
        }
        assert.equal(latencies.maxMs, sorted.at(-1))
        assert.equal(latencies.count, times.length)
      }),
    )
  })
})
