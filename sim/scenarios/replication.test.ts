/** Log replication and commit: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerMessage } from '../../src/peer/index.ts'
import type { Append, LogIndex, NodeId } from '../../src/raft/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { GROUP } from '../scenario-node.ts'
import {
  BRIEF,
  checkpointEvery,
  NO_CACHE,
  ONE_ENTRY,
  SMALL_LOG,
  tuned,
} from './testing/settings.ts'

function isAppend(message: PeerMessage): message is Append {
  return message.kind === 'append'
}

/** Raft paper figure 8 up to (c): an entry of an old term is on a majority, led by a new term. */
async function figureEight(): Promise<{ scenario: Scenario; index: LogIndex; term: number }> {
  const scenario = createSimulation({ seed: 1, nodes: 5, config: ONE_ENTRY })
  await scenario.lead(1)
  await scenario.untilConverged()
  const index = scenario.node(1).raft.lastIndex + 1
  // Of the others only node 5 campaigns.
  scenario.net.trap((m) => m.kind === 'preVoteRequest' && [3, 4].includes(m.from))
  // (a) node 1 replicates its entry to node 2 only.
  scenario.net.split([1, 2], [3, 4, 5])
  const first = scenario.beginPut(1, 'x', 'old term')
  await scenario.until(() => scenario.node(2).raft.durableIndex === index, 'node 2 has it')
  assert.equal(first.outcome, null)
  const old = scenario.node(1).raft.term
  scenario.node(1).kill()
  scenario.node(2).kill()
  // (b) node 5 leads by the votes of 3 and 4, and its own entry reaches nobody.
  const lone = scenario.net.trap((message) => isAppend(message) && message.entries.length > 0)
  await scenario.elect(5)
  await scenario.until(() => scenario.node(5).raft.durableIndex >= index, 'its own entry stays')
  scenario.node(5).kill()
  scenario.net.end(lone)
  scenario.net.heal()
  // (c) node 1 leads again: its old entry reaches node 3, nothing of its new term reaches anybody.
  const fresh = scenario.net.trap((message) => {
    if (!isAppend(message) || !message.entries.some(({ term }) => term > old)) return false
    // Refused, such an entry tells the leader where to begin; taken, it would spoil the scene.
    const to = scenario.node(message.to)
    return !to.up || to.raft.lastIndex >= message.previousIndex
  })
  scenario.net.trap((message) => isAppend(message) && message.to === 4)
  for (const id of [3, 4]) assert.ok(scenario.node(id).raft.lastIndex < index)
  scenario.node(1).restart()
  scenario.node(2).restart()
  await scenario.until(() => scenario.node(1).up && scenario.node(2).up, 'both are back')
  await scenario.elect(1)
  await scenario.until(() => scenario.node(3).raft.durableIndex === index, 'node 3 has the entry')
  await scenario.run(100)
  assert.ok(fresh.caught.length > 0)
  return { scenario, index, term: old }
}

test('L-01 an entry of an old term on a majority is not committed by counting', async () => {
  const { scenario, index, term } = await figureEight()
  const holders = [1, 2, 3].map((id) => scenario.node(id).raft.termAt(index))
  assert.deepEqual(holders, [term, term, term], 'a majority holds it durably')
  assert.ok(scenario.node(1).raft.commit < index, 'it is not committed')
  assert.ok(scenario.log.length < index, 'nobody applied it')
  // (d) node 5 comes back, wins, and overwrites it everywhere.
  scenario.node(1).kill()
  scenario.net.heal()
  scenario.net.trap(({ kind, from }) => kind === 'preVoteRequest' && from !== 5)
  scenario.node(5).restart()
  await scenario.until(() => scenario.node(5).up, 'node 5 is back')
  await scenario.elect(5)
  await scenario.write('x', 'newer')
  assert.notEqual(scenario.node(5).raft.termAt(index), term)
  await scenario.conclude()
  assert.equal(await scenario.get(1, 'x'), 'newer')
})

test('L-01 once an entry of the own term is on a majority, the old one cannot go', async () => {
  const { scenario, index, term } = await figureEight()
  scenario.net.heal()
  await scenario.until(() => scenario.log.length > index, 'the own entry commits the old one')
  scenario.node(1).kill()
  scenario.node(5).restart()
  await scenario.until(() => scenario.node(5).up, 'node 5 is back')
  for (let i = 0; i < 4; i++) {
    scenario.node(5).group.campaign()
    await scenario.run(50)
    assert.equal(scenario.node(5).leads, false, 'its log is behind a majority')
  }
  await scenario.conclude()
  assert.equal(scenario.log[index - 1]?.entry.term, term)
  assert.equal(await scenario.get(5, 'x'), 'old term')
})

