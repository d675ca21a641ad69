/**
 * peer: raft messages and snapshots between nodes.
 *
 * Invariants: what arrives was sent by a member of this cluster and is unaltered, or is dropped.
 * Not here: what a message means (`raft`), when a snapshot is due (`group`).
 */
export {
  type DamagedEnvelope,
  decodeEnvelope,
  encodeEnvelope,
  encodeParts,
  envelopeBytes,
} from './codec.ts'
export type {
  Envelope,
  Forward,
  ForwardOutcome,
  ForwardReply,
  PeerLinks,
  PeerMessage,
  SnapshotChunk,
  SnapshotChunkReply,
} from './envelope.ts'
export { outcomeBytes } from './forward-codec.ts'
export { PEER_LIMITS } from './limits.ts'
export type { MemberRules } from './member-check.ts'
export { createPeerNetwork } from './network.ts'
export type {
  PeerFault,
  PeerIdentity,
  PeerLimits,
  PeerNetwork,
  PeerNetworkOptions,
  PeerStatistics,
  PeerTls,
} from './types.ts'
