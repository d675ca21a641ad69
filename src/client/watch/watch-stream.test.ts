/** A stream against a server that keeps to no rules, played by hand. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock, World } from '../../../sim/world/index.ts'
import type { CallReceiver } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { QuorateError } from '../errors.ts'
import type { Link, LinkStream } from '../link.ts'
import { WATCH_LIMITS, WatchHub, type WatchSpec } from './index.ts'

const KEY = new TextEncoder().encode('a')
const SPEC: WatchSpec = {
  ...{ key: KEY, rangeEnd: new Uint8Array(0) },
  ...{ previous: false, puts: true, deletes: true },
}

class HandStream implements LinkStream {
  readonly receiver: CallReceiver
  readonly asked: etcd.WatchRequest[] = []
  /** What `write` says from now on. */
  takesMore = true
  isAbandoned = false

  constructor(receiver: CallReceiver) {
    this.receiver = receiver
  }

  write(bytes: Uint8Array): boolean {
    this.asked.push(etcd.WatchRequest.decodeBytes(bytes))
    return this.takesMore
  }

  cancel(): void {}

  abandon(): void {
    this.isAbandoned = true
  }

  tell(fields: Partial<etcd.WatchResponse>): void {
    const bytes = etcd.WatchResponse.encodeBytes(etcd.WatchResponse.create(fields))
    this.receiver.message(bytes, 0, bytes.length)
  }
}

/** Runs the body with a hub whose streams are in the list. */
async function play(
  body: (parts: {
    readonly hub: WatchHub
    readonly streams: readonly HandStream[]
    readonly pass: (milliseconds: number) => Promise<void>
  }) => Promise<void>,
): Promise<void> {
  const world = new World({ seed: 1 })
  const clock = new SimulatedClock({ world, name: 'n' }).clockFor(world.createLife('n'))
  const streams: HandStream[] = []
  const unused = (): never => assert.fail('watches write nothing')
  const link: Link = {
    ...{ clock, chance: world.chance('n'), closed: new AbortController().signal },
    ...{ txn: unused, grantLease: unused, revokeLease: unused },
    range: () => Promise.reject(new QuorateError('UNREACHABLE', 'nobody is there')),
    stream: (_path, receiver) => {
      const stream = new HandStream(receiver)
      streams.push(stream)
      return stream
    },
  }
  const hub = new WatchHub(link, { ...WATCH_LIMITS, unsentMax: 3 })
  const pass = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void clock.after(milliseconds, resolve))
  await world.perform(() => body({ hub, streams, pass }))
}

test('a watch from now on fails when nobody can say when that is', () =>
  play(async ({ hub }) => {
    const watcher = hub.open(SPEC, null)
    await assert.rejects(watcher.next(), { code: 'UNREACHABLE' })
    await assert.rejects(watcher.established, { code: 'UNREACHABLE' })
  }))

test('a server that creates what nobody asked for is left for another one', () =>
  play(async ({ hub, streams, pass }) => {
    hub.open(SPEC, 5)
    await pass(1)
    streams[0]?.receiver.writable()
    streams[0]?.tell({ watchId: 77n, created: true })
    assert.equal(streams[0]?.isAbandoned, true)
    await pass(1)
    assert.equal(streams.length, 2)
    streams[1]?.receiver.writable()
    assert.equal(streams[1]?.asked.length, 1)
  }))

test('what is told of watches that are not there is nothing to anybody', () =>
  play(async ({ hub, streams, pass }) => {
    const watcher = hub.open(SPEC, 5)
    await pass(1)
    const [stream] = streams
    stream?.receiver.writable()
    stream?.tell({ watchId: 1n, created: true })
    stream?.tell({ watchId: 9n, canceled: true })
    stream?.tell({ watchId: 9n, header: etcd.ResponseHeader.create({ revision: 8 }) })
    assert.equal(watcher.revision, 4)
    stream?.tell({ watchId: 1n, header: etcd.ResponseHeader.create({ revision: 8 }) })
    assert.equal(watcher.revision, 8)
    assert.equal(streams.length, 1)
  }))

test('a watch that is cancelled with a reason is asked for again when it was taken before', () =>
  play(async ({ hub, streams, pass }) => {
    const watcher = hub.open(SPEC, 5)
    await pass(1)
    const [stream] = streams
    stream?.receiver.writable()
    stream?.tell({ watchId: 1n, created: true })
    assert.equal(await watcher.established, 4)
    stream?.tell({ watchId: 1n, canceled: true, cancelReason: 'not today' })
    await pass(5000)
    assert.equal(streams.at(-1)?.isAbandoned, false)
    streams.at(-1)?.receiver.writable()
    const last = streams.at(-1)?.asked.at(-1)?.requestUnion
    assert.equal(last?.kind === 'createRequest' && last.value.startRevision, 5)
  }))

test('a server that takes no requests is left once too many wait', () =>
  play(async ({ hub, streams, pass }) => {
    const watchers = [hub.open(SPEC, 5), hub.open(SPEC, 5)]
    await pass(1)
    const [stream] = streams
    assert.ok(stream !== undefined)
    stream.takesMore = false
    stream.receiver.writable()
    assert.equal(stream.asked.length, 1)
    // One waits; with two more the bound is reached, and the fourth is too much.
    watchers[0]?.close()
    hub.open(SPEC, 5)
    await pass(1)
    assert.equal(stream.isAbandoned, false)
    hub.open(SPEC, 5)
    await pass(1)
    assert.equal(stream.isAbandoned, true)
    await pass(1)
    streams[1]?.receiver.writable()
    assert.equal(streams[1]?.asked.length, 3, 'the three that are left go on elsewhere')
  }))

test('what waited for the connection is sent in its order once it takes more', () =>
  play(async ({ hub, streams, pass }) => {
    const first = hub.open(SPEC, 5)
    hub.open(SPEC, 6)
    await pass(1)
    const [stream] = streams
    assert.ok(stream !== undefined)
    stream.takesMore = false
    stream.receiver.writable()
    first.close()
    stream.receiver.writable()
    stream.takesMore = true
    stream.receiver.writable()
    const kinds = stream.asked.map(({ requestUnion }) => requestUnion?.kind)
    assert.deepEqual(kinds, ['createRequest', 'createRequest', 'cancelRequest'])
  }))
