import assert from 'node:assert/strict'
import { KvError } from '../../base/index.ts'
import type { Engine, EngineSnapshot, RevisionRecord } from '../types.ts'
import {
  appendAll,
  contentOf,
  inPieces,
  opened,
  revisionsOf,
  sameBytes,
  sameContent,
  scanned,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import { put, type TestRecord, turns } from './records.ts'

/** What a driver does at awkward moments: it closes or replaces while others still read. */

const NOTHING = new Uint8Array(0)
const WAITS = [0, 1, 2, 3, 5, 8, 13, 21, 34]

function some(count: number, from = 2): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(from + i, 0, { valueBytes: (i * 23) % 900 }))
}

/** What came of it, or null when the engine was closed before. */
async function orStopped<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise
  } catch (error) {
    assert.ok(error instanceof KvError && error.code === 'STOPPED', String(error))
    return null
  }
}

export function endContract(test: EngineTest): void {
  closeContract(test)
  releaseContract(test)
}

function closeContract(test: EngineTest): void {
  test('what is under way at a close ends, rightly or with STOPPED', async (harness) => {
    const records = some(300)
    const written = await opened(harness)
    appendAll(written.engine, records)
    await written.engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    await written.engine.close()
    for (const wait of WAITS) {
      const { engine } = await opened(harness)
      const reads = Promise.all([
        loads(engine, records),
        orStopped(contentOf(engine, 2000)).then((all) => all === null || sameContent(all, records)),
        orStopped(scanned(engine)).then((all) => assert.ok(all === null || all.length === 300)),
        orStopped(snapshotOf(engine)).then((all) => all === null || sameContent(all, records)),
        orStopped(engine.checkpoint({ appliedIndex: 2, meta: NOTHING })),
      ])
      await turns(harness.clock, wait)
      await engine.close()
      await reads
      await assert.rejects(engine.history(0, 1), { code: 'STOPPED' })
    }
  })

  test('a directory may be replaced as soon as its engine is closed', async (harness) => {
    let { engine } = await opened(harness)
    let index = 1
    for (const wait of WAITS) {
      const old = some(200, 1000 * index)
      appendAll(engine, old)
      const busy = Promise.all([
        orStopped(engine.checkpoint({ appliedIndex: index, meta: NOTHING })),
        orStopped(snapshotOf(engine)),
        loads(engine, old),
      ])
      await turns(harness.clock, wait)
      await engine.close()
      index += 1
      const next = some(50, 1000 * index - 100)
      const checkpoint = { appliedIndex: index, meta: Uint8Array.of(index) }
      engine = await harness.factory().replace(checkpoint, inPieces(next))
      await busy
      await scanned(engine)
      sameContent(await contentOf(engine), next)
      assert.equal(engine.durable?.appliedIndex, index)
    }
    await engine.close()
  })
}

function releaseContract(test: EngineTest): void {
  test('who reads a snapshot that is released, or of a closed engine, is told', async (harness) => {
    const records = Array.from({ length: 2000 }, (_, i) => put(i + 2, 0, { valueBytes: 1000 }))
    const { engine } = await opened(harness)
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    const isTold = async (end: (snapshot: EngineSnapshot) => void | Promise<void>) => {
      const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
      const pieces = snapshot.records()[Symbol.asyncIterator]()
      const first = await pieces.next()
      assert.ok(first.done !== true)
      await end(snapshot)
      await assert.rejects(drain(pieces), { name: 'KvError', code: 'STOPPED' })
      snapshot.release()
    }
    await isTold((snapshot) => snapshot.release())
    await isTold(() => engine.close())
  })
}

async function loads(engine: Engine, records: readonly TestRecord[]): Promise<void> {
  const loaded = await orStopped(engine.load(revisionsOf(records)))
  if (loaded === null) return
  for (const { main, sub, record } of records) {
    assert.ok(sameBytes(loaded.get(main, sub), record), `load ${main}.${sub}`)
  }
}

async function snapshotOf(engine: Engine): Promise<RevisionRecord[]> {
  const snapshot = engine.snapshot({ appliedIndex: 1, meta: NOTHING })
  const all: RevisionRecord[] = []
  try {
    for await (const piece of snapshot.records()) all.push(...piece)
    return all
  } finally {
    snapshot.release()
  }
}

async function drain(pieces: AsyncIterator<readonly RevisionRecord[]>): Promise<void> {
  for (;;) {
    const { done } = await pieces.next()
    if (done === true) return
  }
}
