/** Elections, terms and votes: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VoteReply } from '../../src/raft/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { GROUP } from '../scenario-node.ts'
import { checkpointEvery, NO_CACHE } from './testing/settings.ts'

/** Node 1 has sent its vote request of a new term, node 2 has received it and its disk holds. */
async function voteOnHeldDisk(seed: number): Promise<{ scenario: Scenario; term: number }> {
  const scenario = createSimulation({ seed })
  await scenario.lead(3)
  await scenario.write('x', 'before')
  await scenario.untilConverged()
  // Nothing else is on its way to the disk of node 2 then.
  await scenario.run(50)
  scenario.net.isolate(3)
  const term = scenario.node(3).raft.term + 1
  scenario.net.trap(({ kind, from }) => kind === 'preVoteRequest' && from === 2)
  scenario.node(2).disk.hold('write')
  const asks = (): boolean => scenario.node(2).raft.hardState.vote === 1
  await scenario.until(() => {
    const one = scenario.node(1)
    if (one.raft.role === 'follower' && one.raft.term < term) one.group.campaign()
    return asks()
  }, 'node 2 is asked for its vote')
  return { scenario, term }
}

test('E-01 a vote is durable before it leaves: a crash before that leaves none', async () => {
  const outcomes = new Set<string>()
  for (let seed = 1; seed <= 16; seed++) {
    const { scenario, term } = await voteOnHeldDisk(seed)
    const votes = scenario.net.watch(({ kind, from }) => kind === 'voteReply' && from === 2)
    await scenario.run(20)
    assert.equal(scenario.node(2).raft.hardState.vote, 1, 'the vote is given in memory')
    assert.equal(votes.caught.length, 0, 'no answer leaves before the disk has it')
    assert.equal(scenario.node(1).leads, false)
    scenario.net.isolate(1)
    scenario.node(2).crash()
    scenario.node(2).disk.release()
    scenario.node(2).restart()
    await scenario.until(() => scenario.node(2).up, 'node 2 is back')
    const { hardState } = scenario.node(2).raft
    outcomes.add(hardState.term === term && hardState.vote === 1 ? 'kept' : 'lost')
    await scenario.until(() => !scenario.node(3).leads, 'node 3 finds itself alone')
    scenario.net.rejoin(3)
    await scenario.elect(3)
    // Where the write had reached the disk after all, the term is taken and a later one is needed.
    assert.ok(scenario.node(3).raft.term >= (hardState.vote === 1 ? term + 1 : term))
    await scenario.conclude()
  }
  assert.deepEqual([...outcomes].sort(), ['kept', 'lost'])
})

test('E-01 a vote that left is remembered: nobody else gets one in that term', async () => {
  const { scenario, term } = await voteOnHeldDisk(1)
  const votes = scenario.net.trap(({ kind, from }) => kind === 'voteReply' && from === 2)
  scenario.node(2).disk.release()
  await scenario.until(() => votes.caught.length === 1, 'the vote leaves')
  scenario.net.isolate(1)
  scenario.node(2).crash()
  scenario.node(2).restart()
  await scenario.until(() => scenario.node(2).up, 'node 2 is back')
  assert.deepEqual(
    [scenario.node(2).raft.hardState.term, scenario.node(2).raft.hardState.vote],
    [term, 1],
  )
  scenario.net.end(votes)
  await scenario.until(() => !scenario.node(3).leads, 'node 3 finds itself alone')
  scenario.net.rejoin(3)
  await scenario.elect(3)
  assert.ok(scenario.node(3).raft.term > term)
  // The vote of the old life arrives: node 1 may not lead the term any more.
  scenario.net.deliver(...votes.caught)
  await scenario.conclude()
})

