import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOG_ZERO_FILL_BYTES, LOG_ZERO_WRITE_BYTES } from '../base/index.ts'
import { segmentName } from './format.ts'
import { FreeFiles } from './free-files.ts'
import { writeNewFile } from './new-file.ts'
import { cut, entries, FaultyDisk, MemoryDisk, SMALL_DIRECTORY, SmallLog } from './testing/index.ts'

test('a new file is written in small pieces, and synced in large ones', async () => {
  const memory = new MemoryDisk()
  const disk = new FaultyDisk(memory)
  const written: number[] = []
  const unsynced: number[] = []
  let bytes = 0
  disk.refusal = ({ operation, from, to }) => {
    if (operation === 'write') {
      written.push(to - from)
      bytes += to - from
    } else if (operation === 'sync') {
      unsynced.push(bytes)
      bytes = 0
    }
    return null
  }
  const size = 2 * LOG_ZERO_FILL_BYTES + 5000
  const files = new FreeFiles({ disk, directory: '/log' }, { all: [], usable: [] })
  await files.prepare(size)
  assert.equal(Math.max(...written), LOG_ZERO_WRITE_BYTES)
  assert.deepEqual(unsynced, [LOG_ZERO_FILL_BYTES, LOG_ZERO_FILL_BYTES, 5000])
  const path = files.take()?.path ?? ''
  assert.equal(memory.files.get(path)?.bytes.length, size)
})

test('a disk that is full while a file gets its name keeps nothing of it', async () => {
  for (const refused of ['rename', 'syncDirectory']) {
    const memory = new MemoryDisk()
    const disk = new FaultyDisk(memory)
    disk.refusal = ({ operation }) => (operation === refused ? 'full' : null)
    const files = new FreeFiles({ disk, directory: '/log' }, { all: [], usable: [] })
    // It is asked again and again until there is room: what it left would fill what there is.
    for (let i = 0; i < 3; i++) await assert.rejects(files.prepare(5000), { code: 'full' })
    assert.deepEqual([...memory.files.keys()], [], refused)
    disk.refusal = () => null
    await files.prepare(5000)
    assert.deepEqual([files.count, [...memory.files.keys()]], [1, [files.take()?.path]])
  }
})

test('a segment that finds no name for its next use is removed, and the log goes on', async () => {
  const small = new SmallLog()
  const died = Promise.withResolvers<never>()
  await small.open({ onFatal: died.reject })
  const first = `${SMALL_DIRECTORY}/${segmentName(1)}`
  small.faulty.refusal = ({ operation, path }) =>
    operation === 'rename' && path === first ? 'full' : null
  for (let index = 2; index < 40; index++) {
    const steps = [entries(1, index - 1, { bytes: 700 }), cut(1, index - 1)]
    await Promise.race([small.batch(steps), died.promise])
  }
  assert.ok(!small.disk.files.has(first))
})

test('a segment that can neither be renamed nor removed is told of', async () => {
  const memory = new MemoryDisk()
  const disk = new FaultyDisk(memory)
  await writeNewFile(memory, '/log/segment', (file) => file.truncate(10))
  disk.refusal = ({ operation }) => {
    if (operation === 'remove') return 'io'
    return operation === 'rename' ? 'full' : null
  }
  const files = new FreeFiles({ disk, directory: '/log' }, { all: [], usable: [] })
  await assert.rejects(files.recycle('/log/segment'), { code: 'io' })
  assert.equal(files.count, 0)
})
