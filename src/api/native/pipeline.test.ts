import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorCode, type ErrorSpec } from '../../base/index.ts'
import { COMMAND, READ } from '../../state/index.ts'
import { etcd, native, state } from '../../wire/index.ts'
import { LOST_TEXT, ScriptedNode, TWO_OF_THREE_LOST } from '../etcd/testing/index.ts'
import type { NativeLimits } from './index.ts'
import {
  bytesOf,
  openPipeline,
  operation,
  putOf,
  rangeOf,
  setUpNative,
  wrapped,
} from './testing/index.ts'

const KEY = bytesOf('key')
const HEADER = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 7, raftTerm: 3 }

function open(limits: Partial<NativeLimits> = {}) {
  const setup = setUpNative(new ScriptedNode(), limits)
  return { ...setup, stream: openPipeline(setup.client) }
}

const EVERY_WRITE: readonly (readonly [number, native.Operation['operation']])[] = [
  [COMMAND.put, putOf('key')],
  [
    COMMAND.deleteRange,
    { kind: 'deleteRange', value: etcd.DeleteRangeRequest.create({ key: KEY }) },
  ],
  [COMMAND.txn, { kind: 'txn', value: txnThatPuts() }],
  [COMMAND.increment, { kind: 'increment', value: state.IncrementRequest.create({ key: KEY }) }],
  [
    COMMAND.putWithTtl,
    {
      kind: 'putWithTtl',
      value: { put: etcd.PutRequest.create({ key: KEY }), ttlMs: 1000 },
    },
  ],
  [COMMAND.sessionOpen, { kind: 'openSession', value: {} }],
  [COMMAND.sessionClose, { kind: 'closeSession', value: { id: 9 } }],
  [COMMAND.leaseGrant, { kind: 'leaseGrant', value: { TTL: 10, ID: 7n } }],
  [COMMAND.leaseRevoke, { kind: 'leaseRevoke', value: { ID: 7n } }],
  [COMMAND.leaseKeepAlive, { kind: 'leaseKeepAlive', value: { ID: 7n } }],
  [COMMAND.compact, { kind: 'compact', value: { revision: 5, physical: false } }],
]

const EVERY_READ: readonly (readonly [number, native.Operation['operation']])[] = [
  [READ.range, rangeOf('key')],
  [READ.txn, { kind: 'txn', value: etcd.TxnRequest.create() }],
  [READ.leaseTimeToLive, { kind: 'leaseTimeToLive', value: { ID: 7n, keys: true } }],
  [READ.leaseLeases, { kind: 'leaseLeases', value: {} }],
]

function txnThatPuts(): etcd.TxnRequest {
  const value = etcd.PutRequest.create({ key: KEY })
  return etcd.TxnRequest.create({ success: [{ request: { kind: 'requestPut', value } }] })
}

describe('an operation of a pipeline', () => {
  it('goes into the log as the bytes it came as, with its place in its session', () => {
    const { node, stream } = open()
    // Fields in an order that no encoder of ours writes, and one that nobody knows.
    const body = [0x12, 1, 0x76, 0x0a, 1, 0x6b, 0x7a, 2, 9, 9, 0x20, 1]
    const bytes = [0x18, 6, 0x4a, body.length, ...body, 0x10, 5, 0x08, 4, 0xf8, 0x7f, 3]
    stream.answers.sendBytes(wrapped([Uint8Array.from(bytes)]))
    const [write] = node.writes
    assert.deepEqual(write?.body, Uint8Array.from(body))
    assert.deepEqual([write?.kind, write?.session, write?.sequence], [COMMAND.put, 5, 6])
  })

  it('is the command or the read that it was sent as', () => {
    const { node, stream } = open()
    const all = [...EVERY_WRITE, ...EVERY_READ]
    const operations = all.map(([, what], at) =>
      native.Operation.create({ id: at + 1, operation: what }),
    )
    stream.send(...operations)
    const written = node.writes.map(({ kind }) => kind)
    assert.deepEqual(
      written,
      EVERY_WRITE.map(([kind]) => kind),
    )
    const read = node.reads.map(({ kind, serializable }) => [kind, serializable])
    // Nothing in an empty transaction asks for what the leader knows.
    assert.deepEqual(
      read,
      EVERY_READ.map(([kind]) => [kind, kind === READ.txn]),
    )
  })

  it('is answered under its number and its id, with a header and what the state says', async () => {
    const { node, stream, turn } = open()
    const operations = [...EVERY_WRITE, ...EVERY_READ].map(([, what], at) =>
      native.Operation.create({ id: at + 1, operation: what }),
    )
    stream.send(...operations)
    const revoked = { deleted: 3, prevKvs: [] }
    for (const [kind] of EVERY_WRITE) {
      if (kind === COMMAND.deleteRange)
        node.applied(etcd.DeleteRangeResponse.encodeBytes({ header: null, ...revoked }))
      else if (kind === COMMAND.sessionOpen)
        node.applied(state.SessionOpenResponse.encodeBytes({ id: 12 }))
      else node.applied()
    }
    for (const _ of EVERY_READ) node.answered()
    await turn()
    assert.equal(stream.answers.messages.length, 1)
    for (const [at, { id, failure, result }] of stream.results.entries()) {
      assert.deepEqual([id, failure, result?.kind], [at + 1, null, operations[at]?.operation?.kind])
      if (result?.kind === 'openSession') {
        assert.deepEqual(result.value, { id: 12, unansweredMax: 128 })
      } else if (result?.kind === 'closeSession') {
        assert.deepEqual(result.value, {})
      } else {
        assert.ok(result !== null)
        const { header, ...rest } = result.value as { header: unknown; deleted?: number }
        assert.deepEqual(header, HEADER)
        if (result.kind === 'deleteRange') assert.deepEqual(rest, revoked)
      }
    }
  })

  it('is answered when it has ended, not when it was sent', async () => {
    const { node, stream, turn } = open()
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')), operation(3, rangeOf('c')))
    node.answered()
    await turn()
    assert.deepEqual(stream.ids, [3])
    node.writes.reverse()
    node.applied()
    node.applied()
    await turn()
    assert.deepEqual(stream.ids, [3, 2, 1])
  })

  it('may have the id of one that was answered', async () => {
    const { node, stream, turn } = open()
    for (const _ of [1, 2]) {
      stream.send(operation(5, putOf('a')))
      node.applied()
      await turn()
    }
    assert.deepEqual(stream.ids, [5, 5])
  })

  it('may be one of many that come in one message, or in many', async () => {
    const { node, stream, turn } = open()
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')))
    stream.send()
    stream.send(operation(3, putOf('c')))
    const keys = node.writes.map(({ body }) => etcd.PutRequest.decodeBytes(body).key)
    assert.deepEqual(keys, ['a', 'b', 'c'].map(bytesOf))
    for (const _ of keys) node.applied()
    await turn()
    // All of one turn leave in one message.
    assert.equal(stream.answers.messages.length, 1)
    assert.deepEqual(stream.ids, [1, 2, 3])
  })
})

