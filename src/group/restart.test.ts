import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBitcask, createMemory } from '../engine/index.ts'
import { Bench, type BenchOptions, type Member } from './testing/bench.ts'
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

describe('a checkpoint that bytes make due', () => {
  const limits = { checkpointEntries: 1000, checkpointLogBytes: 100 }

  async function checkpointsOf(engine: NonNullable<BenchOptions['engine']>): Promise<number> {
    const bench = new Bench({ limits, engine })
    const member = bench.member(1)
    await bench.run(async () => {
      await bench.start()
      await member.write(putCommand('large', 'v'.repeat(4000)))
      await bench.until(() => member.count('checkpointed') >= 1)
      await writeMany(member, 30)
      await bench.until(() => member.running.machine.keyCount === 30 + 1)
    })
    return member.count('checkpointed')
  }

  test('comes as often as the limit says where it adds only what is new', async () => {
    const count = await checkpointsOf(createBitcask)
    assert.ok(count > 5, `${count} checkpoints`)
  })

  test('waits until it is worth while where everything is written again', async () => {
    const count = await checkpointsOf(createMemory)
    assert.ok(count <= 2, `${count} checkpoints`)
  })
})
