import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bench, type Member } from './testing/bench.ts'
import { deleteCommand, putCommand, rangeOf } from './testing/content.ts'
import { Gate } from './testing/gate.ts'
import { TestWatcher } from './testing/watcher.ts'
import type { Outcome } from './types.ts'

/**
 * A promise of the engine is held up while the world changes: the group stops, or a snapshot takes
 * the place of the state. Whatever it brings afterwards must do no harm, and nobody may wait for
 * ever.
 */

const LIMITS = { checkpointEntries: 10, trailingEntries: 0, snapshotChunkBytes: 512 }

interface Moment {
  readonly name: string
  /** Closes the gate at that place. */
  readonly hold: (member: Member, gate: Gate) => void
  /** Brings the member there. */
  readonly bring: (scene: Scene) => void
}

class Scene {
  readonly bench: Bench
  readonly leader: Member
  readonly other: Member
  /** The one that is held up. */
  readonly held: Member
  readonly gate = new Gate()
  readonly outcomes: Outcome[] = []
  readonly reads: string[] = []
  asked = 0
  readsAsked = 0

  constructor(bench: Bench, leader: Member, held: Member) {
    this.bench = bench
    this.leader = leader
    this.held = held
    this.other = bench.members.find((m) => m !== leader && m !== held) ?? held
  }

  write(command: Uint8Array): void {
    this.asked += 1
    this.leader.running.propose(command, { settle: (outcome) => void this.outcomes.push(outcome) })
  }

  read(): void {
    this.readsAsked += 1
    this.held.running.read(rangeOf('k', 'l', { serializable: true }), {
      settleRead: ({ kind }) => void this.reads.push(kind),
    })
  }
}

async function writeMany(member: Member, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const outcome = await member.write(putCommand(`k${i % 40}`, `v${i}`.repeat(10)))
    assert.equal(outcome.kind, 'applied')
  }
}

/** Before the engine has done it, and when it has but nobody has heard of it. */
type Half = 'before' | 'after'

function momentsOf(half: Half): Moment[] {
  const holdLoad = ({ hooks }: Member, gate: Gate): void => {
    hooks.forgets = true
    hooks[`${half}Load`] = gate.pass
  }
  const moments: readonly Moment[] = [
    {
      name: 'an entry waits for its records',
      hold: holdLoad,
      bring: (scene) => scene.write(deleteCommand('k1', 'k2')),
    },
    {
      name: 'a read waits for its records',
      hold: holdLoad,
      bring: (scene) => scene.read(),
    },
    {
      name: 'a watch waits for the past',
      hold: ({ hooks }, gate) => {
        hooks[`${half}History`] = gate.pass
      },
      bring: ({ held }) => {
        new TestWatcher(held.running.watchHub, { from: 'k', end: 'l', startRevision: 3 })
      },
    },
    {
      name: 'a watch waits for the values before',
      hold: holdLoad,
      bring: (scene) => {
        const wishes = { from: 'k', end: 'l', prevKv: true }
        new TestWatcher(scene.held.running.watchHub, wishes)
        for (let i = 1; i < 4; i++) scene.write(putCommand(`k${i}`, 'w'))
      },
    },
    {
      name: 'a checkpoint is under way',
      hold: ({ hooks }, gate) => {
        hooks[`${half}Checkpoint`] = gate.pass
      },
      bring: (scene) => {
        for (let i = 0; i < 3; i++) scene.write(putCommand(`k${i}`, 'w'))
      },
    },
  ]
  return moments.map((moment) => ({ ...moment, name: `${moment.name} (${half} the engine)` }))
}

const MOMENTS = [...momentsOf('before'), ...momentsOf('after')]

async function set(bench: Bench, heldLeads: boolean): Promise<Scene> {
  const leader = await bench.start()
  await writeMany(leader, 60)
  const { running } = leader
  await bench.until(() =>
    bench.members.every((m) => m.running.appliedIndex >= running.appliedIndex),
  )
  const other = bench.members.find((member) => member !== leader)
  assert.ok(other !== undefined)
  return new Scene(bench, leader, heldLeads ? leader : other)
}

async function reach(scene: Scene, moment: Moment): Promise<void> {
  moment.hold(scene.held, scene.gate)
  moment.bring(scene)
  for (let i = 0; scene.gate.waiting === 0; i++) {
    assert.ok(i < 500, 'the moment comes')
    // More of the same, for what only happens now and then.
    if (i % 10 === 9) scene.write(putCommand('a', `${i}`))
    await scene.bench.wait(1)
  }
}

async function agree({ bench }: Scene): Promise<void> {
  for (const { hooks } of bench.members) hooks.forgets = false
  bench.carries = () => true
  const leader = await bench.elected()
  assert.equal((await leader.write(putCommand('z', 'last'))).kind, 'applied')
  const { running } = leader
  await bench.until(() =>
    bench.members.every((m) => m.group?.appliedIndex === running.appliedIndex),
  )
  const hashes = new Set(bench.members.map((m) => m.running.machine.hash()))
  assert.equal(hashes.size, 1)
}

