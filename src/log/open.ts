/**
 * Opens a log: reads it, judges it, begins a new segment that says what is true from now on.
 *
 * Nothing that is there is changed before the new segment is durable, so a crash at any point of it
 * leaves a log that opens the same way again.
 */

import {
  assert,
  DataChecksums,
  KvError,
  LOG_ALIGNMENT_BYTES,
  LOG_SEGMENT_BYTES_MAX,
  LOG_SEGMENT_BYTES_MIN,
} from '../base/index.ts'
import { DiskError, type DiskLock } from '../io/index.ts'
import type { GroupId, HardState, RecoveredReplica, Term } from '../raft/index.ts'
import { Batch } from './batch.ts'
import { type CarryOver, carryOver, placeCarried, withoutCarried } from './carry-over.ts'
import { DiskLog } from './disk-log.ts'
import { DurableView } from './durable-view.ts'
import { EntryCache } from './entry-cache.ts'
import { freeName, type Place } from './format.ts'
import { FreeFiles } from './free-files.ts'
import { Housekeeper, type Remainder } from './housekeeper.ts'
import { LiveGroup } from './live-group.ts'
import { type LogReading, readLog } from './recovery.ts'
import type { ReplayGroup } from './replay-group.ts'
import { checkIdentity, type LogDirectory, readDirectory } from './segment-chain.ts'
import type { SegmentEnd } from './segment-header.ts'
import { type OldSegment, SegmentStore } from './segment-store.ts'
import { keepTornTail } from './torn-copy.ts'
import type { LogOptions, OpenedLog } from './types.ts'
import { type Concession, judge, reportOf, type Verdict } from './verdict.ts'

/** What `quorate log truncate` gives up. */
export interface Surrender {
  readonly concession: Concession
  readonly stopAt: Place | null
  /** Called when the loss is found acceptable, before anything is changed. */
  readonly beforeChange: (found: LogDirectory, reading: LogReading) => Promise<void>
}

export function openLog(options: LogOptions): Promise<OpenedLog> {
  return openLogWith(options, null)
}

export async function openLogWith(
  options: LogOptions,
  surrender: Surrender | null,
): Promise<OpenedLog> {
  checkLimits(options)
  const { disk, directory } = options
  try {
    if (options.create === true) await disk.makeDirectory(directory)
    const lock = await disk.lock(directory)
    try {
      return await new Opening(options, { lock, surrender }).run()
    } catch (error) {
      await lock.release()
      throw error
    }
  } catch (error) {
    throw asLogError(error, directory)
  }
}

function checkLimits({ limits, identity }: LogOptions): void {
  const { segmentBytes, alignmentBytes = LOG_ALIGNMENT_BYTES, batchBytesMax } = limits
  assert(segmentBytes >= LOG_SEGMENT_BYTES_MIN, 'a segment holds more than its header')
  assert(segmentBytes <= LOG_SEGMENT_BYTES_MAX, 'a segment is a file of reasonable size')
  const power = (alignmentBytes & (alignmentBytes - 1)) === 0
  assert(power && alignmentBytes >= 8 && alignmentBytes <= 4096, 'batches are aligned to sectors')
  assert(batchBytesMax > 0 && limits.cacheBytesMax >= 0, 'limits are positive')
  assert(identity.nodeId > 0, 'a log belongs to a node')
}

class Opening {
  readonly #options: LogOptions
  readonly #lock: DiskLock
  readonly #surrender: Surrender | null
  readonly #alignment: number

  constructor(
    options: LogOptions,
    { lock, surrender }: { lock: DiskLock; surrender: Surrender | null },
  ) {
    this.#options = options
    this.#lock = lock
    this.#surrender = surrender
    this.#alignment = options.limits.alignmentBytes ?? LOG_ALIGNMENT_BYTES
  }

  async run(): Promise<OpenedLog> {
    const { disk, directory, identity, create, limits } = this.#options
    const found = await readDirectory(disk, directory)
    for (const name of found.temporary) await disk.remove(`${directory}/${name}`)
    for (const { number, size } of found.free) {
      if (size < limits.segmentBytes) await disk.remove(`${directory}/${freeName(number)}`)
    }
    if (found.segments.length === 0) {
      if (create !== true) throw missing(directory)
      return this.#begin(found, null)
    }
    checkIdentity(found.segments, identity)
    const reading = await readLog({
      disk,
      directory: found,
      nodeId: identity.nodeId,
      cacheBytesMax: limits.cacheBytesMax,
      stopAt: this.#surrender?.stopAt ?? null,
    })
    const verdict = judge(reading, {
      directory,
      repairable: this.#options.repairable,
      suspectTail: this.#options.suspectTail ?? 'drop',
      concession: this.#surrender?.concession ?? null,
    })
    await this.#surrender?.beforeChange(found, reading)
    const { chain } = reading.chain
    const segment = chain[chain.length - 1]
    assert(segment !== undefined, 'a reading is of at least one segment')
    await keepTornTail({ disk, directory, found, segment, tail: reading.tail })
    return this.#begin(found, { reading, verdict })
  }

