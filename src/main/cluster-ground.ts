/**
 * What nodes on this machine stand on: ports that are free, a directory that nobody else uses, and
 * a configuration file for each of them.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { KvError } from '../base/index.ts'
import { readIdentity } from '../cli/config/index.ts'
import type { ClusterWish } from '../cli/index.ts'
import { createNodeDisk, createNodeSockets, type Disk, DiskError } from '../io/index.ts'
import type { NodePlace } from './cluster-node.ts'

/** What an earlier cluster has left, and nothing else that anybody might keep there. */
const OWN_NAMES = /^(node-\d+(\.yaml|\.log)?|\.quorate-lock|\.quorate-process)$/
/** Holds the number of the process that has the lock; without the lock it means nothing. */
const PROCESS_FILE = '.quorate-process'

export interface Ground {
  readonly places: readonly NodePlace[]
  /** The directory is anybody's again. */
  readonly release: () => Promise<void>
}

/** Nothing was written when it fails. */
export async function prepareGround(wish: ClusterWish): Promise<Ground> {
  const places = placesOf(wish)
  const disk = createNodeDisk()
  // Who begins again what runs already has to hear that, and not of the ports that it has.
  let release = existsSync(wish.directory) ? await claim(wish, disk) : null
  try {
    await checkPorts(places, wish)
    release ??= await claim(wish, disk)
    if (wish.isFresh) forget(wish.directory)
    else await checkEarlier(wish, disk)
    for (const place of places) {
      writeFileSync(place.configFile, configText(place, { places, wish }))
    }
    return { places, release }
  } catch (error) {
    await release?.()
    throw error
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
  // npm keeps options that it knows, or could, unless they stand behind two dashes.
  const command = process.env['npm_lifecycle_event'] === 'start' ? 'npm start -- ' : ''
  throw new KvError(
    'BAD_REQUEST',
    `${taken.join('\n  ')}\n  stop what has it, or begin elsewhere, for instance with ` +
      `${command}--client-port ${clientPort + 100} --peer-port ${peerPort + 100}`,
  )
}

/** What it returns gives the directory back. */
async function claim({ directory }: ClusterWish, disk: Disk): Promise<() => Promise<void>> {
  await disk.makeDirectory(directory)
  const processFile = path.join(directory, PROCESS_FILE)
  try {
    const lock = await disk.lock(directory)
    writeFileSync(processFile, `${process.pid}\n`)
    return async () => {
      rmSync(processFile, { force: true })
      await lock.release()
    }
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'locked') throw error
    const file = wordOf(path.join(directory, 'node-2.yaml'))
    throw new KvError(
      'LOG_LOCKED',
      `a cluster runs in ${path.relative('', directory) || '.'} already${holder(processFile)}: ` +
        'stop it first, or name another directory with --data\n  to bring back a node of it ' +
        `that has ended, for instance node 2: ${commandWord()} node --config ${file}`,
    )
  }
}

function holder(processFile: string): string {
  try {
    return ` (process ${Number(readFileSync(processFile, 'utf8'))})`
  } catch {
    // It has the lock since a moment ago.
    return ''
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

export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** As the command is typed in the directory this one was started in. */
export function commandWord(): string {
  return existsSync(path.join('bin', 'quorate')) ? 'bin/quorate' : 'npx quorate'
}

/** A file as a word of a command that is typed in this directory. */
export function wordOf(file: string): string {
  const word = path.relative('', file)
  return /^[\w./+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
