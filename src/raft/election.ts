/**
 * Elections: PreVote (thesis §9.6), leader stickiness (§4.2.3), CheckQuorum (§6.2), handing over
 * (§3.10).
 *
 * What is a promise leaves after the disk: a vote, and also the request for one. A candidate that
 * asked before its term was durable could crash, come back with a shorter log, campaign in the same
 * term again and count the answers to its first, longer log.
 */

import { assert } from '../base/index.ts'
import { isMember } from './configuration.ts'
import type { Core } from './core.ts'
import { beginTerm } from './leadership.ts'
import { quorumDecision } from './quorum.ts'

import {
  NOBODY,
  type NodeId,
  type PreVoteReply,
  type PreVoteRequest,
  type TimeoutNow,
  type VoteReply,
  type VoteRequest,
} from './types.ts'

/** A leader was heard of lately: elections of others are not supported. */
export function hasFreshLeader(core: Core): boolean {
  return core.leader !== NOBODY && core.electionElapsed < core.tuning.electionTicks
}

export function tickElection(core: Core): void {
  assert(core.role !== 'leader', 'leaders count heartbeats')
  core.electionElapsed += 1
  if (core.electionElapsed < core.electionTimeout) return
  if (core.mayCampaign) {
    startPreVote(core)
    return
  }
  core.becomeFollower(core.term, NOBODY)
}

/**
 * The connection to a peer dropped: if it was the leader it probably crashed, and waiting for the
 * timeout would only cost time. This is safe because nothing relies on a leader's lease. The draw
 * keeps all followers of a crashed leader from campaigning in the same tick.
 */
export function hintLeaderDropped(core: Core): void {
  assert(core.role !== 'leader', 'a leader does not follow')
  if (!core.mayCampaign) return
  core.leader = NOBODY
  core.reads.failAll()
  const delay = 1 + core.chance.below(core.tuning.droppedTicks)
  core.electionTimeout = Math.min(core.electionTimeout, core.electionElapsed + delay)
}

export function startPreVote(core: Core): void {
  core.becomePreCandidate()
  core.votes.set(core.id, true)
  for (const to of otherVoters(core)) {
    core.send({
      kind: 'preVoteRequest',
      group: core.group,
      from: core.id,
      to,
      term: core.term + 1,
      lastIndex: core.log.last,
      lastTerm: core.log.lastTerm,
    })
  }
  decidePreVote(core)
}

function startElection(core: Core, { transfer }: { transfer: boolean }): void {
  core.becomeCandidate()
  for (const to of otherVoters(core)) {
    core.sendAfterSync({
      kind: 'voteRequest',
      group: core.group,
      from: core.id,
      to,
      term: core.term,
      lastIndex: core.log.last,
      lastTerm: core.log.lastTerm,
      transfer,
    })
  }
  assert(core.promisesChanged, 'a campaign is made durable')
}

export function onPreVoteRequest(core: Core, message: PreVoteRequest): void {
  const fresh = hasFreshLeader(core) && message.from !== core.leader
  const granted =
    message.term > core.term &&
    core.role !== 'leader' &&
    !fresh &&
    !core.recovering &&
    core.log.isUpToDate(message.lastIndex, message.lastTerm)
  if (granted && core.role === 'preCandidate' && takesPrecedence(core, message)) {
    core.becomeFollower(core.term, NOBODY)
  }
  const committed = core.configurations.at(core.commit)
  const latest = core.configuration
  core.send({
    kind: 'preVoteReply',
    group: core.group,
    from: core.id,
    to: message.from,
    term: granted ? message.term : core.term,
    granted,
    member: isMember(committed.configuration, message.from) || isMember(latest, message.from),
    configurationIndex: committed.index,
  })
}

/**
 * Two that ask each other at once: the better log goes on, then the higher id; the other yields.
 */
function takesPrecedence(core: Core, message: PreVoteRequest): boolean {
  if (message.lastTerm !== core.log.lastTerm) return message.lastTerm > core.log.lastTerm
  if (message.lastIndex !== core.log.last) return message.lastIndex > core.log.last
  return message.from > core.id
}

export function onPreVoteReply(core: Core, message: PreVoteReply): void {
  if (!message.granted && message.term > core.term) core.becomeFollower(message.term, NOBODY)
  // Ids are never reused: a committed configuration that is as new as ours or newer and has no
  // place for us means that we were removed.
  if (!message.member && message.configurationIndex >= core.configurations.latest.index) {
    core.removed = true
    if (core.role === 'preCandidate') core.becomeFollower(core.term, NOBODY)
  }
  if (core.role !== 'preCandidate') return
  if (message.granted && message.term !== core.term + 1) return
  core.votes.set(message.from, message.granted)
  decidePreVote(core)
}

function decidePreVote(core: Core): void {
  assert(core.role === 'preCandidate', 'only a pre-candidate counts pre-votes')
  const decision = quorumDecision(core.configuration, (voter) => core.votes.get(voter))
  if (decision === 'won') startElection(core, { transfer: false })
  if (decision === 'lost') core.becomeFollower(core.term, NOBODY)
}

/** The term of `message` has been adopted already. */
export function onVoteRequest(core: Core, message: VoteRequest): void {
  assert(message.term <= core.term, 'a higher term is adopted before its request is answered')
  const free = core.vote === message.from || (core.vote === NOBODY && core.leader === NOBODY)
  const granted =
    message.term === core.term &&
    free &&
    !core.recovering &&
    core.log.isUpToDate(message.lastIndex, message.lastTerm)
  if (granted) {
    // Going on with an election of our own would only disturb the one we support.
    if (core.role === 'preCandidate') core.becomeFollower(core.term, NOBODY)
    core.vote = message.from
    core.resetElectionTimer()
  }
  core.sendAfterSync({
    kind: 'voteReply',
    group: core.group,
    from: core.id,
    to: message.from,
    term: core.term,
    granted,
  })
}

export function onVoteReply(core: Core, message: VoteReply): void {
  if (core.role !== 'candidate' || message.term !== core.term) return
  assert(message.from !== core.id, 'the own vote comes from the own disk')
  recordVote(core, message.from, message.granted)
}

/** The disk has the campaign's term and the vote for ourselves: now it counts (invariant I13). */
export function onOwnVoteDurable(core: Core): void {
  assert(core.role === 'candidate' && core.vote === core.id, 'a candidate voted for itself')
  recordVote(core, core.id, true)
}

function recordVote(core: Core, voter: NodeId, granted: boolean): void {
  if (!core.votes.has(voter)) core.votes.set(voter, granted)
  const decision = quorumDecision(core.configuration, (id) => core.votes.get(id))
  // Our own vote is part of every victory, even where others alone are a majority: a leader that
  // had not made its vote durable could vote again in the same term after a crash.
  const durable = core.votes.get(core.id) === true
  if (decision === 'won' && durable) beginTerm(core)
  if (decision === 'lost') core.becomeFollower(core.term, NOBODY)
}

export function onTimeoutNow(core: Core, message: TimeoutNow): void {
  if (message.term !== core.term || message.from !== core.leader) return
  if (core.role !== 'follower' || !core.mayCampaign) return
  startElection(core, { transfer: true })
}

function otherVoters(core: Core): NodeId[] {
  const { voters, outgoing } = core.configuration
  return [...new Set([...voters, ...outgoing])].filter((id) => id !== core.id)
}
