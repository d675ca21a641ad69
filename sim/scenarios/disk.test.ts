/** Disk and log: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../../src/raft/index.ts'
import { createSimulation, type Scenario, type ScenarioOptions } from '../scenario.ts'
import type { ScenarioNode } from '../scenario-node.ts'
import { BRIEF, checkpointEvery, SMALL_LOG, TORN_CRASHES } from './testing/settings.ts'

const TORN = { ...TORN_CRASHES, ...BRIEF }

/** Entries are read back from the disk; all of them are kept. */
const ALL_ON_DISK = { ...SMALL_LOG, ...checkpointEvery(1000), ...BRIEF }

/** A few values fill a segment. */
const LARGE = { bytes: 2500 }

/** Of many values: three or so to a segment. */
const MIDDLING = { bytes: 700 }

async function back(scenario: Scenario, id: NodeId): Promise<ScenarioNode> {
  const node = scenario.node(id)
  if (node.condition !== 'up') node.restart()
  await scenario.until(() => node.up, 'it starts again')
  return node
}

function crashAll(scenario: Scenario): void {
  for (const node of scenario.nodes) node.crash()
}

async function allBack(scenario: Scenario): Promise<void> {
  for (const { id } of scenario.nodes) await back(scenario, id)
  await scenario.untilLeader()
}

async function read(scenario: Scenario, key: string): Promise<string | null> {
  const leader = await scenario.untilLeader()
  return scenario.get(leader.id, key)
}

function faults(scenario: Scenario, kind: string): number {
  return scenario.simulation.faults.get(kind) ?? 0
}

/** Everything it applied is what the others applied, at the same index (I4, I14). */
function stateIsSound(scenario: Scenario, node: ScenarioNode): void {
  const { appliedIndex } = node.state
  if (appliedIndex === 0) return
  assert.equal(node.state.hash(), scenario.log[appliedIndex - 1]?.stateHash)
}

for (const nodes of [1, 3]) {
  test(`D-01 what was acknowledged in a new segment is found again, ${nodes} nodes`, async () => {
    for (let seed = 1; seed <= 6; seed += nodes === 1 ? 1 : 2) {
      const scenario = createSimulation({ seed, nodes, config: { ...SMALL_LOG, ...TORN } })
      const leader = await scenario.untilLeader()
      // Power fails right after the answer to what may be the first write of a segment.
      await scenario.entries(leader.id, 2 + seed, LARGE)
      assert.ok(leader.files('.log').length > 1)
      crashAll(scenario)
      await allBack(scenario)
      const last = `${1 + seed}`.padEnd(LARGE.bytes, '.')
      assert.equal(await read(scenario, `entry${1 + seed}`), last)
      await scenario.conclude()
    }
  })
}

test('D-01 power fails at each change of a name while segments come and go', async () => {
  const options = { nodes: 1, config: { ...SMALL_LOG, ...checkpointEvery(4), ...TORN } }
  for (const operation of ['rename', 'syncDirectory'] as const) {
    for (const skip of [0, 2, 5]) {
      const scenario = createSimulation({ seed: 10 + skip, ...options })
      await scenario.untilLeader()
      let moment = 0
      const stop = scenario.node(1).stopAtDisk((at) => {
        if (at.operation !== operation) return false
        moment += 1
        return moment > skip
      })
      for (let i = 0; i < 20 && !stop.struck; i++) {
        const begun = scenario.beginPut(1, `k${i}`, String(i).padEnd(LARGE.bytes, '.'))
        await scenario.until(() => stop.struck || begun.outcome !== null, 'an answer, or the end')
      }
      assert.ok(stop.struck)
      await allBack(scenario)
      await scenario.write('x', 'after')
      await scenario.conclude()
    }
  }
})

/** A cluster whose logs have several sealed segments, read back from the disk. */
async function longLogs(options: ScenarioOptions, values = LARGE): Promise<Scenario> {
  const scenario = createSimulation({ config: ALL_ON_DISK, ...options })
  await scenario.lead(1)
  await scenario.entries(1, 12, values)
  await scenario.untilConverged()
  assert.ok(scenario.node(1).files('.log').length >= 3)
  return scenario
}

test('D-06 a node alone refuses to start on a damaged first segment', async () => {
  const scenario = await longLogs({ seed: 6, nodes: 1 })
  const [first] = scenario.node(1).files('.log')
  scenario.node(1).kill()
  const before = scenario.node(1).disk.copyOf('/data')
  scenario.node(1).rot(first as string, 12)
  scenario.node(1).restart()
  await scenario.until(() => scenario.node(1).condition !== 'starting', 'it has decided')
  assert.equal(scenario.node(1).condition, 'refused')
  assert.equal(faults(scenario, 'start refused: LOG_CORRUPT'), 1)
  // With the file put right it starts, and has all it had.
  scenario.node(1).disk.restore('/data', before)
  await allBack(scenario)
  await scenario.conclude()
})

