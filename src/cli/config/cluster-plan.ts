/**
 * Who is who in a new cluster. Every node works it out by itself from what all of them are told, so
 * that nobody has to hand out numbers.
 */

import type { Hashing } from '../../io/index.ts'
import type { ClusterConfig } from './node-config.ts'
import type { MemberUrl } from './urls.ts'

export interface PlannedMember {
  readonly id: number
  readonly name: string
  readonly peerUrls: readonly MemberUrl[]
}

export interface ClusterPlan {
  /** 48 bits that differ for clusters with another token, other names or other URLs; never 0. */
  readonly clusterId: number
  readonly token: string
  /** By id: 1 for the first name in the order of its bytes, and so on. */
  readonly members: readonly PlannedMember[]
}

const CLUSTER_ID_BYTES = 6

export function planCluster({ token, members }: ClusterConfig, hashing: Hashing): ClusterPlan {
  const planned = [...members]
    .sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)))
    .map(({ name, peerUrls }, i) => ({
      id: i + 1,
      name,
      peerUrls: [...peerUrls].sort((one, other) => (one.text < other.text ? -1 : 1)),
    }))
  const described = [token, ...planned.map(describeMember)]
  const hash = hashing.sha256()
  // As JSON, so that no two descriptions read the same.
  hash.update(new TextEncoder().encode(JSON.stringify(described)))
  const digest = hash.digest()
  let clusterId = 0
  for (const byte of digest.subarray(0, CLUSTER_ID_BYTES)) clusterId = clusterId * 256 + byte
  return { clusterId: Math.max(clusterId, 1), token, members: planned }
}

/** By address: the same place may be written with and without a slash at its end. */
function describeMember({ name, peerUrls }: PlannedMember): readonly string[] {
  const places = peerUrls.map(({ isSecure, address }) =>
    [isSecure, address.host, address.port].join(' '),
  )
  return [name, ...places]
}
