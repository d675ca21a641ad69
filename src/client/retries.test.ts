import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '../base/index.ts'
import { STATUS } from '../rpc/index.ts'
import { QuorateError } from './errors.ts'
import { PORT, play, type Scene, type Verdict } from './testing/index.ts'

const ANSWER: Verdict = { kind: 'answer' }

/** The first increments meet these fates, at whichever node; all that follow are answered. */
function fates(scene: Scene, ...verdicts: readonly Verdict[]): void {
  const left = [...verdicts]
  for (const node of scene.nodes) {
    node.script = ({ operation }) =>
      operation?.kind === 'openSession' ? ANSWER : (left.shift() ?? ANSWER)
  }
}

type Retry = Extract<Verdict, { readonly kind: 'refuse' }>['retry']

function places(scene: Scene): string[] {
  return scene.nodes.flatMap(({ asked }) =>
    asked
      .filter(({ operation }) => operation?.kind === 'increment')
      .map(({ session, sequence }) => `${session}/${sequence}`),
  )
}

function failsWith(code: string, retry: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof QuorateError, String(error))
    assert.deepEqual([error.code, error.retry], [code, retry])
    return true
  }
}

test('a write of which nobody knows keeps its place, and takes effect once', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
      { kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME' },
    )
    assert.equal(await scene.db.incr('a'), 1n, 'the first answer is told')
    assert.equal(scene.store.values.get('a'), '1')
    assert.deepEqual(places(scene), ['1/1', '1/1', '1/1'])
  })
})

test('a write that certainly did nothing gets a new place', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'NO_LEADER', retry: 'LATER' },
      { kind: 'refuse', code: 'NOT_LEADER', retry: 'AT_LEADER' },
      { kind: 'refuse', code: 'OVERLOADED', retry: 'LATER' },
    )
    assert.equal(await scene.db.incr('a'), 1n)
    assert.deepEqual(places(scene), ['1/1', '1/2', '1/3', '1/4'])
  })
})

test('while an earlier attempt is unknown, what was refused later keeps its place', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'STOPPED', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
      { kind: 'refuse', code: 'NO_LEADER', retry: 'LATER' },
    )
    assert.equal(await scene.db.incr('a'), 1n)
    assert.deepEqual(places(scene), ['1/1', '1/1', '1/1'])
    assert.equal(scene.store.values.get('a'), '1')
  })
})

test('a connection that breaks loses no write and repeats none', async () => {
  await play({}, async (scene) => {
    scene.leads(1)
    await scene.db.incr('a')
    await scene.pass(100)
    await scene.db.incr('a')
    for (const node of scene.nodes) node.script = () => ({ kind: 'lose' })
    const answers = Promise.all(Array.from({ length: 300 }, () => scene.db.incr('a')))
    await scene.pass(20)
    for (const node of scene.nodes) node.script = () => ANSWER
    scene.leads(2)
    scene.node(1).kill()
    const values = await answers
    assert.equal(new Set(values).size, 300, 'every increment has an answer of its own')
    assert.equal(scene.store.values.get('a'), '302')
  })
})

test('a stream that a node ends badly is begun again, and nothing is lost', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'end', status: STATUS.INTERNAL, isCarriedOut: true },
      { kind: 'end', status: STATUS.UNAVAILABLE },
      { kind: 'end', status: STATUS.OK },
    )
    assert.equal(await scene.db.incr('a'), 1n)
    assert.equal(scene.store.values.get('a'), '1')
  })
})

test('what would fail again fails at once', async () => {
  await play({}, async (scene) => {
    fates(scene, { kind: 'refuse', code: 'NOT_A_COUNTER', retry: 'NEVER' })
    await assert.rejects(scene.db.incr('a'), failsWith('NOT_A_COUNTER', 'never'))
    fates(scene, { kind: 'refuse', code: 'NO_SPACE', retry: 'LATER' })
    await assert.rejects(scene.db.incr('a'), failsWith('NO_SPACE', 'later'))
    assert.equal(places(scene).length, 2)
  })
})

