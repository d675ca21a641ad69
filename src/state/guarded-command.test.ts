import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { state } from '../wire/index.ts'
import type { StateLimits } from './limits.ts'
import {
  type Asked,
  ask,
  bytesOf,
  deleteRequest,
  op,
  packed,
  putRequest,
  txnRequest,
  when,
} from './testing/requests.ts'
import { answerOf, Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'
import type { CommandResult } from './types.ts'

function codeOf(result: CommandResult | undefined): string {
  return result?.kind === 'failed' ? result.code : 'done'
}

const put = (key: string, value: string): Asked => ask.put(putRequest(key, value))

/** The command by a name; its digest is the text. */
function named(command: Asked, name: string, digest = 'd'): Asked {
  return ask.guarded(command, { name: bytesOf(name), digest: bytesOf(digest) })
}

function given(command: Asked, ...compare: ReturnType<typeof when.mod>[]): Asked {
  return ask.guarded(command, { compare })
}

const isAbsent = (key: string) => when.mod({ key, is: '=' }, 0)

describe('a command under conditions', () => {
  test('is carried out when all of them hold, and answered as it is without', () => {
    const scene = new Scene()
    assert.equal(scene.do(given(put('a', '1'), isAbsent('a'), isAbsent('b'))).kind, 'done')
    const asked = given(ask.increment('n', { delta: 5n }), isAbsent('n'))
    const { response } = answerOf(state.IncrementResponse, scene.do(asked))
    assert.equal(response.value, 5n)
    const timed = ask.putWithTtl(putRequest('t', '1'), 1500)
    assert.equal(codeOf(scene.do(given(timed, isAbsent('t')))), 'done')
    const values = when.value({ key: 'a', is: '=' }, '1')
    assert.equal(codeOf(scene.do(given(ask.remove(deleteRequest('a')), values))), 'done')
    assert.deepEqual(scene.pairs(), ['n=5', 't=1'])
  })

  test('changes nothing when one does not hold', () => {
    const scene = new Scene()
    scene.put('a', '1')
    const [revision, hash] = [scene.machine.revision, scene.machine.hash()]
    for (const command of [
      put('a', '2'),
      ask.remove(deleteRequest('a')),
      ask.increment('n'),
      ask.putWithTtl(putRequest('t', '1'), 1500),
      ask.grant(7n, 10),
      ask.txn(txnRequest({ success: [op.put('x', '')] })),
    ]) {
      const result = scene.do(given(command, isAbsent('b'), isAbsent('a')))
      assert.equal(codeOf(result), 'CONDITION_FAILED')
    }
    assert.equal(scene.machine.revision, revision)
    assert.equal(scene.machine.hash(), hash)
    assert.deepEqual([scene.pairs(), scene.leases()], [['a=1'], []])
  })

  test('waits for values that are on disk', () => {
    const scene = new Scene({ records: new TestRecords(() => true) })
    scene.put('a', '1')
    const holds = when.value({ key: 'a', is: '=' }, '1')
    assert.equal(codeOf(scene.do(given(put('a', '2'), holds))), 'done')
    assert.ok(scene.missing > 0)
    assert.equal(codeOf(scene.do(given(put('a', '3'), holds))), 'CONDITION_FAILED')
    assert.deepEqual(scene.pairs(), ['a=2'])
  })

  test('is refused when it cannot be carried out so', () => {
    const scene = new Scene({ limits: { operationsMax: 2 } })
    const broken = { ...put('a', ''), body: bytesOf('\0') }
    const nobody = isAbsent('a')
    for (const [asked, code] of [
      [ask.guarded(ask.openSession(), {}), 'BAD_REQUEST'],
      [ask.guarded(ask.renew(1n), {}), 'BAD_REQUEST'],
      [ask.guarded(ask.guarded(put('a', ''), {}), {}), 'BAD_REQUEST'],
      [ask.guarded({ ...put('a', ''), kind: 99 }, {}), 'BAD_REQUEST'],
      [ask.guarded(broken, {}), 'BAD_REQUEST'],
      [ask.guarded(broken, { compare: [nobody] }), 'BAD_REQUEST'],
      [ask.guarded(broken, { name: bytesOf('n') }), 'BAD_REQUEST'],
      [given(put('', ''), nobody), 'KEY_EMPTY'],
      [given(put('a', ''), isAbsent('')), 'KEY_EMPTY'],
      [given(put('a', ''), nobody, nobody, nobody), 'TXN_TOO_MANY_OPERATIONS'],
      [named(put('a', ''), 'n'.repeat(256)), 'TOO_LARGE'],
      [named(put('a', ''), 'other', 'd'.repeat(33)), 'TOO_LARGE'],
    ] as const) {
      assert.equal(codeOf(scene.do(asked)), code)
    }
    assert.deepEqual(scene.pairs(), [])
  })
})

describe('a command that comes twice by the same name', () => {
  test('takes effect once, and is answered as the first time', () => {
    const scene = new Scene()
    for (const command of [ask.increment('n'), ask.grant(5n, 10), put('a', '1')]) {
      const asked = named(command, `the one of kind ${command.kind}`)
      const first = scene.do(asked)
      scene.put('other', '')
      const hash = scene.machine.hash()
      assert.equal(first.kind, 'done')
      assert.deepEqual(scene.do(asked), first)
      assert.equal(scene.machine.hash(), hash)
    }
    assert.deepEqual(scene.pairs(), ['a=1', 'n=1', 'other='])
  })

  test('in one entry, too', () => {
    const scene = new Scene()
    const pack = packed(named(ask.increment('n'), 'once'))
    const [one, two] = scene.apply([pack, pack])
    assert.equal(one?.kind, 'done')
    assert.deepEqual(two, one)
  })

  test('keeps a refusal that will not change, and tries again what was refused for now', () => {
    const scene = new Scene()
    const absent = ask.guarded(put('a', '2'), { name: bytesOf('x'), compare: [isAbsent('a')] })
    scene.put('a', '1')
    assert.equal(codeOf(scene.do(absent)), 'CONDITION_FAILED')
    scene.remove('a')
    assert.equal(codeOf(scene.do(absent)), 'CONDITION_FAILED')
    scene.alarm(1, 1n, 1)
    assert.equal(codeOf(scene.do(named(put('b', ''), 'y'))), 'NO_SPACE')
    scene.alarm(2, 1n, 1)
    assert.equal(codeOf(scene.do(named(put('b', ''), 'y'))), 'done')
  })

  test('and is another one is refused', () => {
    const scene = new Scene()
    scene.do(named(put('a', '1'), 'name', 'one'))
    assert.equal(codeOf(scene.do(named(put('a', '2'), 'name', 'two'))), 'IDEMPOTENCY_MISMATCH')
    assert.equal(codeOf(scene.do(named(put('a', '2'), 'name', ''))), 'IDEMPOTENCY_MISMATCH')
    assert.equal(codeOf(scene.do(named(put('a', '2'), 'nam', 'two'))), 'done')
    assert.equal(codeOf(scene.do(named(put('a', '3'), 'name\0', 'two'))), 'done')
    assert.deepEqual(scene.pairs(), ['a=3'])
  })

  test('is known after a checkpoint, too', () => {
    const scene = new Scene()
    const asked = [
      named(ask.increment('n'), 'done'),
      named(ask.increment('n', { lease: 9n }), '\xff\0'),
    ]
    const first = asked.map((command) => scene.do(command))
    assert.deepEqual(first.map(codeOf), ['done', 'LEASE_NOT_FOUND'])
    const restored = scene.restored()
    assert.deepEqual(restored.machine.meta(), scene.machine.meta())
    assert.deepEqual(
      asked.map((command) => restored.do(command)),
      first,
    )
  })

  test('has its effect once, though its answer was too large to be kept', () => {
    const scene = new Scene({ limits: { nameAnswerBytesMax: 100 } })
    scene.put('big', 'x'.repeat(200))
    const asked = named(ask.remove(deleteRequest('big', '', true)), 'n')
    assert.equal(codeOf(scene.do(asked)), 'done')
    scene.put('big', 'again')
    assert.equal(codeOf(scene.do(asked)), 'IDEMPOTENCY_FORGOTTEN')
    assert.deepEqual(scene.pairs(), ['big=again'])
  })
})

describe('the names', () => {
  const once = (scene: Scene, name: string) => codeOf(scene.do(named(ask.increment('n'), name)))
  const sceneOf = (limits: Partial<StateLimits>) =>
    new Scene({ limits: { nameMsMin: 1000, nameMsMax: 5000, ...limits } })

  test('are so many: one more is refused until the first is old enough', () => {
    const scene = sceneOf({ namesMax: 2 })
    assert.deepEqual([once(scene, 'a'), once(scene, 'b')], ['done', 'done'])
    scene.clockMs += 999
    assert.equal(once(scene, 'c'), 'IDEMPOTENCY_FULL')
    assert.equal(once(scene, 'a'), 'done')
    scene.clockMs += 1
    assert.equal(once(scene, 'c'), 'done')
    assert.deepEqual(scene.pairs(), ['n=3'])
    assert.equal(once(scene, 'b'), 'done')
    assert.deepEqual(scene.pairs(), ['n=3'])
    // The first one has made room, and is a new one now.
    assert.equal(once(scene, 'a'), 'done')
    assert.deepEqual(scene.pairs(), ['n=4'])
  })

  test('take so many bytes, with what goes with them', () => {
    const scene = sceneOf({ namesBytesMax: 700, nameAnswerBytesMax: 100 })
    const told = ['a', 'b', 'c', 'd'].map((name) => once(scene, name))
    assert.deepEqual(told, ['done', 'done', 'done', 'IDEMPOTENCY_FULL'])
  })

  test('are forgotten when they are too old and another one comes', () => {
    const scene = sceneOf({})
    once(scene, 'a')
    scene.clockMs += 5000
    once(scene, 'b')
    assert.equal(once(scene, 'a'), 'done')
    assert.deepEqual(scene.pairs(), ['n=3'])
    const before = scene.machine.meta().length
    scene.clockMs += 10_000
    once(scene, 'c')
    assert.ok(scene.machine.meta().length < before)
  })
})
