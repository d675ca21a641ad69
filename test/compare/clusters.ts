/** A cluster of etcd, and another one to hold against it. */

import { type Cluster, startCluster, UNHURRIED } from '../cluster/index.ts'

export type Clusters = readonly [Cluster, Cluster]

/**
 * For the members of either side: one that stands still for a second or two must not cost its
 * cluster the leader, which etcdctl would tell. Leases then live for three seconds at least.
 */
const STEADY = {
  ...UNHURRIED,
  ETCD_HEARTBEAT_INTERVAL: '100',
  ETCD_ELECTION_TIMEOUT: '2000',
} as const

/** New ones each time: leases that one comparison leaves end at times of their own. */
export async function withClusters<T>(
  other: { readonly name: string; readonly command: readonly string[] },
  work: (clusters: Clusters) => Promise<T>,
): Promise<T> {
  const started: Cluster[] = []
  try {
    for (const one of [{ name: 'etcd', command: ['etcd'] }, other]) {
      started.push(await startCluster({ ...one, environment: STEADY }))
    }
    return await work(started as [Cluster, Cluster])
  } finally {
    for (const cluster of started) await cluster.stop()
  }
}
