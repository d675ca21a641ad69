/**
 * The program of `native.ts`: one client of ours that has so many puts under way all the time. Its
 * parent tells how many and against which nodes; it tells what it measured.
 */

import { bytes, connect, put } from '../src/client/index.ts'
import { Durations } from './versus/durations.ts'
import { cpuMsOf } from './versus/processes.ts'
import { valueOfLength } from './versus/requests.ts'

export interface PutsOrder {
  readonly urls: readonly string[]
  /** Of the nodes, whose processor time is counted. */
  readonly pids: readonly number[]
  readonly underWay: number
  readonly valueBytes: number
  /** Keys are any of so many. */
  readonly keys: number
  readonly isBatched: boolean
  /** All keys are put once before anything is measured. */
  readonly fills: boolean
  readonly warmMs: number
  readonly measureMs: number
}

export interface PutsMeasured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time for each put. */
  readonly clientMicros: number
  readonly nodeMicros: number
  readonly failures: Readonly<Record<string, number>>
}

const BATCH_PUTS = 100
const FILL_PUTS = 2000

process.on('message', (order: PutsOrder) => {
  void measure(order).then((measured) => process.send?.(measured))
})
process.on('disconnect', () => process.exit(0))

async function measure(order: PutsOrder): Promise<PutsMeasured> {
  const { urls, pids, underWay, valueBytes, keys, isBatched, warmMs, measureMs } = order
  await using client = await connect({ endpoints: urls })
  const db = client.withCodec(bytes)
  const value = valueOfLength(valueBytes)
  const failures: Record<string, number> = {}
  let durations: Durations | null = null
  let isOver = false
  const key = (): string => keyOf(Math.floor(Math.random() * keys))
  const noteFailure = (error: unknown): void => {
    failures[String(error)] = (failures[String(error)] ?? 0) + 1
  }
  const single = async (): Promise<void> => {
    while (!isOver) {
      const startMs = performance.now()
      try {
        await db.put(key(), value)
        durations?.add(performance.now() - startMs)
      } catch (error) {
        noteFailure(error)
      }
    }
  }
  const batched = async (): Promise<void> => {
    while (!isOver) {
      const startMs = performance.now()
      const puts = Array.from({ length: BATCH_PUTS }, () => put(key(), value))
      for (const result of await db.batch(puts)) {
        if (result.ok) durations?.add(performance.now() - startMs)
        else noteFailure(result.error)
      }
    }
  }
  if (order.fills) {
    for (let first = 0; first < keys; first += FILL_PUTS) {
      const numbers = Array.from({ length: Math.min(FILL_PUTS, keys - first) }, (_, i) => first + i)
      await Promise.all(numbers.map((number) => db.put(keyOf(number), value)))
    }
  }
  const running = isBatched
    ? Array.from({ length: Math.ceil(underWay / BATCH_PUTS) }, batched)
    : Array.from({ length: underWay }, single)
  await pause(warmMs)
  const own = cpuMsOf([process.pid])
  const theirs = cpuMsOf(pids)
  const beganMs = performance.now()
  durations = new Durations()
  await pause(measureMs)
  const { count } = durations
  const tookMs = performance.now() - beganMs
  const measured = {
    perSecond: (count / tookMs) * 1000,
    p50Ms: durations.percentileMs(0.5),
    p99Ms: durations.percentileMs(0.99),
    clientMicros: ((cpuMsOf([process.pid]) - own) * 1000) / count,
    nodeMicros: ((cpuMsOf(pids) - theirs) * 1000) / count,
    failures,
  }
  isOver = true
  await Promise.all(running)
  return measured
}

function keyOf(number: number): string {
  return `bench/${String(number).padStart(10, '0')}`
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
