import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { KvError, SeededChance } from '../base/index.ts'
import { createNodeGzip } from './index.ts'

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KvError && error.code === code
}

describe('gzip', () => {
  it('brings any bytes back', async () => {
    const gzip = createNodeGzip()
    const chance = new SeededChance(1)
    for (const length of [0, 1, 100, 16 * 1024, 100_000]) {
      const bytes = Uint8Array.from({ length }, () => chance.below(256))
      const inflated = await gzip.inflate(await gzip.deflate(bytes), {
        bytesMax: Math.max(length, 1),
      })
      assert.deepEqual(inflated, bytes)
    }
  })

  it('stops a bomb at the bound', async () => {
    const gzip = createNodeGzip()
    // 64 MiB of zeros in 64 KB.
    const bomb = gzipSync(new Uint8Array(2 ** 26))
    const before = process.memoryUsage().arrayBuffers
    await assert.rejects(gzip.inflate(bomb, { bytesMax: 100_000 }), failsWith('TOO_LARGE'))
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24)
  })

  it('counts the members of a file together', async () => {
    const gzip = createNodeGzip()
    const twice = Buffer.concat([gzipSync('x'.repeat(60)), gzipSync('y'.repeat(60))])
    assert.equal((await gzip.inflate(twice, { bytesMax: 120 })).length, 120)
    await assert.rejects(gzip.inflate(twice, { bytesMax: 119 }), failsWith('TOO_LARGE'))
  })

  it('refuses what is no gzip, damaged or cut off', async () => {
    const gzip = createNodeGzip()
    const good = gzipSync('x'.repeat(100))
    const damaged = Uint8Array.from(good)
    damaged[good.length - 6] = (damaged[good.length - 6] as number) ^ 1
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(1, 2, 3),
      damaged,
      good.subarray(0, -1),
    ]) {
      await assert.rejects(gzip.inflate(bytes, { bytesMax: 1000 }), failsWith('BAD_REQUEST'))
    }
  })
})
