import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HeldMemory } from './held-memory.ts'

describe('what all pipelines hold together', () => {
  it('has a bound, beyond which whoever holds more than a share and takes more is told', () => {
    const memory = new HeldMemory({ heldBytesMax: 1000, heldShareBytes: 300 })
    assert.ok(memory.changed(0, 900))
    // Its share is everybody's, whatever the others hold.
    assert.ok(memory.changed(0, 300))
    assert.equal(memory.bytes, 1200)
    assert.equal(memory.changed(300, 301), false)
    assert.equal(memory.changed(0, 301), false)
    // To hold less is always right, also when it is still too much.
    assert.ok(memory.changed(900, 899))
    assert.ok(memory.changed(899, 400))
    assert.ok(memory.changed(301, 0) && memory.changed(301, 0))
    assert.ok(memory.changed(400, 1000))
    assert.equal(memory.bytes, 1000)
    assert.equal(memory.changed(1000, 1001), false)
  })
})
