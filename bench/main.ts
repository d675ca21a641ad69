/**
 * Quorate beside etcd (`npm run bench`): each a cluster of three processes on this machine, never
 * both at once, asked by the same programs with the same bytes. Beside them `h2load`, `wrk` and
 * Redis, where this machine has them.
 *
 *   --quick         fewer loads, one round; under three minutes
 *   --rounds N      3 when absent
 *   --seconds N     of each load; 3 when absent
 *   --keys N        that are put before anything is measured; 1,000,000 when absent
 *   --only PATTERN  only rows whose names match it, such as '^put 10 x 10$|memory'
 *   --list          what the rows are called; nothing is measured
 *   --write         keep the samples in bench/results/versus.json, and write docs/performance.md.
 *                   What is kept is replaced; with --only the rows are put beside the others, and
 *                   the document tells which run each is of
 *   --document      write docs/performance.md from what is kept; nothing is measured
 */

import path from 'node:path'
import { parseArgs } from 'node:util'
import { factsAfter, machineFacts, syncMicros, tellFacts } from './versus/facts.ts'
import { keepRun, writeDocument } from './versus/kept.ts'
import { ITEMS, memoryName, SIZE_KEYS, SIZE_LOADS, sizeName, YARDSTICKS } from './versus/load.ts'
import { type Programs, Rounds } from './versus/rounds.ts'
import { memoryRowsOf, type Run, rowsOf } from './versus/summary.ts'
import { memoryText, rowsText, targetsText } from './versus/table.ts'
import { targetRows } from './versus/targets.ts'
import { findEtcd, findTool, installText, type ToolName, versionOf } from './versus/tools.ts'

const ROOT = path.join(import.meta.dirname, '..')
const WARM_MS = 1000

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    keys: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
  },
})
const isQuick = values.quick
const rounds = Number(values.rounds ?? (isQuick ? 1 : 3))
const keys = Number(values.keys ?? (isQuick ? 20_000 : 1_000_000))
const measureMs = Number(values.seconds ?? (isQuick ? 2 : 3)) * 1000

if (values.list) for (const name of rowNames()) console.log(name)
else if (values.document) tellWritten(writeDocument(ROOT))
else await measure()

function rowNames(): string[] {
  return [
    memoryName(keys),
    ...ITEMS.map(({ name }) => name),
    ...SIZE_LOADS.flatMap((load) =>
      [SIZE_KEYS.few, SIZE_KEYS.many].map((count) => sizeName(load, count)),
    ),
    ...YARDSTICKS.map(({ name }) => name),
  ]
}

async function measure(): Promise<void> {
  const { programs, versions } = findPrograms()
  const only = values.only === undefined ? null : new RegExp(values.only, 'i')
  const timing = { warmMs: WARM_MS, measureMs }
  const settings = { isQuick, timing, keys, only }
  const benchmark = new Rounds(programs, settings, { rounds, say: (line) => console.log(line) })
  const sync = `write and fdatasync of 512 bytes in ${syncMicros().toFixed(0)} µs`
  const before = { ...machineFacts(ROOT), disk: sync, ...versions }
  tellFacts(before)
  console.log(`this takes about ${Math.ceil(benchmark.estimateMs() / 60_000)} minutes`)
  const startMs = performance.now()
  await benchmark.run()
  const seconds = (performance.now() - startMs) / 1000
  const after = factsAfter()
  tellFacts(after)
  const machine = { ...before, ...after }
  const { samples, memory } = benchmark
  const command = commandText(process.argv.slice(2))
  const date = new Date().toISOString().slice(0, 10)
  const run: Run = { command, date, machine, rounds, keys, samples, memory }
  tell(run)
  console.log(`took ${(seconds / 60).toFixed(1)} minutes`)
  if (values.write) tellWritten(keepRun(ROOT, run, only !== null))
}

function tell(run: Run): void {
  const rows = rowsOf([run])
  const memory = memoryRowsOf([run])
  console.log(`\n${rowsText(rows)}`)
  for (const row of memory) console.log(memoryText(row))
  console.log(`\n${targetsText(targetRows({ rows, memory, soak: null }))}`)
}

/** What is missing is told, and the rest measured. */
function findPrograms(): { programs: Programs; versions: Record<string, string> } {
  const versions: Record<string, string> = {}
  const noted = (name: ToolName, file = findTool(name)): string | null => {
    if (file === null) console.log(`${installText(name)}; goes on without it`)
    else versions[name] = versionOf(name, file)
    return file
  }
  const etcd = noted('etcd', findEtcd(path.join(ROOT, 'node_modules/.cache/etcd')))
  const [server, benchmark] = [noted('redis-server'), noted('redis-benchmark')]
  const programs = {
    etcd: etcd === null ? null : [etcd],
    quorate: [path.join(ROOT, 'bin/etcd')],
    h2load: noted('h2load'),
    wrk: noted('wrk'),
    redis: server === null || benchmark === null ? null : { server, benchmark },
  }
  return { programs, versions }
}

function commandText(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[\w.=-]+$/.test(word) ? word : `'${word}'`))
  return words.length === 0 ? 'npm run bench' : `npm run bench -- ${quoted.join(' ')}`
}

function tellWritten(files: readonly string[]): void {
  for (const file of files) console.log(`written: ${file}`)
}
