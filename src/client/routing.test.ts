import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QuorateError } from './errors.ts'
import { play, type Scene, type ScriptedNode } from './testing/index.ts'

/** Asks until it is this node that is asked. */
async function untilAsked(scene: Scene, number: number): Promise<void> {
  const node = scene.node(number)
  const before = node.asked.length
  for (let attempt = 0; node.asked.length === before; attempt++) {
    assert.ok(attempt < 100, `node ${number} is never asked`)
    await scene.db.get('who')
    await scene.pass(20)
  }
}

test('what is asked for within one turn leaves in one message', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.get('first')
    const before = scene.node(1).batches.length
    await Promise.all(Array.from({ length: 200 }, (_, at) => scene.db.get(`key ${at}`)))
    assert.deepEqual(scene.node(1).batches.slice(before), [200])
  })
})

test('operations go to the node that leads, and follow it', async () => {
  await play({}, async (scene) => {
    for (const leader of [2, 3, 1]) {
      scene.leads(leader)
      await untilAsked(scene, leader)
      await scene.pass(200)
      const before = scene.nodes.map(({ asked }) => asked.length)
      await Promise.all([scene.db.put('a', '1'), scene.db.incr('b'), scene.db.get('c')])
      const others = scene.nodes.filter(({ id }) => id !== BigInt(leader))
      for (const { id, asked } of others) {
        assert.equal(asked.length, before[Number(id) - 1], `node ${id} is left alone`)
      }
    }
  })
})

test('one endpoint is enough to find the others', async () => {
  await play({ given: [1] }, async (scene) => {
    scene.leads(3)
    await untilAsked(scene, 3)
    scene.node(1).kill()
    scene.node(3).kill()
    scene.leads(2)
    assert.equal(await scene.db.incr('a'), 1n)
    assert.ok(scene.node(2).kinds.includes('increment'))
  })
})

test('without discovery only the given endpoints are used', async () => {
  await play({ given: [1], discovers: false }, async (scene) => {
    scene.leads(3)
    for (let at = 0; at < 20; at++) await scene.db.incr('a')
    await scene.pass(5000)
    await scene.db.get('a')
    assert.deepEqual(
      scene.nodes.map(({ connections }) => connections),
      [1, 0, 0],
    )
  })
})

test('without discovery the leader is found among the given endpoints', async () => {
  await play({ discovers: false }, async (scene) => {
    scene.leads(2)
    await untilAsked(scene, 2)
  })
})

test('a leader that is told of and cannot be reached does not stop anything', async () => {
  await play({}, async (scene) => {
    await scene.db.get('a')
    scene.node(2).kill()
    scene.leads(2)
    for (let at = 0; at < 50; at++) {
      await scene.db.incr('counter')
      await scene.pass(10)
    }
    assert.equal(scene.store.values.get('counter'), '50')
    // It is found as soon as it is back.
    await scene.node(2).restart()
    await untilAsked(scene, 2)
  })
})

test('nodes that do not agree about the leader do not send the client to and fro', async () => {
  await play({ nodes: 2 }, async (scene) => {
    const [one, two] = [scene.node(1), scene.node(2)]
    one.leader = 2n
    two.leader = 1n
    let moves = 0
    let last = one
    for (const node of [one, two]) {
      node.script = () => {
        if (node !== last) moves += 1
        last = node
        return { kind: 'answer' }
      }
    }
    const startMs = scene.clock.monotonicMs()
    for (let at = 0; at < 500; at++) await scene.db.get('a')
    const elapsedMs = scene.clock.monotonicMs() - startMs
    assert.ok(moves <= 2 + elapsedMs / 100, `${moves} moves in ${elapsedMs} ms`)
  })
})

test('an endpoint where nobody answers holds nothing up for long', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    await play({ seed }, async (scene) => {
      for (const host of ['10.0.0.1', '10.0.0.2']) {
        scene.network.cut({ from: '10.0.1.1', to: host }, { from: host, to: '10.0.1.1' })
      }
      const startMs = scene.clock.monotonicMs()
      await scene.core.connect(5000)
      assert.ok(scene.clock.monotonicMs() - startMs < 600)
      scene.network.heal()
    })
  }
})

test('connecting fails soon where nobody listens, and says who was asked', async () => {
  await play({}, async (scene) => {
    for (const node of scene.nodes) node.kill()
    const startMs = scene.clock.monotonicMs()
    await assert.rejects(scene.core.connect(10_000), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'UNREACHABLE')
      assert.match(error.message, /10\.0\.0\.1:2379 \(refused\).*10\.0\.0\.3:2379/)
      return true
    })
    assert.ok(scene.clock.monotonicMs() - startMs < 1000)
  })
})

