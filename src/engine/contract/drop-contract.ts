import assert from 'node:assert/strict'
import type { Engine } from '../types.ts'
import {
  appendAll,
  contentOf,
  opened,
  reopened,
  revisionsOf,
  sameButDropped,
  sameBytes,
  sameContent,
  sameHeaders,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import { put, type TestRecord, tombstone, turns } from './records.ts'

const NOTHING = new Uint8Array(0)
/** So many rounds of data may take room at a time, of which one is wanted. */
const ROUNDS_MAX = 8
const CHANCE_MS = 100
const SLOW_DISK_MS = 20_000

function some(count: number, from = 2): TestRecord[] {
  return Array.from({ length: count }, (_, i) =>
    i % 9 === 8 ? tombstone(from + i, 0) : put(from + i, i % 2, { valueBytes: (i * 13) % 300 }),
  )
}

function dropAll(engine: Engine, records: readonly TestRecord[]): void {
  for (const { main, sub } of records) engine.drop(main, sub)
}

export function dropContract(test: EngineTest): void {
  effectContract(test)
  restartContract(test)
  spaceContract(test)
}

function effectContract(test: EngineTest): void {
  test('a dropped record is not counted, and is as it was or gone', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(100)
    appendAll(engine, records)
    const dropped = records.filter((_, i) => i % 3 === 0)
    const kept = records.filter((_, i) => i % 3 !== 0)
    dropAll(engine, dropped)
    assert.equal(engine.stats().records, kept.length)
    const liveBytes = kept.reduce((sum, { record }) => sum + record.length, 0)
    assert.equal(engine.stats().liveBytes, liveBytes)
    for (const { main, sub, record } of dropped) {
      const seen = engine.peek(main, sub)
      if (seen !== null) assert.ok(sameBytes(seen, record))
      const loaded = (await engine.load(revisionsOf([{ main, sub }]))).get(main, sub)
      if (loaded !== null) assert.ok(sameBytes(loaded, record))
    }
    sameButDropped(await contentOf(engine), { kept, dropped })
    await engine.close()
  })

  test('dropping twice, or what was never there, does nothing', async (harness) => {
    const { engine } = await opened(harness)
    const records = [put(2, 0), put(4, 0), put(4, 1)]
    appendAll(engine, records)
    dropAll(engine, [put(4, 0), put(4, 0), put(3, 0), put(4, 2), put(1, 0), put(99, 0)])
    assert.equal(engine.stats().records, 2)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    dropAll(engine, [put(4, 0)])
    assert.equal(engine.stats().records, 2)
    const kept = [put(2, 0), put(4, 1)]
    sameButDropped(await contentOf(engine), { kept, dropped: [put(4, 0)] })
    await engine.close()
  })
}

function restartContract(test: EngineTest): void {
  test('what was dropped after the last checkpoint is there after a restart', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(200)
    appendAll(engine, records)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    dropAll(engine, records)
    assert.equal(engine.stats().records, 0)
    await turns(harness.clock, 200)
    const again = await reopened(harness, engine)
    sameContent(await contentOf(again.engine), records)
    assert.equal(again.engine.stats().records, 200)
    await again.engine.close()
  })

  test('a start tells of what was not dropped before the checkpoint, only', async (harness) => {
    let { engine } = await opened(harness)
    const records = some(300)
    appendAll(engine, records)
    let kept = records
    for (let round = 1; round <= 4; round++) {
      const dropped = kept.filter((_, i) => i % (round + 1) === 0)
      kept = kept.filter((_, i) => i % (round + 1) !== 0)
      dropAll(engine, dropped)
      await engine.checkpoint({ appliedIndex: round, meta: NOTHING })
      await turns(harness.clock, 50)
      const again = await reopened(harness, engine)
      engine = again.engine
      sameHeaders(again.headers, kept)
      const gone = records.filter((one) => !kept.includes(one))
      sameButDropped(await contentOf(engine), { kept, dropped: gone })
      // The state drops again after a restart what it does not need.
      dropAll(engine, gone)
      assert.equal(engine.stats().records, kept.length)
    }
    await engine.close()
  })

  test('what is dropped while a checkpoint is written counts for the next one', async (harness) => {
    const { engine } = await opened(harness)
    const records = some(300)
    appendAll(engine, records)
    const writing = engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    dropAll(engine, records.slice(0, 150))
    await turns(harness.clock, 3)
    dropAll(engine, records.slice(150))
    await writing
    const again = await reopened(harness, engine)
    sameContent(await contentOf(again.engine), records)
    await again.engine.close()
  })
}

function spaceContract(test: EngineTest): void {
  test('the space of what was dropped is used again', async (harness) => {
    const { engine } = await opened(harness)
    const rounds = 16
    const count = 200
    let most = 0
    let roundBytes = 0
    let old: TestRecord[] = []
    for (let round = 0; round < rounds; round++) {
      const records = Array.from({ length: count }, (_, i) =>
        put(2 + round * count + i, 0, { valueBytes: 2000 }),
      )
      roundBytes = records.reduce((sum, { record }) => sum + record.length, 0)
      appendAll(engine, records)
      dropAll(engine, old)
      await engine.checkpoint({ appliedIndex: round + 1, meta: NOTHING })
      old = records
      // Whatever gives space back in the background has its chance, on a slow disk a longer one.
      const sinceMs = harness.clock.monotonicMs()
      for (;;) {
        const { bytes } = engine.stats()
        const chanceMs = bytes < roundBytes * ROUNDS_MAX ? CHANCE_MS : SLOW_DISK_MS
        const waitedMs = harness.clock.monotonicMs() - sinceMs
        if (bytes <= roundBytes * 3 || waitedMs >= chanceMs) break
        await new Promise<void>((resolve) => harness.clock.after(5, resolve))
      }
      most = Math.max(most, engine.stats().bytes)
    }
    assert.ok(most < roundBytes * ROUNDS_MAX, `${most} bytes for ${roundBytes} in each round`)
    const kept = Array.from(old, ({ main, sub }) => ({ main, sub }))
    assert.equal((await contentOf(engine, 1e9)).filter((one) => inside(kept, one)).length, count)
    await engine.close()
  })
}

function inside(
  revisions: readonly { main: number; sub: number }[],
  one: { main: number; sub: number },
): boolean {
  return revisions.some(({ main, sub }) => main === one.main && sub === one.sub)
}
