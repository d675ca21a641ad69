import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../../src/base/index.ts'
import { STATE_LIMITS } from '../../src/state/index.ts'
import type { RegisterOperation } from './history.ts'
import { checkLinearizable, type LinearizableVerdict } from './linearizable.ts'
import { toHistory } from './recorded.ts'
import { checkRevisionOrder, type RevisionOrderVerdict } from './revision-order.ts'
import { ANOMALIES, type AnomalyKind, injectAnomaly } from './testing/anomalies.ts'
import { execute, makePlan, type PlanOptions, type Run } from './testing/generate.ts'
import { hasOrder } from './testing/oracle.ts'

const EACH = 200

function blackBox(run: Run): LinearizableVerdict {
  return checkLinearizable(toHistory(run.operations).registers)
}

function whiteBox(run: Run): RevisionOrderVerdict {
  return checkRevisionOrder({ ...run, limits: STATE_LIMITS })
}

function optionsFor(seed: number): PlanOptions {
  return {
    clients: 2 + (seed % 12),
    operations: 60 + (seed % 7) * 30,
    keys: 1 + (seed % 4),
    unknownShare: (seed % 5) * 0.05,
  }
}

test('black box and white box agree on 200 valid histories', () => {
  for (let seed = 0; seed < EACH; seed++) {
    const run = execute(makePlan(new SeededChance(seed, 'valid'), optionsFor(seed)))
    assert.equal(blackBox(run).kind, 'linearizable', `seed ${seed}`)
    assert.deepEqual(whiteBox(run).violations, [], `seed ${seed}`)
  }
})

test('black box and white box agree on 200 histories with one anomaly each', () => {
  const found = new Map<AnomalyKind, number>()
  let broken = 0
  for (let seed = 0; broken < EACH; seed++) {
    const chance = new SeededChance(seed, 'broken')
    const kind = ANOMALIES[seed % ANOMALIES.length] as AnomalyKind
    const run = injectAnomaly(chance, makePlan(chance, optionsFor(seed)), kind)
    if (run === null) continue
    broken += 1
    found.set(kind, (found.get(kind) ?? 0) + 1)
    assert.equal(blackBox(run).kind, 'notLinearizable', `seed ${seed}: ${kind}`)
    assert.equal(whiteBox(run).kind, 'violated', `seed ${seed}: ${kind}`)
  }
  for (const kind of ANOMALIES) assert.ok((found.get(kind) ?? 0) >= 8, `${kind} was injected`)
})

test('the anomalies are real: trying every order finds none on small histories', () => {
  const found = new Set<AnomalyKind>()
  for (let seed = 0; seed < 6_000; seed++) {
    const chance = new SeededChance(seed, 'small')
    const options = { clients: 3, operations: 7, keys: 1, unknownShare: 0.15 }
    const plan = makePlan(chance, options)
    const honest: readonly RegisterOperation[] = toHistory(execute(plan).operations).registers
    assert.ok(hasOrder(honest), `seed ${seed} is valid`)
    const kind = ANOMALIES[seed % ANOMALIES.length] as AnomalyKind
    const run = injectAnomaly(chance, plan, kind)
    if (run === null) continue
    found.add(kind)
    assert.equal(hasOrder(toHistory(run.operations).registers), false, `seed ${seed}: ${kind}`)
    assert.equal(blackBox(run).kind, 'notLinearizable', `seed ${seed}: ${kind}`)
    assert.equal(whiteBox(run).kind, 'violated', `seed ${seed}: ${kind}`)
  }
  assert.deepEqual([...found].sort(), [...ANOMALIES].sort())
})

test('4,000 operations by 50 clients are judged in far less than 10 seconds', () => {
  for (const unknownShare of [0, 0.02, 0.1]) {
    const options = { clients: 50, operations: 4_000, keys: 3, unknownShare }
    const run = execute(makePlan(new SeededChance(1, 'long'), options))
    const startMs = performance.now()
    assert.equal(blackBox(run).kind, 'linearizable')
    assert.deepEqual(whiteBox(run).violations, [])
    assert.ok(performance.now() - startMs < 10_000)
  }
})
