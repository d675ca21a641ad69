/**
 * Drives one raft group on one node: what arrived in a turn becomes one entry, the entry's bytes go
 * to the log and to the peers at the same time, and what is committed is applied in order.
 *
 * Everything happens in `drain`, once per event-loop turn; callbacks of disk and engine only take
 * note and ask for another turn.
 */

import { assert, type ErrorCode, KvError } from '../base/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Timer } from '../io/index.ts'
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
import { type CommandResult, packBatch, type StateMachine, type WatchHub } from '../state/index.ts'
import { Applier } from './applier.ts'
import { Checkpoints } from './checkpoints.ts'
import { ClusterTime } from './cluster-time.ts'
import { CommitWord } from './commit-word.ts'
import { Installer } from './installer.ts'
import { LoadedEntries } from './loaded-entries.ts'
import { Proposals } from './proposals.ts'
import { Readers } from './readers.ts'
import { Replica } from './replica.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import { Reading, StateReads } from './state-reads.ts'
import type {
  GroupContext,
  GroupMark,
  GroupParts,
  ReadIndexWaiter,
  ReadRequest,
  ReadWaiter,
  Waiter,
} from './types.ts'
import { WatchDriver } from './watch-driver.ts'

/** 16 MiB of the keys of a state that is over: one or two milliseconds of a turn. */
const FREED_PAGES = 64

/** While versions come, so many go for each of them, as long as a compaction has left any. */
const COMPACTED_PER_ADDED = 1.5

/** A batch on its way to disk, and what may leave once it is durable. */
interface Write {
  number: number
  readonly messages: Message[]
  /** The log restarts behind it. */
  readonly snapshot: SnapshotMark | null
}

export class Group {
  readonly #parts: GroupContext
  readonly #raft: Raft
  readonly #replica: Replica
  readonly #time: ClusterTime
  readonly #proposals: Proposals
  readonly #readers = new Readers()
  readonly #reads: StateReads
  readonly #watches: WatchDriver
  readonly #word: CommitWord
  readonly #loaded = new LoadedEntries()
  readonly #applier: Applier
  readonly #checkpoints: Checkpoints
  readonly #keeper: SnapshotKeeper
  readonly #installer: Installer
  #writes: Write[] = []
  #lastWritten: LogIndex
  #stopped = false
  #closing: Promise<void> | null = null
  /** Until the next slice of what was compacted is due. */
  #compactPause: Timer | null = null
  /** Versions that came since the last one. */
  #addedSinceSlice = 0
  #led = false
  #ledTerm = 0

