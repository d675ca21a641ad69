/**
 * Sees everything the nodes do and knows what must hold between them: the invariants that no single
 * node could check. It keeps the one true log of each group, as first applied by anybody.
 */

import type { Engine } from '../src/engine/index.ts'
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
  type Term,
} from '../src/raft/index.ts'
import type { CommandResult, StateMachine } from '../src/state/index.ts'
import { Violation } from './violation.ts'

/** An entry as first applied, and the state it led to. */
export interface Committed {
  readonly entry: Entry
  readonly stateHash: number
  /** The term of the node that first applied it: no leader of a later term may lack it. */
  readonly commitTerm: Term
  readonly results: readonly CommandResult[]
  /** When it was first applied. */
  readonly appliedUs: number
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
  readonly #nowUs: () => number

  constructor(initial: (group: GroupId) => Configuration, nowUs: () => number = () => 0) {
    this.#initial = initial
    this.#nowUs = nowUs
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
      applied: (entry, results, machine) => {
        this.#applied({ node, group, term: raft().term }, { entry, results, machine })
      },
      restored: (mark, machine) => this.#restored({ node, group }, mark.index, machine),
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

  /** I4: what came back from a node's own disk, or from a snapshot on it. */
  reopened(node: NodeId, group: GroupId, machine: StateMachine): void {
    const { appliedIndex } = machine
    if (appliedIndex > 0) this.#restored({ node, group }, appliedIndex, machine)
  }

  /** I18: a crash from here on must find an engine that is not ahead of the log on its disk. */
  checkpointed(
    node: NodeId,
    group: GroupId,
    { raft, engine }: { readonly raft: Raft; readonly engine: Pick<Engine, 'durable'> },
  ): void {
    const index = engine.durable?.appliedIndex ?? 0
    if (index <= raft.durableIndex) return
    const text = `the engine holds ${index}, the log on disk ends at ${raft.durableIndex}`
    throw new Violation('I18', `node ${node} group ${group}: ${text}`)
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
    applied: { entry: Entry; results: readonly CommandResult[]; machine: StateMachine },
  ): void {
    const { entry, results, machine } = applied
    const truth = this.#truth(group)
    const stateHash = machine.hash()
    const known = truth.committed[entry.index - 1]
    if (known === undefined) {
      if (entry.index !== truth.committed.length + 1) {
        throw new Violation(
          'I4',
          `node ${node} applied ${entry.index} before anybody the one before`,
        )
      }
      truth.committed.push({
        entry,
        stateHash,
        commitTerm: term,
        results,
        appliedUs: this.#nowUs(),
      })
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
    index: LogIndex,
    machine: StateMachine,
  ): void {
    const known = this.#truth(group).committed[index - 1]
    if (machine.appliedIndex === index && known?.stateHash === machine.hash()) return
    throw new Violation('I4', `node ${node} group ${group} restored another state at ${index}`)
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
  converged(group: GroupId, machines: ReadonlyMap<NodeId, StateMachine>): boolean {
    const last: LogIndex = this.#truth(group).committed.length
    const hash = this.#truth(group).committed[last - 1]?.stateHash
    for (const machine of machines.values()) {
      if (machine.appliedIndex !== last || (last > 0 && machine.hash() !== hash)) return false
    }
    return true
  }
}

function sameSet(left: readonly NodeId[], right: readonly NodeId[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id))
}

function sameResults(left: readonly CommandResult[], right: readonly CommandResult[]): boolean {
  return left.length === right.length && left.every((one, at) => sameResult(one, right[at]))
}

function sameResult(one: CommandResult, other: CommandResult | undefined): boolean {
  if (other === undefined || one.revision !== other.revision) return false
  if (one.kind === 'failed') return other.kind === 'failed' && one.code === other.code
  return other.kind === 'done' && sameBytes(one.body, other.body)
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}
