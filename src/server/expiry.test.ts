import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Waiter } from '../group/index.ts'
import { state } from '../wire/index.ts'
import { Counters } from './counters.ts'
import { LeaseExpiry } from './expiry.ts'

class ScriptedGroup {
  isTimeKnown = true
  nowMs = 0
  deadlines = new Map<bigint, number>()
  readonly proposed: bigint[][] = []
  waiter: Waiter | null = null
  readonly machine = {
    group: this,
    get nextLeaseDeadlineMs(): number {
      return Math.min(...this.group.deadlines.values())
    },
    dueLeases(nowMs: number, max: number): bigint[] {
      const due = [...this.group.deadlines].filter(([, deadlineMs]) => deadlineMs <= nowMs)
      return due.slice(0, max).map(([id]) => id)
    },
  }

  clockMs(): number {
    return this.nowMs
  }

  propose(command: Uint8Array, waiter: Waiter): void {
    // Behind the kind, and no session.
    this.proposed.push(state.LeaseExpireRequest.decodeBytes(command.subarray(3)).ids)
    this.waiter = waiter
  }
}

test('a lease that is due is proposed once, by a leader that knows the time', () => {
  const group = new ScriptedGroup()
  const counters = new Counters()
  const expiry = new LeaseExpiry(group, { counters, leasesMax: 2 })
  expiry.tick()
  group.deadlines = new Map([
    [1n, 100],
    [2n, 100],
    [3n, 100],
    [4n, 200],
  ])
  group.nowMs = 99
  expiry.tick()
  group.nowMs = 100
  group.isTimeKnown = false
  expiry.tick()
  assert.deepEqual(group.proposed, [])
  group.isTimeKnown = true
  expiry.tick()
  expiry.tick()
  assert.deepEqual(group.proposed, [[1n, 2n]])
  const result = { kind: 'done', revision: 1, body: new Uint8Array(0) } as const
  group.deadlines.delete(1n)
  group.deadlines.delete(2n)
  group.waiter?.settle({ kind: 'applied', index: 1, result })
  expiry.tick()
  // One that came to nothing is proposed again.
  group.waiter?.settle({ kind: 'unknown', code: 'LEADERSHIP_LOST' })
  expiry.tick()
  assert.deepEqual(group.proposed.slice(1), [[3n], [3n]])
  assert.equal(counters.leasesExpired, 2)
})
