/**
 * One thread of a campaign: runs the seeds it is sent, one after another, and sends back reports.
 */

import { isDeepStrictEqual } from 'node:util'
import { parentPort } from 'node:worker_threads'
import { type RunSeedOptions, runSeed, type SeedReport } from './run-seed.ts'

export interface WorkOrder {
  readonly seed: number
  readonly options: RunSeedOptions
  /** Run it twice and compare the traces. */
  readonly twice: boolean
}

export type WorkResult =
  | {
      readonly kind: 'report'
      readonly report: SeedReport
      /** The second run did exactly the same; null when there was none. */
      readonly same: boolean | null
      readonly cpuMs: number
    }
  | { readonly kind: 'failed'; readonly seed: number; readonly text: string }

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function work({ seed, options, twice }: WorkOrder): Promise<WorkResult> {
  try {
    const before = cpuMs()
    const report = await runSeed(seed, options)
    const used = cpuMs() - before
    const again = twice ? await runSeed(seed, options) : null
    const same = again === null ? null : isDeepStrictEqual(again, report)
    return { kind: 'report', report, same, cpuMs: used }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { kind: 'failed', seed, text }
  }
}

parentPort?.on('message', async (order: WorkOrder) => {
  parentPort?.postMessage(await work(order))
})
