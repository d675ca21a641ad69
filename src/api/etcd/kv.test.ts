import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { COMMAND, READ, STATE_LIMITS } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { RangeFacts } from '../messages/index.ts'
import { BAD_INPUTS, setUpScripted } from './testing/index.ts'

const { range, rangeStream, put, deleteRange, txn, compact } = etcd.KV.methods

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

const KEY = bytesOf('key')
const HEADER = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 7, raftTerm: 3 }

function rangeOp(fields: Partial<etcd.RangeRequest>): etcd.RequestOp {
  const value = etcd.RangeRequest.create({ key: KEY, ...fields })
  return { request: { kind: 'requestRange', value } }
}

const PUT_OP: etcd.RequestOp = {
  request: { kind: 'requestPut', value: etcd.PutRequest.create({ key: KEY }) },
}

describe('a request that is written', () => {
  it('goes into the log as the bytes it came as', () => {
    const { node, client } = setUpScripted()
    // Fields in an order that no encoder of ours writes, and one that nobody knows.
    const bytes = Uint8Array.of(0x12, 1, 0x76, 0x0a, 1, 0x6b, 0x7a, 2, 9, 9, 0x20, 1)
    client.open(put).sendBytes(bytes.slice())
    assert.deepEqual(node.writes[0]?.body, bytes)
    assert.equal(node.writes[0]?.kind, COMMAND.put)
  })

  it('is of the kind it was sent as', () => {
    const { node, client } = setUpScripted()
    client.ask(put, put.request.create({ key: KEY }))
    client.ask(deleteRange, deleteRange.request.create({ key: KEY }))
    client.ask(txn, txn.request.create({ success: [PUT_OP] }))
    client.ask(compact, { revision: 5, physical: true })
    const { put: one, deleteRange: two, txn: three, compact: four } = COMMAND
    assert.deepEqual(
      node.writes.map(({ kind }) => kind),
      [one, two, three, four],
    )
  })

  it('is answered with a header and what the state says', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(deleteRange, deleteRange.request.create({ key: KEY }))
    const body = { deleted: 3, prevKvs: [] }
    node.applied(deleteRange.response.encodeBytes({ header: null, ...body }))
    assert.deepEqual(answers.message, { header: HEADER, ...body })
  })

  it('may be as large as a request may be, and not larger', () => {
    const { node, client } = setUpScripted()
    const { requestBytesMax } = STATE_LIMITS
    const empty = put.request.create({ key: KEY, value: new Uint8Array(1_500_000) })
    const room = requestBytesMax - put.request.encodedLength(empty)
    for (const more of [0, 1]) {
      const value = new Uint8Array(1_500_000 + room + more)
      const answers = client.ask(put, { ...empty, value })
      const tooLarge = 'INVALID_ARGUMENT etcdserver: request is too large'
      assert.equal(answers.outcome, more === 0 ? undefined : tooLarge)
    }
    assert.equal(node.writes.length, 1)
  })
})

