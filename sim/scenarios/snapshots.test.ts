/** Snapshots and compaction: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../../src/raft/index.ts'
import {
  CALM_LOG,
  createSimulation,
  putOf,
  type Scenario,
  type ScenarioOptions,
} from '../scenario.ts'
import type { ScenarioNode } from '../scenario-node.ts'
import { BRIEF, checkpointEvery, LARGE_SEGMENTS, TORN_CRASHES } from './testing/settings.ts'

/** Snapshots travel in a handful of chunks. */
const CHUNKS = { snapshotChunkBytes: 200 }
const OFTEN = { ...checkpointEvery(5, CHUNKS), ...TORN_CRASHES, ...BRIEF }

/** A few of them make more than one chunk. */
const VALUES = { bytes: 50 }

/** Its state is the one that all nodes have at the index it names (I4). */
function stateIsSound(scenario: Scenario, node: ScenarioNode): void {
  const { appliedIndex } = node.state
  assert.ok(appliedIndex >= node.raft.baseIndex, 'the state reaches the log')
  if (appliedIndex === 0) return
  assert.equal(node.state.hash(), scenario.log[appliedIndex - 1]?.stateHash)
}

async function back(scenario: Scenario, id: NodeId): Promise<ScenarioNode> {
  const node = scenario.node(id)
  node.disk.onOperation = null
  if (node.condition === 'down') node.restart()
  await scenario.until(() => node.up, 'it starts again')
  return node
}

/** Node 3 was cut off: what it needs next, the others have compacted. */
async function behind(options: ScenarioOptions, values = VALUES): Promise<Scenario> {
  const scenario = createSimulation({ config: OFTEN, ...options })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.net.isolate(3)
  await scenario.entries(1, 12, values)
  const { baseIndex } = scenario.node(1).raft
  assert.ok(baseIndex > scenario.node(3).raft.lastIndex, 'only a snapshot helps')
  return scenario
}

/** A client that writes as fast as it is answered. */
function writeWithoutPause(scenario: Scenario, id: NodeId): { stop: boolean; count: number } {
  const writer = { stop: false, count: 0 }
  const next = (): void => {
    if (writer.stop || !scenario.node(id).up) return
    writer.count += 1
    const key = `load${writer.count % 20}`
    scenario.begin(id, putOf(key, key), ({ kind }) => {
      if (kind === 'applied') next()
    })
  }
  next()
  return writer
}

test('S-01 who takes over holds everything: followers apply, they do not only store', async () => {
  const scenario = createSimulation({ seed: 1 })
  await scenario.lead(1)
  for (let i = 0; i < 20; i++) await scenario.fill(1, 50, { key: `k${i}.` })
  await scenario.untilConverged()
  const { length } = scenario.log
  for (const node of scenario.nodes) {
    assert.equal(node.state.appliedIndex, length)
    stateIsSound(scenario, node)
  }
  scenario.node(1).kill()
  const leader = await scenario.untilLeader()
  assert.equal(leader.machine.lives, 1, 'it never had a reason to replay its log')
  for (let i = 0; i < 20; i++) assert.equal(await scenario.get(leader.id, `k${i}.49`), '49......')
  assert.equal(leader.state.keyCount, 1000)
  await scenario.conclude()
})

test('S-01 one leader after the other dies, and all states agree at equal indexes', async () => {
  const options = { learners: 1, config: OFTEN, workload: true }
  const scenario = createSimulation({ seed: 2, nodes: 5, ...options })
  for (let round = 0; round < 5; round++) {
    const leader = await scenario.untilLeader()
    const writer = writeWithoutPause(scenario, leader.id)
    // Several snapshots, and the leader dies with a write under way.
    await scenario.until(() => writer.count > 12 || !leader.up, 'a dozen writes')
    writer.stop = true
    if (round % 2 === 0) leader.crash()
    else leader.kill()
    // A snapshot that is being installed comes into the log first.
    const isWhole = (node: ScenarioNode): boolean => node.up && node.hasApplied(node.raft.baseIndex)
    const whole = scenario.nodes.filter(isWhole)
    for (const node of whole) stateIsSound(scenario, node)
    await scenario.untilLeader()
    leader.restart()
  }
  assert.ok(scenario.log.length > 5 * 12)
  await scenario.conclude()
})

