import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Cursor, NO_PLACE, RevisionIndex } from './index.ts'

interface Entry {
  readonly main: number
  readonly sub: number
  place: number
  dropped: number
}

const STEP = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      ahead: fc.constantFrom(0, 1, 1, 1, 2, 50, 2 ** 31, 2 ** 33),
      subAhead: fc.constantFrom(0, 1, 3, 1000),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'mark' as const, 'move' as const),
      from: fc.nat(200),
      every: fc.integer({ min: 1, max: 5 }),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
)

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never

class Pair {
  readonly index: RevisionIndex
  entries: Entry[] = []
  #main = 1
  #sub = -1
  #place = 1
  #epoch = 1

  constructor(pageRecords: number) {
    this.index = new RevisionIndex(pageRecords)
  }

  do(step: Step): void {
    if (step.kind === 'add') {
      for (let i = 0; i < step.count; i++) this.#add(step.ahead, step.subAhead)
      return
    }
    const chosen = this.entries.filter((_, at) => at >= step.from && at % step.every === 0)
    for (const entry of chosen.slice(0, step.count)) this.#change(step.kind, entry)
  }

  #add(ahead: number, subAhead: number): void {
    this.#sub = ahead === 0 ? this.#sub + 1 + subAhead : subAhead
    this.#main += ahead
    this.#place += 1
    const entry = { main: this.#main, sub: this.#sub, place: this.#place, dropped: 0 }
    this.index.add(entry.main, entry.sub, entry.place)
    this.entries.push(entry)
  }

  #change(kind: 'remove' | 'mark' | 'move', entry: Entry): void {
    const { main, sub } = entry
    if (kind === 'remove') {
      this.index.remove(main, sub)
      this.entries = this.entries.filter((other) => other !== entry)
    } else if (kind === 'move') {
      this.#place += 1
      entry.place = this.#place
      this.index.moved(main, sub, entry.place)
    } else if (entry.dropped === 0) {
      this.#epoch += 1
      entry.dropped = this.#epoch
      this.index.markDropped(main, sub, this.#epoch)
    }
  }

  check(): void {
    assert.equal(this.index.records, this.entries.length)
    assert.deepEqual(
      this.#walk((cursor) => this.index.next(cursor)),
      this.entries,
    )
    const epochMax = Math.floor(this.#epoch / 2)
    const early = this.entries.filter(({ dropped }) => dropped > 0 && dropped <= epochMax)
    assert.deepEqual(
      this.#walk((cursor) => this.index.nextDropped(cursor, epochMax)),
      early,
    )
    for (const { main, sub, place, dropped } of this.entries) {
      assert.equal(this.index.placeOf(main, sub), place)
      assert.equal(this.index.droppedAt(main, sub), dropped)
    }
    const known = new Set(this.entries.map(({ main, sub }) => `${main}.${sub}`))
    for (const { main, sub } of this.entries) {
      for (const [near, nearSub] of [
        [main - 1, sub],
        [main + 1, sub],
        [main, sub + 1],
      ] as const) {
        if (known.has(`${near}.${nearSub}`)) continue
        assert.equal(this.index.placeOf(near, nearSub), NO_PLACE)
      }
    }
  }

  #walk(next: (cursor: Cursor) => boolean): Entry[] {
    const cursor = { main: 0, sub: 0, place: NO_PLACE, dropped: 0 }
    const found: Entry[] = []
    while (next(cursor)) found.push({ ...cursor })
    return found
  }
}

describe('an index of revisions', () => {
  it('agrees with a list, whatever is added, marked, moved and removed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 20 }),
        fc.array(STEP, { maxLength: 40 }),
        (pageRecords, steps) => {
          const pair = new Pair(pageRecords)
          for (const step of steps) pair.do(step)
          pair.check()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is walked from any revision, there or not, without giving one twice', () => {
    const index = new RevisionIndex(8)
    for (let main = 10; main < 100; main += 2) index.add(main, 0, main)
    for (let from = 0; from < 110; from++) {
      const cursor = { main: from, sub: 0, place: NO_PLACE, dropped: 0 }
      const expected = from < 10 ? 10 : from - (from % 2) + 2
      assert.equal(index.next(cursor), expected < 100)
      if (expected < 100) assert.equal(cursor.main, expected)
    }
  })

  it('takes memory for what is left, not for what was ever there', () => {
    const index = new RevisionIndex(1024)
    for (let main = 1; main <= 1_000_000; main++) {
      index.add(main, 0, main)
      if (main > 1000 && (main - 1000) % 1000 !== 0) index.remove(main - 1000, 0)
    }
    assert.equal(index.records, 1000 + 999)
    assert.ok(index.bytes < 60_000, `${index.bytes} bytes for ${index.records} revisions`)
  })

  it('refuses a revision that does not ascend', () => {
    const index = new RevisionIndex(8)
    index.add(5, 1, 1)
    for (const [main, sub] of [
      [5, 1],
      [5, 0],
      [4, 9],
    ] as const) {
      assert.throws(() => index.add(main, sub, 1), /revisions ascend/)
    }
    index.remove(5, 1)
    assert.throws(() => index.add(5, 1, 1), /revisions ascend/)
  })
})
