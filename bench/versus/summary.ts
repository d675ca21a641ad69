/** Samples of several rounds, and what is said of them. */

import type { Measured } from './order.ts'

export const SIDES = ['etcd', 'quorate'] as const
export type SideName = (typeof SIDES)[number]

export interface Sample extends Measured {
  readonly round: number
  readonly side: SideName
  readonly load: string
}

/** Medians over the rounds. */
export interface Row {
  readonly load: string
  readonly etcd: Measured
  readonly quorate: Measured
  /** How many times as many requests. */
  readonly ratio: number
}

export interface Report {
  readonly machine: Readonly<Record<string, string>>
  readonly command: string
  readonly rounds: number
  readonly keys: number
  /** All of them, as they came. */
  readonly samples: readonly Sample[]
  /** Of the process that holds most, after all loads; medians. */
  readonly residentMiB: Readonly<Record<SideName, number>>
}

export function rowsOf({ samples }: Report): Row[] {
  const loads = [...new Set(samples.map(({ load }) => load))]
  return loads.map((load) => {
    const [etcd, quorate] = SIDES.map((side) =>
      medianOf(samples.filter((sample) => sample.load === load && sample.side === side)),
    ) as [Measured, Measured]
    return { load, etcd, quorate, ratio: quorate.perSecond / etcd.perSecond }
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Each figure by itself; failures are added up. */
function medianOf(samples: readonly Measured[]): Measured {
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
