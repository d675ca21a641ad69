import type { Chance } from '../../src/base/index.ts'
import type { DiskFaultKind, DiskFaults } from './disk-config.ts'
import { type Inode, type PendingChange, SECTOR_BYTES } from './disk-inode.ts'

type PendingWrite = PendingChange & { readonly kind: 'write' }

/** What became of one unit: so many of its versions landed, or nothing readable did. */
type UnitFate = { kind: 'versions'; landed: number } | { kind: 'zero' } | { kind: 'garbage' }

interface Unit {
  versions: number
  seen: number
  fate: UnitFate
}

export interface PowerFailure {
  readonly chance: Chance
  readonly faults: DiskFaults
  readonly note: (kind: DiskFaultKind, place: FailedRange) => void
  /** Asked before synced bytes are ruined. */
  readonly permits: (kind: DiskFaultKind, place: FailedRange) => boolean
}

export interface FailedRange {
  readonly offset: number
  readonly length: number
}

/**
 * What a power failure leaves of a file. Most often (`crashTear`) each sector, or each page of
 * 4 KiB, decides for itself which of its unsynced versions landed: the disk writes in any order,
 * but a sector whole, so a later version of it contains the earlier ones. The size decides apart
 * from the data. Otherwise a prefix of the changes landed, none, or all.
 */
export function failPower(inode: Inode, failure: PowerFailure): void {
  const changes = inode.pending
  if (changes.length > 0) {
    if (failure.chance.happens(failure.faults.crashTear)) landMixture(inode, changes, failure)
    else landPrefix(inode, changes, failure)
  }
  inode.forgetCache()
}

function landPrefix(inode: Inode, changes: readonly PendingChange[], failure: PowerFailure): void {
  const landed = failure.chance.below(changes.length + 1)
  const last = changes[landed - 1]
  if (last !== undefined) inode.sync(last.mark)
  const lost = changes[landed]
  if (lost !== undefined) failure.note('crashLost', placeOf(lost))
}

function landMixture(inode: Inode, changes: readonly PendingChange[], failure: PowerFailure): void {
  const { chance } = failure
  const unitBytes = chance.happens(0.3) ? 4096 : SECTOR_BYTES
  const units = drawFates(changes, { unitBytes, failure })
  const sizes = sizeChangesOf(changes, inode.durableSize)
  const sizesLanded = chance.below(sizes.length + 1)
  const landedSizes = new Set(sizes.slice(0, sizesLanded))
  const reporter = new LossReporter(failure)
  let size = inode.durableSize
  for (const change of changes) {
    if (landedSizes.has(change)) {
      size = change.kind === 'truncate' ? change.size : Math.max(size, endOf(change))
    }
    if (change.kind === 'write') {
      reporter.write(change, landWrite(inode, change, { units, unitBytes, failure }))
    } else if (landedSizes.has(change)) {
      inode.landSize(change.size)
    }
  }
  if (sizesLanded < sizes.length) {
    failure.note('crashSize', placeOf(sizes[sizesLanded] as PendingChange))
  }
  inode.landSize(size)
}

function sizeChangesOf(changes: readonly PendingChange[], sizeBefore: number): PendingChange[] {
  let size = sizeBefore
  return changes.filter((change) => {
    const next = change.kind === 'truncate' ? change.size : Math.max(size, endOf(change))
    const changed = next !== size
    size = next
    return changed
  })
}

function endOf(change: PendingWrite): number {
  return change.position + change.length
}

function placeOf(change: PendingChange): FailedRange {
  return change.kind === 'write'
    ? { offset: change.position, length: change.length }
    : { offset: change.size, length: 0 }
}

interface MixtureOptions {
  readonly unitBytes: number
  readonly failure: PowerFailure
}

function drawFates(
  changes: readonly PendingChange[],
  { unitBytes, failure }: MixtureOptions,
): Map<number, Unit> {
  const { chance, faults } = failure
  const units = new Map<number, Unit>()
  for (const change of changes) {
    if (change.kind !== 'write') continue
    const last = Math.floor((endOf(change) - 1) / unitBytes)
    for (let at = Math.floor(change.position / unitBytes); at <= last; at++) {
      const unit = units.get(at)
      if (unit !== undefined) unit.versions += 1
      else units.set(at, { versions: 1, seen: 0, fate: { kind: 'versions', landed: 0 } })
    }
  }
  // Some failures lose nearly everything, some nearly nothing.
  const survival = chance.below(101) / 100
  for (const unit of units.values()) {
    if (chance.happens(survival)) unit.fate = { kind: 'versions', landed: unit.versions }
    else if (chance.happens(faults.crashGarbage)) unit.fate = { kind: 'garbage' }
    else if (chance.happens(faults.crashZero)) unit.fate = { kind: 'zero' }
    else unit.fate = { kind: 'versions', landed: chance.below(unit.versions) }
  }
  return units
}

interface LandOptions extends MixtureOptions {
  readonly units: ReadonlyMap<number, Unit>
}

/** How many of the write's units landed, and of how many. */
function landWrite(
  inode: Inode,
  change: PendingWrite,
  { units, unitBytes, failure }: LandOptions,
): { landed: number; of: number } {
  const first = Math.floor(change.position / unitBytes)
  const last = Math.floor((endOf(change) - 1) / unitBytes)
  let landed = 0
  for (let at = first; at <= last; at++) {
    const unit = units.get(at) as Unit
    unit.seen += 1
    const start = Math.max(change.position, at * unitBytes)
    const length = Math.min(endOf(change), (at + 1) * unitBytes) - start
    if (unit.fate.kind !== 'versions') {
      ruin(inode, { unit, start, length, unitStart: at * unitBytes, unitBytes, failure })
    } else if (unit.seen <= unit.fate.landed) {
      landed += 1
      inode.land(change.bytes, { offset: start - change.position, length, position: start })
    }
  }
  return { landed, of: last - first + 1 }
}

interface RuinOptions {
  readonly unit: Unit
  readonly start: number
  readonly length: number
  readonly unitStart: number
  readonly unitBytes: number
  readonly failure: PowerFailure
}

function ruin(inode: Inode, options: RuinOptions): void {
  const { unit, unitStart, unitBytes, failure } = options
  const garbage = unit.fate.kind === 'garbage'
  const kind = garbage ? 'crashGarbage' : 'crashZero'
  const whole =
    !failure.faults.powersafeOverwrite &&
    failure.permits(kind, { offset: unitStart, length: unitBytes })
  const position = whole ? unitStart : options.start
  const length = whole ? unitBytes : options.length
  const bytes = new Uint8Array(length)
  if (garbage) for (let i = 0; i < length; i++) bytes[i] = failure.chance.below(256)
  inode.land(bytes, { offset: 0, length, position })
  failure.note(kind, { offset: position, length })
}

/** Tells, once per file and kind, what was lost, torn, or overtaken by a later write. */
class LossReporter {
  readonly #note: PowerFailure['note']
  readonly #told = new Set<DiskFaultKind>()
  #lostBefore = false

  constructor(failure: PowerFailure) {
    this.#note = failure.note
  }

  write(change: PendingWrite, { landed, of }: { landed: number; of: number }): void {
    if (landed < of) this.#tell(landed === 0 ? 'crashLost' : 'crashTorn', change)
    if (landed > 0 && this.#lostBefore) this.#tell('crashReordered', change)
    if (landed < of) this.#lostBefore = true
  }

  #tell(kind: DiskFaultKind, change: PendingWrite): void {
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#note(kind, placeOf(change))
  }
}
