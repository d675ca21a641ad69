import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench, type Member } from './testing/bench.ts'
import { compactCommand, putCommand } from './testing/content.ts'
import { TestWatcher } from './testing/watcher.ts'

async function write(member: Member, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) {
    const outcome = await member.write(putCommand(`k${i % 3}`, `v${i}`))
    assert.equal(outcome.kind, 'applied')
  }
}

/** What a watcher sees of writes `from` to `to`; the first write made revision 2. */
function expected(from: number, to: number, { previous = false } = {}): string[] {
  const seen: string[] = []
  for (let i = from; i <= to; i++) {
    seen.push(`k${i % 3}@${i + 1}=v${i}${previous && i > 3 ? `<v${i - 3}` : ''}`)
  }
  return seen
}

describe('a watch', () => {
  test('hears of everything as it happens, on every member', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      const watchers = bench.members.map(
        ({ running }) => new TestWatcher(running.watchHub, { from: 'k', end: 'l' }),
      )
      await write(leader, 1, 12)
      await bench.until(() => watchers.every(({ seen }) => seen.length === 12))
      for (const { seen } of watchers) assert.deepEqual(seen, expected(1, 12))
    })
  })

  test('is told after those who wait for an answer', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      const watcher = new TestWatcher(leader.running.watchHub, { from: 'k', end: 'l' })
      for (let i = 1; i <= 20; i++) {
        await write(leader, i, i)
        assert.deepEqual(watcher.seen, expected(1, i - 1))
        await bench.until(() => watcher.seen.length === i)
      }
    })
  })

  test('that begins in the past catches up from the engine, and then goes on', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 1, 20)
      let reads = 0
      leader.hooks.beforeHistory = async () => {
        reads += 1
        await bench.wait(20)
      }
      const wishes = { from: 'k', end: 'l', startRevision: 2 }
      const watcher = new TestWatcher(leader.running.watchHub, wishes)
      await write(leader, 21, 30)
      await bench.until(() => watcher.seen.length >= 30)
      assert.deepEqual(watcher.seen, expected(1, 30))
      assert.ok(reads > 0)
    })
  })

  test('is handed the values before, which are loaded for it', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      leader.hooks.forgets = true
      const wishes = { from: 'k', end: 'l', prevKv: true }
      const watcher = new TestWatcher(leader.running.watchHub, wishes)
      await write(leader, 1, 12)
      await bench.until(() => watcher.seen.length >= 12)
      assert.deepEqual(watcher.seen, expected(1, 12, { previous: true }))
      assert.ok(leader.hooks.loads > 0)
    })
  })

  test('loses nothing when a snapshot takes the place of the state', async () => {
    const limits = { checkpointEntries: 10, trailingEntries: 0, snapshotChunkBytes: 512 }
    const bench = new Bench({ members: 3, limits })
    await bench.run(async () => {
      const leader = await bench.start()
      const late = bench.members.find((member) => member !== leader)
      assert.ok(late !== undefined)
      const fast = new TestWatcher(late.running.watchHub, { from: 'k', end: 'l' })
      const slow = new TestWatcher(late.running.watchHub, { from: 'k', end: 'l' })
      await write(leader, 1, 5)
      await bench.until(() => fast.seen.length === 5 && slow.seen.length === 5)
      slow.isWritable = false
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await write(leader, 6, 50)
      await bench.until(() => leader.running.raft.baseIndex >= 30)
      bench.carries = () => true
      await bench.until(() => late.count('snapshotInstalled') > 0)
      await write(leader, 51, 55)
      await bench.until(() => fast.seen.length >= 55)
      slow.goOn()
      await bench.until(() => slow.seen.length >= 55)
      assert.deepEqual(fast.seen, expected(1, 55))
      assert.deepEqual(slow.seen, expected(1, 55))
    })
  })

  test('is told when the snapshot no longer has what it needs', async () => {
    const limits = { checkpointEntries: 10, trailingEntries: 0, snapshotChunkBytes: 512 }
    const bench = new Bench({ members: 3, limits })
    await bench.run(async () => {
      const leader = await bench.start()
      const late = bench.members.find((member) => member !== leader)
      assert.ok(late !== undefined)
      await write(leader, 1, 5)
      const watcher = new TestWatcher(late.running.watchHub, { from: 'k', end: 'l' })
      await bench.until(() => late.running.appliedIndex === leader.running.appliedIndex)
      bench.carries = ({ from, to }) => from !== late.id && to !== late.id
      await write(leader, 6, 40)
      await leader.write(compactCommand(35))
      await write(leader, 41, 60)
      bench.carries = () => true
      await bench.until(() => watcher.notices.some(({ kind }) => kind === 'compacted'))
      assert.equal(late.count('snapshotInstalled'), 1)
    })
  })
})
