/**
 * The composition root: the only file that puts real parts together. For now it runs a
 * demonstration: three nodes in one process, each with a write-ahead log of its own on the real
 * disk, joined by links in memory. Type `help` at its prompt.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { GROUP_LIMITS, type Outcome, type ReadOutcome } from './group/index.ts'
import { createNodeChance, createNodeClock, createNodeDisk } from './io/index.ts'
import { LOG_LIMITS, openLog, openSnapshots } from './log/index.ts'
import { decodeEnvelope, type Envelope, encodeEnvelope } from './peer/index.ts'
import {
  type Configuration,
  isValidConfiguration,
  type NodeId,
  parseConfiguration,
  RAFT_TUNING,
} from './raft/index.ts'
import { Node } from './server/index.ts'
import { type Command, encodeCommand, STATE_LIMITS } from './state/index.ts'

const GROUP = 1
const TICK_MS = 10
const CLUSTER_ID = 1
/** A demonstration writes little: small segments make it start at once. */
const SEGMENT_BYTES = 4 * 1024 * 1024
/** Longer than any election takes. */
const LEADER_WAIT_MS = 5000

interface Demonstration {
  readonly directory: string
  readonly nodes: Map<NodeId, Node>
  readonly ids: readonly NodeId[]
  requests: number
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { nodes: { type: 'string', default: '3' }, data: { type: 'string' } },
  })
  const count = Math.min(7, Math.max(1, Number(values.nodes) || 3))
  const kept = values.data !== undefined
  const directory = values.data ?? mkdtempSync(join(tmpdir(), 'quorate-'))
  const ids = Array.from({ length: count }, (_, i) => i + 1)
  const cluster: Demonstration = { directory, nodes: new Map(), ids, requests: 0 }
  const started = performance.now()
  for (const id of ids) await startNode(cluster, id)
  const leader = await waitForLeader(cluster)
  const elapsedMs = Math.round(performance.now() - started)
  print(`Quorate: ${count} nodes in this process, data in ${directory}`)
  print(`Node ${leader} leads after ${elapsedMs} ms. Type a command, or "help".`)
  await converse(cluster)
  for (const node of cluster.nodes.values()) await node.stop()
  if (!kept) rmSync(directory, { recursive: true })
}

async function startNode(cluster: Demonstration, id: NodeId): Promise<void> {
  const disk = createNodeDisk()
  const clock = createNodeClock()
  const directory = join(cluster.directory, `node-${id}`)
  const identity = { clusterId: CLUSTER_ID, nodeId: id }
  const configuration: Configuration = { voters: cluster.ids, outgoing: [], learners: [] }
  const node = await Node.start({
    identity,
    clock,
    chance: createNodeChance(),
    links: { send: (envelope) => deliver(cluster, envelope) },
    openLog: (onFatal) =>
      openLog({
        disk,
        clock,
        chance: createNodeChance(),
        directory,
        identity,
        limits: { ...LOG_LIMITS, segmentBytes: SEGMENT_BYTES },
        onFatal,
        repairable: cluster.ids.length > 1,
        create: true,
      }),
    openSnapshots: () => openSnapshots({ disk, directory, clusterId: CLUSTER_ID }),
    tickMs: TICK_MS,
    tuning: RAFT_TUNING,
    groupLimits: GROUP_LIMITS,
    stateLimits: STATE_LIMITS,
    initialGroups: new Map([[GROUP, configuration]]),
    onFatal: (error) => {
      cluster.nodes.delete(id)
      print(`node ${id} stopped: ${describe(error)}`)
    },
    observer: null,
  })
  cluster.nodes.set(id, node)
}

/**
 * Through the real bytes, so that what the nodes say to each other is what would cross a network.
 */
function deliver(cluster: Demonstration, envelope: Envelope): void {
  const bytes = encodeEnvelope(envelope)
  setImmediate(() => {
    const decoded = decodeEnvelope(bytes, { parseConfiguration, isValidConfiguration })
    if (!('kind' in decoded)) cluster.nodes.get(envelope.to)?.receive(decoded)
  })
}

