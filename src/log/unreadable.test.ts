import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { segmentName } from './format.ts'
import { inspectLog } from './index.ts'
import { PatientFile } from './patient-file.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { judgeDisk, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { entries, hardState, hardStateOf } from './testing/steps.ts'

const PAGE = 4096
const PATH = `${SMALL_DIRECTORY}/${segmentName(1)}`

/** Batches of one page and more, one after the other; the last is of two pages. */
async function pagedLog(): Promise<SmallLog> {
  const log = new SmallLog(new MemoryDisk(), { segmentBytes: 16 * PAGE, alignmentBytes: PAGE })
  await log.open()
  await log.batch([entries(1, 1, { count: 3 }), entries(2, 1), hardState(1, hardStateOf(1, 2))])
  await log.batch([entries(1, 4, { count: 2, bytes: 3000 })])
  await log.batch([entries(2, 2), hardState(2, hardStateOf(1, 1))])
  await log.batch([entries(1, 6, { count: 2, bytes: 3000 })])
  return log
}

/** Pages of the segment that hold something: header, head, four batches, and none behind. */
const PAGES_USED = 8

describe('a place that cannot be read', () => {
  it('is damage at that place, wherever it is, and never a torn tail', async () => {
    const log = await pagedLog()
    for (let page = 0; page < PAGES_USED; page++) {
      const disk = new FaultyDisk(log.disk.copy())
      disk.makeUnreadable(PATH, { from: page * PAGE + 100, to: page * PAGE + 101 })
      const { verdict, reading, groups } = await judgeDisk(disk)
      assert.equal(verdict.kind, 'damaged', `page ${page}`)
      assert.match(verdict.reason, /cannot be read/, `page ${page}`)
      assert.ok((reading.damages[0]?.offset ?? 0) < (page + 1) * PAGE)
      for (const [id, group] of groups) {
        const expected = log.model.groups.get(id)?.entries ?? []
        const { index, hardState: state } = group
        if (index.last < expected.length) assert.ok(state.recovering, `page ${page}, group ${id}`)
        for (let at = 1; at <= index.last; at++) {
          assert.equal(index.termAt(at), expected[at - 1]?.term)
        }
      }
    }
  })

  it('that rot could not make worse loses what rot there would lose', async () => {
    const log = await pagedLog()
    await log.rest()
    for (let page = 0; page < PAGES_USED; page++) {
      const unreadable = new FaultyDisk(log.disk.copy())
      unreadable.makeUnreadable(PATH, { from: page * PAGE, to: (page + 1) * PAGE })
      const rotten = log.disk.copy()
      rotten.bytesOf(PATH).fill(0, page * PAGE, (page + 1) * PAGE)
      const [one, other] = [await judgeDisk(unreadable), await judgeDisk(rotten)]
      assert.deepEqual(one.verdict.lost, other.verdict.lost, `page ${page}`)
      for (const [id, group] of other.groups) {
        assert.deepEqual(one.groups.get(id)?.hardState, group.hardState)
        assert.equal(one.groups.get(id)?.index.last, group.index.last)
      }
    }
  })

  it('behind a batch that looks torn may have held the word that it was durable', async () => {
    const log = await pagedLog()
    await log.rest()
    const disk = new FaultyDisk(log.disk.copy())
    const lastBatch = (PAGES_USED - 2) * PAGE
    const bytes = log.disk.bytesOf(PATH)
    bytes[lastBatch + PAGE - 8] = (bytes[lastBatch + PAGE - 8] ?? 0) ^ 1
    const torn = new FaultyDisk(log.disk)
    torn.makeUnreadable(PATH, { from: lastBatch + 2 * PAGE, to: lastBatch + 3 * PAGE })
    assert.equal((await judgeDisk(disk)).verdict.kind, 'clean')
    assert.equal((await judgeDisk(torn)).verdict.kind, 'damaged')
  })

  it('behind the end of the log is no damage', async () => {
    const log = await pagedLog()
    await log.rest()
    const disk = new FaultyDisk(log.disk.copy())
    disk.makeUnreadable(PATH, { from: (PAGES_USED + 2) * PAGE, to: (PAGES_USED + 3) * PAGE })
    assert.equal((await judgeDisk(disk)).verdict.kind, 'clean')
  })

  it('does not keep a node with peers from starting, and is behind it then', async () => {
    for (let page = 0; page < PAGES_USED; page++) {
      const log = await pagedLog()
      const next = new SmallLog(log.disk, { segmentBytes: 16 * PAGE, alignmentBytes: PAGE })
      next.faulty.makeUnreadable(PATH, { from: page * PAGE, to: page * PAGE + 1 })
      const opened = await next.open({ repairable: true, create: false })
      assert.equal(opened.report.verdict, 'damaged', `page ${page}`)
      assert.equal(opened.report.file, PATH)
      assert.match(opened.report.reason, /cannot be read/)
      await next.log?.close()
      assert.deepEqual(next.faulty.openPaths, [])
    }
  })

  it('keeps nobody from loading what lies before it', async () => {
    const log = await pagedLog()
    await log.rest()
    const next = new SmallLog(log.disk)
    next.faulty.makeUnreadable(PATH, { from: 5 * PAGE, to: 6 * PAGE })
    const { groups, log: opened } = await next.open({ repairable: true })
    assert.equal(groups.get(2)?.last, 1)
    const loaded = await opened.load(2, 1, 1, 64 * PAGE)
    assert.deepEqual(
      loaded.map(({ index }) => index),
      [1],
    )
  })

  it('is named with file and offset: by a node alone that refuses, and by check', async () => {
    const log = new SmallLog((await pagedLog()).disk)
    log.faulty.makeUnreadable(PATH, { from: 3 * PAGE, to: 3 * PAGE + 1 })
    await assert.rejects(log.open({ create: false }), (error) => {
      assert.ok(error instanceof KvError && error.code === 'LOG_CORRUPT', String(error))
      assert.match(error.message, /0000000001\.log at offset 12288: the file cannot be read there/)
      return true
    })
    const { damages } = await inspectLog({ disk: log.faulty, directory: SMALL_DIRECTORY })
    assert.equal(damages[0]?.file, PATH)
    assert.equal(damages[0]?.offset, 3 * PAGE)
    assert.match(damages[0]?.reason ?? '', /cannot be read/)
  })

  it('is asked again: what fails for a moment is no damage', async () => {
    const log = await pagedLog()
    let reads = 0
    const failing = ({ operation }: { operation: string }) => {
      reads += operation === 'read' ? 1 : 0
      return operation === 'read' && reads % 3 !== 0 ? ('io' as const) : null
    }
    const disk = new FaultyDisk(log.disk)
    disk.refusal = failing
    const { verdict } = await judgeDisk(disk)
    assert.ok(reads > 3)
    assert.equal(verdict.kind, 'clean')
  })
})

