import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeededChance } from '../../base/index.ts'
import { type Hold, MemoryRecords } from './index.ts'

const LIMITS = { arenaChunkBytes: 16 * 1024, indexPageRecords: 64 }

function recordOf(main: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => main * 7 + i)
}

function mainsOf(hold: Hold): number[] {
  const mains: number[] = []
  while (hold.next()) mains.push(hold.main)
  return mains
}

function tidied(records: MemoryRecords): void {
  while (!records.tidy(50)) {
    // Until nothing is left to do.
  }
}

describe('records in memory', () => {
  it('stay as they are while their neighbours are dropped and memory is given back', () => {
    const records = new MemoryRecords(LIMITS)
    const chance = new SeededChance(1, 'records')
    const kept = new Map<number, number>()
    for (let main = 1; main <= 20_000; main++) {
      const length = main % 500 === 0 ? 10_000 : 20 + chance.below(300)
      records.append(main, 0, recordOf(main, length))
      kept.set(main, length)
      const victim = 1 + chance.below(main)
      if (kept.size > 1000) {
        records.drop(victim, 0)
        kept.delete(victim)
      }
      if (main % 7 === 0) records.tidy(20)
    }
    tidied(records)
    assert.equal(records.records, kept.size)
    for (const [main, length] of kept) {
      assert.deepEqual(records.peek(main, 0), recordOf(main, length))
    }
    const liveBytes = [...kept.values()].reduce((sum, length) => sum + length, 0)
    assert.equal(records.liveBytes, liveBytes)
  })

  it('take at most about twice the memory of what is there', () => {
    const records = new MemoryRecords(LIMITS)
    for (let main = 1; main <= 30_000; main++) {
      records.append(main, 0, recordOf(main, 100))
      // Of the old ones every tenth stays, so no piece of memory becomes empty by itself.
      if (main > 2000 && main % 10 !== 0) records.drop(main - 2000, 0)
      records.tidy(4)
    }
    tidied(records)
    assert.ok(records.bytes < records.liveBytes * 2.5, `${records.bytes} for ${records.liveBytes}`)
    for (let main = 1; main <= 30_000; main++) records.drop(main, 0)
    tidied(records)
    assert.ok(records.bytes < 64 * 1024, `${records.bytes} bytes for nothing`)
  })

  it('that are dropped stay for those who hold them, and for nobody else', () => {
    const records = new MemoryRecords(LIMITS)
    for (let main = 1; main <= 10; main++) records.append(main, 0, recordOf(main, 50))
    const first = records.hold()
    for (const main of [2, 4]) records.drop(main, 0)
    const second = records.hold()
    for (const main of [6, 8]) records.drop(main, 0)
    records.append(11, 0, recordOf(11, 50))
    tidied(records)
    assert.equal(records.peek(6, 0), null)
    assert.deepEqual(mainsOf(second), [1, 3, 5, 6, 7, 8, 9, 10])
    second.end()
    tidied(records)
    assert.deepEqual(mainsOf(first), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    first.end()
    first.end()
    tidied(records)
    const third = records.hold()
    assert.deepEqual(mainsOf(third), [1, 3, 5, 7, 9, 10, 11])
    third.end()
  })

  it('can be walked while memory moves underneath', () => {
    const records = new MemoryRecords(LIMITS)
    for (let main = 1; main <= 3000; main++) records.append(main, 0, recordOf(main, 90))
    const hold = records.hold()
    for (let main = 1; main <= 3000; main++) if (main % 5 !== 0) records.drop(main, 0)
    let expected = 0
    while (hold.next()) {
      expected += 1
      assert.equal(hold.main, expected)
      assert.deepEqual(hold.record, recordOf(expected, 90))
      if (expected === 1500) {
        const other = records.hold()
        other.end()
      }
      records.tidy(3)
    }
    assert.equal(expected, 3000)
    hold.end()
    tidied(records)
    assert.equal(records.records, 600)
    for (let main = 5; main <= 3000; main += 5) {
      assert.deepEqual(records.peek(main, 0), recordOf(main, 90))
    }
  })
})
