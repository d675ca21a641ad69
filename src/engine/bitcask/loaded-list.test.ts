import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LoadedList } from './loaded-list.ts'

const MAIN = fc.oneof(
  fc.nat(50),
  fc.nat(50).map((main) => main + 2 ** 42 - 25),
)
const REVISIONS = fc.oneof(
  fc.array(fc.tuple(MAIN, fc.nat(1)), { maxLength: 60 }),
  fc.array(fc.tuple(fc.nat(9), fc.nat(1)), { maxLength: 60 }),
  fc.array(fc.tuple(MAIN, fc.constant(0)), { maxLength: 60 }),
  fc.nat(2100).map((length) => Array.from({ length }, (_, i) => [length - i, 0] as const)),
)

function listOf(revisions: readonly (readonly [number, number])[]): LoadedList {
  return new LoadedList({
    length: revisions.length,
    main: (position) => revisions[position]?.[0] ?? Number.NaN,
    sub: (position) => revisions[position]?.[1] ?? Number.NaN,
  })
}

describe('a list of loaded records', () => {
  it('has an order in which revisions ascend, and the same one as they were asked for', () => {
    fc.assert(
      fc.property(REVISIONS, (revisions) => {
        const order = [...listOf(revisions).order()]
        assert.deepEqual(
          [...order].sort((left, right) => left - right),
          [...revisions.keys()],
        )
        for (let at = 1; at < order.length; at++) {
          const [left, right] = [order[at - 1] as number, order[at] as number]
          const [main, sub] = revisions[left] as [number, number]
          const [nextMain, nextSub] = revisions[right] as [number, number]
          const distance = nextMain - main || nextSub - sub || right - left
          assert.ok(distance > 0, `${main}.${sub} at ${left} before ${nextMain}.${nextSub}`)
        }
      }),
    )
  })
})
