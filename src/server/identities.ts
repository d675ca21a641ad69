/**
 * What clients of etcd call a cluster and its members: any 64 bits but 0. They follow from the
 * numbers that are ours, so that every node names everybody alike without asking.
 */

import type { NodeId } from '../raft/index.ts'

const GOLDEN = 0x9e3779b97f4a7c15n

/** The finisher of SplitMix64 (Steele, Lea, Flood 2014): one to one, and every bit reaches all. */
function mixed(value: bigint): bigint {
  let bits = BigInt.asUintN(64, value)
  bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n)
  bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn)
  return bits ^ (bits >> 31n)
}

export function clusterIdOf(clusterId: number): bigint {
  return mixed(BigInt(clusterId) * GOLDEN) || 1n
}

/** Two members of a cluster never get the same: the factor is odd. */
export function memberIdOf(clusterId: number, node: NodeId): bigint {
  return mixed(clusterIdOf(clusterId) + BigInt(node) * GOLDEN) || 1n
}
