import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Slab } from './slab.ts'

test('pieces of all lengths are apart from each other and hold zeros', () => {
  const slab = new Slab()
  const pieces = Array.from({ length: 2000 }, (_, i) => slab.take((i * 7) % 3000))
  for (const [i, piece] of pieces.entries()) {
    assert.equal(piece.length, (i * 7) % 3000)
    assert.ok(piece.every((byte) => byte === 0))
  }
  for (const [i, piece] of pieces.entries()) piece.fill(i % 251)
  for (const [i, piece] of pieces.entries()) assert.ok(piece.every((byte) => byte === i % 251))
})

test('short pieces share memory, long ones have their own', () => {
  const slab = new Slab()
  assert.equal(slab.take(100).buffer, slab.take(200).buffer)
  assert.equal(slab.take(3000).buffer.byteLength, 3000)
})

test('a copy stays what it was when its source changes', () => {
  const source = Uint8Array.of(1, 2, 3, 4)
  const copy = new Slab().copy(source, 1, 3)
  source.fill(9)
  assert.deepEqual([...copy], [2, 3])
})
