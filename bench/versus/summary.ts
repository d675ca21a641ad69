/** Samples of several rounds, and what is said of them. */

import type { Section } from './load.ts'
import type { Measured } from './order.ts'

export const SIDES = ['etcd', 'quorate'] as const
export type SideName = (typeof SIDES)[number]

export type SampleSection = Section | 'sizes' | 'yardstick'

export interface Sample extends Measured {
  readonly round: number
  readonly side: SideName | 'redis'
  readonly section: SampleSection
  readonly load: string
}

/** Of the process that holds most. */
export interface MemorySample {
  readonly round: number
  readonly side: SideName
  readonly keys: number
  readonly residentMiB: number
  /** Of it, what is no part of a file. */
  readonly anonymousMiB: number
}

export interface Run {
  readonly command: string
  readonly date: string
  readonly machine: Readonly<Record<string, string>>
  readonly rounds: number
  readonly keys: number
  /** All of them, as they came. */
  readonly samples: readonly Sample[]
  readonly memory: readonly MemorySample[]
}

/** Medians over the rounds of one run; null: that side was not asked. */
export interface Row {
  readonly load: string
  readonly section: SampleSection
  readonly etcd: Measured | null
  readonly quorate: Measured | null
  readonly redis: Measured | null
  /** How many times as many requests as etcd; NaN when only one was asked. */
  readonly ratio: number
  /** Of whose rows it is, counted from 0. */
  readonly run: number
}

export interface MemoryRow {
  readonly keys: number
  readonly etcd: Omit<MemorySample, 'round' | 'side' | 'keys'> | null
  readonly quorate: Omit<MemorySample, 'round' | 'side' | 'keys'> | null
}

/** Of each load what the last run has measured that asked for it, both sides of the same run. */
export function rowsOf(runs: readonly Run[]): Row[] {
  const rows = new Map<string, Row>()
  for (const [run, { samples }] of runs.entries()) {
    for (const load of new Set(samples.map((sample) => sample.load))) {
      rows.set(load, rowOf(load, samples, run))
    }
  }
  return [...rows.values()]
}

function rowOf(load: string, all: readonly Sample[], run: number): Row {
  const samples = all.filter((sample) => sample.load === load)
  const of = (side: Sample['side']) => medianOf(samples.filter((sample) => sample.side === side))
  const [etcd, quorate, redis] = [of('etcd'), of('quorate'), of('redis')]
  const ratio = (quorate?.perSecond ?? Number.NaN) / (etcd?.perSecond ?? Number.NaN)
  return { load, section: samples[0]?.section ?? 'requests', etcd, quorate, redis, ratio, run }
}

export function memoryRowsOf(runs: readonly Run[]): MemoryRow[] {
  const rows = new Map<number, MemoryRow>()
  for (const { memory } of runs) {
    for (const keys of new Set(memory.map((sample) => sample.keys))) {
      const of = (side: SideName) => {
        const samples = memory.filter((one) => one.side === side && one.keys === keys)
        if (samples.length === 0) return null
        return {
          residentMiB: median(samples.map(({ residentMiB }) => residentMiB)),
          anonymousMiB: median(samples.map(({ anonymousMiB }) => anonymousMiB)),
        }
      }
      rows.set(keys, { keys, etcd: of('etcd'), quorate: of('quorate') })
    }
  }
  return [...rows.values()]
}

/** What could not be measured is worse than anything that could. */
export function median(values: readonly number[]): number {
  const known = values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value))
  const sorted = known.sort((one, other) => (one < other ? -1 : Number(one > other)))
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Each figure by itself; failures are added up. */
function medianOf(samples: readonly Measured[]): Measured | null {
  if (samples.length === 0) return null
  const of = (figure: (sample: Measured) => number): number => median(samples.map(figure))
  const failures: Record<string, number> = {}
  for (const sample of samples) {
    for (const [text, count] of Object.entries(sample.failures)) {
      failures[text] = (failures[text] ?? 0) + count
    }
  }
  const puts = samples.some(({ writtenPerByte }) => writtenPerByte !== null)
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    p999Ms: of(({ p999Ms }) => p999Ms),
    longestMs: of(({ longestMs }) => longestMs),
    failures,
    serverMicros: of(({ serverMicros }) => serverMicros),
    serverCores: of(({ serverCores }) => serverCores),
    generatorCores: of(({ generatorCores }) => generatorCores),
    writtenPerByte: puts ? of(({ writtenPerByte }) => writtenPerByte ?? Number.NaN) : null,
  }
}

/** A sample that came to nothing: it counts as no requests at all. */
export function failedSample(text: string): Measured {
  const unknown = Number.NaN
  return {
    perSecond: 0,
    p50Ms: unknown,
    p99Ms: unknown,
    p999Ms: unknown,
    longestMs: unknown,
    failures: { [`the whole sample: ${text}`]: 1 },
    serverMicros: unknown,
    serverCores: unknown,
    generatorCores: unknown,
    writtenPerByte: null,
  }
}
