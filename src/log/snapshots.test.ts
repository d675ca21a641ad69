import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedDisk, World } from '../../sim/world/index.ts'
import { KvError } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import { openSnapshots, type SnapshotStore } from './index.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { markOf } from './testing/model.ts'

const DIRECTORY = '/data/snapshots'
const MARK = markOf(30, 4)

function chunk(seed: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => seed * 7 + i * 3)
}

const CHUNKS = [chunk(1, 1000), chunk(2, 0), chunk(3, 5000), chunk(4, 77)]

function open(disk: Disk, clusterId = 9): Promise<SnapshotStore> {
  return openSnapshots({ disk, directory: DIRECTORY, clusterId })
}

async function write(store: SnapshotStore, group: number, mark = MARK): Promise<void> {
  const writer = await store.begin(group, mark)
  for (const bytes of CHUNKS) await writer.write(bytes)
  await writer.finish()
}

async function read(store: SnapshotStore, group: number, mark = MARK): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const bytes of store.open(group, mark)) chunks.push(bytes)
  return chunks
}

function isCorrupt(error: unknown): boolean {
  return error instanceof KvError && error.code === 'SNAPSHOT_CORRUPT'
}

describe('a snapshot that cannot be read', () => {
  it('is none when its header cannot be, stays where it is, and the others are there', async () => {
    const memory = new MemoryDisk()
    const store = await open(memory)
    await write(store, 1, markOf(20, 4))
    await write(store, 1, MARK)
    const disk = new FaultyDisk(memory)
    const path = `${DIRECTORY}/snapshot-1-30.snap`
    disk.makeUnreadable(path, { from: 10, to: 20 })
    const again = await open(disk)
    assert.deepEqual(await again.list(1), [markOf(20, 4)])
    assert.ok(memory.files.has(path))
    assert.deepEqual(disk.openPaths, [])
  })

  it('fails as damaged, with the place; what fails for a moment does not', async () => {
    const memory = new MemoryDisk()
    await write(await open(memory), 1)
    const disk = new FaultyDisk(memory)
    const again = await open(disk)
    const path = `${DIRECTORY}/snapshot-1-30.snap`
    disk.makeUnreadable(path, { from: 3000, to: 3001 })
    await assert.rejects(read(again, 1), (error) => {
      assert.ok(isCorrupt(error), String(error))
      assert.match((error as Error).message, /snapshot-1-30\.snap .* cannot be read at offset \d+/)
      return true
    })
    let reads = 0
    disk.refusal = ({ operation }) => {
      reads += operation === 'read' ? 1 : 0
      return operation === 'read' && reads % 3 !== 0 ? 'io' : null
    }
    assert.deepEqual(await read(again, 1), CHUNKS)
    assert.deepEqual(disk.openPaths, [])
  })

  it('because it may not be opened keeps the node from starting', async () => {
    const memory = new MemoryDisk()
    await write(await open(memory), 1)
    const disk = new FaultyDisk(memory)
    disk.refusal = ({ operation }) => (operation === 'open' ? 'io' : null)
    const isFailed = (error: unknown) => error instanceof KvError && error.code === 'DISK_FAILED'
    await assert.rejects(open(disk), isFailed)
  })
})

describe('a snapshot', () => {
  it('comes back chunk by chunk, with its mark, also after a restart', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    await write(store, 1)
    await write(store, 2, markOf(31, 4))
    for (const again of [store, await open(disk)]) {
      assert.deepEqual(await again.list(1), [MARK])
      assert.deepEqual(await again.latest(2), markOf(31, 4))
      assert.equal(await again.latest(3), null)
      assert.deepEqual(await read(again, 1), CHUNKS)
    }
  })

  it('is listed ascending, replaced under its index, and removed', async () => {
    const store = await open(new MemoryDisk())
    for (const index of [50, 10, 30]) await write(store, 1, markOf(index, 2))
    await write(store, 1, markOf(10, 3))
    assert.deepEqual(await store.list(1), [markOf(10, 3), markOf(30, 2), markOf(50, 2)])
    await store.remove(1, markOf(10, 2))
    await store.removeOlder(1, markOf(50, 2))
    assert.deepEqual(await store.list(1), [markOf(50, 2)])
    await assert.rejects(read(store, 1, markOf(30, 2)), isCorrupt)
  })

  it('is seen by nobody before it is finished, and not at all when aborted', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    const writer = await store.begin(1, MARK)
    await writer.write(CHUNKS[0] as Uint8Array)
    assert.deepEqual(await store.list(1), [])
    await writer.abort()
    await writer.abort()
    assert.deepEqual(await store.list(1), [])
    assert.equal(disk.files.size, 0)
  })

  it('of another cluster is not listed', async () => {
    const disk = new MemoryDisk()
    await write(await open(disk), 1)
    assert.deepEqual(await (await open(disk, 10)).list(1), [])
  })

  it('that is asked for under another term is refused', async () => {
    const store = await open(new MemoryDisk())
    await write(store, 1)
    await assert.rejects(read(store, 1, markOf(30, 5)), isCorrupt)
  })
})

