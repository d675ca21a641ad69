/** The scenarios of the family Elections, terms, votes, as far as consensus alone shows them. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'
import type { Message, NodeId } from './types.ts'

const { electionTicks } = RAFT_TUNING
/** Ten election timeouts, the longest of which is just under twice the election time. */
const TEN_TIMEOUTS = 20 * electionTicks

function is(kind: Message['kind'], { from = 0, to = 0 }: { from?: NodeId; to?: NodeId } = {}) {
  return (message: Message) =>
    message.kind === kind &&
    (from === 0 || message.from === from) &&
    (to === 0 || message.to === to)
}

function voteRequest(from: NodeId, to: NodeId, term: number): Message {
  return {
    kind: 'voteRequest',
    group: 1,
    from,
    to,
    term,
    lastIndex: 0,
    lastTerm: 0,
    transfer: false,
  }
}

/** Runs until there is a leader that all of `ids` follow; fails after ten election timeouts. */
function untilLed(cluster: Cluster, ids: readonly NodeId[]): NodeId {
  for (let tick = 0; tick < TEN_TIMEOUTS; tick++) {
    const { leader } = cluster
    if (leader !== null && ids.every((id) => cluster.node(id).raft.leader === leader.id)) {
      return leader.id
    }
    cluster.run(1)
  }
  assert.fail('no leader within ten election timeouts')
}

describe('E-01 a vote is acknowledged only when it is durable', () => {
  test('a voter that crashes before its sync has told nobody, and may vote for another', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.slowDisks.add(2)
    cluster.arrive(voteRequest(1, 2, 5))
    cluster.settle()
    assert.equal(cluster.node(2).raft.hardState.vote, 1)
    assert.equal(cluster.network.letters.filter(({ message }) => message.from === 2).length, 0)
    cluster.restart(2)
    cluster.slowDisks.clear()
    cluster.arrive(voteRequest(3, 2, 5))
    cluster.settle(() => false)
    const reply = cluster.network.take(is('voteReply', { from: 2 }))
    assert.ok(reply?.kind === 'voteReply' && reply.granted && reply.to === 3)
  })

  test('a voter that crashes after its sync, before its answer, votes for nobody else', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.slowDisks.add(2)
    cluster.arrive(voteRequest(1, 2, 5))
    cluster.crash(2, { kept: 1 })
    cluster.restart(2)
    cluster.slowDisks.clear()
    cluster.arrive(voteRequest(3, 2, 5))
    cluster.settle(() => false)
    const reply = cluster.network.take(is('voteReply', { from: 2 }))
    assert.ok(reply?.kind === 'voteReply' && !reply.granted)
  })

  test('a candidate that crashes before its sync has asked nobody', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.slowDisks.add(1)
    cluster.campaign(1)
    cluster.settle()
    assert.equal(cluster.role(1), 'candidate')
    cluster.restart(1)
    assert.equal(cluster.node(1).raft.term, 0)
    for (const id of [2, 3]) assert.equal(cluster.node(id).raft.term, 0)
  })
})

describe('E-03 pre-votes and votes are told apart', () => {
  test('a pre-vote of its own does not free a voter to vote for another', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.arrive(voteRequest(1, 2, 5))
    cluster.persistAll(2)
    cluster.campaign(2)
    assert.equal(cluster.role(2), 'preCandidate')
    cluster.drop(() => true)
    cluster.arrive(voteRequest(3, 2, 5))
    cluster.persistAll(2)
    const reply = cluster.network.take(is('voteReply', { from: 2 }))
    assert.ok(reply?.kind === 'voteReply' && !reply.granted)
    assert.equal(cluster.node(2).raft.hardState.vote, 1)
  })

  test('a pre-vote reply that comes late does not count in the election it was asked for', () => {
    const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
    cluster.campaign(1)
    cluster.settle(({ kind, from, to }) => kind.startsWith('preVote') && from < 4 && to < 4)
    assert.equal(cluster.role(1), 'candidate')
    const { term } = cluster.node(1).raft
    for (const from of [2, 3, 4, 5]) {
      cluster.arrive({
        kind: 'preVoteReply',
        group: 1,
        from,
        to: 1,
        term,
        granted: true,
        member: true,
        configurationIndex: 0,
      })
    }
    assert.equal(cluster.role(1), 'candidate')
  })
})

