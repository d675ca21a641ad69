/**
 * server: one node: its groups, its turn, its life cycle.
 *
 * Invariants: one tick drives all groups; all messages of a turn to one peer leave together; after
 * a failure that it cannot survive a node stops by itself and answers nobody.
 * Not here: how a group works (`group`), the doors (`api`).
 */
export type { NodeCounters } from './counters.ts'
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
  ReadOutcome,
  ReadRequest,
  ReadWaiter,
  SnapshotFile,
  WriteOutcome,
  WriteRequest,
  WriteWaiter,
} from './service.ts'