test('reads are asked again whatever became of them', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME' },
      { kind: 'refuse', code: 'NO_LEADER', retry: 'LATER' },
      { kind: 'end', status: STATUS.UNAVAILABLE },
    )
    assert.equal(await scene.db.get('a'), null)
  })
})

test('a session that was forgotten is replaced when the write was sent once', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    scene.store.forgetSessions()
    assert.equal(await scene.db.incr('a'), 2n)
    assert.deepEqual(places(scene), ['1/1', '1/2', '2/1'])
  })
})

test('a session that was forgotten makes unknown what was sent twice', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    fates(scene, {
      ...{ kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME' },
      isCarriedOut: true,
    })
    const answer = scene.db.incr('a')
    await scene.until(() => scene.store.values.get('a') === '2', 'it is carried out')
    scene.store.forgetSessions()
    await assert.rejects(answer, failsWith('SESSION_EXPIRED', 'unknown-outcome'))
    assert.equal(scene.store.values.get('a'), '2', 'it was not carried out again')
    assert.equal(await scene.db.incr('a'), 3n, 'the next write has a session again')
  })
})

test('a call fails when its time is up, and says what is known', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    fates(scene, ...Array.from({ length: 100 }, (): Verdict => ({ kind: 'ignore' })))
    const startMs = scene.clock.monotonicMs()
    const options = { timeoutMs: 1000 }
    await Promise.all([
      assert.rejects(scene.db.get('a', options), failsWith('TIMED_OUT', 'later')),
      assert.rejects(scene.db.incr('a', 1, options), failsWith('TIMED_OUT', 'unknown-outcome')),
      assert.rejects(scene.db.get('a', options), {
        message: /^no answer came in the time of the call: 10\.0\.0\.\d:2379 takes requests and/,
        advice: /^Ask again after a pause/,
      }),
      assert.rejects(scene.db.incr('a', 1, options), {
        message: /may have taken effect, or may yet; 10\.0\.0\.\d:2379 takes requests and/,
        advice: /^It may have taken effect, or may yet: look before you ask again/,
      }),
    ])
    const elapsedMs = scene.clock.monotonicMs() - startMs
    assert.ok(elapsedMs >= 1000 && elapsedMs <= 1060, `${elapsedMs} ms`)
  })
})

test('a write that never left is told as one that did nothing', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    for (const node of scene.nodes) node.kill()
    await scene.pass(100)
    const call = scene.db.incr('a', 1, { timeoutMs: 500 })
    await assert.rejects(call, failsWith('UNREACHABLE', 'later'))
  })
})

test('a node that lost the others is told with those that are away', async () => {
  await play({}, async (scene) => {
    scene.leads(1)
    await scene.db.incr('a')
    scene.node(1).script = () => ({ kind: 'ignore' })
    for (const number of [2, 3]) scene.node(number).kill()
    const lost =
      'no majority of the 3 nodes answers: 10.0.0.1:2379 takes requests and does not answer ' +
      'them, 10.0.0.2:2379 (refused) and 10.0.0.3:2379 (refused) cannot be reached'
    await Promise.all([
      assert.rejects(scene.db.get('a'), (error: QuorateError) => {
        assert.deepEqual([error.code, error.retry, error.message], ['TIMED_OUT', 'later', lost])
        assert.match(error.advice, /^Start the nodes that cannot be reached/)
        return true
      }),
      assert.rejects(scene.db.incr('a'), (error: QuorateError) => {
        assert.deepEqual([error.code, error.retry], ['TIMED_OUT', 'unknown-outcome'])
        assert.ok(error.message.endsWith(`before that: ${lost}`), error.message)
        return true
      }),
    ])
  })
})

test('a write that waits for a node without the others says so, and was not sent', async () => {
  await play({}, async (scene) => {
    scene.leads(1)
    await scene.db.get('a')
    scene.node(1).script = () => ({ kind: 'ignore' })
    for (const number of [2, 3]) scene.node(number).kill()
    await assert.rejects(scene.db.incr('a', 1, { timeoutMs: 4000 }), {
      ...{ code: 'TIMED_OUT', retry: 'later' },
      message:
        'it could not be sent in the time of the call: no majority of the 3 nodes answers: ' +
        '10.0.0.1:2379 takes requests and does not answer them, 10.0.0.2:2379 (refused) and ' +
        '10.0.0.3:2379 (refused) cannot be reached',
      advice: /^Start the nodes that cannot be reached/,
    })
  })
})

