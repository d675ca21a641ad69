/** What the way to the other nodes is made of, and what it tells. */

import type { Chance, DataChecksums } from '../base/index.ts'
import type {
  Address,
  Clock,
  Gzip,
  Sockets,
  TlsClientOptions,
  TlsServerOptions,
} from '../io/index.ts'
import type { NodeId } from '../raft/index.ts'
import type { Method } from '../rpc/index.ts'
import type { Envelope, PeerLinks } from './envelope.ts'
import type { MemberRules } from './member-check.ts'

/**
 * `messages`: kept up to every peer, for everything that is small or urgent. `bulk`: a connection
 * of its own while a snapshot is carried, so that no heartbeat waits behind it.
 */
export type LaneKind = 'messages' | 'bulk'

export interface PeerIdentity {
  readonly clusterId: number
  readonly nodeId: NodeId
}

export interface PeerTls {
  readonly server: Pick<TlsServerOptions, 'identity' | 'clients' | 'versionMin'>
  readonly client: Pick<TlsClientOptions, 'authority' | 'serverName' | 'identity'>
}

export interface PeerLimits {
  readonly envelopeBytes: number
  readonly envelopeBytesMax: number
  readonly queueBytesMax: number
  readonly queueEnvelopesMax: number
  readonly pingMs: number
  readonly silentIntervalsMax: number
  readonly backoffMsMin: number
  readonly backoffMsMax: number
  readonly refusedMs: number
  readonly bulkIdleIntervals: number
  readonly connectionsMax: number
}

/** Something that somebody should know of; the transport itself goes on. */
export type PeerFault =
  /** A peer refuses us, or is refused by us: wrong cluster, node, life or version. */
  | { readonly kind: 'refused'; readonly peer: NodeId; readonly by: 'us' | 'peer'; text: string }
  /** What came is not what a peer sends. The connection was dropped. */
  | { readonly kind: 'damaged'; readonly peer: NodeId; readonly text: string }
  /** A message that no envelope can hold. It was not sent. */
  | { readonly kind: 'tooLarge'; readonly peer: NodeId; readonly text: string }
  /** A mistake in the program: what one of the callbacks, or the transport itself, has thrown. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** Counted since the network was opened, of one peer. */
export interface PeerStatistics {
  readonly peer: NodeId
  /** There is a stream to it, or from it, for messages. */
  readonly connected: boolean
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly messagesSent: number
  readonly messagesReceived: number
  /** Not sent: the peer was away, or its queue full. */
  readonly messagesDropped: number
  /** Streams for messages that came up, in either direction. */
  readonly connects: number
  /** Attempts that failed. */
  readonly dialFailures: number
  /** What waits to be sent. */
  readonly queuedBytes: number
  /** Of the last ping; NaN before the first. */
  readonly roundTripMs: number
}

export interface PeerNetwork extends PeerLinks {
  /**
   * Listens and dials. `incarnation` is the life of this node, told by its log: higher in each.
   * Fails as `listen` does.
   */
  open(options: { readonly incarnation: number }): Promise<void>
  /** Where the node is reached; null while it is not open. */
  readonly address: Address | null
  /**
   * Leaves in this turn, is queued, or is dropped. Nobody may change the data of its entries, ever;
   * all the rest of it is taken before this returns.
   */
  send(envelope: Envelope): void
  /** Who the others are from now on, and where. Streams that the others have dialled go on. */
  setPeers(peers: ReadonlyMap<NodeId, readonly Address[]>): void
  /** Of all that are known, also when they are away. */
  statistics(): readonly PeerStatistics[]
  isConnected(peer: NodeId): boolean
  /** It is connected, and takes what it is sent: worth handing it work that somebody waits for. */
  canSend(peer: NodeId): boolean
  /** Ends all streams in order, as far as the others let it. Idempotent. */
  close(): Promise<void>
}

export interface PeerNetworkOptions {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly identity: PeerIdentity
  /** Port 0 picks a free one. */
  readonly listen: Address
  /** Where each of the others is reached; the node itself is passed over. */
  readonly peers: ReadonlyMap<NodeId, readonly Address[]>
  readonly rules: MemberRules
  /** Those of the node; its own when absent. */
  readonly checksums?: DataChecksums
  /** Null: plain connections. */
  readonly tls: PeerTls | null
  readonly limits?: Partial<PeerLimits>
  /** What else nodes may ask of each other over the same port. */
  readonly methods?: readonly Method[]
  /** From the peer that it names, to this node, of this cluster. */
  readonly onEnvelope: (envelope: Envelope) => void
  /** A stream with the peer is gone, and what was under way with it. Told once for each loss. */
  readonly onPeerDropped: (peer: NodeId) => void
  /** How long a ping took there and back. */
  readonly onRoundTrip?: (peer: NodeId, roundTripMs: number) => void
  readonly onFault: (fault: PeerFault) => void
}
