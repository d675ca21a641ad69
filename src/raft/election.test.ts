import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'
import type { Message, NodeId, PreVoteRequest, VoteReply, VoteRequest } from './types.ts'

const { electionTicks } = RAFT_TUNING

interface Asked {
  readonly term: number
  readonly lastIndex?: number
  readonly lastTerm?: number
  readonly transfer?: boolean
}

function voteRequest(from: NodeId, to: NodeId, asked: Asked): VoteRequest {
  const { term, lastIndex = 0, lastTerm = 0, transfer = false } = asked
  return { kind: 'voteRequest', group: 1, from, to, term, lastIndex, lastTerm, transfer }
}

function preVoteRequest(from: NodeId, to: NodeId, asked: Asked): PreVoteRequest {
  const { term, lastIndex = 0, lastTerm = 0 } = asked
  return { kind: 'preVoteRequest', group: 1, from, to, term, lastIndex, lastTerm }
}

function heartbeat(from: NodeId, to: NodeId, term: number): Message {
  return { kind: 'heartbeat', group: 1, from, to, term, commit: 0, round: 0, incarnation: 0 }
}

/** What node `id` answers, once its disk is done. */
function answer<Kind extends Message['kind']>(cluster: Cluster, message: Message, kind: Kind) {
  cluster.drop(() => true)
  cluster.arrive(message)
  cluster.persistAll(message.to)
  const found = cluster.network.take((candidate) => candidate.kind === kind)
  return found as (Message & { kind: Kind }) | null
}

function granted(cluster: Cluster, message: VoteRequest): boolean {
  return answer(cluster, message, 'voteReply')?.granted ?? false
}

test('a vote goes to a candidate whose log is as new, and to nobody else in that term', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], logs: { 1: [1, 1, 2] } })
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3, lastIndex: 9, lastTerm: 1 })), false)
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3, lastIndex: 2, lastTerm: 2 })), false)
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3, lastIndex: 3, lastTerm: 2 })), true)
  assert.equal(granted(cluster, voteRequest(3, 1, { term: 3, lastIndex: 9, lastTerm: 9 })), false)
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3, lastIndex: 3, lastTerm: 2 })), true)
})

test('a vote survives a restart', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3 })), true)
  cluster.restart(1)
  assert.equal(granted(cluster, voteRequest(3, 1, { term: 3 })), false)
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 3 })), true)
})

test('a request of an older term is refused with the newer one', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], terms: { 1: 7 } })
  const reply = answer(cluster, voteRequest(2, 1, { term: 3 }), 'voteReply')
  assert.deepEqual([reply?.granted, reply?.term], [false, 7])
})

test('asking for pre-votes changes neither term nor vote, on either side', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], terms: { 1: 4, 2: 4 } })
  assert.equal(granted(cluster, voteRequest(3, 1, { term: 5 })), true)
  const before = cluster.node(1).raft.hardState
  cluster.campaign(1)
  const reply = answer(cluster, preVoteRequest(2, 1, { term: 9 }), 'preVoteReply')
  assert.deepEqual([reply?.granted, reply?.term], [true, 9])
  assert.deepEqual(cluster.node(1).raft.hardState, before)
})

test('whoever hears a leader grants no pre-vote and ignores a candidate', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.arrive(heartbeat(2, 1, 1))
  const preVote = answer(cluster, preVoteRequest(3, 1, { term: 2 }), 'preVoteReply')
  assert.equal(preVote?.granted, false)
  assert.equal(answer(cluster, voteRequest(3, 1, { term: 2 }), 'voteReply'), null)
  assert.equal(cluster.node(1).raft.term, 1)
  cluster.tick(1, electionTicks)
  assert.equal(granted(cluster, voteRequest(3, 1, { term: 2 })), true)
})

test('a candidate that the leader chose is heard in spite of the leader', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.arrive(heartbeat(2, 1, 1))
  assert.equal(granted(cluster, voteRequest(3, 1, { term: 2, transfer: true })), true)
})

test('the leader itself may ask again right after it restarted', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.arrive(heartbeat(2, 1, 1))
  const reply = answer(cluster, preVoteRequest(2, 1, { term: 2 }), 'preVoteReply')
  assert.equal(reply?.granted, true)
})

test('election timeouts are drawn anew each time, between one and two election times', () => {
  const drawn = new Set<number>()
  for (let seed = 1; seed <= 40; seed++) {
    const cluster = new Cluster({ voters: [1, 2, 3], seed })
    let ticks = 0
    while (cluster.role(1) === 'follower') {
      cluster.tick(1)
      ticks += 1
    }
    assert.ok(ticks >= electionTicks && ticks < 2 * electionTicks)
    drawn.add(ticks)
  }
  assert.equal(drawn.size, electionTicks)
})

test('a leader is given more time than an election that came to nothing', () => {
  const tuning = { electionTicks: 50, retryTicks: 4 }
  const cluster = new Cluster({ voters: [1, 2, 3], tuning })
  cluster.arrive(heartbeat(2, 1, 1))
  cluster.tick(1, 49)
  assert.equal(cluster.role(1), 'follower')
  for (let ticks = 0; cluster.role(1) !== 'preCandidate'; ticks++) {
    assert.ok(ticks <= 50)
    cluster.tick(1)
  }
  cluster.drop(() => true)
  cluster.tick(1, 7)
  const again = cluster.network.take((message) => message.kind === 'preVoteRequest')
  assert.notEqual(again, null)
})

