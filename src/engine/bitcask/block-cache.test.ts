import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DiskError } from '../../io/index.ts'
import { BlockCache, type BlockLimits } from './block-cache.ts'
import {
  BLOCK_BYTES,
  CROSSING,
  FILE_BYTES,
  OFFSETS,
  recordOf,
  SlowFile,
  turn,
} from './testing/slow-file.ts'

const LIMITS: BlockLimits = {
  blockBytes: BLOCK_BYTES,
  blockCacheBytes: 3 * BLOCK_BYTES,
  blockReadsMax: 2,
  blockMissesMin: 3,
}

function cacheOf(limits: Partial<BlockLimits> = {}): BlockCache {
  const onFatal = (error: unknown) => assert.fail(String(error))
  return new BlockCache({ limits: { ...LIMITS, ...limits }, onFatal })
}

/** Misses the record, and waits for the block if it comes then. */
async function bring(cache: BlockCache, { file, reads }: SlowFile, number: number): Promise<void> {
  cache.miss(file, number)
  await reads[0]?.finish()
}

function here(cache: BlockCache, { file }: SlowFile): readonly number[] {
  return OFFSETS.keys()
    .filter((number) => cache.get(file, number) !== null)
    .toArray()
}

describe('a cache of blocks', () => {
  it('has the records of a block that was missed, once it has come', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    assert.equal(cache.get(slow.file, 1), null)
    cache.miss(slow.file, 1)
    assert.equal(cache.get(slow.file, 1), null)
    assert.deepEqual(slow.positions, [1])
    assert.ok(slow.file.isPinned)
    await slow.reads[0]?.finish()
    assert.ok(!slow.file.isPinned)
    for (let time = 0; time < 2; time++) assert.deepEqual(cache.get(slow.file, 1), recordOf(1))
    assert.equal(cache.hits, 2)
    assert.deepEqual(here(cache, slow), [1])
  })

  it('tells where in memory a place of a file is', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    assert.equal(cache.wordsOf(slow.file, BLOCK_BYTES), null)
    for (const number of [2, 1]) await bring(cache, slow, number)
    for (const offset of [BLOCK_BYTES, BLOCK_BYTES + 4, 2 * BLOCK_BYTES - 4, 3 * BLOCK_BYTES - 4]) {
      const words = cache.wordsOf(slow.file, offset)
      const there = slow.memory.words[offset / 4]
      assert.ok(words !== null)
      // All but where a mark is.
      assert.equal(words[cache.wordOf(slow.file, offset)], there)
    }
    for (const offset of [0, 3 * BLOCK_BYTES, FILE_BYTES, 2 ** 30]) {
      assert.equal(cache.wordsOf(slow.file, offset), null)
    }
  })

  it('brings so many at a time, and each once', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    for (const number of [0, 0, 1, 2, 3, 0]) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [0, 1])
    await slow.reads[0]?.finish()
    for (const number of [0, 1, 2]) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [1, 2])
  })

  it('has no block of which a part is not written yet', async () => {
    const cache = cacheOf()
    const slow = new SlowFile(1, { written: 2 * BLOCK_BYTES - 8 })
    for (const number of [1, 0]) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [0])
  })

  it('has no record that goes on in the next block, or only its header', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    for (const number of CROSSING) await bring(cache, slow, number)
    for (const number of CROSSING) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [], 'nothing comes of asking again')
    assert.deepEqual(here(cache, slow), [5], 'which lies in the block of one of them')
  })

  it('without room takes one that was missed often for one that was not used', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    for (const number of [0, 1, 2]) await bring(cache, slow, number)
    for (let miss = 1; miss < LIMITS.blockMissesMin; miss++) cache.miss(slow.file, 3)
    assert.deepEqual(slow.positions, [])
    await bring(cache, slow, 3)
    // Of those that were there one has made room, whichever, and one of the others is used since.
    const used = cache.get(slow.file, 0) === null ? 1 : 0
    cache.get(slow.file, used)
    for (const number of [4, 4]) cache.miss(slow.file, number)
    await bring(cache, slow, 4)
    assert.deepEqual(here(cache, slow), [used, 3, 4])
  })

  it('does not count misses again that have brought a block', async () => {
    const cache = cacheOf({ blockCacheBytes: BLOCK_BYTES })
    const slow = new SlowFile()
    await bring(cache, slow, 0)
    for (const number of [1, 1, 1]) await bring(cache, slow, number)
    assert.deepEqual(here(cache, slow), [1])
    for (const number of [0, 0]) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [])
    cache.miss(slow.file, 0)
    assert.deepEqual(slow.positions, [0])
  })

  it('waits with a block while each place is for one that is coming', async () => {
    const cache = cacheOf({ blockCacheBytes: BLOCK_BYTES, blockMissesMin: 1 })
    const slow = new SlowFile()
    for (const number of [0, 1]) cache.miss(slow.file, number)
    assert.deepEqual(slow.positions, [0])
    await slow.reads[0]?.finish()
    await bring(cache, slow, 1)
    assert.deepEqual(here(cache, slow), [1])
  })

  it('hands out nothing that is damaged, but all else of its block', async () => {
    for (const place of [0, 20, 100]) {
      const cache = cacheOf({ blockBytes: 2 * BLOCK_BYTES })
      const slow = new SlowFile()
      const at = (OFFSETS[2] as number) + place
      slow.memory.bytes[at] = (slow.memory.bytes[at] as number) ^ 1
      await bring(cache, slow, 3)
      assert.deepEqual(here(cache, slow), [3])
      cache.miss(slow.file, 2)
      assert.deepEqual(slow.positions, [], 'nothing comes of asking again')
    }
  })

  it('has each record that ends in it', async () => {
    const cache = cacheOf({ blockBytes: FILE_BYTES, blockCacheBytes: FILE_BYTES })
    const slow = new SlowFile()
    await bring(cache, slow, 3)
    assert.deepEqual(here(cache, slow), [...OFFSETS.keys()])
  })

  it('verifies with a record those that follow it soon, but none that was verified', async () => {
    const cache = cacheOf({ blockBytes: FILE_BYTES, blockCacheBytes: FILE_BYTES })
    const slow = new SlowFile()
    const damaged = OFFSETS[1] as number
    slow.memory.bytes[damaged] = (slow.memory.bytes[damaged] as number) ^ 1
    await bring(cache, slow, 0)
    const { buffer } = cache.get(slow.file, 0) as Uint8Array<ArrayBuffer>
    // From here on what is verified is not handed out.
    const bytes = new Uint8Array(buffer)
    for (const offset of OFFSETS) bytes[offset] = (bytes[offset] as number) ^ 2
    assert.deepEqual(here(cache, slow), [0, 2, 3])
  })

  it('verifies what lies where a record was that it has verified', async () => {
    const cache = cacheOf({ blockCacheBytes: BLOCK_BYTES, blockMissesMin: 1 })
    const [one, other] = [new SlowFile(1), new SlowFile(2)]
    await bring(cache, one, 0)
    assert.deepEqual(here(cache, one), [0])
    // A disk that gives the block of another file, as this cache has it in memory.
    const memory = cache.get(one.file, 0)?.buffer as ArrayBuffer
    other.memory.bytes.set(new Uint8Array(memory, 0, BLOCK_BYTES), BLOCK_BYTES)
    await bring(cache, other, 1)
    assert.deepEqual(here(cache, other), [])
  })

  it('does without a block that cannot be read, or only in part', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    cache.miss(slow.file, 0)
    await slow.reads[0]?.fail(new DiskError('io', { operation: 'read', path: '/d' }))
    cache.miss(slow.file, 0)
    await slow.reads[0]?.finish(BLOCK_BYTES - 8)
    assert.deepEqual(here(cache, slow), [])
    await bring(cache, slow, 0)
    assert.deepEqual(here(cache, slow), [0])
  })

  it('ends the engine for a bug', async () => {
    const told: unknown[] = []
    const cache = new BlockCache({ limits: LIMITS, onFatal: (error) => told.push(error) })
    const slow = new SlowFile()
    const bug = new TypeError('a bug')
    cache.miss(slow.file, 0)
    await slow.reads[0]?.fail(bug)
    assert.deepEqual(told, [bug])
  })

  it('forgets a file, and what of it is coming', async () => {
    const cache = cacheOf({ blockMissesMin: 100 })
    const [leaving, staying] = [new SlowFile(1), new SlowFile(2)]
    for (const number of [0, 1]) await bring(cache, leaving, number)
    cache.miss(leaving.file, 2)
    cache.forget(leaving.file)
    assert.deepEqual(here(cache, leaving), [])
    await leaving.reads[0]?.finish()
    assert.deepEqual(here(cache, leaving), [])
    for (const number of [0, 1, 2]) await bring(cache, staying, number)
    assert.deepEqual(here(cache, staying), [0, 1, 2], 'all of its room is free')
  })

  it('is closed when nothing writes to its memory any more, and has none then', async () => {
    const cache = cacheOf()
    const slow = new SlowFile()
    await bring(cache, slow, 0)
    const { buffer } = cache.get(slow.file, 0) as Uint8Array<ArrayBuffer>
    cache.miss(slow.file, 1)
    let isClosed = false
    const closing = cache.close().then(() => {
      isClosed = true
    })
    await turn()
    assert.ok(!isClosed && !buffer.detached)
    cache.miss(slow.file, 2)
    assert.deepEqual(slow.positions, [1], 'nothing more comes')
    await slow.reads[0]?.finish()
    await closing
    assert.ok(buffer.detached)
  })

  it('makes do with the memory that there is', () => {
    const blockBytes = 2 ** 48
    const cache = cacheOf({ blockBytes, blockCacheBytes: 2 * blockBytes })
    const slow = new SlowFile(1, { written: blockBytes })
    for (let time = 0; time < 3; time++) cache.miss(slow.file, 0)
    assert.deepEqual(slow.positions, [])
    assert.deepEqual(here(cache, slow), [])
  })

  it('takes no memory before it is needed, and none at all with no room for a block', async () => {
    const before = process.memoryUsage().arrayBuffers
    cacheOf({ blockCacheBytes: 2 ** 32 })
    const cache = cacheOf({ blockCacheBytes: BLOCK_BYTES - 1, blockMissesMin: 1 })
    assert.ok(process.memoryUsage().arrayBuffers - before < BLOCK_BYTES)
    const slow = new SlowFile()
    for (let time = 0; time < 3; time++) cache.miss(slow.file, 0)
    assert.deepEqual(slow.positions, [])
  })
})