interface Place {
  readonly path: string
  readonly offset: number
}

/** Where the first entry that contains these words lies on the node's disk. */
function placeOf(node: ScenarioNode, value: string): Place {
  for (const path of node.files('.log')) {
    const offset = Buffer.from(node.disk.bytesOf(path, 'durable') ?? []).indexOf(value)
    if (offset >= 0) return { path, offset }
  }
  throw new Error('the entry is on the disk')
}

/** Of a record's header: where the length of its payload and its index stand. */
const LENGTH_AT = 12
const INDEX_AT = 32

test('D-03 a length or an index beyond all bounds stops no node for good', async () => {
  for (const at of [LENGTH_AT, INDEX_AT]) {
    for (const value of [0xff, 0x7f]) {
      const scenario = await longLogs({ seed: 3 }, MIDDLING)
      const { length } = scenario.log
      const node = scenario.node(3)
      const { path, offset } = placeOf(node, 'entry5')
      const bytes = Buffer.from(node.disk.bytesOf(path, 'durable') ?? [])
      node.kill()
      node.damage(path, bytes.lastIndexOf('QREC', offset) + at, new Uint8Array(4).fill(value))
      await back(scenario, 3)
      assert.equal(node.machine.lives, 2, 'it starts at once')
      assert.equal(scenario.marks('recovery: damaged'), 1)
      await scenario.until(() => node.raft.durableIndex >= length, 'it has everything again')
      await scenario.lead(3)
      await scenario.conclude()
    }
  }
})

for (const [damaged, number] of [
  ['first', 0],
  ['middle', 6],
] as const) {
  test(`D-06 damage in the ${damaged} segment: nothing behind the gap is applied`, async () => {
    // The header of the file, that of the record, its data.
    for (const where of ['file', 'record', 'data'] as const) {
      const scenario = await longLogs({ seed: 60 })
      const { length } = scenario.log
      const { path, offset } = placeOf(scenario.node(3), `${number}....`)
      scenario.net.isolate(3)
      scenario.node(3).kill()
      scenario.node(3).rot(path, { file: 12, record: offset - 40, data: offset + 9 }[where])
      const votes = scenario.net.watch(({ kind, from }) => kind === 'voteReply' && from === 3)
      const node = await back(scenario, 3)
      assert.equal(node.raft.recovering, true, 'it knows that it lost something')
      await scenario.run(3 * scenario.electionMs)
      assert.equal(node.raft.role, 'follower', 'it does not campaign')
      assert.ok(node.state.appliedIndex < length, 'nothing behind the damage is applied')
      stateIsSound(scenario, node)
      scenario.node(1).kill()
      scenario.net.rejoin(3)
      await scenario.run(3 * scenario.electionMs)
      assert.equal(scenario.leader, null, 'it helps nobody to lead as long as it may lack entries')
      await back(scenario, 1)
      await scenario.until(() => !node.raft.recovering, 'the others repair it')
      for (const { granted } of votes.of('voteReply')) assert.equal(granted, false)
      await scenario.until(() => node.state.appliedIndex >= length, 'it has everything again')
      stateIsSound(scenario, node)
      await scenario.conclude()
    }
  })
}

for (const nodes of [1, 3, 5]) {
  test(`D-08 power fails everywhere after an answer, nothing is lost, ${nodes} nodes`, async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const scenario = createSimulation({ seed, nodes, config: TORN })
      const { id } = await scenario.untilLeader()
      for (const key of ['a', 'b', 'c']) {
        assert.equal((await scenario.put(id, key, `${key} of ${seed}`))?.kind, 'applied')
      }
      // Right after it, or a little later.
      if (seed % 2 === 0) await scenario.run(10)
      crashAll(scenario)
      await allBack(scenario)
      for (const key of ['a', 'b', 'c']) {
        assert.equal(await read(scenario, key), `${key} of ${seed}`)
      }
      await scenario.conclude()
    }
  })
}

test('D-08 of several writes on their way only those that are durable are answered', async () => {
  let open = 0
  for (let seed = 1; seed <= 12; seed++) {
    const nodes = seed % 2 === 0 ? 1 : 3
    const scenario = createSimulation({ seed, nodes, config: TORN })
    const { id } = await scenario.untilLeader()
    const begun: ReturnType<Scenario['beginPut']>[] = []
    const answered = (): boolean => begun.some(({ outcome }) => outcome?.kind === 'applied')
    for (let i = 0; !answered(); i++) {
      begun.push(scenario.beginPut(id, `k${i}`, String(i)))
      // Some leave while the one before is being written.
      await scenario.simulation.until(answered, 0.1 * (1 + (seed % 4)))
    }
    crashAll(scenario)
    await allBack(scenario)
    for (const [i, { outcome }] of begun.entries()) {
      if (outcome?.kind === 'applied') assert.equal(await read(scenario, `k${i}`), String(i))
      else open += 1
    }
    await scenario.conclude()
  }
  assert.ok(open > 0, 'some were not answered yet')
})

