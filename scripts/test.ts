/**
 * `npm test`: runs every `*.test.ts` of src, sim, test and scripts with Node's own test runner, two
 * files at a time, each in its own process. Ends with the plain line `N passed, N failed`.
 *
 *   npm test                      everything
 *   npm test -- raft log/seg      only files whose path contains one of the words
 *   npm test -- --coverage        and print how much of src and sim the tests reached
 *   npm test -- --in DIRECTORY    look for tests there instead
 */

import path from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { coverageLines } from './test/coverage.ts'
import { findTestFiles } from './test/find.ts'
import { Tally } from './test/tally.ts'

const CONCURRENCY = 2
/** A file that takes longer hangs, or belongs in `npm run sim`. */
const FILE_TIMEOUT_MS = 300_000

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

if (files.length > 0) await runAll()
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
    isolation: 'process',
    timeout: FILE_TIMEOUT_MS,
    coverage: values.coverage,
    coverageIncludeGlobs: ['src/**/*.ts', 'sim/**/*.ts'],
    coverageExcludeGlobs: ['**/*.test.ts'],
  })
  for await (const event of events) {
    if (event.type === 'test:coverage') {
      for (const line of coverageLines(root, event.data.summary)) console.log(line)
    } else tally.observe(event)
  }
}
