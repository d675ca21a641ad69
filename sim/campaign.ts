/** Many seeds over all cores: hands them out, gathers the reports, stops when told. */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KvError } from '../src/base/index.ts'
import { createNodeClock, type Timer } from '../src/io/index.ts'
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
  /** After this much real time a run has failed. */
  readonly runMsMax?: number
  /** A module loaded first in every thread: how a mutant gets in. */
  readonly preload?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** No seed takes a tenth of this, also twice on a busy machine. */
const RUN_MS_MAX = 120_000

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
  const clock = createNodeClock()
  const { onResult, preload, environment, runMsMax = RUN_MS_MAX } = campaign
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      execArgv: preload === undefined ? [] : ['--import', preload],
      env: { ...process.env, ...environment },
    })
    let watchdog: Timer | null = null
    const leave = (): void => {
      watchdog?.cancel()
      worker.removeAllListeners()
      // One that runs out of memory may say so after it was given up.
      worker.on('error', () => {})
      void worker.terminate()
    }
    const fail = (error: unknown): void => {
      leave()
      reject(error)
    }
    const take = (result: WorkResult, goOn: () => void): void => {
      try {
        onResult(result)
        goOn()
      } catch (error) {
        fail(error)
      }
    }
    // A run that does not end is a finding like any other: its thread goes, a new one comes.
    const giveUp = (seed: number): void => {
      leave()
      const text = `the run of this seed does not end within ${runMsMax / 1000} s`
      take({ kind: 'failed', seed, text }, () => runThread(campaign, next).then(resolve, reject))
    }
    const feed = (): void => {
      const order = next()
      if (order === null) {
        leave()
        resolve()
        return
      }
      watchdog = clock.after(runMsMax, () => giveUp(order.seed))
      worker.postMessage(order)
    }
    worker.on('message', (result: WorkResult) => {
      watchdog?.cancel()
      take(result, feed)
    })
    worker.on('error', fail)
    worker.on('exit', () => fail(new KvError('STOPPED', 'a thread of the campaign ended early')))
    feed()
  })
}
