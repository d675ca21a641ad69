/** What can be asked of a store. The numbers of commands stand in logs: they are for ever. */

/** Commands go through the log. The body is a protobuf message, named here. */
export const COMMAND = {
  /** etcdserverpb.PutRequest */
  put: 1,
  /** etcdserverpb.DeleteRangeRequest */
  deleteRange: 2,
  /** etcdserverpb.TxnRequest */
  txn: 3,
  /** etcdserverpb.CompactionRequest */
  compact: 4,
  /** etcdserverpb.LeaseGrantRequest; whoever proposes has chosen the id and raised the TTL. */
  leaseGrant: 5,
  /** etcdserverpb.LeaseRevokeRequest */
  leaseRevoke: 6,
  /** etcdserverpb.LeaseKeepAliveRequest */
  leaseKeepAlive: 7,
  /** etcdserverpb.AlarmRequest, to activate and to deactivate. */
  alarm: 8,
  /** quorate.state.v1.LeaseExpireRequest: proposed by the leader for leases that are due. */
  leaseExpire: 9,
  /** quorate.state.v1.SessionOpenRequest */
  sessionOpen: 10,
  /** quorate.state.v1.SessionCloseRequest */
  sessionClose: 11,
  /** quorate.state.v1.IncrementRequest */
  increment: 12,
  /** quorate.state.v1.PutWithTtlRequest */
  putWithTtl: 13,
  /** quorate.state.v1.GuardedRequest */
  guarded: 14,
} as const

export type CommandKind = (typeof COMMAND)[keyof typeof COMMAND]

/** Reads are served from the state of one node and leave no trace. */
export const READ = {
  /** etcdserverpb.RangeRequest */
  range: 1,
  /** etcdserverpb.TxnRequest that writes nothing whichever branch is taken. */
  txn: 2,
  /** etcdserverpb.LeaseTimeToLiveRequest */
  leaseTimeToLive: 3,
  /** etcdserverpb.LeaseLeasesRequest */
  leaseLeases: 4,
  /** etcdserverpb.AlarmRequest: those that are active. */
  alarms: 5,
  /** etcdserverpb.HashKVRequest */
  hashKv: 6,
} as const

export type ReadKind = (typeof READ)[keyof typeof READ]
