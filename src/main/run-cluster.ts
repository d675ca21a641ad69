/**
 * A cluster on this machine, to try things out: a process for each node, each with a configuration
 * file, a directory and a log of its own. The nodes end with this process, however it ends: they
 * hear of it by the end of the channel between them.
 */

import path from 'node:path'
import { type ClusterWish, failureLines } from '../cli/index.ts'
import { commandWord, prepareGround, urlOf, wordOf } from './cluster-ground.ts'
import { ClusterNode, type NodePlace } from './cluster-node.ts'
import { runsAt } from './runs-at.ts'

const USUAL_PORT = 8081

/** Twice what a start should take. */
const SLOW_MS = 10_000
/** How soon it is noticed that somebody has brought a node back. */
const LOOK_MS = 1000

/** Resolves with the exit status. */
export async function runCluster(wish: ClusterWish): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
  try {
    const ground = await prepareGround(wish)
    try {
      return await run(ground.places, { wish, stopped })
    } finally {
      await ground.release()
    }
  } catch (error) {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`)
    return 1
  }
}

interface Run {
  readonly wish: ClusterWish
  readonly stopped: Promise<void>
}

async function run(places: readonly NodePlace[], { wish, stopped }: Run): Promise<number> {
  const began = performance.now()
  const nodes = places.map((place) => new ClusterNode(place))
  const roll = new Roll(nodes)
  try {
    for (const node of nodes) node.start()
    tellNodes(nodes, wish)
    const slow = setTimeout(() => {
      say('Not all nodes are ready yet; their logs say what they do.')
    }, SLOW_MS)
    const leaders = await Promise.race([
      Promise.all(nodes.map((node) => node.ready)),
      stopped.then(() => null),
    ]).finally(() => clearTimeout(slow))
    if (leaders === null) return 0
    tellReady(places, { leader: leaders.at(-1) ?? null, tookMs: performance.now() - began })
    for (const node of nodes) void node.ended.then(() => roll.strike(node))
    const end = await Promise.race([stopped.then(() => 'stopped' as const), roll.empty])
    if (end === 'stopped') say('Stopping.')
    return end === 'stopped' ? 0 : 1
  } finally {
    roll.close()
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

/** Nodes that run: processes of ours, and those that somebody brought back in another terminal. */
class Roll {
  readonly #nodes: readonly ClusterNode[]
  /** Of ours that have ended: whether they are back, as somebody else's process. */
  readonly #struck = new Map<ClusterNode, boolean>()
  readonly #empty = Promise.withResolvers<'empty'>()
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(nodes: readonly ClusterNode[]) {
    this.#nodes = nodes
  }

  /** No node runs any more. */
  get empty(): Promise<'empty'> {
    return this.#empty.promise
  }

  get #running(): number {
    const back = [...this.#struck.values()].filter((isBack) => isBack).length
    return this.#nodes.length - this.#struck.size + back
  }

  strike(node: ClusterNode): void {
    if (this.#isClosed) return
    this.#struck.set(node, false)
    tellEnd(node, { running: this.#running, all: this.#nodes.length })
    if (this.#running === 0) this.#empty.resolve('empty')
    this.#timer ??= this.#lookLater()
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      void this.#look()
    }, LOOK_MS)
  }

  async #look(): Promise<void> {
    for (const [node, wasBack] of this.#struck) {
      const isBack = await runsAt(node.place.clientPort)
      if (this.#isClosed) return
      if (isBack === null || isBack === wasBack) continue
      this.#struck.set(node, isBack)
      const { number } = node.place
      const count = `${this.#running} of ${this.#nodes.length} nodes run`
      if (isBack) say(`Node ${number} is back, in a process of its own: ${count}.`)
      else say(`Node ${number}, which was brought back, has ended: ${count}.`)
      if (this.#running === 0) this.#empty.resolve('empty')
    }
    this.#timer = this.#lookLater()
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function tellNodes(nodes: readonly ClusterNode[], { engine, directory }: ClusterWish): void {
  const at = path.relative('', directory) || '.'
  say(`Quorate: ${nodes.length} nodes with the engine ${engine}, data in ${at}`)
  for (const { place, pid } of nodes) {
    const { number, clientPort, peerPort, logFile } = place
    const ports = `clients ${urlOf(clientPort)}  nodes ${urlOf(peerPort)}`
    const log = path.relative('', logFile)
    say(`  node ${number}  process ${pid ?? '-'}  ${ports}  log ${log}`)
  }
}

function tellReady(
  places: readonly NodePlace[],
  { leader, tookMs }: { readonly leader: number | null; readonly tookMs: number },
): void {
  const ports = places.map(({ clientPort }) => clientPort)
  const endpoints = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const first = urlOf(ports[0] ?? 0)
  const last = urlOf(ports.at(-1) ?? 0)
  const leads = leader === null ? '' : `; node ${leader} leads`
  say(`Ready after ${(tookMs / 1000).toFixed(1)} s${leads}. For instance:

  curl -X PUT ${first}/api/v1/kv/greeting -d hello
  curl ${last}/api/v1/kv/greeting
  ${statusCommand(ports[0] ?? 0)}
  etcdctl --endpoints ${endpoints} get greeting

A page to try it at: ${first}/api
Ctrl-C stops all of it, and so does, from elsewhere: kill ${process.pid}`)
}

function statusCommand(firstPort: number): string {
  // The command line looks at the usual port by itself.
  const where = firstPort === USUAL_PORT ? '' : ` --endpoints 127.0.0.1:${firstPort}`
  return `${commandWord()} status${where}`
}

interface Count {
  readonly running: number
  readonly all: number
}

function tellEnd(node: ClusterNode, { running, all }: Count): void {
  if (node.isStopping) return
  const { number, logFile, configFile } = node.place
  const others =
    running * 2 > all
      ? `The ${running} others go on without it`
      : 'Those left are no majority, and wait for more'
  say(`Node ${number} (process ${node.pid ?? '-'}) has ended: ${node.endText}. ${others}.`)
  const words = node.lastWords()
  if (words.length > 0) say(`  The end of ${path.relative('', logFile)}:`)
  for (const line of words) say(`    ${line}`)
  // Without this process there is nothing to bring it back to: all of it is started again.
  if (running === 0) return
  const command = `${commandWord()} node --config ${wordOf(configFile)}`
  say(`  It comes back, in another terminal, with: ${command}`)
}
