/**
 * What must hold after every step of a test cluster, whatever happens to it. The letters are those
 * of the invariants in the design: I1 one leader per term, I2 log matching, I3 leader completeness,
 * I4 one entry per index, I6 reads, I12 quorums intersect, I13 votes are durable before they leave.
 */

import { assert } from '../../base/index.ts'
import {
  type Configuration,
  decodeConfiguration,
  type Entry,
  type LogIndex,
  type Message,
  majority,
  type NodeId,
  type ReadGrant,
  type Ready,
  type SnapshotMark,
  type Term,
} from '../index.ts'
import { textOf } from './machine.ts'
import type { NodeObserver, TestNode } from './test-node.ts'

interface CommittedEntry {
  readonly term: Term
  readonly text: string
  /** The term of the leader that committed it. */
  readonly by: Term
}

export class Invariants implements NodeObserver {
  /** The highest index that any leader ever committed. */
  commit: LogIndex = 0
  readonly #deliver: (message: Message) => void
  readonly #nodes: () => Iterable<TestNode>
  readonly #leaders = new Map<Term, NodeId>()
  /** term:voter to the candidate it voted for. */
  readonly #votes = new Map<string, NodeId>()
  /** index:term to what stands there and the term before it. */
  readonly #entries = new Map<string, string>()
  readonly #committed: CommittedEntry[] = []
  readonly #hashes: number[] = []
  /** Highest commit seen of each node in its life. */
  readonly #commits = new Map<NodeId, { readonly life: number; readonly commit: LogIndex }>()
  /** node:read to the commit index that its grant must reach. */
  readonly #floors = new Map<string, LogIndex>()
  /** Reads not answered yet, with the life that asked them. */
  readonly #open = new Map<string, number>()
  /** What a node acknowledged last in its life. */
  readonly #promises = new Map<
    NodeId,
    { readonly term: Term; readonly index: LogIndex; readonly life: number }
  >()
  readonly #configurations = new Map<NodeId, Configuration>()

  constructor(nodes: () => Iterable<TestNode>, deliver: (message: Message) => void) {
    this.#nodes = nodes
    this.#deliver = deliver
  }

