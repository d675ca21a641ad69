import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FORESEEN_MAX, FORESEEN_MIN, READ } from '../state/index.ts'
import { Reading, StateReads, type StateReadsParts } from './state-reads.ts'
import { GROUP_LIMITS } from './types.ts'

/** What the state is told of so many reads that wait, and how many were over by then. */
function toldOf(count: number): readonly (readonly [told: number, over: number])[] {
  const told: [number, number][] = []
  let over = 0
  const machine = {
    canRead: true,
    foresee: (reads: readonly unknown[]) => told.push([reads.length, over]),
    beginRead: () => ({ step: () => ({ kind: 'failed', revision: 1, code: 'BAD_REQUEST' }) }),
  }
  const parts = {
    replica: { machine, stopped: false, isStale: false },
    limits: { ...GROUP_LIMITS, readStepsMax: count },
    clock: { monotonicMs: () => 0 },
    clockMs: () => 0,
    wake: () => {},
  } as unknown as StateReadsParts
  const reads = new StateReads(parts)
  const request = { kind: READ.range, body: new Uint8Array(0), serializable: true } as const
  const waiter = { settleRead: () => void over++ }
  for (let at = 0; at < count; at++) reads.enqueue(new Reading(reads, request, waiter))
  reads.run()
  assert.equal(over, count)
  return told
}

it('tells the state of reads that are about to run, when they are many, and of each once', () => {
  assert.deepEqual(toldOf(FORESEEN_MIN - 1), [])
  assert.deepEqual(toldOf(FORESEEN_MIN), [[FORESEEN_MIN, 0]])
  assert.deepEqual(toldOf(FORESEEN_MAX + FORESEEN_MIN + 1), [
    [FORESEEN_MAX, 0],
    [FORESEEN_MIN + 1, FORESEEN_MAX],
  ])
})
