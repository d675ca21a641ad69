/** Counts durations in buckets that are a hundredth wider than the one before. */

const RATIO = Math.log(1.01)
/** Up to a minute and a half. */
const BUCKETS = 1850

export class Durations {
  readonly #counts = new Uint32Array(BUCKETS)
  count = 0
  longestMs = 0

  add(ms: number): void {
    const micros = Math.max(1, ms * 1000)
    const bucket = Math.min(BUCKETS - 1, Math.floor(Math.log(micros) / RATIO))
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.count += 1
    if (ms > this.longestMs) this.longestMs = ms
  }

  /** At most a hundredth above what it was; NaN when nothing was counted. */
  percentileMs(share: number): number {
    const rank = Math.ceil(share * this.count)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] as number
      if (seen >= rank && seen > 0) return Math.exp((bucket + 1) * RATIO) / 1000
    }
    return Number.NaN
  }
}
