/** What the generator sends, and how it counts what comes back. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { etcd, etcdKv } from '../../src/wire/index.ts'
import { Durations } from './durations.ts'
import { EventReader } from './fan-out.ts'
import { ITEMS, loadOf, nameOf } from './load.ts'
import { fixedRequest, putBytesOf, requestsOf } from './requests.ts'

const KEYS = 20

function keyNumber(key: Uint8Array): number {
  const [, digits] = /^bench\/(\d{10})$/.exec(Buffer.from(key).toString()) ?? []
  return Number(digits ?? Number.NaN)
}

test('puts go to all of the keys and to no other', () => {
  const next = requestsOf(loadOf('put', [1, 1]), KEYS)
  const numbers = Array.from({ length: 2000 }, () => {
    const { bytes } = next()
    return keyNumber(etcd.PutRequest.decode(bytes, 0, bytes.length).key)
  })
  assert.equal(new Set(numbers).size, KEYS)
  assert.equal(Math.min(...numbers), 0)
  assert.equal(Math.max(...numbers), KEYS - 1)
})

test('a transaction puts four different keys that are there', () => {
  const next = requestsOf(loadOf('txn', [1, 1]), KEYS)
  for (let i = 0; i < 200; i++) {
    const { bytes } = next()
    const { success } = etcd.TxnRequest.decode(bytes, 0, bytes.length)
    const numbers = success.map(({ request }) =>
      request?.kind === 'requestPut' ? keyNumber(request.value.key) : Number.NaN,
    )
    assert.equal(new Set(numbers).size, 4)
    assert.ok(Math.max(...numbers) < KEYS)
  }
})

test('a mix reads its share of the time', () => {
  const next = requestsOf(loadOf('put', [1, 1], { readShare: 0.9 }), KEYS)
  const paths = Array.from({ length: 2000 }, () => next().path)
  const reads = paths.filter((path) => path.endsWith('/Range')).length
  assert.ok(reads > 1700 && reads < 1900, `${reads} of 2000`)
})

test('the request that is always the same has a value of the length that was asked for', () => {
  const { bytes, path } = fixedRequest(loadOf('put', [1, 1], { valueBytes: 4096 }))
  assert.match(path, /KV\/Put$/)
  assert.equal(etcd.PutRequest.decode(bytes, 0, bytes.length).value.length, 4096)
})

test('bytes that are put count for each request, reads or not', () => {
  assert.equal(putBytesOf(loadOf('put', [1, 1])), 256)
  assert.equal(putBytesOf(loadOf('put', [1, 1], { readShare: 0.5 })), 128)
  assert.equal(putBytesOf(loadOf('txn', [1, 1])), 1024)
  assert.equal(putBytesOf(loadOf('range', [1, 1])), 0)
})

test('an event tells when its put began, at the beginning of its value', () => {
  const value = new Uint8Array(256)
  new DataView(value.buffer).setFloat64(0, 1234.5, true)
  const put = etcdEvent(value)
  const seen: number[] = []
  const reader = new EventReader((startMs) => seen.push(startMs))
  assert.equal(reader.read(...encoded({ created: true, events: [] })), true)
  assert.equal(reader.read(...encoded({ created: false, events: [put, put] })), false)
  assert.deepEqual(seen, [1234.5, 1234.5])
})

function etcdEvent(value: Uint8Array): etcdKv.Event {
  const key = Buffer.from('bench/0000000001')
  return etcdKv.Event.create({ kv: etcdKv.KeyValue.create({ key, modRevision: 300, value }) })
}

function encoded(fields: Partial<etcd.WatchResponse>): [Uint8Array, number, number] {
  const message = etcd.WatchResponse.create(fields)
  const codec = etcd.Watch.methods.watch.response
  const bytes = new Uint8Array(codec.encodedLength(message))
  codec.encode(message, bytes, 0)
  return [bytes, 0, bytes.length]
}

test('percentiles are at most a hundredth off', () => {
  const durations = new Durations()
  for (let ms = 1; ms <= 1000; ms++) durations.add(ms)
  assert.ok(Math.abs(durations.percentileMs(0.5) - 500) <= 10)
  assert.ok(Math.abs(durations.percentileMs(0.99) - 990) <= 20)
  assert.equal(durations.longestMs, 1000)
  assert.ok(Number.isNaN(new Durations().percentileMs(0.5)))
})

test('every row has a name of its own', () => {
  assert.equal(new Set(ITEMS.map(({ name }) => name)).size, ITEMS.length)
  assert.equal(nameOf(loadOf('put', [10, 10], { valueBytes: 4096 })), 'put 10 x 10, 4 KiB')
})