test('D-08 power fails everywhere again and again under load', async () => {
  const scenario = createSimulation({ seed: 8, config: TORN, workload: true })
  let answered = 0
  for (let round = 0; round < 6; round++) {
    await scenario.untilLeader()
    await scenario.run(60)
    crashAll(scenario)
    answered += scenario.history.length
    for (const { id } of scenario.nodes) await back(scenario, id)
  }
  assert.ok(answered > 0)
  await scenario.conclude()
})

/** Promises that leave a node: each needs its disk. */
function promises(scenario: Scenario, from: NodeId): { count: number } {
  const left = { count: 0 }
  scenario.net.watch((message) => {
    const promise =
      (message.kind === 'voteReply' && message.granted) ||
      (message.kind === 'appendReply' && !message.rejected)
    if (promise && message.from === from) left.count += 1
    return false
  })
  return left
}

for (const [victim, role, operation] of [
  [1, 'leader', 'sync'],
  [1, 'leader', 'write'],
  [2, 'follower', 'sync'],
  [2, 'follower', 'write'],
] as const) {
  test(`D-11 a ${operation} of the ${role} fails once: no more promises in that life`, async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const config = { ...SMALL_LOG, ...checkpointEvery(4), ...TORN }
      const scenario = createSimulation({ seed, config })
      await scenario.lead(1)
      const node = scenario.node(victim)
      const { lives } = node.machine
      const left = promises(scenario, victim)
      let atFailure = -1
      // The next one fails, and any later one would succeed. Writes of the log sync by themselves.
      node.disk.failNext(operation)
      const kind = `disk: ${operation}Error`
      for (let i = 0; i < 30 && node.machine.lives === lives && node.up; i++) {
        const begun = scenario.beginPut(1, `k${i}`, String(i).padEnd(LARGE.bytes, '.'))
        await scenario.until(() => {
          if (atFailure < 0 && faults(scenario, kind) > 0) atFailure = left.count
          return begun.outcome !== null || !node.up
        }, 'an answer, or the end')
      }
      assert.ok(!node.up, 'it stops')
      assert.equal(left.count, atFailure, 'nothing was promised after the failure')
      node.crash()
      await scenario.conclude()
    }
  })
}

/**
 * The write is readable and nothing of it is on the medium, and the process ends before it hears
 * of it: what a failed sync leaves behind when the cache calls its pages clean.
 */
async function writeIntoTheCacheOnly(scenario: Scenario, id: NodeId): Promise<void> {
  const { disk } = scenario.node(id)
  let struck = false
  disk.setFaults({ phantomWrite: 1 })
  disk.onOperation = ({ operation, phase, path }) => {
    if (struck || operation !== 'write' || phase !== 'done' || path.includes('.snap')) return
    struck = true
    disk.setFaults({ phantomWrite: 0 })
    scenario.node(id).kill()
  }
  await scenario.until(() => struck, 'the write is done')
  disk.onOperation = null
}

test('D-11 a node alone writes again what only its cache has, before it answers', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const scenario = createSimulation({ seed, nodes: 1, config: TORN })
    await scenario.untilLeader()
    await scenario.run(50)
    const begun = scenario.beginPut(1, 'x', 'in the cache')
    await writeIntoTheCacheOnly(scenario, 1)
    assert.equal(begun.outcome, null)
    await allBack(scenario)
    const seen = await scenario.get(1, 'x')
    assert.equal(seen, 'in the cache', 'the next life reads it')
    scenario.node(1).crash()
    await allBack(scenario)
    assert.equal(await scenario.get(1, 'x'), seen, 'what was read once is not lost')
    await scenario.conclude()
  }
})

test('D-11 a follower acknowledges only what it has written again', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const scenario = createSimulation({ seed, config: TORN })
    await scenario.lead(1)
    await scenario.untilConverged()
    await scenario.run(50)
    scenario.net.isolate(3)
    const begun = scenario.beginPut(1, 'x', 'in the cache')
    await writeIntoTheCacheOnly(scenario, 2)
    assert.equal(begun.outcome, null)
    await back(scenario, 2)
    await scenario.until(() => begun.outcome?.kind === 'applied', 'both have it: it is answered')
    scenario.node(2).crash()
    scenario.node(1).crash()
    await back(scenario, 2)
    scenario.net.heal()
    assert.equal(await read(scenario, 'x'), 'in the cache')
    await scenario.conclude()
  }
})

