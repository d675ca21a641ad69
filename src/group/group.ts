/**
 * Drives one raft group on one node: what arrived in a turn becomes one entry, the entry's bytes go
 * to the log and to the peers at the same time, and what is committed is applied in order.
 *
 * Everything happens in `drain`, once per event-loop turn; callbacks of the disk only take note and
 * ask for another turn.
 */

import { assert, KvError } from '../base/index.ts'
import type { PeerMessage, SnapshotChunk } from '../peer/index.ts'
import {
  type Entry,
  type EntryReader,
  type LogIndex,
  type MembershipTarget,
  type Message,
  type NodeId,
  Raft,
  type RaftOptions,
  type Ready,
  type SnapshotMark,
} from '../raft/index.ts'
import type { Result, Store } from '../state/index.ts'
import { LoadedEntries } from './loaded-entries.ts'
import { Proposals } from './proposals.ts'
import { Readers } from './readers.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import type { GroupParts, ReadWaiter, Waiter } from './types.ts'

const NO_RESULTS: readonly Result[] = []

/** A batch on its way to disk, and what may leave once it is durable. */
interface Write {
  number: number
  readonly messages: Message[]
}

export class Group {
  /** Its node's own note: this group drains in the coming turn. */
  awake = false
  readonly #parts: GroupParts
  readonly #raft: Raft
  readonly #proposals: Proposals
  readonly #readers = new Readers()
  readonly #loaded = new LoadedEntries()
  readonly #keeper: SnapshotKeeper
  #writes: Write[] = []
  #lastWritten: LogIndex
  /** Entries brought from disk to be applied next. */
  #toApply: readonly Entry[] = []
  #loadingToApply = false
  #restoring = false
  /** A snapshot that became part of the log; its state is not here yet. */
  #toRestore: SnapshotMark | null = null
  #stopped = false
  #led = false
  #ledTerm = 0