  async #begin(
    found: LogDirectory,
    read: { reading: LogReading; verdict: Verdict } | null,
  ): Promise<OpenedLog> {
    const { directory, limits } = this.#options
    const replayed = read?.reading.replay.groups ?? new Map<GroupId, ReplayGroup>()
    const incarnation = (read?.reading.incarnation ?? 0) + 1
    const durable = durableView(found, replayed)
    const store = this.#store(found, { durable, incarnation, reading: read?.reading ?? null })
    await this.#firstSegment(store, { found, durable, reading: read?.reading ?? null })
    noteNeeds(durable, replayed)

    const cache = new EntryCache(limits.cacheBytesMax)
    const groups = new Map<GroupId, LiveGroup>()
    for (const [id, { index, tail }] of replayed) {
      groups.set(id, new LiveGroup(id, { index, tail }))
      cache.adopt(tail)
    }
    const maxTerm = highestTerm(read?.reading ?? null)
    const log = this.#log(store, { found, durable, cache, groups, maxTerm, reading: read?.reading })
    const report =
      read === null
        ? { ...FRESH, incarnation }
        : reportOf(read.reading, { verdict: read.verdict, incarnation, directory })
    return { log, groups: recoveredOf(replayed), report, hidden: this.#hidden(read?.reading) }
  }

  #store(
    found: LogDirectory,
    parts: { durable: DurableView; incarnation: number; reading: LogReading | null },
  ): SegmentStore {
    const { disk, directory, identity, limits, chance } = this.#options
    const { reading, durable, incarnation } = parts
    const { segmentBytes } = limits
    const last = reading?.chain.chain.at(-1)?.number
    const old: OldSegment[] = found.segments.map(({ number, path, seed, size, header }) => ({
      ...{ number, path, seed },
      // The unused end of the last one is given back.
      size: number === last ? 0 : size,
      damaged: header === null || reading?.damaged.has(number) === true,
      isBase: reading?.bases.has(number) === true,
    }))
    const files = {
      all: found.free.map(({ number }) => number),
      usable: found.free.filter((file) => file.size >= segmentBytes).map(({ number }) => number),
    }
    const lastBatch = reading?.batch ?? 0
    return new SegmentStore(
      {
        disk,
        directory,
        identity,
        incarnation,
        segmentBytes,
        alignment: this.#alignment,
        durable,
        salt: () => chance.uint32(),
        free: new FreeFiles({ disk, directory }, files),
        fence: reading?.replay.hiddenTerm ?? null,
      },
      { old, lastBatch },
    )
  }

  /** The segment of this life: the state of every group, and the last batch once more. */
  async #firstSegment(
    store: SegmentStore,
    parts: { found: LogDirectory; durable: DurableView; reading: LogReading | null },
  ): Promise<void> {
    const { found, durable, reading } = parts
    const carried = reading === null ? null : await this.#carryOver(reading)
    const ends =
      carried === null
        ? new Map()
        : withoutCarried(carried, (group) => {
            const state = durable.groups.get(group)
            assert(state !== undefined, 'a carried group is known')
            return state
          })
    const head = new Batch(4096)
    for (const [group, state] of durable.groups) {
      head.addGroupState(group, state, ends.get(group) ?? state)
    }
    const hidden = reading?.replay.hiddenTerm ?? null
    if (hidden !== null) head.addFence(hidden)
    const numbers = found.segments.map(({ number }) => number)
    const batches = carried !== null && carried.batch.records > 0 ? [carried.batch] : []
    const [, place] = await store.begin({
      number: Math.max(0, ...numbers, ...found.damaged) + 1,
      previous: previousEnd(reading),
      room: this.#alignment,
      maxTerm: highestTerm(reading),
      head,
      carried: batches,
    })
    if (carried !== null && place !== undefined) placeCarried(carried, place)
  }

  async #carryOver(reading: LogReading): Promise<CarryOver | null> {
    const { lastBatch, chain, replay, end } = reading
    const segment = chain.chain[chain.chain.length - 1]
    if (lastBatch === null || segment === undefined) return null
    const { start } = lastBatch
    const size = end.offset - start
    const groups = new Map([...replay.groups].map(([id, { index }]) => [id, index]))
    return carryOver(this.#options.disk, { segment, start, size }, groups)
  }

  #log(
    store: SegmentStore,
    parts: {
      found: LogDirectory
      durable: DurableView
      cache: EntryCache
      groups: Map<GroupId, LiveGroup>
      maxTerm: Term
      reading: LogReading | undefined
    },
  ): DiskLog {
    const { disk, clock, limits, onFatal, onSpace = () => {} } = this.#options
    const { onDurable = () => {}, checksums = new DataChecksums() } = this.#options
    const { found, durable, reading, cache, groups, maxTerm } = parts
    const shared = { disk, clock, store, onSpace, free: store.free }
    return new DiskLog({
      ...{ clock, limits, store, durable, cache, groups, maxTerm, checksums, onFatal, onDurable },
      lock: this.#lock,
      housekeeper: (log) =>
        new Housekeeper({
          ...shared,
          ...log,
          segmentBytes: limits.segmentBytes,
          alignment: this.#alignment,
          recycledMax: limits.recycledSegmentsMax,
          damagedKept: found.damaged.length,
          remainders: remaindersOf(reading),
        }),
    })
  }

  #hidden(reading: LogReading | undefined): HardState | null {
    const term = reading?.replay.hiddenTerm ?? null
    if (term === null) return null
    return { term, vote: this.#options.identity.nodeId, commit: 0, recovering: true }
  }
}

