/**
 * Carries one snapshot to one follower: a few chunks ahead of the answers, from the file, so that
 * neither side ever holds the whole of it. What is not answered in time is sent again.
 */

import { assert, KvError } from '../base/index.ts'
import type { PeerMessage, SnapshotChunk, SnapshotChunkReply } from '../peer/index.ts'
import type { LogIndex, Snapshot, Term } from '../raft/index.ts'
import type { GroupLimits } from './types.ts'

const RESENDS_MAX = 5

export interface SnapshotSenderParts {
  readonly message: Snapshot
  /** Tells this sending from every other one of this node. */
  readonly transfer: number
  readonly chunks: AsyncIterable<Uint8Array>
  readonly limits: GroupLimits
  readonly send: (message: PeerMessage) => void
  readonly wake: () => void
  /** Told once, but not after `abort`. */
  readonly finished: (arrived: boolean) => void
  /** The file of this snapshot is damaged: another one must be taken. */
  readonly unreadable: () => void
  readonly onFatal: (error: unknown) => void
}

export class SnapshotSender {
  readonly #parts: SnapshotSenderParts
  readonly #source: AsyncIterator<Uint8Array>
  /** Chunks that are sent but not answered, ascending. */
  #window: SnapshotChunk[] = []
  #next = 0
  #ahead: Uint8Array | null = null
  #reading = false
  #ended = false
  #done = false
  #quietTicks = 0
  #resends = 0

  constructor(parts: SnapshotSenderParts) {
    this.#parts = parts
    this.#source = parts.chunks[Symbol.asyncIterator]()
    this.#start()
  }

  get term(): Term {
    return this.#parts.message.term
  }

  get markIndex(): LogIndex {
    return this.#parts.message.mark.index
  }

  get transfer(): number {
    return this.#parts.transfer
  }

  get done(): boolean {
    return this.#done
  }

  tick(): void {
    if (this.#done || this.#window.length === 0) return
    this.#quietTicks += 1
    if (this.#quietTicks < this.#parts.limits.snapshotResendTicks) return
    this.#quietTicks = 0
    this.#resends += 1
    if (this.#resends > RESENDS_MAX) {
      this.#finish(false)
      return
    }
    for (const chunk of this.#window) this.#parts.send(chunk)
    this.#parts.wake()
  }

  onReply(reply: SnapshotChunkReply): void {
    if (this.#done || reply.transfer !== this.#parts.transfer) return
    if (reply.verdict !== 'more') {
      this.#finish(reply.verdict === 'done')
      return
    }
    const before = this.#window.length
    this.#window = this.#window.filter((chunk) => chunk.sequence >= reply.next)
    if (this.#window.length === before) return
    this.#quietTicks = 0
    this.#resends = 0
    this.#start()
  }

  /** Ends the sending without a word. Idempotent. */
  abort(): void {
    if (!this.#done) this.#end()
  }

  #start(): void {
    this.#pump().catch(this.#parts.onFatal)
  }

  /** Reads one chunk ahead, to know which one is the last when it leaves. */
  async #pump(): Promise<void> {
    if (this.#reading || this.#done) return
    this.#reading = true
    try {
      while (
        !this.#done &&
        !this.#ended &&
        this.#window.length < this.#parts.limits.snapshotWindow
      ) {
        const { value, done } = await this.#source.next()
        if (this.#done) return
        if (done === true) this.#ended = true
        if (this.#ahead !== null) this.#sendChunk(this.#ahead)
        this.#ahead = done === true ? null : value
      }
    } catch (error) {
      if (!(error instanceof KvError)) throw error
      if (error.code === 'SNAPSHOT_CORRUPT') this.#parts.unreadable()
      this.#finish(false)
    } finally {
      this.#reading = false
      if (this.#done) await this.#source.return?.()
    }
  }

  #sendChunk(data: Uint8Array): void {
    const { message, transfer } = this.#parts
    const chunk: SnapshotChunk = {
      kind: 'snapshotChunk',
      group: message.group,
      from: message.from,
      to: message.to,
      term: message.term,
      transfer,
      mark: message.mark,
      sequence: this.#next,
      last: this.#ended,
      data,
    }
    assert(chunk.sequence === 0 || this.#next > 0, 'chunks are numbered from 0')
    this.#next += 1
    this.#window.push(chunk)
    this.#parts.send(chunk)
    this.#parts.wake()
  }

  #finish(arrived: boolean): void {
    if (this.#done) return
    this.#end()
    this.#parts.finished(arrived)
  }

  #end(): void {
    this.#done = true
    this.#window = []
    this.#ahead = null
    // While a chunk is read, `#pump` closes the file when it comes back.
    if (!this.#reading) this.#source.return?.().catch(this.#parts.onFatal)
  }
}
