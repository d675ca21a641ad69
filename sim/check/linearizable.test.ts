import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chance, SeededChance } from '../../src/base/index.ts'
import type { RegisterAction, RegisterOperation, Scalar } from './history.ts'
import { checkLinearizable } from './linearizable.ts'
import { hasOrder } from './testing/oracle.ts'

test('the checker agrees with trying every order on thousands of tiny histories', () => {
  const counts = { true: 0, false: 0 }
  const chance = new SeededChance(1)
  for (let round = 0; round < 30_000; round++) {
    const history = tinyHistory(chance, round % 3 === 0 ? 'random' : 'nearlyRight')
    const expected = hasOrder(history)
    const verdict = checkLinearizable(history)
    counts[`${expected}`] += 1
    assert.equal(verdict.kind, expected ? 'linearizable' : 'notLinearizable', show(history))
    if (verdict.kind === 'notLinearizable') {
      const { core } = verdict.explanation
      assert.equal(hasOrder(core), false, `core\n${show(core)}\nof\n${show(history)}`)
    }
  }
  assert.ok(counts.true > 4_000 && counts.false > 4_000, 'both verdicts occur often')
})

function show(history: readonly RegisterOperation[]): string {
  return history.map((operation) => JSON.stringify(operation)).join('\n')
}

/** Up to seven operations on one key over few values, which repeat or are never asked for. */
function tinyHistory(chance: Chance, style: 'random' | 'nearlyRight'): RegisterOperation[] {
  const count = 1 + chance.below(7)
  const unknownShare = chance.below(5) / 10
  const values = 2 + chance.below(6)
  const history: RegisterOperation[] = []
  let state: Scalar = null
  for (let i = 0; i < count; i++) {
    const unknown = chance.happens(unknownShare)
    const wrong = style === 'random' || chance.happens(0.08)
    const { action, after } = tinyAction(chance, state, { wrong, values })
    if (!unknown || chance.happens(0.5)) state = after
    const middle = 4 * i
    const start = middle - chance.below(9)
    const end = middle + chance.below(9)
    const outcome = unknown
      ? 'info'
      : chance.happens(0.05) && action.kind === 'read'
        ? 'fail'
        : 'ok'
    history.push({
      ...action,
      process: i,
      start,
      end: outcome === 'info' ? Number.POSITIVE_INFINITY : end,
      outcome,
    })
  }
  return history
}

function tinyAction(
  chance: Chance,
  state: Scalar,
  { wrong, values }: { readonly wrong: boolean; readonly values: number },
): { action: RegisterAction; after: Scalar } {
  const value = (): Scalar => chance.below(values) || null
  const key = 'k'
  switch (chance.below(5)) {
    case 0:
    case 1:
      return { action: { kind: 'read', key, value: wrong ? value() : state }, after: state }
    case 2: {
      const written = value()
      return { action: { kind: 'write', key, value: written }, after: written }
    }
    case 3: {
      const from = value()
      const to = value()
      const applied = wrong ? chance.happens(0.5) : from === state
      return { action: { kind: 'cas', key, from, to, applied }, after: applied ? to : state }
    }
    default: {
      const said = wrong ? chance.happens(0.5) : state !== null
      return {
        action: { kind: 'delete', key, found: chance.happens(0.3) ? null : said },
        after: null,
      }
    }
  }
}
