import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS } from '../../base/index.ts'
import { COMMAND } from '../../state/index.ts'
import { etcd, native } from '../../wire/index.ts'
import { ScriptedNode } from '../etcd/testing/index.ts'
import { operation, putOf, rangeOf, run, setUpNative } from './testing/index.ts'

const { execute } = native.KV.methods
const HEADER = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 7, raftTerm: 3 }

describe('an operation in a call of its own', () => {
  it('is handed on and answered as in a pipeline, with or without an id', () => {
    for (const id of [0, 7]) {
      const { node, client } = setUpNative(new ScriptedNode())
      const answers = client.ask(execute, operation(id, putOf('a'), { session: 3, sequence: 4 }))
      const [write] = node.writes
      assert.deepEqual([write?.kind, write?.session, write?.sequence], [COMMAND.put, 3, 4])
      node.applied()
      const value = etcd.PutResponse.create({ header: HEADER })
      assert.deepEqual(answers.message, { id, failure: null, result: { kind: 'put', value } })
      assert.equal(answers.outcome, 'OK')
    }
  })

  it('fails in its result, and the call goes well', () => {
    const { node, client } = setUpNative(new ScriptedNode())
    const answers = client.ask(execute, operation(1, putOf('a')))
    node.unknown('STOPPED')
    assert.equal(answers.outcome, 'OK')
    const { what: text } = ERRORS.STOPPED
    const { advice } = ERRORS.TIMED_OUT
    const retry = native.FailureRetry.UNKNOWN_OUTCOME
    const failure = { code: 'STOPPED', text, retry, advice, repair: '' }
    assert.deepEqual(answers.message, { id: 1, failure, result: null })
  })

  it('is refused when it makes no sense, and says in which way', () => {
    const { node, client } = setUpNative(new ScriptedNode())
    assert.equal(run(client, operation(1, putOf(''))).failure?.code, 'KEY_EMPTY')
    const noTime = {
      kind: 'putWithTtl',
      value: { put: etcd.PutRequest.create(), ttlMs: 0 },
    } as const
    assert.equal(run(client, operation(1, noTime)).failure?.code, 'BAD_REQUEST')
    const { failure } = run(client, Uint8Array.of(0x08, 5, 0x4a, 9, 1))
    assert.deepEqual(failure?.code, 'BAD_REQUEST')
    assert.equal(failure?.text, 'protobuf: a message is cut off')
    assert.deepEqual([node.writes, node.reads], [[], []])
  })

  it('that reads is given up when nobody waits any more', () => {
    const { node, client } = setUpNative(new ScriptedNode())
    const answers = client.ask(execute, operation(1, rangeOf('a')))
    const [{ waiter } = assert.fail()] = node.reads
    assert.equal(waiter.isGone, false)
    answers.call.cancel()
    assert.equal(waiter.isGone, true)
    node.answered()
    assert.deepEqual(answers.messages, [])
  })
})

describe('what was asked of the native door', () => {
  it('is counted, by operation, and by the code of those that failed', () => {
    const { node, door, client } = setUpNative(new ScriptedNode())
    for (let i = 0; i < 3; i++) client.ask(execute, operation(1, putOf('a')))
    client.ask(execute, operation(1, rangeOf('a')))
    node.failed('NO_SPACE')
    node.unknown('TIMED_OUT')
    node.applied()
    node.answered()
    run(client, operation(1, putOf('')))
    run(client, operation(1, { kind: 'increment', value: { ...COUNT, key: new Uint8Array(0) } }))
    const begun = Object.fromEntries(door.counts.begun())
    const names = ['put', 'range', 'increment', 'txn']
    assert.deepEqual(
      names.map((name) => begun[name]),
      [4, 1, 1, 0],
    )
    assert.deepEqual(Object.fromEntries(door.counts.failed()), {
      NO_SPACE: 1,
      TIMED_OUT: 1,
      KEY_EMPTY: 2,
    })
  })
})

const COUNT = { delta: 1n, initial: 0n, lease: 0n, prevKv: false }
