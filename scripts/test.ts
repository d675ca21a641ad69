/**
 * `npm test`: runs every `*.test.ts` of src, sim, test, scripts and bench with Node's own test
 * runner, two files at a time, each in its own process. Ends with the plain line `N passed, N
 * failed`.
 *
 *   npm test                      everything
 *   npm test -- raft log/seg      only files whose path contains one of the words
 *   npm test -- --coverage        and print how much of src and sim the tests reached
 *   npm test -- --in DIRECTORY    look for tests there instead
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { coverageLines, readCoverage } from './test/coverage.ts'
import { writeFigure } from './test/coverage-figure.ts'
import { findTestFiles } from './test/find.ts'
import { Tally } from './test/tally.ts'

const CONCURRENCY = 2
/** A file that takes longer hangs, or belongs in `npm run sim`. */
const FILE_TIMEOUT_MS = 300_000

/** What comes out of a cache is not counted in full. */
const COMPILE_CACHE = new URL('test/compile-cache.mjs', import.meta.url).href

const { values, positionals } = parseArgs({
  options: { coverage: { type: 'boolean', default: false }, in: { type: 'string' } },
  allowPositionals: true,
})
const root = path.resolve(values.in ?? path.join(import.meta.dirname, '..'))
const everything = findTestFiles(root)
const files = everything.filter(
  (file) => positionals.length === 0 || positionals.some((word) => file.includes(word)),
)
const tally = new Tally(root, (line) => console.log(line))

if (files.length > 0) await (values.coverage ? runWithCoverage() : runAll())
else if (everything.length === 0) console.log('There are no test files.')
else console.log(`None of the ${everything.length} test files matches: ${positionals.join(' ')}`)

for (const line of tally.summary()) console.log(line)
process.exitCode = tally.succeeded ? 0 : 1

async function runAll(): Promise<void> {
  // Whoever stops this run must not leave test processes behind.
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))
  }
  const events = run({
    cwd: root,
    signal: stop.signal,
    files: files.map((file) => path.join(root, file)),
    concurrency: CONCURRENCY,
    execArgv: values.coverage ? [] : ['--import', COMPILE_CACHE],
    isolation: 'process',
    timeout: FILE_TIMEOUT_MS,
  })
  for await (const event of events) tally.observe(event)
}

/** Not with the runner's own: it gives up when a process was killed while it wrote its part. */
async function runWithCoverage(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-coverage-'))
  // The processes of the tests take it over, and so does everything that they start.
  process.env['NODE_V8_COVERAGE'] = directory
  try {
    await runAll()
    const coverage = readCoverage(root, directory)
    for (const line of coverageLines(coverage)) console.log(line)
    // The figure is that of everything, and of nothing that fails.
    if (positionals.length === 0 && tally.succeeded) writeFigure(root, coverage)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
