/**
 * A cluster on this machine, to try things out: a process for each node, each with a configuration
 * file, a directory and a log of its own. The nodes end with this process, however it ends: they
 * hear of it by the end of the channel between them.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { KvError } from '../base/index.ts'
import { type ClusterWish, failureLines, readIdentity } from '../cli/index.ts'
import { createNodeDisk, createNodeSockets, type Disk, DiskError } from '../io/index.ts'
import { ClusterNode, type NodePlace } from './cluster-node.ts'

/** Twice what a start should take. */
const SLOW_MS = 10_000

/** What an earlier cluster has left, and nothing else that anybody might keep there. */
const OWN_NAMES = /^(node-\d+(\.yaml|\.log)?|\.quorate-lock)$/

/** Resolves with the exit status. */
export async function runCluster(wish: ClusterWish): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
  try {
    const places = placesOf(wish)
    await checkPorts(places, wish)
    const disk = createNodeDisk()
    const lock = await claim(wish, disk)
    try {
      if (wish.isFresh) forget(wish.directory)
      else await checkEarlier(wish, disk)
      return await run(places, { wish, stopped })
    } finally {
      await lock.release()
    }
  } catch (error) {
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`)
    return 1
  }
}

function placesOf({ nodes, directory, clientPort, peerPort }: ClusterWish): readonly NodePlace[] {
  return Array.from({ length: nodes }, (_, i) => ({
    number: i + 1,
    directory: path.join(directory, `node-${i + 1}`),
    configFile: path.join(directory, `node-${i + 1}.yaml`),
    logFile: path.join(directory, `node-${i + 1}.log`),
    clientPort: clientPort + i,
    peerPort: peerPort + i,
  }))
}

/** Before anything is written: who has a port already cannot be seen by looking at files. */
async function checkPorts(places: readonly NodePlace[], wish: ClusterWish): Promise<void> {
  const sockets = createNodeSockets()
  const taken: string[] = []
  for (const { number, clientPort, peerPort } of places) {
    for (const [port, use] of [
      [clientPort, 'clients'],
      [peerPort, 'other nodes'],
    ] as const) {
      try {
        const listener = await sockets.listen({ host: '127.0.0.1', port }, (one) => one.destroy())
        await listener.close()
      } catch {
        taken.push(`port ${port} is taken, which node ${number} needs for ${use}`)
      }
    }
  }
  if (taken.length === 0) return
  const { clientPort, peerPort } = wish
  throw new KvError(
    'BAD_REQUEST',
    `${taken.join('\n  ')}\n  stop what has it, or begin elsewhere, for instance with ` +
      `--client-port ${clientPort + 100} --peer-port ${peerPort + 100}`,
  )
}

async function claim({ directory }: ClusterWish, disk: Disk) {
  await disk.makeDirectory(directory)
  try {
    return await disk.lock(directory)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'locked') throw error
    throw new KvError(
      'LOG_LOCKED',
      `another cluster runs in ${directory}: stop it, or name another directory with --data`,
    )
  }
}

function forget(directory: string): void {
  const names = readdirSync(directory)
  const foreign = names.find((name) => !OWN_NAMES.test(name))
  if (foreign !== undefined) {
    throw new KvError(
      'BAD_REQUEST',
      `${directory} holds ${foreign}, which is not of a cluster: nothing was removed. ` +
        'Name another directory with --data',
    )
  }
  for (const name of names) {
    if (name.startsWith('node-')) rmSync(path.join(directory, name), { recursive: true })
  }
}

/** With more or fewer nodes than there were, other majorities would decide. */
async function checkEarlier({ directory, nodes, engine }: ClusterWish, disk: Disk): Promise<void> {
  const names = readdirSync(directory).filter((name) => /^node-\d+$/.test(name))
  for (const name of names) {
    const found = await readIdentity(disk, path.join(directory, name))
    if (found === null) continue
    const asked = found.members.length === nodes && found.engine === engine
    if (asked) return
    throw new KvError(
      'BAD_REQUEST',
      `${directory} holds a cluster of ${found.members.length} nodes with the engine ` +
        `${found.engine}: go on with --nodes ${found.members.length} --engine ${found.engine}, ` +
        'or forget it with --fresh',
    )
  }
}

interface Run {
  readonly wish: ClusterWish
  readonly stopped: Promise<void>
}

async function run(places: readonly NodePlace[], { wish, stopped }: Run): Promise<number> {
  const began = performance.now()
  const nodes = places.map((place) => {
    mkdirSync(wish.directory, { recursive: true })
    writeFileSync(place.configFile, configText(place, { places, wish }))
    return new ClusterNode(place)
  })
  try {
    for (const node of nodes) node.start()
    tellPlaces(places, wish)
    const slow = setTimeout(() => {
      say('Not all nodes are ready yet; their logs say what they do.')
    }, SLOW_MS)
    const leaders = await Promise.race([
      Promise.all(nodes.map((node) => node.ready)),
      stopped.then(() => null),
    ]).finally(() => clearTimeout(slow))
    if (leaders === null) return 0
    tellReady(places, { leader: leaders.at(-1) ?? null, tookMs: performance.now() - began })
    const allGone = Promise.all(nodes.map((node) => node.ended.then(() => tellEnd(node))))
    const end = await Promise.race([stopped.then(() => 'stopped' as const), allGone])
    if (end === 'stopped') say('Stopping.')
    return end === 'stopped' ? 0 : 1
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

function configText(
  { number, directory, clientPort, peerPort }: NodePlace,
  { places, wish }: { readonly places: readonly NodePlace[]; readonly wish: ClusterWish },
): string {
  // JSON is YAML, and quotes whatever needs it.
  const members = places.map((place) => `    node-${place.number}: ${urlOf(place.peerPort)}`)
  return [
    '# Written by "quorate start" each time. docs/reference/configuration.md has every setting.',
    `name: node-${number}`,
    `engine: ${wish.engine}`,
    `data: { directory: ${JSON.stringify(directory)} }`,
    // Small files, so that a first start has little to write.
    'limits: { logSegment: 16MiB }',
    `client: { listen: "${urlOf(clientPort)}" }`,
    `peer: { listen: "${urlOf(peerPort)}" }`,
    `raft: { profile: ${wish.profile ?? 'standard'} }`,
    'cluster:',
    '  token: quorate-start',
    '  members:',
    ...members,
    '',
  ].join('\n')
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function tellPlaces(places: readonly NodePlace[], { engine, directory }: ClusterWish): void {
  const at = path.relative('', directory) || '.'
  say(`Quorate: ${places.length} nodes with the engine ${engine}, data in ${at}`)
  for (const { number, clientPort, peerPort, logFile } of places) {
    const log = path.relative('', logFile)
    say(`  node ${number}  clients ${urlOf(clientPort)}  nodes ${urlOf(peerPort)}  log ${log}`)
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

  etcdctl --endpoints ${endpoints} put greeting hello
  curl -s ${first}/v3/kv/put -d '{"key":"Z3JlZXRpbmc=","value":"aGVsbG8="}'
  curl -s ${last}/v3/kv/range -d '{"key":"Z3JlZXRpbmc="}'

Ctrl-C stops all of it.`)
}

function tellEnd(node: ClusterNode): void {
  if (node.isStopping) return
  const { number, logFile } = node.place
  say(`Node ${number} has ended: ${node.endText}. The others go on without it. Its last words,`)
  say(`of ${path.relative('', logFile)}:`)
  for (const line of node.lastWords()) say(`  ${line}`)
}
