import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c } from './checksum.ts'
import { DataChecksums, REMEMBERED_BYTES_MIN } from './data-checksums.ts'

/** As it lies in a frame: anywhere. */
function dataOf(length: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(length + offset)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 13
  return bytes.subarray(offset)
}

describe('checksums of data', () => {
  it('are those of its bytes, whatever its length and place', () => {
    const checksums = new DataChecksums()
    for (const length of [0, 1, 100, 8191, 8192, 8193, 12_288, 65_539, 100_000]) {
      for (const offset of [0, 1, 2, 3, 4]) {
        const data = dataOf(length, offset)
        const expected = crc32c(data, 0, length, 0)
        assert.equal(checksums.of(data), expected)
        assert.equal(checksums.of(data), expected)
      }
    }
  })

  it('tell that of every part, wherever it begins and ends', () => {
    const checksums = new DataChecksums()
    const places = [0, 1, 2, 3, 4, 5, 4095, 4096, 4097, 4099, 8191, 8192, 8196, 9000]
    for (const length of [9000, 8192 + REMEMBERED_BYTES_MIN]) {
      for (const offset of [0, 1, 2, 3]) {
        const data = dataOf(length, offset)
        checksums.of(data)
        for (const start of places) {
          for (const end of [...places, length].filter((each) => each >= start)) {
            if (end > length) continue
            assert.equal(checksums.ofPart(data, start, end), crc32c(data, start, end, 0))
          }
        }
      }
    }
    const other = dataOf(9000, 1)
    assert.equal(checksums.ofPart(other, 10, 9000), null)
    assert.throws(() => checksums.ofPart(other, 10, 9001), /within its data/)
  })

  it('stay those of the data as it was first seen', () => {
    const checksums = new DataChecksums()
    const data = dataOf(REMEMBERED_BYTES_MIN, 0)
    const before = checksums.of(data)
    data[5000] = (data[5000] as number) ^ 1
    assert.equal(checksums.of(data), before)
    assert.notEqual(new DataChecksums().of(data), before)
  })
})
