/** Rounds of `kill -9` under load: one member, the leader, a majority, all of them. */

import { type Cluster, EtcdClient, type Member } from '../cluster/index.ts'
import { Load } from './load.ts'
import { judge, type Verdict } from './verdict.ts'

const KINDS = ['leader', 'one', 'majority', 'all'] as const
export type Kind = (typeof KINDS)[number]

/** Puts between two events: enough that something is under way everywhere. */
const PUTS_BETWEEN = 200
const STATUS_MS_MAX = 2000

export interface ChaosOptions {
  readonly cluster: Cluster
  readonly rounds: number
  readonly writers: number
  /** From 0 up to but without 1. */
  readonly chance: () => number
  readonly onRound?: (round: number, kind: Kind, acknowledged: number) => void
}

export async function runChaos(options: ChaosOptions): Promise<Verdict> {
  const { cluster, rounds, chance, onRound } = options
  const load = new Load(cluster.urls, options.writers)
  try {
    for (let round = 0; round < rounds; round++) {
      const kind = KINDS[round % KINDS.length] as Kind
      await load.more(PUTS_BETWEEN)
      const victims = await choose(cluster, kind, chance)
      await Promise.all(victims.map((victim) => victim.kill()))
      // Those who are left go on where they can.
      if (victims.length === 1) await load.more(PUTS_BETWEEN)
      for (const victim of victims) victim.start()
      await Promise.all(victims.map((victim) => victim.ready()))
      await load.more(PUTS_BETWEEN)
      onRound?.(round, kind, load.acknowledged)
    }
  } finally {
    await load.stop()
  }
  return judge(cluster, load)
}

async function choose(
  cluster: Cluster,
  kind: Kind,
  chance: () => number,
): Promise<readonly Member[]> {
  const { members } = cluster
  const any = Math.floor(chance() * members.length)
  if (kind === 'all') return members
  if (kind === 'majority') return members.filter((_, i) => i !== any)
  if (kind === 'one') return members.slice(any, any + 1)
  return [await leaderOf(cluster)]
}

export async function leaderOf({ members }: Cluster): Promise<Member> {
  for (;;) {
    for (const member of members) {
      const client = new EtcdClient(member.url)
      try {
        const { header, leader } = await client.status(STATUS_MS_MAX)
        if (header !== null && header.memberId === leader && leader !== 0n) return member
      } catch {
        // It is not there, or not yet: another one will know.
      } finally {
        client.close()
      }
    }
  }
}
