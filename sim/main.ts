/**
 * `npm run sim`: campaigns of seeds, replay of one, shrinking of a failing one, the speed figure.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'
import { PROFILES, type Profile, type SimulationConfig } from './config.ts'
import { runSeed, type SeedReport } from './run-seed.ts'
import { shrink } from './shrink.ts'
import { measureSpeed } from './speed.ts'
import { replayCommand, Summary } from './summary.ts'

const USAGE = `usage: npm run sim -- [options]
  --seeds N        run N seeds (default 200)
  --first S        the first of them (default 1)
  --minutes M      stop after M minutes
  --profile NAME   ${PROFILES.join(', ')} (default: each in turn)
  --seed S         run this one seed and tell everything about it
  --overrides JSON with --seed: parts of its configuration, as --shrink prints them
  --shrink         with --seed: look for a smaller run that fails in the same way
  --twice N        run the first N seeds twice and compare the traces (default 50)
  --threads N      (default: one for each processor)
  --speed          measure simulated cluster-minutes for each CPU-minute, then stop
  --no-speed       do not measure it at the end of a campaign
  --report FILE    where the report goes (default sim/reports/latest.json)
  --json           print the report instead of progress
exit status: 0 nothing found, 1 a violation or an inconclusive run, 2 usage`

const options = {
  seeds: { type: 'string', default: '200' },
  first: { type: 'string', default: '1' },
  minutes: { type: 'string' },
  profile: { type: 'string' },
  seed: { type: 'string' },
  overrides: { type: 'string' },
  shrink: { type: 'boolean', default: false },
  twice: { type: 'string', default: '50' },
  threads: { type: 'string' },
  speed: { type: 'boolean', default: false },
  'no-speed': { type: 'boolean', default: false },
  report: { type: 'string', default: 'sim/reports/latest.json' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parse>

function parse() {
  return parseArgs({ options }).values
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** A campaign of no seeds would find nothing and look as if all were well. */
const NUMBERS = { seeds: 1, first: 0, minutes: 0, seed: 0, twice: 0, threads: 1 } as const

function complaintAbout(values: Values): string | null {
  for (const [name, min] of Object.entries(NUMBERS)) {
    const text = values[name as keyof typeof NUMBERS]
    if (text === undefined) continue
    const fraction = name === 'minutes' && /^\d+\.\d+$/.test(text)
    const sound = /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) >= min
    if (!sound && !fraction) return `--${name} takes a whole number from ${min} up, not '${text}'`
  }
  const { profile } = values
  if (profile !== undefined && !PROFILES.includes(profile as Profile)) {
    return `there is no profile '${profile}'`
  }
  if (values.overrides === undefined) return null
  if (values.seed === undefined) return '--overrides goes with --seed'
  return overridesOf(values) === null ? '--overrides takes a JSON object' : null
}

