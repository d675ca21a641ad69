import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd, native } from '../../wire/index.ts'
import { ScriptedNode } from '../etcd/testing/index.ts'
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

function open(limits: Partial<NativeLimits> = {}) {
  const setup = setUpNative(new ScriptedNode(), limits)
  return { ...setup, stream: openPipeline(setup.client) }
}

describe('a pipeline that asks for much', () => {
  it('is not read from while as many are under way as may be, and loses nothing', async () => {
    const { node, door, stream, turn } = open({ operationsMax: 4 })
    stream.send(...[21, 22, 23, 24].map((id) => operation(id, putOf('first'))))
    // It waits in front of the door, which holds nothing of it.
    stream.send(operation(25, putOf('first')))
    assert.deepEqual([node.writes.length, door.heldBytes], [4, 0])
    for (const _ of [1, 2, 3, 4]) node.applied()
    await turn()
    node.applied()
    await turn()
    stream.answers.messages.length = 0
    const ids = Array.from({ length: 10 }, (_, at) => at + 1)
    stream.send(...ids.map((id) => operation(id, putOf(`key${id}`))))
    // It waits in front of the door.
    stream.send(operation(11, putOf('key11')))
    const begun: Uint8Array[] = []
    for (let round = 0; round < 11; round++) {
      assert.ok(node.writes.length <= 4)
      begun.push(node.writes[0]?.body ?? KEY)
      node.applied()
      await turn()
    }
    assert.deepEqual(stream.ids, [...ids, 11])
    const keys = begun.map((body) => etcd.PutRequest.decodeBytes(body).key)
    assert.deepEqual(
      keys,
      [...ids, 11].map((id) => bytesOf(`key${id}`)),
    )
  })

  it('has fewer reads under way than writes, for their answers may be long', async () => {
    const { node, stream, turn } = open({ readsMax: 2 })
    stream.send(...[1, 2, 3, 4, 5].map((id) => operation(id, rangeOf('a'))))
    stream.send(operation(6, putOf('b')))
    const counts: number[] = []
    for (let round = 0; round < 5; round++) {
      counts.push(node.reads.length)
      node.answered()
      await turn()
    }
    assert.deepEqual(counts, [2, 2, 2, 2, 1])
    assert.equal(node.writes.length, 1)
  })

  it('has only so many operations looked through in one turn', async () => {
    const { stream, turn } = open({ operationsMax: 10 })
    const nothing = native.Operation.encodeBytes(native.Operation.create({ id: 1 }))
    stream.answers.sendBytes(wrapped(Array(35).fill(nothing)))
    stream.answers.sendBytes(wrapped([nothing]))
    assert.equal(stream.results.length, 0)
    await turn()
    assert.deepEqual(
      stream.answers.messages.map(({ results }) => results.length),
      [10, 10, 10, 6],
    )
  })

  it('has nothing more taken while its results are not read', async () => {
    const { node, stream, turn } = open()
    stream.answers.reads = false
    stream.send(operation(1, putOf('a')), operation(2, putOf('b')), operation(3, putOf('c')))
    node.applied()
    await turn()
    stream.send(operation(4, putOf('d')))
    node.applied()
    node.applied()
    await turn()
    assert.deepEqual([stream.ids, node.writes.length], [[1], 0])
    stream.answers.reads = true
    stream.answers.call.writable()
    await turn()
    assert.deepEqual([stream.ids, node.writes.length], [[1, 2, 3], 1])
  })

  it('is refused reads that would be held for it without bound', async () => {
    const { node, stream, turn } = open({ unreadBytesMax: 1000 })
    const long = etcd.RangeResponse.encodeBytes(etcd.RangeResponse.create({ kvs: [record(600)] }))
    stream.answers.reads = false
    stream.send(...[1, 2, 3, 4].map((id) => operation(id, rangeOf('a'))))
    node.answered(
      etcd.RangeResponse.encodeBytes(etcd.RangeResponse.create({ kvs: [record(2000)] })),
    )
    await turn()
    for (const _ of [2, 3, 4]) node.answered(long)
    stream.answers.reads = true
    stream.answers.call.writable()
    await turn()
    assert.deepEqual(stream.ids, [1, 2, 3, 4])
    assert.deepEqual(stream.failures, [
      '1: TOO_LARGE NEVER',
      '3: OVERLOADED LATER',
      '4: OVERLOADED LATER',
    ])
  })

  it('ends when what its writes have answered is not read', async () => {
    const { node, stream, turn } = open({ unreadBytesMax: 1000 })
    stream.answers.reads = false
    stream.send(...[1, 2, 3, 4, 5].map((id) => operation(id, putOf('a'))))
    node.applied()
    await turn()
    const long = etcd.PutResponse.encodeBytes({ header: null, prevKv: record(600) })
    for (const _ of [2, 3]) node.applied(long)
    assert.equal(stream.answers.outcome, undefined)
    node.applied(long)
    const outcome = 'RESOURCE_EXHAUSTED the results of this stream are not read'
    assert.equal(stream.answers.outcome, outcome)
    node.applied(long)
    await turn()
    assert.deepEqual(stream.ids, [1])
  })

  it('ends when all of them together hold too much, unless it holds little', async () => {
    const { node, door, client, turn } = open({ heldBytesMax: 2500, heldShareBytes: 500 })
    const streams = [0, 1, 2].map(() => openPipeline(client))
    const long = etcd.PutResponse.encodeBytes({ header: null, prevKv: record(1000) })
    for (const [at, stream] of streams.entries()) {
      stream.answers.reads = false
      stream.send(operation(1, putOf('a')), operation(2, putOf('a')), operation(3, putOf('a')))
      node.applied()
      await turn()
      node.applied(at === 2 ? undefined : long)
      node.applied(at === 0 ? long : undefined)
      await turn()
    }
    const outcome = 'RESOURCE_EXHAUSTED too much is held for clients that do not read'
    assert.deepEqual(
      streams.map(({ answers }) => answers.outcome),
      [undefined, outcome, undefined],
    )
    const [first = assert.fail(), , last = assert.fail()] = streams
    assert.ok(door.heldBytes > 2000 && door.heldBytes < 2500, `${door.heldBytes} bytes`)
    first.answers.reads = true
    first.answers.call.writable()
    assert.deepEqual(first.ids, [1, 2, 3])
    last.answers.call.cancel()
    assert.equal(door.heldBytes, 0)
  })

  it('has what is left of its messages counted, too', async () => {
    const { node, door, stream, turn } = open({ operationsMax: 1, heldBytesMax: 0 })
    stream.send(operation(1, putOf('a')), operation(2, putOf('b', 'v'.repeat(1000))))
    assert.ok(door.heldBytes > 1000, `${door.heldBytes} bytes`)
    for (const _ of [1, 2]) {
      node.applied()
      await turn()
    }
    assert.equal(door.heldBytes, 0)
    const long = 'v'.repeat(70_000)
    stream.send(operation(3, putOf('c')), operation(4, putOf('d', long)))
    const outcome = 'RESOURCE_EXHAUSTED too much is held for clients that do not read'
    assert.equal(stream.answers.outcome, outcome)
    assert.equal(door.heldBytes, 0)
  })

  function record(bytes: number) {
    const value = new Uint8Array(bytes)
    return { key: KEY, createRevision: 2, modRevision: 2, version: 1, value, lease: 0n }
  }
})
