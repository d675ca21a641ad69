/** What a node is made of. Whoever composes it (`main.ts`, `sim`) makes the parts. */

import type { Chance } from '../base/index.ts'
import type { EngineFactory } from '../engine/index.ts'
import type { GroupLimits, GroupObserver, Snapshots } from '../group/index.ts'
import type { Clock } from '../io/index.ts'
import type { OpenedLog } from '../log/index.ts'
import type { PeerLinks } from '../peer/index.ts'
import type { Configuration, GroupId, NodeId, RaftTuning } from '../raft/index.ts'
import type { StateLimits } from '../state/index.ts'
import type { NodeLimits } from './limits.ts'

/** Of the cluster itself: who its members are. */
export const META_GROUP: GroupId = 1
/** The keys of etcd's clients, with their leases and alarms. */
export const DATA_GROUP: GroupId = 2

export interface NodeIdentity {
  readonly clusterId: number
  readonly nodeId: NodeId
}

/** The way to the other nodes; `PeerNetwork` of `peer` is one. */
export interface NodeLinks extends PeerLinks {
  /**
   * The peer is connected and takes what it is sent, so that work may be handed to it that somebody
   * waits for. Absent: always.
   */
  canSend?(peer: NodeId): boolean
  /** A connection to the peer stands. Absent: always. */
  isConnected?(peer: NodeId): boolean
}

/** What a member tells the others about itself. */
export interface MemberAddress {
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
}

export type AutoCompaction =
  | { readonly kind: 'off' }
  /** Keeps the history of this time; compacts at most once an hour (etcd: `periodic`). */
  | { readonly kind: 'periodic'; readonly retentionMs: number }
  /** Keeps so many revisions; looks every five minutes (etcd: `revision`). */
  | { readonly kind: 'revision'; readonly retention: number }

export interface NodeSettings {
  /** Registered with the cluster at start; `Node.describe` changes it later. */
  readonly self: MemberAddress
  /** What is said of members that have not registered yet: those of the initial cluster. */
  readonly members: ReadonlyMap<NodeId, Pick<MemberAddress, 'name' | 'peerUrls'>>
  readonly autoCompaction: AutoCompaction
  /** Bytes of records that a node may hold; 0: the default, negative: no bound. */
  readonly quotaBytes: number
  /** How long a request may wait for a leader, for a majority, and for its answer. */
  readonly requestMsMax: number
}

/**
 * A request waits as long as etcd's, whose election timeout is a second: five seconds and two
 * election timeouts.
 */
export const NODE_SETTINGS: NodeSettings = {
  self: { name: 'default', peerUrls: [], clientUrls: [] },
  members: new Map(),
  autoCompaction: { kind: 'off' },
  quotaBytes: 0,
  requestMsMax: 7000,
}

export interface NodeParts {
  readonly identity: NodeIdentity
  readonly clock: Clock
  readonly chance: Chance
  readonly links: NodeLinks
  /**
   * Opens, and if need be recovers, the write-ahead log. `onSpace` is told when its disk is full,
   * and when it is not any more: meanwhile the node refuses what takes space.
   */
  readonly openLog: (
    onFatal: (error: Error) => void,
    onSpace: (isFull: boolean) => void,
  ) => Promise<OpenedLog>
  readonly openSnapshots: () => Promise<Snapshots>
  /** The engine of a group, on a directory of its own. */
  readonly engines: (group: GroupId) => EngineFactory
  readonly tickMs: number
  readonly tuning: RaftTuning
  readonly groupLimits: GroupLimits
  readonly stateLimits: StateLimits
  /**
   * The groups of a new cluster, and who takes part in each: `META_GROUP` and `DATA_GROUP` at
   * least. Who takes part is ignored where the log knows better.
   */
  readonly initialGroups: ReadonlyMap<GroupId, Configuration>
  readonly settings: NodeSettings
  readonly limits?: Partial<NodeLimits>
  /** The node cannot go on: it has stopped by itself and should be started again. */
  readonly onFatal: (error: unknown) => void
  readonly observer: ((group: GroupId) => GroupObserver) | null
}
