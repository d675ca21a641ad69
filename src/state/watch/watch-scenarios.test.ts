import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NO_WATCH_ID, WATCH_LIMITS } from './index.ts'
import { scene, TINY } from './testing/scene.ts'
import { TestClient } from './testing/test-client.ts'

describe('W-01: progress', () => {
  test('that is asked for during a burst never comes before the events it covers', () => {
    const { client, store, hub, settle } = scene(TINY)
    client.create({ key: 'a' })
    client.create({ key: 'b' })
    for (let i = 0; i < 200; i++) {
      store.write(['a', String(i)])
      store.write(['b', String(i)])
      client.stream.progress()
      if (i % 5 === 0) hub.drain(3)
    }
    settle()
    let heard = { a: 1, b: 1 }
    let told = 0
    for (const seen of client.seen) {
      if (seen.kind === 'events') {
        const last = seen.events.at(-1)
        heard = { ...heard, [last?.key as string]: last?.main }
      } else if (seen.notice.kind === 'progress') {
        const { revision } = seen.notice
        // Revisions are even for a and odd for b.
        assert.ok(heard.a >= revision - 1 && heard.b >= revision - 1, 'events come first')
        told += 1
      }
    }
    assert.ok(told > 0)
    assert.deepEqual(client.notices.at(-1), {
      kind: 'progress',
      watchId: NO_WATCH_ID,
      revision: 401,
    })
  })

  test('waits for the slowest watcher of the stream, and for a sink that takes nothing', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a' })
    client.create({ key: 'b' })
    client.read(1)
    store.write(['a', '1'], ['b', '1'])
    client.stream.progress()
    settle()
    assert.equal(client.notices.length, 2)
    client.read()
    settle()
    assert.deepEqual(client.notices.slice(2), [
      { kind: 'progress', watchId: NO_WATCH_ID, revision: 2 },
    ])
    assert.equal(client.seen.at(-1)?.kind, 'notice')
  })

  test('of a stream without watchers is not told, not even later', () => {
    const { client, settle } = scene()
    client.stream.progress()
    settle()
    client.create({ key: 'a' })
    settle()
    assert.deepEqual(
      client.notices.map(({ kind }) => kind),
      ['created'],
    )
  })

  test('comes from time to time to those who wish it and have heard nothing', () => {
    const { client, store, hub, settle } = scene({ progressIntervalMs: 1000 })
    const later = new TestClient(hub, 0.5)
    client.create({ key: 'a', progressNotify: true })
    client.create({ key: 'a' })
    later.create({ key: 'b', progressNotify: true })
    hub.tick(5000)
    hub.tick(5999)
    assert.equal(client.notices.length, 2)
    hub.tick(6000)
    assert.deepEqual(client.notices.slice(2), [{ kind: 'progress', watchId: 0n, revision: 1 }])
    assert.equal(later.notices.length, 1)
    hub.tick(6050)
    assert.equal(later.notices.length, 2)
    store.write(['a', '1'])
    settle()
    hub.tick(7000)
    assert.equal(client.notices.length, 3, 'an event has told as much')
    hub.tick(8000)
    assert.deepEqual(client.notices[3], { kind: 'progress', watchId: 0n, revision: 2 })
  })

  test('is not told to a watcher that is behind', () => {
    const { client, store, hub, settle } = scene({ progressIntervalMs: 1000 })
    client.create({ key: 'a', progressNotify: true })
    hub.tick(0)
    client.read(0)
    store.write(['a', '1'])
    settle()
    client.room = 1
    hub.tick(1000)
    assert.equal(client.notices.length, 1)
  })
})

