/**
 * When to take a snapshot, what may be cut from the log after it, and the transfers to and from
 * other nodes.
 *
 * Order (ZOOKEEPER-2310, rqlite#2747): the snapshot is durable, then the log is cut; and what is
 * cut leaves the followers that are being fed a way to catch up without yet another snapshot.
 */

import { assert, KvError } from '../base/index.ts'
import type { SnapshotChunk, SnapshotChunkReply } from '../peer/index.ts'
import type { LogIndex, NodeId, Raft, Snapshot, SnapshotMark } from '../raft/index.ts'
import { SnapshotReceiver } from './snapshot-receiver.ts'
import { SnapshotSender } from './snapshot-sender.ts'
import type { GroupParts } from './types.ts'

/** Transfer numbers of one life before they could run into those of the next. */
const TRANSFERS_PER_LIFE = 2 ** 20

/** How long a snapshot waits for room on the disk, in times of a chunk sent again. */
const POSTPONED_RESENDS = 10

export interface SnapshotKeeperOptions {
  readonly transferBase: number
  readonly received: (chunk: SnapshotChunk) => void
}

export class SnapshotKeeper {
  readonly #parts: GroupParts
  readonly #raft: Raft
  readonly #receiver: SnapshotReceiver
  #senders = new Map<NodeId, SnapshotSender>()
  #transfer: number
  #latestIndex: LogIndex
  /** Bytes applied since the last snapshot. */
  #bytesSince = 0
  /** The newest snapshot is not to be had: another one is due. */
  #again = false
  #pausedTicks = 0
  #taking = false
  #stopped = false

