import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordStore } from './types.ts'
import { PACE, Work } from './work.ts'

const RECORD = Uint8Array.of(1)

/** Everything is on disk, from where it can be had at once. */
function storeOnDisk() {
  const asked = { reads: 0 }
  const records: RecordStore = {
    append: () => {},
    peek: () => null,
    readNow: () => {
      asked.reads += 1
      return RECORD
    },
    drop: () => {},
  }
  return { asked, records }
}

test('a turn reads a few records from disk at once, and asks for the others', () => {
  const { asked, records } = storeOnDisk()
  const work = new Work(records, PACE, { keepsAll: false })
  const found = Array.from({ length: 100 }, (_, i) => work.record(i + 2, 0))
  assert.equal(work.record(2, 0), null)
  const atOnce = found.filter((record) => record === RECORD).length
  assert.ok(atOnce > 0 && atOnce < 32, `${atOnce} records`)
  assert.equal(asked.reads, atOnce)
  work.resume(null)
  assert.equal(work.record(2, 0), RECORD)
})