/**
 * Node 3 takes a snapshot and acknowledges what follows it; without node 2, so that every answer
 * to a client stands on what node 3 has durably.
 */
async function installAndAcknowledge(seed: number): Promise<Scenario> {
  const scenario = await behind({ seed })
  scenario.net.isolate(2)
  scenario.net.rejoin(3)
  scenario.net.split([2], [3])
  return scenario
}

for (const phase of ['started', 'done'] as const) {
  test(`S-03 power fails while a snapshot is installed, each operation ${phase}`, async () => {
    let moments = 1
    for (let deadly = 0; deadly <= moments; deadly++) {
      const scenario = await installAndAcknowledge(30 + deadly)
      // The first time through it only counts.
      let moment = 0
      const { length } = scenario.log
      const stop = scenario.node(3).stopAtDisk((at) => {
        if (at.phase !== phase) return false
        moment += 1
        return moment === deadly
      })
      const begun = Array.from({ length: 3 }, (_, i) => scenario.beginPut(1, `new${i}`, 'there'))
      const answered = (): boolean => begun.every(({ outcome }) => outcome?.kind === 'applied')
      await scenario.until(() => stop.struck || answered(), 'answered, or node 3 is dead')
      if (deadly === 0) moments = moment
      assert.ok(scenario.log.length > length || stop.struck)
      if (scenario.node(3).up) scenario.node(3).crash()
      scenario.node(1).crash()
      // Now node 3 alone has what followed the snapshot: it must have it, or never have said so.
      const node = await back(scenario, 3)
      stateIsSound(scenario, node)
      scenario.net.heal()
      await scenario.write('x', 'two of three')
      for (let i = 0; i < begun.length; i++) {
        if (begun[i]?.outcome?.kind !== 'applied') continue
        assert.equal(await scenario.get(3, `new${i}`), 'there')
      }
      await scenario.conclude()
    }
    assert.ok(moments >= 10, `${moments} operations`)
  })
}

test('S-03 power fails everywhere once entries behind a snapshot are acknowledged', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const scenario = await installAndAcknowledge(seed)
    const chunks = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 3)
    assert.equal((await scenario.put(1, 'behind', 'the snapshot'))?.kind, 'applied')
    assert.ok(chunks.caught.length > 1)
    scenario.node(3).crash()
    scenario.node(1).crash()
    const node = await back(scenario, 3)
    assert.ok(node.raft.lastIndex >= scenario.log.length, 'it has what it acknowledged')
    stateIsSound(scenario, node)
    scenario.net.heal()
    assert.equal(await scenario.lead(3), node)
    assert.equal(await scenario.get(3, 'behind'), 'the snapshot')
    await scenario.conclude()
  }
})

/** Node 3 loses power, or is killed, right when the snapshot's file is durable under its name. */
async function dieOnArrival(seed: number, end: 'crash' | 'kill'): Promise<Scenario> {
  const scenario = await behind({ seed })
  const { disk } = scenario.node(3)
  let renamed = false
  let dead = false
  disk.onOperation = ({ operation, path, phase }) => {
    if (operation === 'rename' && path.includes('.snap')) renamed = true
    if (!renamed || dead || operation !== 'syncDirectory' || phase !== 'done') return
    dead = true
    scenario.node(3)[end]()
  }
  scenario.net.rejoin(3)
  await scenario.until(() => dead, 'the snapshot has arrived')
  disk.onOperation = null
  scenario.net.isolate(3)
  assert.ok(scenario.node(3).files('.snap').length > 0, 'its file is there')
  return scenario
}

