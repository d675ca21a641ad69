/**
 * The safety sentences of the Raft paper's §5 (Ongaro and Ousterhout, 2014, extended version), one
 * test each, named by the sentence. The later ones stand in `paper-members-and-clients.test.ts`.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'
import type { Append, Entry, Message, NodeId, VoteReply } from './types.ts'

const { electionTicks, heartbeatTicks } = RAFT_TUNING

function led(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  return cluster
}

function append(to: NodeId, fields: Partial<Append> & { readonly term: number }): Append {
  return {
    kind: 'append',
    group: 1,
    from: 1,
    to,
    previousIndex: 0,
    previousTerm: 0,
    entries: [],
    commit: 0,
    incarnation: 0,
    quiet: false,
    ...fields,
  }
}

function entry(index: number, term: number): Entry {
  return { index, term, kind: 'command', data: Uint8Array.of(120, 61, 48 + term) }
}

function voteReply(from: NodeId, term: number, granted: boolean): VoteReply {
  return { kind: 'voteReply', group: 1, from, to: 1, term, granted }
}

/** What node `to` answers once its disk is done. */
function answer(cluster: Cluster, message: Message): Message {
  cluster.drop(() => true)
  cluster.arrive(message)
  cluster.persistAll(message.to)
  const [letter] = cluster.network.letters.filter((each) => each.message.to === message.from)
  assert.ok(letter !== undefined)
  return letter.message
}

function termsOf(cluster: Cluster, id: NodeId): (number | undefined)[] {
  const { raft } = cluster.node(id)
  return Array.from({ length: raft.lastIndex }, (_, position) => raft.termAt(position + 1))
}

/** Node 1 asks for real votes among nodes 1 to 5. */
function candidate(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.campaign(1)
  cluster.settle(({ kind }) => kind.startsWith('preVote'))
  assert.deepEqual([cluster.role(1), cluster.node(1).raft.term], ['candidate', 1])
  return cluster
}

describe('Raft paper §5.1, basics', () => {
  test('a server whose current term is smaller than another’s updates it (§5.1)', () => {
    for (const role of ['follower', 'candidate', 'leader'] as const) {
      const cluster = role === 'candidate' ? candidate() : led()
      const id = role === 'follower' ? 2 : 1
      cluster.arrive(append(id, { term: 7, from: 3, entries: [] }))
      assert.equal(cluster.node(id).raft.term, 7)
    }
  })

  test('a candidate or leader whose term is out of date reverts to follower (§5.1)', () => {
    const elected = led()
    elected.arrive(voteReply(2, 9, false))
    assert.equal(elected.role(1), 'follower')
    const asking = candidate()
    asking.arrive(voteReply(2, 9, false))
    assert.equal(asking.role(1), 'follower')
  })

  test('a server that receives a request with a stale term rejects it (§5.1)', () => {
    const cluster = led()
    cluster.elect(2)
    const { lastIndex, term } = cluster.node(3).raft
    const entries = [entry(lastIndex + 1, 1)]
    const stale = append(3, { term: 1, previousIndex: lastIndex, previousTerm: term, entries })
    const reply = answer(cluster, stale)
    assert.ok(reply.kind === 'appendReply' && reply.rejected && reply.term === term)
    assert.equal(cluster.node(3).raft.lastIndex, lastIndex)
  })
})

describe('Raft paper §5.2, leader election', () => {
  test('when servers start up, they begin as followers (§5.2)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    for (const id of [1, 2, 3]) assert.equal(cluster.role(id), 'follower')
    cluster.elect(1)
    cluster.restart(1)
    assert.equal(cluster.role(1), 'follower')
  })

  test('leaders send periodic heartbeats to maintain their authority (§5.2)', () => {
    const cluster = led()
    const { term } = cluster.node(1).raft
    cluster.tick(1, heartbeatTicks)
    const beats = cluster.network.letters.map(({ message }) => [message.kind, message.to])
    assert.deepEqual(beats, [
      ['heartbeat', 2],
      ['heartbeat', 3],
    ])
    cluster.run(20 * electionTicks)
    assert.deepEqual([cluster.leader?.id, cluster.node(1).raft.term], [1, term])
  })

  test('a follower that hears nothing over the election timeout begins an election (§5.2)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.tick(1, electionTicks - 1)
    assert.equal(cluster.role(1), 'follower')
    cluster.tick(1, electionTicks)
    assert.equal(cluster.role(1), 'preCandidate')
  })

  test('to begin an election, a follower increments its term and votes for itself (§5.2)', () => {
    const { hardState } = candidate().node(1).raft
    assert.deepEqual([hardState.term, hardState.vote], [1, 1])
  })

  test('a candidate wins with votes from a majority in the same term (§5.2)', () => {
    const won = candidate()
    won.persistAll(1)
    won.arrive(voteReply(2, 1, true))
    assert.equal(won.role(1), 'candidate')
    won.arrive(voteReply(2, 1, true))
    assert.equal(won.role(1), 'candidate')
    won.arrive(voteReply(3, 1, true))
    assert.equal(won.role(1), 'leader')
    const lost = candidate()
    lost.persistAll(1)
    for (const from of [2, 3, 4]) lost.arrive(voteReply(from, 1, false))
    assert.equal(lost.role(1), 'follower')
  })

  test('each server votes for at most one candidate in a term, the first (§5.2)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
    const asks = (from: NodeId): Message => ({
      kind: 'voteRequest',
      group: 1,
      from,
      to: 5,
      term: 3,
      lastIndex: 0,
      lastTerm: 0,
      transfer: false,
    })
    const given = [1, 2, 1, 3].map((from) => {
      const reply = answer(cluster, asks(from))
      return reply.kind === 'voteReply' && reply.granted
    })
    assert.deepEqual(given, [true, false, true, false])
  })

  test('a candidate recognizes a leader whose term is at least as large (§5.2)', () => {
    const cluster = candidate()
    cluster.arrive({ ...append(1, { term: 1 }), from: 4 })
    assert.deepEqual([cluster.role(1), cluster.node(1).raft.leader], ['follower', 4])
  })

  test('a candidate rejects a leader of a smaller term and continues (§5.2)', () => {
    const cluster = candidate()
    cluster.arrive({ ...append(1, { term: 0 }), from: 4 })
    assert.equal(cluster.role(1), 'candidate')
  })

  test('randomized election timeouts make split votes rare and quickly resolved (§5.2)', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const cluster = new Cluster({ voters: [1, 2, 3, 4, 5], seed })
      cluster.run(4 * electionTicks)
      assert.ok(cluster.leader !== null)
    }
  })
})

