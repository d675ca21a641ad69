import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import { contentOf, createSimulatedHarness, inPieces, put, sameContent } from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import type { Engine } from '../types.ts'
import { SMALL } from './testing/index.ts'

const DIRECTORY = '/data/engine'
const NOTHING = new Uint8Array(0)
/** They are in a sector of their own. */
const FIRST = 10

function some(count: number, from = 2) {
  return Array.from({ length: count }, (_, i) => put(from + i, 0, { valueBytes: 100 + (i % 50) }))
}

function machine() {
  return createSimulatedHarness((parts) => createBitcask({ ...parts, limits: SMALL }))
}

type Machine = ReturnType<typeof machine>

function files({ disk }: Machine, suffix: string): string[] {
  return [...disk.files().keys()].filter((path) => path.endsWith(suffix)).sort()
}

/** A store of several files, closed. */
async function filled(harness: Machine, count = 300): Promise<void> {
  const engine = await harness.factory().open()
  await engine.scanHeaders(() => {})
  const records = some(count)
  for (const { main, sub, record } of records.slice(0, FIRST)) engine.append(main, sub, record)
  await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
  for (const { main, sub, record } of records.slice(FIRST)) engine.append(main, sub, record)
  await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
  await engine.close()
}

function flip({ disk }: Machine, path: string, offset: number): void {
  const byte = disk.bytesOf(path)?.[offset] ?? 0
  disk.damage(path, offset, { bytes: Uint8Array.of(byte ^ 0x10) })
}

async function remove({ disk, world }: Machine, path: string): Promise<void> {
  await disk.diskFor(world.createLife('n1')).remove(path)
}

/** As far as the file goes. */
async function rewrite({ disk, world }: Machine, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.diskFor(world.createLife('n1')).open(path, { mode: 'readWrite' })
  await file.write(bytes, 0, bytes.length, 0)
  await file.close()
}

async function refusal(promise: Promise<unknown>): Promise<KvError> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof KvError, String(error))
    return error
  }
  throw new Error('it was not refused')
}

async function loadAll(engine: Engine, mains: readonly number[]): Promise<void> {
  await engine.load({
    length: mains.length,
    main: (position) => mains[position] as number,
    sub: () => 0,
  })
}

/** Where the second record of the first file begins, revision 3; 60 bytes on lies its value. */
function secondAt(): number {
  return 64 + 24 + Math.ceil((some(1)[0]?.record.length ?? 0) / 8) * 8
}

describe('a damaged record of bitcask', () => {
  it('is never served, and the refusal names file and offset; the others are', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data')
      assert.ok(path !== undefined)
      const second = secondAt()
      flip(harness, path, second + 60)
      const engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      const error = await refusal(loadAll(engine, [3]))
      assert.equal(error.code, 'ENGINE_CORRUPT')
      assert.match(
        error.message,
        new RegExp(`${path} is damaged at offset ${second}: revision 3.0`),
      )
      await loadAll(engine, [2, 4, 5, 100])
      assert.equal((await refusal(engine.history(0, 1e6))).code, 'ENGINE_CORRUPT')
      assert.ok((await engine.history(4, 1e6)).records.length > 200)
      // Nothing of the file is given up in silence, however much of it is dropped.
      for (const { main } of some(300)) if (main !== 3) engine.drop(main, 0)
      await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
      await new Promise<void>((resolve) => harness.clock.after(5000, resolve))
      assert.equal((await refusal(loadAll(engine, [3]))).code, 'ENGINE_CORRUPT')
      await engine.close()
    })
  })
})