test('L-03 old refusals with high indexes move no commit index', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(2)
  await scenario.untilConverged()
  const refusals = scenario.net.watch(
    (message) => message.kind === 'appendReply' && message.from === 2 && message.rejected,
  )
  // Node 2 goes on alone and has a long log of its own when it comes back.
  scenario.net.isolate(2)
  for (let i = 0; i < 30; i++) scenario.beginPut(2, 'lost', String(i))
  await scenario.run(20)
  for (let i = 0; i < 30; i++) {
    scenario.beginPut(2, 'lost', String(i))
    await scenario.run(2)
  }
  const high = scenario.node(2).raft.lastIndex
  await scenario.elect(3)
  await scenario.entries(3, 5)
  await scenario.elect(1)
  scenario.net.rejoin(2)
  await scenario.until(() => scenario.node(2).raft.lastIndex < high, 'node 2 gives way')
  await scenario.untilConverged()
  assert.ok(refusals.caught.length > 0)
  // From here on nobody but the leader itself has what is new.
  scenario.net.trap((message) => isAppend(message) && message.entries.length > 0)
  const open = scenario.beginPut(1, 'x', 'on one node only')
  for (let i = 0; i < 10; i++) scenario.beginPut(1, 'y', String(i))
  await scenario.run(20)
  const { commit } = scenario.node(1).raft
  for (let i = 0; i < 20; i++) {
    scenario.net.deliver(...refusals.caught)
    await scenario.run(5)
  }
  const { match } = scenario.node(1).raft.peers.find(({ id }) => id === 2) ?? { match: 0 }
  assert.ok(match <= scenario.node(2).raft.durableIndex, 'a match is what the follower has')
  assert.equal(scenario.node(1).raft.commit, commit)
  assert.equal(open.outcome, null)
  // The same after leadership went round once.
  scenario.net.heal()
  for (const id of [3, 2, 1]) await scenario.lead(id)
  scenario.net.deliver(...refusals.caught)
  await scenario.conclude()
})

test('L-03 a refusal in the own term with a hint beyond the end raises no match', async () => {
  const scenario = createSimulation({ seed: 33 })
  await scenario.lead(1)
  await scenario.entries(1, 3)
  await scenario.untilConverged()
  scenario.net.trap((message) => isAppend(message) && message.entries.length > 0)
  const open = scenario.beginPut(1, 'x', 'on one node only')
  await scenario.run(20)
  const { term, lastIndex, commit } = scenario.node(1).raft
  const incarnation = 1
  for (const index of [lastIndex, lastIndex + 1000, commit, 1]) {
    const hint = { hintIndex: lastIndex + 1000, hintTerm: term, recovering: false, incarnation }
    const refusal = {
      kind: 'appendReply',
      group: GROUP,
      from: 2,
      to: 1,
      term,
      rejected: true,
    } as const
    scenario.net.deliver({ message: { ...refusal, index, ...hint }, incarnation })
    await scenario.run(20)
    assert.equal(scenario.node(1).raft.commit, commit)
  }
  assert.equal(open.outcome, null)
  await scenario.conclude()
})

test('L-06 after compaction nobody is asked to match an index without a term', async () => {
  const config = { ...checkpointEvery(10), ...tuned({ appendBytesMax: 64, inFlightCountMax: 1 }) }
  const scenario = createSimulation({ seed: 6, config, workload: true })
  await scenario.lead(1)
  const appends = scenario.net.watch((message) => isAppend(message))
  for (let round = 0; round < 5; round++) {
    const blocked = scenario.net.trap(({ to }) => to === 3)
    await scenario.entries(1, 25)
    const { commit } = scenario.node(3).raft
    assert.ok(scenario.node(1).raft.baseIndex > commit, 'what node 3 needs next is compacted')
    scenario.net.end(blocked)
    // What was under way when the log was cut arrives now, in any order.
    scenario.net.deliver(...blocked.caught.toReversed())
    await scenario.run(50)
  }
  for (const { previousIndex, previousTerm } of appends.of('append')) {
    assert.equal(previousIndex > 0, previousTerm > 0)
  }
  await scenario.conclude()
})

