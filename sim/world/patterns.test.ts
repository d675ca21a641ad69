import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SeededChance } from '../../src/base/index.ts'
import {
  asymmetric,
  bridge,
  chain,
  type Direction,
  halves,
  isolateOne,
  ring,
  rotating,
  scattered,
} from './index.ts'

const FIVE = ['a', 'b', 'c', 'd', 'e']

/** For each address, whom it can still reach: `a:bc` */
function reach(cuts: readonly Direction[], addresses = FIVE): string {
  const lines = addresses.map((from) => {
    const open = addresses.filter(
      (to) => to !== from && !cuts.some((cut) => cut.from === from && cut.to === to),
    )
    return `${from}:${open.join('')}`
  })
  return lines.join(' ')
}

it('each pattern leaves exactly the connections in its name', () => {
  assert.equal(reach([]), 'a:bcde b:acde c:abde d:abce e:abcd')
  assert.equal(reach(isolateOne(FIVE, 1)), 'a:cde b: c:ade d:ace e:acd')
  assert.equal(reach(halves(FIVE)), 'a:b b:a c:de d:ce e:cd')
  assert.equal(reach(halves(FIVE, 1)), 'a: b:cde c:bde d:bce e:bcd')
  assert.equal(reach(bridge(FIVE, 2)), 'a:bc b:ac c:abde d:ce e:cd')
  assert.equal(reach(ring(FIVE)), 'a:be b:ac c:bd d:ce e:ad')
  assert.equal(reach(chain(FIVE)), 'a:b b:ac c:bd d:ce e:d')
  assert.equal(reach(asymmetric(FIVE, { index: 0, is: 'deaf' })), 'a:bcde b:cde c:bde d:bce e:bcd')
  assert.equal(reach(asymmetric(FIVE, { index: 0, is: 'mute' })), 'a: b:acde c:abde d:abce e:abcd')
  assert.equal(reach(rotating(FIVE, 7)), reach(isolateOne(FIVE, 2)))
})

it('scattered cuts follow their probability', () => {
  const chance = new SeededChance(1, 'scattered')
  assert.deepEqual(scattered(FIVE, { chance, probability: 0 }), [])
  assert.equal(scattered(FIVE, { chance, probability: 1 }).length, 20)
  const some = scattered(FIVE, { chance, probability: 0.5 }).length
  assert.ok(some > 3 && some < 17)
})
