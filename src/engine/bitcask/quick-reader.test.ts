import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Clock, type Disk, DiskError, type DiskFile } from '../../io/index.ts'
import { createSimulatedHarness, put, revisionsOf } from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import type { Engine } from '../types.ts'
import { BITCASK_LIMITS } from './limits.ts'

const NOTHING = new Uint8Array(0)
const COUNT = 50
/** More than what is brought together with what is asked for. */
const FAR_BYTES = 2 * BITCASK_LIMITS.readGapBytesMax
const { quickReadBytesMax, quickReadMs, quickReadPauseTimes, quickLoadMs } = BITCASK_LIMITS
/** After a read that takes twice as long as a quick one may. */
const PAUSE_MS = quickReadPauseTimes * 2 * quickReadMs

/** A disk of which every quick read takes so long, and may go wrong. */
class Watched {
  readMs = 0
  refusal: DiskError | null = null
  reads = 0
  /** Those that nobody waited for. */
  patientReads = 0
  /** What the system would count. */
  deviceReads = 0
  #lateMs = 0

  clock(clock: Clock): Clock {
    return {
      monotonicMs: () => clock.monotonicMs() + this.#lateMs,
      wallMs: () => clock.wallMs(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
      soon: (callback) => clock.soon(callback),
    }
  }

  disk(disk: Disk): Disk {
    const watched = Object.create(disk) as Disk
    watched.open = async (path, options) => this.#file(await disk.open(path, options))
    for (const name of ['makeDirectory', 'list', 'remove', 'syncDirectory', 'lock'] as const) {
      Object.assign(watched, { [name]: (path: string) => disk[name](path) })
    }
    watched.rename = (from, to) => disk.rename(from, to)
    Object.assign(watched, { deviceReads: () => this.deviceReads })
    return watched
  }

  pass(ms: number): void {
    this.#lateMs += ms
  }

  #file(file: DiskFile): DiskFile {
    return {
      read: (target, offset, length, position) => {
        this.patientReads += 1
        return file.read(target, offset, length, position)
      },
      write: (source, offset, length, position) => file.write(source, offset, length, position),
      sync: () => file.sync(),
      truncate: (size) => file.truncate(size),
      size: () => file.size(),
      close: () => file.close(),
      readNow: (target, offset, length, position) => {
        this.reads += 1
        this.pass(this.readMs)
        if (this.refusal !== null) throw this.refusal
        // The simulated disk has it at hand every other time.
        for (let attempt = 0; attempt < 100; attempt++) {
          const count = file.readNow(target, offset, length, position)
          if (count !== null) return count
        }
        return null
      },
    }
  }
}

interface Opened {
  readonly engine: Engine
  readonly watched: Watched
  readonly harness: ReturnType<typeof createSimulatedHarness>
}

/** With records on disk and none in memory. */
async function withRecords(
  body: (opened: Opened) => Promise<void>,
  append = (_engine: Engine): void => {},
): Promise<void> {
  const watched = new Watched()
  const limits = { recentBytes: 0, loadedCacheBytes: 0 }
  const harness = createSimulatedHarness(({ disk, clock, directory }) =>
    createBitcask({ disk: watched.disk(disk), clock: watched.clock(clock), directory, limits }),
  )
  await harness.run(async () => {
    const first = await harness.factory().open()
    await first.scanHeaders(() => {})
    for (let main = 2; main < COUNT; main++) first.append(main, 0, put(main, 0).record)
    const large = put(COUNT, 0, { valueBytes: quickReadBytesMax }).record
    first.append(COUNT, 0, large)
    append(first)
    await first.checkpoint({ appliedIndex: 1, meta: NOTHING })
    await first.close()
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    await body({ engine, watched, harness })
    await engine.close()
  })
}

/** Far from each other, so that each is read by itself. */
const APART = Array.from({ length: 24 }, (_, i) => ({ main: 100 + 2 * i, sub: 0 }))

/** As `withRecords`, and with records that lie far from each other. */
function withScattered(body: (opened: Opened) => Promise<void>): Promise<void> {
  return withRecords(body, (engine) => {
    for (const { main, sub } of APART) {
      engine.append(main, sub, put(main, sub).record)
      engine.append(main + 1, sub, put(main + 1, sub, { valueBytes: FAR_BYTES }).record)
    }
  })
}

function nextTurn({ clock }: Opened['harness']): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}

/** What the system has counted until now is known to be of before. */
async function learnCount({ engine, watched }: Opened): Promise<void> {
  watched.readMs = 2 * quickReadMs
  assert.ok(engine.readNow(2, 0) !== null)
  watched.pass(PAUSE_MS)
  watched.readMs = 0
  await engine.load(revisionsOf(APART))
}

async function loadScattered({ engine, watched }: Opened): Promise<void> {
  watched.reads = 0
  watched.patientReads = 0
  const loaded = await engine.load(revisionsOf(APART))
  for (const { main, sub } of APART) {
    assert.deepEqual(loaded.get(main, sub), put(main, sub).record)
  }
}

