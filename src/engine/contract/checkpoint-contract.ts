import assert from 'node:assert/strict'
import type { Engine } from '../types.ts'
import {
  appendAll,
  contentOf,
  opened,
  reopened,
  sameBytes,
  sameContent,
  sameHeaders,
} from './content.ts'
import type { EngineTest } from './describe.ts'
import type { Crash, EngineHarness } from './harness.ts'
import { put, type TestRecord, turns } from './records.ts'

const NOTHING = new Uint8Array(0)

function some(count: number, from = 2): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(from + i, 0, { valueBytes: (i * 17) % 400 }))
}

function metaOf(number: number, length = 10): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => number * 3 + i)
}

function indexOf({ durable }: Engine): number {
  return durable?.appliedIndex ?? 0
}

export function checkpointContract(test: EngineTest): void {
  metaContract(test)
  restartContract(test)
  momentContract(test)
  for (const end of ['killed', 'powerLost'] as const) crashContract(test, end)
}

function metaContract(test: EngineTest): void {
  test('the applied index and the meta come back as they were', async (harness) => {
    let { engine } = await opened(harness)
    for (const [round, length] of [0, 1, 100, 3_000_000, 5].entries()) {
      const meta = metaOf(round, length)
      const given = meta.slice()
      const writing = engine.checkpoint({ appliedIndex: 10 + round, meta: given })
      await writing
      given.fill(0xee)
      for (let opening = 0; opening < 2; opening++) {
        assert.equal(engine.durable?.appliedIndex, 10 + round)
        assert.ok(sameBytes(engine.durable?.meta, meta), 'the same meta')
        if (opening === 0) engine = (await reopened(harness, engine)).engine
      }
    }
    await engine.close()
  })

  test('a checkpoint counts as durable when it resolves, not before', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, some(100))
    const first = engine.checkpoint({ appliedIndex: 5, meta: metaOf(5) })
    assert.equal(indexOf(engine), 0)
    await first
    assert.equal(indexOf(engine), 5)
    const second = engine.checkpoint({ appliedIndex: 9, meta: metaOf(9) })
    assert.equal(indexOf(engine), 5)
    assert.ok(sameBytes(engine.durable?.meta, metaOf(5)))
    await second
    assert.equal(indexOf(engine), 9)
    await engine.close()
  })

  test('a checkpoint without new records takes the new meta', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, some(10))
    await engine.checkpoint({ appliedIndex: 5, meta: metaOf(1) })
    await engine.checkpoint({ appliedIndex: 5, meta: metaOf(2) })
    await engine.checkpoint({ appliedIndex: 6, meta: metaOf(3) })
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable?.appliedIndex, 6)
    assert.ok(sameBytes(again.engine.durable?.meta, metaOf(3)))
    sameContent(await contentOf(again.engine), some(10))
    await again.engine.close()
  })
}

function restartContract(test: EngineTest): void {
  test('without a checkpoint everything is gone after a restart', async (harness) => {
    const { engine } = await opened(harness)
    appendAll(engine, some(500))
    await turns(harness.clock, 200)
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable, null)
    assert.deepEqual(again.headers, [])
    assert.deepEqual(await contentOf(again.engine), [])
    await again.engine.close()
  })

  test('a restart loses exactly what came after the last checkpoint', async (harness) => {
    let { engine } = await opened(harness)
    let all: TestRecord[] = []
    for (let round = 1; round <= 5; round++) {
      const records = some(100 * round, 2 + round * 1000)
      appendAll(engine, records)
      await engine.checkpoint({ appliedIndex: round * 10, meta: metaOf(round) })
      all = [...all, ...records]
      appendAll(engine, some(300, 602 + round * 1000))
      await turns(harness.clock, 100)
      const again = await reopened(harness, engine)
      engine = again.engine
      assert.equal(engine.durable?.appliedIndex, round * 10)
      sameHeaders(again.headers, all)
      sameContent(await contentOf(engine), all)
      assert.equal(engine.stats().records, all.length)
    }
    await engine.close()
  })

  test('what was lost can be appended again, and differently', async (harness) => {
    const { engine } = await opened(harness)
    const first = some(50)
    appendAll(engine, first)
    await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
    appendAll(engine, some(200, 100))
    await turns(harness.clock, 200)
    const again = await reopened(harness, engine)
    const other = [put(100, 0, { key: 'other' }), put(100, 1), put(120, 0, { key: 'other' })]
    appendAll(again.engine, other)
    sameContent(await contentOf(again.engine), [...first, ...other])
    await again.engine.checkpoint({ appliedIndex: 2, meta: NOTHING })
    const last = await reopened(harness, again.engine)
    sameHeaders(last.headers, [...first, ...other])
    sameContent(await contentOf(last.engine), [...first, ...other])
    await last.engine.close()
  })
}