test('S-06 a snapshot that arrived but was not installed is not taken for the state', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const scenario = await dieOnArrival(seed, seed % 2 === 0 ? 'kill' : 'crash')
    const node = await back(scenario, 3)
    assert.equal(node.raft.baseIndex, 0, 'its log knows of none')
    assert.ok(node.state.appliedIndex <= node.raft.lastIndex)
    stateIsSound(scenario, node)
    // What it has is what it says: it is not elected over nodes that know more.
    scenario.net.heal()
    await scenario.conclude()
  }
})

test('S-06 an arrived snapshot does not fit a log of another term at its index', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const scenario = createSimulation({ seed, config: OFTEN })
    await scenario.lead(3)
    await scenario.untilConverged()
    // Node 3 goes on alone: its log is long, and none of it is committed.
    scenario.net.isolate(3)
    for (let i = 0; i < 20; i++) {
      scenario.beginPut(3, 'alone', String(i))
      await scenario.run(1)
    }
    await scenario.elect(1)
    await scenario.entries(1, 12, VALUES)
    const { disk } = scenario.node(3)
    let arrived = false
    let named = false
    disk.onOperation = ({ operation, path, phase }) => {
      if (operation === 'rename' && path.includes('.snap')) named = true
      if (named && operation === 'syncDirectory' && phase === 'done') arrived = true
      // The snapshot is durable; the log begins to learn of it, or has.
      if (arrived && operation === 'write') scenario.node(3).crash()
    }
    scenario.net.rejoin(3)
    await scenario.until(() => !scenario.node(3).up, 'the snapshot has arrived')
    disk.onOperation = null
    scenario.net.isolate(3)
    const marks = scenario.node(3).files('.snap')
    const node = await back(scenario, 3)
    if (node.raft.baseIndex === 0) {
      assert.ok(marks.length > 0)
      assert.ok(node.raft.lastIndex > 12, 'its own entries reach beyond the snapshot')
      assert.ok(node.state.appliedIndex < 12, 'it does not begin from it')
    }
    stateIsSound(scenario, node)
    await scenario.conclude()
  }
})

test('S-06 the state is not replaced before the log on disk goes on behind it', async () => {
  // The log waits for company before it writes: much longer than an engine takes.
  const logLimits = { ...CALM_LOG, groupCommitWindowMs: 50 }
  const scenario = await behind({ seed: 6, config: { ...OFTEN, logLimits } })
  scenario.node(3).stopAt('snapshotInstalled')
  scenario.net.rejoin(3)
  await scenario.until(() => !scenario.node(3).up, 'it dies right after it')
  scenario.net.isolate(3)
  const node = await back(scenario, 3)
  assert.ok(node.raft.baseIndex > 0, 'its log begins behind the snapshot')
  assert.equal(node.raft.recovering, false)
  stateIsSound(scenario, node)
  await scenario.conclude()
})

test('S-06 a node that dies between the log and the state restores when it starts', async () => {
  for (const end of ['crash', 'kill'] as const) {
    const scenario = await behind({ seed: 6 })
    scenario.net.isolate(2)
    scenario.node(3).disk.hold('read')
    const answers = scenario.net.watch(({ kind, from }) => kind === 'appendReply' && from === 3)
    scenario.net.rejoin(3)
    scenario.net.split([2], [3])
    const base = (): number => scenario.node(3).raft.baseIndex
    await scenario.until(() => base() > 0, 'its log begins behind the snapshot')
    const durable = (): boolean =>
      answers.of('appendReply').some(({ rejected, index }) => !rejected && index >= base())
    await scenario.until(durable, 'durably: it says so')
    assert.ok(scenario.node(3).state.appliedIndex < base(), 'its state does not')
    const index = base()
    scenario.net.isolate(3)
    scenario.node(3)[end]()
    scenario.node(3).disk.release()
    const node = await back(scenario, 3)
    assert.deepEqual([node.raft.baseIndex, node.state.appliedIndex >= index], [index, true])
    stateIsSound(scenario, node)
    await scenario.conclude()
  }
})

