import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench } from './testing/bench.ts'
import { deleteCommand, putCommand } from './testing/content.ts'
import type { Outcome } from './types.ts'

describe('applying', () => {
  test('waits for records that are only on disk, and answers with them', async () => {
    const bench = new Bench({ members: 3 })
    for (const { hooks } of bench.members) hooks.forgets = true
    await bench.run(async () => {
      const leader = await bench.start()
      for (let i = 0; i < 5; i++) await leader.write(putCommand(`k${i}`, `value ${i}`))
      const [deleted, after] = await Promise.all([
        leader.write(deleteCommand('k', 'l')),
        leader.write(putCommand('z', 'behind it')),
      ])
      assert.ok(deleted?.kind === 'applied' && deleted.result.kind === 'done')
      assert.ok(deleted.result.body.length > 5 * 10, 'the answer has all values in it')
      assert.equal(after?.kind, 'applied')
      assert.ok(leader.count('applyPausedForRecords') > 0 && leader.hooks.loads > 0)
      const { appliedIndex } = leader.running
      await bench.until(() => bench.members.every((m) => m.running.appliedIndex === appliedIndex))
      const hashes = new Set(bench.members.map((m) => m.running.machine.hash()))
      assert.equal(hashes.size, 1)
    })
  })

  test('takes turns with everything else when there is much', async () => {
    const bench = new Bench({ limits: { applyBytesMax: 100 } })
    await bench.run(async () => {
      const leader = await bench.start()
      const all = Array.from({ length: 50 }, (_, i) => putCommand(`k${i}`, 'x'.repeat(200)))
      const outcomes = await Promise.all(all.map((command) => leader.write(command)))
      assert.ok(outcomes.every(({ kind }) => kind === 'applied'))
      const small = [leader.write(putCommand('a', '1')), leader.write(putCommand('b', '2'))]
      await Promise.all(small)
      assert.ok(leader.count('applySliced') > 0)
    })
  })

  test('pauses while the engine has no room, and goes on when it has', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      const before = leader.running.appliedIndex
      leader.hooks.hasRoom = false
      let outcome: Outcome | null = null
      void leader.write(putCommand('k', 'v')).then((settled) => {
        outcome = settled
      })
      await bench.until(() => leader.running.raft.commit > before)
      await bench.wait(500)
      assert.equal(outcome, null)
      assert.equal(leader.running.appliedIndex, before)
      assert.ok(leader.count('applyPausedForRoom') > 0)
      leader.hooks.hasRoom = true
      await bench.until(() => outcome !== null)
      assert.equal(outcome?.['kind'], 'applied')
    })
  })

  test('a leader that does not keep up refuses more, with its memory bounded', async () => {
    const bench = new Bench({ limits: { unappliedCommandsMax: 10 } })
    await bench.run(async () => {
      const leader = await bench.start()
      leader.hooks.hasRoom = false
      const outcomes: Outcome[] = []
      for (let i = 0; i < 30; i++) {
        void leader.write(putCommand(`k${i}`, 'v')).then((outcome) => outcomes.push(outcome))
        await bench.wait(5)
      }
      assert.equal(outcomes.length, 20)
      for (const outcome of outcomes) {
        assert.deepEqual(outcome, { kind: 'refused', code: 'OVERLOADED' })
      }
      leader.hooks.hasRoom = true
      await bench.until(() => outcomes.length === 30)
      assert.equal(outcomes.filter(({ kind }) => kind === 'applied').length, 10)
      assert.equal((await leader.write(putCommand('k', 'again'))).kind, 'applied')
    })
  })

  test('a follower that is slower holds nobody up, and comes to the same state', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      const slow = bench.members.find((member) => member !== leader)
      assert.ok(slow !== undefined)
      slow.hooks.hasRoom = false
      for (let i = 0; i < 40; i++) await leader.write(putCommand(`k${i % 7}`, `v${i}`))
      assert.ok(slow.running.appliedIndex + 30 < leader.running.appliedIndex)
      slow.hooks.hasRoom = true
      await bench.until(() => slow.running.appliedIndex === leader.running.appliedIndex)
      assert.equal(slow.running.machine.hash(), leader.running.machine.hash())
    })
  })

  test('a checkpoint waits for the own log, and applying waits for the checkpoint', async () => {
    const bench = new Bench({ members: 3, limits: { checkpointEntries: 5, trailingEntries: 0 } })
    await bench.run(async () => {
      const leader = await bench.start()
      const ahead: number[] = []
      for (const { hooks, running } of bench.members) {
        hooks.beforeCheckpoint = async ({ appliedIndex }) => {
          ahead.push(appliedIndex - running.raft.durableIndex)
        }
      }
      await leader.write(putCommand('k', 'v'))
      const durable = leader.running.raft.durableIndex
      const count = leader.count('checkpointed')
      // Nothing reaches the leader's own disk; the others are a majority without it.
      leader.disk.hold('write')
      leader.disk.hold('sync')
      const outcomes: Outcome[] = []
      for (let i = 0; i < 30; i++) {
        void leader.write(putCommand(`k${i}`, 'v')).then((outcome) => outcomes.push(outcome))
        await bench.wait(3)
      }
      await bench.until(() => leader.count('applyPausedForLog') > 0)
      assert.ok(leader.running.appliedIndex <= durable + 6)
      assert.equal(leader.count('checkpointed'), count)
      leader.disk.release('write')
      leader.disk.release('sync')
      await bench.until(() => outcomes.length === 30)
      await bench.until(() => leader.count('checkpointed') > count)
      assert.ok(outcomes.every(({ kind }) => kind === 'applied'))
      assert.ok(ahead.length > 3 && ahead.every((entries) => entries <= 0))
    })
  })
})
