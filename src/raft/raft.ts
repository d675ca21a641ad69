/**
 * One replica of one group. The caller ticks it, steps messages into it, proposes, and carries out
 * what `takeReady` hands out (the duties stand at `Ready`). Nothing here waits, reads a clock or
 * draws chance of its own.
 */

import { assert, type ErrorCode, unreachable } from '../base/index.ts'
import { isMember, isVoter } from './configuration.ts'
import { Core } from './core.ts'
import {
  hasFreshLeader,
  hintLeaderDropped,
  onOwnVoteDurable,
  onPreVoteReply,
  onPreVoteRequest,
  onTimeoutNow,
  onVoteReply,
  onVoteRequest,
  startPreVote,
  tickElection,
} from './election.ts'
import {
  finishRepair,
  onAppend,
  onHeartbeat,
  onReadReply,
  onSnapshot,
  refuseOldTerm,
} from './follower.ts'
import { appendOwn, releaseFinished } from './leadership.ts'
import { entryBytes } from './log-view.ts'
import { type MembershipTarget, proposeMembership } from './membership.ts'
import type { RaftOptions } from './options.ts'
import type { ProgressState } from './progress.ts'
import {
  advanceCommit,
  awaitWord,
  flush,
  handOverWhenReady,
  onAppendReply,
  onHeartbeatReply,
  onReadRequest,
  sendHeartbeats,
  startReadRound,
  tickLeader,
} from './replication.ts'
import {
  type Configuration,
  type Entry,
  type HardState,
  type LogIndex,
  type Message,
  NOBODY,
  type NodeId,
  type Ready,
  type Role,
  type SnapshotMark,
  type Term,
} from './types.ts'

export type Proposal =
  | { readonly kind: 'accepted'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'refused'; readonly code: ErrorCode }

const REFUSED_NOT_LEADER: Proposal = { kind: 'refused', code: 'NOT_LEADER' }
const REFUSED_TRANSFERRING: Proposal = { kind: 'refused', code: 'TRANSFERRING' }
const REFUSED_NOT_A_VOTER: Proposal = { kind: 'refused', code: 'MEMBERSHIP_INVALID' }
const REFUSED_UNABLE: Proposal = { kind: 'refused', code: 'MEMBERSHIP_UNSAFE' }
const REFUSED_OVERLOADED: Proposal = { kind: 'refused', code: 'OVERLOADED' }

export interface PeerStatus {
  readonly id: NodeId
  readonly state: ProgressState
  readonly match: LogIndex
  readonly next: LogIndex
  /** It answered in this window of the quorum check, or in the one before. */
  readonly active: boolean
  readonly recovering: boolean
}

/** What a Ready has none of. */
const NONE: readonly never[] = []

export class Raft {
  readonly #core: Core
  #readyNumber = 0
  #commitHandedOut: LogIndex

  constructor(options: RaftOptions) {
    this.#core = new Core(options)
    this.#commitHandedOut = this.#core.applied
  }

  get id(): NodeId {
    return this.#core.id
  }

  get term(): Term {
    return this.#core.term
  }

  get role(): Role {
    return this.#core.role
  }

  /** The leader of this term as far as this replica knows; 0 for none. */
  get leader(): NodeId {
    return this.#core.leader
  }

  get commit(): LogIndex {
    return this.#core.commit
  }

  get lastIndex(): LogIndex {
    return this.#core.log.last
  }

  /** The index under the first entry of the log. */
  get baseIndex(): LogIndex {
    return this.#core.log.base
  }

  /** Everything up to here is durable on this node's own disk. */
  get durableIndex(): LogIndex {
    return this.#core.log.stable
  }

  get recovering(): boolean {
    return this.#core.recovering
  }

  get hardState(): HardState {
    return this.#core.hardState
  }

  /** The newest configuration in the log, committed or not. */
  get configuration(): Configuration {
    return this.#core.configuration
  }

  get configurationIndex(): LogIndex {
    return this.#core.configurations.latest.index
  }

  /** The leader hands over and takes no proposals meanwhile; 0 when it does not. */
  get transferee(): NodeId {
    return this.#core.transferee
  }

  /** The cluster removed this node, as far as it knows. */
  get removed(): boolean {
    const core = this.#core
    const { index, configuration } = core.configurations.latest
    const goneByLog = index > 0 && index <= core.commit && !isMember(configuration, core.id)
    return core.removed || goneByLog
  }