  constructor(parts: GroupParts, raft: Raft, options: SnapshotKeeperOptions) {
    this.#parts = parts
    this.#raft = raft
    this.#transfer = (options.transferBase % 2 ** 32) * TRANSFERS_PER_LIFE
    this.#latestIndex = parts.store.appliedIndex
    this.#receiver = new SnapshotReceiver({
      group: parts.id,
      node: parts.node,
      snapshots: parts.snapshots,
      send: parts.send,
      wake: parts.wake,
      complete: options.received,
      onFatal: parts.onFatal,
    })
  }

  stop(): void {
    this.#stopped = true
    for (const sender of this.#senders.values()) sender.abort()
    this.#receiver.stop()
  }

  tick(): void {
    this.#pausedTicks = Math.max(0, this.#pausedTicks - 1)
    for (const [peer, sender] of this.#senders) {
      if (this.#isWanted(peer, sender)) sender.tick()
      else this.#drop(peer, sender)
    }
  }

  #isWanted(peer: NodeId, sender: SnapshotSender): boolean {
    const leads = this.#raft.role === 'leader' && this.#raft.term === sender.term
    return leads && this.#raft.peers.some(({ id }) => id === peer)
  }

  /** What an aborted sender has to tell concerns nobody any more. */
  #drop(peer: NodeId, sender: SnapshotSender): void {
    this.#senders.delete(peer)
    sender.abort()
  }

  receive(message: SnapshotChunk | SnapshotChunkReply): void {
    if (message.kind === 'snapshotChunkReply') {
      this.#senders.get(message.from)?.onReply(message)
      return
    }
    if (message.term < this.#raft.term) this.#receiver.refuse(message, 'refused')
    else if (message.mark.index <= this.#raft.commit) {
      this.#parts.observer?.mark('snapshotUseless')
      this.#receiver.refuse(message, 'done')
    } else this.#receiver.take(message)
  }

  sendSnapshot(message: Snapshot): void {
    const { observer, onFatal, wake } = this.#parts
    const earlier = this.#senders.get(message.to)
    if (earlier !== undefined) this.#drop(message.to, earlier)
    this.#transfer += 1
    const sender: SnapshotSender = new SnapshotSender({
      message,
      transfer: this.#transfer,
      chunks: this.#parts.snapshots.open(this.#parts.id, message.mark),
      limits: this.#parts.limits,
      send: this.#parts.send,
      wake: this.#parts.wake,
      finished: (arrived) => {
        if (this.#stopped || this.#senders.get(message.to) !== sender) return
        observer?.mark(arrived ? 'snapshotSent' : 'snapshotTransferFailed')
        this.#raft.snapshotSent(message.to, { arrived })
        wake()
      },
      unreadable: () => {
        this.#again = true
        wake()
      },
      onFatal,
    })
    this.#senders.set(message.to, sender)
  }

  /** A snapshot from the leader replaced the state. */
  installed(mark: SnapshotMark): void {
    this.#latestIndex = Math.max(this.#latestIndex, mark.index)
  }

  /** An entry was applied: the log grew by so much. */
  applied(bytes: number): void {
    this.#bytesSince += bytes
  }

  maybeTake(): void {
    if (this.#taking || this.#stopped || this.#pausedTicks > 0) return
    const { store, limits } = this.#parts
    const entries = store.appliedIndex - this.#latestIndex
    const due = entries >= limits.snapshotEntries || this.#bytesSince >= limits.snapshotLogBytes
    if (!due && !this.#again) return
    // The log must hold durably what the snapshot stands on; while one is restored it is ahead.
    const { baseIndex, durableIndex } = this.#raft
    if (store.appliedIndex < baseIndex || store.appliedIndex > durableIndex) return
    this.#taking = true
    this.#again = false
    this.#bytesSince = 0
    const chunks = store.snapshot(limits.snapshotChunkBytes)
    void this.#take(this.#raft.markAt(store.appliedIndex), chunks)
  }

  async #take(mark: SnapshotMark, chunks: Iterable<Uint8Array>): Promise<void> {
    const { snapshots, id, onFatal, observer, wake } = this.#parts
    this.#latestIndex = mark.index
    try {
      const writer = await snapshots.begin(id, mark)
      for (const chunk of chunks) await writer.write(chunk)
      await writer.finish()
      if (this.#stopped) return
      observer?.mark('snapshotTaken')
      if (mark.index > this.#raft.baseIndex) {
        this.#raft.snapshotTaken(mark)
        this.#cut(mark)
      }
      await this.#removeOld(mark)
    } catch (error) {
      if (error instanceof KvError && error.code === 'DISK_FULL') this.#postpone()
      else onFatal(error)
    } finally {
      this.#taking = false
      wake()
    }
  }

  /** No room for a snapshot: the log goes on growing, and what is in it is safe meanwhile. */
  #postpone(): void {
    this.#again = true
    this.#pausedTicks = this.#parts.limits.snapshotResendTicks * POSTPONED_RESENDS
    this.#parts.observer?.mark('snapshotPostponed')
  }

  #cut(mark: SnapshotMark): void {
    let index = mark.index - this.#parts.limits.trailingEntries
    for (const peer of this.#raft.peers) {
      const sender = this.#senders.get(peer.id)
      if (sender === undefined) continue
      // Until it replicates again, a follower needs what comes behind the snapshot it was sent.
      if (sender.done && (peer.state === 'replicate' || !peer.active)) this.#senders.delete(peer.id)
      else index = Math.min(index, sender.markIndex)
    }
    if (index <= this.#raft.baseIndex) return
    const cutMark = this.#raft.markAt(index)
    this.#raft.compact(index)
    assert(this.#raft.baseIndex <= mark.index, 'the log is cut only below a snapshot')
    this.#parts.log.cut(this.#parts.id, cutMark)
    this.#parts.observer?.mark('logCut')
  }

  /** The one before the newest stays: it serves until the newest is known to the log on disk. */
  async #removeOld(newest: SnapshotMark): Promise<void> {
    const { snapshots, id } = this.#parts
    const marks = (await snapshots.list(id)).filter((mark) => mark.index < newest.index)
    const needed = new Set([...this.#senders.values()].map((sender) => sender.markIndex))
    for (const mark of marks.slice(0, -1)) {
      if (!needed.has(mark.index)) await snapshots.remove(id, mark)
    }
  }
}
