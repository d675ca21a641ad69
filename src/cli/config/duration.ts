/** Durations as Go writes them, which is how users of etcd do: `5m`, `1h30m`, `1.5s`, `0`. */

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** In milliseconds, whole or not; null for what is no duration, or a negative one. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0
  const pattern = new RegExp(PART)
  let total = 0
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) return null
    total += Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0)
  }
  return text === '' ? null : total
}
