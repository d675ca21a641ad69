/** Storage engines: bugs of other systems, driven on whole nodes (docs/scenarios.md). */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../../src/raft/index.ts'
import { asciiBytes, compactAsk, deleteAsk, putAsk, rangeAsk } from '../check/index.ts'
import { ENGINES } from '../machine.ts'
import { createSimulation, type Scenario } from '../scenario.ts'
import { GROUP, type ScenarioNode } from '../scenario-node.ts'
import { back, done, everything, stateIsSound } from './testing/asking.ts'
import { BRIEF, checkpointEvery, SMALL_BITCASK, TORN_CRASHES } from './testing/settings.ts'

const OFTEN = {
  ...checkpointEvery(8, { snapshotChunkBytes: 400 }),
  ...TORN_CRASHES,
  ...BRIEF,
  engine: 'bitcask' as const,
  bitcask: SMALL_BITCASK,
}

/** Of the group that scenarios talk to, and with this end of its name. */
function engineFiles(node: ScenarioNode, suffix = ''): string[] {
  const home = `${ENGINES}${GROUP}/`
  const paths = [...node.disk.files('durable').keys()].sort()
  return paths.filter((path) => path.startsWith(home) && path.endsWith(suffix))
}

/** A bit of each byte that values are filled up with. */
function rotValues(node: ScenarioNode, path: string): void {
  const bytes = node.disk.bytesOf(path, 'durable') ?? new Uint8Array(0)
  const filler = asciiBytes('.')[0]
  bytes.forEach((byte, at) => {
    if (byte === filler && bytes[at + 1] === filler) node.rot(path, at)
  })
}

/** Keys come and go, and the past goes with them, so that files have little left in them. */
async function churn(scenario: Scenario, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 12; i++) {
      const value = asciiBytes(`${round}.`.padEnd(300, '.'))
      await done(scenario, 1 + (i % 3), putAsk(`x${i}`, value))
    }
    for (let i = round % 2; i < 12; i += 2) await done(scenario, 2, deleteAsk(`x${i}`))
    const leader = await scenario.untilLeader()
    await done(scenario, 1, compactAsk(leader.state.revision))
  }
}

async function restart(
  scenario: Scenario,
  id: NodeId,
  end: 'crash' | 'kill',
): Promise<ScenarioNode> {
  if (scenario.node(id).up) scenario.node(id)[end]()
  const node = await back(scenario, id)
  stateIsSound(scenario, node)
  return node
}

test('K-01 what was deleted stays deleted, whatever was merged when power failed', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const scenario = createSimulation({ seed, config: OFTEN })
    await scenario.lead(1)
    for (let round = 0; round < 4; round++) {
      await churn(scenario, 2)
      await scenario.untilConverged()
      const there = await everything(scenario, 1)
      for (const { id } of scenario.nodes) await restart(scenario, id, round % 2 ? 'kill' : 'crash')
      await scenario.untilLeader()
      for (const { id } of scenario.nodes) assert.deepEqual(await everything(scenario, id), there)
    }
    await scenario.conclude()
  }
})

test('K-03 a hint that is missing, empty or damaged costs time and nothing else', async () => {
  for (const [at, harm] of (['missing', 'empty', 'damaged', 'foreign'] as const).entries()) {
    const scenario = createSimulation({ seed: 30 + at, config: OFTEN })
    await scenario.lead(1)
    await churn(scenario, 6)
    await scenario.untilConverged()
    const there = await everything(scenario, 1)
    const node = scenario.node(3)
    node.crash()
    const hints = engineFiles(node, '.hint')
    assert.ok(hints.length > 1, `${hints.length} hints`)
    for (const path of hints) {
      const size = node.disk.files('durable').get(path) ?? 0
      if (harm === 'missing') node.disk.wipe(path)
      else if (harm === 'empty') node.damage(path, 0, new Uint8Array(size))
      else if (harm === 'damaged') node.rot(path, Math.floor(size / 2))
      else {
        const other = hints.find((one) => one !== path) ?? path
        node.damage(path, 0, node.disk.bytesOf(other, 'durable') ?? new Uint8Array(0))
      }
    }
    await restart(scenario, 3, 'kill')
    await scenario.lead(3)
    assert.deepEqual(await everything(scenario, 3), there)
    await scenario.conclude()
  }
})

