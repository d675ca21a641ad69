/** Latencies of many operations in little room. Pure. */

/** Steps in each doubling: what is told differs from what was measured by about 1%. */
const STEPS = 64
/** From a microsecond to half an hour. */
const DOUBLINGS = 31

export class Latencies {
  readonly #counts = new Uint32Array(STEPS * DOUBLINGS)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  get count(): number {
    return this.#count
  }

  get maxMs(): number {
    return this.#maxMs
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  add(ms: number): void {
    const step = Math.floor(Math.log2(Math.max(1, ms * 1000)) * STEPS)
    const at = Math.min(step, this.#counts.length - 1)
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count += 1
    this.#sumMs += ms
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  /** That share of all were as fast or faster; 0 when there were none. */
  percentileMs(share: number): number {
    const wanted = Math.ceil(this.#count * share)
    let seen = 0
    for (const [at, count] of this.#counts.entries()) {
      seen += count
      if (count > 0 && seen >= wanted) return Math.min(2 ** ((at + 1) / STEPS) / 1000, this.#maxMs)
    }
    return this.#maxMs
  }
}
