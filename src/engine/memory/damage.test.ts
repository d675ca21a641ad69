import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock, SimulatedDisk, World } from '../../../sim/world/index.ts'
import { KvError } from '../../base/index.ts'
import type { Disk } from '../../io/index.ts'
import { contentOf, createSimulatedHarness, put, type TestRecord } from '../contract/index.ts'
import { createMemory } from '../index.ts'

const DIRECTORY = '/data/engine'
const SMALL = { arenaChunkBytes: 4096, indexPageRecords: 16, partBytes: 512, sliceRecords: 32 }

function machine({ capacityBytes }: { capacityBytes?: number } = {}) {
  const world = new World({ seed: 1 })
  const disk = new SimulatedDisk({
    world,
    name: 'n1',
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
  })
  const life = world.createLife('n1')
  const clock = new SimulatedClock({ world, name: 'n1' }).clockFor(life)
  const io = disk.diskFor(life)
  const factory = createMemory({ disk: io, clock, directory: DIRECTORY, limits: SMALL })
  return { world, disk, io, factory }
}

function some(count: number): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(i + 2, i % 2, { valueBytes: i * 3 }))
}

async function rewrite(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await disk.remove(path)
  const file = await disk.open(path, { mode: 'create' })
  await file.write(bytes, 0, bytes.length, 0)
  await file.close()
}

function isCorrupt(error: unknown): boolean {
  assert.ok(error instanceof KvError)
  assert.equal(error.code, 'ENGINE_CORRUPT')
  assert.match(error.message, /checkpoint-\d+\.mem is damaged at offset \d+/)
  return true
}

describe('a damaged checkpoint of the memory engine', () => {
  it('is refused whichever byte is wrong, and however much is missing or too much', async () => {
    const { world, disk, io, factory } = machine()
    await world.perform(async () => {
      const engine = await factory.open()
      for (const { main, sub, record } of some(20)) engine.append(main, sub, record)
      await engine.checkpoint({ appliedIndex: 4, meta: new Uint8Array(1000).fill(3) })
      await engine.close()
      const [path] = [...disk.files().keys()]
      assert.ok(path !== undefined)
      const intact = disk.bytesOf(path) as Uint8Array
      for (let at = 0; at < intact.length; at++) {
        const bytes = intact.slice()
        bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
        await rewrite(io, path, bytes)
        await assert.rejects(factory.open(), isCorrupt, `byte ${at}`)
      }
      for (let length = 0; length < intact.length; length += 5) {
        await rewrite(io, path, intact.slice(0, length))
        await assert.rejects(factory.open(), isCorrupt, `cut to ${length}`)
      }
      await rewrite(io, path, Uint8Array.from([...intact, 0]))
      await assert.rejects(factory.open(), isCorrupt)
      await rewrite(io, path, intact)
      await (await factory.open()).close()
    })
  })

  it('is refused under the name of another', async () => {
    const { world, disk, io, factory } = machine()
    await world.perform(async () => {
      const engine = await factory.open()
      await engine.checkpoint({ appliedIndex: 4, meta: new Uint8Array(0) })
      await engine.close()
      const [path] = [...disk.files().keys()]
      assert.ok(path !== undefined)
      await io.rename(path, path.replace(/1\.mem$/, '2.mem'))
      await assert.rejects(factory.open(), isCorrupt)
    })
  })

  it('is refused when the disk does not give its bytes back', async () => {
    const { world, disk, factory } = machine()
    await world.perform(async () => {
      const engine = await factory.open()
      await engine.checkpoint({ appliedIndex: 4, meta: new Uint8Array(0) })
      await engine.close()
      disk.failNext('read')
      await (await factory.open()).close()
      disk.setFaults({ readError: 1 })
      await assert.rejects(factory.open(), isCorrupt)
    })
  })
})

describe('a checkpoint of the memory engine that cannot be written', () => {
  it('fails with DISK_FULL, gives the room back, and the engine goes on', async () => {
    const { world, disk, factory } = machine({ capacityBytes: 30_000 })
    await world.perform(async () => {
      const engine = await factory.open()
      for (const { main, sub, record } of some(50)) engine.append(main, sub, record)
      await engine.checkpoint({ appliedIndex: 4, meta: new Uint8Array(0) })
      const usedBytes = disk.usedBytes
      for (let main = 100; main < 160; main++) {
        engine.append(main, 0, put(main, 0, { valueBytes: 900 }).record)
      }
      const full = (error: unknown): boolean =>
        error instanceof KvError && error.code === 'DISK_FULL'
      await assert.rejects(engine.checkpoint({ appliedIndex: 5, meta: new Uint8Array(0) }), full)
      assert.equal(disk.usedBytes, usedBytes)
      assert.equal(engine.durable?.appliedIndex, 4)
      disk.setCapacity(1e9)
      await engine.checkpoint({ appliedIndex: 6, meta: new Uint8Array(0) })
      await engine.close()
      const again = await factory.open()
      assert.equal(again.durable?.appliedIndex, 6)
      assert.equal(again.stats().records, 110)
      await again.close()
    })
  })

  it('fails with DISK_FAILED whatever operation fails, and the next one succeeds', async () => {
    for (const operation of ['open', 'write', 'sync', 'rename', 'syncDirectory'] as const) {
      const { world, disk, factory } = machine()
      await world.perform(async () => {
        const engine = await factory.open()
        engine.append(2, 0, put(2, 0).record)
        await engine.checkpoint({ appliedIndex: 1, meta: new Uint8Array(0) })
        engine.append(3, 0, put(3, 0).record)
        disk.failNext(operation)
        const failed = (error: unknown): boolean =>
          error instanceof KvError && error.code === 'DISK_FAILED'
        const writing = engine.checkpoint({ appliedIndex: 2, meta: new Uint8Array(0) })
        await assert.rejects(writing, failed, operation)
        assert.equal(engine.durable?.appliedIndex, 1)
        engine.append(4, 0, put(4, 0).record)
        await engine.checkpoint({ appliedIndex: 3, meta: new Uint8Array(0) })
        await engine.close()
        assert.equal(disk.files().size, 1)
        const again = await factory.open()
        assert.equal(again.durable?.appliedIndex, 3)
        assert.equal((await contentOf(again)).length, 3)
        await again.close()
      })
    }
  })
})

describe('the memory engine', () => {
  it('gives memory back by itself, also after a snapshot held it', async () => {
    const harness = createSimulatedHarness((parts) => createMemory({ ...parts, limits: SMALL }))
    await harness.run(async () => {
      const engine = await harness.factory().open()
      for (let main = 2; main < 2000; main++) engine.append(main, 0, put(main, 0).record)
      const most = engine.stats().bytes
      const snapshot = engine.snapshot({ appliedIndex: 1, meta: new Uint8Array(0) })
      for (let main = 2; main < 1990; main++) engine.drop(main, 0)
      for (let i = 0; i < 300; i++) await new Promise<void>((done) => harness.clock.soon(done))
      assert.ok(engine.stats().bytes >= most)
      snapshot.release()
      for (let i = 0; i < 300; i++) await new Promise<void>((done) => harness.clock.soon(done))
      assert.ok(engine.stats().bytes < most / 10)
      await engine.close()
    })
    await harness.close()
  })
})