describe('damage of bitcask that was found', () => {
  /** A store in which the value of revision 3 is found to have rotted, closed. */
  async function found(harness: Machine): Promise<string> {
    await filled(harness)
    const [path] = files(harness, '.data')
    assert.ok(path !== undefined)
    flip(harness, path, secondAt() + 60)
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    // Whoever asks hears of it when the next start will know of it.
    await refusal(loadAll(engine, [3]))
    harness.crash('powerLost')
    return path
  }

  it('is known to the next start, which tells what the one before had found', async () => {
    const harness = machine()
    await harness.run(async () => {
      const path = await found(harness)
      for (const end of ['killed', 'powerLost'] as const) {
        const error = await refusal(harness.factory().open())
        assert.equal(error.code, 'ENGINE_CORRUPT')
        assert.ok(error.message.startsWith(`${path} is damaged: at offset `), error.message)
        assert.match(error.message, /revision 3\.0 .*earlier start, see 0000000001\.damaged/)
        harness.crash(end)
      }
    })
  })

  it('is known when a merge came upon it', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data')
      assert.ok(path !== undefined)
      flip(harness, path, secondAt() + 60)
      const engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      for (const { main } of some(300)) if (main !== 3) engine.drop(main, 0)
      await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
      await new Promise<void>((resolve) => harness.clock.after(5000, resolve))
      await engine.close()
      assert.match((await refusal(harness.factory().open())).message, /revision 3\.0/)
    })
  })

  it('ends with the content that it was in, wherever a crash comes', async () => {
    const checkpoint = { appliedIndex: 9, meta: NOTHING }
    for (const end of ['killed', 'powerLost'] as const) {
      const harness = machine()
      await harness.run(async () => {
        await found(harness)
        const engine = await harness.factory().replace(checkpoint, inPieces(some(20)))
        sameContent(await contentOf(engine), some(20))
        harness.crash(end)
        const again = await harness.factory().open()
        sameContent(await contentOf(again), some(20))
        assert.deepEqual(files(harness, '.damaged'), [])
        await again.close()
      })
    }
  })

  it('is marked on a full disk, too, without a word', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data')
      assert.ok(path !== undefined)
      flip(harness, path, secondAt() + 60)
      const engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      harness.disk.setCapacity(0)
      assert.equal((await refusal(loadAll(engine, [3]))).code, 'ENGINE_CORRUPT')
      harness.crash('powerLost')
      const { code, message } = await refusal(harness.factory().open())
      assert.equal(code, 'ENGINE_CORRUPT')
      assert.match(message, /damaged: something in it has rotted \(found by an earlier start/)
    })
  })

  it('is found anew by the next life where the disk takes no mark', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data')
      assert.ok(path !== undefined)
      flip(harness, path, secondAt() + 60)
      let engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      harness.disk.setFaults({ nameError: 1 })
      assert.equal((await refusal(loadAll(engine, [3]))).code, 'ENGINE_CORRUPT')
      harness.crash('powerLost')
      harness.disk.setFaults({ nameError: 0 })
      engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      assert.equal((await refusal(loadAll(engine, [3]))).code, 'ENGINE_CORRUPT')
      await engine.close()
    })
  })
})

describe('a hint of bitcask that is damaged, missing or of another file', () => {
  it('is as good as none: the data is read instead, and a new one is made', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const hints = files(harness, '.hint')
      assert.ok(hints.length > 2)
      const [first, second, third] = hints as [string, string, string]
      const { disk } = harness
      const intact = disk.bytesOf(second) as Uint8Array
      const length = disk.bytesOf(first)?.length ?? 0
      const spoil: (() => void | Promise<void>)[] = [
        () => flip(harness, first, 0),
        () => flip(harness, first, length - 1),
        () => remove(harness, first),
        () => disk.damage(third, 0, { bytes: intact }),
      ]
      for (let at = 0; at < length; at += 37) spoil.push(() => flip(harness, first, at))
      for (const damage of spoil) {
        await damage()
        const engine = await harness.factory().open()
        let count = 0
        await engine.scanHeaders(() => {
          count += 1
        })
        assert.equal(count, 300)
        sameContent(await contentOf(engine), some(300))
        await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
        await engine.close()
      }
      // Without the block that ended at the first checkpoint.
      const renewed = disk.bytesOf(first)?.length ?? 0
      assert.ok(renewed > length / 2 && renewed <= length, 'it was made anew')
    })
  })
})

describe('a hint of bitcask that is right, but of another time', () => {
  it('is not taken for the one that the manifest means', async () => {
    const hints: Uint8Array[] = []
    for (const key of ['old', 'new']) {
      const harness = machine()
      await harness.run(async () => {
        let engine = await harness.factory().open()
        await engine.scanHeaders(() => {})
        for (let main = 2; main < 30; main++) engine.append(main, 0, put(main, 0, { key }).record)
        await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
        await engine.close()
        const [path] = files(harness, '.hint') as [string]
        hints.push(harness.disk.bytesOf(path) as Uint8Array)
        await rewrite(harness, path, hints[0] as Uint8Array)
        engine = await harness.factory().open()
        await engine.scanHeaders((main, _sub, header) => {
          assert.deepEqual(header.subarray(0, 5), put(main, 0, { key }).header.subarray(0, 5))
        })
        await engine.close()
      })
    }
    // Everything but the last checksum in the manifest lets the old one pass.
    assert.equal(hints[0]?.length, hints[1]?.length)
    assert.notDeepEqual(hints[0], hints[1])
  })
})

describe('records of bitcask that are zero up to the end of a sector', () => {
  /** As room that a checkpoint left empty. */
  async function emptied(harness: Machine): Promise<void> {
    const [path] = files(harness, '.data') as [string]
    harness.disk.damage(path, 64, { bytes: new Uint8Array(4096 - 64) })
  }

  it('are missed at a start without hints', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      for (const hint of files(harness, '.hint')) await remove(harness, hint)
      await emptied(harness)
      assert.equal((await refusal(harness.factory().open())).code, 'ENGINE_CORRUPT')
    })
  })

  it('are missed when a hint turns bad while headers are read', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const engine = await harness.factory().open()
      for (const hint of files(harness, '.hint')) flip(harness, hint, 0)
      await emptied(harness)
      const told: number[] = []
      const error = await refusal(engine.scanHeaders((main) => told.push(main)))
      assert.equal(error.code, 'ENGINE_CORRUPT')
      assert.deepEqual(told, [])
      await engine.close()
    })
  })
})

