/** `quorate bench` */

import { type Chance, KvError } from '../../base/index.ts'
import type { CommandParts, Machine } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { BENCH } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import { bar, type Column, countText, Progress, tableLines, timeText } from '../terminal/index.ts'
import { openStore, type Store, withReach } from './connection.ts'
import { Latencies } from './latencies.ts'
import { printJson, styleFor } from './show.ts'

type Values = CallOf<typeof BENCH>['values']

const SECOND_MS = 1000
/** Of ten operations of the mix, one writes. */
const WRITES_OF_TEN = 1
/** Puts of the keys that are read later: so many on the way at a time. */
const FILL_BATCH = 256

export async function runBench(
  { values }: CallOf<typeof BENCH>,
  parts: CommandParts,
): Promise<number> {
  const machine = await parts.machine()
  const interruption = parts.interruption()
  const clients = Array.from({ length: values.clients }, () => openStore(values, parts))
  const opened = await Promise.allSettled(clients)
  const stores = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    // The first failure is as good as any.
    for (const one of opened) if (one.status === 'rejected') throw one.reason
    return await measure(stores, { values, parts, machine, interruption })
  } catch (error) {
    const [store] = stores
    throw store === undefined ? error : await withReach(error, store)
  } finally {
    await Promise.all(stores.map((store) => store.close()))
  }
}

interface Bench {
  readonly values: Values
  readonly parts: CommandParts
  readonly machine: Machine
  readonly interruption: AbortSignal
}

async function measure(stores: readonly Store[], bench: Bench): Promise<number> {
  const { values, interruption, parts, machine } = bench
  const [first] = stores
  if (first === undefined) return STATUS.failed
  await checkEmpty(first, values)
  const progress = new Progress(parts.errors, () => machine.clock.monotonicMs())
  try {
    if (values.mix !== 'write') await fill(first, { ...bench, progress })
    const load = new Load(bench, progress)
    await load.run(stores)
    progress.clear()
    report(load, bench)
  } finally {
    progress.clear()
    await first.deletePrefix(values.prefix)
  }
  return interruption.aborted ? STATUS.interrupted : STATUS.fine
}

/** All that begins so is deleted in the end. */
async function checkEmpty(store: Store, { prefix }: Values): Promise<void> {
  const count = await store.count({ prefix })
  if (count === 0) return
  throw new KvError(
    'BAD_REQUEST',
    `${countText(count)} keys begin with ${prefix} already; if they are left of an earlier run, ` +
      `"quorate del --prefix ${prefix}" removes them, else choose another --prefix`,
  )
}

async function fill(
  store: Store,
  { values, progress, interruption }: Bench & { readonly progress: Progress },
): Promise<void> {
  const { prefix, keys, value } = values
  const bytes = new Uint8Array(value).fill(0x78)
  for (let done = 0; done < keys && !interruption.aborted; done += FILL_BATCH) {
    const count = Math.min(FILL_BATCH, keys - done)
    const puts = Array.from({ length: count }, (_, at) => store.put(`${prefix}${done + at}`, bytes))
    await Promise.all(puts)
    progress.show(() => `fills ${bar((done + count) / keys)}`)
  }
}

class Load {
  readonly writes = new Latencies()
  readonly reads = new Latencies()
  readonly failures = new Map<string, number>()
  readonly #bench: Bench
  readonly #progress: Progress
  readonly #value: Uint8Array
  readonly #chance: Chance
  #countsFromMs = 0
  #endMs = 0
  #endedMs = 0

  constructor(bench: Bench, progress: Progress) {
    this.#bench = bench
    this.#progress = progress
    this.#value = new Uint8Array(bench.values.value).fill(0x78)
    this.#chance = bench.machine.chance
  }