test('L-06 an append that names no term is refused and commits nothing', async () => {
  const scenario = createSimulation({ seed: 6 })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.cut(1, 3)
  await scenario.entries(1, 5)
  const { commit, term, lastIndex } = scenario.node(3).raft
  const answers = scenario.net.watch(({ kind, from }) => kind === 'appendReply' && from === 3)
  const way = { kind: 'append', group: GROUP, from: 1, to: 3, incarnation: 1 } as const
  const empty = { ...way, term, entries: [], quiet: false }
  for (const previousIndex of [lastIndex, lastIndex + 3]) {
    const message = { ...empty, previousIndex, previousTerm: 0, commit: commit + 5 }
    scenario.net.deliver({ message, incarnation: 1 })
    await scenario.run(5)
    assert.equal(scenario.node(3).raft.commit, commit)
  }
  assert.deepEqual(
    answers.of('appendReply').map(({ rejected }) => rejected),
    [true, true],
  )
  await scenario.conclude()
})

test('L-08 entries that were replaced are not served from memory', async () => {
  for (const bytes of [8, 4000]) {
    const config = { ...tuned({ appendBytesMax: 512 }), ...checkpointEvery(1000) }
    const scenario = createSimulation({ seed: 8, config })
    await scenario.lead(1)
    await scenario.untilConverged()
    // Node 1 has five entries in its cache that nobody else will ever have.
    scenario.net.isolate(1)
    for (let i = 0; i < 5; i++) {
      scenario.beginPut(1, `k${i}`, 'lost')
      await scenario.run(2)
    }
    const { lastIndex, term } = scenario.node(1).raft
    await scenario.elect(2)
    scenario.net.split([3], [1])
    await scenario.entries(2, 1, { bytes })
    scenario.net.rejoin(1)
    const own = (): boolean => scenario.node(1).raft.lastIndex < lastIndex
    await scenario.until(own, 'node 1 gives its entries up')
    await scenario.untilConverged()
    // It leads now and feeds node 3 from its memory, past where the lost entries were.
    scenario.net.isolate(3)
    scenario.net.heal()
    scenario.net.isolate(3)
    await scenario.lead(1)
    await scenario.entries(1, 6, { bytes })
    const fed = scenario.net.watch((message) => isAppend(message) && message.to === 3)
    scenario.net.rejoin(3)
    await scenario.untilConverged()
    const entries = fed.of('append').flatMap((message) => message.entries)
    const stale = entries.filter((entry) => entry.term === term && entry.index > lastIndex - 5)
    assert.ok(entries.length > 0)
    assert.deepEqual(stale, [])
    await scenario.conclude()
  }
})

test('L-08 an entry that lands while the one before it is read is not called damaged', async () => {
  const config = { ...SMALL_LOG, ...checkpointEvery(1000), ...BRIEF }
  for (const seed of [13, 20]) {
    const scenario = createSimulation({ seed, config })
    await scenario.lead(1)
    for (let i = 0; i < 6; i++) await scenario.put(1, `k${i}`, 'x'.repeat(700))
    await scenario.conclude()
    assert.equal(scenario.simulation.faults.get('node stopped: LOG_CORRUPT'), undefined)
  }
})

test('L-11 a truncated change of members is rolled back, whenever the node dies', async () => {
  let moments = 0
  for (let deadly = 0; deadly <= moments; deadly++) {
    const scenario = createSimulation({ seed: 11, spares: 1, config: ONE_ENTRY })
    await scenario.lead(1)
    await scenario.untilConverged()
    scenario.net.isolate(1)
    assert.equal(scenario.tryMembers(1, { voters: [1, 2], learners: [3, 4] }), null)
    for (let i = 0; i < 3; i++) scenario.beginPut(1, 'lost', String(i))
    await scenario.run(10)
    assert.deepEqual(scenario.node(1).raft.configuration.outgoing, [1, 2, 3])
    await scenario.elect(2)
    await scenario.entries(2, 6)
    // The first time through it only counts.
    let moment = 0
    const stop = scenario.node(1).stopAtDisk(({ operation }) => {
      if (operation !== 'write') return false
      moment += 1
      return moment === deadly
    })
    scenario.net.heal()
    const { lastIndex } = scenario.node(2).raft
    const caughtUp = (): boolean => scenario.node(1).raft.durableIndex === lastIndex
    if (deadly === 0) await scenario.until(caughtUp, 'node 1 has what the others have')
    else await scenario.until(() => stop.struck, 'node 1 dies')
    if (deadly === 0) moments = Math.min(moment, 8)
    if (!scenario.node(1).up) scenario.node(1).restart()
    const { voters } = scenario.node(2).raft.configuration
    await scenario.until(
      () => scenario.node(1).up && scenario.node(1).raft.configuration.voters.length === 3,
      'it has the members that are committed',
    )
    const before = { voters, outgoing: [], learners: [] }
    assert.deepEqual(scenario.node(1).raft.configuration, before)
    await scenario.lead(1)
    await scenario.conclude()
  }
  assert.ok(moments >= 4)
})