describe('a manifest of bitcask that is damaged', () => {
  it('is refused whatever byte it is, and a replacement makes it good', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const path = `${DIRECTORY}/manifest`
      const length = harness.disk.bytesOf(path)?.length ?? 0
      for (let at = 0; at < length; at += 3) {
        flip(harness, path, at)
        const error = await refusal(harness.factory().open())
        assert.ok(['ENGINE_CORRUPT', 'LOG_FOREIGN'].includes(error.code), error.message)
        assert.ok(error.message.includes(path))
        flip(harness, path, at)
      }
      flip(harness, path, 20)
      const checkpoint = { appliedIndex: 9, meta: NOTHING }
      const engine = await harness.factory().replace(checkpoint, inPieces(some(20)))
      sameContent(await contentOf(engine), some(20))
      await engine.close()
      await (await harness.factory().open()).close()
    })
  })

  it('is not taken for an empty store when it is lost', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      await remove(harness, `${DIRECTORY}/manifest`)
      assert.equal((await refusal(harness.factory().open())).code, 'ENGINE_CORRUPT')
    })
  })
})

describe('a data file of bitcask', () => {
  it('is missed when it is not there', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data') as [string]
      await remove(harness, path)
      const { message } = await refusal(harness.factory().open())
      assert.ok(message.includes(`${path} is damaged at offset 0: the file is missing`))
    })
  })

  it('is refused when its end is not there', async () => {
    const harness = machine()
    await harness.run(async () => {
      await filled(harness)
      const [path] = files(harness, '.data') as [string]
      const end = (harness.disk.bytesOf(path)?.length ?? 0) - 1
      const disk = harness.disk.diskFor(harness.world.createLife('n1'))
      const file = await disk.open(path, { mode: 'readWrite' })
      await file.truncate(end)
      await file.close()
      const { message } = await refusal(harness.factory().open())
      assert.ok(message.includes(`${path} is damaged at offset ${end}: the file ends there`))
    })
  })
})

describe('a merge of bitcask', () => {
  /** basho/bitcask#82: a put in one file, its tombstone in another, and only that one merged. */
  it('brings nothing back whose tombstone it left out', async () => {
    const harness = machine()
    await harness.run(async () => {
      let engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      let main = 2
      const fill = (): void => {
        for (let i = 0; i < 100; i++, main++) {
          engine.append(main, 0, put(main, 0, { valueBytes: 300 }).record)
        }
      }
      const old = main
      engine.append(main, 0, put(main, 0, { key: 'gone' }).record)
      main += 1
      fill()
      const dead = main
      engine.append(main, 0, put(main, 0, { key: 'gone', valueBytes: 0 }).record)
      main += 1
      fill()
      await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
      engine.drop(old, 0)
      engine.drop(dead, 0)
      // Only the file of the tombstone becomes worth a merge.
      for (let at = dead - 20; at < dead + 60; at++) engine.drop(at, 0)
      await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
      const before = files(harness, '.data').length
      await new Promise<void>((resolve) => harness.clock.after(5000, resolve))
      assert.ok(files(harness, '.data').length < before, 'something was merged')
      for (const end of ['killed', 'powerLost'] as const) {
        harness.crash(end)
        engine = await harness.factory().open()
        const mains: number[] = []
        await engine.scanHeaders((one) => mains.push(one))
        assert.ok(!mains.includes(old) && !mains.includes(dead))
      }
      await engine.close()
    })
  })

  it('gives space back by itself, no faster than it may', async () => {
    const limits = { ...SMALL, mergeBytesPerSecond: 20_000, mergeSliceBytes: 2000 }
    const harness = createSimulatedHarness((parts) => createBitcask({ ...parts, limits }))
    await harness.run(async () => {
      const engine = await harness.factory().open()
      await engine.scanHeaders(() => {})
      for (const { main, sub, record } of some(2000)) engine.append(main, sub, record)
      await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
      for (const { main, sub } of some(2000)) if (main % 4 > 0) engine.drop(main, sub)
      await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
      const { bytes, liveBytes } = engine.stats()
      assert.ok(bytes > 3 * liveBytes)
      await new Promise<void>((resolve) => harness.clock.after(1000, resolve))
      assert.ok(engine.stats().bytes > bytes / 2, 'not at once')
      await new Promise<void>((resolve) => harness.clock.after(20_000, resolve))
      assert.ok(engine.stats().bytes < 2 * liveBytes, 'in the end')
      sameContent(
        await contentOf(engine),
        some(2000).filter(({ main }) => main % 4 === 0),
      )
      await engine.close()
    })
  })
})