test('E-03 a pre-vote does not give the vote of the term back', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(2)
  await scenario.untilConverged()
  scenario.net.split([1], [3])
  scenario.node(2).crash()
  await scenario.run(3 * scenario.electionMs)
  // Nodes 1 and 3 cannot agree with each other; node 2 comes back and hears both at once.
  const requests = scenario.net.trap(({ kind, from }) => kind === 'voteRequest' && from === 3)
  const quiet = scenario.net.trap(({ kind, from }) => kind === 'preVoteRequest' && from !== 3)
  scenario.node(2).restart()
  await scenario.until(() => scenario.node(2).up, 'node 2 is back')
  scenario.node(3).group.campaign()
  await scenario.until(() => requests.caught.length > 0, 'node 3 asks for a vote')
  scenario.net.end(quiet)
  scenario.net.trap(({ kind, from }) => kind === 'preVoteRequest' && from !== 1)
  const { term } = scenario.node(3).raft
  const grants = scenario.net.watch(({ kind, from }) => kind === 'voteReply' && from === 2)
  scenario.node(1).group.campaign()
  await scenario.until(
    () => scenario.node(1).leads && scenario.node(1).raft.term === term,
    'node 1 wins the term that node 3 campaigns in',
  )
  scenario.node(1).crash()
  scenario.node(2).group.campaign()
  assert.equal(scenario.node(2).raft.role, 'preCandidate')
  scenario.net.deliver(...requests.caught.filter(({ message }) => message.to === 2))
  await scenario.until(() => grants.of('voteReply').some(({ to }) => to === 3), 'node 2 answers')
  const answer = grants.of('voteReply').find(({ to }) => to === 3) as VoteReply
  assert.deepEqual([answer.term, answer.granted], [term, false])
  await scenario.conclude()
})

test('E-03 a late pre-vote reply is not counted as a vote', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(3)
  await scenario.untilConverged()
  const late = scenario.net.trap(
    ({ kind, from, to }) => kind === 'preVoteReply' && from === 3 && to === 1,
  )
  const votes = scenario.net.trap(({ kind }) => kind === 'voteReply')
  scenario.net.trap(({ kind, from }) => from === 3 && (kind === 'heartbeat' || kind === 'append'))
  const one = (): string => scenario.node(1).raft.role
  await scenario.until(() => one() === 'preCandidate', 'node 1 finds its leader gone')
  await scenario.until(() => {
    if (one() === 'follower') scenario.node(1).group.campaign()
    return one() === 'candidate' && late.of('preVoteReply').some(({ granted }) => granted)
  }, 'node 1 is a candidate by the word of node 2')
  const { term } = scenario.node(1).raft
  const own = late.caught.filter(({ message }) => 'term' in message && message.term === term)
  assert.ok(own.length > 0, 'the late reply is of the very term of the campaign')
  scenario.net.deliver(...own)
  await scenario.run(5)
  assert.equal(one(), 'candidate')
  assert.ok(votes.of('voteReply').length > 0, 'real votes were given, and none arrived')
  await scenario.conclude()
})

for (const [down, short, long] of [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
] as const) {
  test(`E-06 candidate ${short} yields to pre-candidate ${long}, ${down} is down`, async () => {
    const scenario = createSimulation({ seed: 60 + 10 * down + short, nodes: 3 })
    await scenario.lead(long)
    await scenario.untilConverged()
    scenario.net.split([short], [long, down])
    assert.equal((await scenario.put(long, 'x', 'only two have it'))?.kind, 'applied')
    scenario.node(down).crash()
    await scenario.until(() => !scenario.node(long).leads, 'the leader steps down')
    await scenario.until(() => scenario.node(long).raft.role === 'follower', 'it may campaign')
    // A pre-vote that the node which is down gave before it went.
    scenario.node(short).group.campaign()
    const term = scenario.node(short).raft.term + 1
    const grant = { kind: 'preVoteReply', group: GROUP, from: down, to: short, term } as const
    scenario.net.deliver({
      message: { ...grant, granted: true, member: true, configurationIndex: 0 },
      incarnation: 1,
    })
    await scenario.until(() => scenario.node(short).raft.role === 'candidate', 'it campaigns', 100)
    scenario.net.heal()
    scenario.node(long).group.campaign()
    assert.equal(scenario.node(long).raft.term + 1, scenario.node(short).raft.term)
    await scenario.untilLeader(10 * scenario.electionMs)
    assert.equal(scenario.leader?.id, long, 'only the longer log can win')
    assert.equal(await scenario.get(long, 'x'), 'only two have it')
    await scenario.conclude()
  })
}