describe('the results of a pipeline', () => {
  it('tell who leads, as this node knows it', async () => {
    const { node, stream, turn } = open()
    const leaders: bigint[] = []
    for (const leader of [1, 2, null]) {
      node.nodeStatus = { ...node.nodeStatus, leader }
      stream.send(operation(1, putOf('a')))
      node.applied()
      await turn()
      leaders.push(stream.answers.messages.at(-1)?.leader ?? -1n)
    }
    assert.deepEqual(leaders, [node.memberIdOf(1), node.memberIdOf(2), 0n])
  })

  it('leave before the turn ends when there are many', () => {
    const { node, stream } = open({ resultsBytes: 1000 })
    for (let id = 1; id <= 100; id++) stream.send(operation(id, putOf('a')))
    for (let id = 1; id <= 100; id++) node.applied(new Uint8Array(0), 100)
    assert.ok(stream.ids.length > 70 && stream.ids.length < 100, `${stream.ids.length} have left`)
    assert.ok(stream.answers.messages.every(({ results }) => results.length < 40))
  })

  const CODES = Object.keys(ERRORS) as ErrorCode[]
  const RETRIES: Readonly<Record<string, string>> = {
    never: 'NEVER',
    'at-leader': 'AT_LEADER',
    later: 'LATER',
    'unknown-outcome': 'UNKNOWN_OUTCOME',
  }

  it('say of every failure what it is and what to do, for each code of the table', async () => {
    const { node, stream, turn } = open()
    for (const code of CODES) {
      stream.send(operation(1, putOf('a')))
      node.failed(code)
      await turn()
      const spec: ErrorSpec = ERRORS[code]
      const failure = stream.results.at(-1)?.failure
      assert.deepEqual([failure?.code, failure?.text], [code, spec.what])
      assert.equal(failure?.advice, spec.advice)
      assert.equal(stream.failures.at(-1), `1: ${code} ${RETRIES[spec.retry]}`)
    }
  })

  it('names the members that do not answer, when that is why', async () => {
    const { node, stream, turn } = open()
    node.reached = TWO_OF_THREE_LOST
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')), operation(3, rangeOf('c')))
    node.unknown('TIMED_OUT')
    node.refused('TIMED_OUT')
    node.unread('TIMED_OUT')
    stream.send(operation(4, putOf('a')))
    node.failed('NOT_A_COUNTER')
    await turn()
    const failures = stream.results.map(({ failure }) => failure)
    const texts = failures.map((failure) => failure?.text)
    const own = ERRORS.NOT_A_COUNTER.what
    assert.deepEqual(texts, [LOST_TEXT, LOST_TEXT, LOST_TEXT, own])
    assert.match(failures[0]?.advice ?? '', /may still be carried out/)
    assert.match(failures[1]?.advice ?? '', /Nothing was changed/)
    assert.equal(failures[3]?.repair, '')
    for (const failure of failures.slice(0, 3)) {
      assert.match(failure?.repair ?? '', /^Start the members .* between them\.$/)
      assert.ok(failure?.advice.startsWith(`${failure.repair} `))
    }
    assert.deepEqual(stream.failures.slice(0, 3), [
      '1: TIMED_OUT UNKNOWN_OUTCOME',
      '2: TIMED_OUT LATER',
      '3: TIMED_OUT LATER',
    ])
  })

  it('never say that nothing happened when nobody knows, nor the other way round', async () => {
    const { node, stream, turn } = open()
    for (const code of CODES) {
      stream.send(operation(1, putOf('a')), operation(2, putOf('b')), operation(3, rangeOf('c')))
      node.unknown(code)
      node.refused(code)
      node.unread(code)
      await turn()
      const spec: ErrorSpec = ERRORS[code]
      const certain = spec.retry === 'unknown-outcome' ? 'LATER' : RETRIES[spec.retry]
      assert.deepEqual(stream.failures.slice(-3), [
        `1: ${code} UNKNOWN_OUTCOME`,
        `2: ${code} ${certain}`,
        `3: ${code} ${certain}`,
      ])
      const advice = stream.results.at(-3)?.failure?.advice
      const isOwn = spec.retry === 'unknown-outcome'
      assert.equal(advice, isOwn ? spec.advice : ERRORS.TIMED_OUT.advice)
    }
  })
})