/** Null when it is no JSON object. */
function overridesOf({ overrides }: Values): Partial<SimulationConfig> | null {
  try {
    const value: unknown = JSON.parse(overrides ?? '{}')
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

async function main(): Promise<number> {
  let values: Values
  try {
    values = parse()
  } catch (error) {
    print(`${(error as Error).message}\n${USAGE}`)
    return 2
  }
  const complaint = complaintAbout(values)
  if (values.help || complaint !== null) {
    print(complaint === null ? USAGE : `${complaint}\n${USAGE}`)
    return complaint === null ? 0 : 2
  }
  const profile = values.profile as Profile | undefined
  if (values.speed) {
    print((await measureSpeed()).text)
    return 0
  }
  if (values.seed !== undefined) return replay(Number(values.seed), profile, values)
  return campaign(profile, values)
}

async function replay(seed: number, profile: Profile | undefined, values: Values): Promise<number> {
  const drawn = profile === undefined ? {} : { profile }
  const report = await runSeed(seed, { ...drawn, overrides: overridesOf(values) ?? {} })
  print(values.json ? JSON.stringify(report, null, 2) : describe(report))
  if (report.verdict !== 'violation') return report.verdict === 'inconclusive' ? 1 : 0
  if (values.shrink) {
    const smaller = await shrink(seed, drawn, { say: print })
    print(`smallest run found: ${smaller.report.text}`)
    print(
      `replay: ${replayCommand(seed, profile)} --overrides '${JSON.stringify(smaller.overrides)}'`,
    )
  }
  return 1
}

function describe(report: SeedReport): string {
  return [
    `seed ${report.seed}, profile ${report.profile}: ${report.verdict}`,
    report.text,
    `trace ${report.traceHash}, ${report.events} events, ${report.simulatedMs} ms, ` +
      `${report.nodes} nodes`,
    `operations ${JSON.stringify(report.operations)}`,
    `faults ${JSON.stringify(report.faults, null, 1)}`,
    `rare states ${JSON.stringify(report.marks, null, 1)}`,
  ].join('\n')
}

async function campaign(profile: Profile | undefined, values: Values): Promise<number> {
  const count = Number(values.seeds)
  const first = Number(values.first)
  const endsAt =
    values.minutes === undefined
      ? Number.POSITIVE_INFINITY
      : performance.now() + Number(values.minutes) * 60_000
  const summary = new Summary()
  const progress = new Progress(values.json, count)
  await runCampaign({
    seeds: range(first, count),
    options: profile === undefined ? {} : { profile },
    twice: Number(values.twice),
    stop: () => performance.now() > endsAt,
    ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
    onResult: (result) => {
      summary.add(result)
      const failed = summary.failures[summary.failures.length - 1]
      progress.show(summary)
      if (failed !== undefined && summary.failures.length > progress.told) {
        progress.told = summary.failures.length
        progress.say(`\nseed ${failed.seed} (${failed.profile}): ${failed.text}`)
        progress.say(`replay: ${replayCommand(failed.seed, profile)}`)
      }
    },
  })
  const speed = values['no-speed'] ? null : await measureSpeed()
  const report = { ...summary.json(), ...(speed === null ? {} : { speed: speed.figures }) }
  mkdirSync(dirname(values.report), { recursive: true })
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
  print(
    values.json
      ? JSON.stringify(report, null, 2)
      : `\n${summary.text()}${speed === null ? '' : `\n${speed.text}`}`,
  )
  if (!values.json) conclude(summary, values.report)
  const clean = summary.seeds > 0 && summary.failures.length + summary.inconclusive.length === 0
  return clean ? 0 : 1
}

function conclude(summary: Summary, file: string): void {
  for (const failure of summary.failures.slice(0, 20)) {
    print(`FAILED seed ${failure.seed} (${failure.profile}) ${failure.invariant}`)
  }
  for (const seed of summary.inconclusive) print(`INCONCLUSIVE seed ${seed}`)
  print(`report: ${file}`)
  // One seed can fail twice: two runs of it that differ, and a violation.
  const failed = new Set(summary.failures.map(({ seed }) => seed)).size
  print(
    `${summary.seeds - failed} without violation, ` +
      `${failed} with, ${summary.inconclusive.length} inconclusive`,
  )
}

class Progress {
  told = 0
  readonly #quiet: boolean
  readonly #total: number
  #shownAt = 0

  constructor(quiet: boolean, total: number) {
    this.#quiet = quiet
    this.#total = total
  }

  show(summary: Summary): void {
    const now = performance.now()
    if (this.#quiet || (now - this.#shownAt < 1000 && summary.seeds < this.#total)) return
    this.#shownAt = now
    const line = `${summary.seeds}/${this.#total} seeds, ${summary.failures.length} violations`
    process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`)
  }

  say(text: string): void {
    if (!this.#quiet) print(text)
  }
}

function* range(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed++) yield seed
}

process.exitCode = await main()
