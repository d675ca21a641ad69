import type { Chance } from '../../src/base/index.ts'
import type { DiskErrorCode } from '../../src/io/index.ts'
import {
  type DiskFaultKind,
  type DiskFaultPlace,
  type DiskFaults,
  type DiskOperation,
  NO_DISK_FAULTS,
} from './disk-config.ts'

export interface DiskFaultHooks {
  /** Every fault that happens, for reports and the fault atlas. */
  readonly onFault?: (kind: DiskFaultKind, place: DiskFaultPlace) => void
  /** Asked before a fault happens by chance: false spares the place. */
  readonly mayFault?: (kind: DiskFaultKind, place: DiskFaultPlace) => boolean
}

/** An order to fail one operation to come. */
export interface PlannedFailure {
  readonly operation: DiskOperation
  readonly code?: DiskErrorCode
  /** Only on this path. */
  readonly path?: string
  /** How many matching operations pass before. */
  readonly skip?: number
}

/** Decides what goes wrong, by chance or by plan, and counts it. */
export class DiskFaultInjector {
  readonly chance: Chance
  faults: DiskFaults
  readonly #hooks: DiskFaultHooks
  #planned: { failure: PlannedFailure; skip: number }[] = []

  constructor(chance: Chance, faults: Partial<DiskFaults>, hooks: DiskFaultHooks) {
    this.chance = chance
    this.faults = { ...NO_DISK_FAULTS, ...faults }
    this.#hooks = hooks
  }

  /** True when the fault happens now. Draws nothing when it never does. */
  strikes(kind: DiskFaultKind, probability: number, place: () => DiskFaultPlace): boolean {
    if (probability === 0 || !this.chance.happens(probability)) return false
    const where = place()
    if (!this.permits(kind, where)) return false
    this.note(kind, where)
    return true
  }

  permits(kind: DiskFaultKind, place: DiskFaultPlace): boolean {
    return this.#hooks.mayFault?.(kind, place) ?? true
  }

  note(kind: DiskFaultKind, place: DiskFaultPlace): void {
    this.#hooks.onFault?.(kind, place)
  }

  plan(failure: PlannedFailure): void {
    this.#planned.push({ failure, skip: failure.skip ?? 0 })
  }

  forgetPlanned(): void {
    this.#planned = []
  }

  /** The code of a planned failure that is due; it is used up. */
  takePlanned(operation: DiskOperation, path: string): DiskErrorCode | null {
    // Asked on every operation, and nearly always in vain.
    if (this.#planned.length === 0) return null
    for (const entry of this.#planned) {
      const { failure } = entry
      if (failure.operation !== operation) continue
      if (failure.path !== undefined && failure.path !== path) continue
      if (entry.skip > 0) {
        entry.skip -= 1
        continue
      }
      this.#planned = this.#planned.filter((other) => other !== entry)
      return failure.code ?? 'io'
    }
    return null
  }
}
