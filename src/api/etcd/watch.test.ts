import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Metadata } from '../../rpc/index.ts'
import { NO_WATCH_ID } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { FedHub, ScriptedNode, setUp } from './testing/index.ts'

const { watch } = etcd.Watch.methods

type Creation = Omit<Partial<etcd.WatchCreateRequest>, 'key' | 'rangeEnd'> & {
  readonly key?: string
  readonly rangeEnd?: string
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function creating({ key = '', rangeEnd = '', ...fields }: Creation): etcd.WatchRequest {
  const value = etcd.WatchCreateRequest.create(fields)
  value.key = bytesOf(key)
  value.rangeEnd = bytesOf(rangeEnd)
  return { requestUnion: { kind: 'createRequest', value } }
}

function cancelling(watchId: bigint): etcd.WatchRequest {
  return { requestUnion: { kind: 'cancelRequest', value: { watchId } } }
}

const PROGRESS: etcd.WatchRequest = { requestUnion: { kind: 'progressRequest', value: {} } }

function start(revision = 5, metadata = Metadata.EMPTY) {
  const fed = new FedHub(revision)
  const node = new ScriptedNode()
  node.hub = fed.hub
  const setup = setUp({ node })
  return { ...setup, fed, answers: setup.client.open(watch, { metadata }) }
}

/** What differs from an answer with nothing in it. */
function told(answer: etcd.WatchResponse | undefined) {
  assert.ok(answer !== undefined, 'there is an answer')
  const { header, events, ...rest } = answer
  const nothing = etcd.WatchResponse.create() as unknown as Record<string, unknown>
  const fields = Object.entries(rest).filter(([name, value]) => value !== nothing[name])
  const keys = events.map(({ type, kv }) => `${type} ${new TextDecoder().decode(kv?.key)}`)
  return { revision: header?.revision, ...Object.fromEntries(fields), keys }
}

describe('a stream of watches', () => {
  it('says that a watch is there before it tells what happens', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a', rangeEnd: 'c' }))
    answers.send(creating({ key: 'b' }))
    fed.put('a', 'b')
    fed.delete('a')
    fed.drain()
    assert.deepEqual(answers.messages.slice(0, 2).map(told), [
      { revision: 5, created: true, keys: [] },
      { revision: 5, watchId: 1n, created: true, keys: [] },
    ])
    const events = answers.messages.slice(2)
    const first = events.filter(({ watchId }) => watchId === 0n).flatMap((one) => told(one).keys)
    const second = events.filter(({ watchId }) => watchId === 1n).flatMap((one) => told(one).keys)
    assert.deepEqual(first, ['0 a', '0 b', '1 a'])
    assert.deepEqual(second, ['0 b'])
  })

  it('has the whole header in every answer', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    fed.put('a')
    fed.drain()
    const identity = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, raftTerm: 3 }
    assert.deepEqual(
      answers.messages.map(({ header }) => header),
      [
        { ...identity, revision: 5 },
        { ...identity, revision: 6 },
      ],
    )
    fed.put('other')
    fed.put('a', 'more')
    fed.drain()
    assert.deepEqual(answers.messages[2]?.header, { ...identity, revision: 8 })
    const [event] = answers.messages[1]?.events ?? []
    assert.deepEqual(event?.kv?.value, bytesOf('value of a'))
  })

  it('refuses in the words of etcd', () => {
    const { answers } = start()
    answers.send(creating({ key: 'b', watchId: 7n }))
    answers.send(creating({ key: 'b', rangeEnd: 'a' }))
    answers.send(creating({ key: 'b', rangeEnd: 'b' }))
    answers.send(creating({ key: 'b', startRevision: -1 }))
    answers.send(creating({ key: 'b', watchId: 7n }))
    const refused = { revision: 5, watchId: NO_WATCH_ID, created: true, canceled: true, keys: [] }
    const duplicate = 'mvcc: duplicate watch ID provided on the WatchStream'
    const compacted = 'etcdserver: mvcc: required revision has been compacted'
    // As etcd 3.4.23 answers, and from 3.6.6 on with a negative revision.
    assert.deepEqual(answers.messages.map(told), [
      { revision: 5, watchId: 7n, created: true, keys: [] },
      { ...refused, cancelReason: 'mvcc: watcher range is empty' },
      { ...refused, cancelReason: 'mvcc: watcher range is empty' },
      { ...refused, cancelReason: compacted },
      { ...refused, cancelReason: duplicate },
    ])
    assert.equal(answers.status, null)
  })

  it('cancels what is there, and says nothing of what is not', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    answers.send(cancelling(99n))
    answers.send(cancelling(0n))
    answers.send(cancelling(0n))
    fed.put('a')
    fed.drain()
    assert.deepEqual(answers.messages.map(told), [
      { revision: 5, created: true, keys: [] },
      { revision: 5, canceled: true, keys: [] },
    ])
  })

  it('cancels what was compacted, without a revision of the store', () => {
    const { fed, answers } = start(9)
    fed.compact(8)
    answers.send(creating({ key: 'a', startRevision: 3 }))
    assert.deepEqual(answers.messages.map(told), [
      { revision: 9, created: true, keys: [] },
      { revision: 0, canceled: true, compactRevision: 8, keys: [] },
    ])
  })

  it('tells progress for all of its watches together', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    fed.put('other')
    answers.send(PROGRESS)
    fed.drain()
    assert.deepEqual(told(answers.messages[1]), { revision: 6, watchId: NO_WATCH_ID, keys: [] })
  })

  it('ignores what asks for nothing, and takes an empty key for all of them', () => {
    const { fed, answers } = start()
    answers.send({ requestUnion: null })
    answers.send(creating({ rangeEnd: '\0' }))
    fed.put('\0', 'z')
    fed.drain()
    assert.deepEqual(
      answers.messages.slice(1).flatMap((one) => told(one).keys),
      ['0 \0', '0 z'],
    )
  })
})

