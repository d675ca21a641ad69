/** What long work tells while it runs: one line that is written over, on a terminal only. */

import { cut } from './width.ts'

interface Place {
  readonly isTerminal: boolean
  readonly columns: () => number
  readonly write: (text: string) => void
}

const BAR_COLUMNS = 24
const INTERVAL_MS = 100

export class Progress {
  readonly #place: Place
  readonly #nowMs: () => number
  #shownMs = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(place: Place, nowMs: () => number) {
    this.#place = place
    this.#nowMs = nowMs
  }

  /** Ten times in a second at most: whoever works need not count its calls. */
  show(line: () => string): void {
    const nowMs = this.#nowMs()
    if (!this.#place.isTerminal || nowMs - this.#shownMs < INTERVAL_MS) return
    this.#shownMs = nowMs
    this.#isShown = true
    this.#place.write(`\r\u001b[2K${cut(line(), this.#place.columns() - 1)}`)
  }

  /** What is printed next begins in an empty line. */
  clear(): void {
    if (this.#isShown) this.#place.write('\r\u001b[2K')
    this.#isShown = false
  }
}

/** `[=========>              ]  40%` */
export function bar(part: number): string {
  const share = Math.min(1, Math.max(0, part))
  const full = Math.round(share * BAR_COLUMNS)
  const drawn = full === 0 ? '' : `${'='.repeat(full - 1)}${full === BAR_COLUMNS ? '=' : '>'}`
  return `[${drawn.padEnd(BAR_COLUMNS)}] ${String(Math.floor(share * 100)).padStart(3)}%`
}
