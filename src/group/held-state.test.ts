import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench, type Member } from './testing/bench.ts'
import { grantCommand, putCommand } from './testing/content.ts'

/** A few leases take many turns, in each of which an entry could be applied. */
const LIMITS = {
  checkpointEntries: 20,
  checkpointSliceBytes: 10,
  trailingEntries: 0,
  batchCommandsMax: 1,
  applyBytesMax: 1,
}

async function grantMany(member: Member, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const outcome = await member.write(grantCommand(BigInt(i), 1000))
    assert.equal(outcome.kind, 'applied')
  }
}

/** Many at once. */
async function putMany(member: Member, count: number): Promise<void> {
  const writes = Array.from({ length: count }, async (_, i) => {
    const outcome = await member.write(putCommand(`k${i % 7}`, `${i}`))
    assert.equal(outcome.kind, 'applied')
  })
  await Promise.all(writes)
}

describe('a state that takes several turns to be written', () => {
  test('comes into a checkpoint as it was, while writes wait their turn', async () => {
    const bench = new Bench({ limits: LIMITS })
    const member = bench.member(1)
    await bench.run(async () => {
      await bench.start()
      await grantMany(member, 15)
      for (let round = 1; round <= 5; round++) await putMany(member, 30)
      await bench.until(() => member.count('checkpointed') >= 3)
      assert.ok(member.count('checkpointSliced') >= 5 * member.count('checkpointed'))
      const { running } = member
      const hash = running.machine.hash()
      member.crash()
      await member.start()
      await bench.elected()
      await bench.until(() => member.running.machine.hash() === hash)
      assert.equal(member.running.machine.leaseCount, 15)
    })
  })

  test('comes to a follower as a snapshot', async () => {
    const bench = new Bench({ members: 3, limits: { ...LIMITS, snapshotChunkBytes: 300 } })
    await bench.run(async () => {
      const leader = await bench.start()
      const late = bench.members.find((member) => member !== leader) as Member
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await grantMany(leader, 30)
      await bench.until(() => leader.running.raft.baseIndex >= 20)
      bench.carries = () => true
      while (late.count('snapshotInstalled') === 0) await putMany(leader, 20)
      await bench.until(() => late.running.appliedIndex === leader.running.appliedIndex)
      assert.equal(late.running.machine.hash(), leader.running.machine.hash())
      assert.equal(late.running.machine.leaseCount, 30)
    })
  })
})