  get peers(): readonly PeerStatus[] {
    return [...this.#core.progress.values()].map((progress) => ({
      id: progress.id,
      state: progress.state,
      match: progress.match,
      next: progress.next,
      active: progress.isHeard,
      recovering: progress.recovering,
    }))
  }

  /**
   * A leader has no more to send at or below this index; who does not lead, none at all. A member
   * that is far behind or gone keeps it low.
   */
  get sentThrough(): LogIndex {
    let index = Number.POSITIVE_INFINITY
    if (this.role !== 'leader') return index
    for (const { match } of this.#core.progress.values()) index = Math.min(index, match)
    return index
  }

  termAt(index: LogIndex): Term | undefined {
    return this.#core.log.termAt(index)
  }

  tick(): void {
    const core = this.#core
    if (core.role === 'leader') {
      tickLeader(core)
      return
    }
    tickElection(core)
    for (const read of core.reads.forwarded) {
      read.age += 1
      if (read.age < core.tuning.heartbeatTicks || core.leader === NOBODY) continue
      read.age = 0
      this.#sendRead(read.id)
    }
  }

  /** Asks for leadership now, by PreVote, unless this is the leader or may not lead. */
  campaign(): void {
    const core = this.#core
    if (core.role === 'leader' || !core.mayCampaign) return
    startPreVote(core)
  }

  propose(data: Uint8Array): Proposal {
    const core = this.#core
    if (core.role !== 'leader') return REFUSED_NOT_LEADER
    if (core.transferee !== NOBODY) return REFUSED_TRANSFERRING
    const full = core.unfinishedBytes + data.length > core.tuning.unfinishedBytesMax
    // A single proposal always fits when nothing else is under way, whatever its size.
    if (full && core.unfinishedBytes > 0) return REFUSED_OVERLOADED
    const entry = appendOwn(core, { kind: 'command', data })
    return { kind: 'accepted', index: entry.index, term: entry.term }
  }

  /** Another node waits until it has applied the entry at `index`, which was just accepted. */
  awaitWord(index: LogIndex): void {
    if (this.role === 'leader') awaitWord(this.#core, index)
  }

  /**
   * Whether a leader tells what is committed only with the entries that come next, except to those
   * who wait for it.
   */
  holdWord(isHeld: boolean): void {
    const core = this.#core
    core.wordHeld = isHeld
    if (!isHeld && core.role === 'leader') core.flushDue = true
  }

  /** A leader has not told every follower yet that so much is committed. */
  owesWord(index: LogIndex): boolean {
    const { role, commit, progress } = this.#core
    if (role !== 'leader' || index > commit) return false
    for (const { state, commitSent } of progress.values()) {
      if (state === 'replicate' && commitSent < index) return true
    }
    return false
  }

  /**
   * Changes who takes part; fails with a MEMBERSHIP_ error and changes nothing when that would be
   * unsafe. `force` skips the check that a majority of the new voters is up.
   */
  proposeMembership(target: MembershipTarget, { force = false } = {}): Entry {
    return proposeMembership(this.#core, target, { force })
  }

  /**
   * Hands leadership to a voter once it holds the whole log. One that does not answer, or is under
   * repair, is refused at once.
   */
  transfer(to: NodeId): Proposal {
    const core = this.#core
    if (core.role !== 'leader') return REFUSED_NOT_LEADER
    const progress = core.progress.get(to)
    if (to === core.id || !isVoter(core.configuration, to) || progress === undefined) {
      return REFUSED_NOT_A_VOTER
    }
    // Proposals would wait for one that cannot take over.
    if (progress.isSilent || progress.recovering) return REFUSED_UNABLE
    // Asking again does not give a slow target more time.
    if (core.transferee !== to) {
      core.transferElapsed = 0
      core.transfereeTold = false
    }
    core.transferee = to
    core.flushDue = true
    handOverWhenReady(core)
    return { kind: 'accepted', index: core.log.last, term: core.term }
  }

  /** Returns an id that comes back in a Ready, granted or failed. A turn's reads share one. */
  requestRead(): number {
    return this.#core.reads.ask()
  }

  /** The connection to a peer dropped. A hint: nothing about safety depends on it. */
  peerDropped(peer: NodeId): void {
    const core = this.#core
    if (core.role === 'leader') {
      const progress = core.progress.get(peer)
      if (progress?.state === 'replicate') progress.becomeProbe()
      core.flushDue = true
    } else if (peer === core.leader) {
      hintLeaderDropped(core)
    }
  }

  /** The driver carried a snapshot to the follower, or could not. */
  snapshotSent(to: NodeId, { arrived }: { arrived: boolean }): void {
    const progress = this.#core.progress.get(to)
    if (progress === undefined || progress.state !== 'snapshot') return
    if (arrived) progress.becomeProbe()
    else progress.snapshotFailed()
    // Wait for the follower's own word, or the next heartbeat's answer.
    progress.probeSent = true
  }

  /** What a snapshot of the state at `index` must remember. */
  markAt(index: LogIndex): SnapshotMark {
    const core = this.#core
    assert(index <= core.commit && index >= core.log.base, 'only committed state is kept')
    const placed = core.configurations.at(index)
    return {
      index,
      term: core.log.termAt(index) as Term,
      configuration: placed.configuration,
      configurationIndex: placed.index,
    }
  }

  /** A snapshot of the state is durable: followers that are far behind are sent this one. */
  snapshotTaken(mark: SnapshotMark): void {
    const core = this.#core
    if (core.snapshot !== null && mark.index <= core.snapshot.index) return
    assert(mark.index <= core.commit, 'only committed state is kept')
    core.snapshot = mark
  }

  /** Entries up to `index` are no longer needed; at most up to the newest snapshot. */
  compact(index: LogIndex): void {
    const core = this.#core
    assert(core.snapshot !== null && index <= core.snapshot.index, 'a snapshot covers what goes')
    if (index <= core.log.base) return
    core.log.compactTo(Math.min(index, core.log.stable))
    core.configurations.compactTo(core.log.base)
  }

  /**
   * The load from `from` on, which a Ready asked for, is over: its entries are in memory until the
   * next Readys are taken, or could not be had. Those who wait for another load go on waiting.
   */
  loaded(from: LogIndex): void {
    const core = this.#core
    assert(core.loadsUnderWay.has(from), 'only a load that was asked for ends')
    core.loadsUnderWay.delete(from)
    for (const progress of core.progress.values()) {
      if (progress.loadingFrom === from) progress.loadingFrom = 0
    }
    core.flushDue = true
  }

  step(message: Message): void {
    const core = this.#core
    assert(message.group === core.group && message.to === core.id, 'a message is for its receiver')
    assert(message.from !== core.id, 'nobody writes to himself')
    if (message.term > core.term && !this.#adoptTerm(message)) return
    if (message.term < core.term && this.#refuseOld(message)) return
    this.#dispatch(message)
  }

  /** A higher term. Returns false when the message is to be ignored. */
  #adoptTerm(message: Message): boolean {
    const core = this.#core
    switch (message.kind) {
      case 'preVoteRequest':
      case 'preVoteReply':
        return true
      case 'voteRequest':
        // Leader stickiness: a node that was cut off must not depose a leader that works. One that
        // asks itself has restarted and does not work any more (hashicorp/raft#605).
        if (!message.transfer && message.from !== core.leader && hasFreshLeader(core)) return false
        core.becomeFollower(message.term, NOBODY)
        return true
      case 'append':
      case 'heartbeat':
      case 'snapshot':
      case 'timeoutNow':
        core.becomeFollower(message.term, message.from)
        return true
      case 'voteReply':
      case 'appendReply':
      case 'heartbeatReply':
      case 'readRequest':
      case 'readReply':
        core.becomeFollower(message.term, NOBODY)
        return true
      default:
        return unreachable(message)
    }
  }

  /** An older term. Returns true when nothing more is to be done. */
  #refuseOld(message: Message): boolean {
    switch (message.kind) {
      case 'append':
      case 'heartbeat':
      case 'snapshot':
        refuseOldTerm(this.#core, message)
        return true
      case 'preVoteRequest':
      case 'preVoteReply':
      case 'voteRequest':
        return false
      case 'voteReply':
      case 'appendReply':
      case 'heartbeatReply':
      case 'timeoutNow':
      case 'readRequest':
      case 'readReply':
        return true
      default:
        return unreachable(message)
    }
  }

  #dispatch(message: Message): void {
    const core = this.#core
    switch (message.kind) {
      case 'preVoteRequest':
        onPreVoteRequest(core, message)
        break
      case 'preVoteReply':
        onPreVoteReply(core, message)
        break
      case 'voteRequest':
        onVoteRequest(core, message)
        break
      case 'voteReply':
        onVoteReply(core, message)
        break
      case 'append':
        onAppend(core, message)
        break
      case 'appendReply':
        onAppendReply(core, message)
        break
      case 'heartbeat':
        onHeartbeat(core, message)
        break
      case 'heartbeatReply':
        onHeartbeatReply(core, message)
        break
      case 'snapshot':
        onSnapshot(core, message)
        break
      case 'timeoutNow':
        onTimeoutNow(core, message)
        break
      case 'readRequest':
        onReadRequest(core, message)
        break
      case 'readReply':
        onReadReply(core, message)
        break
      default:
        unreachable(message)
    }
  }

  /** Whether `takeReady` would hand out anything. */
  hasReady(): boolean {
    const core = this.#core
    return (
      core.flushDue ||
      core.heartbeatDue ||
      core.messages.length > 0 ||
      core.messagesAfterSync.length > 0 ||
      core.loads.length > 0 ||
      core.log.hasUnwritten ||
      core.promisesChanged ||
      core.restoredByReady !== null ||
      core.commit > this.#commitHandedOut ||
      core.reads.hasOpen ||
      core.reads.hasOutcome ||
      this.#roundDue
    )
  }

  get #roundDue(): boolean {
    const core = this.#core
    const { waitingCount, roundCount } = core.reads
    return waitingCount > 0 && core.knowsCommit && roundCount < core.tuning.readRoundsMax
  }

  takeReady(): Ready {
    const core = this.#core
    this.#closeReads()
    if (core.role === 'leader') {
      startReadRound(core)
      if (core.flushDue) flush(core)
      if (core.heartbeatDue) sendHeartbeats(core)
    }
    core.flushDue = false
    this.#readyNumber += 1
    const number = this.#readyNumber
    const writes = core.log.hasUnwritten || core.promisesChanged || core.restoredByReady !== null
    const hardState = writes ? core.hardState : null
    if (core.role === 'candidate' && core.promisesChanged) {
      core.votesInFlight.push({ number, term: core.term, vote: core.vote })
    }
    if (hardState !== null) core.hardStateHandedOut = hardState
    const ready: Ready = {
      number,
      hardState,
      entries: core.log.handOut(number),
      snapshot: core.restoredByReady,
      messages: core.messages.length === 0 ? NONE : core.messages,
      messagesAfterSync: core.messagesAfterSync.length === 0 ? NONE : core.messagesAfterSync,
      commit: core.commit,
      reads: core.reads.takeGranted(),
      readsFailed: core.reads.takeFailed(),
      loads: core.loads.length === 0 ? NONE : core.loads,
    }
    core.restoredByReady = null
    if (ready.messages !== NONE) core.messages = []
    if (ready.messagesAfterSync !== NONE) core.messagesAfterSync = []
    if (ready.loads !== NONE) core.loads = []
    this.#commitHandedOut = core.commit
    return ready
  }

  /** The turn's reads go the way that the role has for them. */
  #closeReads(): void {
    const core = this.#core
    const id = core.reads.closeTurn()
    if (id === 0) return
    if (core.leader === NOBODY) core.reads.fail(id, 'NO_LEADER')
    else if (core.reads.openCount >= core.tuning.readsWaitingMax) core.reads.fail(id, 'OVERLOADED')
    else if (core.role === 'leader') core.reads.waitForRound(id)
    else {
      core.reads.forward(id)
      this.#sendRead(id)
    }
  }

  #sendRead(id: number): void {
    const core = this.#core
    assert(core.leader !== core.id, 'a leader asks nobody')
    core.send({
      kind: 'readRequest',
      group: core.group,
      from: core.id,
      to: core.leader,
      term: core.term,
      id,
    })
  }

  /** Everything in this Ready and in all before it is durable. Then, and only then. */
  persisted(number: number): void {
    const core = this.#core
    assert(number <= this.#readyNumber, 'only what was handed out becomes durable')
    const news = core.log.persisted(number)
    while (core.votesInFlight.length > 0) {
      const own = core.votesInFlight[0]
      if (own === undefined || own.number > number) break
      core.votesInFlight.shift()
      const current = own.term === core.term && own.vote === core.vote
      if (current && core.role === 'candidate') onOwnVoteDurable(core)
    }
    if (core.role !== 'leader') finishRepair(core)
    else if (news) advanceCommit(core)
    if (news) releaseFinished(core)
  }

  applied(index: LogIndex): void {
    const core = this.#core
    assert(index >= core.applied && index <= core.commit, 'committed entries are applied in order')
    core.applied = index
    releaseFinished(core)
  }
}

export { entryBytes }
