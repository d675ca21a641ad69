/**
 * Rounds of `kill -9` under load: one member, the leader, a majority, all of them; and one member,
 * in every such round the same, whose log and engine have rotted when it comes back.
 */

import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Cluster, EtcdClient, type Member } from '../cluster/index.ts'
import { Load } from './load.ts'
import { rot } from './rot.ts'
import { judge, type Verdict } from './verdict.ts'

const KINDS = ['leader', 'one', 'majority', 'all', 'rotten'] as const
export type Kind = (typeof KINDS)[number]

/** Puts between two events: enough that something is under way everywhere. */
const PUTS_BETWEEN = 200
const STATUS_MS_MAX = 2000
/** As long as anybody waits for a repair that comes upon one place after the other. */
const WHOLE_MS_MAX = 120_000
const WHOLE_PAUSE_MS = 50

export interface ChaosOptions {
  readonly cluster: Cluster
  readonly rounds: number
  readonly writers: number
  /** From 0 up to but without 1. */
  readonly chance: () => number
  readonly onRound?: (round: number, kind: Kind, acknowledged: number) => void
  readonly onRot: (places: readonly string[]) => void
}

export async function runChaos(options: ChaosOptions): Promise<Verdict> {
  const { cluster, rounds, chance, onRound, onRot } = options
  const load = new Load(cluster.urls, options.writers)
  const rotten = cluster.members[Math.floor(chance() * cluster.members.length)] as Member
  try {
    for (let round = 0; round < rounds; round++) {
      const kind = KINDS[round % KINDS.length] as Kind
      await load.more(PUTS_BETWEEN)
      const isRotten = kind === 'rotten'
      const victims = isRotten ? [rotten] : await choose(cluster, kind, chance)
      await Promise.all(victims.map((victim) => victim.kill()))
      // Those who are left go on where they can.
      if (victims.length === 1) await load.more(PUTS_BETWEEN)
      if (isRotten) {
        onRot(await rot(path.join(cluster.directory, rotten.name), chance))
      }
      for (const victim of victims) victim.start()
      if (isRotten) await becomesWhole(cluster, rotten)
      else await Promise.all(victims.map((victim) => victim.ready()))
      await load.more(PUTS_BETWEEN)
      onRound?.(round, kind, load.acknowledged)
    }
  } finally {
    await load.stop()
  }
  return judge(cluster, load)
}

/**
 * It ends when it comes upon what has rotted, and is started again, until it can read all it has.
 */
async function becomesWhole({ members }: Cluster, rotten: Member): Promise<void> {
  const other = new EtcdClient((members.find((member) => member !== rotten) as Member).url)
  const untilMs = performance.now() + WHOLE_MS_MAX
  try {
    const revision = (await other.range({ key: Buffer.from('-') })).header?.revision ?? 0
    for (let problem: unknown = null; ; ) {
      if (performance.now() > untilMs) throw new Error('it is not repaired', { cause: problem })
      if (!rotten.isRunning) rotten.start()
      const client = new EtcdClient(rotten.url)
      try {
        await client.hashKv(revision)
        return
      } catch (error) {
        problem = error
        await pause(WHOLE_PAUSE_MS)
      } finally {
        client.close()
      }
    }
  } finally {
    other.close()
  }
}

async function choose(
  cluster: Cluster,
  kind: Exclude<Kind, 'rotten'>,
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
