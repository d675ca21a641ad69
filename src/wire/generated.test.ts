import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  descriptorBytes,
  echo,
  etcd,
  etcdAuth,
  etcdElection,
  etcdKv,
  etcdLock,
  health,
  reflection,
  reflectionAlpha,
  state,
  WireReader,
} from './index.ts'

const TEXT = new TextEncoder()

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

describe('messages of etcd', () => {
  // Bytes made by another implementation, protobufjs, from the same descriptions.
  it('are a put and its answer', () => {
    const put = etcd.PutRequest.create({ key: TEXT.encode('foo'), value: TEXT.encode('bar') })
    assert.deepEqual(etcd.PutRequest.encodeBytes(put), hex('0a03666f6f 1203626172'))
    const answer = hex('0a1a 08b298eaf1948386fccd01 10cdd2918bd2b881cf8e01 1802 2002')
    const header = { clusterId: 14841639068965178418n, memberId: 10276657743932975437n }
    assert.deepEqual(etcd.PutResponse.decodeBytes(answer), {
      header: { ...header, revision: 2, raftTerm: 2 },
      prevKv: null,
    })
    assert.deepEqual(etcd.PutResponse.encodeBytes(etcd.PutResponse.decodeBytes(answer)), answer)
  })

  it('are a range and its answer', () => {
    const range = etcd.RangeRequest.create({
      key: TEXT.encode('foo'),
      rangeEnd: TEXT.encode('fop'),
      sortOrder: etcd.RangeRequestSortOrder.DESCEND,
      sortTarget: etcd.RangeRequestSortTarget.MOD,
      limit: 10,
    })
    const bytes = hex('0a03666f6f 1203666f70 180a 2802 3003')
    assert.deepEqual(etcd.RangeRequest.encodeBytes(range), bytes)
    const answer = hex('0a02 1802 1212 0a03666f6f 1002 1802 2001 2a03626172 3007 2001')
    const { kvs, count, more } = etcd.RangeResponse.decodeBytes(answer)
    assert.deepEqual([count, more], [1, false])
    assert.deepEqual(kvs, [
      {
        key: TEXT.encode('foo'),
        createRevision: 2,
        modRevision: 2,
        version: 1,
        value: TEXT.encode('bar'),
        lease: 7n,
      },
    ])
  })

  it('keep leases and members to the last bit, negative ones too', () => {
    for (const lease of [7587848390083747332n, -(2n ** 63n), -1n, 0n]) {
      const bytes = etcdKv.KeyValue.encodeBytes(etcdKv.KeyValue.create({ lease }))
      assert.equal(etcdKv.KeyValue.decodeBytes(bytes).lease, lease)
    }
  })

  it('are a transaction within a transaction, as deep as etcd lets it be', () => {
    let txn = etcd.TxnRequest.create()
    let answer = etcd.TxnResponse.create({ succeeded: true })
    for (let level = 0; level < 128; level++) {
      txn = etcd.TxnRequest.create({ failure: [{ request: { kind: 'requestTxn', value: txn } }] })
      const response = { kind: 'responseTxn' as const, value: answer }
      answer = etcd.TxnResponse.create({ responses: [{ response }] })
    }
    assert.deepEqual(etcd.TxnRequest.decodeBytes(etcd.TxnRequest.encodeBytes(txn)), txn)
    assert.deepEqual(etcd.TxnResponse.decodeBytes(etcd.TxnResponse.encodeBytes(answer)), answer)
  })

  it('are what is compared, with the fields that a Go client sends', () => {
    // etcdctl txn: mod("foo") != "3" over the keys up to "fop".
    const bytes = hex('0803 1002 1a03666f6f 3003 8204 03666f70')
    assert.deepEqual(etcd.Compare.decodeBytes(bytes), {
      result: etcd.CompareCompareResult.NOT_EQUAL,
      target: etcd.CompareCompareTarget.MOD,
      key: TEXT.encode('foo'),
      targetUnion: { kind: 'modRevision', value: 3 },
      rangeEnd: TEXT.encode('fop'),
    })
  })

  it('can be looked at without making anything of them', () => {
    const bytes = hex('ee 0a03666f6f 1203626172 2001 ee')
    const reader = new WireReader(bytes, 0, 0)
    for (let count = 0; count < 2 ** 20; count++) reader.element()
    assert.throws(() => reader.element(), /too many/)
    reader.restart(bytes, 1, bytes.length - 2)
    reader.element()
    const found: number[][] = []
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if ((tag & 7) === 2) found.push([tag >>> 3, reader.span(), reader.position])
      else reader.skip(tag)
    }
    assert.deepEqual(found, [
      [1, 3, 6],
      [2, 8, 11],
    ])
  })
})

describe('services', () => {
  it('have the paths and kinds of calls that others call them by', () => {
    const calls = [health.Health, reflection.ServerReflection, reflectionAlpha.ServerReflection]
      .flatMap(({ methods }) => Object.values(methods))
      .map((one) => `${one.path} ${one.requestStream} ${one.responseStream}`)
    assert.deepEqual(calls, [
      '/grpc.health.v1.Health/Check false false',
      '/grpc.health.v1.Health/List false false',
      '/grpc.health.v1.Health/Watch false true',
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo true true',
      '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo true true',
    ])
    assert.equal(etcd.KV.methods.put.path, '/etcdserverpb.KV/Put')
    assert.equal(etcd.KV.methods.put.request, etcd.PutRequest)
    assert.equal(echo.Echo.methods.bidirectional.responseStream, true)
  })

  it('are all those of etcd', () => {
    const services = [etcd.KV, etcd.Watch, etcd.Lease, etcd.Cluster, etcd.Maintenance, etcd.Auth]
    const counts = services.map(({ name, methods }) => [name, Object.keys(methods).length])
    assert.deepEqual(counts, [
      ['etcdserverpb.KV', 6],
      ['etcdserverpb.Watch', 1],
      ['etcdserverpb.Lease', 5],
      ['etcdserverpb.Cluster', 5],
      ['etcdserverpb.Maintenance', 8],
      ['etcdserverpb.Auth', 17],
    ])
    assert.equal(etcdLock.Lock.methods.lock.path, '/v3lockpb.Lock/Lock')
    assert.equal(etcdElection.Election.methods.observe.path, '/v3electionpb.Election/Observe')
    assert.equal(etcdAuth.Permission.name, 'authpb.Permission')
    assert.equal(state.LeaseExpireRequest.name, 'quorate.state.v1.LeaseExpireRequest')
  })

  it('carry a description that begins with the name of their file', () => {
    for (const { name, file } of [health.Health, etcd.KV, echo.Echo]) {
      const bytes = descriptorBytes(file)
      const reader = new WireReader(bytes, 0, bytes.length)
      assert.equal(reader.tag(), 10)
      assert.equal(reader.string(), file.name)
      assert.ok(file.symbols.includes(name))
    }
    assert.deepEqual(
      etcd.KV.file.dependencies.map((one) => one.name),
      ['etcd/auth.proto', 'etcd/kv.proto'],
    )
  })
})
