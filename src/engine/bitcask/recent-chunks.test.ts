import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSimulatedHarness, put } from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import { SMALL } from './testing/index.ts'

const RECORDS = 60

test('what was written last is in memory, and older records are on disk alone', async () => {
  const harness = createSimulatedHarness((parts) => createBitcask({ ...parts, limits: SMALL }))
  await harness.run(async () => {
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    const records = Array.from({ length: RECORDS }, (_, i) => put(i + 1, 0, { valueBytes: 300 }))
    for (const { main, sub, record } of records) engine.append(main, sub, record)
    await engine.checkpoint({ appliedIndex: 1, meta: new Uint8Array(0) })
    const inMemory = records.filter(({ main, record }) => {
      const found = engine.peek(main, 0)
      if (found !== null) assert.deepEqual(found, record)
      return found !== null
    })
    // The newest ones without a gap: about as many as two chunks hold.
    const { length } = inMemory
    assert.deepEqual(
      inMemory.map(({ main }) => main),
      records.slice(-length).map(({ main }) => main),
    )
    assert.ok(length >= 5 && length <= 12, `${length} records`)
    const all = { length: RECORDS, main: (at: number) => at + 1, sub: () => 0 }
    const loaded = await engine.load(all)
    for (const { main, record } of records) assert.deepEqual(loaded.get(main, 0), record)
    await engine.close()
  })
})