describe('a group that stops', () => {
  for (const moment of MOMENTS) {
    for (const opensFirst of [true, false]) {
      const order = opensFirst ? 'which then comes' : 'which comes after the engine was closed'
      test(`while ${moment.name}, ${order}`, async () => {
        const bench = new Bench({ members: 3, limits: LIMITS })
        await bench.run(async () => {
          const scene = await set(bench, true)
          const { held, gate } = scene
          await reach(scene, moment)
          const stopped = held.stop()
          if (opensFirst) gate.open()
          await stopped
          gate.open()
          await bench.wait(5)
          assert.equal(scene.outcomes.length, scene.asked, 'each write has one outcome')
          assert.equal(scene.reads.length, scene.readsAsked, 'each read has one outcome')
          assert.ok(held.hooks.opened.every(({ isClosed }) => isClosed))
          await held.start()
          await agree(scene)
        })
      })
    }
  }

  test('while it writes a snapshot for a follower leaves no engine open', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const scene = await leftBehind(bench)
      const { leader, gate } = scene
      leader.hooks.beforeSnapshotPiece = gate.pass
      bench.carries = () => true
      await bench.until(() => gate.waiting > 0)
      const stopped = leader.stop()
      await bench.wait(10)
      gate.open()
      await stopped
      assert.ok(leader.hooks.opened.every(({ isClosed }) => isClosed))
      assert.ok(![...leader.disk.files().keys()].some((path) => path.endsWith('.tmp')))
      await leader.start()
      await agree(scene)
    })
  })

  for (const place of ['beforePiece', 'afterReplace'] as const) {
    test(`while a snapshot is installed (${place}) leaves no engine open`, async () => {
      const bench = new Bench({ members: 3, limits: LIMITS })
      await bench.run(async () => {
        const scene = await leftBehind(bench)
        const { held, gate } = scene
        held.hooks[place] = gate.pass
        bench.carries = () => true
        await bench.until(() => gate.waiting > 0)
        const stopped = held.stop()
        await bench.wait(10)
        gate.open()
        await stopped
        assert.ok(held.hooks.opened.every(({ isClosed }) => isClosed))
        await held.start()
        await agree(scene)
        assert.equal(held.running.raft.recovering, false)
      })
    })
  }
})

/** One member went without messages until the log of the leader had gone on. */
async function leftBehind(bench: Bench): Promise<Scene> {
  const scene = await set(bench, false)
  await cutOff(scene)
  return scene
}

async function cutOff({ bench, leader, held }: Scene): Promise<void> {
  bench.carries = ({ from, to }) => from !== held.id && to !== held.id
  const base = leader.running.raft.baseIndex
  for (let i = 0; i < 40; i++) {
    const outcome = await leader.write(putCommand(`k${i}`, `n${i}`))
    assert.equal(outcome.kind, 'applied')
  }
  await bench.until(() => leader.running.raft.baseIndex >= base + 20)
}

describe('a state that is replaced', () => {
  for (const moment of MOMENTS) {
    test(`while ${moment.name}`, async () => {
      const bench = new Bench({ members: 3, limits: LIMITS })
      await bench.run(async () => {
        const scene = await set(bench, false)
        const { held, gate } = scene
        await reach(scene, moment)
        await cutOff(scene)
        const before = held.count('snapshotInstalled')
        bench.carries = () => true
        await bench.until(() => held.count('snapshotInstalled') > before)
        gate.open()
        await agree(scene)
        await bench.until(() => scene.reads.length === scene.readsAsked)
        assert.ok(
          scene.reads.every((kind) => kind === 'done'),
          'a read begins anew',
        )
        assert.equal(scene.outcomes.length, scene.asked)
        const open = held.hooks.opened.filter(({ isClosed }) => !isClosed)
        assert.equal(open.length, 1)
      })
    })
  }

  test('does not take the records of the one before for those that it waits for', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const scene = await set(bench, false)
      const { held, gate, leader } = scene
      held.hooks.forgets = true
      held.hooks.afterLoad = gate.pass
      scene.write(deleteCommand('k1', 'k2'))
      await bench.until(() => gate.waiting > 0)
      await cutOff(scene)
      const before = held.count('snapshotInstalled')
      bench.carries = () => true
      await bench.until(() => held.count('snapshotInstalled') > before)
      // What was appended last stays in memory.
      await leader.write(putCommand('a', 'appended last'))
      await bench.until(() => held.running.appliedIndex === leader.running.appliedIndex)
      const second = new Gate()
      held.hooks.afterLoad = second.pass
      scene.write(deleteCommand('k3', 'k4'))
      await bench.until(() => second.waiting > 0)
      const { appliedIndex } = held.running
      gate.open()
      await bench.wait(50)
      assert.equal(held.running.appliedIndex, appliedIndex)
      assert.equal(second.waiting, 1, 'it has not asked again')
      second.open()
      await agree(scene)
    })
  })

  test('by a newer one while the first is put in comes to the newer', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const scene = await leftBehind(bench)
      const { held, gate, leader } = scene
      held.hooks.beforePiece = gate.pass
      bench.carries = () => true
      await bench.until(() => gate.waiting > 0)
      const first = held.running.raft.baseIndex
      await cutOff(scene)
      bench.carries = () => true
      await bench.until(() => held.running.raft.baseIndex > first)
      gate.open()
      await agree(scene)
      assert.equal(held.count('snapshotInstalled'), 1)
      assert.equal(leader.fatal, null)
    })
  })
})
