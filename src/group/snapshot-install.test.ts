import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBitcask, createMemory } from '../engine/index.ts'
import { Bench, type EngineOn, type Member } from './testing/bench.ts'
import { putCommand, rangeOf } from './testing/content.ts'

const LIMITS = { checkpointEntries: 20, trailingEntries: 0, snapshotChunkBytes: 512 }

async function writeMany(member: Member, count: number, name: string): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const outcome = await member.write(putCommand(`${name} ${i}`, `value ${i}`.repeat(20)))
    assert.equal(outcome.kind, 'applied')
  }
}

/** Two members went on without the third, which the log of the leader does not reach any more. */
async function leftBehind(bench: Bench): Promise<{ leader: Member; late: Member }> {
  const leader = await bench.start()
  const late = bench.members.find((member) => member !== leader) as Member
  await writeMany(leader, 3, 'before')
  bench.carries = ({ from, to }) => from !== late.id && to !== late.id
  await writeMany(leader, 60, 'without')
  await bench.until(() => leader.running.raft.baseIndex >= 40)
  return { leader, late }
}

async function agree(bench: Bench, leader: Member, late: Member): Promise<void> {
  await bench.until(() => late.group?.appliedIndex === leader.running.appliedIndex)
  assert.equal(late.running.machine.hash(), leader.running.machine.hash())
}

describe('a follower that the log does not reach', () => {
  for (const [name, engine] of Object.entries({ memory: createMemory, bitcask: createBitcask })) {
    test(`gets a snapshot while writes go on, and then the rest of the log (${name})`, async () => {
      await installWhileWriting(new Bench({ members: 3, limits: LIMITS, engine }))
    })
  }

  for (const [name, engine] of Object.entries({ memory: createMemory, bitcask: createBitcask })) {
    test(`comes to the same state when it dies at any step of installing (${name})`, async () => {
      const operations = await dieWhileInstalling(Number.POSITIVE_INFINITY, engine)
      assert.ok(operations > 40, `${operations} operations of the disk`)
      for (let at = 1; at <= operations; at += 5) await dieWhileInstalling(at, engine)
    })
  }

  test('comes to the same state when the leader dies while it sends', async () => {
    for (const mark of ['snapshotWritten', 'checkpointed', 'logCut', 'snapshotSent'] as const) {
      const bench = new Bench({ members: 3, limits: LIMITS })
      await bench.run(async () => {
        const { leader, late } = await leftBehind(bench)
        let isDown = false
        leader.onMark = (reached) => {
          if (isDown || reached !== mark) return
          isDown = true
          leader.crash()
        }
        bench.carries = () => true
        for (let i = 0; i < 30 && !isDown; i++) {
          const written = leader.write(putCommand(`more ${i}`, 'x'))
          await Promise.race([written, bench.until(() => isDown)])
        }
        await bench.until(() => isDown)
        const next = await bench.elected()
        await leader.start()
        await writeMany(next, 30, 'after')
        await agree(bench, next, late)
        await agree(bench, next, leader)
      })
    }
  })

  test('finds the file again when it died before its engine had it', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const { leader, late } = await leftBehind(bench)
      let isDown = false
      late.hooks.beforePiece = async () => {
        isDown = true
        late.crash()
      }
      bench.carries = () => true
      await bench.until(() => isDown)
      late.hooks.beforePiece = async () => {}
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await late.start()
      assert.ok(late.running.appliedIndex >= 40, 'from its own disk')
      assert.equal(late.running.raft.recovering, false)
      bench.carries = () => true
      await agree(bench, leader, late)
      const names = [...late.disk.files().keys()]
      assert.ok(!names.some((path) => path.endsWith('.snap')), 'nobody needs it any more')
    })
  })
})

/** Dies at that operation of the disk; returns how many there were until it was installed. */
async function dieWhileInstalling(at: number, engine: EngineOn): Promise<number> {
  const bench = new Bench({ members: 3, limits: LIMITS, seed: 5, engine })
  let operations = 0
  await bench.run(async () => {
    const { leader, late } = await leftBehind(bench)
    const first = late.disk.operations
    let isDown = false
    late.disk.onOperation = ({ number }) => {
      if (isDown || number < first + at) return
      isDown = true
      late.crash()
    }
    bench.carries = () => true
    await bench.until(() => isDown || late.count('snapshotInstalled') > 0)
    operations = late.disk.operations - first
    late.disk.onOperation = null
    if (isDown) await late.start()
    await writeMany(leader, 3, 'after')
    await agree(bench, leader, late)
    assert.equal(late.running.raft.recovering, false)
  })
  return operations
}

/** The copy takes as long as many writes do. */
async function installWhileWriting(bench: Bench): Promise<void> {
  await bench.run(async () => {
    const { leader, late } = await leftBehind(bench)
    assert.equal(leader.count('snapshotWritten'), 0, 'nobody has asked for one')
    bench.carries = () => true
    // The copy takes as long as many writes do.
    let copied = 0
    leader.hooks.beforeSnapshotPiece = async () => {
      copied += 1
      await bench.wait(100)
    }
    const taken = leader.count('checkpointed')
    await writeMany(leader, 70, 'meanwhile')
    await bench.until(() => late.count('snapshotInstalled') > 0)
    await agree(bench, leader, late)
    assert.ok(copied > 0 && leader.count('checkpointed') >= taken + 2)
    // The log was kept behind the one that was sent, or it would have needed another.
    assert.equal(late.count('snapshotInstalled'), 1)
    assert.equal(leader.count('snapshotWritten'), 1)
    const { outcome } = await late.read(rangeOf('without 7'))
    assert.equal(outcome.kind, 'done')
  })
}
