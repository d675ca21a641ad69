import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DataChecksums, KvError, SeededChance } from '../base/index.ts'
import { Batch } from './batch.ts'
import { DurableView } from './durable-view.ts'
import { SEGMENT_HEADER_BYTES, segmentName } from './format.ts'
import { FreeFiles } from './free-files.ts'
import { SegmentStore } from './segment-store.ts'
import type { DiskRequest } from './testing/faulty-disk.ts'
import { settle } from './testing/manual-clock.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { cut, entries, hardState, hardStateOf } from './testing/steps.ts'

const FIRST = `${SMALL_DIRECTORY}/${segmentName(1)}`
const SECOND = `${SMALL_DIRECTORY}/${segmentName(2)}`

/** Entries 1 and 2 fill the first segment, and each two after them another one. */
async function severalSegments(): Promise<SmallLog> {
  const log = new SmallLog()
  await log.open()
  for (let i = 1; i <= 6; i++) await log.batch([entries(1, i, { bytes: 1500 })])
  await log.rest()
  return log
}

/** Holds the requests that are asked for until it is called. */
function hold(log: SmallLog, which: (request: DiskRequest) => boolean): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  log.faulty.before = (request) => (which(request) ? promise : null)
  return resolve
}

describe('long data of an entry', () => {
  it('is stored with the checksum that it came with', async () => {
    const checksums = new DataChecksums()
    const log = new SmallLog(undefined, { cacheBytesMax: 0 })
    await log.open({ checksums })
    const [good, bad] = [entries(1, 1, { bytes: 9000 }), entries(1, 2, { bytes: 9000 })]
    assert.ok(good.kind === 'write' && bad.kind === 'write')
    const data = bad.write.entries[0]?.data as Uint8Array
    checksums.of(data)
    // After it was verified: summing it up anew would make this look right.
    data[4321] = (data[4321] as number) ^ 1
    await log.batch([good])
    await log.batch([bad, hardState(1, hardStateOf(1, 2))])
    await log.batch([entries(1, 3)])
    const [loaded] = (await log.log?.load(1, 1, 1, 1)) ?? []
    assert.deepEqual(loaded?.data, good.write.entries[0]?.data)
    await assert.rejects(
      async () => await log.log?.load(1, 2, 2, 1),
      (error) => error instanceof KvError && error.code === 'LOG_CORRUPT',
    )
  })
})

describe('a segment that is only kept for a load', () => {
  it('goes when the load is over, without waiting for another batch', async () => {
    const log = await severalSegments()
    const release = hold(log, ({ operation, path }) => operation === 'read' && path === FIRST)
    const loading = log.log?.load(1, 1, 1, 10_000)
    await settle()
    await log.batch([cut(1, 5), hardState(1, hardStateOf(1, 5))])
    assert.ok(log.disk.files.has(FIRST))
    release()
    await loading?.catch(() => {})
    await settle()
    assert.ok(!log.disk.files.has(FIRST))
    assert.ok(!log.disk.files.has(SECOND))
  })

  it('is followed by the next one before it is let go', async () => {
    const log = await severalSegments()
    const order: string[] = []
    log.faulty.before = ({ operation, path }) => {
      if (operation === 'open' || operation === 'close') order.push(`${operation} ${path}`)
      return null
    }
    const loaded = await log.log?.load(1, 1, 6, 100_000)
    assert.equal(loaded?.length, 6)
    assert.ok(order.indexOf(`open ${SECOND}`) < order.indexOf(`close ${FIRST}`), order.join())
    assert.ok(order.includes(`close ${SECOND}`))
  })

  it('is let go, with the next one, also when that cannot be opened', async () => {
    const log = await severalSegments()
    const { openPaths } = log.faulty
    const before = [...openPaths]
    log.faulty.refusal = ({ operation, path }) =>
      operation === 'open' && path === SECOND ? 'io' : null
    await assert.rejects(log.log?.load(1, 1, 6, 100_000) ?? Promise.resolve())
    assert.deepEqual(openPaths, before)
    log.faulty.refusal = () => null
    await log.batch([cut(1, 5), hardState(1, hardStateOf(1, 5))])
    assert.ok(!log.disk.files.has(FIRST))
  })
})

describe('a load that the disk fails', () => {
  it('says so in the words of the error table, with file, offset and entry', async () => {
    const log = await severalSegments()
    for (const refused of ['open', 'read'] as const) {
      log.faulty.refusal = ({ operation, path }) =>
        operation === refused && path === SECOND ? 'io' : null
      await assert.rejects(log.log?.load(1, 1, 6, 100_000) ?? Promise.resolve(), (error) => {
        assert.ok(error instanceof KvError && error.code === 'DISK_FAILED', String(error))
        const place = `${SECOND} at offset \\d+, entry \\d+ of group 1`
        assert.match(error.message, new RegExp(`${place}: cannot ${refused} ${SECOND}: io`))
        assert.ok(error.cause instanceof Error)
        return true
      })
    }
  })
})

describe('the segments of an open log', () => {
  it('are all found at the moment at which a new one becomes the active one', async () => {
    const disk = new MemoryDisk()
    const directory = SMALL_DIRECTORY
    const durable = new DurableView()
    const chance = new SeededChance(1)
    const store = new SegmentStore(
      {
        ...{ disk, directory, durable, incarnation: 1, segmentBytes: 8192, alignment: 8 },
        identity: { clusterId: 1, nodeId: 1 },
        salt: () => chance.uint32(),
        free: new FreeFiles({ disk, directory }, { all: [], usable: [] }),
        fence: null,
      },
      { old: [], lastBatch: 0 },
    )
    const start = { head: new Batch(4096), carried: [], maxTerm: 0, room: 8 }
    const previous = { segment: 0, offset: 0, chain: 0, batch: 0 }
    await store.begin({ number: 1, previous, ...start })
    const looks: Promise<unknown>[] = []
    const note = durable.addSegment.bind(durable)
    durable.addSegment = (number) => {
      note(number)
      // As a load that goes on there would: in the microtasks behind what makes it the active one.
      let turn = Promise.resolve()
      for (let i = 0; i < 8; i++) {
        turn = turn.then(() => void looks.push(store.openForReading(1).catch((error) => error)))
      }
    }
    while (store.active.number === 1) {
      const batch = new Batch(4096)
      const data = new Uint8Array(SEGMENT_HEADER_BYTES / 4)
      batch.addEntry(1, { index: 1, term: 1, kind: 'command', data }, { previousTerm: 0 })
      await store.write(batch, { maxTerm: 1 })
    }
    await settle()
    assert.equal(looks.length, 8)
    for (const look of await Promise.all(looks)) assert.ok(!(look instanceof Error), String(look))
    assert.deepEqual(
      store.left.map(({ number }) => number),
      [1],
    )
  })
})
