import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench } from './testing/bench.ts'
import { grantCommand, putCommand } from './testing/content.ts'

describe('cluster time', () => {
  test('never goes back and never runs ahead through changes of leaders', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      await bench.start()
      const startedMs = bench.world.nowMs
      const zeroMs = (await bench.elected()).running.clockMs()
      let latestMs = zeroMs
      for (let round = 0; round < 6; round++) {
        const leader = await bench.elected()
        for (let i = 0; i < 5; i++) {
          const outcome = await leader.write(putCommand('k', `${i}`))
          assert.equal(outcome.kind, 'applied')
          const { clockMs } = leader.running.machine
          assert.ok(clockMs >= latestMs, 'it goes on')
          assert.ok(clockMs - zeroMs <= bench.world.nowMs - startedMs + 1, 'it is never early')
          latestMs = clockMs
          await bench.wait(70)
        }
        leader.crash()
        await bench.wait(300)
        await leader.start()
      }
      assert.ok(latestMs - zeroMs > 1500, 'and it does go on')
    })
  })

  test('stands still where nobody leads', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      await leader.write(putCommand('k', 'v'))
      const other = bench.members.find((member) => member !== leader)
      assert.ok(other !== undefined)
      await bench.until(() => other.running.appliedIndex === leader.running.appliedIndex)
      const before = other.running.clockMs()
      await bench.wait(500)
      assert.equal(other.running.clockMs(), before)
      assert.equal(other.running.isTimeKnown, false)
      assert.ok(leader.running.clockMs() >= before + 500)
    })
  })

  test('is told now and then while there are leases and nothing else is written', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      await leader.write(putCommand('k', 'v'))
      await bench.wait(10_000)
      assert.equal(leader.count('stamped'), 0, 'without leases nobody needs to know')
      await leader.write(grantCommand(7n, 60))
      const other = bench.members.find((member) => member !== leader)
      assert.ok(other !== undefined)
      await bench.wait(10_000)
      const stamped = leader.count('stamped')
      assert.ok(stamped >= 4 && stamped <= 5, `${stamped} stamps in 10 seconds`)
      assert.ok(leader.running.clockMs() - other.running.clockMs() < 2100)
      assert.equal(other.running.machine.hash(), leader.running.machine.hash())
    })
  })

  test('is not told before a new leader knows what was told before it', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      for (const other of bench.members) if (other !== leader) other.hooks.hasRoom = false
      await leader.write(putCommand('k', '1'))
      await bench.wait(3000)
      await leader.write(putCommand('k', '2'))
      const { clockMs } = leader.running.machine
      leader.crash()
      await bench.until(() => bench.leader !== null && bench.leader !== leader)
      const next = bench.leader
      assert.ok(next !== null)
      assert.ok(next.running.machine.clockMs + 2000 < clockMs, 'it has not applied the last stamp')
      let isDone = false
      const written = next.write(putCommand('k', '3')).then((outcome) => {
        isDone = true
        return outcome
      })
      await bench.wait(500)
      assert.equal(isDone, false)
      assert.equal(next.running.isTimeKnown, false)
      for (const { hooks } of bench.members) hooks.hasRoom = true
      assert.equal((await written).kind, 'applied')
      assert.ok(next.running.machine.clockMs >= clockMs)
    })
  })
})
