import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { documentsThatShow } from './documents.ts'

const CALL = /^testWhatIsShown\('(\S+)'\)$/m

test('each document that shows something has one test file, and each such file a document', () => {
  const files = globSync('*.test.ts', { cwd: import.meta.dirname })
  const texts = files.map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
  const tested = texts.map((text) => CALL.exec(text)?.[1]).filter((name) => name !== undefined)
  assert.deepEqual(tested.sort(), documentsThatShow())
})
