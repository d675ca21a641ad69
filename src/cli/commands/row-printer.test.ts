import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { styleOf, widthOf } from '../terminal/index.ts'
import { FakeTerminal } from '../testing/index.ts'
import { RowPrinter } from './row-printer.ts'

const COLUMNS = [{ title: 'KEY' }, { title: 'VALUE' }, { title: 'SIZE', isNumber: true }]

function printed(rows: readonly (readonly string[])[], isTerminal: boolean): readonly string[] {
  const terminal = new FakeTerminal({ isTerminal })
  const printer = new RowPrinter(COLUMNS, {
    style: styleOf(false),
    output: terminal.parts().output,
  })
  for (const row of rows) printer.add(row)
  printer.end()
  return terminal.out === '' ? [] : terminal.out.split('\n')
}

describe('rows', () => {
  it('are lines with tabs for other programs, whole and at once', () => {
    const value = 'v'.repeat(500)
    assert.deepEqual(printed([['a', value, '500']], false), [`a\t${value}\t500`])
    assert.deepEqual(printed([], false), [])
  })

  it('are a table on a terminal', () => {
    assert.deepEqual(
      printed(
        [
          ['a', 'one', '3'],
          ['longer', '', '0'],
        ],
        true,
      ),
      ['KEY     VALUE  SIZE', 'a       one       3', 'longer            0'],
    )
    assert.deepEqual(printed([], true), [])
  })

  it('are cut where most is, so that each is a line', () => {
    const lines = printed([['some/key', 'v'.repeat(500), '500']], true)
    assert.equal(lines[1], `some/key  ${'v'.repeat(63)}…   500`)
    for (const line of lines) assert.ok(widthOf(line) <= 80, line)
  })

  it('are as wide as the first ones, without a second title', () => {
    const rows = Array.from({ length: 1200 }, (_, at) => [`key-${at}`, 'x'.repeat(at % 7), '1'])
    const lines = printed(rows, true)
    assert.equal(lines.length, 1201)
    assert.equal(lines.filter((line) => line.startsWith('KEY')).length, 1)
    const ends = lines.slice(1).map((line) => widthOf(line))
    assert.equal(new Set(ends).size, 1)
  })

  it('never lose a digit', () => {
    const rows = Array.from({ length: 600 }, (_, at) => ['key', 'value', `${10 ** (at / 50)}`])
    const numbers = printed(rows, true).map((line) => line.split(/ +/).at(-1))
    assert.deepEqual(
      numbers.slice(1),
      rows.map(([, , number]) => number),
    )
  })
})
