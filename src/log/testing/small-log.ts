/** A small log on a disk in memory, and what a recovery makes of copies of it that were damaged. */

import assert from 'node:assert/strict'
import { SeededChance } from '../../base/index.ts'
import type { Disk } from '../../io/index.ts'
import type { GroupId } from '../../raft/index.ts'
import { recordBytes, SEGMENT_HEADER_BYTES } from '../format.ts'
import { type LogLimits, type LogOptions, openLog, type WriteAheadLog } from '../index.ts'
import { BATCH_END_BYTES } from '../payload.ts'
import { type LogReading, readLog } from '../recovery.ts'
import type { ReplayGroup } from '../replay-group.ts'
import type { ScannedRecord, ScanSink } from '../scan.ts'
import { readDirectory } from '../segment-chain.ts'
import { judge, type Verdict } from '../verdict.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { ManualClock, settle } from './manual-clock.ts'
import { MemoryDisk } from './memory-disk.ts'
import { lastOf, Model, type ModelGroup, type ModelStep } from './model.ts'

export const SMALL_DIRECTORY = '/log'

/** Batches lie close together, so that nearly every byte matters. */
export const DENSE: LogLimits = {
  segmentBytes: 8 * 1024,
  batchBytesMax: 16 * 1024,
  cacheBytesMax: 0,
  groupCommitWindowMs: 0,
  recycledSegmentsMax: 0,
  alignmentBytes: 8,
}

export class SmallLog {
  readonly disk: MemoryDisk
  /** In front of `disk`: what the log works on. */
  readonly faulty: FaultyDisk
  readonly clock = new ManualClock()
  readonly chance = new SeededChance(1, 'salts')
  readonly #limits: LogLimits
  log: WriteAheadLog | null = null
  /** After each batch. */
  states: Model[] = [new Model()]
  /** What there would be if nothing had ever been cut. */
  uncut = new Model()

  constructor(disk = new MemoryDisk(), limits: Partial<LogLimits> = {}) {
    this.disk = disk
    this.faulty = new FaultyDisk(disk)
    this.#limits = { ...DENSE, ...limits }
  }

  get model(): Model {
    return this.states.at(-1) as Model
  }

  async open(options: Partial<LogOptions> = {}) {
    const opened = await openLog({
      disk: this.faulty,
      clock: this.clock,
      chance: this.chance,
      directory: SMALL_DIRECTORY,
      identity: { clusterId: 5, nodeId: 1 },
      limits: this.#limits,
      onFatal: (error) => {
        throw error
      },
      repairable: false,
      create: true,
      ...options,
    })
    this.log = opened.log
    await settle()
    return opened
  }

  /** All of these in one batch, durable when it returns. */
  async batch(steps: readonly ModelStep[]): Promise<void> {
    const { log } = this
    assert.ok(log !== null)
    let model = this.model
    const waits = steps.map((step) => {
      model = model.after(step)
      if (step.kind !== 'cut') this.uncut = this.uncut.after(step)
      if (step.kind === 'cut') log.cut(step.group, step.mark)
      if (step.kind === 'drop') log.dropGroup(step.group)
      if (step.kind !== 'write') return null
      return new Promise<void>((done) => log.append({ ...step.write, done }))
    })
    this.states.push(model)
    await Promise.all(waits)
    await settle()
  }

  /** Long enough for the evidence that the last batch is durable. */
  async rest(): Promise<void> {
    await this.clock.advance(1000)
  }
}

export interface Judged {
  readonly reading: LogReading
  readonly verdict: Verdict
  readonly groups: ReadonlyMap<GroupId, ReplayGroup>
}

/** What recovery says of the disk, as a node with peers would hear it. Changes nothing. */
export async function judgeDisk(disk: Disk, { nodeId = 1 } = {}): Promise<Judged> {
  const directory = await readDirectory(disk, SMALL_DIRECTORY)
  const options = { disk, directory, nodeId, cacheBytesMax: 0, stopAt: null }
  const reading = await readLog(options)
  const verdict = judge(reading, {
    directory: SMALL_DIRECTORY,
    repairable: true,
    suspectTail: 'drop',
    concession: null,
  })
  return { reading, verdict, groups: reading.replay.groups }
}

export interface Layout {
  readonly records: readonly ScannedRecord[]
  /** Where each batch begins and ends. */
  readonly batches: readonly { readonly start: number; readonly end: number }[]
}

/** Where everything lies in an intact log of one segment. */
export async function layoutOf(disk: MemoryDisk): Promise<Layout> {
  const directory = await readDirectory(disk, SMALL_DIRECTORY)
  const records: ScannedRecord[] = []
  const batches: { start: number; end: number }[] = []
  let start = SEGMENT_HEADER_BYTES
  const observe = (sink: ScanSink): ScanSink => ({
    wantsData: () => true,
    record: (record) => {
      records.push({ ...record })
      sink.record(record)
    },
    batchEnded: (maxTerm, options) => {
      const last = records.at(-1)
      const contentEnd = last === undefined ? start : last.offset + recordBytes(last.payloadBytes)
      const end = contentEnd + recordBytes(BATCH_END_BYTES)
      batches.push({ start, end })
      start = end
      sink.batchEnded(maxTerm, options)
    },
    gap: () => sink.gap(),
    committed: (group) => sink.committed(group),
  })
  await readLog({ disk, directory, nodeId: 1, cacheBytesMax: 0, stopAt: null, observe })
  return { records, batches }
}

/** Equal in everything a replica starts from. */
export function equalsModel(group: ReplayGroup | undefined, expected: ModelGroup): boolean {
  if (group === undefined) return false
  const { index, hardState, configurations } = group
  const commit = Math.max(expected.hardState.commit, expected.mark?.index ?? 0)
  return (
    index.last === lastOf(expected) &&
    index.markIndex === (expected.mark?.index ?? 0) &&
    expected.entries.every((entry) => index.termAt(entry.index) === entry.term) &&
    hardState.term === expected.hardState.term &&
    hardState.vote === expected.hardState.vote &&
    hardState.commit === commit &&
    hardState.recovering === expected.hardState.recovering &&
    configurations.length === expected.entries.filter((e) => e.kind === 'configuration').length
  )
}

export function equalsAll(groups: ReadonlyMap<GroupId, ReplayGroup>, model: Model): boolean {
  if (groups.size !== model.groups.size) return false
  return [...model.groups].every(([id, expected]) => equalsModel(groups.get(id), expected))
}