/** All connections anew, to nodes that offer this. */
async function restartOffering(scene: Scene, offers: ScriptedNode['offers']): Promise<void> {
  for (const node of scene.nodes) {
    node.kill()
    node.offers = offers
    await node.restart()
  }
}

test('connecting fails at once where something else answers, and says so', async () => {
  await play({}, async (scene) => {
    await restartOffering(scene, 'nothing')
    const startMs = scene.clock.monotonicMs()
    await assert.rejects(scene.core.connect(10_000), (error: unknown) => {
      assert.ok(error instanceof QuorateError && error.code === 'UNREACHABLE')
      assert.match(error.message, /10\.0\.0\.3:2379 \(what answers .* the port for other nodes/)
      return true
    })
    assert.ok(scene.clock.monotonicMs() - startMs < 1000)
  })
})

test('an endpoint where something else answers is left for the others, for a while', async () => {
  await play({ discovers: false }, async (scene) => {
    const wrong = scene.node(2)
    wrong.kill()
    wrong.offers = 'nothing'
    await wrong.restart()
    await scene.core.connect(1000)
    for (let at = 0; at < 20; at++) await scene.db.incr('a')
    scene.leads(2)
    for (const number of [1, 3]) scene.node(number).kill()
    await scene.pass(100)
    await assert.rejects(scene.db.get('a', { timeoutMs: 500 }), /the port for other nodes/)
    assert.ok(wrong.connections <= 2, `${wrong.connections} connections`)
    wrong.kill()
    wrong.offers = 'everything'
    await wrong.restart()
    await scene.pass(10_000)
    assert.equal((await scene.db.get('a'))?.value, '20')
  })
})

test('where nobody takes operations they fail soon, and nobody is pestered', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await restartOffering(scene, 'status')
    await scene.core.connect(1000)
    const startMs = scene.clock.monotonicMs()
    for (const call of [
      () => scene.db.incr('a'),
      () => scene.db.get('a'),
      () => scene.db.incr('a'),
    ]) {
      await assert.rejects(call(), (error: unknown) => error instanceof QuorateError)
    }
    assert.ok(scene.clock.monotonicMs() - startMs < 1000)
    assert.ok(scene.node(1).connections <= 3, `${scene.node(1).connections} connections`)
  })
})

test('a client that was left alone asks nobody, and works at once when it is wanted', async () => {
  await play({}, async (scene) => {
    await scene.db.get('a')
    for (const node of scene.nodes) node.kill()
    await scene.pass(60_000)
    for (const node of scene.nodes) await node.restart()
    const before = scene.nodes.map(({ connections }) => connections)
    await scene.pass(60_000)
    assert.deepEqual(
      scene.nodes.map(({ connections }) => connections),
      before,
    )
    const startMs = scene.clock.monotonicMs()
    assert.equal(await scene.db.incr('a'), 1n)
    assert.ok(scene.clock.monotonicMs() - startMs < 100)
  })
})

test('when all nodes were down, calls go on soon after they are back', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    for (const node of scene.nodes) node.kill()
    const answer = scene.db.incr('a', 1, { timeoutMs: 60_000 })
    await scene.pass(20_000)
    for (const node of scene.nodes) await node.restart()
    const startMs = scene.clock.monotonicMs()
    assert.equal(await answer, 2n)
    assert.ok(scene.clock.monotonicMs() - startMs <= 1500)
  })
})

test('a node that leaves in order is left, and nothing fails', async () => {
  await play({}, async (scene) => {
    scene.leads(1)
    await untilAsked(scene, 1)
    scene.node(1).script = () => ({ kind: 'answer', afterMs: 50 })
    const answers = Promise.all(Array.from({ length: 100 }, () => scene.db.incr('a')))
    await scene.pass(10)
    const left = scene.node(1).leave()
    scene.leads(2)
    await answers
    await left
    assert.equal(scene.store.values.get('a'), '100')
    await untilAsked(scene, 2)
  })
})

test('an endpoint that leads to another cluster is left', async () => {
  await play({ discovers: false }, async (scene) => {
    scene.node(2).kill()
    await scene.db.incr('a')
    scene.node(2).clusterId = 2n
    await scene.node(2).restart()
    scene.leads(2)
    for (let at = 0; at < 50; at++) {
      await scene.db.incr('a')
      await scene.pass(50)
    }
    const before = scene.node(2).asked.length
    assert.ok(scene.node(2).connections > 0, 'it was looked at')
    scene.node(1).kill()
    scene.node(3).kill()
    await scene.pass(100)
    const call = scene.db.incr('a', 1, { timeoutMs: 3000 })
    await assert.rejects(call, /no node could be asked/)
    assert.equal(scene.node(2).asked.length, before)
  })
})
