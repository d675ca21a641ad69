import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { blocksOf } from './blocks.ts'
import { Execution } from './run.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const REFERENCES = ['docs/reference/native-api.md', 'docs/reference/rest.md']
const DOCUMENTS = ['README.md', 'docs/guide/*.md', ...REFERENCES]

for (const name of globSync(DOCUMENTS, { cwd: ROOT }).sort()) {
  const blocks = blocksOf(readFileSync(path.join(ROOT, name), 'utf8'))
  if (blocks.length === 0) continue
  test(`what ${name} shows is so`, { timeout: 120_000 }, async (t) => {
    const execution = await Execution.open()
    t.after(() => execution.close())
    for (const block of blocks) {
      try {
        await execution.run(block)
      } catch (error) {
        assert.fail(`${name}, line ${block.line}: ${(error as Error).message}`)
      }
    }
  })
}
