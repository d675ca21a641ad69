/**
 * The watchers of `watchers.ts`, in a process of their own, so that whoever measures the load does
 * not wait behind them. Each has a connection to itself. Its parent tells the URLs, the number of
 * watchers and the revision to begin at; it tells when all are created and, asked, what they saw.
 */

import { EtcdClient } from '../test/cluster/index.ts'

const SEEN_MS_MAX = 60_000
const LOOK_MS = 10

/** Sees the events of one watcher, which must come in order and each once. */
class Witness {
  events = 0
  problem: string | null = null
  lastRevision = 0

  see(revision: number): void {
    if (revision <= this.lastRevision) {
      this.problem ??= `revision ${revision} after ${this.lastRevision}`
    }
    this.lastRevision = revision
    this.events += 1
  }
}

export interface WatchOrder {
  readonly urls: readonly string[]
  readonly watchers: number
  readonly startRevision: number
}

export interface Sighting {
  readonly problems: readonly string[]
  readonly fewest: number
}

const witnesses: Witness[] = []
const clients: EtcdClient[] = []

process.on('message', (message: WatchOrder | number) => {
  if (typeof message === 'number') void seen(message).then((sighting) => process.send?.(sighting))
  else void watch(message).then(() => process.send?.('created'))
})
process.on('disconnect', () => process.exit(0))

async function watch({ urls, watchers, startRevision }: WatchOrder): Promise<void> {
  const created: Promise<void>[] = []
  for (let i = 0; i < watchers; i++) {
    const client = new EtcdClient(urls[i % urls.length] as string)
    const witness = new Witness()
    clients.push(client)
    witnesses.push(witness)
    created.push(
      new Promise((resolve) => {
        client.watch(
          { key: Buffer.from('watched/'), rangeEnd: Buffer.from('watched0'), startRevision },
          {
            response: (response) => {
              if (response.created) resolve()
              for (const { kv } of response.events) witness.see(kv?.modRevision ?? 0)
            },
            ended: (failure) => {
              witness.problem ??= `ended: ${failure.message}`
            },
          },
        )
      }),
    )
  }
  await Promise.all(created)
}

/** Once all have seen so many, or long enough was waited for them. */
async function seen(expected: number): Promise<Sighting> {
  const giveUpMs = performance.now() + SEEN_MS_MAX
  const fewest = (): number => Math.min(...witnesses.map(({ events }) => events))
  while (fewest() < expected && performance.now() < giveUpMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const problems = witnesses.flatMap(({ problem }) => (problem === null ? [] : [problem]))
  for (const client of clients) client.close()
  return { problems, fewest: fewest() }
}
