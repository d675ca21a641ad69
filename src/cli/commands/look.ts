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

/** What may be over by itself in a moment is waited for, once, and looked at again. */
export async function lookTwice(
  lookOnce: () => Promise<Looked>,
  { mayPass, wait }: { mayPass: (looked: Looked) => boolean; wait: () => Promise<void> },
): Promise<Looked> {
  const first = await lookOnce()
  if (!mayPass(first)) return first
  await wait()
  return await lookOnce()
}

export function nameOf(id: bigint, members: readonly Member[]): string {
  return members.find((member) => member.id === id)?.name ?? ''
}

/**
 * Members of which nobody knows where clients reach them: they have not told yet, so that no node
 * was asked for them. None where that may be one of the endpoints that do not answer.
 */
export function unseenIn({ nodes, members }: Looked): readonly Member[] {
  const ids = new Set(nodes.flatMap((node) => (node.isReachable ? [node.id] : [])))
  const known = new Set(
    members.flatMap(({ clientUrls }) => clientUrls.map((url) => URL.parse(url)?.host)),
  )
  const unseen = members.filter(({ id, clientUrls }) => clientUrls.length === 0 && !ids.has(id))
  const nameless = nodes.filter((node) => !node.isReachable && !known.has(node.endpoint))
  return nameless.length >= unseen.length ? [] : unseen
}
