import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FileIndex } from './file-index.ts'
import { recordSpace } from './format.ts'

interface Row {
  readonly main: number
  readonly sub: number
  readonly offset: number
  readonly bytes: number
}

const STEP = fc.record({
  ahead: fc.oneof(fc.constant(1), fc.constant(0), fc.nat(3), fc.constantFrom(70_000, 2 ** 33)),
  sub: fc.oneof(fc.constant(0), fc.nat(5)),
  bytes: fc.oneof(fc.nat(400), fc.constantFrom(0xffff, 0x1_0000, 1_500_000)),
  gap: fc.constantFrom(0, 0, 8, 4096),
})

interface Step {
  readonly ahead: number
  readonly sub: number
  readonly bytes: number
  readonly gap: number
}

function rowsOf(steps: readonly Step[]): Row[] {
  const rows: Row[] = []
  let [main, sub, offset] = [1, -1, 64]
  for (const step of steps) {
    const isSame = step.ahead === 0
    main += step.ahead
    sub = isSame ? sub + 1 + step.sub : step.sub
    rows.push({ main, sub, offset: offset + step.gap, bytes: step.bytes })
    offset += step.gap + recordSpace(step.bytes)
    // An offset is a number of 32 bits in units.
    if (offset > 2 ** 34) break
  }
  return rows
}

function filled(rows: readonly Row[]): FileIndex {
  const index = new FileIndex()
  for (const { main, sub, offset, bytes } of rows) index.add(main, sub, offset, bytes)
  return index
}

function sameAs(index: FileIndex, rows: readonly Row[]): void {
  assert.equal(index.length, rows.length)
  for (const [number, row] of rows.entries()) {
    const found = {
      main: index.main(number),
      sub: index.sub(number),
      offset: index.offset(number),
      bytes: index.bytes(number),
    }
    assert.deepEqual(found, row)
    assert.equal(index.find(row.main, row.sub), number)
    const before = rows[number - 1]
    const isGap = before === undefined || before.main < row.main || before.sub < row.sub - 1
    if (row.sub > 0 && isGap) assert.equal(index.find(row.main, row.sub - 1), -1)
    assert.equal(index.lowerBound(row.main, row.sub), number)
    assert.equal(index.lowerBound(row.main, row.sub + 1), number + 1)
  }
}

describe('the index of a data file', () => {
  it('gives back what was added, and finds it by its revision', () => {
    fc.assert(
      fc.property(fc.array(STEP, { minLength: 1, maxLength: 300 }), (steps) => {
        const rows = rowsOf(steps)
        const index = filled(rows)
        sameAs(index, rows)
        index.trim()
        sameAs(index, rows)
      }),
      { numRuns: 200 },
    )
  })

  it('does so over many blocks', () => {
    const steps = Array.from({ length: 80_000 }, (_, i) => {
      const ahead = i % 7000 === 0 ? 2 ** 33 : i % 3
      return { ahead, sub: i % 11 === 0 ? 1 : 0, bytes: i % 5000 === 0 ? 70_000 : 300, gap: 0 }
    })
    const rows = rowsOf(steps)
    sameAs(filled(rows), rows)
  })

  it('takes ten bytes for a record of a usual store', () => {
    const count = 100_000
    const index = new FileIndex()
    for (let i = 0; i < count; i++) index.add(i + 2, 0, 64 + i * 304, 280)
    index.trim()
    assert.ok(index.memoryBytes <= 10 * count, `${index.memoryBytes / count} bytes`)
  })
})

it('guesses where a record is, and never where none can be', () => {
  const rows = Array.from({ length: 70_000 }, (_, at) => ({
    ...{ main: 5 + at, sub: 0, bytes: 100 },
    offset: 64 + at * recordSpace(100),
  }))
  const index = filled(rows)
  for (const { main, offset } of rows) assert.equal(index.offset(index.likelyNumber(main)), offset)
  for (const main of [0, 4]) assert.equal(index.likelyNumber(main), 0)
  for (const main of [70_005, 2 ** 40]) assert.equal(index.likelyNumber(main), 69_999)
})
