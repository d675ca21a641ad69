import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { QuorateError } from './errors.ts'
import { play, type Scene, UNANSWERED_MAX, type Verdict } from './testing/index.ts'

test('no more than so many operations are under way, and the others wait', async () => {
  await play({ nodes: 1, limits: { inFlightMax: 50 } }, async (scene) => {
    scene.node(1).script = () => ({ kind: 'answer', afterMs: 2 })
    await Promise.all(Array.from({ length: 1000 }, (_, at) => scene.db.get(`key ${at}`)))
    assert.equal(scene.node(1).waitingMost, 50)
  })
})

test('much that is asked for in one turn leaves before it ends, within its bounds', async () => {
  const limits = { earlyBytes: 500, inFlightMax: 30 }
  await play({ nodes: 1, limits }, async (scene) => {
    const node = scene.node(1)
    node.script = () => ({ kind: 'answer', afterMs: 2 })
    await scene.db.get('first')
    await Promise.all(Array.from({ length: 25 }, (_, at) => scene.db.get(`key ${at}`)))
    const batches = node.batches.slice(1)
    assert.ok(batches.length > 1 && Math.max(...batches) <= 12, `batches of ${batches}`)
    await Promise.all(Array.from({ length: 1000 }, (_, at) => scene.db.get(`key ${at}`)))
    assert.equal(node.waitingMost, 30)
  })
})

test('so many bytes are under way', async () => {
  const limits = { inFlightBytesMax: 100_000 }
  await play({ nodes: 1, limits }, async (scene) => {
    const value = 'x'.repeat(10_000)
    scene.node(1).script = () => ({ kind: 'answer', afterMs: 2 })
    await Promise.all(Array.from({ length: 100 }, (_, at) => scene.db.put(`key ${at}`, value)))
    assert.ok(scene.node(1).waitingMost <= 11, `${scene.node(1).waitingMost} at a time`)
    assert.equal(scene.store.values.size, 100)
  })
})

test('more than may wait is refused at once, before anything is sent', async () => {
  await play({ nodes: 1, limits: { waitingMax: 10 } }, async (scene) => {
    const calls = Array.from({ length: 12 }, (_, at) => scene.db.get(`key ${at}`))
    const ends = await Promise.allSettled(calls)
    const refused = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason)
    assert.equal(refused.length, 2)
    for (const reason of refused) {
      assert.ok(reason instanceof QuorateError)
      assert.deepEqual([reason.code, reason.retry], ['OVERLOADED', 'later'])
    }
    assert.equal(await scene.db.get('again'), null)
  })
})

test('the places of a session that wait never span more than it remembers', async () => {
  await play({ nodes: 1 }, async (scene) => {
    const node = scene.node(1)
    let stuck = true
    const waiting = new Map<number, Set<number>>()
    node.script = ({ operation, session, sequence }) => {
      if (operation?.kind !== 'increment') return { kind: 'answer' }
      const own = waiting.get(session) ?? new Set()
      waiting.set(session, own.add(sequence))
      const oldest = Math.min(...own)
      assert.ok(sequence - oldest < UNANSWERED_MAX, `${sequence} while ${oldest} waits`)
      // The first of all is answered last.
      if (stuck && session === 1 && sequence === 1) return { kind: 'ignore' }
      own.delete(sequence)
      return { kind: 'answer' }
    }
    const calls = Array.from({ length: 1000 }, () => scene.db.incr('a', 1, { timeoutMs: 60_000 }))
    await scene.pass(100)
    stuck = false
    await Promise.all(calls)
    assert.equal(scene.store.values.get('a'), '1000')
  })
})

/** What nodes do to a write, at random. */
function weather(scene: Scene, seed: number): () => Verdict {
  const chance = new SeededChance(seed, 'weather')
  const fates: readonly Verdict[] = [
    { kind: 'lose' },
    { kind: 'ignore' },
    { kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
    { kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME' },
    { kind: 'refuse', code: 'NO_LEADER', retry: 'LATER' },
    { kind: 'refuse', code: 'NOT_LEADER', retry: 'AT_LEADER' },
    { kind: 'answer', afterMs: chance.below(100) },
    { kind: 'end', status: 14, isCarriedOut: true },
  ]
  return () => {
    scene.leads(1 + chance.below(scene.nodes.length))
    return chance.happens(0.1) ? (fates[chance.below(fates.length)] as Verdict) : { kind: 'answer' }
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`increments are exact whatever breaks, seed ${seed}`, async () => {
    await play({ seed }, async (scene) => {
      const chance = new SeededChance(seed, 'nemesis')
      const verdict = weather(scene, seed)
      for (const node of scene.nodes) node.script = verdict
      const values: bigint[] = []
      const worker = async (): Promise<void> => {
        for (let at = 0; at < 60; at++) {
          values.push(await scene.db.incr('a', 1, { timeoutMs: 600_000 }))
        }
      }
      let isOver = false
      const workers = Promise.all(Array.from({ length: 20 }, worker)).then(() => {
        isOver = true
      })
      while (!isOver) {
        const victim = scene.node(1 + chance.below(scene.nodes.length))
        await scene.pass(chance.below(400))
        victim.kill()
        await scene.pass(chance.below(100))
        await victim.restart()
      }
      await workers
      assert.equal(scene.store.values.get('a'), '1200')
      assert.equal(new Set(values).size, 1200, 'every increment has an answer of its own')
    })
  })
}

test('the last one that may wait is given a session nevertheless', async () => {
  await play({ nodes: 1, limits: { waitingMax: 10 } }, async (scene) => {
    scene.node(1).script = ({ operation }) =>
      operation?.kind === 'range' ? { kind: 'answer', afterMs: 5000 } : { kind: 'answer' }
    const reads = Array.from({ length: 9 }, (_, at) => scene.db.get(`key ${at}`))
    assert.equal(await scene.db.incr('a', 1, { timeoutMs: 1000 }), 1n)
    await Promise.all(reads)
  })
})

test('writes with large answers hold up no others', async () => {
  await play({ nodes: 1 }, async (scene) => {
    scene.node(1).script = ({ operation }) =>
      operation?.kind === 'put' ? { kind: 'ignore' } : { kind: 'answer' }
    const heavy = Array.from({ length: 500 }, () =>
      assert.rejects(scene.db.put('a', '1', { previous: true, timeoutMs: 1000 })),
    )
    const values = await Promise.all(Array.from({ length: 300 }, () => scene.db.incr('b')))
    assert.equal(new Set(values).size, 300)
    await Promise.all(heavy)
  })
})

test('what never left while nobody could be asked is placed anew if it still waits', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.incr('a')
    scene.node(1).kill()
    await scene.pass(50)
    const given = assert.rejects(scene.db.incr('a', 1, { timeoutMs: 100 }))
    const kept = Array.from({ length: 50 }, () => scene.db.incr('a'))
    await scene.pass(500)
    await given
    await scene.node(1).restart()
    const values = await Promise.all(kept)
    assert.equal(new Set(values).size, 50)
    assert.equal(scene.store.values.get('a'), '51')
  })
})
