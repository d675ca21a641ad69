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

for (const name of globSync(DOCUMENTS, { cwd: ROOT }).sort()) {
  const text = readFileSync(path.join(ROOT, name), 'utf8')
  const blocks = blocksOf(text)
  if (blocks.length === 0) continue
  test(`what ${name} shows is so`, { timeout: 120_000 }, async (t) => {
    const execution = await Execution.open()
    t.after(() => execution.close())
    if (name.startsWith(GUIDES)) {
      const metrics = await fetch(`${execution.url}/metrics`)
      assert.deepEqual(unknownMetrics(text, await metrics.text()), [], 'there are no such metrics')
    }
    for (const block of blocks) {
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
