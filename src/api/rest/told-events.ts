/**
 * The events of one answer of the hub as text. Many watch the same keys, and the hub hands the same
 * bytes to all of them: they are decoded and written as text once.
 */

import { assert } from '../../base/index.ts'
import type { WatchBatch } from '../../state/index.ts'
import { etcd, type etcdKv } from '../../wire/index.ts'
import { eventId, type ResumePoint } from './event-id.ts'
import type { WatchFormat } from './watch-format.ts'

const TYPE_DELETE = 1

/** Where a watcher is: the revision he was told of last, and how many of its events. */
export interface Place {
  readonly revision: number
  /** 0: all of them, or none. */
  readonly told: number
}

/** What a watcher knows already. */
export interface From {
  readonly place: Place
  /** Where he has come back to; null: there is nothing to leave out. */
  readonly seen: ResumePoint | null
}

export const AT_BOUNDARY: Place = { revision: 0, told: 0 }

export interface Told {
  readonly text: string
  readonly place: Place
}

export class ToldEvents {
  #events: Uint8Array | null = null
  #format: WatchFormat | null = null
  #told: Told = { text: '', place: AT_BOUNDARY }

  tell(batch: WatchBatch, format: WatchFormat, from: From): Told {
    // Within a revision, or behind a place in one, it is not the same for everybody.
    if (from.place.told > 0 || from.seen !== null) return tellEvents(batch, format, from)
    // The bytes are a new view each time that there is something else in them.
    if (this.#events !== batch.events || this.#format !== format) {
      this.#told = tellEvents(batch, format, { place: AT_BOUNDARY, seen: null })
      this.#events = batch.events
      this.#format = format
    }
    return this.#told
  }

  /** What was told last is not kept for longer than it is of use. */
  forget(): void {
    this.#events = null
    this.#told = { text: '', place: AT_BOUNDARY }
  }
}

function tellEvents(
  { events, fragment }: WatchBatch,
  format: WatchFormat,
  { place, seen }: From,
): Told {
  const { events: list } = etcd.WatchResponse.decode(events, 0, events.length)
  let { revision, told } = place
  let text = ''
  for (const [at, event] of list.entries()) {
    const kv = keyValueOf(event)
    const next = list[at + 1]
    const isLast = next === undefined ? !fragment : keyValueOf(next).modRevision !== kv.modRevision
    told = kv.modRevision === revision && told > 0 ? told + 1 : 1
    revision = kv.modRevision
    if (seen === null || revision !== seen.revision || told > seen.seen) {
      const id = eventId(revision, told, isLast)
      const isDelete = event.type === TYPE_DELETE
      text += format.event({ id, isDelete, kv, previous: event.prevKv })
    }
    if (isLast) told = 0
  }
  return { text, place: { revision, told } }
}

function keyValueOf({ kv }: etcdKv.Event): etcdKv.KeyValue {
  assert(kv !== null, 'an event is about a key')
  return kv
}
