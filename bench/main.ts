/**
 * Quorate beside etcd (`npm run bench`): each a cluster of three processes on this machine, never
 * both at once, asked by the same program with the same bytes.
 *
 *   --quick        fewer loads, one round; under three minutes
 *   --rounds N     3 when absent
 *   --seconds N    of each load; 3 when absent
 *   --keys N       that are put before anything is measured; 100,000 when absent
 *   --only WORDS   only loads whose names contain it
 *   --write        keep the figures in bench/results/versus.json, and write docs/performance.md
 */

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { release, totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from './figures.ts'
import { chartOf } from './versus/chart.ts'
import { FAN_OUTS, LOADS } from './versus/load.ts'
import type { Measured } from './versus/order.ts'
import { Side, type SideOptions } from './versus/side.ts'
import { median, type Report, rowsOf, type Sample, SIDES, type SideName } from './versus/summary.ts'
import { count, documentText, tableText } from './versus/text.ts'

const ROOT = path.join(import.meta.dirname, '..')
const COMMANDS: Readonly<Record<SideName, SideOptions['command']>> = {
  etcd: ['etcd'],
  quorate: [path.join(ROOT, 'bin/etcd')],
}
const FILL_VALUE_BYTES = 256
const WARM_MS = 1000

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    keys: { type: 'string' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
const timing = {
  warmMs: WARM_MS,
  measureMs: Number(values.seconds ?? (values.quick ? 2 : 3)) * 1000,
}
const keys = Number(values.keys ?? (values.quick ? 20_000 : 100_000))
const wanted = ({ name, isQuick = false }: { name: string; isQuick?: boolean }): boolean =>
  name.includes(values.only) && (isQuick || !values.quick || values.only !== '')

const samples: Sample[] = []
const resident: Record<SideName, number[]> = { etcd: [], quorate: [] }
const facts = machineFacts()
for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value}`)
for (let round = 1; round <= rounds; round++) {
  // Whoever comes second may find the machine warmer, or slower.
  const order = round % 2 === 1 ? SIDES : SIDES.toReversed()
  for (const side of order) await measureSide(side, round)
}
const report: Report = {
  machine: facts,
  command: commandText(process.argv.slice(2)),
  rounds,
  keys,
  samples,
  residentMiB: { etcd: median(resident.etcd), quorate: median(resident.quorate) },
}
console.log(tableText(rowsOf(report)))
for (const side of SIDES) console.log(`${side}: ${report.residentMiB[side].toFixed(0)} MiB at most`)
if (values.write) {
  keep('bench/results/versus.json', `${JSON.stringify(report, null, 1)}\n`)
  keep('docs/performance.md', documentText(report))
  keep('docs/performance.svg', chartOf(rowsOf(report)))
}

function keep(file: string, text: string): void {
  writeFileSync(path.join(ROOT, file), text)
  console.log(`kept in ${file}`)
}

async function measureSide(name: SideName, round: number): Promise<void> {
  const side = await Side.open({ name, command: COMMANDS[name] }, keys)
  try {
    await side.fill(FILL_VALUE_BYTES)
    const note = (load: string, measured: Measured): void => {
      samples.push({ round, side: name, load, ...measured })
      const failed = Object.values(measured.failures).reduce((sum, one) => sum + one, 0)
      console.log(
        `round ${round}  ${name.padEnd(8)}${load.padEnd(36)}${count(measured.perSecond)}/s` +
          `  p99 ${measured.p99Ms.toFixed(1)} ms${failed === 0 ? '' : `  ${failed} failed`}`,
      )
    }
    for (const load of LOADS.filter(wanted)) note(load.name, await side.load(load, timing))
    for (const fanOut of FAN_OUTS.filter(wanted)) {
      note(fanOut.name, await side.fanOut(fanOut, timing))
    }
    resident[name].push(side.residentMiB())
  } finally {
    await side.stop()
  }
}

function commandText(words: readonly string[]): string {
  return words.length === 0 ? 'npm run bench' : `npm run bench -- ${words.join(' ')}`
}

function machineFacts(): Record<string, string> {
  const version = execFileSync('etcd', ['--version'], { encoding: 'utf8' })
  return {
    processors: machine(),
    memory: `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`,
    system: `Linux ${release()}`,
    etcd: /etcd Version: (\S+)/.exec(version)?.[1] ?? 'unknown',
  }
}
