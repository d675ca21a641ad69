import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createNodeChance } from './index.ts'

it('every process draws differently', () => {
  const draws = new Set<number>()
  for (let i = 0; i < 100; i++) draws.add(createNodeChance().uint32())
  // 100 draws from 2^32 meet by accident about once in a million runs; three never do.
  assert.ok(draws.size > 97)
})
