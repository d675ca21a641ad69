/** Reads: bugs of other systems, driven on whole nodes (docs/scenarios.md). There are no leases. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerMessage } from '../../src/peer/index.ts'
import type { LogIndex, NodeId } from '../../src/raft/index.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { checkpointEvery, NO_CACHE } from './testing/settings.ts'

/** Tells of a commit index that high. */
function tells(message: PeerMessage, commit: LogIndex): boolean {
  const speaks = message.kind === 'append' || message.kind === 'heartbeat'
  return speaks && message.commit >= commit
}

/**
 * Node 1 answered that x is new and died; nodes 2 and 3 hold the entry, but never heard that it is
 * committed. Node 2 leads, and its own first entry is not committed yet.
 */
async function newLeader(): Promise<Scenario> {
  const scenario = createSimulation({ seed: 1 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.untilConverged()
  const index = scenario.node(1).raft.lastIndex + 1
  scenario.net.trap((message) => tells(message, index))
  assert.equal((await scenario.put(1, 'x', 'new'))?.kind, 'applied')
  await scenario.until(() => scenario.node(2).raft.durableIndex === index, 'node 2 has it')
  await scenario.until(() => scenario.node(3).raft.durableIndex === index, 'node 3 has it')
  scenario.node(1).kill()
  scenario.net.heal()
  scenario.net.trap(({ kind, to }) => kind === 'appendReply' && to === 2)
  scenario.net.trap(({ kind, from }) => kind === 'preVoteRequest' && from === 3)
  await scenario.elect(2)
  assert.ok(scenario.node(2).raft.commit < index, 'node 2 does not know what is committed')
  return scenario
}

for (const reader of [2, 3] as const) {
  test(`R-01 a new leader's own entry comes before any read, asked at node ${reader}`, async () => {
    const scenario = await newLeader()
    await scenario.until(() => scenario.node(3).raft.leader === 2, 'node 3 follows node 2')
    const early = scenario.beginGet(reader, 'x')
    const answers = scenario.net.watch(({ kind, to }) => kind === 'heartbeatReply' && to === 2)
    await scenario.until(() => answers.caught.length > 3, 'node 3 confirms its leader')
    assert.ok(scenario.node(2).leads)
    assert.equal(early.answer, undefined, 'the state of node 2 would say: old')
    scenario.net.heal()
    await scenario.until(() => early.answer !== undefined, 'it is answered')
    assert.equal(early.answer, 'new')
    await scenario.conclude()
  })
}

test('R-01 a confirmed read waits until the state holds what is committed', async () => {
  for (const reader of [1, 2, 3]) {
    const scenario = createSimulation({ seed: 10 + reader, config: NO_CACHE })
    await scenario.lead(reader)
    await scenario.write('x', 'old')
    await scenario.untilConverged()
    // Nothing comes back from this disk: it commits and confirms, and cannot apply.
    scenario.node(reader).disk.hold('open')
    scenario.node(reader).disk.hold('read')
    const other = (reader % 3) + 1
    await scenario.elect(other)
    const begun = scenario.beginPut(other, 'x', 'new')
    await scenario.until(() => begun.outcome?.kind === 'applied', 'the others are enough')
    await scenario.elect(reader)
    const { raft, state } = scenario.node(reader)
    await scenario.until(() => raft.termAt(raft.commit) === raft.term, 'it knows the commit index')
    const early = scenario.beginGet(reader, 'x')
    await scenario.run(100)
    assert.ok(raft.commit > state.appliedIndex)
    assert.equal(early.answer, undefined)
    scenario.node(reader).disk.release()
    await scenario.until(() => early.answer !== undefined, 'it is answered')
    assert.equal(early.answer, 'new')
    await scenario.conclude()
  }
})

test('R-01 the commit index that a disk remembers is too old to read by', async () => {
  const scenario = createSimulation({ seed: 14 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.write('x', 'new')
  const committed = scenario.log.length
  for (const id of [1, 2, 3]) scenario.node(id).crash()
  for (const id of [1, 2, 3]) scenario.node(id).restart()
  const up = (): boolean => scenario.nodes.every((node) => node.up)
  await scenario.until(up, 'all are back')
  for (const { raft } of scenario.nodes) assert.ok(raft.commit < committed, 'they forgot')
  const trap = scenario.net.trap(({ kind }) => kind === 'appendReply')
  await scenario.until(() => scenario.leader !== null, 'somebody leads')
  const begun = [1, 2, 3].map((id) => scenario.beginGet(id, 'x'))
  await scenario.run(60)
  for (const { answer } of begun) assert.ok(answer === undefined || answer?.startsWith('refused'))
  scenario.net.end(trap)
  await scenario.untilLeader()
  for (const id of [1, 2, 3]) assert.equal(await scenario.get(id, 'x'), 'new')
  await scenario.conclude()
})

/** Node 1 leads by its own word only; x is new for everybody else. */
async function deposeUnnoticed(scenario: Scenario): Promise<void> {
  scenario.net.isolate(1)
  scenario.node(2).group.campaign()
  scenario.node(3).group.campaign()
  // Time passes for the others alone: node 1 would find out within an election timeout.
  scenario.node(1).pause()
  await scenario.until(() => (scenario.leader?.id ?? 1) !== 1, 'another node leads')
  assert.equal((await scenario.put(scenario.leader?.id ?? 0, 'x', 'new'))?.kind, 'applied')
  scenario.node(1).resume()
  await scenario.run(1)
  assert.ok(scenario.node(1).leads, 'node 1 does not know')
}

test('R-03 a leader that was replaced answers no read, whatever confirmed it before', async () => {
  const scenario = createSimulation({ seed: 3 })
  const late = scenario.net.watch(({ kind, to }) => kind === 'heartbeatReply' && to === 1)
  await scenario.lead(1)
  await scenario.write('x', 'old')
  for (let i = 0; i < 5; i++) assert.equal(await scenario.get(1, 'x'), 'old')
  // Out of office and in again: rounds of both terms were confirmed.
  await scenario.lead(2)
  await scenario.lead(1)
  for (let i = 0; i < 5; i++) assert.equal(await scenario.get(1, 'x'), 'old')
  await scenario.untilConverged()
  await deposeUnnoticed(scenario)
  const begun = scenario.beginGet(1, 'x')
  await scenario.run(1)
  const last = late.of('heartbeatReply').at(-1)
  assert.ok(last !== undefined && late.caught.length > 10)
  scenario.net.deliver(...late.caught.toReversed())
  // A round number of an older term says nothing, however high it is.
  const foreign = { ...last, term: last.term - 1, round: last.round + 1000 }
  scenario.net.deliver({ message: foreign, incarnation: 1 })
  await scenario.run(20)
  assert.equal(begun.answer, undefined)
  scenario.net.heal()
  await scenario.until(() => begun.answer !== undefined, 'node 1 finds out')
  assert.equal(begun.answer, 'refused: NO_LEADER')
  await scenario.until(() => scenario.node(1).raft.leader !== 0, 'node 1 follows another')
  assert.equal(await scenario.get(1, 'x'), 'new')
  await scenario.conclude()
})

test('R-03 reads that wait when the leader steps down are refused, not kept', async () => {
  const scenario = createSimulation({ seed: 3 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.untilConverged()
  // Asked of the leader itself, and by node 3: no confirmation and no answer arrives.
  const confirmations = scenario.net.trap(({ kind, to }) => kind === 'heartbeatReply' && to === 1)
  const requests = scenario.net.watch(({ kind, from }) => kind === 'readRequest' && from === 3)
  const begun = [scenario.beginGet(1, 'x'), scenario.beginGet(3, 'x')]
  await scenario.until(() => requests.caught.length > 0, 'node 3 asks node 1')
  await scenario.run(5)
  await scenario.elect(2)
  for (const { answer } of begun) assert.equal(answer, 'refused: NO_LEADER')
  await scenario.write('x', 'new')
  await scenario.elect(1)
  scenario.net.end(confirmations)
  scenario.net.deliver(...confirmations.caught, ...requests.caught)
  await scenario.run(50)
  assert.equal(await scenario.get(1, 'x'), 'new')
  assert.equal(await scenario.get(3, 'x'), 'new')
  await scenario.conclude()
})

test('R-03 a late answer of the old leader does not answer a read of the new', async () => {
  const scenario = createSimulation({ seed: 33 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.untilConverged()
  const late = scenario.net.trap(({ kind, to }) => kind === 'readReply' && to === 3)
  const first = scenario.beginGet(3, 'x')
  await scenario.until(() => late.caught.length > 0, 'node 1 answers')
  // It asks again and again: no answer gets through while node 1 leads.
  await scenario.elect(2)
  await scenario.until(() => first.answer !== undefined, 'node 3 hears of the change')
  scenario.net.end(late)
  assert.equal(first.answer, 'refused: NO_LEADER')
  // Node 3 hears its leader, but gets none of the new entries.
  scenario.net.trap((message) => message.to === 3 && message.kind === 'append')
  await scenario.until(() => scenario.node(3).raft.leader === 2, 'node 3 follows node 2')
  assert.equal((await scenario.put(2, 'x', 'new'))?.kind, 'applied')
  const second = scenario.beginGet(3, 'x')
  scenario.net.deliver(...late.caught)
  await scenario.run(50)
  assert.equal(second.answer, undefined, 'what is committed has not arrived yet')
  scenario.net.heal()
  await scenario.until(() => second.answer !== undefined, 'it is answered')
  assert.equal(second.answer, 'new')
  await scenario.conclude()
})

test('R-03 reads while leadership goes round are right or refused, and none hangs', async () => {
  const scenario = createSimulation({ seed: 34, workload: true })
  const begun: { answer: string | null | undefined }[] = []
  for (let round = 0; round < 8; round++) {
    const leader = await scenario.untilLeader()
    const to = (leader.id % 3) + 1
    scenario.net.hold(to, leader.id)
    for (const id of [1, 2, 3]) begun.push(scenario.beginGet(id, 'x'))
    leader.group.transfer(to)
    scenario.beginPut(leader.id, 'x', String(round))
    await scenario.run(4)
    for (const id of [1, 2, 3]) begun.push(scenario.beginGet(id, 'x'))
    await scenario.run(30)
    scenario.net.release(to, leader.id)
  }
  const answered = (): boolean => begun.every(({ answer }) => answer !== undefined)
  await scenario.until(answered, 'every read is answered', scenario.electionMs)
  await scenario.conclude()
})

test('R-06 once it handed over, the old leader answers no read any more', async () => {
  const scenario = createSimulation({ seed: 6 })
  const late = scenario.net.watch(({ kind, to }) => kind === 'heartbeatReply' && to === 1)
  await scenario.lead(1)
  await scenario.write('x', 'old')
  for (let i = 0; i < 3; i++) assert.equal(await scenario.get(1, 'x'), 'old')
  await scenario.untilConverged()
  const { term } = scenario.node(1).raft
  const told = scenario.net.watch(({ kind }) => kind === 'timeoutNow')
  // Whatever would tell node 1 of its successor is lost.
  scenario.net.cut(2, 1)
  scenario.net.cut(3, 1)
  assert.ok(scenario.node(1).group.transfer(2))
  await scenario.until(() => scenario.node(2).leads, 'node 2 leads early', scenario.electionMs / 4)
  assert.equal(told.caught.length, 1)
  assert.equal((await scenario.put(2, 'x', 'new'))?.kind, 'applied')
  assert.deepEqual([scenario.node(1).leads, scenario.node(1).raft.term], [true, term])
  const begun = scenario.beginGet(1, 'x')
  await scenario.run(1)
  // What confirmed it in this very term, a moment ago, is not good for this read.
  scenario.net.deliver(...late.caught)
  await scenario.run(10)
  assert.equal(begun.answer, undefined)
  scenario.net.heal()
  await scenario.until(() => begun.answer !== undefined, 'node 1 finds out')
  assert.equal(begun.answer, 'refused: NO_LEADER')
  await scenario.conclude()
})

test('R-06 reads go on while a hand-over fails: a majority confirms each of them', async () => {
  const scenario = createSimulation({ seed: 66 })
  await scenario.lead(1)
  await scenario.write('x', 'old')
  await scenario.untilConverged()
  scenario.net.hold(1, 2)
  const begun = scenario.beginPut(1, 'x', 'new')
  await scenario.until(() => begun.outcome?.kind === 'applied', 'node 3 is enough')
  assert.ok(scenario.node(1).group.transfer(2))
  for (const id of [1, 3]) assert.equal(await scenario.get(id, 'x', 50), 'new')
  assert.equal(scenario.node(1).raft.transferee, 2, 'the target still does not answer')
  // With the other one gone as well nobody confirms anything.
  scenario.net.cut(3, 1)
  assert.equal(await scenario.get(1, 'x', 40), 'no answer')
  await scenario.conclude()
})

for (const [name, config] of [
  ['a log', {}],
  ['a snapshot', checkpointEvery(8)],
] as const) {
  for (const survivor of [1, 2, 3] as const) {
    test(`R-08 node ${survivor} alone after all began from ${name}: no value`, async () => {
      const scenario = createSimulation({ seed: 80 + survivor, config })
      await scenario.lead(1)
      await scenario.entries(1, 20)
      await scenario.write('x', 'answered')
      for (const end of ['kill', 'crash'] as const) {
        for (const node of scenario.nodes) node[end]()
        for (const node of scenario.nodes) node.restart()
        await refusesAlone(scenario, survivor)
        await scenario.untilLeader()
        assert.equal(await scenario.get(survivor, 'x'), 'answered')
      }
      await scenario.conclude()
    })
  }
}

/** The others die before anybody can lead; the survivor is asked from its first moment on. */
async function refusesAlone(scenario: Scenario, survivor: NodeId): Promise<void> {
  const others = scenario.nodes.filter(({ id }) => id !== survivor)
  await scenario.until(() => scenario.node(survivor).up, 'the survivor is back')
  for (const other of others) other.crash()
  for (let i = 0; i < 20; i++) {
    for (const key of ['x', 'never written']) {
      assert.equal(await scenario.get(survivor, key), 'refused: NO_LEADER')
    }
    await scenario.run(20)
  }
  for (const other of others) other.restart()
}

test('R-08 a restarted follower with a slow disk answers when it has caught up', async () => {
  for (const config of [NO_CACHE, { ...NO_CACHE, ...checkpointEvery(30) }]) {
    const scenario = createSimulation({ seed: 88, config })
    await scenario.lead(1)
    await scenario.entries(1, 10)
    scenario.node(3).crash()
    await scenario.entries(1, 10)
    await scenario.write('x', 'answered')
    const { length } = scenario.log
    scenario.node(3).restart()
    await scenario.until(() => scenario.node(3).up, 'node 3 is back')
    scenario.node(3).disk.hold('read')
    await scenario.until(() => scenario.node(3).raft.commit >= length, 'its log is complete')
    assert.ok(scenario.node(3).state.appliedIndex < length, 'its state is not')
    const begun = scenario.beginGet(3, 'x')
    await scenario.run(200)
    assert.equal(begun.answer, undefined)
    scenario.node(3).disk.release()
    await scenario.until(() => begun.answer !== undefined, 'it is answered')
    assert.equal(begun.answer, 'answered')
    await scenario.conclude()
  }
})

test('R-08 a single node that restarts refuses until it has applied what it answered', async () => {
  for (const config of [{}, NO_CACHE, { ...NO_CACHE, ...checkpointEvery(8) }]) {
    const scenario = createSimulation({ seed: 89, nodes: 1, config })
    await scenario.untilLeader()
    await scenario.entries(1, 20)
    await scenario.write('x', 'answered')
    scenario.node(1).crash()
    scenario.node(1).restart()
    await scenario.until(() => scenario.node(1).up, 'it is back')
    const begun: { answer: string | null | undefined }[] = []
    while (!begun.some(({ answer }) => answer === 'answered')) {
      begun.push(scenario.beginGet(1, 'x'))
      await scenario.run(1)
      assert.ok(begun.length < 1000, 'it comes to answer')
    }
    await scenario.run(20)
    const answers = new Set(begun.map(({ answer }) => answer))
    assert.deepEqual([...answers].sort(), ['answered', 'refused: NO_LEADER'])
    await scenario.conclude()
  }
})
