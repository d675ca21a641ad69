/** Many seeds over all cores: hands them out, gathers the reports, stops when told. */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KvError } from '../src/base/index.ts'
import type { RunSeedOptions } from './run-seed.ts'
import type { WorkOrder, WorkResult } from './worker.ts'

export interface CampaignOptions {
  readonly seeds: Iterable<number>
  readonly options: RunSeedOptions
  /** This many of the first seeds are run twice. */
  readonly twice: number
  readonly onResult: (result: WorkResult) => void
  /** Asked before each seed. */
  readonly stop: () => boolean
  readonly threads?: number
  /** A module loaded first in every thread: how a mutant gets in. */
  readonly preload?: string
  readonly environment?: Readonly<Record<string, string>>
}

export async function runCampaign(campaign: CampaignOptions): Promise<void> {
  const seeds = campaign.seeds[Symbol.iterator]()
  let twice = campaign.twice
  const next = (): WorkOrder | null => {
    if (campaign.stop()) return null
    const { value, done } = seeds.next()
    if (done === true) return null
    twice -= 1
    return { seed: value, options: campaign.options, twice: twice >= 0 }
  }
  const threads = campaign.threads ?? availableParallelism()
  const all = Array.from({ length: threads }, () => runThread(campaign, next))
  await Promise.all(all)
}

function runThread(campaign: CampaignOptions, next: () => WorkOrder | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      execArgv: campaign.preload === undefined ? [] : ['--import', campaign.preload],
      env: { ...process.env, ...campaign.environment },
    })
    const feed = (): void => {
      const order = next()
      if (order !== null) worker.postMessage(order)
      else {
        resolve()
        void worker.terminate()
      }
    }
    worker.on('message', (result: WorkResult) => {
      try {
        campaign.onResult(result)
        feed()
      } catch (error) {
        void worker.terminate()
        reject(error)
      }
    })
    worker.on('error', reject)
    // After `terminate` this comes too late to matter.
    worker.on('exit', () => reject(new KvError('STOPPED', 'a thread of the campaign ended early')))
    feed()
  })
}
