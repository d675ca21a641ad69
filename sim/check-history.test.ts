import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'

const PROGRAM = path.join(import.meta.dirname, 'check-history.ts')

const GOOD = [
  '{"process":1,"type":"invoke","f":"write","key":"x","value":1}',
  '{"process":1,"type":"ok"}',
  '{"process":2,"type":"invoke","f":"read","key":"x"}',
  '{"process":2,"type":"ok","value":1}',
]
const STALE = [...GOOD.slice(0, 3), '{"process":2,"type":"ok","value":null}']
const CYCLE = [
  '{"type":"ok","f":"txn","value":[["append","x",1]],"start":1,"end":2}',
  '{"type":"ok","f":"txn","value":[["r","x",[]]],"start":3,"end":4}',
  '{"type":"ok","f":"txn","value":[["r","x",[1]]],"start":5,"end":6}',
]

function run(lines: readonly string[], ...words: string[]) {
  const input = lines.join('\n')
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { input })
  return { status, output: stdout.toString(), error: stderr.toString() }
}

test('a linearizable history ends with 0', () => {
  const { status, output } = run(GOOD, '-')
  assert.equal(status, 0)
  assert.match(output, /^linearizable\n2 operations on 1 registers\n$/)
})

test('a violation ends with 1 and is explained', () => {
  const { status, output } = run(STALE, '-')
  assert.equal(status, 1)
  assert.match(output, /^not linearizable\n/)
  assert.match(output, /read absent\nIt could have read 1\.\n/)
  const cycle = run(CYCLE, '-')
  assert.equal(cycle.status, 1)
  assert.match(cycle.output, /cycle: G-single with real time/)
})

test('the verdict is also there for programs', () => {
  const { status, output } = run(STALE, '-', '--json', '--seconds', '5')
  assert.equal(status, 1)
  const report = JSON.parse(output)
  assert.equal(report.verdict, 'not linearizable')
  assert.deepEqual(report.explanation.possible, [1])
})

test('wrong usage and what is no history end with 2 and say why', () => {
  const table: readonly [RegExp, ...string[]][] = [
    [/^usage: /],
    [/^usage: /, '--seconds', 'x', '-'],
    [/^usage: /, '-', '--fast'],
    [/^-: line 5: "type" must be/, '-'],
    [/cannot be opened/, '/nowhere/at/all.jsonl'],
    [/cannot be read/, import.meta.dirname],
  ]
  for (const [text, ...words] of table) {
    const { status, error } = run([...GOOD, '{}'], ...words)
    assert.equal(status, 2, words.join(' '))
    assert.match(error, text)
  }
})

test('a search that runs out of time is inconclusive and ends with 3', () => {
  const { status, output } = run(GOOD, '-', '--seconds', '0.000000001')
  assert.equal(status, 3)
  assert.match(output, /^inconclusive\n.*\n.*out of time\n$/)
})
