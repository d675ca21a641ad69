/** A look at every node of a cluster, whoever leads and whoever is away. */

import type { CallOptions, Client, EndpointStatus, Member } from '../../client/index.ts'

export interface Looked {
  readonly nodes: readonly EndpointStatus[]
  /** Empty when no node tells. */
  readonly members: readonly Member[]
}

/** Also when nobody leads: a node tells of itself what it knows. */
export async function look(
  store: Pick<Client, 'cluster'>,
  options: CallOptions = {},
): Promise<Looked> {
  const [nodes, members] = await Promise.all([
    store.cluster.status(options),
    store.cluster.members({ ...options, stale: true }).catch(() => []),
  ])
  return { nodes, members }
}

export function nameOf(id: bigint, members: readonly Member[]): string {
  return members.find((member) => member.id === id)?.name ?? ''
}
