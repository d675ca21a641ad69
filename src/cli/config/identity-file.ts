/**
 * Who a data directory belongs to. It is written once, when the node has its log and before it
 * takes part in anything; from then on the directory must hold a log, and the names in it decide.
 * What that protects from: a node that is started on the directory of another, in another cluster,
 * with another engine, or on a directory whose log is gone.
 */

import { KvError } from '../../base/index.ts'
import { type Disk, DiskError } from '../../io/index.ts'
import type { ClusterPlan, PlannedMember } from './cluster-plan.ts'
import type { EngineName, NodeConfig } from './node-config.ts'
import { parseMemberUrl } from './urls.ts'

export const IDENTITY_FILE = 'identity.json'
const FORMAT = 1
const FILE_BYTES_MAX = 65_536

export interface Identity {
  readonly clusterId: number
  readonly nodeId: number
  readonly name: string
  readonly token: string
  readonly engine: EngineName
  readonly members: readonly PlannedMember[]
}

export function identityOf(plan: ClusterPlan, { name, engine }: NodeConfig): Identity {
  const own = plan.members.find((member) => member.name === name)
  if (own === undefined) throw new KvError('BAD_REQUEST', `${name} is no member of the cluster`)
  return { ...plan, nodeId: own.id, name, engine }
}

/** Null when the directory belongs to nobody yet. */
export async function readIdentity(disk: Disk, directory: string): Promise<Identity | null> {
  const path = `${directory}/${IDENTITY_FILE}`
  const text = await readText(disk, path)
  if (text === null) return null
  const identity = parse(text)
  if (identity !== null) return identity
  throw new KvError(
    'LOG_FOREIGN',
    `${path} cannot be read: it is damaged, or of another version. Restore it from a copy; ` +
      'its name, cluster and members are those the node was first started with',
  )
}

async function readText(disk: Disk, path: string): Promise<string | null> {
  try {
    const file = await disk.open(path, { mode: 'read' })
    try {
      const bytes = new Uint8Array(Math.min(await file.size(), FILE_BYTES_MAX))
      const length = await file.read(bytes, 0, bytes.length, 0)
      return new TextDecoder().decode(bytes.subarray(0, length))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof DiskError && error.code === 'notFound') return null
    throw error
  }
}

/** Durable when it resolves. The directory exists. */
export async function writeIdentity(
  disk: Disk,
  directory: string,
  identity: Identity,
): Promise<void> {
  const path = `${directory}/${IDENTITY_FILE}`
  const part = `${path}.part`
  const members = identity.members.map(({ id, name, peerUrls }) => ({
    id,
    name,
    peerUrls: peerUrls.map(({ text }) => text),
  }))
  const text = JSON.stringify({ format: FORMAT, ...identity, members }, null, 2)
  const bytes = new TextEncoder().encode(`${text}\n`)
  await disk.remove(part).catch((error: unknown) => {
    if (!(error instanceof DiskError && error.code === 'notFound')) throw error
  })
  const file = await disk.open(part, { mode: 'create' })
  try {
    await file.write(bytes, 0, bytes.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(part, path)
  await disk.syncDirectory(directory)
}

function parse(text: string): Identity | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // A file that is no JSON is damaged like any other that makes no sense.
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { format, clusterId, nodeId, name, token, engine, members } = value as Record<
    string,
    unknown
  >
  const parsed = Array.isArray(members) ? members.map(parseMember) : []
  const known = parsed.filter((member) => member !== null)
  const fits =
    format === FORMAT &&
    isId(clusterId) &&
    isId(nodeId) &&
    typeof name === 'string' &&
    typeof token === 'string' &&
    (engine === 'bitcask' || engine === 'memory' || engine === 'lmdb') &&
    known.length === parsed.length &&
    known.some((member) => member.id === nodeId)
  return fits ? { clusterId, nodeId, name, token, engine, members: known } : null
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function parseMember(value: unknown): PlannedMember | null {
  if (typeof value !== 'object' || value === null) return null
  const { id, name, peerUrls } = value as Record<string, unknown>
  if (!isId(id) || typeof name !== 'string' || !Array.isArray(peerUrls)) return null
  const urls = peerUrls.map((url) => parseMemberUrl(String(url))).filter((url) => url !== null)
  return urls.length === peerUrls.length ? { id, name, peerUrls: urls } : null
}

/**
 * What a node goes on as that was started before: with the numbers it had, and with the URLs that
 * are configured now, for machines move. Fails when the directory is not that of this node.
 */
export function resumeIdentity(
  found: Identity,
  { plan, config }: { readonly plan: ClusterPlan; readonly config: NodeConfig },
): Identity {
  const at = config.dataDirectory
  if (found.name !== config.name) {
    throw foreign(`${at} belongs to the node ${found.name}, not to ${config.name}`)
  }
  if (found.engine !== config.engine) {
    throw foreign(
      `the node ${found.name} keeps its data with the engine ${found.engine}, not ${config.engine}`,
    )
  }
  if (!config.cluster.isExplicit) return found
  const before = found.members.map((member) => member.name).join(', ')
  const now = plan.members.map((member) => member.name).join(', ')
  if (before !== now) {
    throw foreign(`${at} belongs to a cluster of ${before}, not of ${now}`)
  }
  if (found.token !== config.cluster.token) {
    throw foreign(`${at} belongs to the cluster "${found.token}", not to "${config.cluster.token}"`)
  }
  const urls = new Map(plan.members.map((member) => [member.name, member.peerUrls]))
  const members = found.members.map((member) => ({
    ...member,
    peerUrls: urls.get(member.name) ?? member.peerUrls,
  }))
  return { ...found, members }
}

function foreign(text: string): KvError {
  return new KvError('LOG_FOREIGN', `${text}: correct the configuration, or name another directory`)
}