test('E-08 a leader that reaches one node only makes way for a connected majority', async () => {
  const scenario = createSimulation({ seed: 8, nodes: 5, workload: true })
  await scenario.lead(1)
  await scenario.run(200)
  const { term } = scenario.node(1).raft
  // 2 is the bridge: it reaches the leader and 3 and 4. 5 is alone.
  scenario.net.isolate(5)
  scenario.net.split([1], [3, 4])
  await scenario.until(
    () => (scenario.leader?.raft.term ?? 0) > term,
    'somebody leads who can commit',
    10 * scenario.electionMs,
  )
  assert.ok([2, 3, 4].includes(scenario.leader?.id ?? 0))
  assert.notEqual(scenario.node(1).raft.role, 'leader')
  await scenario.write('x', 'the majority works')
  await scenario.conclude()
})

test('E-11 a leader that restarts is not refused because it is the known leader', async () => {
  const scenario = createSimulation({ seed: 11 })
  await scenario.lead(1)
  await scenario.untilConverged()
  const { term } = scenario.node(1).raft
  // Answers are carried by hand: on the old connections they would tell of the restart.
  const answers = scenario.net.trap(({ to }) => to === 1)
  const carried = (kind: string): boolean => {
    const fresh = answers.caught.filter(({ message }) => message.kind === kind)
    scenario.net.deliver(...fresh)
    return fresh.length === 2
  }
  scenario.node(1).crash()
  scenario.node(1).restart()
  await scenario.until(() => scenario.node(1).up, 'node 1 is back', scenario.electionMs / 4)
  scenario.node(1).group.campaign()
  await scenario.until(() => answers.of('preVoteReply').length === 2, 'both answer', 20)
  assert.deepEqual(
    [scenario.node(2).raft.leader, scenario.node(3).raft.leader],
    [1, 1],
    'the others have not noticed',
  )
  assert.ok(carried('preVoteReply'))
  await scenario.until(() => answers.of('voteReply').length === 2, 'both vote', 50)
  assert.ok(carried('voteReply'))
  await scenario.until(() => scenario.node(1).leads, 'node 1 leads again', 50)
  assert.equal(scenario.node(1).raft.term, term + 1)
  await scenario.conclude()
})

test('E-11 another node that campaigns meanwhile is refused: the leader is fresh', async () => {
  const scenario = createSimulation({ seed: 11 })
  await scenario.lead(1)
  await scenario.untilConverged()
  const { term } = scenario.node(1).raft
  const replies = scenario.net.watch(({ kind, to }) => kind === 'preVoteReply' && to === 2)
  scenario.node(2).group.campaign()
  await scenario.until(() => replies.caught.length === 2, 'both answer')
  assert.deepEqual(
    replies.of('preVoteReply').map(({ granted }) => granted),
    [false, false],
  )
  await scenario.run(2 * scenario.electionMs)
  assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
  await scenario.conclude()
})

test('E-13 a leader that is told to campaign goes on leading', async () => {
  const scenario = createSimulation({ seed: 13, workload: true })
  await scenario.lead(1)
  const { term } = scenario.node(1).raft
  for (let i = 0; i < 30; i++) {
    scenario.node(1).group.campaign()
    await scenario.run(10)
    assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
  }
  assert.equal(scenario.node(1).group.transfer(1), false, 'nor does it hand over to itself')
  await scenario.write('x', 'still works')
  await scenario.conclude()
})

