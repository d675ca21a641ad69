/** Who serves what, and where: instances register themselves, and callers follow the list. */

import { type Client, connect, type Lease } from 'quorate/client'

/** An instance that is not heard of for so long is taken off the list. */
const TTL_MS = 5000

const prefixOf = (service: string): string => `services/${service}/`

/**
 * Registered until the lease is disposed of, or this program is gone. When `lease.lost` is aborted
 * the instance is off the list, and has to register again.
 */
export async function register(db: Client, service: string, address: string): Promise<Lease> {
  const lease = await db.lease({ ttlMs: TTL_MS })
  await db.put(`${prefixOf(service)}${address}`, address, { lease })
  return lease
}

export async function instances(
  db: Client,
  service: string,
  at: { readonly revision?: number } = {},
): Promise<string[]> {
  const entries = await db.list({ prefix: prefixOf(service), ...at }).all()
  return entries.map(({ value }) => value)
}

/** The list as it is, and again whenever it changes. */
export async function* follow(
  db: Client,
  service: string,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<readonly string[]> {
  // The watch comes first: it tells everything after the revision that the list shows.
  await using watch = db.watch({ prefix: prefixOf(service), signal })
  const known = new Set(await instances(db, service, { revision: await watch.ready }))
  yield [...known].sort()
  for await (const event of watch) {
    const address = event.key.slice(prefixOf(service).length)
    if (event.type === 'put') known.add(address)
    else known.delete(address)
    yield [...known].sort()
  }
}

if (import.meta.main) {
  await using db = await connect(process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081')
  const stop = new AbortController()
  const first = await register(db, 'search', '10.0.0.1:7000')
  const second = await register(db, 'search', '10.0.0.2:7000')
  for await (const list of follow(db, 'search', stop)) {
    console.log(`search is served by ${list.join(' and ') || 'nobody'}`)
    if (list.length === 2) await first.revoke()
    if (list.length === 1) await second.revoke()
    if (list.length === 0) break
  }
}
