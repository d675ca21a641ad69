/**
 * Snapshots for followers that are too far behind: written on demand while entries go on being
 * applied, and carried to them; and those that come from the leader, up to the complete file.
 */

import { freeBytes, KvError } from '../base/index.ts'
import type { EngineSnapshot } from '../engine/index.ts'
import type { SnapshotChunk, SnapshotChunkReply } from '../peer/index.ts'
import type { LogIndex, NodeId, Raft, Snapshot, SnapshotMark } from '../raft/index.ts'
import { checkpointOf } from './checkpoint-meta.ts'
import { HeldState } from './held-state.ts'
import type { Replica } from './replica.ts'
import { SnapshotFiles } from './snapshot-files.ts'
import { SnapshotReceiver } from './snapshot-receiver.ts'
import { SnapshotSender } from './snapshot-sender.ts'
import { snapshotChunks } from './snapshot-stream.ts'
import type { GroupContext, SnapshotWriter } from './types.ts'

/** Transfer numbers of one life before they could run into those of the next. */
const TRANSFERS_PER_LIFE = 2 ** 20

/** How long a snapshot waits for room on the disk, in times of a chunk sent again. */
const POSTPONED_RESENDS = 10

export interface SnapshotKeeperOptions {
  readonly raft: Raft
  readonly replica: Replica
  readonly transferBase: number
  /** The file of this chunk's snapshot is complete and durable. */
  readonly received: (chunk: SnapshotChunk) => void
}

export class SnapshotKeeper {
  readonly #parts: GroupContext
  readonly #raft: Raft
  readonly #replica: Replica
  readonly #files: SnapshotFiles
  readonly #receiver: SnapshotReceiver
  #senders = new Map<NodeId, SnapshotSender>()
  /** Followers that wait until a file is written. */
  #wanted = new Map<NodeId, Snapshot>()
  #transfer: number
  #pausedTicks = 0
  readonly #state: HeldState
  #writing: { readonly mark: SnapshotMark; readonly over: Promise<void> } | null = null