test('S-08 a slow follower catches up while the leader compacts on and on', async () => {
  const limits = { snapshotChunkBytes: 100, snapshotWindow: 1 }
  const config = { ...checkpointEvery(10, limits), ...BRIEF }
  const scenario = await behind({ seed: 8, config }, { bytes: 300 })
  const chunks = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 3)
  const before = scenario.marks('checkpointed')
  // A chunk takes as long as several writes do.
  scenario.net.limit(1, 3, 8000)
  const writer = writeWithoutPause(scenario, 1)
  scenario.net.rejoin(3)
  const peer = (): { state: string; match: number } | undefined =>
    scenario.node(1).raft.peers.find(({ id }) => id === 3)
  await scenario.until(() => scenario.node(3).raft.baseIndex > 0, 'it has the snapshot', 4000)
  const taken = scenario.marks('checkpointed') - before
  scenario.net.limit(1, 3, 125_000_000)
  const caughtUp = (): boolean =>
    peer()?.state === 'replicate' && scenario.node(1).raft.commit - (peer()?.match ?? 0) < 20
  await scenario.until(caughtUp, 'it catches up under load', 1000)
  const transfers = new Set(chunks.of('snapshotChunk').map(({ transfer }) => transfer))
  assert.ok(taken >= 10, 'the log was cut many times while a snapshot was on its way')
  assert.ok(transfers.size <= 2, `${transfers.size} attempts`)
  writer.stop = true
  await scenario.conclude()
})

test('S-08 a follower that dies while it is fed does not hold the log for ever', async () => {
  const limits = { snapshotChunkBytes: 100, snapshotWindow: 1 }
  const config = { ...checkpointEvery(10, limits), ...BRIEF }
  const scenario = await behind({ seed: 8, config }, { bytes: 300 })
  scenario.net.rejoin(3)
  const chunks = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 3)
  await scenario.until(() => chunks.caught.length > 2, 'it is being fed')
  scenario.node(3).kill()
  const { baseIndex } = scenario.node(1).raft
  const writer = writeWithoutPause(scenario, 1)
  const goesOn = (): boolean => scenario.node(1).raft.baseIndex > baseIndex + 20
  await scenario.until(goesOn, 'the log is cut again', 4000)
  writer.stop = true
  await scenario.conclude()
})

/**
 * Node 3 has a checkpoint of its own under way, whose name does not become durable yet, and the
 * leader's snapshot arrives meanwhile.
 */
async function twoAtOnce(seed: number): Promise<Scenario> {
  const scenario = createSimulation({ seed, config: { ...OFTEN, ...LARGE_SEGMENTS } })
  await scenario.lead(1)
  await scenario.untilConverged()
  scenario.node(3).disk.hold('rename')
  // Two own ones are due by now, one after the other.
  await scenario.entries(1, 12, VALUES)
  await scenario.untilConverged()
  const own = scenario.node(3).state.appliedIndex
  scenario.net.isolate(3)
  await scenario.entries(1, 12, VALUES)
  const chunks = scenario.net.watch(({ kind, from }) => kind === 'snapshotChunkReply' && from === 3)
  scenario.net.rejoin(3)
  await scenario.until(() => chunks.caught.length > 1, 'another snapshot arrives')
  await scenario.run(5)
  assert.equal(scenario.node(3).state.appliedIndex, own)
  assert.equal(scenario.node(3).raft.baseIndex, 0, 'neither of the two is finished')
  return scenario
}

