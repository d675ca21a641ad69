/** What half an hour of full load has shown (`npm run bench:soak`). */

import type { Measured } from './order.ts'

export interface SoakMinute extends Measured {
  readonly minute: number
  /** Of each member, at its end. */
  readonly residentMiB: readonly number[]
  readonly term: number
}

export interface SoakReport {
  readonly command: string
  readonly date: string
  readonly machine: Readonly<Record<string, string>>
  readonly keys: number
  readonly termBefore: number
  readonly minutes: readonly SoakMinute[]
}

export interface SoakVerdict {
  readonly elections: number
  readonly failures: number
  /** Of the largest member: what it holds at most later, as a multiple; null: it ended before. */
  readonly growth: number | null
  /** Of the last minute, as a multiple of the first. */
  readonly p99Ratio: number
}

/** By then all keys are there, and caches are full. */
export const SETTLED_MINUTE = 5

export function soakVerdict({ termBefore, minutes }: SoakReport): SoakVerdict {
  const [first, last] = [minutes[0], minutes.at(-1)]
  const largest = ({ residentMiB }: SoakMinute): number => Math.max(...residentMiB)
  const settled = minutes.find(({ minute }) => minute === SETTLED_MINUTE)
  const later = minutes.filter(({ minute }) => minute > SETTLED_MINUTE)
  const failures = minutes
    .flatMap((minute) => Object.values(minute.failures))
    .reduce((sum, count) => sum + count, 0)
  return {
    elections: (last?.term ?? Number.NaN) - termBefore,
    failures,
    growth:
      settled === undefined || later.length === 0
        ? null
        : Math.max(...later.map(largest)) / largest(settled),
    p99Ratio: (last?.p99Ms ?? Number.NaN) / (first?.p99Ms ?? Number.NaN),
  }
}

export function minuteText(one: SoakMinute): string {
  const failed = Object.entries(one.failures).map(([text, count]) => `, failed ${count} x ${text}`)
  const memory = one.residentMiB.map((size) => size.toFixed(0)).join(' ')
  return (
    `minute ${one.minute}: ${one.perSecond.toFixed(0)} puts/s, p50 ${one.p50Ms.toFixed(1)} ms, ` +
    `p99 ${one.p99Ms.toFixed(1)} ms, longest ${one.longestMs.toFixed(0)} ms, resident MiB ` +
    `${memory}, term ${one.term}, generator ${one.generatorCores.toFixed(2)} cores` +
    failed.join('')
  )
}

export function verdictText(verdict: SoakVerdict): string {
  const { elections, failures, growth, p99Ratio } = verdict
  const memory =
    growth === null
      ? `memory: nothing is said before minute ${SETTLED_MINUTE + 1}`
      : `memory after minute ${SETTLED_MINUTE} at most ${growth.toFixed(2)} times what it was then`
  return (
    `${elections} elections, ${failures} failures, ${memory}, ` +
    `p99 of the last minute ${p99Ratio.toFixed(2)} times that of the first`
  )
}
