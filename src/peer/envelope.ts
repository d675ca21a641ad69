/**
 * What nodes say to each other. All messages of one turn to one peer, whatever group they belong
 * to, travel in one envelope: the heartbeats of a thousand groups are one write.
 */

import type { ErrorCode } from '../base/index.ts'
import type { GroupId, LogIndex, Message, NodeId, SnapshotMark, Term } from '../raft/index.ts'

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

/** Commands that arrived at a node that does not lead, for the node that does. */
export interface Forward {
  readonly kind: 'forward'
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  /** Of the leadership that is asked: no other one takes the batch, however late it arrives. */
  readonly term: Term
  /** Tells this batch from every other of the same sender, those of its other lives included. */
  readonly batch: number
  /** Encoded commands (`state`), which nobody looks into on the way. */
  readonly commands: readonly Uint8Array[]
}

/** What became of one command of a batch, which is named by its position there. */
export type ForwardOutcome =
  /** It did what it says. */
  | {
      readonly kind: 'done'
      readonly position: number
      /** The store's revision after it. */
      readonly revision: number
      /** Of the entry that it was part of: who has applied this one sees what it did. */
      readonly index: LogIndex
      readonly body: Uint8Array
    }
  /** The state refused it, the same on every node. */
  | {
      readonly kind: 'failed'
      readonly position: number
      readonly revision: number
      readonly index: LogIndex
      readonly code: ErrorCode
    }
  /** It did not take effect and never will. */
  | { readonly kind: 'refused'; readonly position: number; readonly code: ErrorCode }
  /** Nobody knows: it may take effect later, or never. */
  | { readonly kind: 'unknown'; readonly position: number; readonly code: ErrorCode }

/** Outcomes of a batch: all of them, or some, as they come; no position comes twice. */
export interface ForwardReply {
  readonly kind: 'forwardReply'
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  readonly batch: number
  readonly outcomes: readonly ForwardOutcome[]
}

export type PeerMessage = Message | SnapshotChunk | SnapshotChunkReply | Forward | ForwardReply

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
