/**
 * server: one node: its groups, its turn, its life cycle, and what the doors may ask of it.
 *
 * Invariants: one tick drives all groups; all messages of a turn to one peer leave together. A
 * write is handed to one leader at a time and takes effect at most once; whoever waits is told
 * once, and `refused` only of what certainly has no effect. Whoever was answered finds the effect
 * on the same node. Everybody who waits is told in time, also when the node stops; after a failure
 * that it cannot survive it stops by itself and sends nothing more.
 * Not here: how a group works (`group`), the doors (`api`).
 */
export type { NodeCounters } from './counters.ts'
export { clusterIdOf } from './identities.ts'
export {
  LEASE_TTL_SECONDS_MIN,
  NODE_LIMITS,
  type NodeLimits,
  QUOTA_BYTES_DEFAULT,
} from './limits.ts'
export { Node } from './node.ts'
export {
  type AutoCompaction,
  DATA_GROUP,
  META_GROUP,
  type MemberAddress,
  NODE_SETTINGS,
  type NodeIdentity,
  type NodeLinks,
  type NodeParts,
  type NodeSettings,
} from './parts.ts'
export type {
  MemberDescription,
  NodeService,
  NodeStatus,
  Reach,
  ReachedMember,
  ReadOutcome,
  ReadRequest,
  ReadWaiter,
  SnapshotFile,
  WriteOutcome,
  WriteRequest,
  WriteWaiter,
} from './service.ts'
