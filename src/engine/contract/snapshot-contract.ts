import assert from 'node:assert/strict'
import type { EngineSnapshot, RevisionRecord } from '../types.ts'
import {
  appendAll,
  ascending,
  contentOf,
  opened,
  reopened,
  sameButDropped,
  sameBytes,
  sameContent,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import { put, type TestRecord, turns } from './records.ts'

const NOTHING = new Uint8Array(0)
const PIECE_BYTES_MAX = 4 * 1024 * 1024

function some(count: number, from = 2): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(from + i, 0, { valueBytes: (i * 19) % 500 }))
}

async function read(
  snapshot: EngineSnapshot,
  afterPiece: () => Promise<void> = async () => {},
): Promise<RevisionRecord[]> {
  const all: RevisionRecord[] = []
  for await (const piece of snapshot.records()) {
    all.push(...piece)
    await afterPiece()
  }
  return all
}

export function snapshotContract(test: EngineTest): void {
  contentContract(test)
  isolationContract(test)
  releaseContract(test)
}

function contentContract(test: EngineTest): void {
  test('a snapshot has all records, and the checkpoint it was given', async (harness) => {
    const { engine } = await opened(harness)
    const records = [...some(200), put(500, 0), put(500, 1), put(500, 9)]
    appendAll(engine, records.slice(0, 120))
    await engine.checkpoint({ appliedIndex: 3, meta: NOTHING })
    appendAll(engine, records.slice(120))
    const snapshot = engine.snapshot({ appliedIndex: 8, meta: Uint8Array.of(1, 2, 3) })
    assert.equal(snapshot.checkpoint.appliedIndex, 8)
    assert.deepEqual([...snapshot.checkpoint.meta], [1, 2, 3])
    const found = await read(snapshot)
    ascending(found)
    sameContent(found, records)
    snapshot.release()
    assert.equal(engine.durable?.appliedIndex, 3)
    await engine.close()
  })

  test('a snapshot of nothing is empty', async (harness) => {
    const { engine } = await opened(harness)
    const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    appendAll(engine, some(10))
    assert.deepEqual(await read(snapshot), [])
    snapshot.release()
    await engine.close()
  })

  test('a snapshot comes in pieces of bounded size', async (harness) => {
    const { engine } = await opened(harness)
    const records = Array.from({ length: 3000 }, (_, i) => put(i + 2, 0, { valueBytes: 3000 }))
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    let pieces = 0
    let count = 0
    for await (const piece of snapshot.records()) {
      const bytes = piece.reduce((sum, { record }) => sum + record.length, 0)
      assert.ok(bytes <= PIECE_BYTES_MAX, `${bytes} bytes in one piece`)
      pieces += 1
      count += piece.length
    }
    assert.ok(pieces > 1)
    assert.equal(count, records.length)
    snapshot.release()
    await engine.close()
  })

  test('the bytes of a snapshot are the receiver\u2019s to keep', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(300)
    appendAll(engine, records)
    const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    const found = await read(snapshot)
    snapshot.release()
    for (const { main, sub } of records) engine.drop(main, sub)
    appendAll(engine, some(300, 1000))
    await engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
    sameContent(found, records)
    for (const { record } of found) record.fill(0)
    sameContent(await liveOf(engine), some(300, 1000))
    await engine.close()
  })
}

async function liveOf(engine: Parameters<typeof contentOf>[0]): Promise<RevisionRecord[]> {
  return (await contentOf(engine)).filter(({ main }) => main >= 1000)
}

function isolationContract(test: EngineTest): void {
  test('appends, drops and checkpoints go on and a snapshot sees none of it', async (harness) => {
    const { engine } = await opened(harness)
    const records = Array.from({ length: 800 }, (_, i) => put(i + 2, 0, { valueBytes: 1000 }))
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    const later: TestRecord[] = []
    let dropped = 0
    const disturb = async (): Promise<void> => {
      const more = some(50, 10_000 + later.length)
      later.push(...more)
      appendAll(engine, more)
      const upTo = Math.min(records.length, dropped + 150)
      for (const { main, sub } of records.slice(dropped, upTo)) engine.drop(main, sub)
      dropped = upTo
      await engine.checkpoint({ appliedIndex: 1 + later.length, meta: NOTHING })
      await turns(harness.clock, 30)
    }
    for (let i = 0; i < 3; i++) await disturb()
    sameContent(await read(snapshot, disturb), records)
    snapshot.release()
    const kept = [...records.slice(dropped), ...later]
    sameButDropped(await contentOf(engine), { kept, dropped: records.slice(0, dropped) })
    const again = await reopened(harness, engine)
    sameButDropped(await contentOf(again.engine), { kept, dropped: records.slice(0, dropped) })
    await again.engine.close()
  })

  test('each of several snapshots shows its own moment', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(400)
    const moments: { snapshot: EngineSnapshot; kept: TestRecord[]; dropped: TestRecord[] }[] = []
    for (let round = 0; round < 4; round++) {
      appendAll(engine, records.slice(round * 100, round * 100 + 100))
      for (const { main, sub } of records.slice(round * 30, round * 30 + 30)) engine.drop(main, sub)
      const kept = records.slice(round * 30 + 30, round * 100 + 100)
      const dropped = records.slice(0, round * 30 + 30)
      const snapshot = engine.snapshot({ appliedIndex: round + 1, meta: NOTHING })
      moments.push({ snapshot, kept, dropped })
      await engine.checkpoint({ appliedIndex: round + 1, meta: NOTHING })
    }
    for (const { main, sub } of records) engine.drop(main, sub)
    await engine.checkpoint({ appliedIndex: 9, meta: NOTHING })
    await turns(harness.clock, 100)
    for (const at of [2, 0, 3, 1]) {
      const { snapshot, kept, dropped } = moments[at] as (typeof moments)[number]
      sameButDropped(await read(snapshot), { kept, dropped })
      snapshot.release()
      await turns(harness.clock, 30)
    }
    await engine.close()
  })
}

function releaseContract(test: EngineTest): void {
  test('a snapshot may be released twice, unread, or half read', async (harness) => {
    const { engine } = await opened(harness)
    const records = Array.from({ length: 1000 }, (_, i) => put(i + 2, 0, { valueBytes: 2000 }))
    appendAll(engine, records)
    const unread = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    unread.release()
    unread.release()
    const half = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    for await (const piece of half.records()) {
      assert.ok(sameBytes(piece[0]?.record, (records[0] as TestRecord).record))
      break
    }
    half.release()
    half.release()
    const last = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    sameContent(await read(last), records)
    last.release()
    await engine.close()
  })

  test('an engine closes with snapshots that were not released', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, some(100))
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
    const again = await reopened(harness, engine)
    snapshot.release()
    sameContent(await contentOf(again.engine), some(100))
    await again.engine.close()
  })
}
