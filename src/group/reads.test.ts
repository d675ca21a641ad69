import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { Bench, type Member } from './testing/bench.ts'
import { compactCommand, putCommand, rangeOf } from './testing/content.ts'
import type { ReadOutcome, ReadWaiter } from './types.ts'

async function fill(member: Member, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `k${String(i).padStart(3, '0')}`)
  await Promise.all(names.map((name) => member.write(putCommand(name, `of ${name}`.repeat(10)))))
}

function keysIn(body: Uint8Array): string[] {
  const { kvs } = etcd.RangeResponse.decodeBytes(body)
  return kvs.map(({ key }) => new TextDecoder().decode(key))
}

/** Fetches a piece only when it is told to. */
class SlowReader implements ReadWaiter {
  readonly outcomes: ReadOutcome[] = []
  readonly keys: string[] = []
  isGone = false

  settleRead(outcome: ReadOutcome): void {
    this.outcomes.push(outcome)
    if (outcome.kind === 'piece') this.keys.push(...keysIn(outcome.body))
    if (outcome.kind === 'done') this.keys.push(...keysIn(outcome.result.body))
  }

  get last(): ReadOutcome | undefined {
    return this.outcomes[this.outcomes.length - 1]
  }

  next(): void {
    assert.ok(this.last?.kind === 'piece')
    this.last.next()
  }
}

describe('a read', () => {
  test('on a follower sees what was complete before it was asked', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      for (let i = 1; i <= 5; i++) {
        await leader.write(putCommand('k', `${i}`))
        for (const member of bench.members) {
          const { outcome } = await member.read(rangeOf('k'))
          assert.ok(outcome.kind === 'done')
          const [found] = etcd.RangeResponse.decodeBytes(outcome.result.body).kvs
          assert.equal(new TextDecoder().decode(found?.value), `${i}`)
        }
      }
    })
  })

  test('that is serializable needs nobody else, and a linearizable one does', async () => {
    const bench = new Bench({ members: 3 })
    await bench.run(async () => {
      const leader = await bench.start()
      await leader.write(putCommand('k', 'v'))
      bench.carries = () => false
      const { outcome } = await leader.read(rangeOf('k', '', { serializable: true }))
      assert.equal(outcome.kind, 'done')
      const refused = await leader.read(rangeOf('k'))
      assert.ok(refused.outcome.kind === 'refused')
      assert.ok(['NO_LEADER', 'LEADERSHIP_LOST'].includes(refused.outcome.code))
    })
  })

  test('goes on where it was when its records had to be loaded', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      leader.hooks.forgets = true
      await fill(leader, 40)
      const { outcome } = await leader.read(rangeOf('k', 'l'))
      assert.ok(outcome.kind === 'done')
      assert.equal(keysIn(outcome.result.body).length, 40)
      assert.ok(leader.hooks.loads > 0 && leader.count('readPaused') > 0)
    })
  })

  test('hands out pieces as they are fetched, of one revision, while writes go on', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      await fill(leader, 60)
      const { revision } = leader.running.machine
      const reader = new SlowReader()
      leader.running.read(rangeOf('k', 'l', { pieceBytes: 500 }), reader)
      for (let count = 1; ; count++) {
        await bench.until(() => reader.outcomes.length === count)
        const { last } = reader
        if (last?.kind !== 'piece') break
        await leader.write(putCommand(`k${count}x`, 'new'))
        reader.next()
        reader.next()
      }
      assert.ok(reader.last?.kind === 'done')
      assert.equal(reader.last.result.revision, revision)
      assert.ok(
        reader.keys.every((key) => key.length === 4),
        'nothing that came later',
      )
      assert.equal(new Set(reader.keys).size, 60)
      assert.equal(reader.keys.length, 60)
      assert.ok(reader.outcomes.length > 5)
    })
  })

  test('that is overtaken by a compaction is told so', async () => {
    const bench = new Bench()
    await bench.run(async () => {
      const leader = await bench.start()
      await fill(leader, 40)
      const reader = new SlowReader()
      leader.running.read(rangeOf('k', 'l', { pieceBytes: 500 }), reader)
      await bench.until(() => reader.last?.kind === 'piece')
      await fill(leader, 40)
      await leader.write(compactCommand(leader.running.machine.revision))
      reader.next()
      await bench.until(() => reader.last?.kind !== 'piece')
      assert.ok(reader.last?.kind === 'refused')
      assert.equal(reader.last.code, 'COMPACTED')
    })
  })

  test('is refused when too many have begun; those who leave make room', async () => {
    const bench = new Bench({ limits: { readsPausedMax: 2 } })
    await bench.run(async () => {
      const leader = await bench.start()
      await fill(leader, 40)
      const readers = [new SlowReader(), new SlowReader(), new SlowReader()]
      const request = rangeOf('k', 'l', { pieceBytes: 500 })
      for (const reader of readers) leader.running.read(request, reader)
      await bench.until(() => readers.every(({ outcomes }) => outcomes.length === 1))
      const kinds = readers.map(({ last }) => (last?.kind === 'refused' ? last.code : last?.kind))
      assert.deepEqual(kinds, ['piece', 'piece', 'OVERLOADED'])
      const [gone] = readers
      if (gone !== undefined) gone.isGone = true
      await bench.wait(50)
      const late = new SlowReader()
      leader.running.read(request, late)
      await bench.until(() => late.outcomes.length === 1)
      assert.equal(late.last?.kind, 'piece')
    })
  })

  test('loads for a bounded number at a time, and serves all of them', async () => {
    const bench = new Bench({ limits: { readLoadsMax: 3 } })
    await bench.run(async () => {
      const leader = await bench.start()
      leader.hooks.forgets = true
      await fill(leader, 20)
      let under = 0
      let most = 0
      leader.hooks.beforeLoad = async () => {
        under += 1
        most = Math.max(most, under)
        await bench.wait(5)
        under -= 1
      }
      const reads = Array.from({ length: 12 }, () => leader.read(rangeOf('k', 'l')))
      const done = await Promise.all(reads)
      assert.ok(done.every(({ outcome }) => outcome.kind === 'done'))
      assert.equal(most, 3)
    })
  })

  test('waits when too many do, refuses beyond, and ends with the group', async () => {
    const bench = new Bench({ members: 3, limits: { readsWaitingMax: 4 } })
    await bench.run(async () => {
      const leader = await bench.start()
      bench.carries = () => false
      const outcomes: ReadOutcome[] = []
      const waiter = { settleRead: (outcome: ReadOutcome) => void outcomes.push(outcome) }
      for (let i = 0; i < 6; i++) leader.running.read(rangeOf('k'), waiter)
      assert.equal(outcomes.length, 2)
      leader.running.stop()
      const codes = outcomes.map((each) => (each.kind === 'refused' ? each.code : each.kind))
      assert.deepEqual(codes.sort(), [...Array(2).fill('OVERLOADED'), ...Array(4).fill('STOPPED')])
      leader.running.read(rangeOf('k', '', { serializable: true }), waiter)
      assert.equal(outcomes.length, 7)
    })
  })
})
