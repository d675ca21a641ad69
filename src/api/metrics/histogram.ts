/** How often a measured value was at most so much, for a few bounds. */
export class Histogram {
  /** Ascending. */
  readonly bounds: readonly number[]
  /** Of each bound by itself; the last one is what was above all of them. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && value > (bounds[at] as number)) at += 1
    counts[at] = (counts[at] as number) + 1
    this.sum += value
  }
}

/** Of pauses, which should all be below the fifth bound. */
const PAUSE_BOUNDS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

const FIRST_SECONDS = 0.001
const BOUNDS = 14

export function pauseHistogram(): Histogram {
  return new Histogram(PAUSE_BOUNDS_SECONDS)
}

/** From a millisecond to eight seconds in doubling steps, as etcd has it for its disk. */
export function durationHistogram(): Histogram {
  return new Histogram(Array.from({ length: BOUNDS }, (_, i) => FIRST_SECONDS * 2 ** i))
}

const FIRST_LATENCY_SECONDS = 0.000_125
const LATENCY_BOUNDS = 17

/** From an eighth of a millisecond to eight seconds in doubling steps: requests are fast. */
export function latencyHistogram(): Histogram {
  return new Histogram(
    Array.from({ length: LATENCY_BOUNDS }, (_, i) => FIRST_LATENCY_SECONDS * 2 ** i),
  )
}