const FRESH = {
  verdict: 'clean',
  segments: 0,
  records: 0,
  bytes: 0,
  file: null,
  offset: 0,
  reason: '',
  groups: [],
} as const

function durableView(
  found: LogDirectory,
  replayed: ReadonlyMap<GroupId, ReplayGroup>,
): DurableView {
  const durable = new DurableView()
  for (const { number } of found.segments) durable.addSegment(number)
  for (const [group, { hardState, index }] of replayed) {
    const { mark, last, lastTerm } = index
    durable.restore(group, { hardState, mark, last, lastTerm })
  }
  return durable
}

/** Which segments hold entries that are needed. Positions ascend with the index. */
function noteNeeds(durable: DurableView, replayed: ReadonlyMap<GroupId, ReplayGroup>): void {
  for (const [group, { index }] of replayed) {
    const { positions } = index
    let noted = 0
    for (let at = index.last; at >= positions.first && at > index.markIndex; at--) {
      const segment = positions.segmentOf(at)
      if (segment === noted) continue
      durable.needs(group, { segment, index: at })
      noted = segment
    }
  }
}

/** What lies behind this place is not counted any more: the last batch was carried over. */
function previousEnd(reading: LogReading | null): SegmentEnd {
  if (reading === null) return { segment: 0, offset: 0, chain: 0, batch: 0 }
  return reading.lastBatch?.before ?? reading.end
}

function highestTerm(reading: LogReading | null): Term {
  let term = reading?.replay.maxTerm ?? 0
  for (const { hardState } of reading?.replay.groups.values() ?? []) {
    term = Math.max(term, hardState.term)
  }
  return term
}

function remaindersOf(reading: LogReading | undefined): readonly Remainder[] {
  const segment = reading?.chain.chain.at(-1)
  if (reading === undefined || segment === undefined || segment.header === null) return []
  if (reading.damaged.has(segment.number)) return []
  return [{ path: segment.path, end: reading.end.offset }]
}

export function recoveredOf(
  replayed: ReadonlyMap<GroupId, ReplayGroup>,
): ReadonlyMap<GroupId, RecoveredReplica> {
  const groups = new Map<GroupId, RecoveredReplica>()
  for (const [id, { hardState, index, configurations }] of replayed) {
    groups.set(id, {
      hardState,
      terms: index.termRuns(),
      last: index.last,
      snapshot: index.mark,
      configurations,
    })
  }
  return groups
}

function missing(directory: string): KvError {
  return new KvError(
    'LOG_MISSING',
    `there is no log in ${directory}; a node that had one must not start without it: ` +
      'restore the directory, or let the node join anew under another id',
  )
}

/** Every failure of the disk as a row of the error table. */
export function asLogError(error: unknown, directory: string): unknown {
  if (!(error instanceof DiskError)) return error
  const options = { cause: error }
  if (error.code === 'notFound' && error.path === directory) return missing(directory)
  if (error.code === 'locked') {
    return new KvError(
      'LOG_LOCKED',
      `${directory} is in use already, by this process or another`,
      options,
    )
  }
  if (error.code === 'full') {
    return new KvError('DISK_FULL', `the log in ${directory} has no room to start`, options)
  }
  const text = `the log in ${directory} could not be opened: ${error.message}`
  return new KvError('DISK_FAILED', text, options)
}
