import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as demand } from '../base/index.ts'
import { Party } from './testing/exchange.ts'

/** Long enough for memory of its own, which is freed by itself. */
const LONG_BYTES = 8192

/** A leader that has proposed a long write, and the memory of it. */
function proposing(): { readonly party: Party; readonly command: Uint8Array } {
  const party = new Party(1, { commandBytesMax: LONG_BYTES })
  party.follow(1, 1)
  party.desk.write({ kind: 1, body: new Uint8Array(LONG_BYTES).fill(7) }, { settleWrite: () => {} })
  const [first] = party.group.proposed
  demand(first !== undefined, 'a leader proposes at once')
  assert.ok(first.command.length > LONG_BYTES)
  return { party, command: first.command }
}

test('the memory of a long write is given back as soon as it is done', () => {
  const { party, command } = proposing()
  party.group.apply(1)
  assert.equal(command.length, 0)
})

test('a write that may still be carried out keeps its memory: an entry may hold it', () => {
  const { party, command } = proposing()
  party.group.settle({ kind: 'unknown', code: 'LEADERSHIP_LOST' })
  assert.deepEqual([command.length > LONG_BYTES, command.at(-1)], [true, 7])
})

test('whatever became of a write, its place is given back once, and failures are counted', () => {
  const party = new Party(1, { limits: { writesMax: 1 } })
  party.follow(1, 1)
  party.write(1)
  party.write(2)
  party.group.settle({ kind: 'unknown', code: 'LEADERSHIP_LOST' })
  party.write(3)
  party.group.apply(1)
  assert.deepEqual(party.outcomes, [
    '2 refused OVERLOADED',
    '1 unknown LEADERSHIP_LOST',
    '3 done 3',
  ])
  assert.deepEqual([party.budget.count, party.budget.bytes, party.queue.size], [0, 0, 0])
  assert.equal(party.counters.writesFailed, 2)
})
