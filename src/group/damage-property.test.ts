import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DamageTrial } from './testing/damage-trial.ts'

describe('disks that are damaged anywhere, again and again', () => {
  it('cost no write that was acknowledged, no promise and no agreement', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), (seed) => new DamageTrial(seed).run()),
      { numRuns: 15 },
    )
  })
})
