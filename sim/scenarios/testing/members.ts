/** What scenarios of members and of lives share. */

import assert from 'node:assert/strict'
import type { PeerMessage } from '../../../src/peer/index.ts'
import type { Configuration, NodeId } from '../../../src/raft/index.ts'
import { DATA_DIRECTORY } from '../../machine.ts'
import { createSimulation, type Scenario } from '../../scenario.ts'
import type { ScenarioNode } from '../../scenario-node.ts'
import type { DiskImage } from '../../world/index.ts'
import { checkpointEvery } from './settings.ts'

export function carriesEntries(message: PeerMessage): boolean {
  return message.kind === 'append' && message.entries.length > 0
}

export function alone(voters: readonly NodeId[], learners: readonly NodeId[] = []): Configuration {
  return { voters, outgoing: [], learners }
}

export async function untilUp(scenario: Scenario, ...ids: readonly NodeId[]): Promise<void> {
  await scenario.until(() => ids.every((id) => scenario.node(id).up), `${ids} have started`)
}

export async function restartAll(scenario: Scenario, end: 'kill' | 'crash'): Promise<void> {
  for (const node of scenario.nodes) node[end]()
  for (const node of scenario.nodes) node.restart()
  await untilUp(scenario, ...scenario.nodes.map(({ id }) => id))
}

/** Flips bits of this text wherever the node's log has it. */
export function rotText(node: ScenarioNode, text: string): void {
  const logs = node.files('.log')
  const places = logs.map((path) => {
    return Buffer.from(node.disk.bytesOf(path, 'durable') ?? []).indexOf(text)
  })
  logs.forEach((path, i) => {
    const at = places[i] ?? -1
    if (at >= 0) node.rot(path, at, text.length)
  })
  assert.ok(Math.max(...places) >= 0, 'the text is on the medium')
}

/** Node 1's log begins behind a snapshot and ends with a change of members nobody else has. */
export async function strandedChange(): Promise<Scenario> {
  const scenario = createSimulation({ seed: 3, spares: 2, config: checkpointEvery(10) })
  await scenario.lead(1)
  await scenario.changeMembers([1, 2, 3], [4, 5])
  await scenario.entries(1, 30)
  await scenario.untilConverged()
  const { configurationIndex, baseIndex } = scenario.node(1).raft
  assert.ok(configurationIndex < baseIndex, 'only the snapshot still tells of the members')
  scenario.net.isolate(1)
  assert.equal(scenario.tryMembers(1, { voters: [1, 4, 5], learners: [2] }), null)
  const { lastIndex } = scenario.node(1).raft
  await scenario.until(() => scenario.node(1).raft.durableIndex === lastIndex, 'it is written')
  assert.deepEqual(scenario.node(1).raft.configuration.voters, [1, 4, 5])
  return scenario
}

/** Node 4 dies at an operation on its snapshots or its log, is removed, and is added again. */
export async function diesWhileCutting(deadly: number): Promise<string> {
  const config = checkpointEvery(5, { snapshotChunkBytes: 100 })
  const scenario = createSimulation({ seed: 160 + deadly, learners: 1, config })
  await scenario.lead(1)
  await scenario.entries(1, 4, { bytes: 300 })
  let moment = 0
  let died = ''
  scenario.node(4).disk.onOperation = ({ operation, path, phase }) => {
    if (!['write', 'sync', 'rename', 'syncDirectory', 'remove'].includes(operation)) return
    if (path.endsWith('.log') && !scenario.node(4).files('.snap').length) return
    moment += 1
    if (moment !== deadly) return
    scenario.node(4).disk.onOperation = null
    died = `${operation} ${phase}`
    // What is under way happens, does not happen, or stops in the middle.
    if (deadly % 4 < 2) scenario.node(4).kill()
    else scenario.node(4).crash()
  }
  await scenario.entries(1, 12, { bytes: 300 })
  await scenario.changeMembers([1, 2, 3])
  await scenario.entries(1, 12)
  scenario.node(4).disk.onOperation = null
  await scenario.changeMembers([1, 2, 3], [4])
  if (!scenario.node(4).up) scenario.node(4).restart()
  await untilUp(scenario, 4)
  assert.equal(scenario.node(4).raft.recovering, false, 'its log stands on what it has')
  await scenario.untilConverged()
  assert.deepEqual(scenario.node(4).raft.configuration, alone([1, 2, 3], [4]))
  assert.equal(scenario.node(4).raft.removed, false)
  await scenario.changeMembers([1, 2, 4])
  await scenario.conclude()
  return died
}

/** Node 4 is removed and added again while the rename of a snapshot of its own takes its time. */
export async function returnsWithSnapshotOpen(
  seed: number,
  { died }: { died: boolean },
): Promise<void> {
  const scenario = createSimulation({ seed, learners: 1, config: checkpointEvery(5) })
  await scenario.lead(1)
  await scenario.entries(1, 3)
  scenario.node(4).disk.hold('rename')
  await scenario.entries(1, 6)
  await scenario.until(() => scenario.node(4).hasApplied(scenario.log.length), 'it keeps up')
  assert.deepEqual(scenario.node(4).files('.snap'), [], 'its snapshot is not there yet')
  scenario.net.isolate(4)
  await scenario.changeMembers([1, 2, 3])
  await scenario.entries(1, 12)
  const chunks = scenario.net.watch(({ kind, to }) => kind === 'snapshotChunk' && to === 4)
  scenario.net.rejoin(4)
  await scenario.changeMembers([1, 2, 3], [4])
  await scenario.until(() => chunks.caught.length > 0, 'it is sent a newer one')
  await scenario.run(20)
  // Both are finished now, in any order; or neither of them is.
  if (!died) {
    scenario.node(4).disk.release()
    await scenario.untilConverged()
    await scenario.run(20)
  }
  scenario.node(4).crash()
  scenario.node(4).disk.release()
  scenario.node(4).restart()
  await untilUp(scenario, 4)
  assert.equal(scenario.node(4).raft.recovering, false, 'its log stands on what it has')
  await scenario.untilConverged()
  assert.deepEqual(scenario.node(4).raft.configuration, alone([1, 2, 3], [4]))
  await scenario.changeMembers([1, 2, 4])
  await scenario.conclude()
}

/** Files of another cluster of the same id, as before a disaster: far ahead, other members. */
export async function snapshotsOfAnother(): Promise<DiskImage['files']> {
  const old = createSimulation({ seed: 80, learners: 1, config: checkpointEvery(6) })
  await old.lead(2)
  await old.untilConverged()
  old.net.isolate(4)
  await old.entries(2, 60, { key: 'of the old cluster' })
  old.net.rejoin(4)
  await old.until(() => old.marks('snapshotWritten') > 0, 'a snapshot is on the disk of node 2')
  const { files } = old.node(2).disk.copyOf(DATA_DIRECTORY)
  const snapshots = files.filter(({ name }) => name.endsWith('.snap'))
  assert.ok(snapshots.length > 0)
  return snapshots
}
