/** What several benchmarks need: percentiles, and what a process takes. */

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface ProcessMemory {
  readonly residentMiB: number
  readonly peakMiB: number
  /** Of what is resident: what no file stands behind, so that the system cannot take it back. */
  readonly anonymousMiB: number
}

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mebibytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024
  return {
    residentMiB: mebibytes('VmRSS'),
    peakMiB: mebibytes('VmHWM'),
    anonymousMiB: mebibytes('RssAnon'),
  }
}

export interface Pauses {
  readonly count: number
  readonly over20Ms: number
  readonly longestMs: number
}

/** Of a member since clients could come; null: it does not tell. */
export async function pausesOf(url: string): Promise<Pauses | null> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const sample = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `))
    return Number(line?.split(' ')[1] ?? Number.NaN)
  }
  const name = 'nodejs_gc_duration_seconds'
  const count = sample(`${name}_count`)
  if (Number.isNaN(count)) return null
  const over20Ms = count - sample(`${name}_bucket{le="0.02"}`)
  return { count, over20Ms, longestMs: 1000 * sample('nodejs_gc_longest_seconds') }
}

export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} x ${cpu?.model ?? 'unknown'}, Node.js ${process.version}`
}