describe('the end of a stream of watches', () => {
  it('is not the last word of the client', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    answers.call.sendEnd()
    fed.put('a')
    fed.drain()
    assert.equal(answers.messages.length, 2)
    assert.equal(answers.status, null)
  })

  it('leaves nothing behind when the client goes', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    assert.deepEqual([fed.hub.streamCount, fed.hub.watcherCount], [1, 1])
    answers.call.cancel()
    assert.deepEqual([fed.hub.streamCount, fed.hub.watcherCount], [0, 0])
  })

  it('comes with the end of the node', () => {
    const { fed, answers, door } = start()
    answers.send(creating({ key: 'a' }))
    door.leave()
    assert.equal(answers.outcome, 'UNAVAILABLE etcdserver: server stopped')
    assert.equal(fed.hub.streamCount, 0)
    door.leave()
  })

  it('comes with a message that cannot be read', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a' }))
    answers.sendBytes(Uint8Array.of(0x0a, 9))
    assert.match(answers.outcome ?? '', /^INTERNAL grpc: error unmarshalling request: /)
    assert.equal(fed.hub.streamCount, 0)
  })

  it('comes when the leader stays away and the client wants one', async () => {
    const { node, clock, fed, answers } = start(5, Metadata.of(['hasleader', 'true']))
    answers.send(creating({ key: 'a' }))
    node.setLeading(false)
    await clock.advance(3000)
    assert.equal(answers.outcome, 'UNAVAILABLE etcdserver: no leader')
    assert.equal(fed.hub.streamCount, 0)
  })
})

describe('a client that does not read', () => {
  it('costs nothing until it does, and misses nothing', () => {
    const { fed, answers } = start()
    answers.send(creating({ key: 'a', rangeEnd: 'b' }))
    answers.reads = false
    for (let i = 0; i < 100; i++) {
      fed.put(`a${i}`)
      fed.drain()
    }
    assert.equal(answers.messages.length, 2)
    answers.reads = true
    answers.call.writable()
    fed.drain()
    const keys = answers.messages.flatMap((one) => told(one).keys)
    assert.deepEqual(
      keys,
      Array.from({ length: 100 }, (_, i) => `0 a${i}`),
    )
  })

  it('is not heard until it does', () => {
    const { fed, answers } = start()
    answers.reads = false
    for (let i = 0; i < 100; i++) answers.send(creating({ key: `a${i}` }))
    assert.equal(fed.hub.watcherCount, 1)
    answers.reads = true
    answers.call.writable()
    assert.equal(fed.hub.watcherCount, 100)
    assert.ok(answers.readies > 0)
  })
})
