/**
 * server: one node: its groups, its turn, its life cycle.
 *
 * Invariants: one tick drives all groups; all messages of a turn to one peer leave together; after
 * a failure that it cannot survive a node stops by itself and answers nobody.
 * Not here: how a group works (`group`), the doors (`api`).
 */
export { Node, type NodeIdentity, type NodeParts } from './node.ts'
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
