/** The nodes behind the store: who they are, how they are, and what may be asked of them. */

import { etcd } from '../wire/index.ts'
import type { Core } from './core.ts'
import { QuorateError } from './errors.ts'
import { failureOfEnd } from './failures.ts'
import type { Node } from './node.ts'
import { countOf, unexpected } from './requests.ts'
import { NodeSnapshot } from './snapshot.ts'
import type {
  Alarm,
  CallOptions,
  Cluster,
  CompactOptions,
  EndpointStatus,
  Member,
  Snapshot,
  SnapshotOptions,
} from './types.ts'
import { callOnce } from './unary-call.ts'

const { NOSPACE, CORRUPT, NONE } = etcd.AlarmType
const { GET, DEACTIVATE } = etcd.AlarmRequestAlarmAction

export class ClusterView implements Cluster {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  async members(
    options: CallOptions & { readonly stale?: boolean } = {},
  ): Promise<readonly Member[]> {
    const request = etcd.MemberListRequest.create({ linearizable: options.stale !== true })
    const { memberList } = etcd.Cluster.methods
    const { members } = await this.#core.unary(memberList, request, options)
    return members.map(({ ID, name, clientURLs, peerURLs, isLearner }) => ({
      ...{ id: ID, name, isLearner },
      clientUrls: clientURLs,
      peerUrls: peerURLs,
    }))
  }

  async status(options: CallOptions = {}): Promise<readonly EndpointStatus[]> {
    const dueMs =
      this.#core.clock.monotonicMs() + (options.timeoutMs ?? this.#core.limits.timeoutMs)
    options.signal?.throwIfAborted()
    // One that is there tells of those that the user has not named.
    await this.#core.acquaint(dueMs, options.signal)
    const nodes = [...this.#core.nodes].sort((one, other) => (one.name < other.name ? -1 : 1))
    return Promise.all(nodes.map((node) => this.#statusOf(node, dueMs, options.signal)))
  }

  async #statusOf(
    node: Node,
    dueMs: number,
    signal: AbortSignal | undefined,
  ): Promise<EndpointStatus> {
    const { name: endpoint } = node
    try {
      const reached = await this.#core.readyAt(endpoint, dueMs, signal)
      return await this.#ask(reached, dueMs, signal)
    } catch (error) {
      if (error instanceof QuorateError && error.code !== 'CLIENT_CLOSED') {
        return { isReachable: false, endpoint, error }
      }
      throw error
    }
  }

  async #ask(node: Node, dueMs: number, signal: AbortSignal | undefined): Promise<EndpointStatus> {
    const { clock } = this.#core
    const startMs = clock.monotonicMs()
    const connection = node.connection as NonNullable<typeof node.connection>
    const rules = { timeoutMs: Math.max(1, dueMs - startMs), signal }
    const request = etcd.StatusRequest.create()
    const outcome = await callOnce(connection, etcd.Maintenance.methods.status, {
      ...rules,
      request,
    })
    signal?.throwIfAborted()
    if (outcome.kind === 'ended') throw failureOfEnd(outcome.end, node.name)
    const { response } = outcome
    const id = response.header?.memberId ?? 0n
    return {
      isReachable: true,
      endpoint: node.name,
      id,
      version: response.version,
      isLeader: id !== 0n && id === response.leader,
      isLearner: response.isLearner,
      leader: response.leader,
      term: response.raftTerm,
      index: response.raftIndex,
      appliedIndex: response.raftAppliedIndex,
      revision: response.header?.revision ?? 0,
      sizeBytes: response.dbSize,
      usedBytes: response.dbSizeInUse,
      problems: response.errors,
      latencyMs: clock.monotonicMs() - startMs,
    }
  }

  async compact(revision: number, options: CompactOptions = {}): Promise<void> {
    const { physical = false } = options
    await this.#core.attempt(
      () => ({
        operation: {
          kind: 'compact',
          value: { revision: countOf(revision, 'a revision'), physical },
        },
        ...{ isWrite: true, isHeavy: false },
        read: (result) => (result.kind === 'compact' ? null : unexpected(result)),
      }),
      options,
    )
  }

  snapshot(options: SnapshotOptions = {}): Snapshot {
    return new NodeSnapshot(this.#core, options)
  }

  async moveLeader(to: bigint, options: CallOptions = {}): Promise<void> {
    const { moveLeader } = etcd.Maintenance.methods
    await this.#core.unary(moveLeader, { targetID: to }, { ...options, atLeader: true })
  }

  async alarms(options: CallOptions = {}): Promise<readonly Alarm[]> {
    const request = etcd.AlarmRequest.create({ action: GET, alarm: NONE })
    const { alarms } = await this.#core.unary(etcd.Maintenance.methods.alarm, request, options)
    return alarms.map(({ memberID, alarm }) => ({ member: memberID, kind: kindOf(alarm) }))
  }

  async disarm({ member, kind }: Alarm, options: CallOptions = {}): Promise<void> {
    if (kind === 'other') throw new QuorateError('BAD_REQUEST', 'an alarm of a kind that is known')
    const alarm = kind === 'noSpace' ? NOSPACE : CORRUPT
    const request = { action: DEACTIVATE, memberID: member, alarm }
    await this.#core.unary(etcd.Maintenance.methods.alarm, request, options)
  }
}

function kindOf(alarm: number): Alarm['kind'] {
  if (alarm === NOSPACE) return 'noSpace'
  return alarm === CORRUPT ? 'corrupt' : 'other'
}
