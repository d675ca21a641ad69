import { describe, it } from 'node:test'
import { fileContract } from './disk-files.ts'
import { nameContract } from './disk-names.ts'
import type { DiskHarness } from './harness.ts'

export type DiskTest = (behaviour: string, body: (harness: DiskHarness) => Promise<void>) => void

export function describeDisk(name: string, create: () => Promise<DiskHarness>): void {
  const test: DiskTest = (behaviour, body) => {
    it(behaviour, async () => {
      const harness = await create()
      try {
        await harness.run(() => body(harness))
      } finally {
        await harness.close()
      }
    })
  }
  describe(`${name}: files`, () => fileContract(test))
  describe(`${name}: names and directories`, () => nameContract(test))
}