const SECTOR = 512

/** Sound bytes of the log where others belong, as a misdirected write leaves them. */
function misdirect(scenario: Scenario, id: NodeId, source: 'segment' | 'place' | 'node'): void {
  const node = scenario.node(id)
  const places = Array.from({ length: 10 }, (_, i) => placeOf(node, `entry${i}`))
  const target = places[5] as Place
  const owner = source === 'node' ? scenario.node(1 + (id % 3)) : node
  const other = places.find(({ path, offset }) =>
    source === 'place' ? path === target.path && offset !== target.offset : path !== target.path,
  ) as Place
  const bytes = owner.disk.bytesOf(other.path, 'durable') as Uint8Array
  // Batches begin at sectors.
  const from = other.offset - (other.offset % SECTOR)
  const to = target.offset - (target.offset % SECTOR)
  node.damage(target.path, to, bytes.slice(from, from + 2 * SECTOR))
}

for (const [source, name] of [
  ['segment', 'another segment'],
  ['place', 'another place of the segment'],
  ['node', 'another node'],
] as const) {
  test(`D-13 what was meant for ${name} is found on one replica and repaired`, async () => {
    const scenario = await longLogs({ seed: 14 }, MIDDLING)
    const { length } = scenario.log
    scenario.net.isolate(3)
    scenario.node(3).kill()
    misdirect(scenario, 3, source)
    const node = await back(scenario, 3)
    assert.equal(node.raft.recovering, true, 'it is not taken for what belongs there')
    await scenario.run(3 * scenario.electionMs)
    assert.ok(node.state.appliedIndex < length)
    stateIsSound(scenario, node)
    scenario.net.rejoin(3)
    await scenario.until(() => !node.raft.recovering, 'it is repaired')
    await scenario.until(() => node.state.appliedIndex >= length, 'it has everything')
    stateIsSound(scenario, node)
    // What it got in its place is good: the next life finds nothing, and it can lead.
    scenario.node(3).crash()
    const damaged = scenario.marks('recovery: damaged')
    await back(scenario, 3)
    assert.equal(scenario.marks('recovery: damaged'), damaged)
    await scenario.lead(3)
    await scenario.conclude()
  })
}

test('D-13 a whole segment of another node is refused, not adopted', async () => {
  const scenario = await longLogs({ seed: 14 }, MIDDLING)
  const { path } = placeOf(scenario.node(3), 'entry5')
  scenario.node(3).kill()
  const foreign = scenario.node(1).disk.bytesOf(path, 'durable') as Uint8Array
  scenario.node(3).damage(path, 0, foreign)
  scenario.node(3).restart()
  await scenario.until(() => scenario.node(3).condition !== 'starting', 'it has decided')
  assert.equal(scenario.node(3).condition, 'refused')
  assert.equal(faults(scenario, 'start refused: LOG_FOREIGN'), 1)
  await scenario.write('x', 'the others go on')
  await scenario.judge()
})

for (const source of ['rot', 'segment', 'place'] as const) {
  test(`D-21 a leader sends no damaged entry and repairs itself: ${source}`, async () => {
    const scenario = createSimulation({ seed: 21, config: ALL_ON_DISK })
    const leader = await scenario.lead(1)
    await scenario.untilConverged()
    scenario.net.isolate(3)
    await scenario.entries(1, 12, MIDDLING)
    await scenario.run(50)
    if (source === 'rot') {
      const { path, offset } = placeOf(leader, 'entry5')
      leader.rot(path, offset + 60)
    } else misdirect(scenario, 1, source)
    const sent = scenario.net.watch(({ kind }) => kind === 'append')
    const { lives } = leader.machine
    scenario.net.rejoin(3)
    await scenario.until(() => leader.machine.lives > lives, 'the leader stops and starts again')
    assert.equal(faults(scenario, 'node stopped: LOG_CORRUPT'), 1)
    await scenario.until(() => leader.up && leader.raft.recovering, 'it knows what it lacks')
    await scenario.untilLeader()
    assert.notEqual(scenario.leader, leader)
    await scenario.until(() => !leader.raft.recovering, 'it is repaired')
    await scenario.untilConverged()
    const entries = sent.of('append').flatMap((message) => message.entries)
    assert.ok(entries.length > 12)
    for (const { index, data } of entries) {
      assert.deepEqual(data, scenario.log[index - 1]?.entry.data, 'what is sent is sound')
    }
    await scenario.lead(1)
    await scenario.conclude()
  })
}