describe('a damaged snapshot', () => {
  it('is refused whatever bit is wrong, and however much of it is missing', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    await write(store, 1)
    const path = `${DIRECTORY}/snapshot-1-30.snap`
    const inode = disk.files.get(path)
    assert.ok(inode !== undefined)
    const intact = inode.bytes
    for (let byte = 0; byte < intact.length; byte++) {
      inode.bytes = intact.slice()
      inode.bytes[byte] = (intact[byte] as number) ^ (1 << (byte % 8))
      await assert.rejects(read(store, 1), isCorrupt, `byte ${byte}`)
    }
    for (let length = 0; length < intact.length; length += 7) {
      inode.bytes = intact.slice(0, length)
      await assert.rejects(read(store, 1), isCorrupt, `cut to ${length}`)
    }
    inode.bytes = intact.slice(0, 40)
    assert.deepEqual(await (await open(disk)).list(1), [])
  })

  it('hands out only chunks that were verified before', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    await write(store, 1)
    const bytes = disk.bytesOf(`${DIRECTORY}/snapshot-1-30.snap`)
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] as number) ^ 1
    const seen: Uint8Array[] = []
    await assert.rejects(async () => {
      for await (const part of store.open(1, MARK)) seen.push(part)
    }, isCorrupt)
    assert.deepEqual(seen, CHUNKS.slice(0, 3))
  })
})

describe('a snapshot and the disk', () => {
  it('is whole or not there after a crash at any operation', async () => {
    let finishedRuns = 0
    for (let at = 1; ; at++) {
      const world = new World({ seed: at })
      const disk = new SimulatedDisk({ world, name: 'n1' })
      const life = world.createLife('n1')
      let finished = false
      let crashed = false
      disk.onOperation = ({ number }) => {
        if (crashed || number < at) return
        crashed = true
        life.end('powerLost')
      }
      void (async () => {
        const store = await open(disk.diskFor(life))
        await write(store, 1, markOf(10, 1))
        await write(store, 1)
        finished = true
        await store.removeOlder(1, MARK)
      })()
      await world.run({ stop: () => crashed })
      life.end('powerLost')
      disk.failPower()
      const next = disk.diskFor(world.createLife('n1'))
      await world.perform(async () => {
        const store = await open(next)
        const marks = await store.list(1)
        for (const mark of marks) assert.deepEqual(await read(store, 1, mark), CHUNKS)
        if (finished) assert.ok(marks.some(({ index }) => index === 30))
      })
      const left = [...disk.files().keys()].filter((name) => name.endsWith('.tmp'))
      assert.deepEqual(left, [], 'nothing half-written stays')
      if (finished) finishedRuns += 1
      if (!crashed) break
    }
    assert.ok(finishedRuns > 0)
  })

  it('that is full fails with DISK_FULL, gives back the room, and takes the next', async () => {
    const world = new World({ seed: 1 })
    const disk = new SimulatedDisk({ world, name: 'n1', capacityBytes: 4000 })
    const io = disk.diskFor(world.createLife('n1'))
    await world.perform(async () => {
      const store = await open(io)
      await assert.rejects(
        write(store, 1),
        (error) => error instanceof KvError && error.code === 'DISK_FULL',
      )
      assert.equal(disk.usedBytes, 0)
      disk.setCapacity(1e9)
      await write(store, 1)
      assert.deepEqual(await read(store, 1), CHUNKS)
    })
  })
})
