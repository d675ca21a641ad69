import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fuzz } from './testing/fuzz/index.ts'

/** About a minute on a busy machine; `npm run fuzz:rpc` runs as many as one likes. */
const FRAMES = 4_000_000

describe('the fuzzer', () => {
  it('finds nothing in the first sessions', async () => {
    const { frames, answered, calls } = await fuzz({ seed: 1, frames: FRAMES })
    assert.ok(frames >= FRAMES)
    // It does not only hear GOAWAY: most of what it says is understood and answered.
    assert.ok(answered > frames / 10, `${answered} frames were answered to ${frames}`)
    assert.ok(calls > frames / 100, `${calls} calls were made`)
  })
})
