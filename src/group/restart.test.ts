import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench, type Member } from './testing/bench.ts'
import { putCommand } from './testing/content.ts'

const LIMITS = { checkpointEntries: 20, trailingEntries: 5 }

async function writeMany(member: Member, count: number, from = 1): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const outcome = await member.write(putCommand(`key ${i % 30}`, `value ${i}`))
    assert.equal(outcome.kind, 'applied')
  }
}

describe('a replica that starts again', () => {
  test('replays only what came after its last checkpoint', async () => {
    const bench = new Bench({ limits: LIMITS })
    const member = bench.member(1)
    await bench.run(async () => {
      await bench.start()
      await writeMany(member, 90)
      await bench.until(() => member.count('checkpointed') >= 4)
      const { appliedIndex } = member.running
      const hash = member.running.machine.hash()
      const held = member.running.engine.durable?.appliedIndex ?? 0
      assert.ok(held >= 80 && held < appliedIndex)
      member.crash()
      await member.start()
      await bench.elected()
      await bench.until(() => member.running.appliedIndex > appliedIndex)
      assert.equal(member.applied[0], held + 1)
      assert.equal(member.running.machine.hash(), hash)
      assert.ok((member.recovered?.snapshot?.index ?? 0) > 60, 'the log was cut')
    })
  })

  test('loses nothing at whatever operation of its disk it dies', async () => {
    const operations = await dieWhileWriting(Number.POSITIVE_INFINITY)
    assert.ok(operations > 100)
    for (let at = 1; at < operations; at += 5) await dieWhileWriting(at)
  })
})

/** Dies at that operation of the disk; returns how many there were. */
async function dieWhileWriting(at: number): Promise<number> {
  const bench = new Bench({ limits: LIMITS, seed: 11 })
  const member = bench.member(1)
  let operations = 0
  await bench.run(async () => {
    let isDown = false
    await bench.start()
    const first = member.disk.operations
    member.disk.onOperation = ({ number }) => {
      if (isDown || number < first + at) return
      isDown = true
      member.crash()
    }
    let acknowledged = 0
    for (let i = 1; i <= 70 && !isDown; i++) {
      const written = member.write(putCommand('k', `${i}`)).then((outcome) => {
        assert.equal(outcome.kind, 'applied')
        acknowledged = i
      })
      await Promise.race([written, bench.until(() => isDown)])
    }
    operations = member.disk.operations - first
    member.disk.onOperation = null
    if (!isDown) return
    await member.start()
    await bench.elected()
    assert.ok(member.running.machine.revision >= acknowledged + 1)
  })
  return operations
}
