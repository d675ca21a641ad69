/**
 * One call of etcd's Watch service, shared by many watches, from its opening to its end.
 *
 * The server answers what is created in the order in which it was asked for; a refusal carries no
 * id, so the order is what tells whose it is (etcd, v3rpc/watch.go).
 */

import { type CallEnd, type CallReceiver, STATUS } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import type { Link, LinkStream } from '../link.ts'
import { compacted } from './compacted.ts'
import type { WatchLimits } from './limits.ts'
import type { Watcher } from './watcher.ts'

const { path, response: answers } = etcd.Watch.methods.watch
const { NOPUT, NODELETE } = etcd.WatchCreateRequestFilterType

/** What is told to every watch of a stream. */
const EVERY_WATCH = -1n

export interface WatchStreamListener {
  /** A watch was created: the stream works. */
  worked(stream: WatchStream): void
  /** It is over; its watches are told by whoever listens. */
  ended(stream: WatchStream, end: CallEnd): void
}

export class WatchStream implements CallReceiver {
  readonly #call: LinkStream
  readonly #limits: WatchLimits
  readonly #listener: WatchStreamListener
  readonly #watchers = new Map<bigint, Watcher>()
  readonly #ids = new Map<Watcher, bigint>()
  /** Asked for and not answered, the oldest first. */
  #creating: bigint[] = []
  /** What the call takes no more of for now. Bounded by `unsentMax`. */
  #unsent: Uint8Array[] = []
  #mayWrite = false
  #over = false
  #nextId = 1n

  constructor(link: Link, limits: WatchLimits, listener: WatchStreamListener) {
    this.#limits = limits
    this.#listener = listener
    this.#call = link.stream(path, this)
  }

  get hasRoom(): boolean {
    return !this.#over && this.#watchers.size < this.#limits.watchesPerStreamMax
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0
  }

  get watchers(): readonly Watcher[] {
    return [...this.#watchers.values()]
  }

  add(watcher: Watcher): void {
    const id = this.#nextId
    this.#nextId += 1n
    this.#watchers.set(id, watcher)
    this.#ids.set(watcher, id)
    this.#creating.push(id)
    watcher.asked()
    this.#send({ kind: 'createRequest', value: createRequest(id, watcher) })
  }

  /** False when it is not on this stream. */
  remove(watcher: Watcher): boolean {
    const watchId = this.#ids.get(watcher)
    if (watchId === undefined) return false
    this.#forget(watchId)
    this.#send({ kind: 'cancelRequest', value: { watchId } })
    return true
  }

  /** Silence would leave watches behind the present; an answer brings all of them up to it. */
  askProgress(): void {
    if (this.#mayWrite && !this.isEmpty) this.#send({ kind: 'progressRequest', value: {} })
  }

  /** Idempotent. Nobody is told. */
  close(): void {
    this.#over = true
    this.#call.cancel()
  }

  // What the call tells.

  writable(): void {
    this.#mayWrite = true
    const unsent = this.#unsent
    let sent = 0
    while (sent < unsent.length && this.#mayWrite) {
      this.#mayWrite = this.#call.write(unsent[sent] as Uint8Array)
      sent += 1
    }
    this.#unsent = unsent.slice(sent)
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const answer = answers.decode(bytes, offset, length)
    if (answer.created) this.#created(answer)
    else if (answer.canceled) this.#canceled(answer)
    else if (answer.events.length > 0) this.#watchers.get(answer.watchId)?.answered(answer)
    else this.#progressed(answer)
  }

  ended(end: CallEnd): void {
    if (this.#over) return
    this.#over = true
    this.#listener.ended(this, end)
  }

  #created({ watchId, canceled, cancelReason }: etcd.WatchResponse): void {
    const expected = this.#creating.shift()
    if (expected === undefined || (watchId !== expected && !canceled)) {
      this.#failed('the server answered with a watch that nobody asked for')
      return
    }
    const watcher = this.#watchers.get(expected)
    if (canceled) {
      this.#forget(expected)
      watcher?.refused(cancelReason)
      return
    }
    watcher?.accepted()
    this.#listener.worked(this)
  }

  #canceled({ watchId, compactRevision, cancelReason }: etcd.WatchResponse): void {
    const watcher = this.#watchers.get(watchId)
    if (watcher === undefined) return
    this.#forget(watchId)
    if (compactRevision > 0) {
      watcher.fail(compacted({ wanted: watcher.cursor.revision, oldest: compactRevision }))
    } else if (cancelReason === '') {
      // A server that ends a watch without a word may take it again.
      watcher.lost()
    } else {
      watcher.refused(cancelReason)
    }
  }

  #progressed({ watchId, header }: etcd.WatchResponse): void {
    const revision = header?.revision ?? 0
    if (watchId !== EVERY_WATCH) {
      this.#watchers.get(watchId)?.progressed(revision)
      return
    }
    // It was told before those that are not answered yet were created: it says nothing of them.
    const firstPending = this.#creating[0] ?? this.#nextId
    for (const [id, watcher] of this.#watchers) {
      if (id < firstPending) watcher.progressed(revision)
    }
  }

  #forget(id: bigint): void {
    const watcher = this.#watchers.get(id)
    this.#watchers.delete(id)
    if (watcher !== undefined) this.#ids.delete(watcher)
  }

  #send(requestUnion: etcd.WatchRequest['requestUnion']): void {
    if (this.#over) return
    const bytes = etcd.WatchRequest.encodeBytes({ requestUnion })
    if (this.#mayWrite) {
      this.#mayWrite = this.#call.write(bytes)
    } else if (this.#unsent.length < this.#limits.unsentMax) {
      this.#unsent.push(bytes)
    } else {
      this.#failed('the server reads nothing of what it is asked')
    }
  }

  #failed(message: string): void {
    this.#call.abandon()
    const status = { code: STATUS.UNAVAILABLE, message }
    this.ended({ status, trailers: [], unprocessed: false })
  }
}

function createRequest(watchId: bigint, { spec, cursor }: Watcher): etcd.WatchCreateRequest {
  const { key, rangeEnd, previous, puts, deletes } = spec
  return etcd.WatchCreateRequest.create({
    key,
    rangeEnd,
    startRevision: cursor.revision,
    prevKv: previous,
    filters: [...(puts ? [] : [NOPUT]), ...(deletes ? [] : [NODELETE])],
    watchId,
    fragment: true,
  })
}
