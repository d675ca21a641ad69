import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SeededChance } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import { packBatch } from './commands.ts'
import { READ } from './kinds.ts'
import { STATE_LIMITS } from './limits.ts'
import {
  type AnyCommand,
  aLeaseRead,
  anyCommand,
  aRange,
  aReadTxn,
} from './testing/model/arbitrary.ts'
import { EtcdModel, type ModelAnswer } from './testing/model/etcd-model.ts'
import { ask, packed } from './testing/requests.ts'
import { Scene, type SceneOptions } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'
import type { CommandResult } from './types.ts'

/** So small that every bound is met. */
const LIMITS = {
  ...STATE_LIMITS,
  operationsMax: 6,
  valueBytesMax: 74,
  leasesMax: 3,
  alarmsMax: 2,
  sessionsMax: 2,
  sessionIdleMsMin: 1000,
  sessionResultsMax: 3,
  sessionBytesMax: 300,
  namesMax: 2,
  namesBytesMax: 900,
  nameAnswerBytesMax: 100,
  nameMsMin: 1000,
  nameMsMax: 5000,
}

/** Every turn ends as early as it can, and every record is asked for alone. */
const HASTY = { turnKeys: 1, missingMax: 1, missingBytesMax: 1 }

/** Machines that must not differ in anything that can be seen. */
const KINDS: Record<string, () => SceneOptions> = {
  'with all records in memory': () => ({ limits: LIMITS }),
  'with all records on disk': () => ({
    limits: LIMITS,
    records: new TestRecords(() => true),
    seed: 2,
  }),
  'with turns of one key, and records that come and go': () => {
    const chance = new SeededChance(7)
    return { limits: LIMITS, records: new TestRecords(() => chance.happens(0.5)), pace: HASTY }
  },
}

function seen(result: CommandResult | ModelAnswer): unknown {
  const isDone = 'kind' in result ? result.kind === 'done' : result.code === null
  const code = 'code' in result && result.code !== null ? result.code : null
  const body = 'body' in result && isDone ? Buffer.from(result.body).toString('hex') : ''
  return { revision: result.revision, code, body }
}

/** The model, and the same commands for a machine. */
class Pair {
  readonly model = new EtcdModel(LIMITS)
  scene: Scene
  /** All that was applied. */
  readonly entries: Uint8Array[] = []

  constructor(options: SceneOptions) {
    this.scene = new Scene(options)
    this.model.clockMs = this.scene.clockMs
  }

  apply(commands: readonly AnyCommand[]): void {
    for (const { command, session, sequence, afterMs, expiresDue } of commands) {
      this.scene.clockMs += afterMs
      this.model.clockMs = this.scene.clockMs
      const due = this.scene.machine.dueLeases(this.scene.clockMs, 10)
      const all = expiresDue ? [ask.expire(...due), command] : [command]
      const origins = all.map((one) => (one === command ? { session, sequence } : NOBODY))
      const packs = all.map((one, i) => packed(one, origins[i]))
      const entry = packBatch(packs, this.scene.clockMs)
      this.entries.push(entry)
      const results = this.scene.applyEntry(entry)
      all.forEach((one, i) => {
        const expected = this.model.apply(one, origins[i] ?? NOBODY)
        assert.deepEqual(seen(results[i] as CommandResult), seen(expected))
      })
      assert.equal(this.scene.machine.compactRevision, this.model.compacted)
      // Time passes, and what was compacted is given back bit by bit.
      if (afterMs > 0) this.scene.machine.compactStep(2)
    }
  }

  assertReads(
    ranges: readonly etcd.RangeRequest[],
    txns: readonly etcd.TxnRequest[],
    leases: readonly etcd.LeaseTimeToLiveRequest[],
  ): void {
    const { scene, model } = this
    for (const range of ranges) {
      const real = scene.read(READ.range, etcd.RangeRequest.encodeBytes(range))
      assert.deepEqual(seen(real), seen(model.readRange(range)))
    }
    for (const txn of txns) {
      const real = scene.read(READ.txn, etcd.TxnRequest.encodeBytes(txn))
      assert.deepEqual(seen(real), seen(model.readTxn(txn)))
    }
    for (const lease of leases) {
      const real = scene.read(READ.leaseTimeToLive, etcd.LeaseTimeToLiveRequest.encodeBytes(lease))
      assert.deepEqual(seen(real), seen(model.readLease(lease)))
    }
    const listed = model.leaseIds.filter((id) => id > -(2n ** 62n))
    assert.deepEqual(new Set(scene.leases()), new Set(listed))
    const alarms = model.alarms(0).map(({ memberID, alarm }) => `${memberID} ${alarm}`)
    assert.deepEqual(scene.alarms(), alarms)
    assert.equal(scene.machine.keyCount, model.pairs(model.revision).length)
  }
}

const NOBODY = { session: 0, sequence: 0 }

const someCommands = fc.array(anyCommand, { maxLength: 40, size: 'max' })
const someReads = [
  fc.array(aRange, { maxLength: 6 }),
  fc.array(aReadTxn, { maxLength: 3 }),
  fc.array(aLeaseRead, { maxLength: 2 }),
] as const

describe('the machine', () => {
  for (const [name, options] of Object.entries(KINDS)) {
    test(`answers everything as the model does, ${name}`, () => {
      fc.assert(
        fc.property(someCommands, ...someReads, (commands, ...reads) => {
          const pair = new Pair(options())
          const half = commands.length >> 1
          pair.apply(commands.slice(0, half))
          pair.assertReads(...reads)
          pair.apply(commands.slice(half))
          pair.assertReads(...reads)
        }),
        { numRuns: 300 },
      )
    })
  }

  test('goes on from a checkpoint as if nothing had happened, with records dropped or not', () => {
    fc.assert(
      fc.property(
        someCommands,
        someCommands,
        fc.nat(20),
        ...someReads,
        (before, after, steps, ...reads) => {
          const pair = new Pair({ limits: LIMITS })
          pair.apply(before)
          for (let i = 0; i < steps; i++) pair.scene.machine.compactStep(1)
          const meta = pair.scene.machine.meta()
          const straight = pair.scene
          const restored = straight.restored({ limits: LIMITS, pace: HASTY, seed: 99 })
          assert.deepEqual(restored.machine.meta(), meta)
          pair.scene = restored
          pair.assertReads(...reads)
          pair.apply(after)
          pair.assertReads(...reads)
          for (const entry of pair.entries.slice(before.length)) straight.applyEntry(entry)
          assert.equal(restored.machine.hash(), straight.machine.hash())
          assert.deepEqual(restored.machine.meta(), straight.machine.meta())
          assert.deepEqual(restored.hashKv(), straight.hashKv())
          straight.giveBack()
          assert.deepEqual(restored.hashKv(), straight.hashKv())
          restored.giveBack()
          assert.deepEqual(restored.hashKv(), straight.hashKv())
          assert.deepEqual(restored.records.all(), straight.records.all())
        },
      ),
      { numRuns: 200 },
    )
  })
})
