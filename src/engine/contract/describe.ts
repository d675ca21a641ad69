import { describe, it } from 'node:test'
import { checkpointContract } from './checkpoint-contract.ts'
import { dropContract } from './drop-contract.ts'
import { endContract } from './end-contract.ts'
import type { EngineHarness } from './harness.ts'
import { recordContract } from './record-contract.ts'
import { replaceContract } from './replace-contract.ts'
import { snapshotContract } from './snapshot-contract.ts'

export type EngineTest = (
  behaviour: string,
  body: (harness: EngineHarness) => Promise<void>,
) => void

/** A new harness, so a new directory, for each test. */
export function describeEngine(name: string, create: () => Promise<EngineHarness>): void {
  const test: EngineTest = (behaviour, body) => {
    it(behaviour, async () => {
      const harness = await create()
      try {
        await harness.run(() => body(harness))
      } finally {
        await harness.close()
      }
    })
  }
  describe(`${name}: records`, () => recordContract(test))
  describe(`${name}: what is dropped`, () => dropContract(test))
  describe(`${name}: checkpoints`, () => checkpointContract(test))
  describe(`${name}: snapshots`, () => snapshotContract(test))
  describe(`${name}: replacing everything`, () => replaceContract(test))
  describe(`${name}: ends while others still read`, () => endContract(test))
}
