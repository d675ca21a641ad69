/**
 * The programs as people and machines start them. A simulator that finds a bug and ends as if it
 * had not is worse than none: the canary is a bug that every campaign must report.
 */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { runCampaign } from './campaign.ts'
import { runSeed } from './run-seed.ts'
import { replayCommand, Summary } from './summary.ts'
import type { WorkResult } from './worker.ts'

const DIRECTORY = mkdtempSync(path.join(tmpdir(), 'quorate-campaign-'))
after(() => rmSync(DIRECTORY, { recursive: true }))

const PRELOAD = new URL('./mutants/preload.ts', import.meta.url).href
const CANARY = { QUORATE_MUTANT: 'canary', NODE_OPTIONS: `--import ${PRELOAD}` }
/** Nothing here takes a tenth of it: a program that does not end is stopped. */
const TIMEOUT_MS = 60_000
const REPORT = path.join(DIRECTORY, 'report.json')

interface Ended {
  readonly status: number | null
  readonly output: string
  readonly error: string
}

function run(program: string, words: readonly string[], environment = {}): Promise<Ended> {
  const file = path.join(import.meta.dirname, program)
  // Without the cache most of the time goes into reading the sources again in each process.
  const env = { ...process.env, NODE_COMPILE_CACHE: DIRECTORY, ...environment }
  return new Promise((resolve, reject) => {
    const options = { env, cwd: DIRECTORY, timeout: TIMEOUT_MS }
    const child = spawn(process.execPath, [file, ...words], options)
    const texts = { output: '', error: '' }
    child.stdout.on('data', (data) => {
      texts.output += data
    })
    child.stderr.on('data', (data) => {
      texts.error += data
    })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, ...texts }))
  })
}

function campaign(words: readonly string[], environment = {}): Promise<Ended> {
  return run('main.ts', [...words, '--no-speed', '--report', REPORT], environment)
}

suite('a campaign', () => {
  test('that finds nothing ends with 0, says so, and leaves a report', async () => {
    const words = ['--seeds', '3', '--first', '114', '--profile', 'calm', '--twice', '2']
    const { status, output } = await campaign(words)
    assert.equal(status, 0, output)
    assert.ok(output.endsWith('\n3 without violation, 0 with, 0 inconclusive\n'), output)
    assert.match(output, /^3 seeds, \d+ events, /m)
    assert.match(output, /^run twice with equal traces: 2$/m)
    assert.match(output, /^not reached: .*disk: rot/m)
    const report = JSON.parse(readFileSync(REPORT, 'utf8'))
    assert.deepEqual(
      [report.seeds, report.runTwice, report.failures, report.inconclusive, report.profiles],
      [3, 2, [], [], { calm: 3 }],
    )
    assert.ok(report.operations.ok > 0 && report.events > 0 && report.rareStates.becameLeader > 0)
    assert.ok(report.unreached.includes('disk: rot'))
  })

  test('for programs prints the report and nothing else', async () => {
    const words = ['--seeds', '1', '--first', '48', '--threads', '1', '--json']
    const { status, output } = await campaign(words)
    assert.equal(status, 0)
    assert.deepEqual(JSON.parse(output), JSON.parse(readFileSync(REPORT, 'utf8')))
  })

  test('that meets the canary ends with 1 and tells which seed, and how to replay it', async () => {
    const words = ['--seeds', '2', '--first', '69', '--profile', 'calm', '--twice', '1']
    const { status, output } = await campaign(words, CANARY)
    assert.equal(status, 1, output)
    assert.ok(output.endsWith('\n0 without violation, 2 with, 0 inconclusive\n'), output)
    const told = [...output.matchAll(/^seed (\d+) \(calm\): (I\d+: .*)$/gm)]
    assert.deepEqual(told.map(([, seed]) => Number(seed)).sort(), [69, 70])
    assert.match(output, /^FAILED seed 69 \(calm\) I6$/m)
    const report = JSON.parse(readFileSync(REPORT, 'utf8'))
    assert.equal(report.failures.length, 2)

    const [, seed = '', text = ''] = told[0] ?? []
    const command = /^replay: npm run sim -- (.*)$/m.exec(output)?.[1]?.split(' ') ?? []
    assert.deepEqual(command, ['--seed', seed, '--profile', 'calm'])
    const [replayed, sound] = await Promise.all([
      run('main.ts', command, CANARY),
      run('main.ts', command),
    ])
    assert.equal(replayed.status, 1)
    assert.ok(replayed.output.startsWith(`seed ${seed}, profile calm: violation\n${text}\n`))
    // Without the bug the same seed finds nothing: the violation was the canary's.
    assert.equal(sound.status, 0)
    assert.ok(sound.output.startsWith(`seed ${seed}, profile calm: consistent\n`))
  })

  test('of one seed takes parts of its configuration, as shrinking prints them', async () => {
    const overrides = JSON.stringify({ voters: 3, learners: 0, spares: 0, safetyMs: 300 })
    const words = ['--seed', '69', '--profile', 'calm', '--overrides', overrides]
    const { status, output } = await run('main.ts', words)
    assert.equal(status, 0)
    assert.match(output, /^trace [0-9a-f]{16}, \d+ events, [\d.]+ ms, 3 nodes$/m)
  })

  test('of mutants tells which were killed, and by what', async () => {
    const words = ['--only', 'canary', '--seeds', '3', '--report', REPORT]
    const { status, output } = await run('mutants.ts', words)
    assert.equal(status, 0, output)
    assert.match(output, /^canary +killed by seed \d \(I6\) after \d seeds$/m)
    assert.match(output, /^1 of 1 mutants killed/m)
    const { killed, of, trials } = JSON.parse(readFileSync(REPORT, 'utf8'))
    assert.deepEqual([killed, of, trials[0].name], [1, 1, 'canary'])
  })
})

