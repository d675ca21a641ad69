/**
 * One watch: what it wants, how far it has come, and what waits for its reader.
 *
 * ```
 *            ┌───────── stream lost ─────────┐
 * starting ──► waiting ──create──► watching ─┴─too much waits──► full
 *                 ▲                                                │
 *                 └──────────────── half of it is read ────────────┘
 *       all of them ──closed, aborted, compacted, refused──► over
 * ```
 */

import { assert } from '../../base/index.ts'
import type { etcd, etcdKv } from '../../wire/index.ts'
import { QuorateError } from '../errors.ts'
import { WatchCursor } from './cursor.ts'
import { EventBuffer } from './event-buffer.ts'
import type { WatchLimits } from './limits.ts'

export interface WatchSpec {
  readonly key: Uint8Array
  /** As in etcd: empty for one key. */
  readonly rangeEnd: Uint8Array
  readonly previous: boolean
  readonly puts: boolean
  readonly deletes: boolean
}

export type WatcherState = 'starting' | 'waiting' | 'watching' | 'full' | 'over'

/** Who finds a stream for it. */
export interface WatcherHost {
  readonly limits: WatchLimits
  /** It waits for a stream. */
  waits(watcher: Watcher): void
  /** It needs no stream any more, or not now. */
  leaves(watcher: Watcher): void
  /** Calls `lost` of it after a pause, which grows with every refusal in a row. */
  waitsLater(watcher: Watcher, refusals: number): void
}

interface Reader {
  readonly resolve: (event: etcdKv.Event | null) => void
  readonly reject: (error: unknown) => void
}

export class Watcher {
  readonly spec: WatchSpec
  readonly #host: WatcherHost
  readonly #buffer = new EventBuffer()
  readonly #readers: Reader[] = []
  #state: WatcherState = 'starting'
  #cursor: WatchCursor | null = null
  /** Why it is over; null when its reader has ended it. */
  #failure: { readonly error: unknown } | null = null
  #firstRevision = 0
  /** Everything up to it was handed out. */
  #readRevision = 0
  /** Settles when a server has taken it for the first time. */
  readonly #established = Promise.withResolvers<number>()
  #isEstablished = false
  #refusals = 0

  constructor(host: WatcherHost, spec: WatchSpec) {
    this.#host = host
    this.spec = spec
    // Whoever asks for it hears of it; nobody has to.
    this.#established.promise.catch(() => {})
  }

  /** The revision after which everything is going to be told, once a server has taken the watch. */
  get established(): Promise<number> {
    return this.#established.promise
  }

  get state(): WatcherState {
    return this.#state
  }

  get cursor(): WatchCursor {
    assert(this.#cursor !== null, 'a watch that has started knows where it is')
    return this.#cursor
  }

  /** Everything up to it was handed to the reader. */
  get revision(): number {
    const cursor = this.#cursor
    return cursor !== null && this.#buffer.length === 0
      ? cursor.completeRevision
      : this.#readRevision
  }

  start(revision: number): void {
    if (this.#state !== 'starting') return
    this.#cursor = new WatchCursor(revision)
    this.#firstRevision = revision
    this.#readRevision = revision - 1
    this.#wait()
  }

  // What its stream tells.

  /** It is asked for on a stream. */
  asked(): void {
    assert(this.#state === 'waiting', 'who waits is given a stream')
    this.#state = 'watching'
    this.cursor.restart()
  }

  accepted(): void {
    this.#refusals = 0
    this.#isEstablished = true
    this.#established.resolve(this.#firstRevision - 1)
  }

  answered(answer: etcd.WatchResponse): void {
    assert(this.#state === 'watching', 'who is on no stream is answered nothing')
    const { bufferBytesMax, bufferEventsMax } = this.#host.limits
    for (const event of this.cursor.take(answer)) this.#buffer.push(event)
    this.#handOut()
    if (this.#buffer.bytes <= bufferBytesMax && this.#buffer.length <= bufferEventsMax) return
    this.#state = 'full'
    this.#host.leaves(this)
  }

  progressed(revision: number): void {
    assert(this.#state === 'watching', 'who is on no stream is told nothing')
    this.cursor.progressed(revision)
  }

  /** Its stream is gone; so it asks for another one. */
  lost(): void {
    if (this.#state === 'watching') this.#wait()
  }

  /** The server does not take it. One that was taken before goes on later, or elsewhere. */
  refused(reason: string): void {
    if (this.#isEstablished) {
      this.#refusals += 1
      this.#host.waitsLater(this, this.#refusals)
    } else {
      const code = reason.includes('too many') ? 'OVERLOADED' : 'BAD_REQUEST'
      this.fail(new QuorateError(code, `the server refuses the watch: ${reason}`))
    }
  }

  // What its reader does.

  /** Null: it is over, and its reader has ended it. */
  next(): Promise<etcdKv.Event | null> {
    if (this.#readers.length >= this.#host.limits.readersMax) {
      return Promise.reject(
        new QuorateError('OVERLOADED', 'too many calls of next wait on one watch'),
      )
    }
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      this.#handOut()
    })
  }

  /** What was not read is dropped. Idempotent. */
  close(): void {
    this.#end(null)
    this.#buffer.clear()
    this.#handOut()
  }

  /** As `close`; and its reader hears of it at once. */
  abort(error: unknown): void {
    if (this.#state === 'over') return
    this.#buffer.clear()
    this.fail(error)
  }

  /** Its reader hears of it behind what waits to be read. */
  fail(error: unknown): void {
    this.#end({ error })
    this.#handOut()
  }

  #end(failure: { readonly error: unknown } | null): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#failure = failure
    this.#established.reject(failure?.error ?? endedError())
    this.#host.leaves(this)
  }

  #wait(): void {
    this.#state = 'waiting'
    this.#host.waits(this)
  }

  #handOut(): void {
    while (this.#readers.length > 0) {
      const event = this.#buffer.take()
      if (event !== null) {
        this.#readers.shift()?.resolve(event)
        this.#readRevision = Math.max(this.#readRevision, (event.kv?.modRevision ?? 1) - 1)
      } else if (this.#state !== 'over') {
        break
      } else if (this.#failure === null) {
        this.#readers.shift()?.resolve(null)
      } else {
        // Told once, as by a generator.
        const { error } = this.#failure
        this.#failure = null
        this.#readers.shift()?.reject(error)
      }
    }
    this.#goOn()
  }

  /** Half of what may wait is room enough to be worth another request. */
  #goOn(): void {
    if (this.#state !== 'full') return
    const { bufferBytesMax, bufferEventsMax } = this.#host.limits
    const isHalfRead =
      this.#buffer.bytes <= bufferBytesMax / 2 && this.#buffer.length <= bufferEventsMax / 2
    if (isHalfRead) this.#wait()
  }
}

function endedError(): QuorateError {
  return new QuorateError('STOPPED', 'the watch was ended before it began')
}