  /** Entries that are committed before the test begins. */
  assumeCommitted(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#committed[entry.index] = { term: entry.term, text: describe(entry), by: entry.term }
      this.commit = entry.index
    }
  }

  termCommittedAt(index: LogIndex): Term | undefined {
    return this.#committed[index]?.term
  }

  send(node: TestNode, message: Message): void {
    if (message.kind === 'voteReply' && message.granted) this.#voted(node, message)
    if (message.kind === 'voteRequest') {
      this.#voted(node, { term: message.term, to: message.from })
      assert(node.disk.last >= message.lastIndex, 'a candidate offers only what is durable')
    }
    const { hardState } = node.disk.state
    if (message.kind === 'appendReply' && !message.rejected && message.term === hardState.term) {
      assert(node.disk.last >= message.index, 'only what is durable is acknowledged')
      this.#acknowledged(node, message.index)
    }
    this.#deliver(message)
  }

  #acknowledged(node: TestNode, index: LogIndex): void {
    const { term } = node.disk.state.hardState
    const before = this.#promises.get(node.id)
    if (before?.term === term && before.life === node.incarnation && before.index >= index) return
    this.#promises.set(node.id, { term, index, life: node.incarnation })
  }

  #voted(node: TestNode, { term, to }: { readonly term: Term; readonly to: NodeId }): void {
    const { hardState } = node.disk.state
    const durable = hardState.term > term || (hardState.term === term && hardState.vote === to)
    assert(durable, 'I13: a vote leaves only when it is durable')
    const key = `${term}:${node.id}`
    const before = this.#votes.get(key) ?? to
    assert(before === to, 'I1: nobody votes twice in one term')
    this.#votes.set(key, to)
  }

  tookReady(node: TestNode, ready: Ready): void {
    const { base, entries } = node.memory
    const first = ready.entries[0]
    if (first !== undefined) {
      const under = ready.snapshot ?? base
      const position = first.index - 2 - (under?.index ?? 0)
      let previous = position < 0 ? (under?.term ?? 0) : (entries[position]?.term as Term)
      for (const entry of ready.entries) {
        this.#matches(entry, previous)
        previous = entry.term
      }
    }
    for (const grant of ready.reads) this.#granted(node, grant)
    for (const { id } of ready.readsFailed) this.#open.delete(`${node.id}:${id}`)
  }

  #matches(entry: Entry, previousTerm: Term): void {
    const key = `${entry.index}:${entry.term}`
    const text = `${previousTerm} ${describe(entry)}`
    const before = this.#entries.get(key) ?? text
    assert(before === text, 'I2: index and term tell an entry and all before it')
    this.#entries.set(key, text)
  }

  readAsked(node: TestNode, id: number): void {
    this.#floors.set(`${node.id}:${id}`, this.commit)
    this.#open.set(`${node.id}:${id}`, node.incarnation)
  }

  /** Reads that a node asked in this life and heard nothing of. */
  openReads(node: TestNode): number {
    let count = 0
    for (const [key, life] of this.#open) {
      if (key.startsWith(`${node.id}:`) && life === node.incarnation) count += 1
    }
    return count
  }

  #granted(node: TestNode, grant: ReadGrant): void {
    const floor = this.#floors.get(`${node.id}:${grant.id}`)
    this.#open.delete(`${node.id}:${grant.id}`)
    assert(floor !== undefined, 'I6: only a read that this life asked is granted')
    assert(grant.index >= floor, 'I6: a read sees all that was committed when it was asked')
  }

  applied(node: TestNode, entry: Entry): void {
    const known = this.#committed[entry.index]
    assert(known !== undefined, 'I4: only what a leader committed is applied')
    assert(known.text === describe(entry) && known.term === entry.term, 'I4: one entry per index')
    this.#sameState(node)
  }

  restored(node: TestNode, mark: SnapshotMark): void {
    assert(this.#committed[mark.index]?.term === mark.term, 'I4: a snapshot is of committed state')
    this.#sameState(node)
  }

  #sameState(node: TestNode): void {
    const { index, hash } = node.state
    const before = this.#hashes[index] ?? hash
    assert(before === hash, 'I4: the same entries give the same state')
    this.#hashes[index] = hash
  }

  /** Called after every step of a node. */
  check(node: TestNode): void {
    if (!node.isUp) return
    const { raft } = node
    assert(raft.commit <= raft.lastIndex, 'only what the log holds is committed')
    assert(node.state.index <= raft.commit, 'only what is committed is applied')
    if (raft.role === 'leader') this.#checkLeader(node)
    // A leader may commit and leave office in the same step.
    const led = this.#leaders.get(raft.term) === node.id
    if (led && raft.commit > this.commit) this.#committedBy(node)
    const promised = this.#promises.get(node.id)
    if (promised?.term === raft.term && promised.life === node.incarnation) {
      assert(raft.lastIndex >= promised.index, 'what a leader was promised is kept in its term')
    }
    this.#checkCommit(node)
    this.#checkConfiguration(node)
  }

  #checkLeader(node: TestNode): void {
    const { term } = node.raft
    const before = this.#leaders.get(term)
    assert(before === undefined || before === node.id, 'I1: at most one leader per term')
    if (before !== undefined) return
    this.#leaders.set(term, node.id)
    this.#complete(node, { from: 1 })
  }

  /** Everything that earlier terms committed from `from` on is in this leader's log. */
  #complete(leader: TestNode, { from }: { readonly from: LogIndex }): void {
    const { raft } = leader
    for (let index = Math.max(from, raft.baseIndex + 1); index <= this.commit; index++) {
      const known = this.#committed[index]
      if (known === undefined || known.by >= raft.term) continue
      assert(raft.termAt(index) === known.term, 'I3: a leader holds all that was committed before')
    }
  }

  #committedBy(leader: TestNode): void {
    const { raft, memory } = leader
    const from = this.commit + 1
    const base = memory.base?.index ?? 0
    for (let index = from; index <= raft.commit; index++) {
      const entry = memory.entries[index - base - 1]
      assert(entry !== undefined, 'a leader commits what it handed out')
      this.#committed[index] = { term: entry.term, text: describe(entry), by: raft.term }
    }
    this.commit = raft.commit
    this.#isDurable(leader)
    for (const other of this.#nodes()) {
      if (!other.isUp || other.raft.role !== 'leader' || other.raft.term <= raft.term) continue
      this.#complete(other, { from })
    }
  }

  /** I5: a quorum had it on disk. */
  #isDurable(leader: TestNode): void {
    const { commit, configuration } = leader.raft
    const term = leader.raft.termAt(commit) as Term
    assert(term === leader.raft.term, 'only an entry of the own term is committed by counting')
    const holders = new Set<NodeId>()
    for (const node of this.#nodes()) if (node.disk.wasDurable(commit, term)) holders.add(node.id)
    for (const half of [configuration.voters, configuration.outgoing]) {
      const held = half.filter((id) => holders.has(id)).length
      assert(
        half.length === 0 || held >= majority(half.length),
        'I5: a majority has what is committed',
      )
    }
  }

  #checkCommit(node: TestNode): void {
    const { raft } = node
    const seen = this.#commits.get(node.id)
    const before = seen?.life === node.incarnation ? seen.commit : 0
    assert(raft.commit >= before, 'the commit index never falls')
    if (raft.commit === before) return
    assert(raft.commit <= this.commit, 'nobody commits before a leader did')
    for (let index = Math.max(before, raft.baseIndex) + 1; index <= raft.commit; index++) {
      assert(raft.termAt(index) === this.#committed[index]?.term, 'I4: one entry per index')
    }
    this.#commits.set(node.id, { life: node.incarnation, commit: raft.commit })
  }

  #checkConfiguration(node: TestNode): void {
    const { configuration } = node.raft
    const before = this.#configurations.get(node.id)
    if (before === configuration) return
    this.#configurations.set(node.id, configuration)
    let previous: Configuration | null = node.memory.base?.configuration ?? null
    for (const entry of node.memory.entries) {
      if (entry.kind !== 'configuration') continue
      const next = decodeConfiguration(entry.data)
      if (previous !== null && previous.voters.length > 0) {
        assert(quorumsIntersect(previous, next), 'I12: quorums of successive members intersect')
      }
      previous = next
    }
  }
}

/** Whether a half of `left` and a half of `right` are such that all their majorities meet. */
export function quorumsIntersect(left: Configuration, right: Configuration): boolean {
  const halves = ({ voters, outgoing }: Configuration) =>
    outgoing.length > 0 ? [voters, outgoing] : [voters]
  return halves(left).some((one) =>
    halves(right).some((other) => {
      const all = new Set([...one, ...other])
      return majority(one.length) + majority(other.length) > all.size
    }),
  )
}

function describe(entry: Entry): string {
  return `${entry.kind} ${textOf(entry.data)}`
}