test('each election that comes to nothing leaves more time for the next', () => {
  const tuning = { electionTicks: 20, retryTicks: 4 }
  const cluster = new Cluster({ voters: [1, 2, 3], tuning })
  const least = [4, 4, 8, 16, 32, 40, 40, 40]
  for (let term = 1; term < least.length; term++) {
    // A candidate of that term, who is not heard of again.
    cluster.arrive({ ...voteRequest(2, 1, { term }) })
    let ticks = 0
    while (cluster.role(1) === 'follower') {
      cluster.tick(1)
      ticks += 1
    }
    cluster.drop(() => true)
    const expected = least[term] as number
    assert.ok(ticks >= expected && ticks < 2 * expected, `${ticks} ticks in term ${term}`)
  }
  // Whoever leads ends it: when it is lost, another one is searched for soon.
  cluster.arrive(heartbeat(2, 1, least.length))
  cluster.on(1, ({ raft }) => raft.peerDropped(2))
  cluster.tick(1, RAFT_TUNING.droppedTicks)
  cluster.drop(() => true)
  cluster.tick(1, 8)
  assert.notEqual(
    cluster.network.take((message) => message.kind === 'preVoteRequest'),
    null,
  )
})

test('without a majority nobody loses patience: there is no election', () => {
  const tuning = { electionTicks: 20, retryTicks: 4 }
  const cluster = new Cluster({ voters: [1, 2, 3], tuning })
  for (let round = 0; round < 50; round++) {
    cluster.tick(1, 8)
    const asked = cluster.network.take((message) => message.kind === 'preVoteRequest')
    assert.notEqual(asked, null)
    cluster.drop(() => true)
  }
})

test('a dropped connection to the leader starts a campaign, in a few ticks and not at once', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.on(2, ({ raft }) => raft.peerDropped(3))
  assert.equal(cluster.node(2).raft.leader, 1)
  cluster.on(2, ({ raft }) => raft.peerDropped(1))
  assert.equal(cluster.role(2), 'follower')
  cluster.tick(2, RAFT_TUNING.droppedTicks)
  assert.equal(cluster.role(2), 'preCandidate')
})

test('of two that ask each other at once one goes on and one yields', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.crash(3)
  cluster.campaign(1)
  cluster.campaign(2)
  cluster.settle()
  assert.equal(cluster.role(2), 'leader')
  assert.equal(cluster.role(1), 'follower')
})

test('who grants a vote gives up an election of its own', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], terms: { 1: 5 } })
  cluster.campaign(1)
  assert.equal(cluster.role(1), 'preCandidate')
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 5 })), true)
  assert.equal(cluster.role(1), 'follower')
  assert.equal(cluster.node(1).raft.hardState.vote, 2)
})

test('a learner and a stranger never campaign', () => {
  const cluster = new Cluster({ voters: [1], learners: [2], spares: [3] })
  for (const id of [2, 3]) {
    cluster.tick(id, 100)
    cluster.campaign(id)
    assert.equal(cluster.role(id), 'follower')
  }
  assert.equal(cluster.network.letters.length, 0)
})

test('a learner votes when a voter asks it: it may be one already and not know', () => {
  const cluster = new Cluster({ voters: [1], learners: [2] })
  assert.equal(granted(cluster, voteRequest(1, 2, { term: 1 })), true)
})

test('a replica under repair neither votes nor pre-votes nor campaigns', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], logs: { 1: [1] } })
  cluster.crash(1)
  cluster.lose(1, 0)
  cluster.restart(1)
  assert.equal(granted(cluster, voteRequest(2, 1, { term: 5, lastIndex: 9, lastTerm: 4 })), false)
  const preVote = preVoteRequest(2, 1, { term: 9, lastIndex: 9, lastTerm: 4 })
  assert.equal(answer(cluster, preVote, 'preVoteReply')?.granted, false)
  cluster.tick(1, 100)
  cluster.campaign(1)
  assert.equal(cluster.role(1), 'follower')
})

test('a replica that has a snapshot still to restore does not campaign', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.isolate(3)
  for (const text of ['a=1', 'b=2']) cluster.propose(1, text)
  cluster.settle()
  cluster.snapshot(1)
  cluster.compact(1, 3)
  cluster.heal()
  cluster.slowMachines.add(3)
  cluster.run(4)
  assert.equal(cluster.node(3).raft.baseIndex, 3)
  cluster.campaign(3)
  assert.equal(cluster.role(3), 'follower')
  cluster.applyAll(3)
  cluster.campaign(3)
  assert.equal(cluster.role(3), 'preCandidate')
})

test('a stray vote counts only in the term and for the office it was given', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], terms: { 1: 1 } })
  cluster.campaign(1)
  const reply = (term: number): VoteReply => {
    return { kind: 'voteReply', group: 1, from: 2, to: 1, term, granted: true }
  }
  cluster.arrive(reply(1))
  assert.equal(cluster.role(1), 'preCandidate')
  cluster.settle(({ kind }) => kind.startsWith('preVote'))
  assert.deepEqual([cluster.role(1), cluster.node(1).raft.term], ['candidate', 2])
  cluster.arrive(reply(1))
  assert.equal(cluster.role(1), 'candidate')
  cluster.arrive(reply(2))
  assert.equal(cluster.role(1), 'leader')
})

test('others alone make nobody leader: the own vote must be durable too', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.slowDisks.add(1)
  cluster.campaign(1)
  cluster.settle()
  assert.equal(cluster.role(1), 'candidate')
  for (const from of [2, 3]) {
    cluster.arrive({ kind: 'voteReply', group: 1, from, to: 1, term: 1, granted: true })
  }
  assert.equal(cluster.role(1), 'candidate')
  cluster.persistAll(1)
  assert.equal(cluster.role(1), 'leader')
})
