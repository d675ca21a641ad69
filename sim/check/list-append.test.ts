import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chance, SeededChance } from '../../src/base/index.ts'
import { STATE_LIMITS } from '../../src/state/index.ts'
import { HistoryError, type ListStep, type ListTransaction } from './history.ts'
import { checkListAppend, listViolationLines } from './list-append.ts'
import type { ListViolationKind } from './list-orders.ts'
import { toHistory } from './recorded.ts'
import { checkRevisionOrder } from './revision-order.ts'
import { execute, makePlan, type Plan } from './testing/generate.ts'
import { hasListOrder } from './testing/oracle.ts'

function append(key: string, element: number): ListStep {
  return { kind: 'append', key, element }
}

function read(key: string, ...list: number[]): ListStep {
  return { kind: 'read', key, list }
}

/** A transaction in the interval from `start` to `end`; without an end its outcome is unknown. */
function transaction(start: number, end: number | null, ...steps: ListStep[]): ListTransaction {
  const base = { kind: 'transaction', process: start, start, steps } as const
  return end === null
    ? { ...base, end: Number.POSITIVE_INFINITY, outcome: 'info' }
    : { ...base, end, outcome: 'ok' }
}

/** Concurrent with everything. */
function any(...steps: ListStep[]): ListTransaction {
  return transaction(0, 1000, ...steps)
}

type Anomaly = readonly [string, ListViolationKind, RegExp, ...ListTransaction[]]

const FAILED: ListTransaction = { ...any(append('x', 1)), outcome: 'fail' }

const CONTRADICTIONS: readonly Anomaly[] = [
  ['own append unseen', 'internal', /itself/, any(append('x', 1), read('x'))],
  ['two reads differ', 'internal', /itself/, any(append('x', 1)), any(read('x'), read('x', 1))],
  [
    'own append not at the end',
    'internal',
    /itself/,
    any(append('x', 2)),
    any(append('x', 1), read('x', 1, 2)),
  ],
  ['seen twice', 'duplicateElement', /more than once/, any(append('x', 1)), any(read('x', 1, 1))],
  ['out of nowhere', 'neverAppended', /nobody appended 7/, any(read('x', 7))],
  ['of a failed one', 'abortedRead', /failed/, FAILED, any(read('x', 1))],
  [
    'two orders',
    'incompatibleOrder',
    /contradict/,
    any(append('x', 1)),
    any(append('x', 2)),
    any(read('x', 1, 2)),
    any(read('x', 2, 1)),
  ],
  [
    'own appends swapped',
    'incompatibleOrder',
    /other order/,
    any(append('x', 1), append('x', 2)),
    any(read('x', 2, 1)),
  ],
  [
    'acknowledged and gone',
    'lostAppend',
    /no later read/,
    transaction(0, 1, append('x', 1)),
    transaction(2, 3, read('x')),
  ],
]

const CYCLES: readonly Anomaly[] = [
  [
    'writes in a circle',
    'cycle',
    /^cycle: G0:/,
    any(append('x', 1), append('y', 1)),
    any(append('x', 2), append('y', 2)),
    any(read('x', 1, 2)),
    any(read('y', 2, 1)),
  ],
  [
    'information in a circle',
    'cycle',
    /^cycle: G1c:/,
    any(append('x', 1), read('y', 2)),
    any(append('y', 2), read('x', 1)),
  ],
  [
    'read of an intermediate state',
    'cycle',
    /^cycle: G-single:/,
    any(append('x', 1), append('x', 2)),
    any(read('x', 1)),
  ],
  [
    'half of a transaction seen',
    'cycle',
    /^cycle: G-single:/,
    any(append('x', 1), append('y', 1)),
    any(read('x', 1), read('y')),
  ],
  [
    'lost update',
    'cycle',
    /^cycle: G/,
    any(read('x'), append('x', 1)),
    any(read('x'), append('x', 2)),
  ],
  [
    'write skew',
    'cycle',
    /^cycle: G2:/,
    any(read('x'), append('y', 1)),
    any(read('y'), append('x', 1)),
  ],
  [
    'a read of the past',
    'cycle',
    /^cycle: G-single with real time:/,
    transaction(0, 1, append('x', 1)),
    transaction(2, 3, read('x')),
    transaction(4, 5, read('x', 1)),
  ],
  [
    'appends against real time',
    'cycle',
    /^cycle: G0 with real time:/,
    transaction(0, 1, append('x', 1)),
    transaction(2, 3, append('x', 2)),
    transaction(4, 5, read('x', 2, 1)),
  ],
]

