import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { KvError, SeededChance } from '../base/index.ts'
import { createMemory } from '../engine/index.ts'
import { GROUP_LIMITS } from '../group/index.ts'
import { createNodeClock, createNodeDisk } from '../io/index.ts'
import { LOG_LIMITS, openLog, openSnapshots } from '../log/index.ts'
import type { PeerMessage } from '../peer/index.ts'
import { type NodeId, RAFT_TUNING } from '../raft/index.ts'
import { STATE_LIMITS } from '../state/index.ts'
import { DATA_GROUP, META_GROUP, NODE_SETTINGS, Node, type NodeParts } from './index.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-node-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const heartbeat = { group: 1, term: 5, commit: 0, round: 0, incarnation: 1 }

function start(failures: unknown[], parts: Partial<NodeParts> = {}): Promise<Node> {
  const identity = { clusterId: 1, nodeId: 1 }
  const disk = createNodeDisk()
  const clock = createNodeClock()
  const chance = new SeededChance(1, 'node')
  const limits = { ...LOG_LIMITS, segmentBytes: 65_536 }
  const members = { voters: [1, 2], outgoing: [], learners: [] }
  const log = { disk, clock, chance, directory, identity, limits, repairable: true, create: true }
  return Node.start({
    identity,
    clock,
    chance,
    links: { send: () => {} },
    openLog: (onFatal) => openLog({ ...log, onFatal }),
    openSnapshots: () => openSnapshots({ disk, directory, clusterId: 1 }),
    tickMs: 10,
    tuning: RAFT_TUNING,
    groupLimits: GROUP_LIMITS,
    stateLimits: STATE_LIMITS,
    initialGroups: new Map([
      [META_GROUP, members],
      [DATA_GROUP, members],
    ]),
    engines: (group) =>
      createMemory({ disk, clock, directory: join(directory, `engine-${group}`) }),
    settings: NODE_SETTINGS,
    onFatal: (error) => failures.push(error),
    observer: null,
    ...parts,
  })
}

function arrive(node: Node, from: NodeId): void {
  const message: PeerMessage = { kind: 'heartbeat', ...heartbeat, from, to: 1 }
  node.receive({ clusterId: 1, from, to: 1, incarnation: 1, messages: [message] })
}

test('messages of a node that claims the own id, or none, are dropped', async () => {
  const failures: unknown[] = []
  const node = await start(failures)
  arrive(node, 1)
  arrive(node, 0)
  assert.deepEqual([failures, node.stopped, node.group(1).raft.term], [[], false, 0])
  arrive(node, 2)
  assert.equal(node.group(1).raft.term, 5)
  await node.stop()
})

test('a node that stopped by itself gives its directory back when it is told to stop', async () => {
  const failures: unknown[] = []
  const node = await start(failures)
  // A broken invariant, made by hand.
  const group = node.group(1)
  group.receive = () => {
    throw new Error('broken')
  }
  arrive(node, 2)
  assert.deepEqual([failures.length, node.stopped], [1, true])
  await assert.rejects(start(failures), { code: 'LOG_LOCKED' })
  await Promise.all([node.stop(), node.stop()])
  const again = await start(failures)
  assert.equal(again.stopped, false)
  await again.stop()
})

test('a start that fails halfway gives the directory back and is not fatal twice', async () => {
  const failures: unknown[] = []
  const broken = async (): Promise<never> => {
    throw new KvError('SNAPSHOT_CORRUPT', 'no snapshots today')
  }
  await assert.rejects(start(failures, { openSnapshots: broken }), { code: 'SNAPSHOT_CORRUPT' })
  assert.deepEqual(failures, [])
  const node = await start(failures)
  await node.stop()
})
