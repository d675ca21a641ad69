/** Rows as a table for the terminal. */

import { count, failureTexts, fixed, latencies, perSecond } from './figure-text.ts'
import type { MemoryRow, Row } from './summary.ts'
import type { TargetRow } from './targets.ts'

/** It has one thread: near to a whole processor it may be what limits. */
const GENERATOR_CORES_MAX = 0.8

const HEAD = [
  ...['load', 'etcd/s', 'Quorate/s', 'times', 'etcd p50/p99/p99.9 ms', 'Quorate p50/p99/p99.9 ms'],
  ...['etcd µs', 'Quorate µs', 'generator'],
]

export function rowsText(rows: readonly Row[]): string {
  const failures = rows.flatMap(rowFailures)
  return [columnsText([HEAD, ...rows.map(rowCells)]), ...failures].join('\n')
}

export function rowCells(row: Row): string[] {
  const { load, etcd, ratio } = row
  // What stands beside etcd, or alone.
  const other = row.quorate ?? row.redis
  return [
    load,
    perSecond(etcd),
    perSecond(other),
    fixed(ratio, 2),
    latencies(etcd),
    latencies(other),
    fixed(etcd?.serverMicros, 1),
    fixed(other?.serverMicros, 1),
    [etcd, other].map((one) => fixed(one?.generatorCores, 2)).join(' / '),
  ]
}

/** What failed, and where it was perhaps the asking program that could do no more. */
export function rowFailures({ load, etcd, quorate, redis }: Row): string[] {
  const sides = [
    { name: 'etcd', measured: etcd },
    { name: 'Quorate', measured: quorate },
    { name: 'Redis', measured: redis },
  ]
  return sides
    .flatMap(({ name, measured }) => {
      const cores = measured?.generatorCores ?? 0
      const busy = Number.isFinite(cores) && cores > GENERATOR_CORES_MAX
      const note = `${name} was asked by a program that took ${cores.toFixed(2)} of a processor`
      return [...failureTexts(name, measured), ...(busy ? [note] : [])]
    })
    .map((text) => `${load}: ${text}`)
}

export function memoryText({ keys, etcd, quorate }: MemoryRow): string {
  const of = (one: MemoryRow['etcd']): string =>
    `${fixed(one?.residentMiB, 0)} MiB (${fixed(one?.anonymousMiB, 0)} of it no file)`
  return `memory with ${count(keys)} keys: etcd ${of(etcd)}, Quorate ${of(quorate)}`
}

export function targetsText(rows: readonly TargetRow[]): string {
  const plain = (text: string): string => text.replaceAll('**', '')
  return columnsText(
    rows.map(({ load, wanted, measured, verdict }) => [load, wanted, plain(measured), verdict]),
    true,
  )
}

function columnsText(lines: readonly (readonly string[])[], isText = false): string {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((line) => (line[i] ?? '').length)),
  )
  const pad = (cell: string, i: number): string =>
    i === 0 || isText ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