describe('Raft paper §5.3, log replication', () => {
  test('the leader appends a command to its log and issues it to each of the others (§5.3)', () => {
    const cluster = led()
    cluster.propose(1, 'x=1')
    assert.equal(cluster.node(1).raft.lastIndex, 2)
    const sent = cluster.network.letters.map(({ message }) => message)
    for (const message of sent) {
      assert.ok(message.kind === 'append' && message.entries[0]?.index === 2)
      assert.deepEqual([message.previousIndex, message.previousTerm], [1, 1])
    }
    assert.equal(sent.length, 2)
  })

  test('an entry is committed once its leader has replicated it on a majority (§5.3)', () => {
    for (const size of [1, 2, 3, 4, 5]) {
      const voters = Array.from({ length: size }, (_, position) => position + 1)
      const cluster = new Cluster({ voters })
      cluster.elect(1)
      cluster.network.hold(({ kind }) => kind === 'appendReply')
      cluster.propose(1, 'x=1')
      cluster.settle()
      cluster.network.release()
      for (let holders = 1; holders <= size; holders++) {
        assert.equal(cluster.node(1).raft.commit, holders > size / 2 ? 2 : 1)
        cluster.deliverOne(({ kind }) => kind === 'appendReply')
      }
    }
  })

  test('this also commits all preceding entries, also those of previous leaders (§5.3)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], logs: { 1: [1, 1, 2], 2: [1] } })
    cluster.elect(1)
    assert.equal(cluster.node(1).raft.commit, 4)
    assert.deepEqual(termsOf(cluster, 3), termsOf(cluster, 1))
  })

  test('a follower that learns of committed entries applies them in log order (§5.3)', () => {
    const cluster = led()
    cluster.slowMachines.add(2)
    for (const text of ['x=1', 'x=2', 'x=3']) cluster.propose(1, text)
    cluster.settle()
    const seen: (string | undefined)[] = []
    while (cluster.node(2).canApply) {
      cluster.on(2, (node) => node.applyOne())
      seen.push(cluster.node(2).state.values.get('x'))
    }
    assert.deepEqual(seen, ['1', '2', '3'])
  })

  test('entries with the same index and term store the same command (log matching, §5.3)', () => {
    const cluster = led()
    const { commit } = cluster.node(1).raft
    // A message that comes twice or late never writes a second entry at an index and term.
    cluster.propose(1, 'x=1')
    const [first] = cluster.network.letters
    cluster.settle()
    cluster.propose(1, 'x=2')
    cluster.settle()
    cluster.arrive(first?.message as Message)
    assert.equal(cluster.node(2).raft.lastIndex, commit + 2)
    assert.deepEqual(cluster.node(2).memory.entries, cluster.node(1).memory.entries)
  })

  test('a follower that does not find the preceding entry refuses the new ones (§5.3)', () => {
    const cluster = new Cluster({ voters: [1, 2], logs: { 2: [1, 2] } })
    const cases: [number, number, boolean][] = [
      [0, 0, false],
      [1, 1, false],
      [2, 2, false],
      [1, 2, true],
      [2, 1, true],
      [3, 3, true],
    ]
    for (const [previousIndex, previousTerm, refused] of cases) {
      const reply = answer(cluster, append(2, { term: 3, previousIndex, previousTerm }))
      assert.ok(reply.kind === 'appendReply')
      assert.equal(reply.rejected, refused)
    }
  })

  test('conflicting entries are overwritten with entries from the leader’s log (§5.3)', () => {
    const cases: { readonly from: number; readonly terms: number[]; readonly log: number[] }[] = [
      { from: 2, terms: [3], log: [1, 2, 3] },
      { from: 1, terms: [3, 4], log: [1, 3, 4] },
      { from: 0, terms: [1], log: [1, 2] },
      { from: 0, terms: [3], log: [3] },
    ]
    for (const { from, terms, log } of cases) {
      const cluster = new Cluster({ voters: [1, 2], logs: { 2: [1, 2] } })
      const entries = terms.map((term, position) => {
        return from === 0 && term === 1 ? { ...known } : entry(from + position + 1, term)
      })
      answer(cluster, append(2, { term: 4, previousIndex: from, previousTerm: from, entries }))
      assert.deepEqual(termsOf(cluster, 2), log)
    }
  })

  test('a leader never overwrites or deletes entries in its log (append-only, §5.3)', () => {
    const cluster = led()
    cluster.propose(1, 'x=1')
    const { entries } = cluster.node(1).memory
    cluster.settle()
    for (let i = 0; i < 20; i++) {
      cluster.propose(1, `y=${i}`)
      cluster.drop(({ kind }) => i % 3 === 0 && kind === 'append')
      cluster.run(1)
      assert.deepEqual(cluster.node(1).memory.entries.slice(0, entries.length), entries)
    }
  })
})

