import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bench, type Member } from './testing/bench.ts'
import { putCommand } from './testing/content.ts'
import type { GroupLimits, Outcome, Waiter } from './types.ts'

const WRITES = 40

interface Scene {
  readonly bench: Bench
  readonly leader: Member
  readonly followers: readonly Member[]
  /** Messages of the leader that tell nothing but what is committed, since it was elected. */
  words(): number
}

async function onScene(
  limits: Partial<GroupLimits>,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const bench = new Bench({ members: 3, limits })
  await bench.run(async () => {
    const leader = await bench.start()
    // Its own first entry is known to everybody.
    await bench.wait(100)
    let words = 0
    bench.carries = (message) => {
      if (message.kind === 'append' && message.entries.length === 0) words += 1
      return true
    }
    const followers = bench.members.filter((member) => member !== leader)
    await body({ bench, leader, followers, words: () => words })
  })
}

async function writeMany({ bench, leader }: Scene, pauseMs = 0): Promise<void> {
  for (let i = 0; i < WRITES; i++) {
    const { kind } = await leader.write(putCommand('k', `${i}`))
    assert.equal(kind, 'applied')
    if (pauseMs > 0) await bench.wait(pauseMs)
  }
}

function lag({ leader, followers }: Scene): number {
  const applied = followers.map(({ running }) => running.appliedIndex)
  return leader.running.appliedIndex - Math.min(...applied)
}

test('who writes again as soon as he is answered costs no message that only tells', () =>
  onScene({}, async (scene) => {
    await writeMany(scene)
    // The first one may not know yet what will follow.
    assert.ok(scene.words() <= 2, `${scene.words()} words for ${WRITES} writes`)
  }))

test('without that, each write costs one for each follower', () =>
  onScene({ commitWordMs: 0 }, async (scene) => {
    await writeMany(scene)
    assert.ok(scene.words() >= 2 * (WRITES - 1), `${scene.words()} words for ${WRITES} writes`)
  }))

test('after the last of his writes the others hear of it within two such times', () =>
  onScene({ commitWordMs: 4 }, async (scene) => {
    await writeMany(scene)
    assert.ok(lag(scene) > 0, 'the word was held')
    await scene.bench.wait(9)
    assert.equal(lag(scene), 0)
  }))

test('who writes now and then is heard of at once', () =>
  onScene({ commitWordMs: 10 }, async (scene) => {
    await scene.leader.write(putCommand('k', 'first'))
    await scene.bench.wait(50)
    for (let i = 0; i < 5; i++) {
      await scene.leader.write(putCommand('k', `${i}`))
      await scene.bench.wait(1)
      assert.equal(lag(scene), 0)
      await scene.bench.wait(50)
    }
  }))

test('a node that answers for itself is told at once, whoever else writes', () =>
  onScene({ commitWordMs: 50 }, async (scene) => {
    await writeMany(scene)
    const { leader, bench } = scene
    const outcome = await new Promise<Outcome>((settle) => {
      const waiter: Waiter = { settle, isElsewhere: true }
      leader.running.propose(putCommand('k', 'forwarded'), waiter)
    })
    assert.equal(outcome.kind, 'applied')
    await bench.wait(1)
    assert.equal(lag(scene), 0)
  }))
