import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { scene, TINY } from './testing/scene.ts'
import { TestClient } from './testing/test-client.ts'

describe('creating a watch', () => {
  test('is answered at once, before and apart from any event', () => {
    const { client, store, settle } = scene({}, (store) => store.write(['a', '1']))
    client.create({ key: 'a', startRevision: 1 })
    assert.deepEqual(client.seen, [
      { kind: 'notice', notice: { kind: 'created', watchId: 0n, revision: 2 } },
    ])
    store.write(['a', '2'])
    settle()
    assert.deepEqual(client.told(), ['2 a=1', '3 a=2'])
  })

  test('gives ids from 0 on that are free, and keeps those that are asked for', () => {
    const { client } = scene()
    client.create({ key: 'a' })
    client.create({ key: 'a', watchId: 1n })
    client.create({ key: 'a' })
    client.create({ key: 'a', watchId: -(2n ** 63n) })
    client.create({ key: 'a', watchId: 2n ** 63n - 1n })
    assert.deepEqual(
      client.notices.map((notice) => notice.kind === 'created' && notice.watchId),
      [0n, 1n, 2n, -(2n ** 63n), 2n ** 63n - 1n],
    )
  })

  test('of an id that is in use is refused, and the watch that has it goes on', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', watchId: 7n })
    client.create({ key: 'b', watchId: 7n })
    assert.deepEqual(client.notices[1], { kind: 'refused', refusal: 'duplicateId', revision: 1 })
    store.write(['a', '1'], ['b', '1'])
    settle()
    assert.deepEqual(client.told(7n), ['2 a=1'])
  })

  test('of an empty range, of a negative revision, or of one too many is refused', () => {
    const { client, hub } = scene({ watchersPerStreamMax: 2, watchersMax: 3 })
    client.create({ key: 'b', end: 'b' })
    client.create({ key: 'b', end: 'a' })
    client.create({ key: 'a', startRevision: -1 })
    client.create({ key: 'a' })
    client.create({ key: 'a' })
    client.create({ key: 'a' })
    const other = new TestClient(hub)
    other.create({ key: 'a' })
    other.create({ key: 'a' })
    const kinds = [...client.notices, ...other.notices].map((notice) =>
      notice.kind === 'refused' ? notice.refusal : notice.kind,
    )
    assert.deepEqual(kinds, [
      ...['rangeEmpty', 'rangeEmpty', 'startNegative', 'created', 'created', 'tooMany'],
      ...['created', 'tooMany'],
    ])
    client.stream.close()
    other.create({ key: 'a' })
    assert.equal(other.notices.at(-1)?.kind, 'created')
  })

  test('below the compaction is created, then cancelled with the compaction revision', () => {
    const { client, store, settle } = scene({}, (store) => {
      for (const value of ['1', '2', '3']) store.write(['a', value])
      store.compact(3)
    })
    client.create({ key: 'a', startRevision: 2 })
    assert.deepEqual(client.notices, [
      { kind: 'created', watchId: 0n, revision: 4 },
      { kind: 'compacted', watchId: 0n, compactRevision: 3 },
    ])
    store.write(['a', '4'])
    settle()
    assert.deepEqual(client.told(), [])
  })

  test('at the compaction itself hears of what happened there, of a deletion too', () => {
    const { client, settle } = scene({}, (store) => {
      store.write(['a', '1'])
      store.write(['a', null])
      store.write(['b', '1'])
      store.compact(3)
    })
    client.create({ key: 'a', startRevision: 3 })
    settle()
    assert.deepEqual(client.told(), ['3 a gone'])
  })

  test('of the empty key means everything, as does an end of one zero byte', () => {
    const { client, store, settle } = scene()
    client.create({ key: '', end: '\0' })
    client.create({ key: 'b', end: '\0' })
    client.create({ key: '' })
    store.write(['\0', '0'], ['a', '1'], ['b', '2'], ['\xff\xff', '3'])
    settle()
    assert.deepEqual(client.told(0n), ['2 \0=0', '2 a=1', '2 b=2', '2 \xff\xff=3'])
    assert.deepEqual(client.told(1n), ['2 b=2', '2 \xff\xff=3'])
    assert.deepEqual(client.told(2n), ['2 \0=0'])
  })
})

