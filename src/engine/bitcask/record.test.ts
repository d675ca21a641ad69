import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c } from '../../base/index.ts'
import { recordSpace } from './format.ts'
import { allocate, type Memory } from './memory.ts'
import { encodeRecord, isIntact } from './record.ts'

const SEED = 77
const OFFSET = 4096

function written(record: Uint8Array, checksum?: number): Memory {
  const memory = allocate(recordSpace(record.length) + 64)
  // Whatever was there before stays nowhere.
  memory.bytes.fill(0xee)
  const place = { main: 5, sub: 1, offset: OFFSET, seed: SEED }
  encodeRecord(memory, 16, { place, record, checksum })
  return memory
}

describe('a record whose checksum is known', () => {
  it('has the same bytes as any other, whatever its length', () => {
    for (const length of [0, 1, 300, 8190, 8192, 8193, 8195, 20_001]) {
      const record = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >>> 8)) & 0xff)
      const memory = written(record, crc32c(record, 0, length, 0))
      assert.deepEqual(memory.bytes, written(record).bytes)
      const space = recordSpace(length)
      assert.ok(isIntact(memory, 16, { space, offset: OFFSET, seed: SEED }))
      assert.ok(!isIntact(memory, 16, { space, offset: OFFSET + 8, seed: SEED }))
    }
  })

  it('is damaged when it is not what the checksum is of', () => {
    for (const length of [30, 300, 9000]) {
      const record = new Uint8Array(length).fill(3)
      const checksum = crc32c(record, 0, length, 0)
      record[7] = 4
      const memory = written(record, checksum)
      const space = recordSpace(length)
      assert.ok(!isIntact(memory, 16, { space, offset: OFFSET, seed: SEED }))
    }
  })
})
