import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrapComments } from './wrap.ts'

const WORDS = `${'word '.repeat(19)}tail` // 99 columns

test('words that do not fit move to the front of the next line of the paragraph', () => {
  const text = ` * ${WORDS} over\n * follows here.`
  assert.equal(wrapComments(text), ` * ${WORDS.slice(0, -5)}\n * tail over follows here.`)
})

test('the last line of a paragraph gets a new line of its own', () => {
  const block = `/**\n * ${WORDS} over\n *\n * Another.\n */`
  const wrapped = `/**\n * ${WORDS.slice(0, -5)}\n * tail over\n *\n * Another.\n */`
  assert.equal(wrapComments(block), wrapped)
  assert.equal(wrapComments(`// ${WORDS} a\ncode()`), `// ${WORDS.slice(0, -5)}\n// tail a\ncode()`)
})

test('a comment on one line becomes a block', () => {
  const block = `  /**\n   * ${WORDS.slice(0, -5)}\n   * tail over\n   */`
  assert.equal(wrapComments(`  /** ${WORDS} over */`), block)
})

test('an overflow runs on through as many lines as it takes', () => {
  const text = ` * ${WORDS} over\n * ${WORDS}\n * end.`
  const wrapped = wrapComments(text)
  assert.ok(wrapped.split('\n').every((line) => line.length <= 100))
  const words = (all: string): string[] => all.split(/[\s*]+/)
  assert.deepEqual(words(wrapped), words(text))
})

test('tables, drawings, code and what fits stay as they are', () => {
  const texts = [
    ` * | ${WORDS} | cell |`,
    ` * +------+ ${WORDS} over`,
    `const text = '${WORDS} and more'`,
    ` * ${'unbroken'.repeat(14)}`,
    ` * ${WORDS.slice(0, -3)}\n * next`,
  ]
  for (const text of texts) assert.equal(wrapComments(text), text)
})

test('wrapping twice changes nothing more', () => {
  const once = wrapComments(` * ${WORDS} over\n * ${WORDS}\n * end.`)
  assert.equal(wrapComments(once), once)
})
