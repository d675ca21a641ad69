/**
 * Takes one snapshot at a time from the leader, chunk by chunk, into a file. Only when the file is
 * durable does consensus hear of it, so that an acknowledgement covers both (ZOOKEEPER-2310 lost
 * data by acknowledging entries behind a snapshot that was not yet on disk).
 */

import { assert, KvError } from '../base/index.ts'
import type { PeerMessage, SnapshotChunk } from '../peer/index.ts'
import type { GroupId, NodeId } from '../raft/index.ts'
import type { Snapshots, SnapshotWriter } from './types.ts'

/** More than any sender has under way; what comes beyond it is sent again. */
const QUEUE_MAX = 16

export interface SnapshotReceiverParts {
  readonly group: GroupId
  readonly node: NodeId
  readonly snapshots: Snapshots
  readonly send: (message: PeerMessage) => void
  readonly wake: () => void
  /** The file of this chunk's snapshot is complete and durable. */
  readonly complete: (chunk: SnapshotChunk) => void
  readonly onFatal: (error: unknown) => void
}

interface Incoming {
  readonly from: NodeId
  readonly transfer: number
  writer: SnapshotWriter | null
  next: number
  done: boolean
}

export class SnapshotReceiver {
  readonly #parts: SnapshotReceiverParts
  #incoming: Incoming | null = null
  #queue: SnapshotChunk[] = []
  #working = false
  #stopped = false

  constructor(parts: SnapshotReceiverParts) {
    this.#parts = parts
  }

  take(chunk: SnapshotChunk): void {
    assert(chunk.group === this.#parts.group, 'a chunk is for its group')
    if (this.#stopped || this.#queue.length >= QUEUE_MAX) return
    this.#queue.push(chunk)
    if (!this.#working) this.#work().catch(this.#parts.onFatal)
  }

  /** What was half received is given up. */
  stop(): void {
    this.#stopped = true
    this.#queue = []
    if (!this.#working) this.#abandon().catch(this.#parts.onFatal)
  }

  refuse(chunk: SnapshotChunk, verdict: 'done' | 'refused'): void {
    this.#reply(chunk, { next: 0, verdict })
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
        await this.#writeOrRefuse(chunk)
      }
    } finally {
      this.#working = false
    }
    if (this.#stopped) await this.#abandon()
  }

  /** Without room for it the sending fails, and is tried again from its beginning. */
  async #writeOrRefuse(chunk: SnapshotChunk): Promise<void> {
    try {
      await this.#write(chunk)
    } catch (error) {
      if (!(error instanceof KvError && error.code === 'DISK_FULL')) throw error
      this.#incoming = null
      this.#reply(chunk, { next: 0, verdict: 'refused' })
    }
  }

  async #abandon(): Promise<void> {
    const writer = this.#incoming?.writer
    this.#incoming = null
    await writer?.abort()
  }

  async #write(chunk: SnapshotChunk): Promise<void> {
    const incoming = await this.#incomingFor(chunk)
    if (incoming === null) return
    if (incoming.done || chunk.sequence !== incoming.next || incoming.writer === null) {
      this.#reply(chunk, { next: incoming.next, verdict: incoming.done ? 'done' : 'more' })
      return
    }
    await incoming.writer.write(chunk.data)
    incoming.next += 1
    if (chunk.last) {
      await incoming.writer.finish()
      incoming.writer = null
      incoming.done = true
      this.#parts.complete(chunk)
    }
    this.#reply(chunk, { next: incoming.next, verdict: incoming.done ? 'done' : 'more' })
  }

  /** A first chunk begins anew; any other must belong to the sending under way. */
  async #incomingFor(chunk: SnapshotChunk): Promise<Incoming | null> {
    const current = this.#incoming
    if (current?.transfer === chunk.transfer && current.from === chunk.from) return current
    const late = current?.from === chunk.from && chunk.transfer < current.transfer
    if (late) return null
    // It may have overtaken the first one, which is sent again when nothing is heard of it.
    if (chunk.sequence > 0 && chunk.sequence < QUEUE_MAX) return null
    if (chunk.sequence !== 0) {
      this.#reply(chunk, { next: 0, verdict: 'refused' })
      return null
    }
    if (current?.writer) await current.writer.abort()
    const writer = await this.#parts.snapshots.begin(this.#parts.group, chunk.mark)
    this.#incoming = { from: chunk.from, transfer: chunk.transfer, writer, next: 0, done: false }
    return this.#incoming
  }

  #reply(
    chunk: SnapshotChunk,
    { next, verdict }: { next: number; verdict: 'more' | 'done' | 'refused' },
  ): void {
    this.#parts.send({
      kind: 'snapshotChunkReply',
      group: chunk.group,
      from: this.#parts.node,
      to: chunk.from,
      transfer: chunk.transfer,
      next,
      verdict,
    })
    this.#parts.wake()
  }
}
