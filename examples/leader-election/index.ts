/** One of many does the work; when it is gone, another one goes on. */

import { type Client, connect, type Term } from 'quorate/client'

/** Another one takes over so long after the leader was last heard of. */
const TTL_MS = 3000

/**
 * Does the work whenever this program leads, until the signal is aborted. The work is given its
 * term: it must stop when `term.lost` is aborted, and may tell `term.fence` to whatever it writes
 * to, so that nobody obeys a leader of yesterday.
 */
export async function whileLeading(
  db: Client,
  candidate: { readonly office: string; readonly name: string; readonly signal: AbortSignal },
  work: (term: Term) => Promise<void>,
): Promise<void> {
  const { office, name, signal } = candidate
  while (!signal.aborted) {
    try {
      await using term = await db.elect(office, { value: name, ttlMs: TTL_MS, signal })
      await work(term)
    } catch (error) {
      // Given up while it waited to be elected.
      if (!signal.aborted) throw error
    }
  }
}

if (import.meta.main) {
  await using db = await connect(process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081')
  const runs = ['anna', 'bert', 'cleo'].map((name) => {
    const stop = new AbortController()
    return whileLeading(db, { office: 'reports', name, signal: stop.signal }, async (term) => {
      const leader = await db.leader('reports')
      console.log(`${name} works; the leader is ${leader?.value}, in term ${term.fence}`)
      // Each of them has had enough after one report.
      stop.abort()
    })
  })
  await Promise.all(runs)
}