function momentContract(test: EngineTest): void {
  test('a checkpoint holds what was appended before the call and nothing else', async (harness) => {
    const { engine } = await opened(harness)
    const before = some(300)
    appendAll(engine, before)
    const writing = engine.checkpoint({ appliedIndex: 7, meta: metaOf(7) })
    const after = some(300, 1000)
    for (const [at, one] of after.entries()) {
      engine.append(one.main, one.sub, one.record)
      if (at % 20 === 0) await turns(harness.clock, 1)
    }
    await writing
    sameContent(await contentOf(engine), [...before, ...after])
    const again = await reopened(harness, engine)
    assert.equal(again.engine.durable?.appliedIndex, 7)
    sameHeaders(again.headers, before)
    sameContent(await contentOf(again.engine), before)
    await again.engine.close()
  })

  test('a close during a checkpoint leaves the one before or this one', async (harness) => {
    for (let wait = 0; wait < 12; wait++) {
      const { engine } = await opened(harness)
      const begun = await contentOf(engine)
      const from = (begun.at(-1)?.main ?? 1) + 1
      const more = some(200, from)
      appendAll(engine, more)
      const index = (engine.durable?.appliedIndex ?? 0) + 1
      const writing = engine.checkpoint({ appliedIndex: index, meta: metaOf(index) })
      const settled = writing.then(
        () => true,
        () => false,
      )
      await turns(harness.clock, wait)
      await engine.close()
      const finished = await settled
      const again = await opened(harness)
      const durable = again.engine.durable?.appliedIndex ?? 0
      if (finished) assert.equal(durable, index)
      const isNew = durable === index
      sameContent(await contentOf(again.engine), isNew ? [...begun, ...more] : begun)
      await again.engine.close()
    }
  })
}

/** Only where the harness can end a process. */
function crashContract(test: EngineTest, end: Crash): void {
  test(`a process that is ${end} comes back at a checkpoint that was complete`, async (harness) => {
    if (harness.crash === null) return reopensAfterClose(harness)
    let all: TestRecord[] = []
    for (let round = 1; round <= 6; round++) {
      const { engine, headers } = await opened(harness)
      sameHeaders(headers, all)
      assert.equal(engine.durable?.appliedIndex ?? 0, all.length === 0 ? 0 : round - 1)
      const records = some(150, 2 + round * 1000)
      appendAll(engine, records)
      await engine.checkpoint({ appliedIndex: round, meta: metaOf(round) })
      all = [...all, ...records]
      appendAll(engine, some(150, 302 + round * 1000))
      await turns(harness.clock, round * 20)
      harness.crash(end)
    }
  })
}

async function reopensAfterClose(harness: EngineHarness): Promise<void> {
  const { engine } = await opened(harness)
  appendAll(engine, some(10))
  await engine.checkpoint({ appliedIndex: 1, meta: NOTHING })
  const again = await reopened(harness, engine)
  sameContent(await contentOf(again.engine), some(10))
  await again.engine.close()
}
