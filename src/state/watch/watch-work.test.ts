import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { scene, TINY } from './testing/scene.ts'
import { settle, TestClient } from './testing/test-client.ts'
import type { TestStore } from './testing/test-store.ts'

describe('previous values that are not in memory', () => {
  test('are asked for, and the events wait for them alone', () => {
    const { client, store, hub } = scene()
    store.isOnDisk = () => true
    client.create({ key: 'a', prevKv: true })
    client.create({ key: 'a' })
    store.write(['a', '1'])
    store.write(['a', '2'])
    hub.drain(1000)
    assert.deepEqual([client.told(0n), client.told(1n)], [['2 a=1'], ['2 a=1', '3 a=2']])
    const wanted = hub.wantRecords()
    assert.deepEqual([wanted?.length, wanted?.main(0), wanted?.sub(0)], [1, 2, 0])
    assert.equal(hub.wantRecords(), null)
    store.write(['a', '3'])
    assert.equal(hub.drain(1000), false)
    assert.ok(wanted !== null)
    hub.loaded(wanted, store.load(wanted))
    settle(hub, store)
    assert.deepEqual(client.told(0n), ['2 a=1', '3 a=2 before: 1', '4 a=3 before: 2'])
  })

  test('are left out when a compaction has dropped them meanwhile', () => {
    const { client, store, hub } = scene()
    store.isOnDisk = () => true
    client.create({ key: 'a', prevKv: true })
    for (const value of ['1', '2', '3']) store.write(['a', value])
    hub.drain(1000)
    const wanted = hub.wantRecords()
    assert.ok(wanted !== null)
    store.compact(3)
    hub.loaded(wanted, store.load(wanted))
    settle(hub, store)
    assert.deepEqual(client.told(), ['2 a=1', '3 a=2', '4 a=3 before: 2'])
  })

  test('are asked for in bounded parts', () => {
    const { client, store, hub } = scene(TINY, (store) => {
      for (let i = 0; i < 60; i++) store.write([`k${i % 10}`, String(i)])
    })
    store.isOnDisk = () => true
    client.create({ key: 'k', end: 'l', prevKv: true, startRevision: 2 })
    let most = 0
    const load = (revisions: Parameters<TestStore['load']>[0]) => {
      most = Math.max(most, revisions.length)
      return store.load(revisions)
    }
    settle(hub, { history: (from, bytes) => store.history(from, bytes), load })
    assert.equal(client.told().length, 60)
    assert.equal(client.told().filter((told) => told.includes('before')).length, 50)
    assert.ok(most > 0 && most < 10)
  })
})

describe('the work of one call', () => {
  test('is bounded by its budget, and everybody gets everything in the end', () => {
    const { hub, store } = scene()
    const clients = Array.from({ length: 50 }, () => new TestClient(hub))
    for (const client of clients) client.create({ key: 'a', end: 'z' })
    store.write(['a', '1'])
    const steps: number[] = []
    for (let before = 0; hub.drain(20); before = hub.eventsSent) steps.push(hub.eventsSent - before)
    assert.ok(steps.length > 3 && steps.every((sent) => sent <= 15))
    for (const client of clients) assert.deepEqual(client.told(), ['2 a=1'])
  })

  test('reaches those who are behind and those who are not', () => {
    const { hub, store, client } = scene(TINY, (store) => {
      for (let i = 0; i < 500; i++) store.write(['a', String(i)])
    })
    client.create({ key: 'a', startRevision: 2 })
    const live = new TestClient(hub)
    live.create({ key: 'b' })
    for (let i = 0; i < 20; i++) {
      store.write(['b', String(i)])
      const goesOn = hub.drain(30)
      assert.equal(live.told().length, i + 1)
      const request = hub.wantHistory()
      if (request === null) continue
      assert.ok(!goesOn || request.fromMain > 0)
      const { records, nextMain } = store.history(request.fromMain, request.bytesMax)
      hub.history(request, records, nextMain)
    }
    assert.ok(client.told().length > 10 && client.told().length < 500)
  })

  test('is announced when no change of the store has brought it about', () => {
    const { hub, store, client, settle } = scene({}, (store) => store.write(['a', '1']))
    let woken = 0
    hub.onWork = () => {
      woken += 1
    }
    client.create({ key: 'b' })
    assert.equal(woken, 0)
    client.create({ key: 'a', startRevision: 2 })
    assert.equal(woken, 1)
    settle()
    client.read(0)
    store.write(['a', '2'])
    settle()
    const before = woken
    client.read()
    assert.equal(woken, before + 1)
    assert.ok(hub.hasWork)
    settle()
    assert.ok(!hub.hasWork)
  })
})

test('a hub that nobody watches keeps nothing', () => {
  const { hub, store, client, settle } = scene()
  store.write(['a', '1'])
  assert.equal(hub.heldBytes, 0)
  client.create({ key: 'a' })
  store.write(['a', '2'])
  settle()
  assert.ok(hub.heldBytes > 0)
  client.stream.close()
  store.write(['a', '3'])
  assert.equal(hub.heldBytes, 0)
  const next = new TestClient(hub)
  next.create({ key: 'a', startRevision: 2 })
  settle()
  assert.deepEqual(next.told(), ['2 a=1', '3 a=2', '4 a=3'])
})

describe('a call with any budget brings somebody forward', () => {
  for (const [what, values] of [
    ['more events than the budget has steps', Array.from({ length: 3000 }, (_, i) => `${i}`)],
    ['an answer that costs more to encode', Array.from({ length: 40 }, () => 'v'.repeat(100_000))],
  ] as const) {
    for (const start of [2, 0]) {
      test(`${what}, for who ${start === 0 ? 'keeps up' : 'is behind'}`, () => {
        const { hub, store } = scene({})
        const clients = Array.from({ length: 3 }, () => new TestClient(hub))
        if (start === 0) for (const one of clients) one.create({ key: 'a', end: 'z' })
        else clients[0]?.create({ key: 'x' })
        for (const value of values) store.write(['a', value])
        if (start > 0)
          for (const one of clients) one.create({ key: 'a', end: 'z', startRevision: 2 })
        settle(hub, store, 20)
        for (const one of clients) {
          const events = one.seen.flatMap((seen) => (seen.kind === 'events' ? seen.events : []))
          assert.equal(events.length, values.length)
        }
      })
    }
  }
})