describe('W-03: slow clients', () => {
  test('many watchers of one slow stream get every event when it reads on', () => {
    const { client, store, settle } = scene(TINY)
    for (let i = 0; i < 120; i++) client.create({ key: `k${i}` })
    client.read(3)
    for (let i = 0; i < 300; i++) {
      store.write([`k${i % 120}`, String(i)])
      settle()
      if (i % 50 === 49) client.read(5)
    }
    client.read()
    settle()
    for (let i = 0; i < 120; i++) {
      const expected = [i, i + 120, i + 240].filter((n) => n < 300)
      assert.deepEqual(
        client.told(BigInt(i)),
        expected.map((n) => `${n + 2} k${i}=${n}`),
      )
    }
  })

  test('a compaction past them cancels them with its revision: never a silent gap', () => {
    const { client, store, hub, settle } = scene(TINY)
    const quick = new TestClient(hub)
    quick.create({ key: 'k', end: 'l' })
    for (let i = 0; i < 110; i++) client.create({ key: `k${i}` })
    client.read(0)
    for (let i = 0; i < 330; i++) {
      store.write([`k${i % 110}`, String(i)])
      settle()
    }
    store.compact(250)
    settle()
    client.read()
    settle()
    const canceled = client.notices.filter(({ kind }) => kind === 'compacted')
    for (let i = 0; i < 110; i++) {
      const told = client.told(BigInt(i))
      const isCanceled = canceled.some(
        (notice) => notice.kind === 'compacted' && notice.watchId === BigInt(i),
      )
      assert.ok(isCanceled ? told.length === 0 : told.length === 3, 'all of it or a cancellation')
    }
    assert.equal(canceled.length, 110)
    assert.deepEqual(canceled[0]?.kind === 'compacted' && canceled[0].compactRevision, 250)
    assert.equal(quick.told().length, 330)
    assert.equal(hub.watcherCount, 1)
  })

  test('a compaction alone cancels nobody who has everything, or can still get it', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a' })
    store.write(['a', '1'])
    store.write(['a', '2'])
    store.write(['b', '1'])
    store.compact(4)
    settle()
    store.write(['a', '3'])
    settle()
    assert.deepEqual(client.told(), ['2 a=1', '3 a=2', '5 a=3'])
    assert.equal(client.notices.length, 1)
  })

  test('one that takes nothing does not hold up another, nor keep events in memory', () => {
    const { client, store, hub, settle } = scene(TINY)
    client.create({ key: 'a' })
    client.read(0)
    const quick = new TestClient(hub)
    quick.create({ key: 'a' })
    for (let i = 0; i < 500; i++) {
      store.write(['a', 'x'.repeat(20)])
      settle()
    }
    assert.equal(quick.told().length, 500)
    assert.equal(hub.slowWatcherCount, 1)
    assert.ok(hub.heldBytes <= TINY.ringBytesMax, 'the ring is bounded')
    client.read()
    settle()
    assert.equal(client.told().length, 500)
    assert.equal(hub.slowWatcherCount, 0)
  })
})

describe('W-06: a watch on a future revision', () => {
  test('gets nothing below it when a snapshot takes the place of the state', () => {
    const { client, store, hub, settle } = scene({ progressIntervalMs: 10 })
    client.create({ key: 'a', startRevision: 51, progressNotify: true })
    client.create({ key: 'a' })
    store.hub = null
    for (let i = 2; i <= 40; i++) store.write(['a', String(i)])
    store.compact(30)
    hub.replaced(store)
    store.hub = hub
    settle()
    hub.tick(0)
    hub.tick(100)
    client.stream.progress()
    settle()
    assert.deepEqual(client.answers(0n), [])
    assert.deepEqual(client.notices.slice(2), [
      // The other one would have missed what the snapshot does not hold any more.
      { kind: 'compacted', watchId: 1n, compactRevision: 30 },
    ])
    for (let i = 41; i <= 52; i++) store.write(['a', String(i)])
    settle()
    assert.deepEqual(client.told(0n), ['51 a=51', '52 a=52'])
    assert.deepEqual(client.notices.at(-1), {
      kind: 'progress',
      watchId: NO_WATCH_ID,
      revision: 52,
    })
  })

  test('gets everything from it on when the snapshot is beyond it', () => {
    const { client, store, hub, settle } = scene()
    client.create({ key: 'a', startRevision: 20 })
    client.create({ key: 'a' })
    store.write(['a', '2'])
    store.hub = null
    for (let i = 3; i <= 40; i++) store.write(['a', String(i)])
    hub.replaced(store)
    store.hub = hub
    store.write(['a', '41'])
    settle()
    const from = (start: number) =>
      Array.from({ length: 42 - start }, (_, i) => `${start + i} a=${start + i}`)
    assert.deepEqual(client.told(0n), from(20))
    assert.deepEqual(client.told(1n), from(2))
  })

  test('what was asked of the state before the snapshot is not taken for an answer', () => {
    const { client, store, hub, settle } = scene({}, (store) => store.write(['a', '1']))
    client.create({ key: 'a', startRevision: 2 })
    hub.drain(100)
    const request = hub.wantHistory()
    assert.ok(request !== null)
    const old = store.history(request.fromMain, request.bytesMax)
    store.hub = null
    store.write(['a', '2'])
    hub.replaced(store)
    store.hub = hub
    hub.drain(100)
    assert.ok(hub.wantHistory() !== null)
    hub.history(request, old.records, old.nextMain)
    assert.deepEqual(client.told(), [])
    hub.replaced(store)
    settle()
    assert.deepEqual(client.told(), ['2 a=1', '3 a=2'])
  })
})