test('E-13 a leader that is voted out sends no heartbeat of its old term any more', async () => {
  const scenario = createSimulation({ seed: 13, workload: true })
  await scenario.lead(1)
  const { term } = scenario.node(1).raft
  scenario.net.isolate(1)
  await scenario.elect(2)
  scenario.net.heal()
  await scenario.until(() => !scenario.node(1).leads, 'node 1 learns of it')
  const old = scenario.net.watch(
    (message) => message.from === 1 && 'term' in message && message.term === term,
  )
  await scenario.run(4 * scenario.electionMs)
  assert.equal(old.of('heartbeat').length + old.of('append').length, 0)
  assert.equal(scenario.leader?.id, 2, 'nobody refreshes a leader that is gone')
  await scenario.conclude()
})

test('E-16 a node that has not applied a committed change of members leads by it', async () => {
  const scenario = createSimulation({ seed: 16, spares: 1, config: NO_CACHE })
  await scenario.lead(1)
  await scenario.write('x', 'before')
  await scenario.untilConverged()
  scenario.node(2).disk.hold('open')
  const applied = scenario.node(2).state.appliedIndex
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.run(100)
  await scenario.changeMembers([1, 2, 3, 4])
  await scenario.until(() => scenario.node(2).raft.commit >= scenario.log.length, 'it knows')
  const requests = scenario.net.trap(({ kind, to }) => kind === 'voteRequest' && to !== 3)
  const votes = scenario.net.watch(({ kind, to }) => kind === 'voteReply' && to === 2)
  scenario.node(1).group.transfer(2)
  await scenario.until(() => votes.caught.length === 1, 'node 3 gives its vote')
  await scenario.run(20)
  assert.equal(scenario.node(2).raft.role, 'candidate', 'two of four are no majority')
  scenario.net.deliver(...requests.caught)
  await scenario.until(() => scenario.node(2).leads, 'three of four are one')
  assert.equal(scenario.node(2).state.appliedIndex, applied, 'the change is still not applied')
  await scenario.conclude()
})

test('E-16 a node whose snapshot is not restored yet does not campaign', async () => {
  const scenario = createSimulation({
    seed: 16,
    config: checkpointEvery(20),
  })
  await scenario.lead(1)
  scenario.net.isolate(2)
  await scenario.entries(1, 60)
  const stop = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 2)
  scenario.net.heal()
  await scenario.until(() => stop.caught.length > 0, 'the snapshot is on its way')
  scenario.node(2).disk.hold('read')
  const base = (): number => scenario.node(2).raft.baseIndex
  await scenario.until(() => base() > 0, 'its log stands behind the snapshot')
  assert.ok(scenario.node(2).state.appliedIndex < base(), 'its state does not')
  const { term } = scenario.node(1).raft
  const message = { kind: 'timeoutNow', group: GROUP, from: 1, to: 2, term } as const
  scenario.net.deliver({ message, incarnation: 1 })
  scenario.node(2).group.campaign()
  assert.equal(scenario.node(2).raft.role, 'follower')
  await scenario.run(3 * scenario.electionMs)
  assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
  await scenario.conclude()
})

test('E-18 writes during a transfer are refused or applied, and none is lost', async () => {
  const scenario = createSimulation({ seed: 18, workload: true })
  await scenario.lead(1)
  for (const to of [2, 3, 1, 3, 2]) {
    const from = await scenario.untilLeader()
    const begun = Array.from({ length: 5 }, (_, i) => scenario.beginPut(from.id, `t${to}`, `${i}`))
    assert.equal(from.group.transfer(to), to !== from.id)
    begun.push(scenario.beginPut(from.id, 'late', String(to)))
    await scenario.until(() => scenario.node(to).leads, 'the target leads', scenario.electionMs)
    await scenario.until(() => begun.every(({ outcome }) => outcome !== null), 'all are answered')
    assert.equal(begun[5]?.outcome?.kind, 'refused')
    await scenario.run(50)
  }
  await scenario.conclude()
})

