/**
 * Every text in `scenarios/` is run and compared with the output recorded in it. After a wanted
 * change of behaviour: `node src/raft/scenarios.test.ts --rewrite`, and read the difference.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatScenario, parseScenario, runScenario } from './testing/scenario.ts'

const DIRECTORY = join(import.meta.dirname, 'scenarios')
const REWRITE = process.argv.includes('--rewrite')

const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'))

test('there are scenarios to run', () => {
  assert.ok(files.length >= 30)
})

for (const name of files.sort()) {
  const path = join(DIRECTORY, name)
  const text = readFileSync(path, 'utf8')
  test(`scenario ${name}: ${titleOf(text)}`, () => {
    const blocks = parseScenario(text)
    const played = runScenario(blocks)
    if (REWRITE) writeFileSync(path, formatScenario(played))
    else assert.deepEqual(played, blocks)
  })
}

/** The comment that a scenario opens with. */
function titleOf(text: string): string {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('# ')) break
    lines.push(line.slice(2))
  }
  assert.ok(lines.length > 0, 'a scenario opens with what it shows and where it comes from')
  return lines.join(' ')
}
