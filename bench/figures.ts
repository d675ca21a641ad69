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
}

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mebibytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024
  return { residentMiB: mebibytes('VmRSS'), peakMiB: mebibytes('VmHWM') }
}

export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} x ${cpu?.model ?? 'unknown'}, Node.js ${process.version}`
}
