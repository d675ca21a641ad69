/** What must hold when all is over: nothing acknowledged is lost, nothing happened twice. */

import { type Cluster, EtcdClient } from '../cluster/index.ts'
import { type Load, PREFIX, valueFor } from './load.ts'

const PAGE_KEYS = 5000
const CONVERGE_ATTEMPTS = 200
const CONVERGE_MS = 50

export interface Verdict {
  readonly acknowledged: number
  readonly found: number
  /** Empty when all is well. */
  readonly problems: readonly string[]
}

export async function judge(cluster: Cluster, load: Load): Promise<Verdict> {
  const problems: string[] = []
  const clients = cluster.urls.map((url) => new EtcdClient(url))
  let found = 0
  try {
    for (const [i, client] of clients.entries()) {
      const stored = await readAll(client)
      found = stored.size
      const name = cluster.members[i]?.name ?? ''
      problems.push(...problemsOf(load, stored).map((problem) => `${name}: ${problem}`))
    }
    const hashes = await convergedHashes(clients)
    if (new Set(hashes).size !== 1) problems.push(`the hashes differ: ${hashes.join(', ')}`)
  } finally {
    for (const client of clients) client.close()
  }
  return { acknowledged: load.acknowledged, found, problems }
}

export interface Stored {
  readonly value: string
  readonly version: number
}

async function readAll(client: EtcdClient): Promise<ReadonlyMap<string, Stored>> {
  const stored = new Map<string, Stored>()
  const rangeEnd = Buffer.from('chaos0')
  let from = Buffer.from(PREFIX)
  let revision = 0
  for (;;) {
    const { header, kvs, more } = await client.range({
      key: from,
      rangeEnd,
      limit: PAGE_KEYS,
      revision,
    })
    // All pages are of one moment.
    revision = header?.revision ?? 0
    for (const { key, value, version } of kvs) {
      const text = Buffer.from(key).toString()
      stored.set(text, { value: Buffer.from(value).toString(), version })
      from = Buffer.concat([key, Buffer.of(0)])
    }
    if (!more) return stored
  }
}

/** What of all that was asked does not fit what is there. */
export function problemsOf(
  load: Pick<Load, 'keys'>,
  stored: ReadonlyMap<string, Stored>,
): string[] {
  const problems: string[] = []
  for (const [key, outcome] of load.keys) {
    const found = stored.get(key)
    if (outcome === 'acknowledged' && found === undefined) problems.push(`${key} is lost`)
    if (outcome === 'refused' && found !== undefined)
      problems.push(`${key} was refused, and is there`)
  }
  for (const [key, { value, version }] of stored) {
    if (!load.keys.has(key)) problems.push(`${key} was never put`)
    if (version !== 1) problems.push(`${key} was put once and has version ${version}`)
    if (value !== valueFor(key)) problems.push(`${key} holds ${value}`)
  }
  return problems
}

/** Of one revision that all have reached. */
async function convergedHashes(clients: readonly EtcdClient[]): Promise<readonly string[]> {
  const [first] = clients
  const revision = (await first?.range({ key: Buffer.from('-') }))?.header?.revision ?? 0
  const hashes: string[] = []
  for (const client of clients) {
    for (let attempt = 0; ; attempt++) {
      try {
        const { hash, compactRevision } = await client.hashKv(revision)
        hashes.push(`${hash} at ${revision} since ${compactRevision}`)
        break
      } catch (error) {
        // It has not come to that revision yet.
        if (attempt === CONVERGE_ATTEMPTS) throw error
        await new Promise((resolve) => setTimeout(resolve, CONVERGE_MS))
      }
    }
  }
  return hashes
}
