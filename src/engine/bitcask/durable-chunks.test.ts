import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createSimulatedHarness, put } from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import { SMALL } from './testing/index.ts'

it('what was written to a data file is durable before a checkpoint asks for it', async () => {
  const limits = { ...SMALL, fileBytes: 64 * SMALL.chunkBytes }
  const harness = createSimulatedHarness((parts) => createBitcask({ ...parts, limits }))
  await harness.run(async () => {
    const engine = await harness.factory().open()
    await engine.scanHeaders(() => {})
    engine.append(2, 0, put(2, 0).record)
    // The file has its name for good from here on.
    await engine.checkpoint({ appliedIndex: 1, meta: new Uint8Array(0) })
    let bytes = 0
    for (let main = 3; bytes < 4 * SMALL.chunkBytes; main++) {
      const { record } = put(main, 0)
      engine.append(main, 0, record)
      bytes += record.length
    }
    await new Promise<void>((resolve) => harness.clock.after(1000, resolve))
    const durable = [...harness.disk.files('durable').values()]
    assert.ok(Math.max(...durable) >= 3 * SMALL.chunkBytes, `${durable} bytes`)
    await engine.close()
  })
})
