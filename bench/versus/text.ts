/** A report as a table for the terminal, and as the document that shows it. */

import type { Measured } from './order.ts'
import { type Report, type Row, rowsOf } from './summary.ts'

const HEAD = [
  ...['load', 'etcd/s', 'Quorate/s', 'times', 'etcd p50/p99/p99.9 ms', 'Quorate p50/p99/p99.9 ms'],
  ...['etcd µs', 'Quorate µs', 'generator'],
]

export function tableText(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => (line[i] as string).length)))
  const pad = (line: readonly string[]): string =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
  return [...lines.map(pad), ...rows.flatMap(failureLines)].join('\n')
}

function cells({ load, etcd, quorate, ratio }: Row): string[] {
  return [
    load,
    count(etcd.perSecond),
    count(quorate.perSecond),
    ratio.toFixed(2),
    latencies(etcd),
    latencies(quorate),
    etcd.serverMicros.toFixed(1),
    quorate.serverMicros.toFixed(1),
    `${etcd.generatorCores.toFixed(2)} / ${quorate.generatorCores.toFixed(2)}`,
  ]
}

function failureLines({ load, etcd, quorate }: Row): string[] {
  return [
    ['etcd', etcd],
    ['Quorate', quorate],
  ].flatMap(([name, measured]) =>
    Object.entries((measured as Measured).failures).map(
      ([text, times]) => `${load}: ${name} failed ${times} times: ${text}`,
    ),
  )
}

export function count(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en')
}

function latencies({ p50Ms, p99Ms, p999Ms }: Measured): string {
  return [p50Ms, p99Ms, p999Ms].map((ms) => ms.toFixed(ms < 10 ? 2 : 1)).join(' / ')
}

/** `docs/performance.md`: everything in it comes from the report. */
export function documentText(report: Report): string {
  const rows = rowsOf(report)
  const { machine, command, rounds, keys, residentMiB } = report
  const failures = rows.flatMap(failureLines)
  return `# Performance

Written by \`${command}\`, which keeps its samples in
[bench/results/versus.json](../bench/results/versus.json). Both are clusters of three processes on
the same machine and disk, one after the other, with synced writes; the same program asks both with
the same bytes over gRPC, in ${rounds} rounds that alternate. Figures are medians. Keys are random
among ${keys.toLocaleString('en')}, values have 256 bytes unless something else is said;
\`10 x 100\` is ten connections with a hundred requests under way on each. Processor time is that
of all three servers for each request; the program that asks has the same cores, and the last column
is how much of them it takes.

![How many times as many requests as etcd](performance.svg)

${markdownRow(HEAD)}
${markdownRow(HEAD.map((_, i) => (i === 0 ? '---' : '--:')))}
${rows.map((row) => markdownRow(cells(row))).join('\n')}

Bytes that came to the disk, from all three servers, for each byte of a value that was put:

| Load | etcd | Quorate |
| --- | --: | --: |
${rows
  .filter(({ etcd }) => etcd.writtenPerByte !== null)
  .map(writtenLine)
  .join('\n')}

Memory of the process that holds most, after all loads: etcd ${residentMiB.etcd.toFixed(0)} MiB,
Quorate ${residentMiB.quorate.toFixed(0)} MiB.

${failures.length === 0 ? 'No request failed.' : failures.join('\n')}

| The machine | |
| --- | --- |
${Object.entries(machine).map(markdownRow).join('\n')}
`
}

function markdownRow(line: readonly string[]): string {
  return `| ${line.join(' | ')} |`
}

function writtenLine({ load, etcd, quorate }: Row): string {
  const figure = ({ writtenPerByte }: Measured): string => (writtenPerByte ?? 0).toFixed(1)
  return markdownRow([load, figure(etcd), figure(quorate)])
}