test('a node that was there before is not taken for one that speaks TLS', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.get('a')
    scene.node(1).kill()
    const sockets = scene.network.socketsFor('10.0.0.1', scene.world.createLife('another'))
    await sockets.listen({ host: '10.0.0.1', port: PORT }, (socket) => socket.destroy())
    await scene.pass(100)
    await assert.rejects(scene.db.get('a', { timeoutMs: 1000 }), (error: QuorateError) => {
      assert.match(error.message, /no node answers at 10\.0\.0\.1:2379 \([a-z ,]+\)$/)
      return true
    })
  })
})

test('what a node has said of its cluster is told when it says nothing any more', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.incr('a')
    fates(
      scene,
      { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME' },
      ...Array.from({ length: 100 }, (): Verdict => ({ kind: 'ignore' })),
    )
    await assert.rejects(scene.db.get('a'), failsWith('LEADERSHIP_LOST', 'later'))
  })
})

test('a write that waits for a session says why there is none', async () => {
  await play({}, async (scene) => {
    for (const node of scene.nodes) {
      node.script = () => ({ kind: 'refuse', code: 'SESSIONS_TOO_MANY', retry: 'LATER' })
    }
    const call = scene.db.incr('a', 1, { timeoutMs: 15_000 })
    await assert.rejects(call, failsWith('SESSIONS_TOO_MANY', 'later'))
  })
})

test('a node that stands still is left for another one', async () => {
  await play({}, async (scene) => {
    scene.leads(1)
    await scene.db.incr('a')
    await scene.pass(200)
    await scene.db.incr('a')
    scene.node(1).freeze()
    scene.leads(2)
    const startMs = scene.clock.monotonicMs()
    assert.equal(await scene.db.incr('a'), 3n)
    assert.ok(scene.clock.monotonicMs() - startMs < 2000)
    scene.node(1).thaw()
    await scene.pass(1000)
    assert.equal(scene.store.values.get('a'), '3', 'what the frozen node had takes no effect')
  })
})

test('a signal ends a call at once, with its reason', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    fates(scene, ...Array.from({ length: 100 }, (): Verdict => ({ kind: 'ignore' })))
    const reason = new RangeError('enough')
    const controller = new AbortController()
    const { signal } = controller
    const calls = [scene.db.get('a', { signal }), scene.db.incr('a', 1, { signal })]
    await scene.pass(10)
    controller.abort(reason)
    for (const call of calls) await assert.rejects(call, (error) => error === reason)
    const before = scene.nodes.map(({ asked }) => asked.length)
    await assert.rejects(scene.db.put('b', '1', { signal }), (error) => error === reason)
    await scene.pass(5000)
    assert.deepEqual(
      scene.nodes.map(({ asked }) => asked.length),
      before,
      'nothing is sent again',
    )
  })
})

test('closing fails what is under way, and gives the sessions back', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    fates(scene, { kind: 'ignore' }, { kind: 'ignore' })
    const read = scene.db.get('a')
    const write = scene.db.incr('a')
    const failures = [
      assert.rejects(read, failsWith('CLIENT_CLOSED', 'never')),
      assert.rejects(write, failsWith('CLIENT_CLOSED', 'unknown-outcome')),
    ]
    await scene.pass(5)
    await scene.db.close()
    await Promise.all(failures)
    assert.equal(scene.store.sessions.size, 0)
    const leaders = scene.db.observe('a')[Symbol.asyncIterator]()
    await assert.rejects(leaders.next(), failsWith('CLIENT_CLOSED', 'never'))
    const watch = scene.db.watch({ key: 'a' })
    await assert.rejects(watch.ready, { message: 'the client is closed' })
    await assert.rejects(scene.db.get('b'), { message: 'the client is closed' })
    await assert.rejects(scene.db.lease({ ttlMs: 1000 }), { message: 'the client is closed' })
    await assert.rejects(scene.db.get('a'), failsWith('CLIENT_CLOSED', 'never'))
    await scene.db.close()
  })
})