test('L-13 a single voter answers nothing that a crash could take away', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const scenario = createSimulation({ seed, nodes: 1 })
    await scenario.untilLeader()
    scenario.node(1).disk.hold('write')
    const open = scenario.beginPut(1, 'x', 'in memory')
    await scenario.run(50)
    assert.equal(open.outcome, null, 'nothing is answered before it is durable')
    assert.equal(scenario.node(1).raft.commit < scenario.node(1).raft.lastIndex, true)
    scenario.node(1).crash()
    scenario.node(1).disk.release()
    scenario.node(1).restart()
    await scenario.until(() => scenario.node(1).up, 'it is back')
    assert.equal((await scenario.put(1, 'x', 'answered', 2000))?.kind, 'refused')
    await scenario.write('x', 'answered')
    scenario.node(1).crash()
    scenario.node(1).restart()
    await scenario.untilLeader()
    assert.equal(await scenario.get(1, 'x'), 'answered')
    await scenario.conclude()
  }
})

test('L-13 the disk of a learner does not stand for that of the only voter', async () => {
  const scenario = createSimulation({ seed: 13, nodes: 1, learners: 1 })
  await scenario.untilLeader()
  await scenario.untilConverged()
  scenario.node(1).disk.hold('write')
  const open = scenario.beginPut(1, 'x', 'durable on the learner')
  const { lastIndex } = scenario.node(2).raft
  await scenario.until(() => scenario.node(2).raft.durableIndex > lastIndex, 'the learner has it')
  await scenario.run(50)
  assert.equal(open.outcome, null)
  assert.equal(scenario.node(1).raft.commit, lastIndex)
  scenario.node(1).crash()
  await scenario.conclude()
})

test('L-16 a single node applies what is committed when it starts', async () => {
  for (const config of [{}, NO_CACHE, checkpointEvery(10)]) {
    const scenario = createSimulation({ seed: 16, nodes: 1, config })
    await scenario.untilLeader()
    await scenario.entries(1, 25)
    const { length } = scenario.log
    for (const end of ['kill', 'crash'] as const) {
      scenario.node(1)[end]()
      scenario.node(1).restart()
      await scenario.until(() => scenario.node(1).hasApplied(length), 'all of it is applied', 2000)
      assert.equal(await scenario.get(1, 'entry4'), '24......')
    }
    await scenario.conclude()
  }
})

test('L-18 after a failed write nothing is acknowledged, no index used twice', async () => {
  for (const victim of [1, 2] as const) {
    const scenario = createSimulation({ seed: 18, workload: true })
    await scenario.lead(1)
    await scenario.run(200)
    const life = scenario.node(victim).machine.lives
    const left = countAcknowledgements(scenario, victim)
    let failed = false
    scenario.node(victim).disk.onOperation = ({ operation, phase }) => {
      if (operation !== 'write' || phase !== 'done' || failed) return
      failed = true
      left.count = 0
    }
    scenario.node(victim).disk.failNext('write')
    const begun = Array.from({ length: 5 }, (_, i) => scenario.beginPut(1, `k${i}`, 'maybe'))
    const restarted = (): boolean => scenario.node(victim).machine.lives > life
    await scenario.until(() => failed && !scenario.node(victim).up, 'the node stops')
    assert.equal(left.count, 0, 'nothing that needs the disk leaves after it failed')
    if (victim === 1) {
      for (const { outcome } of begun) assert.notEqual(outcome?.kind, 'applied')
    }
    await scenario.until(() => restarted() && scenario.node(victim).up, 'it starts again')
    await scenario.conclude()
  }
})

function countAcknowledgements(scenario: Scenario, from: NodeId): { count: number } {
  const left = { count: 0 }
  scenario.net.watch((message) => {
    const promises = message.kind === 'voteReply' || message.kind === 'appendReply'
    if (promises && message.from === from) left.count += 1
    return false
  })
  return left
}

test('L-18 a failed write in the middle of a segment leaves a log that opens', async () => {
  const scenario = createSimulation({ seed: 180, config: SMALL_LOG, workload: true })
  await scenario.lead(1)
  for (let round = 0; round < 6; round++) {
    const node = scenario.node(1 + (round % 3))
    const lives = node.machine.lives
    node.disk.failNext('write', { skip: round })
    await scenario.until(() => node.machine.lives > lives && node.up, 'it starts again')
    await scenario.run(50)
  }
  await scenario.conclude()
})
