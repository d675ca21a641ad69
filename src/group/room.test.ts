import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KvError } from '../base/index.ts'
import { Bench, type Member } from './testing/bench.ts'
import { compactCommand, putCommand } from './testing/content.ts'

const LIMITS = { checkpointEntries: 10, trailingEntries: 0, snapshotChunkBytes: 512 }

async function write(member: Member, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const outcome = await member.write(putCommand(`k${i % 5}`, `v${i}`))
    assert.equal(outcome.kind, 'applied')
  }
}

describe('a disk without room', () => {
  test('keeps the log as it is until a checkpoint fits', async () => {
    const bench = new Bench({ limits: LIMITS })
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 15)
      await bench.until(() => leader.count('checkpointed') > 0)
      let isFull = true
      leader.hooks.beforeCheckpoint = async () => {
        if (isFull) throw new KvError('DISK_FULL', 'no room')
      }
      const base = leader.running.raft.baseIndex
      await write(leader, 40)
      assert.ok(leader.count('checkpointPostponed') > 0)
      assert.equal(leader.running.raft.baseIndex, base)
      isFull = false
      await bench.until(() => leader.running.raft.baseIndex > base)
    })
  })

  test('is waited for by a snapshot that is installed', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const leader = await bench.start()
      const late = bench.members.find((member) => member !== leader)
      assert.ok(late !== undefined)
      await write(leader, 15)
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await write(leader, 40)
      let isFull = true
      late.hooks.beforePiece = async () => {
        if (isFull) throw new KvError('DISK_FULL', 'no room')
      }
      bench.carries = () => true
      await bench.until(() => late.count('snapshotPostponed') > 0)
      await write(leader, 3)
      isFull = false
      await bench.until(() => late.running.appliedIndex === leader.running.appliedIndex)
      assert.equal(late.running.machine.hash(), leader.running.machine.hash())
    })
  })
})

/** How long a member takes to go on when its engine has room again, of several times the mean. */
async function delayMs(bench: Bench, leader: Member, member: Member): Promise<number> {
  const rounds = 10
  let sumMs = 0
  for (let round = 0; round < rounds; round++) {
    const before = member.running.appliedIndex
    member.hooks.hasRoom = false
    leader.running.propose(putCommand('k', `${round}`), { settle: () => {} })
    await bench.until(() => member.running.raft.commit > before)
    assert.equal(member.running.appliedIndex, before)
    const fromMs = bench.world.nowMs
    member.hooks.hasRoom = true
    await bench.until(() => member.running.appliedIndex > before)
    sumMs += bench.world.nowMs - fromMs
  }
  return sumMs / rounds
}

test('an engine that has room again is heard of at once', async () => {
  const bench = new Bench()
  await bench.run(async () => {
    const leader = await bench.start()
    // The next tick would see it, too, but that is ten milliseconds away.
    assert.ok((await delayMs(bench, leader, leader)) < 3)
  })
})

describe('an engine that a snapshot put in place', () => {
  test('is waited for, and heard of when it fails, like the one before', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const leader = await bench.start()
      const late = bench.members.find((member) => member !== leader)
      assert.ok(late !== undefined)
      await write(leader, 15)
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await write(leader, 40)
      bench.carries = () => true
      await bench.until(() => late.count('snapshotInstalled') > 0)
      assert.ok((await delayMs(bench, leader, late)) < 3)
      const failure = new KvError('DISK_FAILED', 'gone')
      late.running.engine.onFatal?.(failure)
      assert.equal(late.fatal, failure)
      late.fatal = null
    })
  })
})

test('records that a compaction leaves to nobody are given back', async () => {
  const bench = new Bench({ limits: { compactKeysMax: 3 } })
  await bench.run(async () => {
    const leader = await bench.start()
    await write(leader, 60)
    assert.equal(leader.running.engine.stats().records, 60)
    await leader.write(compactCommand(leader.running.machine.revision))
    await bench.until(() => leader.running.engine.stats().records === 5)
  })
})

test('a compaction gives back more than comes anew meanwhile', async () => {
  const bench = new Bench({ limits: { compactKeysMax: 3 } })
  await bench.run(async () => {
    const leader = await bench.start()
    const { machine } = leader.running
    const budgets: number[] = []
    const compactStep = machine.compactStep.bind(machine)
    machine.compactStep = (budget) => {
      budgets.push(budget)
      return compactStep(budget)
    }
    await write(leader, 20)
    assert.deepEqual([...new Set(budgets)], [3])
    const together = Array.from({ length: 20 }, (_, i) => leader.write(putCommand('k', `v${i}`)))
    await Promise.all(together)
    assert.ok(Math.max(...budgets) > together.length, `${Math.max(...budgets)} in a turn`)
  })
})
