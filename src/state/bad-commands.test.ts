import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { READ } from './kinds.ts'
import { BAD_REVISIONS, badCommands } from './testing/bad-commands.ts'
import { ask, op, packed, putRequest, rangeRequest, txnRequest, when } from './testing/requests.ts'
import { Scene, type SceneOptions } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'

/** What the bad commands speak of. */
function scene(options?: SceneOptions): Scene {
  const made = new Scene(options)
  made.grant(1n, 100)
  made.openSession()
  for (const [key, value] of [
    ['a', '1'],
    ['text', 'no number'],
    ['max', `${2n ** 63n - 1n}`],
    ['gone', ''],
  ]) {
    made.put(key as string, value as string)
  }
  made.remove('gone')
  made.put('a', '2', { lease: 1n })
  for (const value of ['3', '4', '5']) made.put('b', value)
  made.compact(BAD_REVISIONS.compacted)
  assert.equal(made.machine.revision, BAD_REVISIONS.current)
  return made
}

/** Everything that can be told of a state but how far it is. */
function picture(made: Scene): unknown {
  const { machine } = made
  return {
    hash: machine.hash(),
    hashKv: made.hashKv(),
    revision: machine.revision,
    pairs: made.range('\0', '\0'),
    leases: made.timeToLive(1n, true),
    alarms: made.alarms(),
    records: made.records.size,
    bytes: machine.liveBytes,
    counts: [machine.keyCount, machine.leaseCount],
  }
}

const BAD = badCommands()

test('there are many ways to ask for what cannot be', () => {
  assert.ok(BAD.length >= 150)
  assert.equal(new Set(BAD.map(({ name }) => name)).size, BAD.length)
})

describe('a command that asks for what cannot be', () => {
  const made = scene()
  const before = picture(made)
  for (const { name, code, command } of BAD) {
    test(`is refused with ${code} and changes nothing: ${name}`, () => {
      const [result] = made.apply([command])
      assert.deepEqual(result, { kind: 'failed', code, revision: BAD_REVISIONS.current })
      assert.deepEqual(picture(made), before)
    })
  }

  test('is refused alike where records are on disk and turns are short', () => {
    const pace = { turnKeys: 1, missingMax: 1, missingBytesMax: 1 }
    const other = scene({ pace, records: new TestRecords(() => true) })
    const results = other.apply(BAD.map(({ command }) => command))
    BAD.forEach(({ name, code }, at) => {
      const result = results[at]
      assert.equal(result?.kind === 'failed' && result.code, code, name)
    })
    assert.equal(other.machine.hash(), made.machine.hash())
  })

  test('leaves the good ones of its entry alone', () => {
    const other = scene()
    const good = packed(ask.put(putRequest('good', '1')))
    // What is to come now is there then.
    const bad = BAD.filter(({ code }) => code !== 'REVISION_FUTURE')
    const results = other.apply(bad.flatMap(({ command }) => [command, good]))
    const done = results.filter(({ kind }) => kind === 'done')
    assert.equal(done.length, bad.length)
    assert.equal(other.machine.revision, BAD_REVISIONS.current + bad.length)
  })
})

describe('a read that asks for what cannot be', () => {
  const made = scene()
  const { current, compacted } = BAD_REVISIONS
  const ranges = [
    ['KEY_EMPTY', rangeRequest('')],
    ['KEY_EMPTY', rangeRequest('', 'z')],
    ['SORT_INVALID', rangeRequest('a', '', { sortOrder: 3 })],
    ['SORT_INVALID', rangeRequest('a', '', { sortTarget: 5 })],
    ['SORT_INVALID', rangeRequest('a', '', { sortTarget: -1 })],
    ['REVISION_FUTURE', rangeRequest('a', '', { revision: current + 1 })],
    ['COMPACTED', rangeRequest('a', '', { revision: compacted - 1 })],
    ['COMPACTED', rangeRequest('a', '\0', { revision: 1, countOnly: true })],
  ] as const
  const txns = [
    ['BAD_REQUEST', txnRequest({ success: [op.put('a', '')] })],
    ['BAD_REQUEST', txnRequest({ failure: [op.txn({ success: [op.remove('a')] })] })],
    ['KEY_NOT_FOUND', txnRequest({ success: [op.nothing] })],
    ['KEY_EMPTY', txnRequest({ compare: [when.mod({ key: '', is: '=' }, 0)] })],
    ['COMPACTED', txnRequest({ success: [op.range('a', '', { revision: 2 })] })],
    ['COMPACTED', txnRequest({ success: [op.range('a', '', { revision: -1 })] })],
    ['REVISION_FUTURE', txnRequest({ success: [op.range('a', '', { revision: 99 })] })],
  ] as const

  test('fails with what is wrong', () => {
    const before = picture(made)
    for (const [code, range] of ranges) {
      const result = made.read(READ.range, etcd.RangeRequest.encodeBytes(range))
      assert.deepEqual(result, { kind: 'failed', code, revision: current })
    }
    for (const [code, txn] of txns) {
      const result = made.read(READ.txn, etcd.TxnRequest.encodeBytes(txn))
      assert.deepEqual(result, { kind: 'failed', code, revision: current })
    }
    assert.deepEqual(picture(made), before)
  })
})
