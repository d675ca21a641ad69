/** From samples to what is said of them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartOf } from './chart.ts'
import { documentText } from './document.ts'
import { revived, withoutOutdated } from './kept.ts'
import { SIZE_KEYS, SIZE_LOADS, sizeName } from './load.ts'
import type { Measured } from './order.ts'
import { type SoakMinute, type SoakReport, soakVerdict } from './soak-report.ts'
import {
  failedSample,
  type MemorySample,
  median,
  memoryRowsOf,
  type Run,
  rowsOf,
  type Sample,
} from './summary.ts'
import { rowsText } from './table.ts'
import { type TargetRow, targetRows } from './targets.ts'

function measured(perSecond: number, p99Ms = 10): Measured {
  return {
    perSecond,
    p50Ms: p99Ms / 2,
    p99Ms,
    p999Ms: p99Ms * 2,
    longestMs: p99Ms * 3,
    failures: {},
    serverMicros: 1e6 / perSecond,
    serverCores: 1,
    generatorCores: 0.1,
    writtenPerByte: 9,
  }
}

function sample(side: Sample['side'], load: string, figures: Measured, round = 1): Sample {
  return { round, side, section: 'requests', load, ...figures }
}

function runOf(samples: readonly Sample[], memory: readonly MemorySample[] = []): Run {
  const machine = { processors: '2' }
  const command = 'npm run bench'
  return { command, date: '2000-01-01', machine, rounds: 3, keys: 1000, samples, memory }
}

const PUT = 'put 10 x 100'

test('a row is of medians, and of how many times as many', () => {
  const run = runOf([
    ...[100, 300, 200].map((n, i) => sample('etcd', PUT, measured(n), i + 1)),
    ...[900, 1100, 1000].map((n, i) => sample('quorate', PUT, measured(n), i + 1)),
  ])
  const [row] = rowsOf([run])
  assert.equal(row?.etcd?.perSecond, 200)
  assert.equal(row?.quorate?.perSecond, 1000)
  assert.equal(row?.ratio, 5)
})

test('a sample that failed counts as the worst there is, and is told', () => {
  const run = runOf([
    sample('quorate', PUT, measured(900), 1),
    sample('quorate', PUT, failedSample('the generator has ended'), 2),
    sample('quorate', PUT, measured(1000), 3),
  ])
  const [row] = rowsOf([run])
  assert.equal(row?.quorate?.perSecond, 900)
  assert.equal(row?.quorate?.p99Ms, 10)
  assert.match(rowsText(rowsOf([run])), /Quorate failed 1 times: .*the generator has ended/)
  assert.match(documentText({ runs: [run], soak: null, remarks: '' }), /900 · 0 · 1,000/)
})

test('a generator that may have been what limits is told', () => {
  const busy = { ...measured(900), generatorCores: 0.93 }
  assert.match(rowsText(rowsOf([runOf([sample('quorate', PUT, busy)])])), /took 0\.93 of a proc/)
  assert.doesNotMatch(rowsText(rowsOf([runOf([sample('etcd', PUT, measured(1))])])), / took /)
})

test('what is not known is the last in a median', () => {
  assert.equal(median([3, Number.NaN, 1]), 3)
  assert.equal(median([1, Number.NaN, Number.NaN]), Number.POSITIVE_INFINITY)
  assert.equal(median([4, 2]), 3)
  assert.ok(Number.isNaN(median([])))
})

test('what was kept says the same when it is read', () => {
  const run = runOf([sample('quorate', PUT, failedSample('gone'))])
  assert.deepEqual(revived(JSON.stringify({ runs: [run] })), { runs: [run] })
  assert.equal(revived('null'), null)
})

test('a later run replaces rows of both sides, and the document tells which is of which', () => {
  const first = runOf([
    sample('etcd', PUT, measured(100)),
    sample('quorate', PUT, measured(500)),
    sample('etcd', 'put 1 x 1', measured(10)),
    sample('quorate', 'put 1 x 1', measured(20)),
  ])
  const second = runOf([sample('etcd', PUT, measured(200)), sample('quorate', PUT, measured(600))])
  const rows = rowsOf([first, second])
  assert.deepEqual(
    rows.map(({ load, ratio, run }) => [load, ratio, run]),
    [
      [PUT, 3, 1],
      ['put 1 x 1', 2, 0],
    ],
  )
  const text = documentText({ runs: [first, second], soak: null, remarks: '' })
  assert.match(text, /Written from 2 runs/)
  assert.match(text, /\| put 10 x 100 \| 200 \| 600 \| 2 \|/)
  assert.match(text, /## Run 1\n[\s\S]*## Run 2\n/)
  assert.equal(withoutOutdated([first, second]).length, 2)
  assert.deepEqual(withoutOutdated([second, first]), [first])
})

function target(rows: readonly TargetRow[], load: string): TargetRow | undefined {
  return rows.find((row) => row.load.startsWith(load))
}

test('a line is reached when all of it is, missed when a part is, and else not measured', () => {
  const figures = (p99Ms: number) => ({
    rows: rowsOf([
      runOf([
        sample('etcd', PUT, measured(100, 40)),
        sample('quorate', PUT, measured(500, p99Ms)),
        sample('etcd', 'put 100 x 10', measured(100)),
        sample('quorate', 'put 100 x 10', measured(500)),
      ]),
    ]),
    memory: [],
    soak: null,
  })
  const rows = targetRows(figures(10))
  assert.equal(target(rows, 'Put 256 B')?.verdict, 'reached')
  assert.equal(target(rows, 'Put 256 B')?.measured, "5.0 x; p99 0.25 of etcd's")
  assert.equal(target(rows, 'CPU per put')?.verdict, 'reached')
  assert.equal(target(rows, 'Put 100 x 10')?.verdict, 'not measured')
  const slow = target(targetRows(figures(11)), 'Put 256 B')
  assert.equal(slow?.verdict, 'missed')
  assert.equal(slow?.measured, "5.0 x; **p99 0.28 of etcd's**")
})

test('every target finds its figures under the names that rows have', () => {
  const names = [
    ...['put 10 x 100', 'put 10 x 10', 'put 1 x 1', 'put 100 x 10', 'put 1000 x 1'],
    ...['put 10 x 100, through a follower', 'put 10 x 100, through all three'],
    ...['linearizable range 10 x 100', 'linearizable range 1 x 1', 'serializable range 10 x 100'],
    ...['put 10 x 10, 4 KiB', 'put 10 x 10, 64 KiB', 'transaction of 4 puts 10 x 100'],
    ...['events to 1,000 watchers', 'native client, 1,000 puts under way'],
    ...['REST PUT, 64 connections', 'REST GET, 64 connections'],
    ...SIZE_LOADS.flatMap((load) => [SIZE_KEYS.few, SIZE_KEYS.many].map((n) => sizeName(load, n))),
  ]
  const memory: MemorySample[] = (['etcd', 'quorate'] as const).map((side) => {
    return { round: 1, side, keys: 1_000_000, residentMiB: 400, anonymousMiB: 300 }
  })
  const run = runOf(
    names.flatMap((name) => [
      sample('etcd', name, measured(10_000, 100)),
      sample('quorate', name, measured(200_000, 1)),
    ]),
    memory,
  )
  const minutes = Array.from({ length: 30 }, (_, i) => soakMinute(i + 1, 300, 10))
  const report = { rows: rowsOf([run]), memory: memoryRowsOf([run]), soak: soakOf(minutes) }
  const rows = targetRows(report)
  assert.deepEqual(
    rows.filter(({ verdict }) => verdict !== 'reached'),
    [],
  )
  assert.equal(rows.length, 16)
})

function soakMinute(minute: number, residentMiB: number, p99Ms: number): SoakMinute {
  return { ...measured(1000, p99Ms), minute, residentMiB: [100, residentMiB], term: 2 }
}

function soakOf(minutes: readonly SoakMinute[]): SoakReport {
  const command = 'npm run bench:soak'
  return { command, date: '2000-01-01', machine: {}, keys: 1000, termBefore: 2, minutes }
}

test('memory is compared with that of the fifth minute, by the largest member', () => {
  const sizes = [200, 250, 280, 290, 300, 360, 310]
  const minutes = sizes.map((size, i) => soakMinute(i + 1, size, 10 + i))
  const verdict = soakVerdict(soakOf(minutes))
  assert.deepEqual(verdict, { elections: 0, failures: 0, growth: 1.2, p99Ratio: 1.6 })
  assert.equal(soakVerdict(soakOf(minutes.slice(0, 5))).growth, null)
})

test('a soak that is too short reaches nothing, and one that fails has missed', () => {
  const minutes = Array.from({ length: 10 }, (_, i) => soakMinute(i + 1, 300, 10))
  const verdictOf = (soak: SoakReport) =>
    target(targetRows({ rows: [], memory: [], soak }), '30 minutes')?.verdict
  assert.equal(verdictOf(soakOf(minutes)), 'not measured')
  assert.equal(verdictOf(soakOf(minutes.slice(0, 1))), 'not measured')
  const elected = minutes.map((minute) => ({ ...minute, term: 3 }))
  assert.equal(verdictOf(soakOf(elected)), 'missed')
})

test('the document has what was measured, and no section for what was not', () => {
  const own = { ...sample('quorate', 'REST PUT, 64 connections', measured(7)), section: 'own' }
  const run = runOf([sample('etcd', PUT, measured(100)), own as Sample])
  const text = documentText({ runs: [run], soak: null, remarks: 'Why it is so.' })
  assert.match(text, /Written from `npm run bench` of 2000-01-01, in 3 rounds;/)
  assert.match(text, /\| put 10 x 100 \| 100 \| - \| - \|/)
  assert.match(text, /\| REST PUT, 64 connections \| 7 \|/)
  assert.match(text, /Why it is so\./)
  assert.match(text, /No request failed\./)
  assert.doesNotMatch(text, /h2load|Redis: |NaN|Infinity|undefined/)
})

test('the chart has a bar for each ratio', () => {
  const samples = [PUT, 'put 1 x 1'].flatMap((load) => [
    sample('etcd', load, measured(100)),
    sample('quorate', load, measured(300)),
  ])
  const chart = chartOf(rowsOf([runOf([...samples, sample('redis', 'Redis SET', measured(9))])]))
  assert.equal(chart.match(/<rect/g)?.length, 2)
  assert.doesNotMatch(chart, /NaN|Redis/)
})
