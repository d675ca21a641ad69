/** A client of one stream: decodes what it is sent as a real one would, and can stop reading. */

import assert from 'node:assert/strict'
import { etcd, type etcdKv } from '../../../wire/index.ts'
import type {
  WatchBatch,
  WatchHub,
  WatchNotice,
  WatchSink,
  WatchSpec,
  WatchStream,
  WatchTarget,
} from '../index.ts'
import { bytesOf, textOf } from './test-store.ts'

export interface SeenEvent {
  readonly isDelete: boolean
  readonly key: string
  readonly value: string
  readonly main: number
  readonly previous: string | null
  /** The value that was there before, as the client reads it. */
  readonly previousKv: etcdKv.KeyValue | null
}

export interface SeenAnswer {
  readonly watchId: bigint
  readonly revision: number
  readonly fragment: boolean
  readonly events: readonly SeenEvent[]
}

export type Seen =
  | { readonly kind: 'notice'; readonly notice: WatchNotice }
  | ({ readonly kind: 'events' } & SeenAnswer)

export interface WatchWishes extends Partial<Omit<WatchSpec, 'key' | 'rangeEnd'>> {
  readonly key: string
  readonly end?: string
}

export class TestClient implements WatchSink {
  readonly stream: WatchStream
  /** Everything that came, in order. */
  readonly seen: Seen[] = []
  onSeen: (seen: Seen) => void = () => {}
  /** How many answers with events it takes before it must be told to go on. */
  room = Number.POSITIVE_INFINITY

  constructor(hub: WatchHub, jitter = 0) {
    this.stream = hub.openStream(this, jitter)
  }

  get isWritable(): boolean {
    return this.room > 0
  }

  create({ key, end = '', ...wishes }: WatchWishes): void {
    this.stream.create({
      ...etcd.WatchCreateRequest.create(),
      ...wishes,
      key: bytesOf(key),
      rangeEnd: bytesOf(end),
    })
  }

  /** Reads on. */
  read(room = Number.POSITIVE_INFINITY): void {
    this.room = room
    if (room > 0) this.stream.writable()
  }

  notice(notice: WatchNotice): void {
    this.#see({ kind: 'notice', notice })
  }

  events(target: WatchTarget, batch: WatchBatch): void {
    assert.ok(this.room > 0, 'nothing is handed to who takes nothing')
    this.room -= 1
    const { idField, id } = target
    const body = new Uint8Array(idField.length + batch.events.length)
    body.set(idField)
    body.set(batch.events, idField.length)
    const answer = etcd.WatchResponse.decode(body, 0, body.length)
    assert.equal(answer.watchId, id, 'the id is sent as it is')
    assert.equal(answer.events.length, batch.eventCount, 'events are counted')
    assert.ok(answer.events.length > 0, 'an answer without events is not sent')
    this.#see({
      kind: 'events',
      watchId: id,
      revision: batch.revision,
      fragment: batch.fragment,
      events: answer.events.map(seenEvent),
    })
  }

  get notices(): readonly WatchNotice[] {
    return this.seen.flatMap((seen) => (seen.kind === 'notice' ? [seen.notice] : []))
  }

  answers(watchId = 0n): readonly SeenAnswer[] {
    return this.seen.flatMap((seen) =>
      seen.kind === 'events' && seen.watchId === watchId ? [seen] : [],
    )
  }

  /** Short texts of all events of a watcher: `revision key=value`, `revision key gone`. */
  told(watchId = 0n): string[] {
    return this.answers(watchId)
      .flatMap(({ events }) => events)
      .map(({ isDelete, key, value, main, previous }) => {
        const before = previous === null ? '' : ` before: ${previous}`
        return `${main} ${key}${isDelete ? ' gone' : `=${value}`}${before}`
      })
  }

  #see(seen: Seen): void {
    this.seen.push(seen)
    this.onSeen(seen)
  }
}

function seenEvent({ type, kv, prevKv }: etcdKv.Event): SeenEvent {
  assert.ok(kv !== null, 'an event says what happened to which key')
  return {
    isDelete: type === 1,
    key: textOf(kv.key),
    value: textOf(kv.value),
    main: kv.modRevision,
    previous: prevKv === null ? null : textOf(prevKv.value),
    previousKv: prevKv,
  }
}

/** Hands out everything, and brings whatever the hub asks for. */
export function settle(
  hub: WatchHub,
  store: {
    history: (
      fromMain: number,
      bytesMax: number,
    ) => { records: Parameters<WatchHub['history']>[1]; nextMain: number | null }
    load: (revisions: Parameters<WatchHub['loaded']>[0]) => Parameters<WatchHub['loaded']>[1]
  },
  budget = 10_000,
): void {
  for (let turns = 0; turns < 10_000; turns++) {
    const goesOn = hub.drain(budget)
    const request = hub.wantHistory()
    if (request !== null) {
      const { records, nextMain } = store.history(request.fromMain, request.bytesMax)
      hub.history(request, records, nextMain)
    }
    const revisions = hub.wantRecords()
    if (revisions !== null) hub.loaded(revisions, store.load(revisions))
    if (!goesOn && request === null && revisions === null) return
  }
  assert.fail('a hub comes to rest')
}
