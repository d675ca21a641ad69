/**
 * A lock that is safe although its holder may be asleep when it loses it. No lock service can stop
 * a program that was paused for a minute and goes on writing: what the lock protects has to refuse
 * it. Every holder therefore gets a number, its fence, that only grows.
 */

import { type Client, compare, connect, type Lock, put } from 'quorate/client'

/** What the lock protects when it is elsewhere: it remembers the highest fence that it has seen. */
export class Ledger {
  #fence = 0n
  readonly lines: string[] = []

  append(line: string, fence: bigint): void {
    if (fence < this.#fence) throw new RangeError(`fence ${fence} is over: ${this.#fence} was here`)
    this.#fence = fence
    this.lines.push(line)
  }
}

/**
 * What the lock protects when it is in the same database: the write happens only while the lock is
 * still this holder's, which one transaction decides. False: it was lost.
 */
export async function putUnderLock(
  db: Client,
  lock: Lock,
  entry: { readonly key: string; readonly value: string },
): Promise<boolean> {
  const { succeeded } = await db
    .txn()
    .if(compare.createRevision(lock.key, '=', lock.fence))
    .then(put(entry.key, entry.value))
    .commit()
  return succeeded
}

if (import.meta.main) {
  await using db = await connect(process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081')
  const ledger = new Ledger()
  const slow = await db.lock('ledger')
  console.log(`the first holder has a fence`)
  // It is paused for longer than its time, or cut off from the cluster: its lock is free again.
  await slow.release()
  await using quick = await db.lock('ledger')
  console.log(`the second one has a ${quick.fence > slow.fence ? 'higher' : 'lower'} one`)
  ledger.append('by the second holder', quick.fence)
  try {
    ledger.append('by the first one, which knows nothing of that', slow.fence)
  } catch {
    console.log('the ledger refuses the first holder')
  }
  const wasWritten = await putUnderLock(db, slow, { key: 'balance', value: '0' })
  console.log(`the database ${wasWritten ? 'takes' : 'refuses'} its write`)
}