  get seconds(): number {
    return Math.max(0.001, (this.#endedMs - this.#countsFromMs) / SECOND_MS)
  }

  async run(stores: readonly Store[]): Promise<void> {
    const { values } = this.#bench
    this.#countsFromMs = this.#nowMs() + values.warmup
    this.#endMs = this.#countsFromMs + values.seconds * SECOND_MS
    const lanes = stores.flatMap((store) =>
      Array.from({ length: values.pipeline }, () => this.#lane(store)),
    )
    await Promise.all(lanes)
    this.#endedMs = Math.max(this.#countsFromMs, this.#nowMs())
  }

  #nowMs(): number {
    return this.#bench.machine.clock.monotonicMs()
  }

  /** One operation after the other. */
  async #lane(store: Store): Promise<void> {
    const { interruption, values } = this.#bench
    for (;;) {
      const beganMs = this.#nowMs()
      if (beganMs >= this.#endMs || interruption.aborted) return
      const isWrite = this.#isWrite()
      const key = `${values.prefix}${this.#chance.below(values.keys)}`
      try {
        if (isWrite) await store.put(key, this.#value)
        else await store.get(key)
        const endMs = this.#nowMs()
        if (beganMs >= this.#countsFromMs) {
          ;(isWrite ? this.writes : this.reads).add(endMs - beganMs)
        }
        this.#progress.show(() => this.#line(endMs))
      } catch (error) {
        this.#count(error)
      }
    }
  }

  #isWrite(): boolean {
    const { mix } = this.#bench.values
    if (mix === 'mixed') return this.#chance.below(10) < WRITES_OF_TEN
    return mix === 'write'
  }

  #line(nowMs: number): string {
    const { values } = this.#bench
    const takenMs = nowMs - this.#countsFromMs
    const count = this.writes.count + this.reads.count
    const rate = takenMs <= 0 ? 0 : Math.round((count / takenMs) * SECOND_MS)
    const main = this.writes.count > 0 ? this.writes : this.reads
    const median = timeText(main.percentileMs(0.5))
    return `${bar(takenMs / (values.seconds * SECOND_MS))}  ${countText(rate)}/s  median ${median}`
  }

  /** A node may be killed meanwhile, which is what some measure; what never worked ends it. */
  #count(error: unknown): void {
    const name = error instanceof Error && 'code' in error ? String(error.code) : null
    if (name === null || this.writes.count + this.reads.count === 0) throw error
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1)
  }
}

const COLUMNS: readonly Column[] = [
  { title: 'OPERATION' },
  ...['COUNT', 'PER SECOND', 'MEAN', '50%', '90%', '99%', '99.9%', 'MOST'].map((title) => ({
    title,
    isNumber: true,
  })),
]

function report(load: Load, { values, parts }: Bench): void {
  const kinds = [['write', load.writes] as const, ['read', load.reads] as const].filter(
    ([, latencies]) => latencies.count > 0,
  )
  const { seconds } = load
  if (values.json) {
    const operations = kinds.map(([name, latencies]) => [name, facts(latencies, seconds)])
    const { clients, pipeline, value, mix } = values
    printJson(parts, {
      ...{ clients, pipeline, valueBytes: value, mix, seconds: Number(seconds.toFixed(3)) },
      operations: Object.fromEntries(operations),
      failures: Object.fromEntries(load.failures),
    })
    return
  }
  const rows = kinds.map(([name, latencies]) => row(name, latencies, seconds))
  const style = styleFor(values, parts)
  for (const line of tableLines(COLUMNS, rows, style.bold)) parts.print(line)
  for (const [code, count] of load.failures) {
    parts.print(style.red(`${countText(count)} failed with ${code}`))
  }
}

function facts(latencies: Latencies, seconds: number): Readonly<Record<string, number>> {
  const rounded = (ms: number): number => Number(ms.toFixed(3))
  return {
    count: latencies.count,
    perSecond: Math.round(latencies.count / seconds),
    meanMs: rounded(latencies.meanMs),
    p50Ms: rounded(latencies.percentileMs(0.5)),
    p90Ms: rounded(latencies.percentileMs(0.9)),
    p99Ms: rounded(latencies.percentileMs(0.99)),
    p999Ms: rounded(latencies.percentileMs(0.999)),
    maxMs: rounded(latencies.maxMs),
  }
}

function row(name: string, latencies: Latencies, seconds: number): readonly string[] {
  const shares = [0.5, 0.9, 0.99, 0.999].map((share) => timeText(latencies.percentileMs(share)))
  return [
    name,
    countText(latencies.count),
    countText(Math.round(latencies.count / seconds)),
    timeText(latencies.meanMs),
    ...shares,
    timeText(latencies.maxMs),
  ]
}
