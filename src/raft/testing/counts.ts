/** Counts how often a random run reached the rare states it is meant to reach. */

import { isJoint } from '../index.ts'
import type { Cluster } from './cluster.ts'
import type { TestNode } from './test-node.ts'

interface Seen {
  readonly life: number
  readonly role: string
  readonly recovering: boolean
  readonly configurationIndex: number
  readonly last: number
  readonly base: number
  readonly commit: number
  readonly term: number
}

export class Counts {
  readonly #counts = new Map<string, number>()
  #cluster: Cluster | null = null
  #seen = new Map<number, Seen>()

  get all(): ReadonlyMap<string, number> {
    return this.#counts
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1)
  }

  /** Compares every node with how it was at the last look. */
  look(cluster: Cluster): void {
    if (this.#cluster !== cluster) {
      this.#cluster = cluster
      this.#seen = new Map()
    }
    let leaders = 0
    for (const node of cluster.nodes) {
      if (!node.isUp) continue
      if (node.raft.role === 'leader') leaders += 1
      const before = this.#seen.get(node.id)
      const now = seen(node)
      if (before !== undefined && before.life === now.life) this.#compare(before, now)
      else this.#begin(node, now)
      this.#seen.set(node.id, now)
      if (node.raft.role === 'leader') this.#lookAtLeader(node)
    }
    if (leaders > 1) this.add('two leaders of different terms')
  }

  #begin(node: TestNode, now: Seen): void {
    if (now.recovering) this.add('began under repair')
    if (now.last > 0 && now.life > 1) this.add('restarted with a log')
    if (node.raft.baseIndex > 0 && now.life > 1) this.add('restarted behind a snapshot')
  }

  #compare(before: Seen, now: Seen): void {
    if (now.role !== before.role) this.add(`became ${now.role}`)
    if (before.role === 'leader' && now.role !== 'leader') this.add('lost leadership')
    if (before.recovering && !now.recovering) this.add('repaired')
    if (!before.recovering && now.recovering) this.add('noticed a loss while running')
    if (now.configurationIndex < before.configurationIndex) this.add('members rolled back')
    if (now.last < before.last) this.add('log shortened')
    if (now.base > before.base && now.base > before.last) this.add('snapshot installed')
    else if (now.base > before.base) this.add('log compacted')
    if (now.commit > before.commit && now.role === 'leader') this.add('leader committed')
  }

  #lookAtLeader({ raft, disk }: TestNode): void {
    if (isJoint(raft.configuration)) this.add('joint configuration led')
    if (raft.transferee !== 0) this.add('transfer under way')
    if (!raft.configuration.voters.includes(raft.id)) this.add('leader outside the new voters')
    if (raft.commit > disk.last) this.add('committed before the own disk')
    for (const peer of raft.peers) {
      if (peer.state === 'snapshot') this.add('snapshot under way')
      if (peer.recovering) this.add('feeds one under repair')
    }
  }
}

function seen({ raft, incarnation }: TestNode): Seen {
  return {
    life: incarnation,
    role: raft.role,
    recovering: raft.recovering,
    configurationIndex: raft.configurationIndex,
    last: raft.lastIndex,
    base: raft.baseIndex,
    commit: raft.commit,
    term: raft.term,
  }
}
