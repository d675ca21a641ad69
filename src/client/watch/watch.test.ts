import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STATUS } from '../../rpc/index.ts'
import { json } from '../codecs.ts'
import { QuorateError } from '../errors.ts'
import { type ModelChange, read, Scene } from './testing/index.ts'

const put = (key: string, value: string): ModelChange => ({ key, value })
const del = (key: string): ModelChange => ({ key, value: null })

const ENDED = { done: true, value: undefined }

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof QuorateError && error.code === code
}

test('a watch tells what happens after it was ready, and nothing of before', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    scene.store.write(put('a', '0'))
    const watch = scene.watch({ key: 'a' })
    assert.equal(await watch.ready, 2)
    scene.store.write(put('a', '1'))
    scene.store.write(del('a'))
    assert.deepEqual(await read(watch, 2), ['3 a=1', '4 a=null'])
    assert.equal(watch.revision, 4)
  })
})

test('W-13 a node that lags behind does not begin in its own past', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const [node] = scene.nodes
    assert.ok(node)
    node.knownRevision = 1
    scene.store.write(put('a', 'past'))
    const watch = scene.watch({ key: 'a' })
    await watch.ready
    node.knownRevision = null
    scene.store.write(put('a', 'now'))
    assert.deepEqual(await read(watch, 1), ['3 a=now'])
  })
})

test('a watch from an old revision tells of it, and then of the present', async () => {
  const scene = new Scene({})
  await scene.run(async () => {
    for (let at = 0; at < 5; at++) scene.store.write(put('a', `${at}`), put('b', `${at}`))
    const watch = scene.watch({ prefix: '', from: 4 })
    const lines = await read(watch, 6)
    assert.deepEqual(lines, scene.store.told(4, ''))
    scene.store.write(put('c', 'x'))
    assert.deepEqual(await read(watch, 1), ['7 c=x'])
  })
})

test('all watches share one stream, which ends with the last of them', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watches = Array.from({ length: 50 }, (_, at) => scene.watch({ key: `k${at}`, from: 2 }))
    await Promise.all(watches.map((watch) => watch.ready))
    const [node] = scene.nodes
    assert.deepEqual([scene.link.streams, node?.streams, node?.watches], [1, 1, 50])
    for (let at = 0; at < 50; at++) scene.store.write(put(`k${at}`, 'x'))
    for (const [at, watch] of watches.entries()) {
      assert.deepEqual(await read(watch, 1), [`${at + 2} k${at}=x`])
    }
    for (const watch of watches.slice(1)) watch.close()
    await scene.pass(100)
    assert.deepEqual([node?.streams, node?.watches], [1, 1])
    watches[0]?.close()
    await scene.pass(100)
    assert.deepEqual([node?.streams, node?.watches], [0, 0])
  })
})

test('more watches than a stream takes are on several', async () => {
  const scene = new Scene({ nodes: 1, limits: { watchesPerStreamMax: 4 } })
  await scene.run(async () => {
    const watches = Array.from({ length: 10 }, () => scene.watch({ key: 'a', from: 2 }))
    await Promise.all(watches.map((watch) => watch.ready))
    assert.equal(scene.nodes[0]?.streams, 3)
    scene.store.write(put('a', 'x'))
    for (const watch of watches) assert.deepEqual(await read(watch, 1), ['2 a=x'])
  })
})

test('leaving the loop ends the watch at the server', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const other = scene.watch({ key: 'other', from: 2 })
    scene.store.write(put('a', '1'))
    for await (const event of scene.watch({ key: 'a', from: 2 })) {
      assert.equal(event.revision, 2)
      break
    }
    await scene.pass(100)
    assert.equal(scene.nodes[0]?.watches, 1)
    other.close()
  })
})

test('a signal ends the iteration, and what was not read is dropped', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const controller = new AbortController()
    const watch = scene.watch({ key: 'a', from: 2, signal: controller.signal })
    const waiting = read(watch, 1)
    await watch.ready
    controller.abort()
    assert.deepEqual(await waiting, [])
    assert.deepEqual(await read(watch, 1), [])
    const late = scene.watch({ key: 'a', signal: controller.signal })
    assert.deepEqual(await read(late, 1), [])
    await assert.rejects(late.ready, isCode('STOPPED'))
    await scene.pass(100)
    assert.equal(scene.nodes[0]?.watches, 0)
  })
})

test('watches that were closed before they began are forgotten', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a' })
    watch.close()
    await assert.rejects(watch.ready, isCode('STOPPED'))
    await scene.pass(100)
    assert.equal(scene.hub.watches, 0)
    assert.equal(scene.link.streams, 0)
  })
})

test('a closed client ends its watches as if it had closed each of them', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a', from: 2 })
    const waiting = watch[Symbol.asyncIterator]().next()
    const early = scene.watch({ key: 'a' })[Symbol.asyncIterator]().next()
    await watch.ready
    scene.link.close()
    assert.deepEqual(await Promise.all([waiting, early]), [ENDED, ENDED])
    await assert.rejects(read(scene.watch({ key: 'a' }), 1), isCode('CLIENT_CLOSED'))
  })
})

test('what is compacted away is told with the oldest revision there is', async () => {
  const scene = new Scene({})
  await scene.run(async () => {
    for (let at = 0; at < 9; at++) scene.store.write(put('a', `${at}`))
    scene.store.compact(7)
    await assert.rejects(read(scene.watch({ key: 'a', from: 3 }), 1), (error) => {
      assert.ok(error instanceof QuorateError)
      assert.deepEqual([error.code, error.oldestRevision], ['COMPACTED', 7])
      return true
    })
    assert.equal((await read(scene.watch({ key: 'a', from: 7 }), 4)).length, 4)
  })
})