describe('events', () => {
  test('of one revision come together, several revisions may share an answer', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', end: 'z' })
    store.write(['a', '1'], ['b', '1'], ['zz', '1'])
    store.write(['b', null], ['c', '1'])
    settle()
    assert.deepEqual(client.told(), ['2 a=1', '2 b=1', '3 b gone', '3 c=1'])
    assert.equal(client.answers().length, 1)
    assert.equal(client.answers()[0]?.revision, 3)
  })

  test('that a filter leaves out are not sent, and nothing is sent when none are left', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', filters: [0] })
    client.create({ key: 'a', filters: [1] })
    client.create({ key: 'a', filters: [0, 1] })
    client.create({ key: 'a', filters: [9] })
    store.write(['a', '1'])
    store.write(['a', null])
    settle()
    assert.deepEqual(
      [0n, 1n, 2n, 3n].map((id) => client.told(id)),
      [['3 a gone'], ['2 a=1'], [], ['2 a=1', '3 a gone']],
    )
  })

  test('come with what was there before, but for what is new or compacted away', () => {
    const { client, store, settle } = scene({}, (store) => {
      for (const value of ['1', '2', '3']) store.write(['a', value])
      store.compact(3)
    })
    client.create({ key: 'a', end: 'c', prevKv: true, startRevision: 3 })
    store.write(['a', null], ['b', '1'])
    store.write(['a', '5'])
    store.write(['a', '6'])
    settle()
    assert.deepEqual(client.told(), [
      ...['3 a=2', '4 a=3 before: 2', '5 a gone before: 3', '5 b=1', '6 a=5', '7 a=6 before: 5'],
    ])
    const before = client.answers()[0]?.events[1]?.previousKv
    assert.deepEqual([before?.modRevision, before?.createRevision, before?.version], [3, 2, 2])
  })

  test('are encoded once for all who want the same, and sent to each under its id', () => {
    const { client, store, hub, settle } = scene()
    const other = new TestClient(hub)
    for (const id of [5n, 6n]) client.create({ key: 'a', end: 'b', watchId: id })
    other.create({ key: 'a', end: 'b' })
    store.write(['a', '1'])
    settle()
    assert.deepEqual([client.told(5n), client.told(6n), other.told()], Array(3).fill(['2 a=1']))
    assert.equal(hub.eventsSent, 3)
  })

  test('from a future revision on come from there on', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', startRevision: 4 })
    for (const value of ['1', '2', '3', '4']) {
      store.write(['a', value])
      settle()
    }
    assert.deepEqual(client.told(), ['4 a=3', '5 a=4'])
  })

  test('from a future revision on come from there on when much is new at once', () => {
    const { client, store, settle } = scene()
    for (const startRevision of [3, 5, 5, 99]) client.create({ key: 'a', startRevision })
    for (const value of ['1', '2', '3', '4']) store.write(['a', value])
    settle()
    assert.deepEqual(
      [0n, 1n, 2n, 3n].map((id) => client.told(id)),
      [['3 a=2', '4 a=3', '5 a=4'], ['5 a=4'], ['5 a=4'], []],
    )
  })

  test('of the past come from the ring and from the engine without gap or repeat', () => {
    const { client, store, hub, settle } = scene(TINY, (store) => {
      for (let i = 2; i < 40; i++) store.write([i % 3 === 0 ? 'b' : 'a', String(i)])
    })
    client.create({ key: 'a', startRevision: 5 })
    for (let i = 40; i < 60; i++) {
      store.write([i % 3 === 0 ? 'b' : 'a', String(i)])
      if (i % 7 === 0) hub.drain(20)
    }
    settle()
    const expected = Array.from({ length: 55 }, (_, i) => i + 5).filter((main) => main % 3 !== 0)
    assert.deepEqual(
      client.told(),
      expected.map((main) => `${main} a=${main}`),
    )
  })
})

describe('cancelling', () => {
  test('is answered once, nothing follows, and the id is free again', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a', watchId: 3n })
    store.write(['a', '1'])
    client.stream.cancel(3n)
    client.stream.cancel(3n)
    settle()
    assert.deepEqual(client.notices.slice(1), [{ kind: 'canceled', watchId: 3n, revision: 2 }])
    assert.deepEqual(client.told(3n), [])
    client.create({ key: 'a', watchId: 3n })
    assert.equal(client.notices.at(-1)?.kind, 'created')
  })

  test('W-11: id 0 is an id like others, and one that is not there is not answered', () => {
    const { client, store, settle } = scene()
    client.stream.cancel(0n)
    assert.deepEqual(client.seen, [])
    client.create({ key: 'a' })
    client.create({ key: 'a' })
    client.stream.cancel(0n)
    assert.deepEqual(client.notices.at(-1), { kind: 'canceled', watchId: 0n, revision: 1 })
    store.write(['a', '1'])
    settle()
    assert.deepEqual([client.told(0n), client.told(1n)], [[], ['2 a=1']])
  })

  test('W-11: a watch that is refused leaves the others of its stream alone', () => {
    const { client, store, settle } = scene()
    client.create({ key: 'a' })
    client.create({ key: 'b', end: 'a' })
    store.write(['a', '1'])
    settle()
    assert.deepEqual(client.told(), ['2 a=1'])
  })

  test('a stream that is closed from within a call is sent nothing more', () => {
    const { client, store, hub, settle } = scene()
    const other = new TestClient(hub)
    other.create({ key: 'a', end: 'c' })
    for (const prevKv of [false, true, false]) client.create({ key: 'a', end: 'c', prevKv })
    client.onSeen = () => client.stream.close()
    store.write(['a', '1'])
    settle()
    store.write(['a', '2'])
    settle()
    assert.equal(client.seen.filter(({ kind }) => kind === 'events').length, 1)
    assert.deepEqual(other.told(), ['2 a=1', '3 a=2'])
    assert.deepEqual([hub.watcherCount, hub.streamCount], [1, 1])
    client.stream.close()
    client.create({ key: 'a' })
    assert.equal(hub.watcherCount, 1)
  })
})
