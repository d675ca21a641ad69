/**
 * Sees everything the nodes do and knows what must hold between them: the invariants that no single
 * node could check. It keeps the one true log of each group, as first applied by anybody.
 */

import { isDeepStrictEqual } from 'node:util'
import type { GroupMark, GroupObserver } from '../src/group/index.ts'
import type { PeerMessage } from '../src/peer/index.ts'
import {
  type Configuration,
  decodeConfiguration,
  type Entry,
  type GroupId,
  isJoint,
  type LogIndex,
  type NodeId,
  type Raft,
  type SnapshotMark,
  type Term,
} from '../src/raft/index.ts'
import type { Result, Store } from '../src/state/index.ts'
import { Violation } from './violation.ts'

/** An entry as first applied, and the state it led to. */
export interface Committed {
  readonly entry: Entry
  readonly stateHash: number
  /** The term of the node that first applied it: no leader of a later term may lack it. */
  readonly commitTerm: Term
  readonly results: readonly Result[]
}

interface GroupTruth {
  readonly committed: Committed[]
  readonly leaders: Map<Term, NodeId>
  readonly promises: Map<NodeId, { term: Term; vote: NodeId }>
  configuration: Configuration | null
}

export class Oracle {
  readonly marks = new Map<string, number>()
  readonly #groups = new Map<GroupId, GroupTruth>()
  readonly #initial: (group: GroupId) => Configuration

  constructor(initial: (group: GroupId) => Configuration) {
    this.#initial = initial
  }

  /** The committed log of a group, from index 1. */
  committed(group: GroupId): readonly Committed[] {
    return this.#truth(group).committed
  }

  /** The newest configuration that anybody applied. */
  configuration(group: GroupId): Configuration {
    return this.#truth(group).configuration ?? this.#initial(group)
  }

  count(mark: string): void {
    this.marks.set(mark, (this.marks.get(mark) ?? 0) + 1)
  }

  observer(node: NodeId, group: GroupId, raft: () => Raft): GroupObserver {
    return {
      mark: (mark: GroupMark) => {
        this.count(mark)
        if (mark === 'becameLeader') this.#becameLeader({ node, group }, raft())
      },
      applied: (entry, results, store) => {
        this.#applied({ node, group, term: raft().term }, { entry, results, store })
      },
      restored: (mark, store) => this.#restored({ node, group }, mark, store),
    }
  }

  /** I13: what leaves this node as a vote must be on its disk; `recovered` holds it to that. */
  sent(node: NodeId, message: PeerMessage): void {
    if (message.kind === 'voteReply' && message.granted) {
      this.#promised(node, message.group, { term: message.term, vote: message.to })
    }
    if (message.kind === 'voteRequest') {
      this.#promised(node, message.group, { term: message.term, vote: node })
    }
  }

  recovered(node: NodeId, group: GroupId, raft: Raft): void {
    const promise = this.#truth(group).promises.get(node)
    const { hardState } = raft
    if (promise === undefined || hardState.term > promise.term) return
    if (hardState.term === promise.term && hardState.vote === promise.vote) return
    // A node that lost its vote votes for itself there: it never votes for anybody else in that
    // term, and it does not campaign in a term it is already in.
    if (hardState.term === promise.term && hardState.vote === node) return
    throw new Violation(
      'I13',
      `node ${node} group ${group} voted for ${promise.vote} in term ${promise.term} and came ` +
        `back with vote ${hardState.vote} in term ${hardState.term}`,
    )
  }

