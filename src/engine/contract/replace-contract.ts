import assert from 'node:assert/strict'
import type { RevisionRecord } from '../types.ts'
import {
  appendAll,
  contentOf,
  inPieces,
  opened,
  reopened,
  sameBytes,
  sameContent,
  sameHeaders,
  scanned,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import { put, type TestRecord, tombstone } from './records.ts'

const META = Uint8Array.of(9, 8, 7)

function some(count: number, from = 2): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(from + i * 3, i % 2, { valueBytes: i % 350 }))
}

export function replaceContract(test: EngineTest): void {
  contentContract(test)
  failureContract(test)
}

function contentContract(test: EngineTest): void {
  test('an empty directory takes a store from elsewhere, durably', async (harness) => {
    const records = [...some(500), tombstone(5000, 0), put(5001, 0, { valueBytes: 1_500_000 })]
    const checkpoint = { appliedIndex: 77, meta: META }
    const engine = await harness.factory().replace(checkpoint, inPieces(records))
    assert.equal(engine.durable?.appliedIndex, 77)
    assert.ok(sameBytes(engine.durable?.meta, META))
    sameHeaders(await scanned(engine), records)
    sameContent(await contentOf(engine), records)
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable?.appliedIndex, 77)
    assert.ok(sameBytes(again.engine.durable?.meta, META))
    sameHeaders(again.headers, records)
    sameContent(await contentOf(again.engine), records)
    await again.engine.close()
  })

  test('nothing of what was there before remains', async (harness) => {
    let { engine } = await opened(harness)
    appendAll(engine, some(400))
    await engine.checkpoint({ appliedIndex: 5, meta: Uint8Array.of(1) })
    appendAll(engine, some(50, 5000))
    const rounds = [some(30, 3), [], some(300, 10_000), some(5, 2)]
    for (const [round, records] of rounds.entries()) {
      await engine.close()
      const checkpoint = { appliedIndex: 50 + round, meta: Uint8Array.of(round) }
      engine = await harness.factory().replace(checkpoint, inPieces(records))
      await scanned(engine)
      sameContent(await contentOf(engine), records)
      const again = await reopened(harness, engine)
      engine = again.engine
      assert.equal(engine.durable?.appliedIndex, 50 + round)
      sameHeaders(again.headers, records)
      sameContent(await contentOf(engine), records)
    }
    await engine.close()
  })

  test('a store from elsewhere goes on like any other', async (harness) => {
    const records = some(100)
    const checkpoint = { appliedIndex: 10, meta: META }
    const engine = await harness.factory().replace(checkpoint, inPieces(records))
    await scanned(engine)
    const more = some(100, 1000)
    appendAll(engine, more)
    for (const { main, sub } of records.slice(0, 50)) engine.drop(main, sub)
    await engine.checkpoint({ appliedIndex: 20, meta: META })
    for (const { main, sub } of records.slice(50)) engine.drop(main, sub)
    appendAll(engine, some(10, 5000))
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable?.appliedIndex, 20)
    const found = (await contentOf(again.engine)).filter(
      ({ main }) => main >= (records[50] as TestRecord).main,
    )
    sameContent(found, [...records.slice(50), ...more])
    await again.engine.close()
  })
}

function failureContract(test: EngineTest): void {
  test('a store that does not come to its end replaces nothing', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(200)
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 5, meta: META })
    await engine.close()
    const broken = async function* (): AsyncGenerator<readonly RevisionRecord[]> {
      yield* inPieces(some(300, 9000))
      throw new Error('the sender is gone')
    }
    const checkpoint = { appliedIndex: 50, meta: Uint8Array.of(1) }
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(harness.factory().replace(checkpoint, broken()), /the sender is gone/)
    }
    const again = await opened(harness)
    assert.equal(again.engine.durable?.appliedIndex, 5)
    sameHeaders(again.headers, records)
    sameContent(await contentOf(again.engine), records)
    await again.engine.close()
    const next = await harness.factory().replace(checkpoint, inPieces(some(300, 9000)))
    sameContent(await contentOf(next), some(300, 9000))
    await next.close()
  })

  test('records that are not in order are refused', async (harness) => {
    const wrong = [
      [put(2, 0), put(4, 0), put(3, 0)],
      [put(2, 0), put(2, 0)],
      [put(2, 1), put(2, 0)],
    ]
    for (const records of wrong) {
      const checkpoint = { appliedIndex: 50, meta: META }
      const replacing = harness.factory().replace(checkpoint, inPieces(records, 2))
      await assert.rejects(replacing, { name: 'KvError', code: 'SNAPSHOT_CORRUPT' })
    }
    const { engine } = await opened(harness)
    assert.equal(engine.durable, null)
    assert.deepEqual(await contentOf(engine), [])
    await engine.close()
  })
}
