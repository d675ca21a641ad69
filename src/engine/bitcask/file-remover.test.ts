import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSimulatedHarness, put } from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import type { Engine } from '../types.ts'
import { MANIFEST_NAME } from './format.ts'
import { decodeManifest } from './manifest.ts'
import { SMALL } from './testing/index.ts'

const NOTHING = new Uint8Array(0)
const SLICE = 4096
const PAUSE_MS = 50
const FILES = 3

type SimulatedHarness = ReturnType<typeof createSimulatedHarness>

function harnessOf(): SimulatedHarness {
  const limits = { ...SMALL, removeSliceBytes: SLICE, removePauseMs: PAUSE_MS }
  return createSimulatedHarness((parts) => createBitcask({ ...parts, limits }))
}

/** Full files, of which all records are dropped, and one that is written to. */
async function fillAndDrop(engine: Engine): Promise<void> {
  await engine.scanHeaders(() => {})
  let main = 2
  for (let bytes = 0; bytes < (FILES + 0.5) * SMALL.fileBytes; main++) {
    const { record } = put(main, 0)
    engine.append(main, 0, record)
    bytes += record.length
    if (!engine.hasRoom) await new Promise<void>((resolve) => (engine.onRoom = resolve))
  }
  await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
  for (let dropped = 2; dropped < main - 1; dropped++) engine.drop(dropped, 0)
  await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
}

function dataFiles({ disk }: SimulatedHarness): readonly (readonly [string, number])[] {
  return [...disk.files()].filter(([path]) => path.endsWith('.data'))
}

describe('files that were replaced', () => {
  it('go one after the other, and a piece at a time', async () => {
    const harness = harnessOf()
    await harness.run(async () => {
      const engine = await harness.factory().open()
      await fillAndDrop(engine)
      const before = dataFiles(harness)
      assert.ok(before.length > FILES)
      let sizes = new Map(before)
      const order: string[] = []
      while (dataFiles(harness).length > 1) {
        await new Promise<void>((resolve) => harness.clock.after(PAUSE_MS / 10, resolve))
        const now = new Map(dataFiles(harness))
        for (const [path, size] of sizes) {
          const left = now.get(path) ?? 0
          assert.ok(size - left <= SLICE, `${path} lost ${size - left} bytes at once`)
          if (left < size && order.at(-1) !== path) order.push(path)
        }
        sizes = now
      }
      assert.ok(order.length >= FILES)
      assert.equal(new Set(order).size, order.length, 'no two at the same time')
      await engine.close()
    })
  })

  it('lose nothing while the manifest on disk names them', async () => {
    const harness = harnessOf()
    const { disk } = harness
    const touched = new Set<number>()
    const early: string[] = []
    disk.onOperation = ({ operation, path, phase }) => {
      const number = /(\d+)\.data$/.exec(path)?.[1]
      const shrinks = operation === 'truncate' || operation === 'remove'
      if (number === undefined || !shrinks || phase !== 'started') return
      touched.add(Number(number))
      const manifest = path.replace(/[^/]+$/, MANIFEST_NAME)
      const bytes = disk.bytesOf(manifest, 'durable') as Uint8Array
      const reading = decodeManifest(bytes)
      const files = reading.kind === 'read' ? reading.manifest.files : []
      if (files.some((file) => file.number === Number(number))) early.push(path)
    }
    await harness.run(async () => {
      const engine = await harness.factory().open()
      await fillAndDrop(engine)
      while (dataFiles(harness).length > 1) {
        await new Promise<void>((resolve) => harness.clock.after(PAUSE_MS, resolve))
      }
      await engine.close()
    })
    assert.ok(touched.size >= FILES)
    assert.deepEqual(early, [])
  })

  it('do not hold up the end of the engine, and go with the next start', async () => {
    const harness = harnessOf()
    await harness.run(async () => {
      const engine = await harness.factory().open()
      await fillAndDrop(engine)
      await new Promise<void>((resolve) => harness.clock.after(PAUSE_MS * 1.5, resolve))
      const left = dataFiles(harness).length
      assert.ok(left > FILES)
      const from = harness.clock.monotonicMs()
      await engine.close()
      assert.ok(harness.clock.monotonicMs() - from < PAUSE_MS)
      assert.equal(dataFiles(harness).length, left)
      const next = await harness.factory().open()
      await next.scanHeaders(() => {})
      assert.equal(dataFiles(harness).length, 1)
      await next.close()
    })
  })
})
