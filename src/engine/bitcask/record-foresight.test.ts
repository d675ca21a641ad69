import assert from 'node:assert/strict'
import { it } from 'node:test'
import { BlockCache } from './block-cache.ts'
import { FileList } from './file-list.ts'
import { RecordForesight } from './record-foresight.ts'
import { BLOCK_BYTES, SlowFile } from './testing/slow-file.ts'

const LIMITS = {
  blockBytes: BLOCK_BYTES,
  blockCacheBytes: 3 * BLOCK_BYTES,
  blockReadsMax: 2,
  blockMissesMin: 3,
}

function revisions(...mains: number[]) {
  return { length: mains.length, main: (at: number) => mains[at] as number, sub: () => 0 }
}

it('looks at the beginning of records that are in memory, and at nothing else', async () => {
  const cache = new BlockCache({ limits: LIMITS, onFatal: (error) => assert.fail(String(error)) })
  const foresight = new RecordForesight(cache)
  const slow = new SlowFile()
  const files = new FileList([slow.file])
  /** Every sixteenth word, five of them. */
  const linesOf = (number: number): number => {
    const words = cache.wordsOf(slow.file, slow.file.index.offset(number)) as Int32Array
    const first = cache.wordOf(slow.file, slow.file.index.offset(number))
    return [0, 16, 32, 48, 64].reduce((seen, word) => seen ^ (words[first + word] as number), 0)
  }
  const seen = (...mains: number[]): number => {
    foresight.look(revisions(...mains), files)
    return foresight.seen
  }

  assert.equal(seen(2, 3), 0)
  for (const number of [1, 2]) {
    cache.miss(slow.file, number)
    await slow.reads[0]?.finish()
  }
  assert.notEqual(linesOf(1), 0)
  assert.equal(seen(2), linesOf(1))
  assert.equal(seen(3, 4, 2, 1, 1000), linesOf(1) ^ linesOf(2))
  assert.equal(seen(), 0)
  assert.equal(seen(...new Array(65).fill(2)), 0, '64 times the same comes to nothing')
})

it('finds nothing where there are no files but an empty one', () => {
  const cache = new BlockCache({ limits: LIMITS, onFatal: (error) => assert.fail(String(error)) })
  const foresight = new RecordForesight(cache)
  foresight.look(revisions(2, 3), new FileList([new SlowFile(1, { records: 0 }).file]))
  assert.equal(foresight.seen, 0)
})
