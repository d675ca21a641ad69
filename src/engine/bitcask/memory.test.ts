import assert from 'node:assert/strict'
import { it, mock } from 'node:test'
import { createSimulatedHarness, put } from '../contract/index.ts'
import { BITCASK_LIMITS, type BitcaskLimits, createBitcask } from '../index.ts'
import type { Engine } from '../types.ts'
import { RecordForesight } from './record-foresight.ts'

const NOTHING = new Uint8Array(0)
const MIB = 1024 * 1024

/** An engine with records 2 to 200 on disk, the last of them large, and none in memory. */
async function withStored(
  body: (engine: Engine) => Promise<void>,
  more: Partial<BitcaskLimits> = {},
): Promise<void> {
  const limits = { recentBytes: 0, loadedCacheBytes: 16 * MIB, ...more }
  const harness = createSimulatedHarness((parts) => createBitcask({ ...parts, limits }))
  await harness.run(async () => {
    const first = await harness.factory().open()
    await first.scanHeaders(() => {})
    for (let main = 2; main < 200; main++) first.append(main, 0, put(main, 0).record)
    first.append(200, 0, put(200, 0, { valueBytes: BITCASK_LIMITS.quickReadBytesMax }).record)
    await first.checkpoint({ appliedIndex: 1, meta: NOTHING })
    await first.close()
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    await body(engine)
  })
}

function arrayBuffers(): number {
  return process.memoryUsage().arrayBuffers
}

it('an engine that is closed frees its memory by itself, and keeps its figures', async () => {
  const limits = { recentBytes: 8 * MIB, loadedCacheBytes: 16 * MIB }
  const harness = createSimulatedHarness((parts) => createBitcask({ ...parts, limits }))
  await harness.run(async () => {
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    const records = 100_000
    for (let main = 2; main < records + 2; main++) engine.append(main, 0, put(main, 0).record)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const stats = engine.stats()
    assert.equal(stats.records, records)
    const before = arrayBuffers()
    await engine.close()
    const freed = before - arrayBuffers()
    assert.ok(freed > 23 * MIB + 9 * records, `${freed} bytes`)
    assert.deepEqual(engine.stats(), stats)
    assert.equal(engine.peek(2, 0), null)
  })
})

it('of neighbours that are loaded together only the first is kept in memory', async () => {
  await withStored(async (engine) => {
    const asked = [10, 11, 12, 19, 40, 190]
    const revisions = { length: asked.length, main: (at: number) => asked[at] ?? 0, sub: () => 0 }
    const loaded = await engine.load(revisions)
    for (const main of asked) assert.deepEqual(loaded.get(main, 0), put(main, 0).record)
    assert.deepEqual(
      asked.filter((main) => engine.peek(main, 0) !== null),
      [10, 40, 190],
    )
    await engine.close()
  })
})

it('counts what is in memory, and once what has to be read', async () => {
  await withStored(async (engine) => {
    const counts = () => {
      const { hits, misses } = engine.stats().cache ?? {}
      return [hits, misses]
    }
    const load = (...mains: number[]) =>
      engine.load({ length: mains.length, main: (at) => mains[at] ?? 0, sub: () => 0 })
    assert.equal(engine.stats().cache?.bytesMax, 16 * MIB)
    engine.peek(10, 0)
    engine.readNow(1000, 0)
    assert.deepEqual(counts(), [0, 0], 'nothing was read')
    engine.readNow(10, 0)
    assert.deepEqual(counts(), [0, 1])
    engine.readNow(10, 0)
    engine.peek(10, 0)
    assert.deepEqual(counts(), [2, 1])
    // It is too large to be read while everybody waits.
    assert.equal(engine.readNow(200, 0), null)
    assert.deepEqual(counts(), [2, 1])
    await load(200)
    assert.deepEqual(counts(), [2, 2])
    // Two of them come along with others.
    await load(10, 40, 41, 42, 100, 200)
    assert.deepEqual(counts(), [4, 4])
    await engine.close()
    assert.deepEqual(counts(), [4, 4])
  })
})

it('has a block in memory once a record of it was missed, however it was asked for', async () => {
  const limits = { loadedCacheBytes: 0, blockCacheBytes: 8192, blockBytes: 4096 }
  const ways = [
    async (engine: Engine) => void engine.readNow(10, 0),
    (engine: Engine) => engine.load({ length: 1, main: () => 10, sub: () => 0 }),
  ]
  for (const ask of ways) {
    await withStored(async (engine) => {
      for (let time = 0; time < 100 && engine.peek(11, 0) === null; time++) {
        await ask(engine)
        // It takes as long as the block, which is read in the same way.
        await engine.load({ length: 1, main: () => 200, sub: () => 0 })
      }
      assert.deepEqual(engine.peek(11, 0), put(11, 0).record)
      const look = mock.method(RecordForesight.prototype, 'look')
      engine.foresee?.({ length: 2, main: (at) => 10 + at, sub: () => 0 })
      assert.equal(look.mock.callCount(), 1)
      assert.deepEqual(engine.readNow(11, 0), put(11, 0).record)
      assert.equal(engine.stats().cache?.bytesMax, 8192)
      engine.drop(11, 0)
      assert.equal(engine.peek(11, 0), null)
      await engine.close()
      engine.foresee?.({ length: 1, main: () => 10, sub: () => 0 })
      assert.equal(look.mock.callCount(), 1, 'nothing is looked at in memory that is gone')
      look.mock.restore()
    }, limits)
  }
})
