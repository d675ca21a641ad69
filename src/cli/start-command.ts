/** `quorate start`, which `npm start` runs: a cluster on this machine that keeps its data. */

import { resolve } from 'node:path'
import { KvError } from '../base/index.ts'
import type { ClusterWish, CommandParts } from './command-parts.ts'
import type { CallOf } from './framework/index.ts'
import type { START } from './specs/server.ts'

const PORT_MAX = 65_535

export async function runStart(
  { values }: CallOf<typeof START>,
  parts: CommandParts,
): Promise<number> {
  return parts.runCluster({ ...checkedPorts(values), directory: resolve(values.data) })
}

type Wished = Omit<ClusterWish, 'directory' | 'isFresh' | 'profile'> & {
  readonly fresh: boolean
  readonly profile: 'fast' | 'standard' | 'wan'
}

/** What `start` and `dev` are asked for alike. */
export function checkedPorts(wished: Wished): Omit<ClusterWish, 'directory'> {
  const { nodes, engine, clientPort, peerPort, fresh, profile } = wished
  const last = PORT_MAX - nodes + 1
  if (Math.max(clientPort, peerPort) > last) {
    throw new KvError('BAD_REQUEST', `with ${nodes} nodes ports begin with ${last} at the latest`)
  }
  if (Math.abs(clientPort - peerPort) < nodes) {
    throw new KvError('BAD_REQUEST', '--client-port and --peer-port lie too close to each other')
  }
  return { nodes, engine, clientPort, peerPort, isFresh: fresh, profile }
}
