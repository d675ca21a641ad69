/**
 * Full write load for a while (`npm run bench:soak`): no election may happen, memory must be flat
 * after five minutes, and the last minute must be as fast as the first.
 *
 *   --minutes N   30 when absent
 *   --keys N      keys that are written over and over; 1,000,000 when absent
 *   --write       keep the figures in bench/results/soak.json, and write docs/performance.md
 */

import path from 'node:path'
import { parseArgs } from 'node:util'
import { serverCommand } from '../test/cluster/index.ts'
import { factsAfter, machineFacts, tellFacts } from './versus/facts.ts'
import { keepSoak } from './versus/kept.ts'
import { loadOf } from './versus/load.ts'
import { Side } from './versus/side.ts'
import {
  minuteText,
  type SoakMinute,
  type SoakReport,
  soakVerdict,
  verdictText,
} from './versus/soak-report.ts'

const ROOT = path.join(import.meta.dirname, '..')
const MINUTE_MS = 60_000
const WARM_MS = 1000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    keys: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
})
const keys = Number(values.keys)
const times = Number(values.minutes)

// History goes as it would in production, or it alone would fill memory and disk.
const flags = ['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '1m']
const programs = { h2load: null, wrk: null }
const side = await Side.open({ name: 'soak', command: serverCommand(), flags, programs })
try {
  const report = await soak()
  const verdict = soakVerdict(report)
  console.log(verdictText(verdict))
  if (values.write) for (const file of keepSoak(ROOT, report)) console.log(`written: ${file}`)
  process.exitCode = verdict.elections === 0 && verdict.failures === 0 ? 0 : 1
} finally {
  await side.stop()
}

async function soak(): Promise<SoakReport> {
  const machine = machineFacts(ROOT)
  tellFacts(machine)
  const termBefore = await side.term()
  const minutes: SoakMinute[] = []
  const looks: Promise<void>[] = []
  side.keys = keys
  await side.soak(loadOf('put', [10, 100], { through: 'all' }), {
    times,
    timing: { warmMs: WARM_MS, measureMs: MINUTE_MS },
    heard: (measured) => {
      const minute = looks.length + 1
      const residentMiB = side.memory().map((one) => one.residentMiB)
      const look = side.term().then((term) => {
        const one = { minute, residentMiB, term, ...measured }
        minutes.push(one)
        console.log(minuteText(one))
      })
      looks.push(look)
    },
  })
  await Promise.all(looks)
  const command = `npm run bench:soak${times === 30 ? '' : ` -- --minutes ${times}`}`
  const date = new Date().toISOString().slice(0, 10)
  const after = factsAfter()
  tellFacts(after)
  return { command, date, machine: { ...machine, ...after }, keys, termBefore, minutes }
}