test('E-18 the leader refuses writes while it hands over; a slow target ends it', async () => {
  const scenario = createSimulation({ seed: 18 })
  await scenario.lead(1)
  await scenario.untilConverged()
  const { term } = scenario.node(1).raft
  scenario.net.hold(1, 2)
  const open = scenario.beginPut(1, 'x', 'before the transfer')
  await scenario.until(() => open.outcome?.kind === 'applied', 'node 3 is enough')
  scenario.node(1).group.transfer(2)
  const refused = await scenario.put(1, 'x', 'during it')
  assert.deepEqual(refused, { kind: 'refused', code: 'TRANSFERRING' })
  assert.equal(scenario.tryMembers(1, { voters: [1, 3], learners: [] }), 'TRANSFERRING')
  const again = (): boolean => scenario.node(1).raft.transferee === 0
  await scenario.until(again, 'it gives up', scenario.electionMs / 2 + 20)
  assert.equal((await scenario.put(1, 'x', 'after it'))?.kind, 'applied')
  assert.equal(scenario.node(1).raft.term, term)
  await scenario.conclude()
})

test('E-18 a second transfer replaces the first, whose target stays quiet', async () => {
  const scenario = createSimulation({ seed: 18, workload: true })
  await scenario.lead(1)
  await scenario.run(100)
  scenario.net.hold(1, 2)
  scenario.node(1).group.transfer(2)
  scenario.node(1).group.transfer(3)
  await scenario.until(() => scenario.node(3).leads, 'node 3 leads', scenario.electionMs)
  const { term } = scenario.node(3).raft
  scenario.net.release(1, 2)
  await scenario.run(2 * scenario.electionMs)
  assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [3, term])
  await scenario.conclude()
})

test('E-18 a target that is removed meanwhile does not come to lead', async () => {
  const scenario = createSimulation({ seed: 18, nodes: 4, workload: true })
  await scenario.lead(1)
  await scenario.run(100)
  // The change is in the log before the transfer begins and commits while it is under way.
  scenario.net.hold(1, 4)
  assert.equal(scenario.tryMembers(1, { voters: [1, 2, 3], learners: [] }), null)
  scenario.node(1).group.transfer(4)
  await scenario.until(() => scenario.hasMembers([1, 2, 3]), 'node 4 is removed')
  assert.equal(scenario.node(1).raft.transferee, 0, 'nobody waits for it')
  await scenario.write('x', 'writes go on')
  scenario.net.release(1, 4)
  await scenario.run(4 * scenario.electionMs)
  assert.equal(scenario.node(4).leads, false)
  await scenario.conclude()
})

test('E-18 a vote request of a higher term ends a transfer and loses nothing', async () => {
  const scenario = createSimulation({ seed: 18, workload: true })
  await scenario.lead(1)
  await scenario.run(100)
  // Node 3 is deaf to the leader long enough to campaign, and leadership goes to 2 meanwhile.
  const early = scenario.net.trap(({ kind }) => kind === 'timeoutNow')
  scenario.node(1).group.transfer(2)
  await scenario.until(() => early.caught.length > 0, 'node 2 is told')
  const { term } = scenario.node(1).raft
  const { lastIndex } = scenario.node(3).raft
  const lastTerm = scenario.node(3).raft.termAt(lastIndex) ?? 0
  const request = { kind: 'voteRequest', group: GROUP, from: 3, to: 1, term: term + 1 } as const
  scenario.net.deliver({
    message: { ...request, lastIndex, lastTerm, transfer: true },
    incarnation: 1,
  })
  scenario.net.end(early)
  scenario.net.deliver(...early.caught)
  await scenario.until(() => !scenario.node(1).leads, 'node 1 follows the higher term')
  assert.equal(scenario.node(1).raft.transferee, 0)
  await scenario.untilLeader(10 * scenario.electionMs)
  await scenario.write('x', 'writes go on')
  await scenario.conclude()
})