  #promised(node: NodeId, group: GroupId, promise: { term: Term; vote: NodeId }): void {
    const { promises } = this.#truth(group)
    const before = promises.get(node)
    if (before?.term === promise.term && before.vote !== promise.vote) {
      throw new Violation(
        'I1',
        `node ${node} group ${group} voted for ${before.vote} and for ${promise.vote} ` +
          `in term ${promise.term}`,
      )
    }
    if (before === undefined || promise.term > before.term) promises.set(node, promise)
  }

  #truth(group: GroupId): GroupTruth {
    let truth = this.#groups.get(group)
    if (truth === undefined) {
      truth = { committed: [], leaders: new Map(), promises: new Map(), configuration: null }
      this.#groups.set(group, truth)
    }
    return truth
  }

  #becameLeader({ node, group }: { node: NodeId; group: GroupId }, raft: Raft): void {
    const truth = this.#truth(group)
    const other = truth.leaders.get(raft.term)
    // Nor does one node lead twice in a term, in two of its lives.
    if (other !== undefined) {
      throw new Violation(
        'I1',
        `nodes ${other} and ${node} both lead group ${group} in ${raft.term}`,
      )
    }
    truth.leaders.set(raft.term, node)
    // The log matches below any entry that matches, so the last one that must be there suffices.
    for (let i = truth.committed.length - 1; i >= 0; i--) {
      const { entry, commitTerm } = truth.committed[i] as Committed
      if (commitTerm >= raft.term) continue
      if (entry.index < raft.baseIndex || raft.termAt(entry.index) === entry.term) return
      throw new Violation(
        'I3',
        `leader ${node} of term ${raft.term} in group ${group} lacks the committed entry ` +
          `${entry.index} of term ${entry.term}: it has term ${raft.termAt(entry.index)} there, ` +
          `its log is ${raft.baseIndex}..${raft.lastIndex}`,
      )
    }
  }

  #applied(
    { node, group, term }: { node: NodeId; group: GroupId; term: Term },
    applied: { entry: Entry; results: readonly Result[]; store: Store },
  ): void {
    const { entry, results, store } = applied
    const truth = this.#truth(group)
    const stateHash = store.hash()
    const known = truth.committed[entry.index - 1]
    if (known === undefined) {
      if (entry.index !== truth.committed.length + 1) {
        throw new Violation(
          'I4',
          `node ${node} applied ${entry.index} before anybody the one before`,
        )
      }
      truth.committed.push({ entry, stateHash, commitTerm: term, results })
      if (entry.kind === 'configuration') this.#changed(group, entry)
      return
    }
    const same =
      known.entry === entry ||
      (known.entry.term === entry.term &&
        known.entry.kind === entry.kind &&
        sameBytes(known.entry.data, entry.data))
    const differs = !same
      ? 'entry'
      : known.stateHash !== stateHash
        ? 'state'
        : sameResults(known.results, results)
          ? null
          : 'answer'
    if (differs !== null) {
      throw new Violation(
        'I4',
        `node ${node} group ${group} index ${entry.index}: another ${differs} ` +
          `(term ${entry.term}, first applied with term ${known.entry.term})`,
      )
    }
  }

  #restored(
    { node, group }: { node: NodeId; group: GroupId },
    mark: SnapshotMark,
    store: Store,
  ): void {
    const known = this.#truth(group).committed[mark.index - 1]
    if (known?.stateHash === store.hash()) return
    throw new Violation('I4', `node ${node} group ${group} restored another state at ${mark.index}`)
  }

  /** I12: the majorities of two configurations that follow each other always meet. */
  #changed(group: GroupId, entry: Entry): void {
    const truth = this.#truth(group)
    const before = this.configuration(group)
    const after = decodeConfiguration(entry.data)
    const meets = isJoint(after)
      ? sameSet(after.outgoing, before.voters) && !isJoint(before)
      : sameSet(after.voters, before.voters)
    if (!meets) {
      throw new Violation(
        'I12',
        `group ${group} index ${entry.index}: from ${JSON.stringify(before)} to ` +
          `${JSON.stringify(after)} without a joint step`,
      )
    }
    truth.configuration = after
    if (isJoint(after)) this.count('jointConfiguration')
  }

  /** I4 and I15: all of these hold the same state. */
  converged(group: GroupId, stores: ReadonlyMap<NodeId, Store>): boolean {
    const last: LogIndex = this.#truth(group).committed.length
    const hash = this.#truth(group).committed[last - 1]?.stateHash
    for (const store of stores.values()) {
      if (store.appliedIndex !== last || (last > 0 && store.hash() !== hash)) return false
    }
    return true
  }
}

function sameSet(left: readonly NodeId[], right: readonly NodeId[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id))
}

function sameResults(left: readonly Result[], right: readonly Result[]): boolean {
  return left.length === right.length && left.every((one, at) => sameResult(one, right[at]))
}

/** Field by field; what is no plain value, as the lists that a transaction read, in depth. */
function sameResult(one: Result, other: Result | undefined): boolean {
  const fields = one as unknown as Record<string, unknown>
  const others = other as unknown as Record<string, unknown>
  for (const name in fields) {
    const value = fields[name]
    const same =
      typeof value === 'object' ? isDeepStrictEqual(value, others[name]) : value === others[name]
    if (!same) return false
  }
  return true
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}