describe('a disk that fails everywhere', () => {
  it('ends the start after a bounded time, with the file and the place', async () => {
    const limits = { segmentBytes: 1024 * PAGE, alignmentBytes: PAGE }
    const written = new SmallLog(new MemoryDisk(), limits)
    await written.open()
    await written.batch([entries(1, 1)])
    const log = new SmallLog(written.disk, limits)
    let reads = 0
    log.faulty.refusal = ({ operation, from }) => {
      if (operation !== 'read' || from === 0) return null
      reads += 1
      return 'io'
    }
    await assert.rejects(log.open({ create: false, repairable: true }), (error) => {
      assert.ok(error instanceof KvError && error.code === 'DISK_FAILED', String(error))
      assert.match(error.message, /0000000001\.log cannot be read at offset 4096/)
      return true
    })
    assert.ok(reads < 300, `${reads} reads`)
  })
})

describe('an operation that fails while the log opens', () => {
  it('is named with its path and what the system says', async () => {
    const log = new SmallLog((await pagedLog()).disk)
    log.faulty.refusal = ({ operation, path }) =>
      operation === 'size' && path === PATH ? 'io' : null
    await assert.rejects(log.open({ create: false }), (error) => {
      assert.ok(error instanceof KvError && error.code === 'DISK_FAILED')
      assert.ok(error.message.includes(`cannot tell the size of ${PATH}: io`), error.message)
      return true
    })
  })
})

describe('a file of which some places cannot be read', () => {
  async function fileOf(length: number): Promise<{ disk: FaultyDisk; bytes: Uint8Array }> {
    const memory = new MemoryDisk()
    const bytes = Uint8Array.from({ length }, (_, i) => 1 + (i % 251))
    memory.files.set('/file', { bytes: bytes.slice() })
    return { disk: new FaultyDisk(memory), bytes }
  }

  it('gives zeros for the pages that cannot be read, and all the rest', async () => {
    const length = 20 * PAGE + 100
    const { disk, bytes } = await fileOf(length)
    for (const [page, position] of [
      [0, 0],
      [7, 8],
      [19, 4000],
      [20, 0],
    ] as const) {
      disk.makeUnreadable('/file', { from: page * PAGE + 50, to: page * PAGE + 60 })
      const file = new PatientFile(await disk.open('/file', { mode: 'read' }), '/file')
      const expected = bytes.slice()
      expected.fill(0, page * PAGE, (page + 1) * PAGE)
      for (let times = 0; times < 2; times++) {
        const target = new Uint8Array(30 * PAGE).fill(255)
        const count = await file.read(target, 10, 29 * PAGE, position)
        assert.equal(count, length - position)
        assert.deepEqual(target.subarray(10, 10 + count), expected.subarray(position))
        assert.equal(target[9], 255)
        assert.equal(target[10 + count], 255)
      }
      assert.ok(file.isUnreadable(page * PAGE, page * PAGE + 1))
      assert.ok(!file.isUnreadable((page + 1) * PAGE, 30 * PAGE))
      assert.ok(page === 0 || !file.isUnreadable(0, page * PAGE))
    }
  })

  it('passes on what is no failure of the medium', async () => {
    const { disk } = await fileOf(PAGE)
    const file = new PatientFile(await disk.open('/file', { mode: 'read' }), '/file')
    disk.refusal = () => 'closed'
    await assert.rejects(file.read(new Uint8Array(8), 0, 8, 0), { code: 'closed' })
  })
})