  constructor(
    { machine, engine, ...parts }: GroupParts,
    options: Omit<RaftOptions, 'reader' | 'id' | 'group'>,
  ) {
    const { limits, stateLimits } = parts
    const isWithin = limits.batchCommandsMax <= stateLimits.batchCommandsMax
    assert(isWithin, 'the state takes what the group proposes')
    this.#parts = parts
    const reader: EntryReader = {
      read: (from, to, bytesMax) =>
        parts.log.read(parts.id, from, to, bytesMax) ?? this.#loaded.read(from, to, bytesMax),
    }
    const raft = new Raft({ ...options, reader, id: parts.node, group: parts.id })
    const replica = new Replica(machine, engine)
    const shared = { ...parts, raft, replica }
    this.#raft = raft
    this.#replica = replica
    this.#lastWritten = raft.lastIndex
    this.#time = new ClusterTime(parts.clock, raft, replica)
    this.#proposals = new Proposals(parts.limits)
    this.#reads = new StateReads({ ...shared, clockMs: () => this.#time.nowMs() })
    this.#watches = new WatchDriver(shared)
    this.#word = new CommitWord(shared)
    this.#keeper = new SnapshotKeeper(parts, {
      raft,
      replica,
      transferBase: options.incarnation,
      received: (chunk) => this.#snapshotReceived(chunk),
    })
    this.#checkpoints = new Checkpoints({
      ...shared,
      neededBehind: () => this.#keeper.neededBehind(),
      taken: () => this.#keeper.tidy(),
    })
    this.#applier = new Applier({
      ...shared,
      mustHold: () => this.#checkpoints.mustHoldApply || this.#keeper.mustHoldApply,
      applied: (entry, results) => this.#applied(entry, results),
    })
    this.#installer = new Installer({ ...shared, installed: (mark) => this.#installed(mark) })
    engine.onFatal = parts.onFatal
    engine.onRoom = parts.wake
    assert(machine.appliedIndex >= raft.baseIndex, 'the state reaches the log')
  }

  get raft(): Raft {
    return this.#raft
  }

  /**
   * For looking at only: what is applied comes through the log. Another one after a snapshot of the
   * leader was installed.
   */
  get machine(): StateMachine {
    return this.#replica.machine
  }

  /** Replaced together with the machine. */
  get engine(): Engine {
    return this.#replica.engine
  }

  /** The same for as long as the group lives. */
  get watchHub(): WatchHub {
    return this.#watches.hub
  }

  get appliedIndex(): LogIndex {
    return this.#replica.machine.appliedIndex
  }

  /** Cluster time: as the leader would stamp an entry now; on others, as of what was applied. */
  clockMs(): number {
    return this.#time.nowMs()
  }

  /**
   * Whether this node leads and knows the time: before that `clockMs` stands still, so that nobody
   * should decide by it which leases are over.
   */
  get isTimeKnown(): boolean {
    return this.#time.isKnown
  }

  /**
   * Takes a command as `packCommand` made it; the waiter hears of it exactly once. The bytes must
   * not change before that.
   */
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

  /** Settles when the state here holds everything that was complete when this was called. */
  readIndex(waiter: ReadIndexWaiter): void {
    const code = this.#readRefusal()
    if (code !== null) {
      waiter.settleReadIndex({ kind: 'refused', code })
      return
    }
    this.#readers.ask(this.#raft.requestRead(), waiter)
    this.#parts.wake()
  }

  /**
   * Reads the state of this node, leader or not: linearizable, unless the request says otherwise.
   * The waiter hears of it in a later turn, or at once when it is refused.
   */
  read(request: ReadRequest, waiter: ReadWaiter): void {
    const code = this.#readRefusal()
    if (code !== null) {
      waiter.settleRead({ kind: 'refused', revision: this.machine.revision, code })
      return
    }
    const reading = new Reading(this.#reads, request, waiter)
    if (request.serializable) this.#reads.enqueue(reading)
    else this.#readers.ask(this.#raft.requestRead(), reading)
    this.#parts.wake()
  }

  #readRefusal(): ErrorCode | null {
    if (this.#stopped) return 'STOPPED'
    const waiting = this.#readers.count + this.#reads.waitingCount
    if (waiting < this.#parts.limits.readsWaitingMax) return null
    this.#mark('overloaded')
    return 'OVERLOADED'
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
    if (this.#stopped) return
    this.#raft.tick()
    this.#keeper.tick()
    this.#installer.tick()
    this.#checkpoints.tick()
    this.#reads.tick()
    this.#watches.tick()
    this.#tellTime()
    // Most ticks of most groups have nothing to say.
    if (this.#raft.hasReady()) this.#parts.wake()
  }

  /**
   * Leases that nobody writes about lose no time in a change of leaders but what passed since the
   * last stamp: so there is one now and then. A batch without commands is one.
   */
  #tellTime(): void {
    if (!this.#time.isKnown || this.machine.leaseCount === 0 || this.#proposals.hasPending) return
    if (this.#time.quietMs < this.#parts.limits.stampMs) return
    const proposal = this.#raft.propose(packBatch([], this.#time.stamp()))
    if (proposal.kind === 'accepted') this.#mark('stamped')
  }

  peerDropped(peer: NodeId): void {
    if (this.#stopped) return
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

  /** Everybody who waits is told; nothing is applied or sent any more. Idempotent. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#compactPause?.cancel()
    this.#replica.stop()
    this.#keeper.stop()
    this.#watches.stop()
    this.#word.stop()
    this.#proposals.refusePending('STOPPED')
    this.#proposals.abandonProposed('STOPPED')
    this.#readers.failAll('STOPPED')
    this.#reads.stop('STOPPED')
  }

  /**
   * Stops, waits for what is under way with the disk, and closes the engine. Before the log is
   * closed, which holds the lock on the directory. Idempotent.
   */
  close(): Promise<void> {
    this.stop()
    this.#closing ??= this.#close()
    return this.#closing
  }

  /**
   * What was compacted comes back in slices, between entries and beside everything else: one in a
   * while, since those who write wait meanwhile, on every member, and more than what they add.
   */
  #compactSlice(added: number): void {
    const { clock, limits, wake } = this.#parts
    this.#addedSinceSlice += added
    if (this.#compactPause !== null) return
    const keys = Math.ceil(COMPACTED_PER_ADDED * this.#addedSinceSlice)
    this.#addedSinceSlice = 0
    if (this.#replica.machine.compactStep(Math.max(limits.compactKeysMax, keys))) return
    this.#compactPause = clock.after(limits.compactPauseMs, () => {
      this.#compactPause = null
      wake()
    })
  }

  async #close(): Promise<void> {
    await this.#installer.close()
    await this.#keeper.close()
    await this.#replica.engine.close()
  }

  /** One turn: propose what gathered, carry out what consensus decided, apply, answer. */
  drain(): void {
    if (this.#stopped) return
    this.#noticeLeadership()
    this.#proposePending()
    while (this.#raft.hasReady()) this.#carryOut(this.#raft.takeReady())
    this.#word.look()
    this.#noticeLeadership()
    const appliedBefore = this.appliedIndex
    const { machine } = this.#replica
    const versionsBefore = machine.versionCount
    this.#applier.run()
    if (this.#replica.isStale) {
      if (!machine.freeStep(FREED_PAGES)) this.#parts.wake()
    } else if (!machine.isUnderWay) {
      this.#compactSlice(machine.versionCount - versionsBefore)
      this.#checkpoints.maybeTake()
      this.#keeper.maybeWrite()
    }
    // What is applied here and known to everybody is kept by nobody.
    const done = Math.min(machine.appliedIndex, this.#raft.sentThrough)
    this.#parts.log.release(this.#parts.id, done)
    this.#readers.serve(machine.appliedIndex)
    this.#reads.run()
    this.#watches.run(machine.appliedIndex > appliedBefore)
    if (this.#time.establish() && this.#proposals.hasPending) this.#parts.wake()
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

  /** Until the time is known, what is asked waits: see `ClusterTime`. */
  #proposePending(): void {
    if (!this.#time.isKnown) return
    while (this.#proposals.hasPending) {
      const batch = this.#proposals.takeBatch(this.#time.stamp())
      const proposal = this.#raft.propose(batch.data)
      if (proposal.kind === 'accepted') {
        this.#proposals.proposed(proposal, batch)
        if (batch.isAwaited) this.#raft.awaitWord(proposal.index)
        this.#word.proposed()
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
    if (ready.snapshot !== null) this.#expire(ready.snapshot)
    this.#write(ready)
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
      this.#applier.forgetRead()
    }
    this.#lastWritten = ready.entries[ready.entries.length - 1]?.index ?? this.#lastWritten
    const write: Write = {
      number: ready.number,
      messages: [...ready.messagesAfterSync],
      snapshot: ready.snapshot,
    }
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
    if (write.snapshot !== null) this.#installer.durable(write.snapshot)
    this.#parts.wake()
  }

  #applied(entry: Entry, results: readonly CommandResult[]): void {
    this.#parts.observer?.applied(entry, results, this.machine)
    this.#raft.applied(entry.index)
    this.#checkpoints.applied(entry.data.length)
    this.#proposals.applied(entry, results)
    if (entry.kind === 'configuration') this.#noticeMembership()
  }

  #noticeMembership(): void {
    this.#mark('membershipApplied')
    if (this.#raft.removed) this.#mark('removed')
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

  /** The log goes on behind a snapshot whose state is not here yet. */
  #expire(mark: SnapshotMark): void {
    this.#applier.reset()
    this.#installer.announce(mark)
    // Those who wait for an index inside the snapshot cannot learn what became of it.
    this.#proposals.abandonProposed('LEADERSHIP_LOST')
  }

  #installed(mark: SnapshotMark): void {
    this.#raft.applied(mark.index)
    this.#checkpoints.installed(mark)
    this.#watches.renewed()
    this.#reads.renewed()
    this.#parts.observer?.restored(mark, this.machine)
    this.#mark('snapshotInstalled')
    this.#keeper.tidy()
  }

  #mark(mark: GroupMark): void {
    this.#parts.observer?.mark(mark)
  }
}
