/** What a document shows, as a test: its commands and programs run, and its metrics are there. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { blocksOf, missingProgram } from './blocks.ts'
import { unknownMetrics } from './metrics.ts'
import { Execution } from './run.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const REFERENCES = ['docs/reference/native-api.md', 'docs/reference/rest.md']
const GUIDES = 'docs/guide/'
const DOCUMENTS = ['README.md', `${GUIDES}*.md`, ...REFERENCES]

/** Those that show something, by their paths from the root. */
export function documentsThatShow(): string[] {
  const names = globSync(DOCUMENTS, { cwd: ROOT }).map((name) => name.replaceAll('\\', '/'))
  return names.filter((name) => blocksOf(textOf(name)).length > 0).sort()
}

/** Each document has a file of its own that calls this, so that they run beside each other. */
export function testWhatIsShown(name: string): void {
  test(`what ${name} shows is so`, { timeout: 120_000 }, async (t) => {
    const text = textOf(name)
    const execution = await Execution.open()
    t.after(() => execution.close())
    if (name.startsWith(GUIDES)) {
      const metrics = await fetch(`${execution.url}/metrics`)
      assert.deepEqual(unknownMetrics(text, await metrics.text()), [], 'there are no such metrics')
    }
    for (const block of blocksOf(text)) {
      const program = missingProgram(block)
      if (program !== null) {
        // What follows may need what it would have made.
        t.diagnostic(`NOT RUN: ${program} is not installed: ${name} from line ${block.line} on`)
        return
      }
      try {
        await execution.run(block)
      } catch (error) {
        assert.fail(`${name}, line ${block.line}: ${(error as Error).message}`)
      }
    }
  })
}

function textOf(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8')
}