describe('E-06 two of three always find a leader, whoever is down and whatever their logs', () => {
  const logs = [[1], [1, 1], [1, 2], [1, 1, 1, 1]]
  for (const down of [1, 2, 3]) {
    test(`with node ${down} down`, () => {
      for (const left of logs) {
        for (const right of logs) {
          for (const term of [2, 5, 9]) {
            const [one = 0, other = 0] = [1, 2, 3].filter((id) => id !== down)
            const cluster = new Cluster({
              voters: [1, 2, 3],
              logs: { [one]: left, [other]: right },
              terms: { [one]: term, [other]: 2 },
              seed: term,
            })
            cluster.crash(down)
            // Both campaign at once, one of them for real, in the term the other would ask for.
            cluster.campaign(one)
            cluster.campaign(other)
            untilLed(cluster, [one, other])
          }
        }
      }
    })
  }
})

test('E-08 a leader that reaches too few makes room for one that reaches a majority', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.elect(1)
  // 2, 3 and 4 see each other; 1 reaches only 3; 5 is alone.
  for (const id of [2, 4, 5]) cluster.cut(1, id)
  for (const id of [2, 3, 4]) cluster.cut(5, id)
  const before = cluster.node(1).raft.term
  for (let tick = 0; tick < TEN_TIMEOUTS && cluster.leader?.id !== 3; tick++) {
    if ([2, 4].includes(cluster.leader?.id ?? 0)) break
    cluster.run(1)
  }
  assert.equal(cluster.role(1), 'follower')
  assert.ok([2, 3, 4].includes(cluster.leader?.id ?? 0))
  assert.ok((cluster.leader?.raft.term ?? 0) > before)
  cluster.propose(cluster.leader?.id ?? 0, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(4).state.values.get('x'), '1')
})

test('E-11 a leader that restarts quickly may ask those who still take it for the leader', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.restart(1)
  assert.equal(cluster.node(2).raft.leader, 1)
  cluster.campaign(1)
  cluster.settle(({ kind }) => kind.startsWith('preVote'))
  assert.equal(cluster.role(1), 'candidate')
})

describe('E-13 a leader that is asked to campaign', () => {
  test('stays what it is', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    const { term } = cluster.node(1).raft
    cluster.campaign(1)
    cluster.run(TEN_TIMEOUTS)
    assert.deepEqual([cluster.role(1), cluster.node(1).raft.term], ['leader', term])
  })

  test('sends nothing of its old term once it lost leadership', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], manualTurns: true })
    cluster.elect(1)
    cluster.tick(1, RAFT_TUNING.heartbeatTicks)
    cluster.propose(1, 'x=1')
    const higher = voteRequest(2, 1, 9)
    cluster.arrive({ ...higher, transfer: true } as Message)
    while (cluster.endTurn(1));
    for (const { message } of cluster.network.letters) {
      assert.ok(message.kind !== 'append' && message.kind !== 'heartbeat')
    }
  })
})

