import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, deleteRequest, op, packed, putRequest, txnRequest, when } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import type { CommandResult } from './types.ts'

function codeOf(result: CommandResult | undefined): string {
  return result?.kind === 'failed' ? result.code : 'done'
}

/** One put of the session, in an entry of its own. */
function put(scene: Scene, session: number, sequence: number): CommandResult {
  const command = ask.put(putRequest('a', `${sequence}`, { prevKv: true }))
  const [result] = scene.apply([packed(command, { session, sequence })])
  assert.ok(result !== undefined)
  return result
}

describe('a command that comes twice within a session', () => {
  test('takes effect once, and is answered as the first time', () => {
    const scene = new Scene()
    const session = scene.openSession()
    scene.put('a', '0')
    const first = put(scene, session, 1)
    scene.put('a', 'other')
    const hash = scene.machine.hash()
    const second = put(scene, session, 1)
    assert.deepEqual(second, first)
    assert.equal(scene.machine.hash(), hash)
    assert.deepEqual(scene.pairs(), ['a=other'])
  })

  test('in one entry, too, and of any kind', () => {
    const scene = new Scene()
    const session = scene.openSession()
    const txn = txnRequest({
      compare: [when.version({ key: 'lock', is: '=' }, 0)],
      success: [op.put('lock', 'mine')],
    })
    const kinds = [ask.txn(txn), ask.increment('n'), ask.grant(5n, 10), ask.compact(2)]
    kinds.forEach((command, sequence) => {
      const pack = packed(command, { session, sequence: sequence + 1 })
      const [one, two] = scene.apply([pack, pack])
      assert.equal(one?.kind, 'done')
      assert.deepEqual(two, one)
    })
    assert.deepEqual(scene.pairs(), ['lock=mine', 'n=1'])
  })

  test('keeps its refusal, even if it could be done by now', () => {
    const scene = new Scene()
    const session = scene.openSession()
    const pack = packed(ask.put(putRequest('a', '', { lease: 9n })), { session, sequence: 1 })
    const [refused] = scene.apply([pack])
    assert.equal(codeOf(refused), 'LEASE_NOT_FOUND')
    scene.grant(9n, 10)
    const [again] = scene.apply([pack])
    assert.deepEqual(again, refused)
  })

  test('may be overtaken by later ones of its session', () => {
    const scene = new Scene()
    const session = scene.openSession()
    for (const sequence of [3, 1, 2]) assert.equal(put(scene, session, sequence).kind, 'done')
    assert.deepEqual(put(scene, session, 3).revision, 2)
    assert.deepEqual(put(scene, session, 1).revision, 3)
    assert.deepEqual(scene.pairs(), ['a=2'])
  })

  test('after a checkpoint, too', () => {
    const scene = new Scene()
    const session = scene.openSession()
    const first = put(scene, session, 1)
    const refused = scene.apply([
      packed(ask.put(putRequest('a', '', { lease: 9n })), { session, sequence: 2 }),
    ])
    const restored = scene.restored()
    assert.deepEqual(put(restored, session, 1), first)
    assert.deepEqual(put(restored, session, 2), refused[0])
    assert.equal(put(restored, session, 3).revision, 3)
  })

  test('outside of any session takes effect each time', () => {
    const scene = new Scene()
    const pack = packed(ask.increment('n'))
    scene.apply([pack, pack])
    assert.deepEqual(scene.pairs(), ['n=2'])
  })
})

describe('a session', () => {
  test('remembers so many results, and refuses what is older than those', () => {
    const scene = new Scene({ limits: { sessionResultsMax: 3 } })
    const session = scene.openSession()
    for (let sequence = 1; sequence <= 5; sequence++) put(scene, session, sequence)
    const before = scene.machine.revision
    assert.equal(codeOf(put(scene, session, 2)), 'SESSION_EXPIRED')
    assert.equal(codeOf(put(scene, session, 1)), 'SESSION_EXPIRED')
    assert.equal(codeOf(put(scene, session, 3)), 'done')
    assert.equal(scene.machine.revision, before)
  })

  test('remembers so many bytes: whoever asks for much is remembered for less', () => {
    const scene = new Scene({ limits: { sessionBytesMax: 400 } })
    const session = scene.openSession()
    put(scene, session, 1)
    scene.put('big', 'x'.repeat(500))
    const remove = ask.remove(deleteRequest('big', '', true))
    scene.apply([packed(remove, { session, sequence: 2 })])
    assert.equal(codeOf(put(scene, session, 1)), 'SESSION_EXPIRED')
    assert.equal(codeOf(put(scene, session, 2)), 'SESSION_EXPIRED')
    assert.equal(codeOf(put(scene, session, 3)), 'done')
  })

  test('that was never opened, or was closed, is refused everything', () => {
    const scene = new Scene()
    assert.equal(codeOf(put(scene, 1, 1)), 'SESSION_EXPIRED')
    const session = scene.openSession()
    put(scene, session, 1)
    scene.do(ask.closeSession(session), ask.closeSession(session))
    assert.equal(codeOf(put(scene, session, 1)), 'SESSION_EXPIRED')
    assert.equal(scene.openSession(), session + 1)
  })

  test('numbers its commands from 1', () => {
    const scene = new Scene()
    assert.equal(codeOf(put(scene, scene.openSession(), 0)), 'SESSION_EXPIRED')
  })

  test('makes room for another when it was not used for long enough', () => {
    const scene = new Scene({ limits: { sessionsMax: 2, sessionIdleMsMin: 1000 } })
    const [first, second] = [scene.openSession(), scene.openSession()]
    scene.clockMs += 999
    assert.equal(codeOf(scene.do(ask.openSession())), 'SESSIONS_TOO_MANY')
    put(scene, first, 1)
    scene.clockMs += 1
    // The second was used longest ago.
    const third = scene.openSession()
    assert.equal(codeOf(put(scene, second, 1)), 'SESSION_EXPIRED')
    assert.equal(codeOf(put(scene, first, 2)), 'done')
    assert.equal(codeOf(put(scene, third, 1)), 'done')
    assert.equal(codeOf(scene.do(ask.openSession())), 'SESSIONS_TOO_MANY')
  })

  test('is evicted in the same order after a checkpoint', () => {
    const scene = new Scene({ limits: { sessionsMax: 3, sessionIdleMsMin: 0 } })
    const sessions = [scene.openSession(), scene.openSession(), scene.openSession()]
    put(scene, sessions[0] ?? 0, 1)
    const restored = scene.restored()
    for (const one of [scene, restored]) {
      one.openSession()
      assert.deepEqual(
        sessions.map((session) => codeOf(put(one, session, 9))),
        ['done', 'SESSION_EXPIRED', 'done'],
      )
    }
    assert.deepEqual(restored.machine.meta(), scene.machine.meta())
  })
})
