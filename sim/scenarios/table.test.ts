/** Keeps docs/scenarios.md true. */

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const ROOT = path.resolve(import.meta.dirname, '../..')
/** Each with the letter of its ids. */
const FAMILIES = new Map([
  ['Elections', 'E'],
  ['Log replication', 'L'],
  ['Reads', 'R'],
  ['Membership', 'M'],
  ['Snapshots', 'S'],
  ['Disk', 'D'],
  ['State machine', 'A'],
  ['Watch', 'W'],
  ['Leases', 'T'],
  ['Clients', 'C'],
  ['Flow control', 'F'],
  ['Engines', 'K'],
])
/** Where a title begins: after the opening quote of a test or of a group of tests. */
const TITLE = /\b(?:test|it|describe)\(\s*['`"]([A-Z]-\d\d) /g

interface Row {
  readonly id: string
  readonly family: string
  readonly files: readonly string[]
  readonly later: boolean
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

function table(): Row[] {
  const rows: Row[] = []
  let family = ''
  for (const line of read('docs/scenarios.md').split('\n')) {
    if (line.startsWith('## ')) family = line.slice(3)
    const [, id, , where = ''] = line.split('|').map((cell) => cell.trim())
    if (id === undefined || !/^[A-Z]-\d\d$/.test(id)) continue
    const files = [...where.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
    rows.push({ id, family, files, later: where.startsWith('later: ') })
  }
  return rows
}

function idsIn(file: string): ReadonlySet<string> {
  return new Set([...read(file).matchAll(TITLE)].map((match) => match[1] as string))
}

const ROWS = table()

test('every row names tests that are there, or what it waits for', () => {
  for (const { id, files, later } of ROWS) {
    assert.equal(files.length > 0, !later, `${id} has tests or waits, and not both`)
    for (const file of files) {
      assert.ok(existsSync(path.join(ROOT, file)), `${id}: there is no ${file}`)
      assert.ok(idsIn(file).has(id), `${id}: no test of ${file} begins with it`)
    }
  }
})

test('every test that begins with an id stands in the table', () => {
  const tests = globSync('{src,sim,test}/**/*.test.ts', { cwd: ROOT }).sort()
  const rows = new Map(ROWS.map((row) => [row.id, row]))
  for (const file of tests.map((name) => name.split(path.sep).join('/'))) {
    for (const id of idsIn(file)) {
      assert.ok(rows.get(id)?.files.includes(file), `${id} of ${file} is not in the table`)
    }
  }
})

test('the families and their ids are in order, each id once', () => {
  assert.deepEqual([...new Set(ROWS.map(({ family }) => family))], [...FAMILIES.keys()])
  for (const [family, letter] of FAMILIES) {
    const ids = ROWS.filter((row) => row.family === family).map(({ id }) => id)
    assert.deepEqual(ids, [...new Set(ids)].sort())
    for (const id of ids) assert.equal(id[0], letter, `${id} is of another family`)
  }
})
