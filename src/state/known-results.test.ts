import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { type KnownResult, KnownResults } from './known-results.ts'
import type { CommandResult } from './types.ts'

/** Of every kind there is: nothing to say, an answer, a refusal. */
function resultOf(revision: number): CommandResult {
  if (revision % 3 === 0) return { kind: 'failed', revision, code: 'LEASE_NOT_FOUND' }
  return { kind: 'done', revision, body: new Uint8Array(revision % 3 === 1 ? 0 : revision % 50) }
}

function bytesOf(known: readonly KnownResult[]): number {
  return known.reduce(
    (sum, { result }) => sum + 64 + (result.kind === 'done' ? result.body.length : 0),
    0,
  )
}

describe('known results', () => {
  test('are those of a sorted list, in whatever order they come and go', () => {
    const chance = new SeededChance(11)
    const results = new KnownResults()
    const model: KnownResult[] = []
    let newest = 0
    for (let revision = 1; revision <= 3000; revision++) {
      // Some leave gaps, which come later or never.
      newest += 1 + chance.below(3)
      const early = newest - chance.below(8)
      const isTaken = model.some(({ sequence }) => sequence === early)
      const sequence = isTaken ? newest : early
      if (sequence > (model[0]?.sequence ?? 0) && results.find(sequence) === null) {
        results.add(sequence, resultOf(revision))
        model.push({ sequence, result: resultOf(revision) })
        model.sort((one, other) => one.sequence - other.sequence)
      }
      if (model.length > 100 + chance.below(60)) {
        assert.equal(results.shift(), model.shift()?.sequence)
      }
      const asked = newest - chance.below(200)
      const known = model.find((one) => one.sequence === asked)
      assert.deepEqual(results.find(asked), known?.result ?? null)
      assert.equal(results.length, model.length)
      assert.equal(results.bytes, bytesOf(model))
    }
    assert.deepEqual([...results], model)
  })
})
