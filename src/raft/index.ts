/**
 * raft: consensus as a pure state machine. It computes, the caller acts: no disk, no network, no
 * clock but ticks, no chance but the one passed in, nothing asynchronous.
 *
 * Invariants: at most one leader per term; a term and vote are durable before the vote leaves; only
 * entries of the own term are committed by counting; what is committed is never replaced.
 * Not here: what a command means (`state`), how bytes travel (`peer`) or rest (`log`).
 */
export {
  decodeConfiguration,
  encodeConfiguration,
  isJoint,
  isMember,
  isValidConfiguration,
  isVoter,
  LEARNERS_MAX,
  parseConfiguration,
  VOTERS_MAX,
} from './configuration.ts'
export type { MembershipTarget } from './membership.ts'
export { emptyReplica, RAFT_TUNING, type RaftOptions, type RaftTuning } from './options.ts'
export { majority, quorumDecision, quorumIndex } from './quorum.ts'
export { entryBytes, type PeerStatus, type Proposal, Raft } from './raft.ts'
export { TermRuns } from './terms.ts'
export * from './types.ts'