  constructor(parts: GroupParts, options: Omit<RaftOptions, 'reader' | 'id' | 'group'>) {
    this.#parts = parts
    const reader: EntryReader = {
      read: (from, to, bytesMax) =>
        parts.log.read(parts.id, from, to, bytesMax) ?? this.#loaded.read(from, to, bytesMax),
    }
    this.#raft = new Raft({ ...options, reader, id: parts.node, group: parts.id })
    this.#proposals = new Proposals(parts.limits)
    this.#keeper = new SnapshotKeeper(parts, this.#raft, {
      transferBase: options.incarnation,
      received: (chunk) => this.#snapshotReceived(chunk),
    })
    this.#lastWritten = this.#raft.lastIndex
    assert(parts.store.appliedIndex >= this.#raft.baseIndex, 'the state reaches the log')
  }

  get raft(): Raft {
    return this.#raft
  }

  /** For reading only: what is applied comes through the log. */
  get store(): Store {
    return this.#parts.store
  }

  get appliedIndex(): LogIndex {
    return this.#parts.store.appliedIndex
  }

  /** Takes a command, encoded; the waiter hears of it exactly once. */
  propose(command: Uint8Array, waiter: Waiter): void {
    const code = this.#refusal(command)
    if (code !== null) {
      waiter.settle({ kind: 'refused', code })
      return
    }
    this.#proposals.add(command, waiter)
    this.#parts.wake()
  }

  #refusal(command: Uint8Array): 'STOPPED' | 'NOT_LEADER' | 'OVERLOADED' | 'TOO_LARGE' | null {
    if (this.#stopped) return 'STOPPED'
    if (this.#raft.role !== 'leader') return 'NOT_LEADER'
    if (command.length > this.#parts.limits.batchBytesMax) return 'TOO_LARGE'
    if (!this.#proposals.isFull) return null
    this.#mark('overloaded')
    return 'OVERLOADED'
  }

  /** A linearizable read, served by this node from its own state, leader or not. */
  read(waiter: ReadWaiter): void {
    if (this.#stopped || this.#readers.count >= this.#parts.limits.readsWaitingMax) {
      waiter.settleRead({ kind: 'refused', code: this.#stopped ? 'STOPPED' : 'OVERLOADED' })
      return
    }
    this.#readers.ask(this.#raft.requestRead(), waiter)
    this.#parts.wake()
  }

  /** Throws a MEMBERSHIP_ error, or begins the change. */
  proposeMembership(target: MembershipTarget, options: { force?: boolean } = {}): void {
    if (this.#stopped) throw new KvError('STOPPED', 'this node is stopping')
    this.#raft.proposeMembership(target, options)
    this.#parts.wake()
  }

  transfer(to: NodeId): boolean {
    const proposal = this.#raft.transfer(to)
    this.#parts.wake()
    return proposal.kind === 'accepted'
  }

  campaign(): void {
    this.#raft.campaign()
    this.#parts.wake()
  }

  tick(): void {
    this.#raft.tick()
    this.#keeper.tick()
    // Most ticks of most groups have nothing to say.
    if (this.#raft.hasReady()) this.#parts.wake()
  }

  peerDropped(peer: NodeId): void {
    this.#raft.peerDropped(peer)
    this.#parts.wake()
  }

  receive(message: PeerMessage): void {
    if (this.#stopped) return
    // What a door of one node asks of another is the node's affair.
    if (message.kind === 'forward' || message.kind === 'forwardReply') return
    if (message.kind === 'snapshotChunk' || message.kind === 'snapshotChunkReply') {
      this.#keeper.receive(message)
      this.#parts.wake()
    } else if (message.kind !== 'snapshot') {
      this.#raft.step(message)
      // Most answers to a leader only confirm what a majority has said already.
      if (this.#raft.hasReady()) this.#parts.wake()
    }
    // A bare `snapshot` never travels: chunks carry it, and `#snapshotReceived` steps it.
  }

  /** Everybody who waits is told; nothing is applied or sent any more. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#keeper.stop()
    this.#proposals.refusePending('STOPPED')
    this.#proposals.abandonProposed('STOPPED')
    this.#readers.failAll('STOPPED')
  }

  /** One turn: propose what gathered, carry out what consensus decided, apply, answer. */
  drain(): void {
    if (this.#stopped) return
    this.#noticeLeadership()
    this.#proposePending()
    while (this.#raft.hasReady()) this.#carryOut(this.#raft.takeReady())
    this.#noticeLeadership()
    this.#apply()
    this.#readers.serve(this.#parts.store)
    this.#keeper.maybeTake()
  }

  /** What becomes of commands in flight when leadership ends, nobody here can know. */
  #noticeLeadership(): void {
    const leads = this.#raft.role === 'leader'
    if (this.#led && (!leads || this.#raft.term !== this.#ledTerm)) {
      this.#mark('lostLeadership')
      this.#proposals.refusePending('NOT_LEADER')
      this.#proposals.abandonProposed('LEADERSHIP_LOST')
    }
    if (leads && !(this.#led && this.#raft.term === this.#ledTerm)) this.#mark('becameLeader')
    this.#led = leads
    this.#ledTerm = this.#raft.term
  }

  #proposePending(): void {
    while (this.#proposals.hasPending) {
      const batch = this.#proposals.takeBatch()
      const proposal = this.#raft.propose(batch.data)
      if (proposal.kind === 'accepted') {
        this.#proposals.proposed(proposal, batch)
        continue
      }
      const { code } = proposal
      if (code === 'OVERLOADED') this.#mark('overloaded')
      for (const waiter of batch.waiters) waiter.settle({ kind: 'refused', code })
    }
  }

  #carryOut(ready: Ready): void {
    for (const message of ready.messages) {
      if (message.kind === 'snapshot') this.#keeper.sendSnapshot(message)
      else this.#parts.send(message)
    }
    this.#write(ready)
    if (ready.snapshot !== null) this.#beginRestore(ready.snapshot)
    for (const grant of ready.reads) this.#readers.grant(grant)
    for (const { id, code } of ready.readsFailed) this.#readers.fail(id, code)
    for (const load of ready.loads) this.#load(load.from, load.to).catch(this.#parts.onFatal)
  }

  /**
   * Votes and acknowledgements wait for the disk, also for batches before theirs: a Ready that has
   * nothing to write rides with the last batch that is still on its way.
   */
  #write(ready: Ready): void {
    if (ready.hardState === null) {
      const last = this.#writes[this.#writes.length - 1]
      if (last !== undefined) {
        last.number = ready.number
        last.messages.push(...ready.messagesAfterSync)
      } else {
        this.#raft.persisted(ready.number)
        for (const message of ready.messagesAfterSync) this.#parts.send(message)
      }
      return
    }
    const first = ready.entries[0]?.index ?? Number.POSITIVE_INFINITY
    if (ready.snapshot !== null || first <= this.#lastWritten) {
      this.#mark('entriesReplaced')
      this.#loaded.clear()
      this.#toApply = []
    }
    this.#lastWritten = ready.entries[ready.entries.length - 1]?.index ?? this.#lastWritten
    const write: Write = { number: ready.number, messages: [...ready.messagesAfterSync] }
    this.#writes.push(write)
    this.#parts.log.append({
      group: this.#parts.id,
      hardState: ready.hardState,
      entries: ready.entries,
      snapshot: ready.snapshot,
      done: () => {
        try {
          this.#durable(write)
        } catch (error) {
          this.#parts.onFatal(error)
        }
      },
    })
  }

  #durable(write: Write): void {
    if (this.#stopped) return
    const first = this.#writes.shift()
    assert(first === write, 'batches become durable in order')
    const wasRecovering = this.#raft.recovering
    this.#raft.persisted(write.number)
    if (wasRecovering && !this.#raft.recovering) this.#mark('repaired')
    for (const message of write.messages) this.#parts.send(message)
    this.#parts.wake()
  }

  /** Applies what is committed, a bounded piece per turn, so that others get theirs. */
  #apply(): void {
    let budget = this.#parts.limits.applyBytesMax
    while (budget > 0 && !this.#restoring && !this.#loadingToApply) {
      const from = this.appliedIndex + 1
      if (from > this.#raft.commit) return
      const entries = this.#entriesToApply(from)
      if (entries === null) return
      for (const entry of entries) {
        if (entry.index > this.#raft.commit) break
        this.#applyEntry(entry)
        budget -= entry.data.length + 1
      }
    }
    if (budget > 0) return
    this.#mark('applySliced')
    this.#parts.wake()
  }

  #entriesToApply(from: LogIndex): readonly Entry[] | null {
    const { log, id, limits } = this.#parts
    const loaded = this.#toApply
    this.#toApply = []
    if (loaded[0]?.index === from) return loaded
    const cached = log.read(id, from, this.#raft.commit, limits.applyBytesMax)
    if (cached !== null) return cached
    this.#loadingToApply = true
    void this.#loadToApply(from)
    return null
  }

  #applyEntry(entry: Entry): void {
    const { store, observer } = this.#parts
    let results = NO_RESULTS
    if (entry.kind === 'command') results = store.apply(entry)
    else store.applyEmpty(entry.index)
    observer?.applied(entry, results, store)
    this.#raft.applied(entry.index)
    this.#keeper.applied(entry.data.length)
    this.#proposals.applied(entry, results)
    if (entry.kind === 'configuration') this.#noticeMembership()
  }

  #noticeMembership(): void {
    this.#mark('membershipApplied')
    if (this.#raft.removed) this.#mark('removed')
  }

  async #loadToApply(from: LogIndex): Promise<void> {
    const { log, id, limits } = this.#parts
    try {
      this.#toApply = await log.load(id, from, this.#raft.commit, limits.applyBytesMax)
      this.#mark('entriesLoaded')
    } catch (error) {
      // A snapshot was installed meanwhile and the entries went: there is nothing to apply.
      if (!(error instanceof KvError && error.code === 'COMPACTED')) this.#parts.onFatal(error)
    } finally {
      this.#loadingToApply = false
      this.#parts.wake()
    }
  }

  async #load(from: LogIndex, to: LogIndex): Promise<void> {
    const { log, id, limits } = this.#parts
    const term = this.#raft.term
    try {
      const entries = await log.load(id, from, to, limits.applyBytesMax)
      if (this.#raft.term === term && this.#raft.role === 'leader') this.#loaded.add(entries)
      this.#mark('entriesLoaded')
    } catch (error) {
      // Compacted while it was read: the follower gets a snapshot instead.
      if (!(error instanceof KvError && error.code === 'COMPACTED')) this.#parts.onFatal(error)
    }
    if (this.#stopped) return
    this.#raft.loaded(from)
    while (this.#raft.hasReady()) this.#carryOut(this.#raft.takeReady())
    this.#loaded.clear()
    this.#parts.wake()
  }

  /** The snapshot's file is durable here: now consensus may restart the log behind it. */
  #snapshotReceived(chunk: SnapshotChunk): void {
    if (this.#stopped) return
    this.#raft.step({
      kind: 'snapshot',
      group: chunk.group,
      from: chunk.from,
      to: chunk.to,
      term: chunk.term,
      mark: chunk.mark,
    })
    this.#parts.wake()
  }

  /** A leader that went on may send another snapshot while one is restored: the newest counts. */
  #beginRestore(mark: SnapshotMark): void {
    this.#toRestore = mark
    if (!this.#restoring) this.#restore().catch(this.#parts.onFatal)
  }

  async #restore(): Promise<void> {
    this.#restoring = true
    try {
      for (let mark = this.#toRestore; mark !== null; mark = this.#toRestore) {
        const chunks = await this.#readSnapshot(mark)
        if (this.#stopped) return
        if (this.#toRestore !== mark || chunks === null) continue
        this.#toRestore = null
        this.#install(mark, chunks)
      }
    } finally {
      this.#restoring = false
      this.#parts.wake()
    }
  }

  /** Null when a newer one took its place meanwhile and it cannot be read any more. */
  async #readSnapshot(mark: SnapshotMark): Promise<readonly Uint8Array[] | null> {
    const { snapshots, id } = this.#parts
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of snapshots.open(id, mark)) chunks.push(chunk)
    } catch (error) {
      if (this.#toRestore === mark) throw error
      return null
    }
    return chunks
  }

  #install(mark: SnapshotMark, chunks: readonly Uint8Array[]): void {
    const { store, observer } = this.#parts
    store.restore(chunks)
    assert(store.appliedIndex === mark.index, 'a snapshot is of the index it names')
    this.#raft.applied(mark.index)
    // Those who wait for an index inside the snapshot cannot learn what became of it.
    this.#proposals.abandonProposed('LEADERSHIP_LOST')
    observer?.restored(mark, store)
    this.#mark('snapshotInstalled')
    this.#keeper.installed(mark)
  }

  #mark(mark: Parameters<NonNullable<GroupParts['observer']>['mark']>[0]): void {
    this.#parts.observer?.mark(mark)
  }
}
