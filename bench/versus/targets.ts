/** What the project wants to reach beside etcd, and whether a run has. */

import { count } from './figure-text.ts'
import { ITEMS, loadOf, memoryName, nameOf, SIZE_KEYS, SIZE_LOADS, sizeName } from './load.ts'
import { type SoakReport, soakVerdict } from './soak-report.ts'
import type { MemoryRow, Row } from './summary.ts'

/** The reach of measurements that were kept. */
export interface Figures {
  readonly rows: readonly Row[]
  readonly memory: readonly MemoryRow[]
  readonly soak: SoakReport | null
}

export interface Check {
  readonly text: string
  /** Null: it was not measured. */
  readonly isReached: boolean | null
}

interface Target {
  readonly load: string
  readonly wanted: string
  readonly checks: readonly ((figures: Figures) => Check)[]
}

export interface TargetRow {
  readonly load: string
  readonly wanted: string
  readonly measured: string
  readonly verdict: 'reached' | 'missed' | 'not measured'
}

/** How much more memory may be held later, and still count as flat. */
const FLAT_GROWTH_MAX = 1.1
const MEMORY_KEYS = 1_000_000

export function targetRows(figures: Figures): TargetRow[] {
  return TARGETS.map(({ load, wanted, checks }) => {
    const results = checks.map((check) => check(figures))
    const isUnknown = results.some(({ isReached }) => isReached === null)
    const isMissed = results.some(({ isReached }) => isReached === false)
    return {
      load,
      wanted,
      measured: results.map(({ text }) => text).join('; '),
      verdict: isMissed ? 'missed' : isUnknown ? 'not measured' : 'reached',
    }
  })
}

const UNKNOWN: Check = { text: '-', isReached: null }

function judged(text: string, isReached: boolean): Check {
  return { text: isReached ? text : `**${text}**`, isReached }
}

function rowNamed({ rows }: Figures, name: string): Row | undefined {
  return rows.find(({ load }) => load === name)
}

function times(name: string, least: number) {
  return (figures: Figures): Check => {
    const row = rowNamed(figures, name)
    if (row === undefined || Number.isNaN(row.ratio)) return UNKNOWN
    return judged(`${row.ratio.toFixed(1)} x`, row.ratio >= least)
  }
}

function p99Share(name: string, most: number) {
  return (figures: Figures): Check => {
    const { etcd, quorate } = rowNamed(figures, name) ?? {}
    if (!etcd || !quorate) return UNKNOWN
    const share = quorate.p99Ms / etcd.p99Ms
    return judged(`p99 ${share.toFixed(2)} of etcd's`, share <= most)
  }
}

function cpuShare(name: string, most: number) {
  return (figures: Figures): Check => {
    const { etcd, quorate } = rowNamed(figures, name) ?? {}
    if (!etcd || !quorate) return UNKNOWN
    const share = quorate.serverMicros / etcd.serverMicros
    const text = `${quorate.serverMicros.toFixed(1)} µs, ${share.toFixed(2)} of etcd's`
    return judged(text, share <= most)
  }
}

function atLeast(name: string, least: number) {
  return (figures: Figures): Check => {
    const { quorate } = rowNamed(figures, name) ?? {}
    if (!quorate) return UNKNOWN
    return judged(`${count(quorate.perSecond)}/s`, quorate.perSecond >= least)
  }
}

function p99Below(name: string, mostMs: number) {
  return (figures: Figures): Check => {
    const { quorate } = rowNamed(figures, name) ?? {}
    if (!quorate) return UNKNOWN
    return judged(`p99 ${quorate.p99Ms.toFixed(1)} ms`, quorate.p99Ms < mostMs)
  }
}

function memoryShare({ memory }: Figures): Check {
  const { etcd, quorate } = memory.find(({ keys }) => keys === MEMORY_KEYS) ?? {}
  if (!etcd || !quorate) return UNKNOWN
  const text = `${quorate.residentMiB.toFixed(0)} MiB against ${etcd.residentMiB.toFixed(0)}`
  return judged(text, quorate.residentMiB <= etcd.residentMiB)
}

/** With many keys, of what it is with few. */
function speedKept(at: number, least: number) {
  return (figures: Figures): Check => {
    const load = SIZE_LOADS[at]
    if (load === undefined) return UNKNOWN
    const few = rowNamed(figures, sizeName(load, SIZE_KEYS.few))?.quorate
    const many = rowNamed(figures, sizeName(load, SIZE_KEYS.many))?.quorate
    if (!few || !many) return UNKNOWN
    const share = many.perSecond / few.perSecond
    return judged(`${(share * 100).toFixed(0)}% (${load.kind})`, share >= least)
  }
}