test('progress keeps a silent watch out of the way of compaction', async () => {
  const scene = new Scene({ limits: { progressMs: 1000 } })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'quiet' })
    await watch.ready
    for (let at = 0; at < 20; at++) scene.store.write(put('busy', `${at}`))
    await scene.pass(2500)
    assert.equal(watch.revision, 21)
    scene.store.compact(20)
    for (const node of scene.nodes) node.cutConnections()
    scene.store.write(put('quiet', 'x'))
    assert.deepEqual(await read(watch, 1), ['22 quiet=x'])
  })
})

test('a watch goes on at another node when connections or streams end', async () => {
  const scene = new Scene({})
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a' })
    const lines: string[] = []
    await watch.ready
    for (let round = 0; round < 20; round++) {
      scene.store.write(put('a', `${round}`))
      for (const node of scene.nodes) {
        if (round % 2 === 0) node.cutConnections()
        else node.failStreams()
      }
      scene.store.write(put('a', `${round} again`))
      lines.push(...(await read(watch, 2)))
    }
    assert.deepEqual(lines, scene.store.told(2, ''))
  })
})

test('nodes that cannot be reached are asked again until one can', async () => {
  const scene = new Scene({})
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a' })
    await watch.ready
    for (const node of scene.nodes) await node.leave()
    scene.store.write(put('a', 'x'))
    await scene.pass(60_000)
    assert.ok(scene.link.streams > 10 && scene.link.streams < 500, `${scene.link.streams} streams`)
    await scene.nodes[2]?.listen()
    assert.deepEqual(await read(watch, 1), ['2 a=x'])
  })
})

test('a server that ends a watch without a reason is asked again', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a' })
    await watch.ready
    scene.nodes[0]?.cancelWatches()
    scene.store.write(put('a', 'x'))
    assert.deepEqual(await read(watch, 1), ['2 a=x'])
  })
})

test('a watch that no server takes fails; one that was taken before waits', async () => {
  const scene = new Scene({ nodes: 1, limits: { backoffMsMax: 200 } })
  await scene.run(async () => {
    const [node] = scene.nodes
    assert.ok(node)
    const taken = scene.watch({ key: 'a' })
    await taken.ready
    node.refusal = 'etcdserver: too many watches'
    await assert.rejects(read(scene.watch({ key: 'a' }), 1), isCode('OVERLOADED'))
    node.failStreams()
    scene.store.write(put('a', 'x'))
    await scene.pass(5000)
    assert.ok(node.asked.length < 200, `asked ${node.asked.length} times`)
    node.refusal = null
    assert.deepEqual(await read(taken, 1), ['2 a=x'])
  })
})

test('a server without watches is not asked again', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a' })
    await watch.ready
    scene.nodes[0]?.failStreams(STATUS.UNIMPLEMENTED)
    await assert.rejects(read(watch, 1), isCode('BAD_REQUEST'))
    assert.equal(scene.link.streams, 1)
  })
})

test('an event that cannot be read ends the watch, so that none is left out', async () => {
  const scene = new Scene({ nodes: 1 })
  await scene.run(async () => {
    const watch = scene.watch({ key: 'a', from: 2 }, json<string>())
    scene.store.write(put('a', '"good"'))
    scene.store.write(put('a', 'bad'))
    scene.store.write(put('a', '"better"'))
    assert.deepEqual(await read(watch, 1), ['2 a=good'])
    await assert.rejects(read(watch, 1), isCode('VALUE_UNREADABLE'))
    assert.deepEqual(await read(watch, 1), [])
    await scene.pass(100)
    assert.equal(scene.nodes[0]?.watches, 0)
  })
})

for (const [what, options] of Object.entries({
  'a key and a prefix': { key: 'a', prefix: 'b' },
  'a prefix and an end': { prefix: 'b', end: 'c' },
  'an empty key': { key: '' },
  'a range in which nothing lies': { start: 'b', end: 'a' },
  'revision 0': { key: 'a', from: 0 },
  'half a revision': { key: 'a', from: 1.5 },
})) {
  test(`${what} is refused before anything is sent`, async () => {
    const scene = new Scene({ nodes: 1 })
    await scene.run(async () => {
      assert.throws(() => scene.watch(options), QuorateError)
      assert.equal(scene.link.streams, 0)
    })
  })
}

test('a slow reader costs bounded memory, and misses nothing', async () => {
  const limits = { bufferEventsMax: 10, bufferBytesMax: 100_000 }
  const scene = new Scene({ nodes: 1, limits })
  await scene.run(async () => {
    const [node] = scene.nodes
    assert.ok(node)
    node.eventsPerAnswer = 3
    const slow = scene.watch({ prefix: '', from: 2 })
    const fast = scene.watch({ prefix: '', from: 2 })
    await slow.ready
    for (let at = 0; at < 200; at++) scene.store.write(put(`k${at}`, 'x'), put(`l${at}`, 'y'))
    const lines = await read(fast, 400)
    assert.deepEqual(lines, scene.store.told(2, ''))
    assert.equal(node.watches, 1, 'only the fast one is at the server')
    assert.equal(slow.revision, 1)
    assert.deepEqual(await read(slow, 400), lines)
    scene.store.write(put('a', 'live'))
    assert.equal((await read(slow, 1)).length, 1)
  })
})

test('more calls of next than make sense are refused', async () => {
  const scene = new Scene({ nodes: 1, limits: { readersMax: 2 } })
  await scene.run(async () => {
    const iterator = scene.watch({ prefix: '', from: 2 })[Symbol.asyncIterator]()
    const waiting = [iterator.next(), iterator.next()]
    await assert.rejects(iterator.next(), isCode('OVERLOADED'))
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ done }) => done),
      [true, true],
    )
  })
})
