import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Clock } from '../../io/index.ts'
import { put } from '../contract/index.ts'
import { DataFile } from './data-file.ts'
import { FileReader } from './file-reader.ts'
import { BITCASK_LIMITS } from './limits.ts'
import { LoadQueue } from './load-queue.ts'
import { allocate } from './memory.ts'
import { QuickReader } from './quick-reader.ts'
import { encodeRecord } from './record.ts'
import type { StoredFile } from './stored-file.ts'

const { quickLoadMs, quickReadGapBytesMax, quickReadPauseTimes } = BITCASK_LIMITS
const COUNT = 6
/** Each record is read by itself. */
const STEP_BYTES = 2 * quickReadGapBytesMax

/** Every two reads take as long as a load may hold up everybody. */
class Slow {
  readonly memory = allocate(STEP_BYTES * (COUNT + 1))
  readonly file: DataFile
  readonly turns: (() => void)[] = []
  #nowMs = 0

  constructor() {
    const { bytes } = this.memory
    const data = {
      written: bytes.length,
      deviceReads: () => 0,
      readNow: (target: Uint8Array, offset: number, length: number, position: number) => {
        this.#nowMs += quickLoadMs / 2
        target.set(bytes.subarray(position, position + length), offset)
        return length
      },
    } as unknown as StoredFile
    this.file = new DataFile({ number: 1, salt: 7, data, hint: data })
    for (let main = 1; main <= COUNT; main++) {
      const { record } = put(main, 0)
      const place = { main, sub: 0, offset: main * STEP_BYTES, seed: this.file.seed }
      encodeRecord(this.memory, place.offset, { place, record })
      this.file.add(main, 0, place.offset, record.length)
    }
  }

  /** Until everything may be read at once again. */
  pass(): void {
    this.#nowMs += quickReadPauseTimes * quickLoadMs
  }

  clock(): Clock {
    return {
      monotonicMs: () => this.#nowMs,
      wallMs: () => this.#nowMs,
      after: () => assert.fail('nothing waits for a time'),
      soon: (callback) => this.turns.push(callback),
    }
  }
}

it('a load keeps its file over all its turns, and no longer', async () => {
  const slow = new Slow()
  const clock = slow.clock()
  const quick = new QuickReader(BITCASK_LIMITS, clock)
  const refuse = () => assert.fail('all of it is right, and at hand')
  const reader = new FileReader(BITCASK_LIMITS, refuse)
  const queue = new LoadQueue({ limits: BITCASK_LIMITS, clock, quick, reader, onFatal: refuse })
  // A system is believed that it asked no device once it has been asked.
  quick.doubt(slow.file)
  slow.pass()
  const loading = queue.load(slow.file, [0, 1, 2, 3, 4, 5])
  for (let turn = 1; turn < COUNT / 2; turn++) {
    assert.ok(slow.file.isPinned)
    assert.equal(slow.turns.length, 1)
    slow.turns.shift()?.()
  }
  assert.ok(!slow.file.isPinned)
  assert.deepEqual(
    await loading,
    Array.from({ length: COUNT }, (_, number) => put(number + 1, 0).record),
  )
})
