import assert from 'node:assert/strict'
import type { Engine } from '../types.ts'
import {
  appendAll,
  ascending,
  contentOf,
  opened,
  reopened,
  revisionsOf,
  sameBytes,
  sameContent,
  sameHeaders,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import { put, type TestRecord, tombstone, turns } from './records.ts'

const NOTHING = new Uint8Array(0)

export function recordContract(test: EngineTest): void {
  emptyContract(test)
  readContract(test)
  historyContract(test)
  headerContract(test)
  sizeContract(test)
  roomContract(test)
}

/** `peek` and `readNow` give the record or nothing, and `load` gives it in any case. */
async function readable(engine: Engine, records: readonly TestRecord[]): Promise<void> {
  for (const { main, sub, record } of records) {
    const seen = engine.peek(main, sub)
    if (seen !== null) assert.ok(sameBytes(seen, record), `peek ${main}.${sub}`)
    const read = engine.readNow(main, sub)
    if (read !== null) assert.ok(sameBytes(read, record), `readNow ${main}.${sub}`)
  }
  const loaded = await engine.load(revisionsOf(records))
  for (const { main, sub, record } of records) {
    assert.ok(sameBytes(loaded.get(main, sub), record), `load ${main}.${sub}`)
  }
}

function emptyContract(test: EngineTest): void {
  test('an empty directory gives an empty engine, as often as it is opened', async (harness) => {
    for (let round = 0; round < 2; round++) {
      const { engine, headers } = await opened(harness)
      assert.equal(engine.name, harness.factory().name)
      assert.equal(engine.durable, null)
      assert.equal(engine.hasRoom, true)
      assert.deepEqual(headers, [])
      assert.equal(engine.peek(2, 0), null)
      assert.deepEqual(await contentOf(engine), [])
      assert.equal(engine.stats().records, 0)
      assert.equal(engine.stats().liveBytes, 0)
      await engine.close()
    }
  })
}

function readContract(test: EngineTest): void {
  test('a record can be read as soon as it is appended, and later', async (harness) => {
    const { engine } = await opened(harness)
    const records = [put(2, 0), put(3, 0), put(3, 1), tombstone(4, 0), put(9, 0), put(9, 5)]
    for (const one of records) {
      engine.append(one.main, one.sub, one.record)
      assert.ok(sameBytes(engine.peek(one.main, one.sub), one.record), 'at once')
    }
    await readable(engine, records)
    await turns(harness.clock, 100)
    await readable(engine, records)
    await engine.close()
  })

  test('what was never appended is nowhere', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, [put(5, 0), put(5, 2), put(7, 1)])
    const missing = [put(1, 0), put(4, 0), put(5, 1), put(5, 3), put(6, 0), put(7, 0), put(8, 0)]
    for (const { main, sub } of missing) assert.equal(engine.peek(main, sub), null)
    const loaded = await engine.load(revisionsOf(missing))
    for (const { main, sub } of missing) assert.equal(loaded.get(main, sub), null)
    await engine.close()
  })

  test('append keeps a copy, and what is loaded is a copy', async (harness) => {
    const { engine } = await opened(harness)
    const one = put(2, 0)
    const lent = one.record.slice()
    engine.append(2, 0, lent)
    lent.fill(0)
    await readable(engine, [one])
    const loaded = (await engine.load(revisionsOf([one]))).get(2, 0)
    loaded?.fill(0)
    await readable(engine, [one])
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    await readable(again.engine, [one])
    await again.engine.close()
  })

  test('only what was asked for is in what is loaded', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, [put(2, 0), put(3, 0), put(4, 0)])
    const loaded = await engine.load(revisionsOf([put(4, 0), put(2, 0), put(2, 0)]))
    assert.ok(loaded.get(2, 0) !== null && loaded.get(4, 0) !== null)
    assert.equal(loaded.get(3, 0), null)
    assert.equal((await engine.load(revisionsOf([]))).get(2, 0), null)
    await engine.close()
  })

  test('loads may overlap with each other and with appends', async (harness) => {
    const { engine } = await opened(harness)
    const records = Array.from({ length: 300 }, (_, i) => put(i + 2, 0, { valueBytes: 500 }))
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    const loads = [0, 100, 200].map((from) => records.slice(from, from + 100))
    const reading = loads.map((some) => readable(again.engine, some))
    const more = Array.from({ length: 100 }, (_, i) => put(i + 1000, 0))
    appendAll(again.engine, more)
    await Promise.all([...reading, readable(again.engine, more)])
    await again.engine.close()
  })
}

function historyContract(test: EngineTest): void {
  test('history gives everything once, ascending, however small the pieces', async (harness) => {
    const { engine } = await opened(harness)
    const records = Array.from({ length: 400 }, (_, i) =>
      put(2 + Math.floor(i / 3) * 2, i % 3, { valueBytes: (i * 37) % 200 }),
    )
    appendAll(engine, records)
    for (const bytesMax of [1, 500, 1e9]) {
      sameContent(await contentOf(engine, bytesMax), records)
    }
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    for (const bytesMax of [1, 500, 1e9]) {
      sameContent(await contentOf(again.engine, bytesMax), records)
    }
    await again.engine.close()
  })

  test('history begins anywhere, and keeps one revision together', async (harness) => {
    const { engine } = await opened(harness)
    const records = [put(2, 0), put(5, 0), put(5, 1), put(5, 2), put(8, 0)]
    appendAll(engine, records)
    const five = records.slice(1, 4)
    const piece = await engine.history(5, 1)
    sameContent(piece.records, five)
    assert.equal(piece.nextMain, 8)
    sameContent((await engine.history(3, 1)).records, five)
    const last = await engine.history(6, 1)
    sameContent(last.records, [put(8, 0)])
    assert.equal(last.nextMain, null)
    assert.deepEqual(await engine.history(9, 1000), { records: [], nextMain: null })
    await engine.close()
  })

  test('a piece of history is about as large as was asked for', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(
      engine,
      Array.from({ length: 500 }, (_, i) => put(i + 2, 0, { valueBytes: 1000 })),
    )
    const { records, nextMain } = await engine.history(100, 20_000)
    const bytes = records.reduce((sum, { record }) => sum + record.length, 0)
    assert.ok(bytes >= 10_000 && bytes <= 40_000, `${bytes} bytes`)
    assert.equal(nextMain, (records.at(-1)?.main ?? 0) + 1)
    await engine.close()
  })
}

