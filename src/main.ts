/**
 * The composition root: the only file that puts real parts together. For now it runs a
 * demonstration: three nodes in one process, each with a write-ahead log of its own on the real
 * disk, joined by links in memory. Type `help` at its prompt.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { KvError } from './base/index.ts'
import { failureLines, failureText } from './cli/index.ts'
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

const NODES_MAX = 7

const USAGE = `usage: npm start -- [--nodes N] [--data DIRECTORY]

  --nodes N          so many nodes, 1 to ${NODES_MAX}; 3 when absent
  --data DIRECTORY   keep the nodes' logs there, and go on with them the next time;
                     otherwise they are in a temporary directory that is removed at the end`

interface Demonstration {
  readonly directory: string
  readonly nodes: Map<NodeId, Node>
  readonly ids: readonly NodeId[]
  /** Those that may begin with an empty log: of a new cluster, and each of them once. */
  readonly unborn: Set<NodeId>
  requests: number
}

interface Wish {
  readonly count: number
  /** Null: a temporary one. */
  readonly directory: string | null
}

/** The exit status: 0 fine, 1 something failed, 2 wrong usage. */
async function main(): Promise<number> {
  let wish: Wish
  try {
    wish = readWish()
  } catch (error) {
    complain([`quorate: ${failureText(error)}`, USAGE])
    return 2
  }
  const signalled = new Promise<void>((settle) => {
    process.once('SIGINT', settle)
    process.once('SIGTERM', settle)
  })
  const directory = wish.directory ?? mkdtempSync(join(tmpdir(), 'quorate-'))
  try {
    return await demonstrate({ ...wish, directory }, signalled)
  } catch (error) {
    complain(failureLines(error))
    if (isLocked(error)) complain(['  stop that one first, or name another directory with --data'])
    return 1
  } finally {
    if (wish.directory === null) rmSync(directory, { recursive: true, force: true })
  }
}

function readWish(): Wish {
  const { values } = parseArgs({
    options: { nodes: { type: 'string', default: '3' }, data: { type: 'string' } },
  })
  const count = Number(values.nodes)
  if (!/^\d$/.test(values.nodes) || count < 1 || count > NODES_MAX) {
    throw new KvError('BAD_REQUEST', `--nodes takes a number from 1 to ${NODES_MAX}`)
  }
  if (values.data === '') throw new KvError('BAD_REQUEST', '--data takes a directory')
  const directory = values.data === undefined ? null : resolve(values.data)
  if (directory !== null) checkNodes(directory, count)
  return { count, directory }
}

/** With more or fewer nodes than there were, other majorities would decide. */
function checkNodes(directory: string, count: number): void {
  const present = nodesIn(directory)
  const wanted = Array.from({ length: count }, (_, i) => i + 1)
  if (present.length === 0 || wanted.join() === present.join()) return
  throw new KvError(
    'BAD_REQUEST',
    `${directory} holds the logs of the nodes ${present.join(', ')}, ` +
      `not of ${wanted.join(', ')}: say how many there were with --nodes, or put back what is gone`,
  )
}

function nodesIn(directory: string): NodeId[] {
  try {
    const names = readdirSync(directory).filter((name) => /^node-\d+$/.test(name))
    return names.map((name) => Number(name.slice('node-'.length))).sort((a, b) => a - b)
  } catch {
    // It is not there yet; or it cannot be read, which making a log in it will say better.
    return []
  }
}

async function demonstrate(
  { count, directory }: { readonly count: number; readonly directory: string },
  signalled: Promise<void>,
): Promise<number> {
  const ids = Array.from({ length: count }, (_, i) => i + 1)
  // Where any log is, a node without one has lost it: it must not begin anew with the same id.
  const unborn = new Set(nodesIn(directory).length === 0 ? ids : [])
  const cluster: Demonstration = { directory, nodes: new Map(), ids, unborn, requests: 0 }
  let isStopped = false
  try {
    const started = performance.now()
    await startAll(cluster)
    const leader = await waitForLeader(cluster)
    const elapsedMs = Math.round(performance.now() - started)
    print(`Quorate: ${count} nodes in this process, data in ${directory}`)
    const leading = leader === null ? 'No node leads yet' : `Node ${leader} leads`
    print(`${leading} after ${elapsedMs} ms. Type a command, or "help".`)
    await converse(cluster, signalled)
  } finally {
    // An open pipe would keep the process from ending.
    process.stdin.destroy()
    isStopped = await stopAll(cluster)
  }
  return isStopped ? 0 : 1
}

async function startAll(cluster: Demonstration): Promise<void> {
  const isNew = cluster.unborn.size > 0
  try {
    for (const id of cluster.ids) await startNode(cluster, id)
  } catch (error) {
    const isHalfMade = isNew && !isLocked(error) && nodesIn(cluster.directory).length > 0
    if (isHalfMade) complain([`${cluster.directory} is half made: remove it before you try again`])
    throw error
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof KvError && error.code === 'LOG_LOCKED'
}

/** True when every log was closed in good order. */
async function stopAll(cluster: Demonstration): Promise<boolean> {
  let isStopped = true
  for (const [id, node] of cluster.nodes) {
    try {
      await node.stop()
    } catch (error) {
      isStopped = false
      complain([`quorate: node ${id} did not stop in order: ${failureText(error)}`])
    }
  }
  return isStopped
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
        create: cluster.unborn.delete(id),
      }),
    openSnapshots: () => openSnapshots({ disk, directory, clusterId: CLUSTER_ID }),
    tickMs: TICK_MS,
    tuning: RAFT_TUNING,
    groupLimits: GROUP_LIMITS,
    stateLimits: STATE_LIMITS,
    initialGroups: new Map([[GROUP, configuration]]),
    onFatal: (error) => {
      print(`node ${id} stopped: ${describe(error)}; "start ${id}" starts it again`)
      void retire(cluster, id)
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
kill N             stop node N and close its log; the others lose the connection to it
start N            start it again: it goes on from what its log holds
quit`

/** Until `quit`, or a signal. The end of a piped input is no reason to stop the cluster. */
async function converse(cluster: Demonstration, signalled: Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin })
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
      return await kill(cluster, Number(first))
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

async function kill(cluster: Demonstration, id: NodeId): Promise<string> {
  if (!cluster.nodes.has(id)) return `node ${id} is not running`
  await retire(cluster, id)
  return `node ${id} is gone`
}

/** Takes the node out of the cluster; once its log is closed it can be started again. */
async function retire(cluster: Demonstration, id: NodeId): Promise<void> {
  const node = cluster.nodes.get(id)
  cluster.nodes.delete(id)
  for (const other of cluster.nodes.values()) other.peerDropped(id)
  try {
    await node?.stop()
  } catch (error) {
    print(`the log of node ${id} was not closed in order: ${describe(error)}`)
  }
}

function describe(error: unknown): string {
  if (error instanceof KvError) return `${error.code}: ${failureText(error)}`
  return failureLines(error).join('\n')
}

function complain(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main()
