/**
 * Jobs that are done by one of many workers. A worker that dies loses its claim with its lease, and
 * another one takes the job: each is done at least once, and counted as done exactly once.
 */

import { type Client, compare, connect, del, type Lease, put } from 'quorate/client'

/** A job is taken by another worker so long after its worker was last heard of. */
const TTL_MS = 5000
const ORDER_DIGITS = 12

export interface Job {
  readonly id: string
  readonly work: string
}

export interface WorkOptions {
  readonly signal: AbortSignal
  readonly run: (job: Job) => Promise<void>
}

interface Holder {
  readonly worker: string
  readonly lease: Lease
}

export class JobQueue {
  readonly #db: Client
  readonly #prefix: string
  readonly #jobs: string
  readonly #claims: string
  readonly #counter: string

  constructor(db: Client, name: string) {
    this.#db = db
    this.#prefix = `queues/${name}/`
    this.#jobs = `${this.#prefix}jobs/`
    this.#claims = `${this.#prefix}claims/`
    this.#counter = `${this.#prefix}added`
  }

  /** Jobs are taken in the order in which they were added. */
  async add(work: string): Promise<string> {
    const number = await this.#db.incr(this.#counter)
    const id = String(number).padStart(ORDER_DIGITS, '0')
    await this.#db.put(`${this.#jobs}${id}`, work)
    return id
  }

  async length(): Promise<number> {
    return await this.#db.count({ prefix: this.#jobs })
  }

  /** Takes one job after the other until the signal is aborted; waits when there is none. */
  async work(worker: string, { signal, run }: WorkOptions): Promise<void> {
    await using lease = await this.#db.lease({ ttlMs: TTL_MS })
    while (!signal.aborted && !lease.lost.aborted) {
      const holder = { worker, lease }
      const job = (await this.#claim(holder)) ?? (await this.#wait(holder, signal))
      if (job === null) return
      await run(job)
      await this.#finish(job, worker)
    }
  }

  /** Null when the signal was aborted before there was a job. */
  async #wait(holder: Holder, signal: AbortSignal): Promise<Job | null> {
    await using watch = this.#db.watch({ prefix: this.#prefix, signal })
    try {
      // The watch comes first, so that nothing that happens meanwhile is missed.
      await watch.ready
      const changes = watch[Symbol.asyncIterator]()
      for (;;) {
        const job = await this.#claim(holder)
        if (job !== null || (await changes.next()).done === true) return job
      }
    } catch (error) {
      if (!signal.aborted) throw error
      return null
    }
  }

  /** The first job that nobody has claimed. */
  async #claim({ worker, lease }: Holder): Promise<Job | null> {
    const claims = await this.#db.list({ prefix: this.#claims, keysOnly: true }).all()
    const claimed = new Set(claims.map(({ key }) => key.slice(this.#claims.length)))
    for await (const { key, value } of this.#db.list({ prefix: this.#jobs })) {
      const id = key.slice(this.#jobs.length)
      if (claimed.has(id)) continue
      const claim = `${this.#claims}${id}`
      const { succeeded } = await this.#db
        .txn()
        .if(compare.exists(key), compare.missing(claim))
        .then(put(claim, worker, { lease }))
        .commit()
      if (succeeded) return { id, work: value }
    }
    return null
  }

  /** Nothing when the claim was lost: then the job is somebody else's. */
  async #finish({ id }: Job, worker: string): Promise<void> {
    const claim = `${this.#claims}${id}`
    await this.#db
      .txn()
      .if(compare.value(claim, '=', worker))
      .then(del(`${this.#jobs}${id}`), del(claim))
      .commit()
  }
}

if (import.meta.main) {
  await using db = await connect(process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081')
  const queue = new JobQueue(db, 'mails')
  for (const work of ['anna', 'bert', 'cleo', 'dora']) await queue.add(`a mail to ${work}`)
  const stop = new AbortController()
  const done: string[] = []
  const run = async ({ work }: Job): Promise<void> => {
    done.push(work)
    if (done.length === 4) stop.abort()
  }
  const workers = ['first', 'second'].map((name) => queue.work(name, { signal: stop.signal, run }))
  await Promise.all(workers)
  for (const work of done.sort()) console.log(`sent ${work}`)
  console.log(`${await queue.length()} jobs are left`)
}
