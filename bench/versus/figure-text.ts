/** How figures are written. What is not known is a dash. */

import type { Measured } from './order.ts'

export const NOTHING = '-'

export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : NOTHING
}

export function fixed(value: number | null | undefined, digits: number): string {
  return Number.isFinite(value) ? (value as number).toFixed(digits) : NOTHING
}

export function perSecond(measured: Measured | null): string {
  return measured === null ? NOTHING : count(measured.perSecond)
}

/** p50 / p99 / p99.9 */
export function latencies(measured: Measured | null): string {
  if (measured === null) return NOTHING
  const { p50Ms, p99Ms, p999Ms } = measured
  return [p50Ms, p99Ms, p999Ms].map((ms) => fixed(ms, ms < 10 ? 2 : 1)).join(' / ')
}

export function failureTexts(name: string, measured: Measured | null): string[] {
  return Object.entries(measured?.failures ?? {}).map(
    ([text, times]) => `${name} failed ${times} times: ${text}`,
  )
}