suite('options that make no sense end with 2 and the usage, and run nothing', () => {
  const wrong: [string, string[], RegExp][] = [
    ['main.ts', ['--bogus'], /^Unknown option '--bogus'/],
    ['main.ts', ['--profile', 'stormy'], /^there is no profile 'stormy'\n/],
    ['main.ts', ['--seeds', '0'], /^--seeds takes a whole number from 1 up, not '0'\n/],
    ['main.ts', ['--threads', '0'], /^--threads takes/],
    ['main.ts', ['--seed', '1.5'], /^--seed takes a whole number from 0 up, not '1.5'\n/],
    ['main.ts', ['--overrides', '{}'], /^--overrides goes with --seed\n/],
    ['main.ts', ['--seed', '1', '--overrides', '[1]'], /^--overrides takes a JSON object\n/],
    ['main.ts', ['--seed', '1', '--overrides', '{'], /^--overrides takes a JSON object\n/],
    ['mutants.ts', ['--only', 'canary,nobody'], /^no mutant 'nobody'\n/],
    ['mutants.ts', ['--seeds', 'all'], /^a number of seeds is 1 or more\n/],
  ]
  test('each of them', async () => {
    const ended = await Promise.all(wrong.map(([program, words]) => run(program, words)))
    for (const [at, [program, words, complaint]] of wrong.entries()) {
      const { status, output, error } = ended[at] as Ended
      assert.equal(status, 2, `${program} ${words.join(' ')}`)
      assert.match(output, complaint)
      assert.match(output, /\nusage: npm run /)
      assert.doesNotMatch(output + error, /^ +at |node:internal|Error:/m)
    }
  })

  test('to ask for the usage is no mistake', async () => {
    const { status, output } = await run('main.ts', ['--help'])
    assert.equal(status, 0)
    assert.match(output, /^usage: npm run sim/)
  })
})

suite('the threads of a campaign', () => {
  test('are given no more seeds once it is told to stop', async () => {
    const seen: WorkResult[] = []
    await runCampaign({
      seeds: [1, 2, 3, 4, 5, 6, 7, 8],
      options: { profile: 'calm', safetyMs: 200 },
      twice: 0,
      threads: 1,
      stop: () => seen.length >= 2,
      onResult: (result) => seen.push(result),
    })
    const seeds = seen.map((result) => (result.kind === 'report' ? result.report.seed : 0))
    assert.deepEqual(seeds, [1, 2])
  })

  test('report a run that throws, and go on with the next seed', async () => {
    const seen: WorkResult[] = []
    await runCampaign({
      seeds: [1, 2],
      options: { profile: 'calm', safetyMs: 200, overrides: { groups: 2 ** 40 } },
      twice: 0,
      threads: 1,
      stop: () => false,
      onResult: (result) => seen.push(result),
    })
    assert.deepEqual(
      seen.map((result) => [result.kind, result.kind === 'failed' ? result.seed : 0]),
      [
        ['failed', 1],
        ['failed', 2],
      ],
    )
  })

  test('give up a run that does not end, and go on with the next seed', async () => {
    const seen: WorkResult[] = []
    await runCampaign({
      seeds: [1, 2],
      options: {},
      twice: 0,
      threads: 1,
      runMsMax: 200,
      stop: () => false,
      preload:
        'data:text/javascript,import { parentPort } from "node:worker_threads";' +
        'parentPort.on("message", () => { for (;;); })',
      onResult: (result) => seen.push(result),
    })
    const told = seen.map((result) => (result.kind === 'failed' ? result.text : ''))
    const text = 'the run of this seed does not end within 0.2 s'
    assert.deepEqual(told, [text, text])
  })

  test('that cannot start end the campaign with an error', async () => {
    const started = runCampaign({
      seeds: [1],
      options: {},
      twice: 0,
      threads: 1,
      stop: () => false,
      preload: 'data:text/javascript,throw new Error("no such thread")',
      onResult: () => {},
    })
    await assert.rejects(started, /no such thread/)
  })
})

suite('the summary', () => {
  test('counts two runs of a seed that differ, and a run that throws, as failures', async () => {
    const report = await runSeed(1, { profile: 'calm', safetyMs: 200 })
    const summary = new Summary()
    summary.add({ kind: 'report', report, same: true, cpuMs: 1 })
    summary.add({ kind: 'report', report, same: null, cpuMs: 1 })
    assert.deepEqual([summary.failures, summary.twice], [[], 1])
    summary.add({ kind: 'report', report, same: false, cpuMs: 1 })
    summary.add({ kind: 'failed', seed: 7, text: 'it broke' })
    const found = summary.failures.map(({ seed, invariant }) => [seed, invariant])
    assert.deepEqual(found, [
      [1, 'determinism'],
      [7, 'harness'],
    ])
    assert.deepEqual([summary.seeds, summary.twice], [4, 1])
  })

  test('names inconclusive runs apart', async () => {
    const report = await runSeed(1, { profile: 'calm', safetyMs: 200 })
    const summary = new Summary()
    const inconclusive = { ...report, verdict: 'inconclusive' } as const
    summary.add({ kind: 'report', report: inconclusive, same: true, cpuMs: 1 })
    assert.deepEqual([summary.inconclusive, summary.failures], [[1], []])
  })

  test('tells how to replay a seed', () => {
    assert.equal(replayCommand(7, undefined), 'npm run sim -- --seed 7')
    assert.equal(replayCommand(7, 'tiny'), 'npm run sim -- --seed 7 --profile tiny')
  })
})
