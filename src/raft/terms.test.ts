import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TermRuns } from './terms.ts'
import type { LogIndex, Term } from './types.ts'

/** The same, as a plain array: position 0 is the base. */
class PlainTerms {
  base: LogIndex
  terms: Term[]

  constructor(base: LogIndex, term: Term) {
    this.base = base
    this.terms = [term]
  }

  get last(): LogIndex {
    return this.base + this.terms.length - 1
  }

  at(index: LogIndex): Term | undefined {
    return index < this.base ? undefined : this.terms[index - this.base]
  }

  matchCandidate(index: LogIndex, term: Term): LogIndex {
    if (index > this.last) return this.last
    let candidate = Math.max(index, this.base)
    while (candidate > this.base && (this.at(candidate) as Term) > term) candidate -= 1
    return candidate
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), rise: fc.nat({ max: 2 }) }),
  fc.record({
    kind: fc.constant('run' as const),
    rise: fc.nat({ max: 2 }),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ kind: fc.constant('truncate' as const), back: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant('compact' as const), back: fc.nat({ max: 8 }) }),
)

test('term runs answer like a plain array of terms, whatever happens to them', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(step, { maxLength: 30 }),
      fc.nat({ max: 6 }),
      (behindSnapshot, steps, term) => {
        const origin = behindSnapshot ? { index: 7, term: 3 } : { index: 0, term: 0 }
        const runs = new TermRuns(origin)
        const plain = new PlainTerms(origin.index, origin.term)
        for (const what of steps) act(runs, plain, what)
        assert.equal(runs.base, plain.base)
        assert.equal(runs.last, plain.last)
        assert.equal(runs.lastTerm, plain.terms[plain.terms.length - 1])
        for (let index = 0; index <= plain.last + 2; index++) {
          assert.equal(runs.at(index), plain.at(index))
          assert.equal(runs.matchCandidate(index, term), plain.matchCandidate(index, term))
        }
      },
    ),
    { numRuns: 500 },
  )
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function act(runs: TermRuns, plain: PlainTerms, what: Step): void {
  const lastTerm = plain.terms[plain.terms.length - 1] as Term
  if (what.kind === 'append') {
    // The first entry of all has at least term 1.
    const term = Math.max(1, lastTerm + what.rise)
    runs.append(plain.last + 1, term)
    plain.terms.push(term)
  } else if (what.kind === 'run') {
    const term = Math.max(1, lastTerm + what.rise)
    runs.appendRun({ last: plain.last + what.count, term })
    for (let i = 0; i < what.count; i++) plain.terms.push(term)
  } else if (what.kind === 'truncate') {
    const from = Math.max(plain.base + 1, plain.last + 1 - what.back)
    runs.truncateFrom(from)
    plain.terms.length = Math.min(plain.terms.length, from - plain.base)
  } else {
    const to = Math.max(plain.base, plain.last - what.back)
    runs.compactTo(to)
    plain.terms = plain.terms.slice(to - plain.base)
    plain.base = to
  }
}

test('the place where two logs may match skips a whole term at once', () => {
  const runs = new TermRuns({ index: 0, term: 0 })
  for (const [position, term] of [1, 1, 1, 4, 4, 5, 5, 6, 6, 6].entries()) {
    runs.append(position + 1, term)
  }
  assert.equal(runs.matchCandidate(10, 4), 5)
  assert.equal(runs.matchCandidate(10, 3), 3)
  assert.equal(runs.matchCandidate(7, 5), 7)
  assert.equal(runs.matchCandidate(10, 0), 0)
})

test('terms are refused that leave a hole, go back, or cut under the log', () => {
  const runs = new TermRuns({ index: 5, term: 2 })
  assert.throws(() => runs.append(7, 2), /contiguous/)
  assert.throws(() => runs.append(6, 1), /never decrease/)
  assert.throws(() => runs.truncateFrom(5), /never truncated/)
  assert.throws(() => runs.compactTo(6), /only what exists/)
  assert.throws(() => new TermRuns({ index: 0, term: 1 }), /nothing precedes/)
})