/** Null when there is none in time: a majority of the nodes is down. */
async function waitForLeader(cluster: Demonstration): Promise<NodeId | null> {
  const endsAt = performance.now() + LEADER_WAIT_MS
  while (performance.now() < endsAt) {
    const leader = leaderOf(cluster)
    if (leader !== null) return leader
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  return null
}

function leaderOf(cluster: Demonstration): NodeId | null {
  for (const [id, node] of cluster.nodes) {
    if (node.group(GROUP).raft.role === 'leader') return id
  }
  return null
}

const HELP = `put KEY VALUE      write, answered when a majority has it on disk
get KEY            linearizable read, served by any node
delete KEY
status             what each node knows
kill N             drop node N without a farewell
start N            start it again: it recovers from its log
quit`

/** Until `quit`, or a signal. The end of a piped input is no reason to stop the cluster. */
async function converse(cluster: Demonstration): Promise<void> {
  const lines = createInterface({ input: process.stdin })
  const signalled = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  void signalled.then(() => lines.close())
  for await (const line of lines) {
    const words = line.trim().split(/\s+/)
    if (words[0] === 'quit' || words[0] === 'exit') return
    try {
      print(await obey(cluster, words))
    } catch (error) {
      print(describe(error))
    }
  }
  const keepRunning = setInterval(() => {}, LEADER_WAIT_MS)
  await signalled
  clearInterval(keepRunning)
}

async function obey(cluster: Demonstration, words: readonly string[]): Promise<string> {
  const [verb = '', first = '', ...rest] = words
  switch (verb) {
    case '':
      return ''
    case 'help':
      return HELP
    case 'put':
      return write(cluster, first, rest.join(' '))
    case 'delete':
      return write(cluster, first, null)
    case 'get':
      return read(cluster, first)
    case 'status':
      return status(cluster)
    case 'kill':
      return kill(cluster, Number(first))
    case 'start':
      if (!cluster.ids.includes(Number(first))) return `there is no node ${first}`
      if (cluster.nodes.has(Number(first))) return `node ${first} is running`
      await startNode(cluster, Number(first))
      return `node ${first} is back`
    default:
      return `unknown command "${verb}"; try "help"`
  }
}

async function write(cluster: Demonstration, key: string, value: string | null): Promise<string> {
  if (key === '' || value === '') return 'usage: put KEY VALUE, delete KEY'
  const leader = cluster.nodes.get((await waitForLeader(cluster)) ?? 0)
  if (leader === undefined) return 'there is no leader: a majority of the nodes is down'
  cluster.requests += 1
  const ids = { clientId: 1, requestId: cluster.requests }
  const bytes = new TextEncoder().encode(key)
  const command: Command =
    value === null
      ? { kind: 'delete', ...ids, key: bytes }
      : { kind: 'put', ...ids, key: bytes, value: new TextEncoder().encode(value) }
  const started = performance.now()
  const outcome = await new Promise<Outcome>((settle) => {
    leader.group(GROUP).propose(encodeCommand(command), { settle })
  })
  if (outcome.kind !== 'applied') return `${outcome.kind}: ${outcome.code}`
  const elapsedMs = (performance.now() - started).toFixed(2)
  return `ok, revision ${outcome.result.revision}, log index ${outcome.index}, ${elapsedMs} ms`
}

async function read(cluster: Demonstration, key: string): Promise<string> {
  if ((await waitForLeader(cluster)) === null) return 'refused: NO_LEADER'
  const nodes = [...cluster.nodes.values()]
  const node = nodes[cluster.requests++ % Math.max(1, nodes.length)]
  if (node === undefined || key === '') return 'usage: get KEY'
  return new Promise((resolve) => {
    node.group(GROUP).read({
      settleRead: (outcome: ReadOutcome) => {
        if (outcome.kind === 'refused') return resolve(`refused: ${outcome.code}`)
        const stored = outcome.store.get(new TextEncoder().encode(key))
        if (stored === null) return resolve(`(not found, asked node ${node.id})`)
        const value = new TextDecoder().decode(stored.value)
        resolve(`${value}   (revision ${stored.modRevision}, from node ${node.id})`)
      },
    })
  })
}

function status(cluster: Demonstration): string {
  return cluster.ids
    .map((id) => {
      const node = cluster.nodes.get(id)
      if (node === undefined) return `node ${id}  down`
      const { raft } = node.group(GROUP)
      return `node ${id}  ${raft.role}  term ${raft.term}  committed ${raft.commit}`
    })
    .join('\n')
}

function kill(cluster: Demonstration, id: NodeId): string {
  const node = cluster.nodes.get(id)
  if (node === undefined) return `node ${id} is not running`
  cluster.nodes.delete(id)
  void node.stop()
  for (const other of cluster.nodes.values()) other.peerDropped(id)
  return `node ${id} is gone`
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

await main()
