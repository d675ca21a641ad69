/** Events that wait for their reader, the oldest first, and what they hold in memory. Pure. */

import type { etcdKv } from '../../wire/index.ts'

/** What an event takes besides the bytes of its keys and values. */
const EVENT_OVERHEAD_BYTES = 200

export class EventBuffer {
  #events: etcdKv.Event[] = []
  /** Those before it are taken: to shift a long array moves all of it. */
  #next = 0
  #bytes = 0

  get length(): number {
    return this.#events.length - this.#next
  }

  get bytes(): number {
    return this.#bytes
  }

  /** In memory of its own: the bytes of an answer are only lent. */
  push(event: etcdKv.Event): void {
    const own = { ...event, kv: ownOf(event.kv), prevKv: ownOf(event.prevKv) }
    this.#events.push(own)
    this.#bytes += sizeOf(own)
  }

  take(): etcdKv.Event | null {
    const event = this.#events[this.#next]
    if (event === undefined) return null
    this.#next += 1
    this.#bytes -= sizeOf(event)
    if (this.length === 0) this.clear()
    return event
  }

  clear(): void {
    this.#events = []
    this.#next = 0
    this.#bytes = 0
  }
}

function ownOf(kv: etcdKv.KeyValue | null): etcdKv.KeyValue | null {
  return kv === null ? null : { ...kv, key: kv.key.slice(), value: kv.value.slice() }
}

function sizeOf({ kv, prevKv }: etcdKv.Event): number {
  return EVENT_OVERHEAD_BYTES + bytesOf(kv) + bytesOf(prevKv)
}

function bytesOf(kv: etcdKv.KeyValue | null): number {
  return kv === null ? 0 : kv.key.length + kv.value.length
}