test('each kind of anomaly is found and told by its name', () => {
  for (const [name, kind, text, ...history] of [...CONTRADICTIONS, ...CYCLES]) {
    assert.equal(hasListOrder(history), false, name)
    const { violations } = checkListAppend(history)
    const [first] = violations
    assert.equal(first?.kind, kind, name)
    assert.match(first === undefined ? '' : listViolationLines(first).join('\n'), text, name)
  }
})

test('what an order explains is consistent', () => {
  const table: readonly [string, ...ListTransaction[]][] = [
    ['nothing'],
    [
      'an unseen append whose outcome is unknown',
      transaction(0, null, append('x', 1)),
      any(read('x')),
    ],
    [
      'a seen append whose outcome is unknown',
      transaction(0, null, append('x', 1), append('y', 1)),
      transaction(5, 6, read('x', 1), read('y', 1)),
    ],
    ['a transaction that sees itself', any(append('x', 1), read('x', 1), append('x', 2))],
    ['unread appends of one who read all', any(read('x'), append('x', 1)), any(append('x', 2))],
    ['touching at an instant', transaction(0, 2, append('x', 1)), transaction(2, 3, read('x'))],
  ]
  for (const [name, ...history] of table) {
    assert.ok(hasListOrder(history), name)
    assert.deepEqual(checkListAppend(history).violations, [], name)
  }
})

test('a history that appends an element twice cannot be judged', () => {
  assert.throws(() => checkListAppend([any(append('x', 1)), any(append('x', 1))]), HistoryError)
})

test('black box and white box agree on 100 valid runs of lists', () => {
  for (let seed = 0; seed < 100; seed++) {
    const run = execute(listPlan(new SeededChance(seed, 'lists'), 150))
    assert.deepEqual(checkListAppend(toHistory(run.operations).transactions).violations, [])
    assert.deepEqual(checkRevisionOrder({ ...run, limits: STATE_LIMITS }).violations, [])
  }
})

function listPlan(chance: Chance, operations: number): Plan {
  const unknownShare = chance.below(3) / 20
  const keys = 1 + chance.below(4)
  return makePlan(chance, {
    clients: 2 + chance.below(8),
    operations,
    keys,
    unknownShare,
    lists: true,
  })
}

test('one change to a read of a small run is reported only when no order explains it', () => {
  const counts = { brokenFound: 0, brokenMissed: 0, valid: 0 }
  for (let seed = 0; seed < 8_000; seed++) {
    const chance = new SeededChance(seed, 'small lists')
    const honest = toHistory(execute(listPlan(chance, 6)).operations).transactions
    const history = seed % 8 === 0 ? honest : changeOneRead(chance, honest)
    const { kind, violations } = checkListAppend(history)
    const possible = hasListOrder(history)
    if (possible) {
      assert.deepEqual(violations, [], `seed ${seed}`)
      counts.valid += 1
    } else if (kind === 'violated') counts.brokenFound += 1
    else counts.brokenMissed += 1
  }
  assert.ok(counts.valid > 1_000 && counts.brokenFound > 1_000, 'both verdicts occur often')
  assert.ok(counts.brokenMissed < counts.brokenFound / 100, 'hardly any anomaly is missed')
})

function changeOneRead(chance: Chance, history: readonly ListTransaction[]): ListTransaction[] {
  const place = chance.below(history.length)
  return history.map((one, i) => {
    if (i !== place || one.outcome !== 'ok') return one
    const steps = one.steps.map((step): ListStep => {
      if (step.kind === 'append' || step.list === null || chance.happens(0.4)) return step
      return { ...step, list: changeList(chance, step.list) }
    })
    return { ...one, steps }
  })
}

function changeList(chance: Chance, list: readonly number[]): readonly number[] {
  switch (chance.below(5)) {
    case 0:
      return list.slice(0, -1)
    case 1:
      return []
    case 2:
      return list.toReversed()
    case 3:
      return [...list, chance.below(70)]
    default:
      return list.slice(1)
  }
}

test('a long run is judged quickly', () => {
  const chance = new SeededChance(1, 'long lists')
  const options = { clients: 50, operations: 4_000, keys: 5, unknownShare: 0.05, lists: true }
  const { transactions } = toHistory(execute(makePlan(chance, options)).operations)
  const startMs = performance.now()
  assert.deepEqual(checkListAppend(transactions).violations, [])
  assert.ok(performance.now() - startMs < 5_000)
})