for (const engine of ['memory', 'bitcask'] as const) {
  test(`D-16 an engine that is damaged while the log is fine harms nobody: ${engine}`, async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const scenario = createSimulation({ seed, config: { ...OFTEN, engine } })
      await scenario.lead(1)
      await churn(scenario, 2)
      await scenario.untilConverged()
      const there = await everything(scenario, 1)
      const node = scenario.node(3)
      node.crash()
      for (const path of engineFiles(node)) {
        const size = node.disk.files('durable').get(path) ?? 0
        if (size > 0) node.rot(path, Math.floor((size * seed) / 7), 3)
      }
      node.restart()
      const settled = (): boolean => node.up || node.condition === 'refused'
      await scenario.until(settled, 'it starts, or says what is wrong')
      if (!node.up) {
        assert.equal(scenario.simulation.faults.get('start refused: ENGINE_CORRUPT'), 1)
        node.wipe()
        assert.deepEqual(await everything(scenario, 2), there)
        continue
      }
      await scenario.untilConverged()
      stateIsSound(scenario, node)
      assert.deepEqual(await everything(scenario, 3), there)
      await scenario.conclude()
    }
  })
}

test('D-16 a value that has rotted ends one life, and the next is whole again', async () => {
  let foundLater = 0
  for (let seed = 1; seed <= 24; seed++) {
    const scenario = createSimulation({ seed, config: OFTEN })
    const { faults } = scenario.simulation
    await scenario.lead(1)
    await churn(scenario, 2)
    await scenario.untilConverged()
    const there = await everything(scenario, 1)
    const node = scenario.node(3)
    node.crash()
    // The hint of the last one is not durable: that one is read.
    for (const path of engineFiles(node, '.data').slice(0, -1)) rotValues(node, path)
    await restart(scenario, 3, 'kill')
    // Some starts have to read values, to apply what came after the checkpoint.
    if (!faults.has('start under repair')) {
      const all = { rangeEnd: asciiBytes('\0') }
      const read = scenario.beginAsk(3, rangeAsk('\0', all, { serializable: true }))
      const isFound = (): boolean => faults.has('node stopped: ENGINE_CORRUPT')
      await scenario.until(() => isFound() || read.asked !== null, 'it reads all there is')
      if (!isFound()) {
        // A merge had moved what lives to the last file: what has rotted is nobody's.
        assert.deepEqual(await everything(scenario, 3), there)
        continue
      }
      foundLater += 1
    }
    await scenario.until(() => faults.has('start under repair'), 'the next life knows of it')
    await scenario.untilConverged()
    assert.deepEqual(await everything(scenario, 3), there)
    const repairs = faults.get('start under repair')
    await restart(scenario, 3, 'crash')
    await scenario.untilConverged()
    assert.equal(faults.get('start under repair'), repairs, 'once')
    await scenario.conclude()
  }
  assert.ok(foundLater >= 2, `${foundLater} times it was found when it was read`)
})

test('S-11 a snapshot is installed while the engine merges, and power fails at it', async () => {
  let moments = 1
  for (let deadly = 0; deadly <= moments; deadly++) {
    const scenario = createSimulation({ seed: 200 + deadly, config: OFTEN })
    await scenario.lead(1)
    await churn(scenario, 2)
    await scenario.untilConverged()
    scenario.net.isolate(3)
    for (let i = 0; i < 20; i++) await scenario.write(`x${i}`, String(i).padEnd(200, '.'))
    assert.ok(scenario.node(1).raft.baseIndex > scenario.node(3).raft.lastIndex)
    let moment = 0
    const phase = deadly % 2 === 0 ? 'started' : 'done'
    const stop = scenario.node(3).stopAtDisk((at) => {
      if (at.phase !== phase || !/engines|\.snap/.test(at.path)) return false
      moment += 1
      // Not each of them: there are hundreds.
      return moment === deadly * 4
    })
    scenario.net.rejoin(3)
    const { length } = scenario.log
    const followed = (): boolean => stop.struck || scenario.node(3).hasApplied(length)
    await scenario.until(followed, 'it is installed, or node 3 is dead')
    if (deadly === 0) moments = Math.min(Math.floor(moment / 4), 24)
    await restart(scenario, 3, 'crash')
    await scenario.conclude()
  }
  assert.ok(moments >= 8, `${moments} operations`)
})

test('I20 nodes with different engines give the same answers', async () => {
  const scenario = createSimulation({ seed: 20, config: { ...OFTEN, engine: 'mixed' } })
  await scenario.lead(1)
  for (const leader of [1, 2, 3]) {
    await scenario.lead(leader)
    await churn(scenario, 2)
    await scenario.untilConverged()
    const there = await everything(scenario, 1)
    for (const id of [2, 3]) assert.deepEqual(await everything(scenario, id), there)
  }
  await scenario.conclude()
})