test('closing fails also what rests before it is sent again', async () => {
  await play({ limits: { retryMsMin: 60_000, retryMsMax: 60_000 } }, async (scene) => {
    await scene.db.incr('a')
    fates(scene, { kind: 'refuse', code: 'NO_LEADER', retry: 'LATER' })
    const failure = assert.rejects(scene.db.incr('a'), failsWith('CLIENT_CLOSED', 'never'))
    await scene.pass(50)
    await scene.db.close()
    await failure
  })
})

test('a node that ends every stream at once is left, and not asked over and over', async () => {
  await play({ given: [1], nodes: 2 }, async (scene) => {
    let ends = 0
    scene.node(1).script = () => {
      ends += 1
      return { kind: 'end', status: STATUS.UNAVAILABLE }
    }
    assert.equal(await scene.db.incr('a'), 1n)
    assert.ok(ends <= 3, `${ends} streams`)
  })
})

test('while an attempt is unknown, a refusal is not told as if nothing had happened', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
      { kind: 'refuse', code: 'NO_SPACE', retry: 'LATER' },
    )
    assert.equal(await scene.db.incr('a'), 1n)
  })
})

test('after a time without any node, new writes go to sessions of their own', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.incr('a')
    scene.node(1).kill()
    await scene.pass(100)
    // Another cluster at the same place, where the session belongs to somebody else.
    scene.store.values.clear()
    await scene.node(1).restart()
    assert.equal(await scene.db.incr('a'), 1n)
    assert.deepEqual(places(scene), ['1/1', '2/1'])
  })
})

/** Each of them is given up before it is refused; what it had of its session is free again. */
async function giveUpThenRefuse(scene: Scene, code: ErrorCode, retry: Retry): Promise<void> {
  fates(scene, ...Array.from({ length: 300 }, (): Verdict => ({ kind: 'ignore' })))
  const controller = new AbortController()
  const { signal } = controller
  const asked = Array.from({ length: 100 }, () => scene.db.incr('a', 1, { signal }))
  const failures = asked.map((call) => assert.rejects(call, (error) => error === signal.reason))
  await scene.pass(10)
  controller.abort(new RangeError('enough'))
  await Promise.all(failures)
  for (const node of scene.nodes) node.refuseWaiting({ code, retry })
  await scene.pass(10)
  fates(scene)
  const values = await Promise.all(Array.from({ length: 200 }, () => scene.db.incr('b')))
  assert.equal(new Set(values).size, 200)
}

test('a refusal that comes when the write was given up changes nothing any more', async () => {
  await play({ limits: { sessionsMax: 1 } }, async (scene) => {
    await giveUpThenRefuse(scene, 'NO_LEADER', 'LATER')
  })
})

test('a session that is forgotten keeps no place for writes that were given up', async () => {
  await play({ limits: { sessionsMax: 1 } }, async (scene) => {
    for (let round = 0; round < 4; round++) {
      await giveUpThenRefuse(scene, 'SESSION_EXPIRED', 'UNKNOWN_OUTCOME')
    }
  })
})

test('what is unknown is not told as refused by a program that is no node', async () => {
  await play({}, async (scene) => {
    await scene.db.incr('a')
    fates(
      scene,
      { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
      { kind: 'end', status: STATUS.UNIMPLEMENTED },
    )
    const told = await scene.db.incr('a').catch((error: unknown) => error)
    if (told instanceof QuorateError) assert.equal(told.retry, 'unknown-outcome')
    else assert.equal(told, 2n)
    assert.equal(scene.store.values.get('a'), '2')
  })
})

test('what is unknown is not told as refused by a node that does not understand it', async () => {
  await play({}, async (scene) => {
    fates(
      scene,
      { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
      // As a node of an earlier version says.
      { kind: 'refuse', code: 'BAD_REQUEST', retry: 'NEVER' },
    )
    assert.equal(await scene.db.incr('a'), 1n)
    assert.deepEqual(places(scene), ['1/1', '1/1', '1/1'])
  })
})
