/** Which streams there are, and which there have been (RFC 9113 §5.1, §5.1.1). */

import { assert, IdTable, RPC_CLOSED_REMEMBERED } from '../../base/index.ts'
import { STREAM_ID_MAX } from './frames.ts'
import type { Http2Stream } from './stream.ts'
import type { Role } from './types.ts'

export class StreamTable<Call> {
  readonly #open = new IdTable<Http2Stream<Call>>()
  readonly #peerParity: number
  #peerLast = 0
  #ownNext: number
  /** Ids of streams that we reset, the oldest overwritten first. */
  #reset: Int32Array | null = null
  #resetNext = 0

  constructor(role: Role) {
    this.#peerParity = role === 'server' ? 1 : 0
    this.#ownNext = role === 'server' ? 2 : 1
  }

  get size(): number {
    return this.#open.size
  }

  /** The highest id that the peer has opened. */
  get peerLast(): number {
    return this.#peerLast
  }

  /** No id is left: a new connection is needed. */
  get exhausted(): boolean {
    return this.#ownNext > STREAM_ID_MAX
  }

  find(id: number): Http2Stream<Call> | undefined {
    return this.#open.get(id)
  }

  isFromPeer(id: number): boolean {
    return (id & 1) === this.#peerParity
  }

  /** Nobody has opened it. */
  isIdle(id: number): boolean {
    return this.isFromPeer(id) ? id > this.#peerLast : id >= this.#ownNext
  }

  /** The peer opens it, and with that gives up all lower ids that it has not used. */
  notePeer(id: number): void {
    assert(this.isFromPeer(id) && id > this.#peerLast, 'ids of new streams rise')
    this.#peerLast = id
  }

  takeOwnId(): number {
    assert(!this.exhausted, 'an id is left')
    const id = this.#ownNext
    this.#ownNext += 2
    return id
  }

  add(stream: Http2Stream<Call>): void {
    this.#open.add(stream.id, stream)
  }

  remove(stream: Http2Stream<Call>): void {
    this.#open.remove(stream.id)
  }

  /** Ascending by id. */
  all(): Http2Stream<Call>[] {
    return this.#open.items()
  }

  noteReset(id: number): void {
    this.#reset ??= new Int32Array(RPC_CLOSED_REMEMBERED)
    this.#reset[this.#resetNext] = id
    this.#resetNext = (this.#resetNext + 1) % RPC_CLOSED_REMEMBERED
  }

  /** What comes for it left before the peer knew (§5.4.2). */
  wasReset(id: number): boolean {
    return this.#reset?.includes(id) ?? false
  }
}
