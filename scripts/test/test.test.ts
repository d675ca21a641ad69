import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

const RUNNER = path.resolve(import.meta.dirname, '..', 'test.ts')
const HEAD =
  "import assert from 'node:assert'\nimport { before, describe, test } from 'node:test'\n"
const PASS = `${HEAD}test('holds', () => assert.ok(true))\n`
const FAIL = `${HEAD}test('is wrong', () => assert.equal(1, 2))\n`

interface Outcome {
  readonly status: number | null
  readonly output: string
  readonly lastLine: string
  /** What the run has left of coverage, if anything. */
  readonly figure: string | null
}

/** Runs the runner itself on a directory of test files given as name -> text. */
function runOn(files: Record<string, string>, ...words: string[]): Outcome {
  const root = mkdtempSync(path.join(tmpdir(), 'quorate-runner-'))
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
      writeFileSync(path.join(root, file), text)
    }
    // The runner marks the processes it starts; without the mark this is a run of its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const argv = [RUNNER, '--in', root, ...words]
    const done = spawnSync(process.execPath, argv, { encoding: 'utf8', env })
    const output = done.stdout + done.stderr
    const lastLine = done.stdout.trimEnd().split('\n').at(-1) ?? ''
    const place = path.join(root, 'docs/coverage.json')
    const figure = existsSync(place) ? readFileSync(place, 'utf8') : null
    return { status: done.status, output, lastLine, figure }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test('a green run ends with the plain closing line and exit code 0', () => {
  const outcome = runOn({ 'src/one.test.ts': PASS, 'sim/deep/two.test.ts': PASS })
  assert.equal(outcome.lastLine, '2 passed, 0 failed')
  assert.equal(outcome.status, 0)
})

test('a failing test is counted, named with its place, and ends the run with exit code 1', () => {
  const outcome = runOn({ 'src/one.test.ts': PASS, 'test/two.test.ts': FAIL })
  assert.equal(outcome.lastLine, '1 passed, 1 failed')
  assert.equal(outcome.status, 1)
  assert.match(outcome.output, /FAILED test\/two\.test\.ts:3 {2}is wrong\n/)
})

test('a failing suite, subtest or hook is counted once, not once per level', () => {
  const nested = `${HEAD}describe('outer', () => {
    test('inner', async (t) => { await t.test('leaf', () => assert.equal(1, 2)) })
    test('other', () => {})
  })\n`
  assert.equal(runOn({ 'src/one.test.ts': nested }).lastLine, '1 passed, 2 failed')
  const hook = `${HEAD}describe('outer', () => { before(() => { throw new Error('no') }) })\n`
  const outcome = runOn({ 'src/one.test.ts': hook })
  assert.equal(outcome.lastLine, '0 passed, 1 failed')
  assert.equal(outcome.status, 1)
})

test('a file that crashes, does not parse, or contains no test fails the run', () => {
  const crash = `${PASS}setTimeout(() => { throw new Error('late') }, 20)\n`
  for (const text of [crash, 'this is not a program(', 'export {}\n']) {
    const outcome = runOn({ 'src/one.test.ts': text, 'src/two.test.ts': PASS })
    assert.match(outcome.lastLine, /^\d passed, 1 failed$/)
    assert.equal(outcome.status, 1)
  }
})

test('a run that executes no test does not succeed', () => {
  assert.equal(runOn({}).status, 1)
  const outcome = runOn({ 'src/one.test.ts': PASS }, 'no-such-path')
  assert.equal(outcome.lastLine, '0 passed, 0 failed')
  assert.equal(outcome.status, 1)
})

test('arguments select files by a part of their path', () => {
  const files = { 'src/log/one.test.ts': PASS, 'src/raft/two.test.ts': FAIL }
  assert.equal(runOn(files, 'log/').lastLine, '1 passed, 0 failed')
})

test('those that take longest are started first', () => {
  const say = (name: string): string => `console.log('${name} begins')\n${PASS}`
  const files = { 'src/one.test.ts': say('src'), 'sim/two.test.ts': say('sim') }
  const { output } = runOn({
    ...files,
    'test/three.test.ts': say('test'),
    'test/two.test.ts': PASS,
  })
  assert.ok(output.indexOf('test begins') < output.indexOf('src begins'), output)
})

test('what a test loads is compiled once, and what it starts knows nothing of that', () => {
  const text = `${HEAD}import { getCompileCacheDir } from 'node:module'
    test('is cached', () => {
      assert.ok(getCompileCacheDir()?.includes('quorate-tests'))
      assert.ok(process.execArgv.every((word) => !word.includes('compile-cache')))
      assert.equal(process.env['NODE_COMPILE_CACHE'], undefined)
    })\n`
  assert.equal(runOn({ 'src/one.test.ts': text }).lastLine, '1 passed, 0 failed')
  // Coverage would miss what comes out of a cache.
  assert.equal(runOn({ 'src/one.test.ts': text }, '--coverage').lastLine, '0 passed, 1 failed')
})

test('with --coverage lines count that tests reached, or what tests started', () => {
  const load = "import { even } from './half.ts'\n"
  const start = "import { spawnSync } from 'node:child_process'\n"
  const program = "new URL('./program.ts', import.meta.url).pathname"
  const files = {
    'src/half.ts':
      'interface Unused {\n  readonly a: 1\n}\n// A comment.\n' +
      'export const even = (n: number) => {\n' +
      '  if (n % 2) {\n    return false\n  }\n  return true\n}\n',
    'src/program.ts': "console.log('runs')\n",
    'src/never.ts': 'export const never = 1\n',
    'src/testing/double.ts': 'export const double = 1\n',
    'src/half.test.ts':
      `${start}${load}${HEAD}test('t', () => {\n  assert.ok(even(2))\n` +
      `  assert.equal(spawnSync(process.execPath, [${program}]).status, 0)\n})\n`,
  }
  const outcome = runOn(files, '--coverage')
  const rows = [
    'line coverage:',
    '   0.0 %  src/never.ts',
    '  66.7 %  src/half.ts',
    ' 100.0 %  src/program.ts',
    '  62.5 %  all 3 files of src',
  ]
  assert.ok(outcome.output.includes(rows.join('\n')), outcome.output)
  assert.equal(outcome.lastLine, '1 passed, 0 failed')
})

test('only a whole run that succeeds leaves its figure', () => {
  const files = { 'src/one.ts': 'export const one = 1\n', 'src/one.test.ts': PASS }
  const figure = '{\n  "percent": 0,\n  "covered": 0,\n  "lines": 1,\n  "files": 1\n}\n'
  assert.equal(runOn(files, '--coverage').figure, figure)
  assert.equal(runOn({ ...files, 'src/two.test.ts': FAIL }, '--coverage').figure, null)
  assert.equal(runOn(files, '--coverage', 'one').figure, null)
})
