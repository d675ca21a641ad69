import { type Chance, unreachable } from '../../base/index.ts'
import type { Address, Clock, Gzip, Sockets } from '../../io/index.ts'
import { isValidConfiguration, type NodeId, parseConfiguration } from '../../raft/index.ts'
import {
  createPeerNetwork,
  type Envelope,
  type PeerFault,
  type PeerMessage,
  type PeerNetwork,
  type PeerNetworkOptions,
  type PeerStatistics,
} from '../index.ts'
import { Witness } from './witness.ts'

export const CLUSTER = 77

/** What one run of a node's process has. */
export interface ProcessParts {
  readonly clock: Clock
  readonly sockets: Sockets
  readonly chance: Chance
  readonly gzip: Gzip
  readonly host: string
}

export interface MemberOptions extends Partial<Pick<PeerNetworkOptions, 'limits' | 'tls'>> {
  readonly id: NodeId
  readonly incarnation?: number
  readonly clusterId?: number
  /** 0: a free one. */
  readonly port?: number
  readonly peers?: ReadonlyMap<NodeId, readonly Address[]>
}

/** One node's network, and all that it has told. */
export class Member {
  readonly id: NodeId
  readonly clusterId: number
  readonly incarnation: number
  readonly network: PeerNetwork
  readonly witness: Witness
  readonly received: Envelope[] = []
  readonly dropped: NodeId[] = []
  readonly faults: PeerFault[] = []
  readonly roundTrips: number[] = []
  onEnvelope: ((envelope: Envelope) => void) | null = null
  onDropped: ((peer: NodeId) => void) | null = null

  constructor(process: ProcessParts, options: MemberOptions) {
    const { id, incarnation = 1, clusterId = CLUSTER, port = 0, peers = new Map() } = options
    this.id = id
    this.clusterId = clusterId
    this.incarnation = incarnation
    this.witness = new Witness(process.clock, process.sockets)
    this.network = createPeerNetwork({
      sockets: this.witness.sockets,
      clock: this.witness.clock,
      chance: process.chance,
      gzip: process.gzip,
      identity: { clusterId, nodeId: id },
      listen: { host: process.host, port },
      peers,
      rules: { parseConfiguration, isValidConfiguration },
      tls: options.tls ?? null,
      limits: options.limits ?? {},
      onEnvelope: (envelope) => {
        this.received.push(envelope)
        this.onEnvelope?.(envelope)
      },
      onPeerDropped: (peer) => {
        this.dropped.push(peer)
        this.onDropped?.(peer)
      },
      onRoundTrip: (_, roundTripMs) => this.roundTrips.push(roundTripMs),
      onFault: (fault) => this.faults.push(fault),
    })
  }

  get address(): Address {
    return this.network.address as Address
  }

  open(): Promise<void> {
    return this.network.open({ incarnation: this.incarnation })
  }

  /** Dials these from now on. */
  knows(...others: readonly Member[]): void {
    this.network.setPeers(new Map(others.map((other) => [other.id, [other.address]])))
  }

  send(to: NodeId, ...messages: readonly PeerMessage[]): void {
    const { clusterId, id, incarnation } = this
    this.network.send({ clusterId, from: id, to, incarnation, messages })
  }

  sendForward(to: NodeId, batch: number, command: Uint8Array): void {
    this.send(to, {
      kind: 'forward',
      group: 2,
      from: this.id,
      to,
      term: 1,
      batch,
      commands: [command],
    })
  }

  sendHeartbeat(to: NodeId, round: number): void {
    const route = { group: 2, from: this.id, to, term: 1 }
    this.send(to, { kind: 'heartbeat', ...route, commit: 0, round, incarnation: 1 })
  }

  sendChunk(to: NodeId, sequence: number, data: Uint8Array): void {
    const configuration = { voters: [1, 2], outgoing: [], learners: [] }
    const mark = { index: 9, term: 1, configuration, configurationIndex: 1 }
    const route = { group: 2, from: this.id, to, term: 1, transfer: 1 }
    this.send(to, { kind: 'snapshotChunk', ...route, mark, sequence, last: false, data })
  }

  statistics(peer: NodeId): PeerStatistics | undefined {
    return this.network.statistics().find((one) => one.peer === peer)
  }

  /** The messages that have come, the oldest first, by what tells them apart. */
  get heard(): readonly string[] {
    return this.received.flatMap(({ messages }) => messages.map(nameOf))
  }
}

function nameOf(message: PeerMessage): string {
  switch (message.kind) {
    case 'forward':
      return `forward ${message.batch}`
    case 'heartbeat':
      return `heartbeat ${message.round}`
    case 'snapshotChunk':
      return `chunk ${message.sequence}`
    case 'append':
      return `append ${message.previousIndex}`
    case 'preVoteRequest':
    case 'preVoteReply':
    case 'voteRequest':
    case 'voteReply':
    case 'appendReply':
    case 'heartbeatReply':
    case 'snapshot':
    case 'timeoutNow':
    case 'readRequest':
    case 'readReply':
    case 'snapshotChunkReply':
    case 'forwardReply':
      return message.kind
    default:
      return unreachable(message)
  }
}