describe('E-16 nobody leads in members it does not know to be in force', () => {
  test('one whose newest members are in its log counts by them, applied or not', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.slowMachines.add(2)
    cluster.members(1, { voters: [1, 2, 3, 4], learners: [] }, { force: true })
    cluster.settle()
    assert.ok(cluster.node(2).state.index < cluster.node(2).raft.configurationIndex)
    cluster.crash(1)
    cluster.crash(3)
    cluster.run(TEN_TIMEOUTS)
    // Two of four: by the members it has not applied yet that is no majority.
    assert.equal(cluster.leader, null)
    cluster.restart(3)
    untilLed(cluster, [2, 3, 4])
  })

  test('one that has a snapshot to restore refuses the hand-over', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    cluster.isolate(2)
    for (let i = 0; i < 4; i++) cluster.propose(1, `x=${i}`)
    cluster.settle()
    cluster.snapshot(1)
    cluster.compact(1, 5)
    cluster.slowMachines.add(2)
    cluster.heal()
    cluster.run(4)
    assert.equal(cluster.node(2).raft.baseIndex, 5)
    cluster.transfer(1, 2)
    cluster.settle()
    assert.equal(cluster.role(2), 'follower')
    cluster.slowMachines.clear()
    cluster.settle()
    cluster.run(electionTicks)
    cluster.transfer(1, 2)
    cluster.settle()
    assert.equal(cluster.leader?.id, 2)
  })
})

describe('E-18 handing leadership over', () => {
  function handingOver(): Cluster {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    cluster.propose(1, 'x=1')
    cluster.settle()
    return cluster
  }

  test('blocks proposals meanwhile and loses nothing that was acknowledged', () => {
    const cluster = handingOver()
    cluster.network.hold(is('append', { to: 3 }))
    cluster.propose(1, 'x=2')
    cluster.transfer(1, 3)
    assert.equal(cluster.propose(1, 'x=3').kind, 'refused')
    cluster.settle()
    assert.equal(cluster.node(1).raft.commit, 3)
    // The target lacks an entry: it is fed first.
    assert.equal(cluster.role(3), 'follower')
    cluster.network.release()
    cluster.settle()
    assert.equal(cluster.leader?.id, 3)
    assert.equal(cluster.node(3).state.values.get('x'), '2')
    assert.equal(cluster.propose(3, 'x=4').kind, 'accepted')
  })

  test('to one that does not answer ends after an election timeout', () => {
    const cluster = handingOver()
    cluster.isolate(3)
    cluster.transfer(1, 3)
    cluster.run(electionTicks - 1)
    assert.equal(cluster.propose(1, 'x=2').kind, 'refused')
    cluster.run(1)
    assert.equal(cluster.propose(1, 'x=2').kind, 'accepted')
  })

  test('to one that is removed meanwhile ends with its removal', () => {
    const cluster = handingOver()
    cluster.network.hold(is('appendReply', { from: 3 }))
    cluster.members(1, { voters: [1, 2], learners: [] })
    cluster.transfer(1, 3)
    cluster.settle()
    assert.equal(cluster.node(1).raft.transferee, 0)
    assert.equal(cluster.propose(1, 'x=2').kind, 'accepted')
  })

  test('a second time to another goes to the other', () => {
    const cluster = handingOver()
    cluster.isolate(3)
    cluster.transfer(1, 3)
    cluster.transfer(1, 2)
    cluster.settle()
    assert.equal(cluster.leader?.id, 2)
  })

  test('stops when a higher term arrives', () => {
    const cluster = handingOver()
    cluster.isolate(3)
    cluster.transfer(1, 3)
    cluster.arrive({ ...voteRequest(2, 1, 9), transfer: true } as Message)
    assert.deepEqual([cluster.role(1), cluster.node(1).raft.transferee], ['follower', 0])
  })

  test('of a message that comes again later makes nobody campaign', () => {
    const cluster = handingOver()
    cluster.network.hold(is('timeoutNow'))
    cluster.transfer(1, 3)
    cluster.settle()
    const late = cluster.network.letters.find(({ message }) => message.kind === 'timeoutNow')
    assert.ok(late !== undefined)
    cluster.network.release()
    cluster.settle()
    assert.equal(cluster.leader?.id, 3)
    const { term } = cluster.node(3).raft
    cluster.elect(1)
    cluster.arrive(late.message)
    cluster.settle()
    assert.equal(cluster.leader?.id, 1)
    assert.equal(cluster.node(1).raft.term, term + 1)
  })
})
