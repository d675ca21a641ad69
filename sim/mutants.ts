/**
 * `npm run mutants`: puts each known bug back and tells within how many seeds the simulator sees
 * it.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { assert } from '../src/base/index.ts'
import { runCampaign } from './campaign.ts'
import type { Profile } from './config.ts'
import { MUTANTS } from './mutants/list.ts'
import { type Mutant, mutate } from './mutants/mutant.ts'
import type { WorkResult } from './worker.ts'

const USAGE = `usage: npm run mutants -- [--seeds N] [--only NAME[,NAME]] [--report FILE]
exit status: 0 when at least 90% are killed, the canary among them; 1 otherwise; 2 usage`

const KILLED_SHARE_MIN = 0.9
/** A file of tests that takes longer hangs, and that is a failure as well. */
const TESTS_MS_MAX = 120_000

interface Trial {
  readonly name: string
  readonly killed: boolean
  readonly seeds: number
  readonly invariant: string
  readonly seed: number
  /** The file of tests that was run in the place of seeds; empty: none. */
  readonly test: string
  readonly explained: string
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function failureOf(result: WorkResult): { seed: number; invariant: string } | null {
  if (result.kind === 'failed') return { seed: result.seed, invariant: 'harness' }
  const { report } = result
  return report.verdict === 'violation' ? { seed: report.seed, invariant: report.invariant } : null
}

const PRELOAD = new URL('./mutants/preload.ts', import.meta.url).href

/** Whether the tests fail. */
function failsTests({ name, test }: Mutant): boolean {
  const file = new URL(`../src/${test}`, import.meta.url).pathname
  const { status } = spawnSync(process.execPath, ['--import', PRELOAD, '--test', file], {
    env: { ...process.env, QUORATE_MUTANT: name },
    timeout: TESTS_MS_MAX,
  })
  return status !== 0
}

async function tryMutant(mutant: Mutant, seedsMax: number): Promise<Trial> {
  const source = readFileSync(new URL(`../src/${mutant.file}`, import.meta.url), 'utf8')
  assert(mutate(source, mutant) !== null, 'the text of a mutant is exactly once in its file')
  const { name, test = '', survives: explained = '' } = mutant
  if (test !== '') {
    const killed = failsTests(mutant)
    return { name, killed, seeds: 0, invariant: 'tests', seed: 0, test, explained }
  }
  let seeds = 0
  let failure: { seed: number; invariant: string } | null = null
  await runCampaign({
    seeds: range(seedsMax),
    options: mutant.profile === undefined ? {} : { profile: mutant.profile as Profile },
    twice: 0,
    stop: () => failure !== null,
    preload: PRELOAD,
    environment: { QUORATE_MUTANT: name },
    onResult: (result) => {
      seeds += 1
      failure ??= failureOf(result)
    },
  })
  const found = failure as { seed: number; invariant: string } | null
  return {
    name,
    killed: found !== null,
    seeds,
    invariant: found?.invariant ?? '',
    seed: found?.seed ?? 0,
    test,
    explained,
  }
}

function verdictOn({ killed, seed, seeds, invariant, test, explained }: Trial): string {
  if (test !== '') return `${killed ? 'killed by' : 'SURVIVED'} src/${test}`
  if (killed) return `killed by seed ${seed} (${invariant}) after ${seeds} seeds`
  return `SURVIVED ${seeds} seeds${explained === '' ? '' : `: ${explained}`}`
}

function* range(count: number): Generator<number> {
  for (let seed = 1; seed <= count; seed++) yield seed
}

const options = {
  seeds: { type: 'string', default: '2000' },
  only: { type: 'string' },
  report: { type: 'string', default: 'sim/reports/mutants.json' },
  help: { type: 'boolean', default: false },
} as const

function parse() {
  return parseArgs({ options }).values
}

async function main(): Promise<number> {
  let values: ReturnType<typeof parse>
  try {
    values = parse()
  } catch (error) {
    print(`${(error as Error).message}\n${USAGE}`)
    return 2
  }
  if (values.help) {
    print(USAGE)
    return 0
  }
  const only = values.only?.split(',')
  const mutants = MUTANTS.filter((mutant) => only === undefined || only.includes(mutant.name))
  const unknown = only?.find((name) => !mutants.some((mutant) => mutant.name === name))
  if (unknown !== undefined || !/^[1-9]\d*$/.test(values.seeds)) {
    const what = unknown === undefined ? 'a number of seeds is 1 or more' : `no mutant '${unknown}'`
    print(`${what}\n${USAGE}`)
    return 2
  }
  const trials: Trial[] = []
  for (const mutant of mutants) {
    const trial = await tryMutant(mutant, Number(values.seeds))
    trials.push(trial)
    print(`${trial.name.padEnd(40)} ${verdictOn(trial)}`)
  }
  const killed = trials.filter((trial) => trial.killed).length
  mkdirSync(dirname(values.report), { recursive: true })
  writeFileSync(
    values.report,
    `${JSON.stringify({ killed, of: trials.length, trials }, null, 2)}\n`,
  )
  print(`${killed} of ${trials.length} mutants killed, report: ${values.report}`)
  const canary = trials.find((trial) => trial.name === 'canary')
  return killed >= trials.length * KILLED_SHARE_MIN && canary?.killed !== false ? 0 : 1
}

process.exitCode = await main()
