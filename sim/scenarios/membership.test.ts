/** Membership: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DATA_DIRECTORY } from '../machine.ts'
import { createSimulation } from '../scenario.ts'
import { GROUP } from '../scenario-node.ts'
import {
  alone,
  carriesEntries,
  diesWhileCutting,
  restartAll,
  returnsWithSnapshotOpen,
  rotText,
  snapshotsOfAnother,
  strandedChange,
  untilUp,
} from './testing/members.ts'
import { checkpointEvery, NO_CACHE } from './testing/settings.ts'

for (const { name, first, second } of [
  { name: 'two add a node', first: [1, 2, 3, 4, 5], second: [1, 2, 3, 4, 6] },
  { name: 'one adds, one removes', first: [1, 2, 3, 4, 5], second: [2, 3, 4] },
  { name: 'two remove a node', first: [1, 2, 4], second: [1, 2, 3] },
] as const) {
  test(`M-01 leaders of three terms never act on members that do not meet: ${name}`, async () => {
    const scenario = createSimulation({ seed: 1, nodes: 4, spares: 2 })
    // Before a leader has committed in its own term it takes no change at all.
    const quiet = scenario.net.trap(({ kind, to }) => kind === 'appendReply' && to === 1)
    await scenario.elect(1)
    assert.equal(scenario.tryMembers(1, { voters: first, learners: [] }), 'MEMBERSHIP_PENDING')
    scenario.net.end(quiet)
    await scenario.untilLeader()
    await scenario.write('x', 'before')
    await scenario.untilConverged()
    // Term 1: the change reaches node 5, if anybody.
    scenario.net.split([1], [2, 3, 4, 6])
    assert.equal(scenario.tryMembers(1, { voters: first, learners: [] }), null)
    await scenario.run(20)
    scenario.node(1).crash()
    // Term 2: node 2 begins another change, which needs node 4 as much as the old members do.
    await scenario.elect(2)
    await scenario.until(
      () => scenario.tryMembers(2, { voters: second, learners: [] }) === null,
      'node 2 accepts a change',
    )
    await scenario.until(() => scenario.hasMembers(second), 'the change of node 2 is committed')
    assert.equal((await scenario.put(2, 'x', 'term 2'))?.kind, 'applied')
    scenario.node(2).crash()
    // Term 3: node 1 is back with members of its own; 4 and 5 would be a majority of those.
    scenario.net.heal()
    scenario.node(1).restart()
    await untilUp(scenario, 1)
    const behind = scenario.node(1).raft
    assert.deepEqual(behind.configuration.voters, first, 'the change was in its log')
    for (let i = 0; i < 5; i++) {
      if (scenario.node(1).raft === behind) scenario.node(1).group.campaign()
      await scenario.run(20)
    }
    scenario.node(2).restart()
    await scenario.conclude()
    assert.equal(await scenario.get(2, 'x'), 'term 2')
    assert.ok(scenario.hasMembers(second))
  })
}

test('M-01 a change waits for both majorities, the old one and the new one', async () => {
  const scenario = createSimulation({ seed: 1, nodes: 4, spares: 1 })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.trap((message) => carriesEntries(message) && [3, 4].includes(message.to))
  assert.equal(scenario.tryMembers(1, { voters: [1, 2, 5], learners: [] }), null)
  await scenario.until(() => scenario.node(5).raft.lastIndex > 1, 'node 5 has it')
  await scenario.run(100)
  assert.ok(!scenario.hasMembers([1, 2, 5]), 'three of the new, two of four of the old')
  assert.deepEqual(scenario.node(1).raft.configuration.outgoing, [1, 2, 3, 4])
  assert.equal(scenario.tryMembers(1, { voters: [1, 2], learners: [] }), 'MEMBERSHIP_PENDING')
  scenario.net.heal()
  await scenario.until(() => scenario.hasMembers([1, 2, 5]), 'it is committed')
  await scenario.conclude()
})

for (const restarts of [false, true]) {
  test(`M-03 truncated members yield to those of a snapshot, restarted ${restarts}`, async () => {
    const scenario = await strandedChange()
    if (restarts) {
      scenario.node(1).crash()
      scenario.node(1).restart()
      await untilUp(scenario, 1)
      assert.deepEqual(scenario.node(1).raft.configuration.voters, [1, 4, 5])
    }
    await scenario.elect(2)
    assert.equal((await scenario.put(2, 'x', 'new'))?.kind, 'applied')
    scenario.net.heal()
    await scenario.untilConverged()
    const members = alone([1, 2, 3], [4, 5])
    assert.deepEqual(scenario.node(1).raft.configuration, members)
    // Two of three are a majority again, whatever becomes of those that were to be voters.
    for (const id of [2, 4, 5]) scenario.node(id).kill()
    await scenario.elect(1)
    assert.equal((await scenario.put(1, 'x', 'newer'))?.kind, 'applied')
    scenario.node(1).crash()
    scenario.node(1).restart()
    await untilUp(scenario, 1)
    assert.deepEqual(scenario.node(1).raft.configuration, members)
    await scenario.conclude()
  })
}

test('M-03 a node whose removal was truncated is a voter as before, and leads', async () => {
  const scenario = createSimulation({ seed: 33, nodes: 5 })
  await scenario.lead(1)
  await scenario.untilConverged()
  // The removal of node 5 reaches node 5 and nobody else.
  scenario.net.split([1, 5], [2, 3, 4])
  assert.equal(scenario.tryMembers(1, { voters: [1, 2, 3, 4], learners: [] }), null)
  const gone = (): boolean => !scenario.node(5).raft.configuration.voters.includes(5)
  await scenario.until(gone, 'node 5 has its removal in its log')
  const { lastIndex } = scenario.node(5).raft
  await scenario.until(() => scenario.node(5).raft.durableIndex === lastIndex, 'it is durable')
  for (const id of [1, 5]) scenario.node(id).crash()
  scenario.node(5).restart()
  await untilUp(scenario, 5)
  assert.ok(gone(), 'also after a restart')
  await scenario.elect(2)
  assert.equal((await scenario.put(2, 'x', 'new'))?.kind, 'applied')
  scenario.net.heal()
  await scenario.until(() => !gone(), 'the removal goes')
  await scenario.untilConverged()
  assert.deepEqual(scenario.node(5).raft.configuration, alone([1, 2, 3, 4, 5]))
  // Nodes 1 and 2 are down: of five, all three others are needed.
  scenario.node(2).kill()
  await scenario.elect(5)
  await scenario.write('x', 'by nodes 3, 4 and 5')
  await scenario.conclude()
})

test('M-03 a log that is cut under an uncommitted change tells the members before it', async () => {
  const scenario = createSimulation({
    seed: 34,
    spares: 1,
    config: { ...NO_CACHE, ...checkpointEvery(20) },
  })
  await scenario.lead(1)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.entries(1, 8)
  await scenario.untilConverged()
  // Node 1 cannot apply: its disk gives nothing back while the log goes on.
  scenario.node(1).disk.hold('open')
  scenario.node(1).disk.hold('read')
  for (let i = 0; i < 20; i++) {
    scenario.beginPut(1, 'late', String(i))
    await scenario.run(3)
  }
  const { commit } = scenario.node(1).raft
  await scenario.until(() => scenario.node(2).hasApplied(commit - 1), 'the others apply')
  scenario.net.isolate(1)
  assert.equal(scenario.tryMembers(1, { voters: [1, 4], learners: [] }), null)
  const before = scenario.node(1).raft.baseIndex
  scenario.node(1).disk.release()
  await scenario.until(() => scenario.node(1).raft.baseIndex > before, 'its log is cut')
  await scenario.run(20)
  assert.deepEqual(scenario.node(1).raft.configuration.voters, [1, 4])
  assert.ok(scenario.node(1).raft.baseIndex > 20, 'to a state of its own')
  await scenario.elect(2)
  assert.equal((await scenario.put(2, 'x', 'new'))?.kind, 'applied')
  scenario.net.heal()
  await scenario.untilConverged()
  const members = alone([1, 2, 3], [4])
  assert.deepEqual(scenario.node(1).raft.configuration, members)
  await scenario.run(20)
  scenario.node(1).crash()
  scenario.node(1).restart()
  await untilUp(scenario, 1)
  assert.deepEqual(scenario.node(1).raft.configuration, members)
  await scenario.conclude()
})

test('M-06 members survive generations of snapshots, each taken after a restart', async () => {
  const scenario = createSimulation({ seed: 6, spares: 2, config: checkpointEvery(6) })
  await scenario.lead(1)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.changeMembers([1, 2, 4], [3, 5])
  await scenario.untilConverged()
  const { configuration, configurationIndex } = scenario.node(1).raft
  assert.deepEqual(configuration, alone([1, 2, 4], [3, 5]))
  let base = configurationIndex
  for (const end of ['crash', 'kill', 'crash', 'crash'] as const) {
    const leader = await scenario.untilLeader()
    await scenario.entries(leader.id, 15)
    await scenario.untilConverged()
    await scenario.run(50)
    await restartAll(scenario, end)
    for (const { id, raft } of scenario.nodes) {
      assert.ok(raft.baseIndex > base, `node ${id} began from a newer snapshot`)
      assert.deepEqual(raft.configuration, configuration)
      assert.equal(raft.configurationIndex, configurationIndex)
    }
    base = Math.min(...scenario.nodes.map(({ raft }) => raft.baseIndex))
  }
  await scenario.conclude()
})

test('M-06 members survive a snapshot that travelled and was followed by another', async () => {
  const scenario = createSimulation({ seed: 66, spares: 1, config: checkpointEvery(6) })
  await scenario.lead(1)
  await scenario.entries(1, 15)
  await scenario.changeMembers([1, 2, 3], [4])
  scenario.node(3).crash()
  await scenario.entries(1, 15)
  scenario.node(3).restart()
  await scenario.until(() => scenario.marks('snapshotInstalled') >= 2, 'nodes 4 and 3 got one')
  await scenario.untilConverged()
  for (let generation = 0; generation < 2; generation++) {
    for (const id of [3, 4]) {
      const { baseIndex } = scenario.node(id).raft
      scenario.node(id).crash()
      scenario.node(id).restart()
      await untilUp(scenario, id)
      assert.ok(baseIndex > scenario.node(id).raft.configurationIndex)
      assert.deepEqual(scenario.node(id).raft.configuration, alone([1, 2, 3], [4]))
    }
    // What the log is cut to next is a state of their own.
    const taken = scenario.marks('checkpointed')
    await scenario.entries((await scenario.untilLeader()).id, 15)
    await scenario.untilConverged()
    assert.ok(scenario.marks('checkpointed') >= taken + 4)
  }
  scenario.node(1).kill()
  scenario.node(2).kill()
  await scenario.run(2 * scenario.electionMs)
  assert.equal(scenario.leader, null, 'a voter and a learner are no majority')
  await scenario.conclude()
})

test('M-08 an old directory with a large index does not bring its members back', async () => {
  const scenario = createSimulation({ seed: 8, spares: 1, config: checkpointEvery(6) })
  await scenario.lead(1)
  await scenario.entries(1, 40)
  await scenario.untilConverged()
  const { baseIndex, configurationIndex } = scenario.node(3).raft
  assert.ok(baseIndex > 30 && configurationIndex === 0, 'a large snapshot of the first members')
  const backup = scenario.node(3).disk.copyOf(DATA_DIRECTORY)
  // Meanwhile node 3 is replaced by node 4.
  await scenario.changeMembers([1, 2, 4])
  await scenario.write('x', 'without node 3')
  scenario.node(3).crash()
  scenario.simulation.atlas.expectDamage(scenario.node(3).machine)
  scenario.node(3).disk.restore(DATA_DIRECTORY, backup)
  const { term } = scenario.node(1).raft
  scenario.node(3).restart()
  await untilUp(scenario, 3)
  assert.deepEqual(scenario.node(3).raft.configuration, alone([1, 2, 3]))
  assert.equal(scenario.node(3).raft.removed, false)
  await scenario.until(() => scenario.node(3).raft.removed, 'it learns better')
  await scenario.run(5 * scenario.electionMs)
  assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
  for (const id of [1, 2, 4]) {
    assert.deepEqual(scenario.node(id).raft.configuration, alone([1, 2, 4]))
  }
  await scenario.conclude()
})

test('M-08 a snapshot of a later place beside the log is not taken for the newest', async () => {
  const foreign = await snapshotsOfAnother()
  const scenario = createSimulation({ seed: 81, config: checkpointEvery(6) })
  await scenario.lead(1)
  await scenario.write('x', 'of the new cluster')
  await scenario.entries(1, 10)
  await scenario.untilConverged()
  const { configuration, lastIndex } = scenario.node(3).raft
  scenario.node(3).crash()
  const image = scenario.node(3).disk.copyOf(DATA_DIRECTORY)
  const files = [...image.files, ...foreign]
  scenario.node(3).disk.restore(DATA_DIRECTORY, { ...image, files })
  scenario.node(3).restart()
  await untilUp(scenario, 3)
  assert.ok(scenario.node(3).raft.baseIndex <= lastIndex)
  assert.deepEqual(scenario.node(3).raft.configuration, configuration)
  await scenario.entries(1, 70)
  // Its log reaches that place now: still nothing of the old file may come up.
  await scenario.untilConverged()
  scenario.node(3).crash()
  scenario.node(3).restart()
  await scenario.lead(3)
  assert.equal(await scenario.get(3, 'x'), 'of the new cluster')
  assert.equal(await scenario.get(3, 'of the old cluster1'), null)
  await scenario.conclude()
})

test('M-08 a snapshot replaces a later change of members that was never committed', async () => {
  const scenario = createSimulation({ seed: 82, spares: 1, config: checkpointEvery(6) })
  await scenario.lead(1)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.untilConverged()
  const { configurationIndex } = scenario.node(2).raft
  scenario.net.isolate(1)
  assert.equal(scenario.tryMembers(1, { voters: [1, 3], learners: [] }), null)
  await scenario.run(20)
  assert.ok(scenario.node(1).raft.configurationIndex > configurationIndex)
  await scenario.elect(2)
  await scenario.entries(2, 20)
  assert.ok(scenario.node(2).raft.baseIndex > scenario.node(1).raft.lastIndex)
  scenario.net.heal()
  await scenario.until(() => scenario.node(1).raft.baseIndex > 10, 'it gets the snapshot')
  assert.deepEqual(scenario.node(1).raft.configuration, alone([1, 2, 3], [4]))
  assert.equal(scenario.node(1).raft.configurationIndex, configurationIndex)
  await scenario.conclude()
})

test('M-11 naming a learner again promotes nobody, before and after a restart', async () => {
  for (const config of [{}, checkpointEvery(6)]) {
    const scenario = createSimulation({ seed: 11, learners: 1, config })
    await scenario.lead(1)
    const { configurationIndex } = scenario.node(1).raft
    assert.equal(scenario.tryMembers(1, { voters: [1, 2, 3], learners: [4] }), null)
    const renewed = (): boolean => scenario.node(4).raft.configurationIndex > configurationIndex
    await scenario.until(renewed, 'the learner knows of it')
    await scenario.entries(1, 15)
    await restartAll(scenario, 'crash')
    for (const { raft } of scenario.nodes) {
      assert.deepEqual(raft.configuration, alone([1, 2, 3], [4]))
    }
    scenario.node(4).group.campaign()
    assert.equal(scenario.node(4).raft.role, 'follower')
    await scenario.untilLeader()
    for (const id of [2, 3]) scenario.node(id).kill()
    await scenario.run(3 * scenario.electionMs)
    assert.equal(scenario.leader, null, 'a voter and a learner are no majority')
    await scenario.conclude()
  }
})

for (const waitMs of [0, 1, 5, 40]) {
  test(`M-11 a promotion outlives the loss of power of all, ${waitMs} ms after it`, async () => {
    for (const config of [{}, checkpointEvery(6)]) {
      const scenario = createSimulation({ seed: 110 + waitMs, learners: 1, config })
      await scenario.lead(1)
      await scenario.entries(1, 10)
      await scenario.until(
        () => scenario.tryMembers(1, { voters: [1, 2, 3, 4], learners: [] }) === null,
        'the promotion begins',
      )
      const done = (): boolean => scenario.hasMembers([1, 2, 3, 4])
      await scenario.until(done, 'it is committed')
      await scenario.run(waitMs)
      // Every node is started with the members of the beginning, among which 4 is a learner.
      await restartAll(scenario, 'crash')
      const { id } = await scenario.untilLeader()
      await scenario.until(
        () => scenario.nodes.every(({ raft }) => raft.configuration.voters.includes(4)),
        'all know of it',
      )
      // Three of four are needed now, and node 4 counts among them.
      const other = id === 1 ? 2 : 1
      scenario.node(other).kill()
      await scenario.write('x', 'with node 4')
      scenario.net.isolate(4)
      await scenario.until(() => scenario.leader === null, 'two of four do not lead')
      await scenario.conclude()
      await scenario.lead(4)
    }
  })
}

for (const [name, config] of [
  ['a log', {}],
  ['snapshots', checkpointEvery(6)],
] as const) {
  test(`M-13 a node removed while it was cut off only learns of it, with ${name}`, async () => {
    const scenario = createSimulation({ seed: 13, nodes: 5, config, workload: true })
    await scenario.lead(1)
    await scenario.run(100)
    scenario.net.isolate(5)
    await scenario.changeMembers([1, 2, 3, 4])
    await scenario.entries(1, 12)
    await scenario.run(3 * scenario.electionMs)
    const { term } = scenario.node(1).raft
    const said = scenario.net.watch(({ from }) => from === 5)
    // It hears but half of the others at first; and it may restart and have forgotten.
    scenario.net.heal()
    scenario.net.split([5], [1, 2])
    for (let life = 0; life < 3; life++) {
      await scenario.until(() => scenario.node(5).raft.removed, 'node 5 learns that it is gone')
      const { length } = said.caught
      await scenario.run(3 * scenario.electionMs)
      assert.equal(said.caught.length, length, 'and is quiet from then on')
      scenario.node(5).crash()
      scenario.net.heal()
      scenario.node(5).restart()
      await untilUp(scenario, 5)
    }
    assert.equal(said.of('voteRequest').length, 0, 'it never came to campaign')
    assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
    await scenario.conclude()
  })
}

test('M-13 a vote request of a higher term from a removed node deposes nobody', async () => {
  const scenario = createSimulation({ seed: 130, nodes: 4, workload: true })
  await scenario.lead(1)
  await scenario.changeMembers([1, 2, 3])
  await scenario.run(50)
  const { term } = scenario.node(1).raft
  const replies = scenario.net.watch(({ kind, to }) => kind === 'voteReply' && to === 4)
  for (let i = 1; i <= 40; i++) {
    for (const to of [1, 2, 3]) {
      const request = { kind: 'voteRequest', group: GROUP, from: 4, to, term: term + i } as const
      const better = { lastIndex: 1_000_000, lastTerm: term + i, transfer: false }
      scenario.net.deliver({ message: { ...request, ...better }, incarnation: 1 })
    }
    await scenario.run(10)
  }
  assert.deepEqual([scenario.leader?.id, scenario.leader?.raft.term], [1, term])
  assert.deepEqual(replies.of('voteReply'), [])
  await scenario.conclude()
})

test('M-13 those that hear of their own removal never ask for a vote again', async () => {
  const scenario = createSimulation({ seed: 131, nodes: 5, workload: true })
  await scenario.lead(1)
  await scenario.run(50)
  const { term } = scenario.node(1).raft
  await scenario.changeMembers([1, 2, 3])
  await scenario.until(() => [4, 5].every((id) => scenario.node(id).raft.removed), 'both know')
  await scenario.run(50)
  const asked = scenario.net.watch(({ kind }) => kind === 'preVoteRequest')
  await scenario.run(5 * scenario.electionMs)
  assert.equal(asked.caught.length, 0)
  assert.equal(scenario.leader?.raft.term, term)
  // A leader that removes itself hands over at once and keeps out of it from then on.
  await scenario.changeMembers([2, 3])
  await scenario.until(() => [2, 3].includes(scenario.leader?.id ?? 0), 'another leads', 100)
  const next = scenario.leader?.raft.term
  assert.equal(next, term + 1)
  await scenario.run(5 * scenario.electionMs)
  assert.deepEqual([scenario.leader?.raft.term, scenario.node(1).leads], [next, false])
  assert.ok(asked.caught.every(({ message }) => message.from !== 1))
  await scenario.conclude()
})

for (const from of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`M-16 a node that died while its log was cut is added again, part ${from}`, async () => {
    for (let i = 0; i < 3; i++) assert.notEqual(await diesWhileCutting(from + 9 * i), '')
  })
}

for (const died of [false, true]) {
  test(`M-16 its own snapshot is open while a node goes and returns, dies ${died}`, async () => {
    for (let seed = 1; seed <= 3; seed++) await returnsWithSnapshotOpen(seed, { died })
  })
}

test('M-16 what a dead life acknowledged commits nothing that its successor lost', async () => {
  const scenario = createSimulation({ seed: 16 })
  await scenario.lead(1)
  await scenario.write('x', 'before')
  await scenario.untilConverged()
  scenario.net.isolate(3)
  const late = scenario.net.trap(({ kind, from }) => kind === 'appendReply' && from === 2)
  const open = scenario.beginPut(1, 'x', 'durable on node 2, once')
  const { lastIndex: before } = scenario.node(2).raft
  await scenario.until(() => late.caught.length > 0, 'node 2 acknowledges')
  await scenario.run(300)
  // Power fails, and a bad sector takes the entry.
  const acknowledged = late.caught.length
  scenario.node(2).crash()
  rotText(scenario.node(2), 'durable on node 2, once')
  const entries = scenario.net.trap((message) => carriesEntries(message) && message.to === 2)
  scenario.node(2).restart()
  await untilUp(scenario, 2)
  assert.ok(scenario.node(2).raft.recovering, 'it knows that it lost something')
  assert.equal(scenario.node(2).raft.lastIndex, before)
  const lives = scenario.net.watch(({ kind, from }) => kind === 'heartbeatReply' && from === 2)
  await scenario.until(() => lives.caught.length > 0, 'node 1 is told of the new life', 100)
  await scenario.run(40)
  scenario.net.deliver(...late.caught.slice(0, acknowledged))
  // The same inside an envelope of the new life, as if the transport had kept it.
  scenario.net.deliver(
    ...late.caught.slice(0, acknowledged).map(({ message }) => ({ message, incarnation: 2 })),
  )
  await scenario.run(20)
  assert.ok(scenario.node(1).leads)
  assert.deepEqual([open.outcome, scenario.node(1).raft.commit], [null, before])
  scenario.net.end(entries)
  await scenario.conclude()
})

test('M-16 the answer to a read of a dead life is no answer to one of its successor', async () => {
  const scenario = createSimulation({ seed: 161 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.untilConverged()
  const late = scenario.net.trap(({ kind, to }) => kind === 'readReply' && to === 3)
  scenario.beginGet(3, 'x')
  await scenario.until(() => late.caught.length > 0, 'node 1 answers')
  scenario.node(3).kill()
  scenario.net.trap((message) => message.to === 3 && message.kind === 'append')
  scenario.node(3).restart()
  await untilUp(scenario, 3)
  await scenario.until(() => scenario.node(3).raft.leader === 1, 'it follows node 1')
  assert.equal((await scenario.put(1, 'x', 'new'))?.kind, 'applied')
  const old = [...late.caught]
  const begun = scenario.beginGet(3, 'x')
  await scenario.until(() => late.caught.length > old.length, 'the new read is asked, too')
  scenario.net.deliver(...old)
  await scenario.run(20)
  assert.equal(begun.answer, undefined, 'its state would say: old')
  scenario.net.heal()
  await scenario.until(() => begun.answer !== undefined, 'it is answered')
  assert.equal(begun.answer, 'new')
  await scenario.conclude()
})

test('M-16 pieces of a snapshot for a dead life do not mix with those for its heir', async () => {
  const config = checkpointEvery(10, { snapshotChunkBytes: 100, snapshotWindow: 2 })
  const scenario = createSimulation({ seed: 162, spares: 1, config })
  await scenario.lead(1)
  await scenario.entries(1, 25, { bytes: 200 })
  const sent = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 4)
  const replies = scenario.net.watch(({ kind, from }) => from === 4 && kind.startsWith('snapshot'))
  assert.equal(scenario.tryMembers(1, { voters: [1, 2, 3], learners: [4] }), null)
  await scenario.until(() => sent.caught.length >= 15, 'a snapshot is on its way')
  scenario.node(4).kill()
  const [chunks, answers] = [[...sent.caught], [...replies.caught]]
  await scenario.changeMembers([1, 2, 3])
  await scenario.entries(1, 33, { bytes: 150 })
  scenario.node(4).restart()
  await untilUp(scenario, 4)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.until(() => sent.caught.length >= chunks.length + 3, 'another is on its way')
  for (let round = 0; round < 5; round++) {
    scenario.net.deliver(...chunks.toReversed(), ...answers)
    await scenario.run(3)
    scenario.net.deliver(...chunks, ...answers)
    await scenario.run(3)
  }
  await scenario.until(() => scenario.node(4).hasApplied(scenario.log.length), 'it has all')
  assert.equal(scenario.node(4).machine.lives, 2, 'and took no damage')
  await scenario.conclude()
})

test('M-18 with one of three down a new voter is refused until it holds the log', async () => {
  const scenario = createSimulation({ seed: 18, spares: 1, config: checkpointEvery(10) })
  await scenario.lead(1)
  await scenario.entries(1, 25)
  scenario.node(3).crash()
  await scenario.run(2 * scenario.electionMs)
  const four = { voters: [1, 2, 3, 4], learners: [] }
  assert.equal(scenario.tryMembers(1, four), 'MEMBERSHIP_UNSAFE', 'two of four would be up')
  assert.ok(scenario.hasMembers([1, 2, 3]))
  // As a learner it may come; while its snapshot is on the way it would still be two of four.
  const chunks = scenario.net.trap(({ kind, to }) => kind === 'snapshotChunk' && to === 4)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.until(() => chunks.caught.length > 0, 'a snapshot is sent')
  assert.equal(scenario.tryMembers(1, four), 'MEMBERSHIP_UNSAFE')
  await scenario.write('x', 'two of three work')
  scenario.net.end(chunks)
  const ready = (): boolean => scenario.tryMembers(1, four) === null
  await scenario.until(ready, 'it has caught up and is taken')
  await scenario.until(() => scenario.hasMembers([1, 2, 3, 4]), 'it is a voter')
  await scenario.write('x', 'three of four work')
  await scenario.conclude()
})

test('M-18 a dead voter is replaced, and its replacement is worth as much', async () => {
  const scenario = createSimulation({ seed: 180, spares: 1, config: checkpointEvery(10) })
  await scenario.lead(1)
  await scenario.entries(1, 25)
  scenario.node(3).crash()
  await scenario.run(2 * scenario.electionMs)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.until(() => scenario.node(4).hasApplied(scenario.log.length), 'it caught up')
  await scenario.changeMembers([1, 2, 4])
  scenario.node(2).crash()
  await scenario.write('x', 'by nodes 1 and 4')
  scenario.node(1).crash()
  scenario.node(2).restart()
  await scenario.elect(4)
  assert.equal(await scenario.get(4, 'x'), 'by nodes 1 and 4')
  scenario.node(3).restart()
  await scenario.until(() => scenario.node(3).up && scenario.node(3).raft.removed, '3 is told')
  await scenario.conclude()
})

test('M-18 a voter that died a moment ago already counts as down', async () => {
  const scenario = createSimulation({ seed: 181, spares: 1 })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.node(3).kill()
  scenario.node(4).kill()
  await scenario.run(50)
  assert.equal(scenario.tryMembers(1, alone([1, 2, 3, 4])), 'MEMBERSHIP_UNSAFE')
  await scenario.write('x', 'two of three work')
  await scenario.conclude()
})
