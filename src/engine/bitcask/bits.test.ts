import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Bits } from './bits.ts'

const LIMIT = 200
const MEMBERS = fc.uniqueArray(fc.nat(LIMIT - 1), { maxLength: LIMIT })

function bitsOf(members: readonly number[]): Bits {
  const bits = new Bits()
  for (const member of members) assert.ok(bits.add(member))
  return bits
}

function membersOf(bits: Bits): number[] {
  const members: number[] = []
  for (let at = bits.next(0); at >= 0; at = bits.next(at + 1)) members.push(at)
  return members
}

describe('a set of small numbers', () => {
  it('has what was added, once, and is walked in order', () => {
    fc.assert(
      fc.property(MEMBERS, (members) => {
        const bits = bitsOf(members)
        const sorted = [...members].sort((one, other) => one - other)
        assert.deepEqual(membersOf(bits), sorted)
        assert.equal(bits.count, members.length)
        for (const member of members) assert.equal(bits.add(member), false)
        for (let number = 0; number < LIMIT + 40; number++) {
          assert.equal(bits.has(number), members.includes(number))
          let absent = number
          while (members.includes(absent)) absent += 1
          assert.equal(bits.nextAbsent(number), absent)
        }
        assert.deepEqual(membersOf(new Bits(bits.words(LIMIT))), sorted)
      }),
      { numRuns: 50 },
    )
  })

  it('is counted anew when others are left out', () => {
    fc.assert(
      fc.property(MEMBERS, MEMBERS, fc.nat(70), (members, omitted, base) => {
        const squeezed = new Bits()
        squeezed.addSqueezed(bitsOf(members), bitsOf(omitted), { limit: LIMIT, base })
        const left = Array.from({ length: LIMIT }, (_, i) => i).filter((i) => !omitted.includes(i))
        const expected = left.flatMap((number, at) => (members.includes(number) ? [base + at] : []))
        assert.deepEqual(membersOf(squeezed), expected)
      }),
      { numRuns: 200 },
    )
  })
})
