/** Opens one group of a node, with everything beside it. */

import { beginReplica, Group, type Snapshots } from '../group/index.ts'
import type { OpenedLog } from '../log/index.ts'
import type { PeerMessage } from '../peer/index.ts'
import type { Configuration, GroupId, NodeId } from '../raft/index.ts'
import { COMMAND } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import { AutoCompactor } from './auto-compaction.ts'
import type { Budget } from './budget.ts'
import type { Counters } from './counters.ts'
import { Desk } from './desk.ts'
import { LeaseExpiry } from './expiry.ts'
import { Forwarder } from './forwarder.ts'
import { LeaderWatch } from './leader-watch.ts'
import type { NodeLimits } from './limits.ts'
import { META_GROUP, type NodeParts } from './parts.ts'
import { ReadDesk } from './reads.ts'
import type { WriteOutcome } from './service.ts'
import type { TimedQueue } from './timed-queue.ts'
import { WriteDesk } from './write-desk.ts'

/** What the node has for all of its groups. */
export interface DeskHost {
  readonly parts: NodeParts
  readonly opened: OpenedLog
  readonly snapshots: Snapshots
  readonly limits: NodeLimits
  readonly budget: Budget
  readonly queue: TimedQueue
  readonly counters: Counters
  readonly requestTicksMax: number
  readonly nextBatch: () => number
  readonly send: (message: PeerMessage) => void
  readonly wake: (desk: Desk) => void
  readonly onFatal: (error: unknown) => void
}

/** Whoever is not told of any members waits to be added by the leader. */
const NO_MEMBERS: Configuration = { voters: [], outgoing: [], learners: [] }

export async function openDesk(host: DeskHost, id: GroupId): Promise<Desk> {
  const { queue, limits, counters } = host
  const wake = (): void => host.wake(desk)
  const group = await openGroup(host, id, wake)
  const writes = openWrites(host, { id, group, wake })
  const desk: Desk = new Desk({
    id,
    group,
    leaders: new LeaderWatch(group.raft),
    writes,
    reads: new ReadDesk({ group, queue, counters, readsMax: limits.readsMax }),
    expiry: new LeaseExpiry(group, { counters, leasesMax: limits.expiredLeasesMax }),
    compactor: id === META_GROUP ? null : openCompactor(host, group, writes),
  })
  return desk
}

async function openGroup(host: DeskHost, id: GroupId, wake: () => void): Promise<Group> {
  const { parts, opened, snapshots, send, onFatal } = host
  const initial = parts.initialGroups.get(id) ?? NO_MEMBERS
  const chance = parts.chance.fork(`group-${id}`)
  const node: NodeId = parts.identity.nodeId
  const { stateLimits, clock } = parts
  const { log } = opened
  const engines = parts.engines(id)
  const seed = chance.uint32()
  const start = await beginReplica({
    id,
    node,
    recovered: opened.groups.get(id) ?? null,
    hidden: opened.hidden ?? null,
    initial,
    snapshots,
    log,
    engines,
    limits: stateLimits,
    seed,
  })
  return new Group(
    {
      id,
      node,
      log,
      snapshots,
      clock,
      machine: start.machine,
      engine: start.engine,
      engines,
      stateLimits,
      seed,
      limits: parts.groupLimits,
      send,
      wake,
      onFatal,
      observer: parts.observer?.(id) ?? null,
    },
    {
      incarnation: opened.report.incarnation,
      chance,
      tuning: parts.tuning,
      recovered: start.recovered,
      restored: start.restored,
      initialConfiguration: initial,
    },
  )
}

interface Placed {
  readonly id: GroupId
  readonly group: Group
  readonly wake: () => void
}

function openWrites(host: DeskHost, { id, group, wake }: Placed): WriteDesk {
  const { parts, limits, budget, queue, counters, requestTicksMax, nextBatch, send } = host
  const { nodeId } = parts.identity
  return new WriteDesk({
    node: nodeId,
    group,
    forwarder: new Forwarder({
      node: nodeId,
      group: id,
      limits,
      send,
      nextBatch,
      ageTicksMax: requestTicksMax + 1,
      doubtTicksMax: parts.tuning.electionTicks,
    }),
    links: parts.links,
    budget,
    queue,
    counters,
    commandBytesMax: parts.stateLimits.requestBytesMax,
    wake,
  })
}

function openCompactor({ parts }: DeskHost, group: Group, writes: WriteDesk): AutoCompactor {
  return new AutoCompactor(parts.settings.autoCompaction, parts.clock, {
    get isLeader() {
      return group.raft.role === 'leader'
    },
    get revision() {
      return group.machine.revision
    },
    get compactRevision() {
      return group.machine.compactRevision
    },
    compact: (revision, done) => {
      const request = etcd.CompactionRequest.create({ revision })
      const body = etcd.CompactionRequest.encodeBytes(request)
      writes.write({ kind: COMMAND.compact, body }, { settleWrite: (told) => done(isGone(told)) })
    },
  })
}

/** Somebody else may have been faster. */
function isGone(outcome: WriteOutcome): boolean {
  if (outcome.kind !== 'applied') return false
  const { result } = outcome
  return result.kind === 'done' || result.code === 'COMPACTED'
}
