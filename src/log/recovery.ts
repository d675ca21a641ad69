/**
 * Reads a log directory without changing it: what every group's state is, what is damaged, where
 * the trusted content ends. Opening, checking and truncating all begin here.
 */

import { assert, LOG_DAMAGES_REPORTED_MAX, LOG_READ_BYTES } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import { type Place, segmentName } from './format.ts'
import { PatientFile } from './patient-file.ts'
import { Replay } from './replay.ts'
import {
  type Damage,
  type LastBatch,
  type ScanResult,
  type ScanSink,
  SegmentScanner,
  type Tail,
  UNKNOWN_CHAIN,
} from './scan.ts'
import { chainOf, type LogDirectory, type SegmentChain, type SegmentFile } from './segment-chain.ts'
import type { SegmentEnd } from './segment-header.ts'

export interface ReadOptions {
  readonly disk: Disk
  readonly directory: LogDirectory
  readonly nodeId: number
  readonly cacheBytesMax: number
  /** Read no further than this place; what follows is given up. */
  readonly stopAt: Place | null
  /** Sees every record, for `quorate log dump`. */
  readonly observe?: (sink: ScanSink) => ScanSink
}

/** What was read. Groups are not settled yet: see `Replay.settle`. */
export interface LogReading {
  readonly chain: SegmentChain
  readonly replay: Replay
  /** The first of them. */
  readonly damages: readonly Damage[]
  /** Every segment that has any. */
  readonly damaged: ReadonlySet<number>
  /** Segments without damage of which at least the head counts: each tells of every group. */
  readonly bases: ReadonlySet<number>
  readonly tail: Tail
  /** Where the next segment must say that this log ends. */
  readonly end: SegmentEnd
  /** Null when the last segment has none that can be read. */
  readonly lastBatch: LastBatch | null
  /** The highest batch number seen. */
  readonly batch: number
  readonly closed: boolean
  readonly records: number
  readonly bytes: number
  /** The highest life number there may have been. */
  readonly incarnation: number
}

export async function readLog(options: ReadOptions): Promise<LogReading> {
  const { disk, directory, stopAt } = options
  const links = stopAt === null ? chainOf(directory.segments) : chainUpTo(directory, stopAt)
  const { chain } = links
  assert(chain.length > 0, 'a log has at least one segment')
  const replay = new Replay({
    nodeId: options.nodeId,
    cacheFromSegment: cacheFrom(chain, options.cacheBytesMax),
    cacheBytesMax: options.cacheBytesMax,
  })
  // They may be all that is known of how far this node has come.
  for (const { header } of links.remains) replay.termSeen(header?.maxTerm ?? 0)
  const sink = options.observe?.(replay) ?? replay
  const found: Found = { damages: [], damaged: new Set() }
  const totals = { records: 0, bytes: 0, batch: 0 }
  const bases = new Set<number>()
  let result: ScanResult | null = null
  for (const [position, segment] of chain.entries()) {
    const next = chain[position + 1]
    const trustedEnd = next === undefined ? endAt(stopAt) : (next.header?.previous ?? null)
    result = await scanSegment(disk, {
      segment,
      sink,
      replay,
      trustedEnd,
      proven: next !== undefined,
    })
    collect(found, result.damages)
    const { number, header } = segment
    if (header !== null && result.end.batch >= header.firstBatch) bases.add(number)
    totals.records += result.records
    totals.bytes += result.end.offset
    totals.batch = Math.max(totals.batch, result.end.batch)
  }
  assert(result !== null, 'the chain was scanned')
  if (result.continued && stopAt === null) {
    const { segment, offset } = result.end
    const reason = `the next segment, ${segmentName(segment + 1)} or later, is missing`
    collect(found, [{ segment, offset, reason, group: null, index: null }])
    replay.gap()
  }
  collect(found, replay.breaks)
  for (const number of found.damaged) bases.delete(number)
  return {
    chain: links,
    replay,
    ...found,
    bases,
    tail: result.tail,
    end: result.end,
    lastBatch: result.lastBatch,
    closed: result.closed,
    ...totals,
    incarnation: highestIncarnation(directory.segments),
  }
}

interface SegmentTask {
  readonly segment: SegmentFile
  readonly sink: ScanSink
  readonly replay: Replay
  readonly trustedEnd: SegmentEnd | null
  readonly proven: boolean
}

async function scanSegment(disk: Disk, task: SegmentTask): Promise<ScanResult> {
  const { segment, sink, replay } = task
  const { number, header, seed, size, reason, path } = segment
  if (header === null) {
    sink.gap()
    return unreadable(number, reason)
  }
  const file = await disk.open(path, { mode: 'read' })
  try {
    replay.beginSegment(number, header)
    const { trustedEnd, proven } = task
    const windowBytes = LOG_READ_BYTES
    const scanner = new SegmentScanner(
      {
        file: new PatientFile(file, path),
        number,
        header,
        seed,
        size,
        trustedEnd,
        proven,
        windowBytes,
      },
      sink,
    )
    const result = await scanner.run()
    replay.endSegment()
    return result
  } finally {
    await file.close()
  }
}

function unreadable(segment: number, reason: string): ScanResult {
  return {
    end: { segment, offset: 0, chain: 0, batch: 0 },
    tail: { kind: 'clean' },
    damages: [{ segment, offset: 0, reason, group: null, index: null }],
    records: 0,
    lastBatch: null,
    continued: false,
    closed: false,
  }
}

interface Found {
  readonly damages: Damage[]
  readonly damaged: Set<number>
}

function collect({ damages, damaged }: Found, more: readonly Damage[]): void {
  const room = LOG_DAMAGES_REPORTED_MAX - damages.length
  if (room > 0) damages.push(...more.slice(0, room))
  for (const { segment } of more) damaged.add(segment)
}

function chainUpTo(directory: LogDirectory, { segment }: Place): SegmentChain {
  const kept = directory.segments.filter(({ number }) => number <= segment)
  const links = chainOf(kept)
  const given = directory.segments.filter(({ number }) => number > segment)
  return { chain: links.chain, remains: [...links.remains, ...given] }
}

/** The chain at the given place is not known, and need not be. */
function endAt(place: Place | null): SegmentEnd | null {
  return place === null ? null : { ...place, chain: UNKNOWN_CHAIN, batch: 0 }
}

/** The oldest segment from which on everything fits into the cache. */
function cacheFrom(chain: readonly SegmentFile[], bytesMax: number): number {
  let bytes = 0
  let from = (chain[chain.length - 1] as SegmentFile).number
  for (let i = chain.length - 2; i >= 0; i--) {
    bytes += chain[i + 1]?.header?.previous.offset ?? bytesMax
    if (bytes > bytesMax) break
    from = (chain[i] as SegmentFile).number
  }
  return from
}

/** An unreadable segment may have been of one life more than the readable one before it. */
function highestIncarnation(segments: readonly SegmentFile[]): number {
  let highest = 0
  for (const { header } of segments) {
    highest = header === null ? highest + 1 : Math.max(highest, header.incarnation)
  }
  return highest
}
