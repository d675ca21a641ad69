/** Counts what is answered, and what servers and the asking process spend meanwhile. */

import { tmpdir } from 'node:os'
import { Durations } from './durations.ts'
import type { Measured } from './order.ts'
import { bytesWrittenBeside, cpuMsOf } from './processes.ts'

/** What the machine has counted up to now. */
interface Counts {
  readonly timeMs: number
  readonly serverMs: number
  readonly ownMs: number
  readonly writtenBytes: number
}

export interface Answers {
  readonly count: number
  readonly durations: Durations
  readonly failures: ReadonlyMap<string, number>
  /** Of what was put for each that was counted; 0: nothing. */
  readonly valueBytes: number
}

export class Expenses {
  readonly #pids: readonly number[]
  readonly #ownCpuMs: () => number
  #begun: Counts
  #spent: Counts | null = null

  constructor(pids: readonly number[], ownCpuMs = () => cpuMsOf([process.pid])) {
    this.#pids = pids
    this.#ownCpuMs = ownCpuMs
    this.#begun = this.#now()
  }

  #now(): Counts {
    return {
      serverMs: cpuMsOf(this.#pids),
      writtenBytes: bytesWrittenBeside(tmpdir()),
      ownMs: this.#ownCpuMs(),
      timeMs: performance.now(),
    }
  }

  begin(): void {
    this.#begun = this.#now()
  }

  end(): void {
    const [from, to] = [this.#begun, this.#now()]
    this.#spent = {
      timeMs: to.timeMs - from.timeMs,
      serverMs: to.serverMs - from.serverMs,
      ownMs: to.ownMs - from.ownMs,
      writtenBytes: to.writtenBytes - from.writtenBytes,
    }
  }

  for({ count, durations, failures, valueBytes }: Answers): Measured {
    const spent = this.#spent ?? this.#now()
    return {
      perSecond: (count / spent.timeMs) * 1000,
      p50Ms: durations.percentileMs(0.5),
      p99Ms: durations.percentileMs(0.99),
      p999Ms: durations.percentileMs(0.999),
      longestMs: durations.longestMs,
      failures: Object.fromEntries(failures),
      serverMicros: (spent.serverMs * 1000) / count,
      serverCores: spent.serverMs / spent.timeMs,
      generatorCores: spent.ownMs / spent.timeMs,
      writtenPerByte: valueBytes === 0 ? null : spent.writtenBytes / (valueBytes * count),
    }
  }
}

/** Counts between a beginning and an end; before and after, it only looks. */
export class Meter {
  readonly failures = new Map<string, number>()
  readonly #durations = new Durations()
  readonly #expenses: Expenses
  #isOn = false
  #isOver = false
  #count = 0

  constructor(pids: readonly number[]) {
    this.#expenses = new Expenses(pids)
  }

  /** What ends now is ended from here. */
  get isOver(): boolean {
    return this.#isOver
  }

  begin(): void {
    this.#expenses.begin()
    this.#isOn = true
  }

  end(): void {
    this.#isOn = false
    this.#isOver = true
    this.#expenses.end()
  }

  answered(startMs: number): void {
    if (!this.#isOn) return
    this.#count += 1
    this.#durations.add(performance.now() - startMs)
  }

  failed(text: string): void {
    this.failures.set(text, (this.failures.get(text) ?? 0) + 1)
  }

  result(valueBytes: number): Measured {
    const { failures } = this
    return this.#expenses.for({
      count: this.#count,
      durations: this.#durations,
      failures,
      valueBytes,
    })
  }
}

/** Begins, lets it run, ends. */
export async function during(meter: Meter, { warmMs, measureMs }: Timing): Promise<void> {
  await pause(warmMs)
  meter.begin()
  await pause(measureMs)
  meter.end()
}

export interface Timing {
  readonly warmMs: number
  readonly measureMs: number
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
