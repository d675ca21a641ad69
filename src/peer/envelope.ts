/**
 * What nodes say to each other. All messages of one turn to one peer, whatever group they belong
 * to, travel in one envelope: the heartbeats of a thousand groups are one write.
 */

import type { GroupId, Message, NodeId, SnapshotMark, Term } from '../raft/index.ts'

/** A piece of a snapshot; pieces are numbered from 0 and taken in order. */
export interface SnapshotChunk {
  readonly kind: 'snapshotChunk'
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  readonly term: Term
  /** Tells this sending from every other of the same sender. */
  readonly transfer: number
  readonly mark: SnapshotMark
  readonly sequence: number
  readonly last: boolean
  readonly data: Uint8Array
}

export interface SnapshotChunkReply {
  readonly kind: 'snapshotChunkReply'
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  readonly transfer: number
  /** The chunk that is expected next: all before it are written. */
  readonly next: number
  readonly verdict: 'more' | 'done' | 'refused'
}

export type PeerMessage = Message | SnapshotChunk | SnapshotChunkReply

export interface Envelope {
  /** A node takes nothing from another cluster, even at an address that a peer once had. */
  readonly clusterId: number
  readonly from: NodeId
  readonly to: NodeId
  /** The sender's life: what an earlier life sent is dropped once a later one was heard. */
  readonly incarnation: number
  readonly messages: readonly PeerMessage[]
}

/** The way to the other nodes. Messages may be lost, doubled or reordered; never altered. */
export interface PeerLinks {
  send(envelope: Envelope): void
}