describe('W-08: a revision with many events', () => {
  const KEYS = Array.from({ length: 1000 }, (_, i) => `k${String(i).padStart(4, '0')}`)
  const LIMITS = { ...WATCH_LIMITS, answerBytes: 2000, fragmentBytes: 4000 }

  test('comes in one answer, or in marked fragments to those who take them', () => {
    const { client, store, settle } = scene(LIMITS)
    client.create({ key: 'k', end: 'l', fragment: true })
    client.create({ key: 'k', end: 'l' })
    store.write(['k0', 'before'])
    store.write(...KEYS.map((key) => [key, 'v'] as const))
    store.write(['k9', 'after'])
    settle()
    for (const id of [0n, 1n]) {
      assert.deepEqual(client.told(id), [
        '2 k0=before',
        ...KEYS.map((key) => `3 ${key}=v`),
        '4 k9=after',
      ])
    }
    const fragments = client.answers(0n).filter(({ fragment }) => fragment)
    assert.ok(fragments.length >= 4)
    assert.ok(fragments.every(({ revision }) => revision === 3))
    const whole = client.answers(1n).filter(({ events }) => events.some(({ main }) => main === 3))
    assert.deepEqual(
      whole.map(({ events, fragment }) => [events.length, fragment]),
      [[1000, false]],
    )
  })

  test('goes on at the fragment where a slow client stopped, without a repeat', () => {
    const { client, store, settle } = scene(LIMITS)
    client.create({ key: 'k', end: 'l', fragment: true })
    client.read(2)
    store.write(...KEYS.map((key) => [key, 'v'] as const))
    settle()
    assert.equal(client.answers().length, 2)
    for (let i = 0; i < 3; i++) {
      store.write(['k', 'later'])
      client.read(1)
      settle()
    }
    client.read()
    settle()
    assert.deepEqual(
      client.told().slice(0, 1000),
      KEYS.map((key) => `2 ${key}=v`),
    )
    assert.equal(client.told().length, 1003)
  })

  test('is cut for others too when nobody could hold it', () => {
    const { client, store, settle } = scene({ ...LIMITS, answerBytesMax: 10_000 })
    client.create({ key: 'k', end: 'l' })
    store.write(...KEYS.map((key) => [key, 'v'] as const))
    settle()
    assert.equal(client.told().length, 1000)
    assert.ok(client.answers().length > 1)
    assert.deepEqual(
      client.answers().map(({ fragment }) => fragment),
      [...Array(client.answers().length - 1).fill(true), false],
    )
  })

  test('comes whole when it is larger than the ring', () => {
    const { client, store, settle } = scene({ ...LIMITS, ringBytesMax: 4096 })
    client.create({ key: 'k', end: 'l' })
    store.write(['k0', 'before'])
    store.write(...KEYS.map((key) => [key, 'v'] as const))
    client.create({ key: 'k', end: 'l', startRevision: 3 })
    settle()
    assert.equal(client.told(0n).length, 1001)
    assert.equal(client.told(1n).length, 1000)
    assert.equal(client.answers(1n).length, 1)
  })
})

describe('W-13: a client that comes back to a node that lags', () => {
  test('waits for the revision after its last one, and skips nothing', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', startRevision: 4 })
    settle()
    for (const value of ['2', '3', '4', '5']) store.write(['a', value])
    settle()
    assert.deepEqual(client.told(), ['4 a=4', '5 a=5'])
  })
})
