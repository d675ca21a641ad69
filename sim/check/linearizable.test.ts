import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chance, SeededChance } from '../../src/base/index.ts'
import type { RegisterAction, RegisterOperation, Scalar } from './history.ts'
import { checkLinearizable } from './linearizable.ts'
import { toHistory } from './recorded.ts'
import { execute, makePlan } from './testing/generate.ts'
import { hasOrder, hasOrderRemembering } from './testing/oracle.ts'

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

test('the checker agrees with a plain search on runs of up to 24 operations', () => {
  const counts = { true: 0, false: 0 }
  const chance = new SeededChance(2)
  for (let round = 0; round < 3_000; round++) {
    const history = changedRun(chance, 8 + chance.below(17))
    const expected = hasOrderRemembering(history)
    const verdict = checkLinearizable(history)
    counts[`${expected}`] += 1
    assert.equal(verdict.kind, expected ? 'linearizable' : 'notLinearizable', show(history))
  }
  assert.ok(counts.true > 500 && counts.false > 500, 'both verdicts occur often')
})

/** A run of clients that overlap a lot, in which a few answers were exchanged. */
function changedRun(chance: Chance, operations: number): RegisterOperation[] {
  const unknownShare = chance.below(4) / 10
  const clients = 3 + chance.below(8)
  const plan = makePlan(chance, { clients, operations, keys: 1, unknownShare })
  const history = [...toHistory(execute(plan).operations).registers]
  const values = history.flatMap((one) => (one.kind === 'write' ? [one.value] : [])).concat(null)
  const value = () => values[chance.below(values.length)] ?? null
  for (let changes = chance.below(3); changes > 0; changes--) {
    const place = chance.below(history.length)
    const one = history[place] as RegisterOperation
    if (one.kind === 'read') history[place] = { ...one, value: value() }
    else if (one.kind === 'write') history[place] = { ...one, value: value() }
    else if (one.kind === 'cas') history[place] = { ...one, applied: chance.happens(0.5) }
    else history[place] = { ...one, found: chance.happens(0.5) }
  }
  return history
}

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