function headerContract(test: EngineTest): void {
  test('a start gives the headers of all records, and their lengths', async (harness) => {
    const { engine } = await opened(harness)
    const records: TestRecord[] = []
    for (let main = 2; main < 600; main++) {
      const valueBytes = main % 50 === 0 ? 5000 : main % 90
      records.push(put(main, 0, { key: `key-${main % 13}`, valueBytes }))
      if (main % 5 === 0) records.push(put(main, 1, { key: 'second' }), tombstone(main, 4))
    }
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    ascending(again.headers)
    sameHeaders(again.headers, records)
    await readable(again.engine, records)
    await again.engine.close()
  })
}

function sizeContract(test: EngineTest): void {
  test('a record may have 1.5 MiB, or no value', async (harness) => {
    const { engine } = await opened(harness)
    const records = [
      put(2, 0, { valueBytes: 0 }),
      put(3, 0, { valueBytes: 1_572_864 }),
      put(3, 1, { valueBytes: 1 }),
      put(4, 0, { valueBytes: 1_572_864 }),
      tombstone(5, 0),
    ]
    appendAll(engine, records)
    await readable(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    await readable(engine, records)
    const again = await reopened(harness, engine)
    sameHeaders(again.headers, records)
    sameContent(await contentOf(again.engine), records)
    await again.engine.close()
  })

  test('one revision may have thousands of records', async (harness) => {
    const { engine } = await opened(harness)
    const records = [put(2, 0)]
    for (let sub = 0; sub < 5000; sub++) records.push(put(3, sub, { valueBytes: 8 }))
    records.push(put(4, 0))
    appendAll(engine, records)
    const piece = await engine.history(3, 1)
    sameContent(piece.records, records.slice(1, -1))
    assert.equal(piece.nextMain, 4)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    sameHeaders(again.headers, records)
    await readable(again.engine, records)
    await again.engine.close()
  })

  test('revisions may be any safe integers, far apart', async (harness) => {
    const { engine } = await opened(harness)
    const mains = [1, 2, 2 ** 16, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 45]
    const records = [...mains, Number.MAX_SAFE_INTEGER].flatMap((main) => [
      put(main, 0),
      put(main, 70_000),
    ])
    appendAll(engine, records)
    await readable(engine, records)
    await engine.checkpoint({ appliedIndex: Number.MAX_SAFE_INTEGER, meta: NOTHING })
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable?.appliedIndex, Number.MAX_SAFE_INTEGER)
    sameHeaders(again.headers, records)
    sameContent(await contentOf(again.engine), records)
    await again.engine.close()
  })

  test('stats count records and their bytes', async (harness) => {
    const { engine } = await opened(harness)
    const records = [put(2, 0), put(3, 0, { valueBytes: 300 }), tombstone(4, 0)]
    appendAll(engine, records)
    const liveBytes = records.reduce((sum, { record }) => sum + record.length, 0)
    assert.equal(engine.stats().records, 3)
    assert.equal(engine.stats().liveBytes, liveBytes)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    assert.ok(engine.stats().bytes >= liveBytes)
    const again = await reopened(harness, engine)
    assert.equal(again.engine.stats().records, 3)
    assert.equal(again.engine.stats().liveBytes, liveBytes)
    await again.engine.close()
  })
}

function roomContract(test: EngineTest): void {
  test('who appends without end is told to wait, and when to go on', async (harness) => {
    const { engine } = await opened(harness)
    const records: TestRecord[] = []
    let waits = 0
    for (let main = 2; main < 300; main++) {
      const one = put(main, 0, { valueBytes: 30_000 })
      records.push(one)
      engine.append(one.main, one.sub, one.record)
      if (engine.hasRoom || main % 7 !== 0) continue
      waits += 1
      const room = Promise.withResolvers<void>()
      engine.onRoom = () => room.resolve()
      if (!engine.hasRoom) await room.promise
      engine.onRoom = null
      assert.equal(engine.hasRoom, true)
    }
    assert.ok(waits < records.length)
    await readable(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    sameContent(await contentOf(again.engine, 100_000), records)
    await again.engine.close()
  })

  test('close may be repeated, and what is asked afterwards is refused', async (harness) => {
    const { engine } = await opened(harness)
    engine.append(2, 0, put(2, 0).record)
    await Promise.all([engine.close(), engine.close()])
    await engine.close()
    await assert.rejects(engine.checkpoint({ appliedIndex: 1, meta: NOTHING }), { code: 'STOPPED' })
    await assert.rejects(engine.load(revisionsOf([put(2, 0)])), { code: 'STOPPED' })
    await assert.rejects(engine.history(0, 1), { code: 'STOPPED' })
  })
}
