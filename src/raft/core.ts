/**
 * The state of one replica and its elementary transitions. The rules themselves stand in
 * `election.ts`, `replication.ts`, `follower.ts`, `membership.ts` and `reads.ts`, each a set of
 * functions over this core; `raft.ts` is the surface.
 */

import { assert, type Chance } from '../base/index.ts'
import { ConfigurationHistory, isVoter } from './configuration.ts'
import { LogView } from './log-view.ts'
import { type RaftOptions, type RaftTuning, validateTuning } from './options.ts'
import { Progress } from './progress.ts'
import { Reads } from './reads.ts'
import { TermRuns } from './terms.ts'
import {
  type Configuration,
  type GroupId,
  type HardState,
  type LogIndex,
  type Message,
  NOBODY,
  type NodeId,
  type RecoveredReplica,
  type Role,
  type SnapshotMark,
  type Term,
} from './types.ts'

/** What a campaign's own vote waits for: the disk (invariant I13). */
interface VoteInFlight {
  readonly number: number
  readonly term: Term
  readonly vote: NodeId
}

/** However many elections came to nothing: so many times `electionTicks`. */
const PATIENCE_MAX = 2

export class Core {
  readonly id: NodeId
  readonly group: GroupId
  readonly incarnation: number
  readonly chance: Chance
  readonly tuning: RaftTuning
  readonly log: LogView
  readonly configurations: ConfigurationHistory
  readonly reads: Reads

  term: Term
  vote: NodeId
  /** Invariant: applied <= commit <= log.last. */
  commit: LogIndex
  applied: LogIndex
  recovering: boolean

  role: Role = 'follower'
  leader: NodeId = NOBODY
  electionElapsed = 0
  electionTimeout = 0
  /** Terms that have begun, as far as this node heard, since it knew a leader. */
  elections = 0
  heartbeatElapsed = 0
  heartbeatDue = false

  /** Answers to the campaign under way, our own included once it is durable. */
  votes = new Map<NodeId, boolean>()
  votesInFlight: VoteInFlight[] = []

  /** Leader only: one for every other member. */
  progress = new Map<NodeId, Progress>()
  /** Leader only: the index of the empty entry that began the term. */
  termStart: LogIndex = 0
  /** Leader only: entries of its own that are not yet committed, durable here and applied. */
  unfinished: { readonly index: LogIndex; readonly bytes: number }[] = []
  unfinishedBytes = 0
  transferee: NodeId = NOBODY
  transferElapsed = 0
  /** The target was told to campaign, and no heartbeat fell due since. */
  transfereeTold = false

  /** Leader only: followers hear of what is committed with the entries that come next. */
  wordHeld = false
  /** Leader only: unless they wait for it, which somebody does up to here. */
  wordAwaited: LogIndex = 0

  /** Where a repair would be complete: the leader's commit in its own term (see `follower.ts`). */
  repairGoal: { readonly term: Term; readonly index: LogIndex } | null = null
  /** The cluster went on without this node; it no longer campaigns. */
  removed = false

  /** The newest snapshot the driver holds, offered to followers that need compacted entries. */
  snapshot: SnapshotMark | null
  restoredByReady: SnapshotMark | null = null

  /** Something happened after which followers may be sent more. */
  flushDue = false
  messages: Message[] = []
  messagesAfterSync: Message[] = []
  loads: { from: LogIndex; to: LogIndex }[] = []
  /** Where the loads begin that were asked for and are not over; they outlive a leadership. */
  readonly loadsUnderWay = new Set<LogIndex>()
  hardStateHandedOut: HardState

  constructor(options: RaftOptions) {
    validateTuning(options.tuning)
    assert(options.id > 0 && options.incarnation > 0, 'a node has an id and a life')
    const { recovered } = options
    this.id = options.id
    this.group = options.group
    this.incarnation = options.incarnation
    this.chance = options.chance
    this.tuning = options.tuning
    this.log = new LogView(termRuns(recovered), options.reader)
    this.configurations = new ConfigurationHistory({
      index: recovered.snapshot?.configurationIndex ?? 0,
      configuration: recovered.snapshot?.configuration ?? options.initialConfiguration,
    })
    for (const entry of recovered.configurations) this.configurations.add(entry)
    this.reads = new Reads(options.incarnation)
    this.term = recovered.hardState.term
    this.vote = recovered.hardState.vote
    this.recovering = recovered.hardState.recovering
    this.applied = options.restored?.index ?? recovered.snapshot?.index ?? 0
    this.commit = Math.max(recovered.hardState.commit, this.applied)
    this.snapshot = options.restored ?? recovered.snapshot
    this.hardStateHandedOut = recovered.hardState
    assert(this.term >= this.log.lastTerm, 'the term is never behind the log')
    assert(this.applied <= this.log.last, 'the state is never ahead of the log')
    // A damaged tail may have taken committed entries with it: the leader brings them back.
    if (this.commit > this.log.last) {
      assert(this.recovering, 'committed entries are missing only from a replica under repair')
      this.commit = this.log.last
    }
    this.resetElectionTimer()
  }