  constructor(parts: GroupContext, options: SnapshotKeeperOptions) {
    this.#parts = parts
    this.#raft = options.raft
    this.#replica = options.replica
    this.#state = new HeldState(parts.limits.checkpointSliceBytes)
    this.#transfer = (options.transferBase % 2 ** 32) * TRANSFERS_PER_LIFE
    this.#files = new SnapshotFiles({
      ...parts,
      raft: options.raft,
      replica: options.replica,
      isSent: (index) => [...this.#senders.values()].some((sender) => sender.markIndex === index),
    })
    this.#receiver = new SnapshotReceiver({
      group: parts.id,
      node: parts.node,
      snapshots: parts.snapshots,
      send: parts.send,
      wake: parts.wake,
      complete: (chunk) => {
        this.#files.add(chunk.mark)
        options.received(chunk)
      },
      onFatal: parts.onFatal,
    })
  }

  stop(): void {
    for (const sender of this.#senders.values()) sender.abort()
    this.#wanted.clear()
    this.#receiver.stop()
  }

  /** Nothing is written any more when it resolves; only after `stop`. */
  async close(): Promise<void> {
    await this.#writing?.over
  }

  tick(): void {
    this.#pausedTicks = Math.max(0, this.#pausedTicks - 1)
    for (const [peer, sender] of this.#senders) {
      if (this.#isWanted(peer, sender.term)) sender.tick()
      else this.#drop(peer, sender)
    }
    for (const [peer, { term }] of this.#wanted) {
      if (!this.#isWanted(peer, term)) this.#wanted.delete(peer)
    }
    if (this.#wanted.size > 0) this.#parts.wake()
  }

  #isWanted(peer: NodeId, term: number): boolean {
    const leads = this.#raft.role === 'leader' && this.#raft.term === term
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

  /** Consensus says that a follower needs one, of its mark or any that is newer. */
  sendSnapshot(message: Snapshot): void {
    const earlier = this.#senders.get(message.to)
    if (earlier !== undefined) this.#drop(message.to, earlier)
    const mark = this.#files.usable
    if (mark === null) this.#wanted.set(message.to, message)
    else this.#send({ ...message, mark })
  }

  #send(message: Snapshot): void {
    const { observer, onFatal, wake } = this.#parts
    this.#transfer += 1
    const sender: SnapshotSender = new SnapshotSender({
      message,
      transfer: this.#transfer,
      chunks: this.#parts.snapshots.open(this.#parts.id, message.mark),
      limits: this.#parts.limits,
      send: this.#parts.send,
      wake: this.#parts.wake,
      finished: (arrived) => {
        if (this.#replica.stopped || this.#senders.get(message.to) !== sender) return
        observer?.mark(arrived ? 'snapshotSent' : 'snapshotTransferFailed')
        this.#raft.snapshotSent(message.to, { arrived })
        wake()
      },
      unreadable: () => this.#files.discard(message.mark),
      onFatal,
    })
    this.#senders.set(message.to, sender)
  }

  /** What a snapshot is to be of must not change before it is all there. */
  get mustHoldApply(): boolean {
    return this.#state.isUnderWay
  }

  /** Between two entries, once per turn. */
  maybeWrite(): void {
    if (this.#wanted.size === 0 || this.#writing !== null || this.#pausedTicks > 0) {
      this.#state.drop()
      return
    }
    const { machine, engine, isStale, stopped } = this.#replica
    if (stopped || isStale || machine.isUnderWay) return
    const state = this.#state.write(machine)
    if (state === null) {
      this.#parts.wake()
      return
    }
    const mark = this.#raft.markAt(machine.appliedIndex)
    // It is of this moment; what is applied while it is written comes to the followers by the log.
    const snapshot = engine.snapshot(checkpointOf(state, mark))
    const over = this.#write(mark, snapshot).catch(this.#parts.onFatal)
    this.#writing = {
      mark,
      over: over.finally(() => {
        this.#writing = null
        snapshot.release()
        this.#parts.wake()
      }),
    }
  }

  async #write(mark: SnapshotMark, snapshot: EngineSnapshot): Promise<void> {
    const { snapshots, id, limits, observer } = this.#parts
    const { generation } = this.#replica
    let writer: SnapshotWriter | null = null
    try {
      writer = await snapshots.begin(id, mark)
      for await (const chunk of snapshotChunks(snapshot, limits.snapshotChunkBytes)) {
        if (!this.#replica.isCurrent(generation)) break
        await writer.write(chunk)
        // It is of nobody else, and the collector would come for it only after many of them.
        freeBytes(chunk)
      }
      if (this.#replica.isCurrent(generation)) {
        await writer.finish()
        writer = null
      }
    } catch (error) {
      await writer?.abort()
      // Its engine was closed, or the disk failed when nobody needs it any more.
      if (!this.#replica.isCurrent(generation)) return
      if (!(error instanceof KvError && error.code === 'DISK_FULL')) throw error
      this.#postpone()
      return
    }
    if (writer !== null) {
      await writer.abort()
      return
    }
    this.#files.add(mark)
    observer?.mark('snapshotWritten')
    if (!this.#replica.isCurrent(generation)) return
    const wanted = [...this.#wanted.values()]
    this.#wanted.clear()
    for (const message of wanted) {
      if (this.#isWanted(message.to, message.term)) this.#send({ ...message, mark })
    }
  }

  /** No room for a snapshot: those who need it wait. */
  #postpone(): void {
    this.#pausedTicks = this.#parts.limits.snapshotResendTicks * POSTPONED_RESENDS
    this.#parts.observer?.mark('snapshotPostponed')
  }

  /** Followers that are being brought here need the log behind this index. */
  neededBehind(): LogIndex {
    let index = Number.POSITIVE_INFINITY
    if (this.#writing !== null) index = this.#writing.mark.index
    for (const peer of this.#raft.peers) {
      const sender = this.#senders.get(peer.id)
      if (sender === undefined) continue
      // Until it replicates again, a follower needs what comes behind the snapshot it was sent.
      if (sender.done && (peer.state === 'replicate' || !peer.active)) this.#senders.delete(peer.id)
      else index = Math.min(index, sender.markIndex)
    }
    return index
  }

  /** The engine holds more durably, or the log was cut: files may have become useless. */
  tidy(): void {
    this.#files.tidy()
  }
}
