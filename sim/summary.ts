/** What a campaign found, for people and as JSON. */

import type { Profile } from './config.ts'
import { expectedFaults, expectedMarks } from './manifest.ts'
import type { SeedReport } from './run-seed.ts'
import type { WorkResult } from './worker.ts'

export interface Failure {
  readonly seed: number
  readonly profile: string
  readonly invariant: string
  readonly text: string
}

export class Summary {
  readonly failures: Failure[] = []
  readonly inconclusive: number[] = []
  readonly faults = new Map<string, number>()
  readonly marks = new Map<string, number>()
  readonly profiles = new Map<string, number>()
  readonly operations = { ok: 0, fail: 0, info: 0 }
  seeds = 0
  /** Seeds that were run twice and did the same both times. */
  twice = 0
  events = 0
  simulatedMs = 0
  nodeMs = 0
  cpuMs = 0

  add(result: WorkResult): void {
    this.seeds += 1
    if (result.kind === 'failed') {
      const { seed, text } = result
      this.failures.push({ seed, profile: '', invariant: 'harness', text })
      return
    }
    const { report } = result
    this.cpuMs += result.cpuMs
    if (result.same === true) this.twice += 1
    if (result.same === false) this.#fail(report, 'determinism', 'two runs of this seed differ')
    if (report.verdict === 'violation') this.#fail(report, report.invariant, report.text)
    if (report.verdict === 'inconclusive') this.inconclusive.push(report.seed)
    this.events += report.events
    this.simulatedMs += report.simulatedMs
    this.nodeMs += report.simulatedMs * report.nodes
    this.#count(this.profiles, report.profile, 1)
    for (const [kind, count] of Object.entries(report.faults)) this.#count(this.faults, kind, count)
    for (const [mark, count] of Object.entries(report.marks)) this.#count(this.marks, mark, count)
    for (const outcome of ['ok', 'fail', 'info'] as const) {
      this.operations[outcome] += report.operations[outcome]
    }
  }

  #fail({ seed, profile }: SeedReport, invariant: string, text: string): void {
    this.failures.push({ seed, profile, invariant, text })
  }

  #count(counts: Map<string, number>, name: string, count: number): void {
    counts.set(name, (counts.get(name) ?? 0) + count)
  }

  get unreached(): readonly string[] {
    const faults = expectedFaults().filter((kind) => !this.faults.has(kind))
    return [...faults, ...expectedMarks().filter((mark) => !this.marks.has(mark))]
  }

  json(): object {
    return {
      seeds: this.seeds,
      runTwice: this.twice,
      failures: this.failures,
      inconclusive: this.inconclusive,
      events: this.events,
      simulatedMinutes: this.simulatedMs / 60_000,
      cpuMinutes: this.cpuMs / 60_000,
      operations: this.operations,
      profiles: sorted(this.profiles),
      faults: sorted(this.faults),
      rareStates: sorted(this.marks),
      unreached: this.unreached,
    }
  }

  text(): string {
    const { ok, fail, info } = this.operations
    const minutes = (this.simulatedMs / 60_000).toFixed(1)
    const cpuSeconds = (this.cpuMs / 1000).toFixed(0)
    return [
      `${this.seeds} seeds, ${this.events} events, ${minutes} cluster-minutes ` +
        `in ${cpuSeconds} CPU-seconds`,
      `operations: ${ok} ok, ${fail} failed, ${info} unknown`,
      `profiles: ${[...this.profiles]
        .sort()
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}`,
      `run twice with equal traces: ${this.twice}`,
      'faults:',
      ...table(this.faults),
      'rare states:',
      ...table(this.marks),
      this.unreached.length === 0
        ? 'every kind of fault and every rare state of the manifest was reached'
        : `not reached: ${this.unreached.join(', ')}`,
    ].join('\n')
  }
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function table(counts: ReadonlyMap<string, number>): string[] {
  return Object.entries(sorted(counts)).map(
    ([name, count]) => `  ${String(count).padStart(9)}  ${name}`,
  )
}

export function replayCommand(seed: number, profile: Profile | undefined): string {
  const option = profile === undefined ? '' : ` --profile ${profile}`
  return `npm run sim -- --seed ${seed}${option}`
}