  get configuration(): Configuration {
    return this.configurations.latest.configuration
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.commit, recovering: this.recovering }
  }

  /** A promise changed. The commit index is none: it travels with whatever is written next. */
  get promisesChanged(): boolean {
    const before = this.hardStateHandedOut
    return (
      before.term !== this.term ||
      before.vote !== this.vote ||
      before.recovering !== this.recovering
    )
  }

  /** A leader has committed in its own term: only then does it know all that is committed. */
  get knowsCommit(): boolean {
    return this.role === 'leader' && this.commit >= this.termStart
  }

  get mayCampaign(): boolean {
    const whole = !this.recovering && this.applied >= this.log.base
    return whole && !this.removed && this.#hasVoice
  }

  /**
   * One whose own removal is not committed yet still campaigns: only it may hold the entry that
   * removes it, and then nobody else can win (thesis §4.2.2, figure 4.6).
   */
  get #hasVoice(): boolean {
    const { index, configuration } = this.configurations.latest
    if (isVoter(configuration, this.id)) return true
    if (index <= this.commit) return false
    return isVoter(this.configurations.at(index - 1).configuration, this.id)
  }

  send(message: Message): void {
    assert(message.to !== this.id, 'nobody writes to himself')
    this.messages.push(message)
  }

  /** For votes and acknowledgements: leaves only when all that came before is durable. */
  sendAfterSync(message: Message): void {
    assert(message.to !== this.id, 'nobody writes to himself')
    this.messagesAfterSync.push(message)
  }

  resetElectionTimer(): void {
    this.electionElapsed = 0
    const ticks = this.leader === NOBODY ? this.#retryTicks : this.tuning.electionTicks
    this.electionTimeout = ticks + this.chance.below(ticks)
  }

  /**
   * An election that came to nothing is tried again soon, for most often two have split the votes.
   * Each one after it has twice the time: whatever a disk or a network takes over a vote, in the
   * end there is enough. All who take part count alike, so that nobody disturbs the others.
   */
  get #retryTicks(): number {
    const { electionTicks, retryTicks } = this.tuning
    const mostTicks = PATIENCE_MAX * electionTicks
    let ticks = Math.min(retryTicks, electionTicks)
    for (let more = this.elections; more > 1 && ticks < mostTicks; more--) ticks *= 2
    return Math.min(ticks, mostTicks)
  }

  becomeFollower(term: Term, leader: NodeId): void {
    assert(term >= this.term, 'terms never go back')
    if (term > this.term) {
      this.term = term
      this.vote = NOBODY
      this.elections += 1
    }
    if (this.role === 'leader') this.#leaveLeadership()
    // A read that another leader was asked for is not answered by this one.
    if (leader !== this.leader || this.role !== 'follower') this.reads.failAll()
    this.role = 'follower'
    this.leader = leader
    if (leader !== NOBODY) this.elections = 0
    this.votes.clear()
    this.resetElectionTimer()
  }

  /** Nothing is promised yet: no term is adopted, no vote given (thesis §9.6). */
  becomePreCandidate(): void {
    assert(this.role !== 'leader' && this.mayCampaign, 'only voters in good standing campaign')
    this.role = 'preCandidate'
    this.leader = NOBODY
    this.reads.failAll()
    this.votes.clear()
    this.resetElectionTimer()
  }

  becomeCandidate(): void {
    assert(this.role !== 'leader' && this.mayCampaign, 'only voters in good standing campaign')
    this.role = 'candidate'
    this.leader = NOBODY
    this.reads.failAll()
    this.term += 1
    this.elections += 1
    this.vote = this.id
    this.votes.clear()
    this.resetElectionTimer()
  }

  becomeLeader(): void {
    assert(this.role === 'candidate', 'only a candidate wins')
    assert(this.vote === this.id, 'a leader voted for itself')
    this.role = 'leader'
    this.leader = this.id
    this.elections = 0
    this.electionElapsed = 0
    this.heartbeatElapsed = 0
    this.transferee = NOBODY
    this.wordHeld = false
    this.wordAwaited = 0
    this.termStart = this.log.last + 1
    this.progress.clear()
  }

  newProgress(id: NodeId): Progress {
    return new Progress({
      id,
      next: this.log.last + 1,
      window: { bytesMax: this.tuning.inFlightBytesMax, countMax: this.tuning.inFlightCountMax },
    })
  }

  #leaveLeadership(): void {
    this.progress.clear()
    this.transferee = NOBODY
    this.heartbeatDue = false
    this.flushDue = false
    this.unfinished = []
    this.unfinishedBytes = 0
  }
}

function termRuns(recovered: RecoveredReplica): TermRuns {
  const { snapshot } = recovered
  const runs = new TermRuns({ index: snapshot?.index ?? 0, term: snapshot?.term ?? 0 })
  recovered.terms.forEach((run, position) => {
    const next = recovered.terms[position + 1]?.index ?? recovered.last + 1
    assert(run.index < next && run.index === runs.last + 1, 'recovered terms are contiguous')
    runs.appendRun({ last: next - 1, term: run.term })
  })
  assert(runs.last === recovered.last, 'recovered terms reach the end of the log')
  return runs
}