function soakChecks({ soak }: Figures): Check {
  if (soak === null) return UNKNOWN
  const { elections, failures, growth, p99Ratio } = soakVerdict(soak)
  const isLong = soak.minutes.length >= 30
  const text =
    `${soak.minutes.length} minutes: ${elections} elections, memory ` +
    `${growth === null ? '-' : `${growth.toFixed(2)} x`}, p99 ${p99Ratio.toFixed(2)} x`
  const isFlat = growth === null || growth <= FLAT_GROWTH_MAX
  const isReached = elections === 0 && failures === 0 && isFlat && p99Ratio <= 1.3
  // What is too short can only show that it is missed.
  return isReached && !isLong ? { text, isReached: null } : judged(text, isReached)
}

function rowOf(kind: 'native' | 'GET' | 'PUT'): string {
  const found = ITEMS.find(({ task }) =>
    kind === 'native' ? task.kind === kind : task.kind === 'rest' && task.method === kind,
  )
  return found?.name ?? ''
}

const put = (connections: number, inFlight: number, valueBytes = 256): string =>
  nameOf(loadOf('put', [connections, inFlight], { valueBytes }))
const putThrough = (through: 'follower' | 'all'): string =>
  nameOf(loadOf('put', [10, 100], { through }))
const range = (connections: number, inFlight: number): string =>
  nameOf(loadOf('range', [connections, inFlight]))

const TARGETS: readonly Target[] = [
  {
    load: 'Put 256 B, 10 x 100 through the leader',
    wanted: '5 x, p99 at most a quarter',
    checks: [times(put(10, 100), 5), p99Share(put(10, 100), 1 / 4)],
  },
  {
    load: 'Put 10 x 10',
    wanted: '4 x, p99 at most a third',
    checks: [times(put(10, 10), 4), p99Share(put(10, 10), 1 / 3)],
  },
  { load: 'Put 1 x 1', wanted: '1.3 x', checks: [times(put(1, 1), 1.3)] },
  {
    load: 'Put 100 x 10 and 1,000 x 1',
    wanted: '4 x and 2 x',
    checks: [times(put(100, 10), 4), times(put(1000, 1), 2)],
  },
  {
    load: 'Put through a follower, and through all three nodes',
    wanted: '3 x',
    checks: [times(putThrough('follower'), 3), times(putThrough('all'), 3)],
  },
  {
    load: 'linearizable Range 10 x 100 and 1 x 1',
    wanted: '10 x and 1.3 x',
    checks: [times(range(10, 100), 10), times(range(1, 1), 1.3)],
  },
  {
    load: 'serializable Range 10 x 100',
    wanted: '10 x',
    checks: [times(nameOf(loadOf('serializable', [10, 100])), 10)],
  },
  {
    load: 'Put 4 KiB and 64 KiB, 10 x 10',
    wanted: '2 x and 1.2 x',
    checks: [times(put(10, 10, 4096), 2), times(put(10, 10, 65_536), 1.2)],
  },
  {
    load: 'transactions of 4 puts, 10 x 100',
    wanted: '4 x',
    checks: [times(nameOf(loadOf('txn', [10, 100])), 4)],
  },
  {
    load: 'watch fan-out to 1,000 watchers, events/s delivered',
    wanted: '3 x',
    checks: [times('events to 1,000 watchers', 3)],
  },
  {
    load: 'CPU per put, whole cluster (10 x 100)',
    wanted: "at most a quarter of etcd's",
    checks: [cpuShare(put(10, 100), 1 / 4)],
  },
  {
    load: memoryName(MEMORY_KEYS).replace('keys', '256-byte keys'),
    wanted: "at most etcd's",
    checks: [memoryShare],
  },
  {
    load: 'native client, pipelined puts',
    wanted: '100,000/s',
    checks: [atLeast(rowOf('native'), 100_000)],
  },
  {
    load: 'REST PUT and GET, 64 connections',
    wanted: '20,000/s with p99 under 26 ms, and 35,000/s',
    checks: [
      atLeast(rowOf('PUT'), 20_000),
      p99Below(rowOf('PUT'), 26),
      atLeast(rowOf('GET'), 35_000),
    ],
  },
  {
    load: 'speed with 2 million keys against 10,000 keys',
    wanted: 'at least 80%',
    checks: [speedKept(0, 0.8), speedKept(1, 0.8)],
  },
  {
    load: '30 minutes of full write load',
    wanted: 'no election, memory flat after 5 minutes, p99 of the last minute within 1.3 x',
    checks: [soakChecks],
  },
]