/** Entry 1 as the test cluster writes it for a log that starts with term 1. */
const known: Entry = { index: 1, term: 1, kind: 'empty', data: new Uint8Array(0) }

describe('Raft paper §5.4, safety', () => {
  test('the voter denies its vote if its own log is more up-to-date (§5.4.1)', () => {
    const cases: [number[], number, number, boolean][] = [
      [[1], 1, 1, true],
      [[1], 1, 2, true],
      [[1, 1], 1, 1, false],
      [[1], 2, 1, true],
      [[1, 1], 2, 1, true],
      [[2], 1, 1, false],
      [[2], 9, 1, false],
      [[1, 2], 1, 2, false],
    ]
    for (const [log, lastIndex, lastTerm, granted] of cases) {
      const cluster = new Cluster({ voters: [1, 2], logs: { 1: log } })
      const reply = answer(cluster, {
        kind: 'voteRequest',
        group: 1,
        from: 2,
        to: 1,
        term: 5,
        lastIndex,
        lastTerm,
        transfer: false,
      })
      assert.ok(reply.kind === 'voteReply' && reply.granted === granted)
    }
  })

  test('the request for a vote includes information about the candidate’s log (§5.4.1)', () => {
    const cluster = new Cluster({ voters: [1, 2], logs: { 1: [1, 1, 4] } })
    cluster.campaign(1)
    cluster.settle(({ kind }) => kind.startsWith('preVote'))
    const [letter] = cluster.network.letters
    assert.ok(letter?.message.kind === 'voteRequest')
    assert.deepEqual([letter.message.lastIndex, letter.message.lastTerm], [3, 4])
  })

  test('only entries of the leader’s current term are committed by counting (§5.4.2)', () => {
    const cluster = new Cluster({
      voters: [1, 2, 3],
      logs: { 1: [1, 2], 2: [1, 2], 3: [1, 2] },
    })
    cluster.network.hold(({ kind }) => kind === 'append')
    cluster.elect(1)
    const { term } = cluster.node(1).raft
    for (const id of [2, 3]) {
      cluster.arrive(append(id, { term, previousIndex: 2, previousTerm: 2 }))
    }
    cluster.settle()
    for (const { match } of cluster.node(1).raft.peers) assert.equal(match, 2)
    assert.equal(cluster.node(1).raft.commit, 0)
    cluster.network.release()
    cluster.settle()
    assert.equal(cluster.node(1).raft.commit, 3)
  })

  test('a leader has all entries committed in earlier terms (leader completeness, §5.4.3)', () => {
    const cluster = led()
    cluster.isolate(3)
    cluster.propose(1, 'x=1')
    cluster.settle()
    cluster.crash(1)
    cluster.heal()
    // Node 3 lacks what is committed: it does not win, however often it tries.
    for (let i = 0; i < 5; i++) {
      cluster.tick(2, 20)
      cluster.drop(() => true)
      cluster.campaign(3)
      cluster.settle()
      assert.notEqual(cluster.role(3), 'leader')
    }
    cluster.elect(2)
    assert.equal(cluster.node(3).state.values.get('x'), '1')
  })

  test('a server ignores those entries of a request that are already in its log (§5.5)', () => {
    const cluster = led()
    cluster.propose(1, 'x=1')
    const letter = cluster.network.letters.find(({ message }) => message.to === 2)
    cluster.settle()
    const { state } = cluster.node(2).disk
    const reply = answer(cluster, letter?.message as Message)
    assert.ok(reply.kind === 'appendReply' && !reply.rejected)
    assert.equal(cluster.node(2).disk.state, state)
  })
})