test('S-11 a checkpoint and a received snapshot at once: a crash at each operation', async () => {
  let moments = 1
  for (let deadly = 0; deadly <= moments; deadly++) {
    const scenario = await twoAtOnce(110 + deadly)
    let moment = 0
    const stop = scenario.node(3).stopAtDisk(({ phase }) => {
      if (phase === (deadly % 2 === 0 ? 'started' : 'done')) moment += 1
      return moment === deadly && deadly > 0
    })
    scenario.node(3).disk.release()
    const done = (): boolean =>
      stop.struck || scenario.node(3).state.appliedIndex >= scenario.log.length
    await scenario.until(done, 'the received one is installed, or the node is dead')
    await scenario.run(20)
    if (deadly === 0) moments = moment
    scenario.net.isolate(3)
    if (deadly > 0 && scenario.node(3).up) scenario.node(3).crash()
    stateIsSound(scenario, await back(scenario, 3))
    await scenario.conclude()
  }
  assert.ok(moments >= 10, `${moments} operations`)
})

test('S-11 no checkpoint is made of a state that the log has left behind', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const scenario = await twoAtOnce(seed)
    const node = scenario.node(3)
    // The received one is in the log, and its bytes do not come from the disk: the state is old.
    node.disk.hold('read')
    node.disk.release('rename')
    const own = node.state.appliedIndex
    await scenario.until(() => node.raft.baseIndex > own, 'the log begins behind the received one')
    await scenario.run(50)
    assert.ok(node.up && node.state.appliedIndex < node.raft.baseIndex, 'it waits')
    assert.equal(node.raft.baseIndex <= scenario.node(1).raft.commit, true)
    node.disk.release()
    await scenario.until(() => node.state.appliedIndex >= scenario.log.length, 'it catches up')
    stateIsSound(scenario, node)
    await scenario.entries(1, 12, VALUES)
    await scenario.conclude()
  }
})

test('S-11 the log is cut and sent from at the same time, and the leader dies at it', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const scenario = await behind({ seed })
    const writer = writeWithoutPause(scenario, 1)
    scenario.net.rejoin(3)
    scenario.node(1).stopAt(seed % 2 === 0 ? 'logCut' : 'snapshotWritten')
    await scenario.until(() => !scenario.node(1).up, 'the leader dies')
    writer.stop = true
    scenario.net.isolate(1)
    stateIsSound(scenario, await back(scenario, 1))
    await scenario.conclude()
  }
})

test('S-13 what is left of a snapshot that was refused half way disturbs nothing', async () => {
  for (const engine of ['memory', 'bitcask'] as const) {
    // All of it travels as bytes, chunk behind chunk on one stream.
    const limits = { ...CHUNKS, snapshotWindow: 4 }
    const config = { ...checkpointEvery(5, limits), ...BRIEF, codecProbability: 1, engine }
    const scenario = await behind({ seed: 13, config }, { bytes: 200 })
    const { net } = scenario
    let passed = 0
    const rest = net.trap((message) => {
      if (message.kind !== 'snapshotChunk' || message.from !== 1) return false
      passed += 1
      return passed > 2
    })
    net.rejoin(3)
    await scenario.until(() => rest.caught.length > 0, 'it is half way')
    await scenario.elect(2)
    await scenario.until(
      () => scenario.node(3).raft.term === scenario.node(2).raft.term,
      'the follower knows of the next leader',
    )
    net.end(rest)
    const refused = net.watch(
      (message) => message.kind === 'snapshotChunkReply' && message.verdict === 'refused',
    )
    const chunks = net.watch(({ kind, from }) => kind === 'snapshotChunk' && from === 2)
    net.deliver(...rest.caught)
    // In the same moment: what comes right behind the rest is understood.
    await scenario.entries(2, 8)
    await scenario.until(() => refused.caught.length > 0, 'the rest is refused')
    await scenario.untilConverged()
    assert.ok(chunks.caught.length > 0, 'the next one came whole')
    stateIsSound(scenario, scenario.node(3))
    await scenario.conclude()
  }
})