describe('the end of a pipeline', () => {
  it('comes when the client has nothing more to say and everything is answered', async () => {
    const { node, door, stream, turn } = open({ operationsMax: 1 })
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')))
    stream.answers.call.sendEnd()
    assert.equal(door.pipelineCount, 1)
    for (const _ of [1, 2]) {
      await turn()
      assert.equal(stream.answers.outcome, undefined)
      node.applied()
    }
    await turn()
    assert.equal(stream.answers.outcome, 'OK')
    assert.deepEqual([stream.ids, door.pipelineCount], [[1, 2], 0])
  })

  it('waits until the client has read its results', async () => {
    const { node, stream, turn } = open()
    stream.answers.reads = false
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')))
    stream.answers.call.sendEnd()
    node.applied()
    await turn()
    node.applied()
    await turn()
    assert.deepEqual([stream.ids, stream.answers.outcome], [[1], undefined])
    stream.answers.call.writable()
    await turn()
    assert.deepEqual([stream.ids, stream.answers.outcome], [[1, 2], 'OK'])
  })

  it('comes at once when nothing was asked', async () => {
    const { stream, turn } = open()
    stream.answers.call.sendEnd()
    await turn()
    assert.equal(stream.answers.outcome, 'OK')
  })

  it('is silent when the client goes: what is under way takes its course', async () => {
    const { node, door, stream, turn } = open()
    stream.send(operation(1, putOf('a')), operation(2, rangeOf('b')))
    const [{ waiter } = assert.fail()] = node.reads
    assert.equal(waiter.isGone, false)
    stream.answers.call.cancel()
    assert.equal(waiter.isGone, true)
    node.applied()
    node.answered()
    await turn()
    assert.deepEqual([stream.results, door.pipelineCount], [[], 0])
  })

  it('comes when the node leaves, after what it has taken is answered', async () => {
    const { node, door, client, stream, turn } = open({ operationsMax: 2 })
    stream.send(...[1, 2, 3].map((id) => operation(id, putOf('a'))))
    const idle = openPipeline(client)
    door.leave()
    door.leave()
    await turn()
    assert.equal(idle.answers.outcome, 'UNAVAILABLE this node is shutting down')
    stream.send(operation(4, putOf('b')))
    node.applied()
    await turn()
    assert.equal(stream.answers.outcome, undefined)
    node.applied()
    await turn()
    assert.equal(stream.answers.outcome, 'UNAVAILABLE this node is shutting down')
    assert.deepEqual([stream.ids, node.writes.length], [[1, 2], 0])
    const late = openPipeline(client)
    await turn()
    assert.equal(late.answers.outcome, 'UNAVAILABLE this node is shutting down')
  })

  it('comes when an id is used again before its answer: they could not be told apart', async () => {
    const { node, stream, turn } = open()
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')))
    node.applied()
    stream.send(operation(3, putOf('c')), operation(2, putOf('d')), operation(4, putOf('e')))
    const outcome = 'INVALID_ARGUMENT the operation 2 waits for its answer already'
    assert.equal(stream.answers.outcome, outcome)
    // What had ended is told before, and nothing of what came behind it is begun.
    assert.deepEqual([stream.ids, node.writes.length], [[1], 2])
    node.applied()
    await turn()
    assert.deepEqual(stream.ids, [1])
  })

  it('comes with a message that is none, of which nothing has an effect', () => {
    const good = native.Operation.encodeBytes(operation(1, putOf('a')))
    for (const bad of [[0x0a], [0x0a, 5, 1], [0x80], [0x00], [0x0f], [0x0b], [0x7c]]) {
      const { node, stream } = open()
      stream.answers.sendBytes(Buffer.concat([wrapped([good]), Uint8Array.from(bad)]))
      assert.match(stream.answers.outcome ?? '', /^INVALID_ARGUMENT protobuf: /, `${bad}`)
      assert.deepEqual(node.writes, [])
    }
  })
})