describe('many records that are on disk', () => {
  it('are read at once when the system has them', async () => {
    await withScattered(async (opened) => {
      await loadScattered(opened)
      assert.equal(opened.watched.reads, APART.length)
      assert.equal(opened.watched.patientReads, 0)
      await loadScattered(opened)
      assert.equal(opened.watched.patientReads, 0, 'another load has time of its own')
    })
  })

  it('come together where they are neighbours', async () => {
    await withRecords(async ({ engine, watched }) => {
      const all = Array.from({ length: COUNT - 2 }, (_, i) => ({ main: 2 + i, sub: 0 }))
      watched.patientReads = 0
      const loaded = await engine.load(revisionsOf(all))
      for (const { main, sub } of all) {
        assert.deepEqual(loaded.get(main, sub), put(main, sub).record)
      }
      assert.equal(watched.reads, 1)
      assert.equal(watched.patientReads, 0)
    })
  })

  it('hold up everybody for a bounded time only', async () => {
    await withScattered(async (opened) => {
      const { engine, watched, harness } = opened
      await learnCount(opened)
      watched.readMs = quickLoadMs / 4
      watched.reads = 0
      watched.patientReads = 0
      const loading = engine.load(revisionsOf(APART))
      const readsByTurn: number[] = []
      for (let turn = 0; turn < APART.length / 4; turn++) {
        readsByTurn.push(watched.reads)
        watched.reads = 0
        await nextTurn(harness)
      }
      assert.deepEqual(readsByTurn, new Array(APART.length / 4).fill(4))
      await loading
      assert.equal(watched.patientReads, 0)
    })
  })

  it('are left to the other way when a device has them, however fast it is', async () => {
    await withScattered(async (opened) => {
      const { engine, watched } = opened
      watched.readMs = quickLoadMs / 4
      watched.reads = 0
      watched.deviceReads += 1
      watched.patientReads = 0
      await engine.load(revisionsOf(APART))
      assert.equal(watched.reads, 4)
      assert.equal(watched.patientReads, APART.length - 4)
    })
  })

  it('are read at once again as soon as that can be, in the middle of a load', async () => {
    await withScattered(async ({ engine, watched }) => {
      watched.patientReads = 0
      watched.refusal = new DiskError('io', { operation: 'read', path: 'data' })
      const loading = engine.load(revisionsOf(APART))
      watched.refusal = null
      await loading
      // The first ones, and the one that was known to be late by then.
      assert.equal(watched.patientReads, BITCASK_LIMITS.readsMax + 1)
    })
  })

  it('are not held up by a load that waits for the disk', async () => {
    await withScattered(async (opened) => {
      const { engine, watched } = opened
      watched.refusal = new DiskError('io', { operation: 'read', path: 'data' })
      const ends: string[] = []
      const note = (name: string) => () => void ends.push(name)
      const cold = engine.load(revisionsOf(APART)).then(note('cold'))
      watched.refusal = null
      watched.reads = 0
      const warm = engine.load(revisionsOf(APART)).then(note('warm'))
      assert.equal(watched.reads, APART.length, 'all of it is read before anything else comes')
      await Promise.all([cold, warm])
      assert.deepEqual(ends, ['warm', 'cold'])
    })
  })

  it('are loaded in the other way when they cannot be read at once', async () => {
    await withScattered(async (opened) => {
      opened.watched.refusal = new DiskError('io', { operation: 'read', path: 'data' })
      await loadScattered(opened)
      assert.equal(opened.watched.patientReads, APART.length)
    })
  })
})

describe('a record that is on disk', () => {
  it('is read at once', async () => {
    await withRecords(async ({ engine, watched }) => {
      assert.equal(engine.peek(2, 0), null)
      for (let main = 2; main < COUNT; main++) {
        assert.deepEqual(engine.readNow(main, 0), put(main, 0).record)
      }
      assert.equal(watched.reads, COUNT - 2)
      assert.equal(engine.readNow(COUNT + 1, 0), null)
    })
  })

  it('is loaded when it is large', async () => {
    await withRecords(async ({ engine, watched }) => {
      assert.equal(engine.readNow(COUNT, 0), null)
      assert.equal(watched.reads, 0)
    })
  })

  it('is loaded for a while after the disk took its time', async () => {
    await withRecords(async ({ engine, watched }) => {
      watched.readMs = 2 * quickReadMs
      assert.deepEqual(engine.readNow(2, 0), put(2, 0).record)
      assert.equal(engine.readNow(3, 0), null)
      watched.pass(PAUSE_MS - 1)
      assert.equal(engine.readNow(3, 0), null)
      assert.equal(watched.reads, 1)
      watched.pass(1)
      assert.deepEqual(engine.readNow(3, 0), put(3, 0).record)
    })
  })

  it('is read at once after the process had to wait, and not the disk', async () => {
    await withRecords(async ({ engine, watched }) => {
      // What the system had counted before is learned now.
      watched.readMs = 2 * quickReadMs
      assert.ok(engine.readNow(2, 0) !== null)
      watched.pass(PAUSE_MS)
      /** Whether one that takes long behind so many that do not is the last for a while. */
      const ends = (quickOnes: number): boolean => {
        watched.readMs = 0
        for (let main = 3; main < 3 + quickOnes; main++) engine.readNow(main, 0)
        watched.readMs = 2 * quickReadMs
        assert.ok(engine.readNow(2, 0) !== null)
        watched.readMs = 0
        const isOver = engine.readNow(2, 0) === null
        watched.pass(PAUSE_MS)
        return isOver
      }
      assert.equal(ends(16), false)
      assert.equal(ends(14), true, 'too often to be chance')
      watched.deviceReads += 1
      assert.equal(ends(16), true, 'it was the disk')
      assert.equal(ends(16), false)
    })
  })

  it('counts as not at hand when it cannot be read, or is not what it was', async () => {
    await withRecords(async ({ engine, watched, harness }) => {
      watched.refusal = new DiskError('io', { operation: 'read', path: 'data' })
      assert.equal(engine.readNow(2, 0), null)
      watched.refusal = null
      assert.deepEqual(engine.readNow(2, 0), put(2, 0).record)
      const [data] = [...harness.disk.files('durable')].filter(
        ([, size]) => size > quickReadBytesMax,
      )
      assert.ok(data !== undefined, 'the file with the large record')
      const [path, length] = data
      harness.disk.rot(path, 0, { length })
      assert.equal(engine.readNow(3, 0), null)
    })
  })
})