describe('a request that is read', () => {
  it('goes to the leader, unless what this node knows is enough', () => {
    const { node, client } = setUpScripted()
    client.ask(range, range.request.create({ key: KEY }))
    client.ask(range, range.request.create({ key: KEY, serializable: true }))
    assert.deepEqual(
      node.reads.map(({ kind, serializable }) => [kind, serializable]),
      [
        [READ.range, false],
        [READ.range, true],
      ],
    )
    assert.deepEqual(range.request.decodeBytes(node.reads[1]?.body ?? KEY).key, KEY)
  })

  it('may be a transaction that writes nothing', () => {
    const { node, client } = setUpScripted()
    const ask = (fields: Partial<etcd.TxnRequest>) => client.ask(txn, txn.request.create(fields))
    ask({})
    ask({ success: [rangeOp({})], failure: [rangeOp({ serializable: true })] })
    ask({ success: [rangeOp({ serializable: true })], failure: [rangeOp({ serializable: true })] })
    assert.deepEqual(
      node.reads.map(({ kind, serializable }) => [kind, serializable]),
      [
        [READ.txn, true],
        [READ.txn, false],
        [READ.txn, true],
      ],
    )
    ask({ success: [rangeOp({})], failure: [PUT_OP] })
    assert.equal(node.writes.length, 1)
  })

  it('ends in silence when nobody waits any more', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(range, range.request.create({ key: KEY }))
    const waiter = node.reads[0]?.waiter
    assert.equal(waiter?.isGone, false)
    answers.call.cancel()
    assert.equal(waiter?.isGone, true)
    node.answered()
    assert.deepEqual(answers.messages, [])
  })

  it('is looked through as its decoder would', () => {
    const codec = range.request
    const facts = new RangeFacts()
    const requests = fc.record({
      key: fc.uint8Array({ maxLength: 200 }),
      rangeEnd: fc.uint8Array({ maxLength: 5 }),
      limit: fc.maxSafeInteger(),
      revision: fc.maxSafeInteger(),
      sortOrder: fc.integer(),
      sortTarget: fc.integer(),
      serializable: fc.boolean(),
      keysOnly: fc.boolean(),
    })
    const property = fc.property(requests, fc.nat(9), (fields, offset) => {
      const request = codec.create(fields)
      const bytes = new Uint8Array(offset + codec.encodedLength(request) + 3)
      const end = codec.encode(request, bytes, offset)
      facts.read(bytes, offset, end - offset)
      assert.equal(facts.key.length > 0, fields.key.length > 0)
      assert.equal(facts.sortOrder, fields.sortOrder)
      assert.equal(facts.sortTarget, fields.sortTarget)
      assert.equal(facts.serializable, fields.serializable)
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('what can be refused without the store', () => {
  it('never reaches the log, nor is it read', () => {
    const { node, client } = setUpScripted()
    const known = new Set(
      [
        'key is not provided',
        'value is provided',
        'lease is provided',
        'too many operations in txn request',
        'duplicate key given in txn request',
        'invalid sort option',
        'request is too large',
        'too large lease TTL',
      ].map((text) => `etcdserver: ${text}`),
    )
    const services = [etcd.KV, etcd.Lease]
    const methods = services.flatMap((service) => Object.values(service.methods))
    let asked = 0
    for (const { what, path, bytes, outcome, isPrefix } of BAD_INPUTS) {
      const described = methods.find((method) => method.path === path)
      const text = outcome.slice(outcome.indexOf(' ') + 1)
      if (described === undefined || !(isPrefix || known.has(text))) continue
      asked += 1
      const answers = client.open(described)
      answers.sendBytes(bytes.slice())
      assert.ok(answers.outcome?.startsWith(outcome), `${what}: ${answers.outcome}`)
      assert.deepEqual([node.writes, node.reads], [[], []], what)
    }
    assert.ok(asked > 100, `${asked} were asked`)
  })
})

describe('a range in pieces', () => {
  function start() {
    const setup = setUpScripted()
    const answers = setup.client.open(rangeStream)
    answers.send(rangeStream.request.create({ key: KEY, rangeEnd: Uint8Array.of(0) }))
    const [read] = setup.node.reads
    assert.ok(read !== undefined)
    let asked = 0
    const piece = (fields: Partial<etcd.RangeResponse>): void =>
      read.waiter.settleRead({
        kind: 'piece',
        revision: 7,
        body: range.response.encodeBytes(range.response.create(fields)),
        next: () => {
          asked += 1
        },
      })
    return { ...setup, answers, read, piece, asked: () => asked }
  }

  it('has its header in the last one', () => {
    const { node, answers, read, piece, asked } = start()
    assert.deepEqual([read.kind, read.pieceBytes], [READ.range, 1_572_864])
    const kv = { key: KEY, createRevision: 2, modRevision: 2, version: 1, value: KEY, lease: 0n }
    piece({ kvs: [kv] })
    assert.equal(asked(), 1)
    const last = range.response.create({ kvs: [kv], count: 2 })
    node.answered(range.response.encodeBytes(last))
    assert.equal(answers.outcome, 'OK')
    assert.deepEqual(
      answers.messages.map(({ rangeResponse }) => rangeResponse),
      [range.response.create({ kvs: [kv] }), { ...last, header: HEADER }],
    )
  })

  it('waits for a client that does not read', () => {
    const { answers, piece, asked } = start()
    answers.reads = false
    piece({})
    assert.equal(asked(), 0)
    answers.call.writable()
    assert.equal(asked(), 1)
  })

  it('is given up when the client goes', () => {
    const { answers, read, piece, asked } = start()
    answers.reads = false
    piece({})
    answers.call.cancel()
    assert.equal(read.waiter.isGone, true)
    assert.equal(asked(), 0)
  })

  it('may fail on the way', () => {
    const { node, answers, piece } = start()
    piece({})
    node.unread('COMPACTED')
    const text = 'OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted'
    assert.equal(answers.outcome, text)
  })
})
