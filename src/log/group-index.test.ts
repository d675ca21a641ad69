import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EntryCache, EntryTail } from './entry-cache.ts'
import { GroupIndex } from './group-index.ts'
import { PositionIndex } from './position-index.ts'
import { TermIndex } from './term-index.ts'
import { entryOf, markOf } from './testing/model.ts'

describe('the places of entries', () => {
  it('stay right under any mix of appends, truncations and cuts', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant('truncate' as const), count: fc.nat({ max: 30 }) }),
      fc.record({ kind: fc.constant('cut' as const), count: fc.nat({ max: 50 }) }),
    )
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const index = new PositionIndex()
        let first = 1
        let model: number[] = []
        let next = 0
        for (const { kind, count } of operations) {
          if (kind === 'append') {
            for (let i = 0; i < count; i++) {
              next += 1
              model.push(next)
              index.append(next, next * 8)
            }
          } else if (kind === 'truncate') {
            model = model.slice(0, Math.max(0, model.length - count))
            index.truncateFrom(first + model.length)
          } else {
            const dropped = Math.min(count, model.length)
            model = model.slice(dropped)
            index.dropBelow(first + dropped)
            first += dropped
          }
          assert.equal(index.first, first)
          assert.equal(index.last, first + model.length - 1)
        }
        model.forEach((value, i) => {
          assert.equal(index.segmentOf(first + i), value)
          assert.equal(index.offsetOf(first + i), value * 8)
        })
      }),
    )
  })

  it('beyond 4 GiB of offset and at the ends are refused or exact', () => {
    const index = new PositionIndex()
    index.append(1, 2 ** 34)
    assert.equal(index.offsetOf(1), 2 ** 34)
    assert.throws(() => index.segmentOf(2), /only an entry has a position/)
    assert.throws(() => index.append(1, 4), /multiples of 8/)
  })
})

describe('the terms of entries', () => {
  it('are kept as runs', () => {
    const terms = new TermIndex()
    for (const [i, term] of [1, 1, 3, 3, 3, 4].entries()) terms.append(i + 1, term)
    assert.deepEqual(terms.runs(), [
      { index: 1, term: 1 },
      { index: 3, term: 3 },
      { index: 6, term: 4 },
    ])
    terms.truncateFrom(5)
    assert.equal(terms.lastTerm, 3)
    terms.compactTo(3)
    assert.deepEqual(terms.runs(), [{ index: 4, term: 3 }])
    assert.equal(terms.at(2), undefined)
    assert.equal(terms.at(3), 3)
    terms.restart({ index: 9, term: 5 })
    assert.deepEqual(terms.runs(), [])
    assert.equal(terms.at(9), 5)
  })
})

describe('the index of a group', () => {
  it('joins an entry only on the term it stood on', () => {
    const index = new GroupIndex()
    index.append({ index: 1, term: 1 }, { previousTerm: 0 })
    index.append({ index: 2, term: 1 }, { previousTerm: 1 })
    assert.equal(index.continues(3, 1), true)
    assert.equal(index.continues(3, 2), false)
    assert.equal(index.continues(2, 1), true)
    assert.equal(index.continues(4, 1), false)
    index.cut(markOf(1, 1))
    assert.equal(index.continues(1, 0), false)
    assert.equal(index.continues(2, 1), true)
  })

  it('knows how many entries it only presumes', () => {
    const index = new GroupIndex()
    index.presume(null, { index: 10, term: 3 })
    assert.equal(index.missing, 10)
    index.append({ index: 8, term: 4 }, { previousTerm: 2 })
    assert.equal(index.missing, 7)
    assert.equal(index.last, 8)
    index.cut(markOf(7, 2))
    assert.equal(index.missing, 0)
    assert.equal(index.termAt(8), 4)
  })

  it('begins anew behind a mark that is beyond or beside it', () => {
    for (const mark of [markOf(9, 1), markOf(2, 7)]) {
      const index = new GroupIndex()
      for (let i = 1; i <= 3; i++) index.append({ index: i, term: 1 }, { previousTerm: 1 })
      index.cut(mark)
      assert.equal(index.last, mark.index)
      assert.equal(index.lastTerm, mark.term)
      assert.equal(index.missing, 0)
    }
  })
})

describe('the entries in memory', () => {
  it('never lose what is not durable, however small the cache', () => {
    const cache = new EntryCache(0)
    const tail = new EntryTail()
    cache.add(tail, [entryOf(1, 1), entryOf(2, 1)])
    cache.add(tail, [entryOf(2, 2)])
    cache.settled()
    assert.equal(tail.at(1), undefined)
    assert.equal(tail.at(2)?.term, 2)
    cache.settled()
    assert.equal(tail.length, 0)
    assert.equal(cache.bytes, 0)
  })

  it('leave oldest first, over all groups together', () => {
    const cache = new EntryCache(600)
    const [one, two] = [new EntryTail(), new EntryTail()]
    for (let i = 1; i <= 6; i++) {
      cache.add(i % 2 === 0 ? one : two, [entryOf(Math.ceil(i / 2), 1, { bytes: 50 })])
      cache.settled()
    }
    assert.ok(cache.bytes <= 600)
    assert.equal(one.at(1), undefined)
    assert.equal(two.at(2), undefined)
    assert.ok(one.at(3) !== undefined && two.at(3) !== undefined)
  })

  it('leave when their group is done with them, as far as they are durable', () => {
    const cache = new EntryCache(1_000_000)
    const tail = new EntryTail()
    for (let i = 1; i <= 4; i++) cache.add(tail, [entryOf(2 * i - 1, 1), entryOf(2 * i, 1)])
    for (let i = 1; i <= 3; i++) cache.settled()
    cache.release(tail, 3)
    // What was written together goes together.
    assert.equal(tail.first, 3)
    cache.release(tail, 100)
    assert.equal(tail.first, 7)
    assert.equal(tail.length, 2)
    assert.equal(cache.bytes, 2 * (128 + entryOf(8, 1).data.length))
    cache.settled()
    cache.release(tail, 7)
    assert.equal(tail.length, 2)
    cache.release(tail, 8)
    assert.deepEqual([tail.length, cache.bytes], [0, 0])
  })

  it('leave no trace behind those of a group that needs its own', () => {
    const cache = new EntryCache(1000)
    const [behind, busy] = [new EntryTail(), new EntryTail()]
    cache.add(behind, [entryOf(1, 1, { bytes: 10 })])
    cache.settled()
    for (let i = 1; i <= 5000; i++) {
      cache.add(busy, [entryOf(i, 1, { bytes: 100 })])
      if (i % 3 === 0) continue
      while (cache.unsettled > i % 2) cache.settled()
      cache.release(busy, i)
      assert.ok(cache.writes < 3000, 'the list stays short')
      assert.ok(behind.at(1) !== undefined)
    }
    while (cache.unsettled > 0) cache.settled()
    cache.release(busy, 5000)
    assert.equal(busy.length, 0)
    for (let i = 2; i <= 9; i++) {
      cache.add(behind, [entryOf(i, 1, { bytes: 10 })])
      cache.settled()
    }
    assert.deepEqual([behind.at(1), behind.first], [undefined, 3])
  })
})
