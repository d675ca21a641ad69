/** Finds out who the nodes are: which member each of them is, who leads, and whom else there is. */

import type { Clock } from '../io/index.ts'
import type { CallEnd } from '../rpc/index.ts'
import { etcd } from '../wire/index.ts'
import type { Connection } from './connection.ts'
import type { ClientLimits } from './limits.ts'
import type { Node } from './node.ts'
import { callOnce } from './unary-call.ts'

/** Of a member, what it takes to reach it. */
export interface MemberFacts {
  readonly id: bigint
  readonly clientUrls: readonly string[]
}

/** Who is told. */
export interface ScoutListener {
  identify(node: Node, ids: { readonly memberId: bigint; readonly clusterId: bigint }): void
  /** It was asked who it is, and has not said. */
  unidentified(node: Node, end: CallEnd): void
  noteLeader(id: bigint, from: Node): void
  learn(members: readonly MemberFacts[]): void
  /** Any node that is connected. */
  best(): Node | null
}

export interface ScoutOptions {
  readonly clock: Clock
  readonly limits: ClientLimits
  /** Nodes that the user has not named are of interest. */
  readonly discovers: boolean
}

export class Scout {
  readonly #options: ScoutOptions
  readonly #listener: ScoutListener
  #refreshedMs = Number.NEGATIVE_INFINITY
  /** The latest question, under way or answered. */
  #refreshed: Promise<void> = Promise.resolve()

  constructor(options: ScoutOptions, listener: ScoutListener) {
    this.#options = options
    this.#listener = listener
  }

  /** A connection stands. */
  async connected(node: Node): Promise<void> {
    const { connection } = node
    if (connection === null) return
    const { status } = etcd.Maintenance.methods
    const timeoutMs = this.#options.limits.connectMsMax
    const request = etcd.StatusRequest.create()
    const outcome = await callOnce(connection, status, { request, timeoutMs })
    // A node that cannot say who it is may still be asked for anything else.
    if (outcome.kind === 'answered') {
      const { header, leader } = outcome.response
      const { memberId = 0n, clusterId = 0n } = header ?? {}
      this.#listener.identify(node, { memberId, clusterId })
      this.#listener.noteLeader(leader, node)
    } else {
      this.#listener.unidentified(node, outcome.end)
    }
    await this.refresh(node)
  }

  /** Asks for all members, unless that was done a moment ago; is over when the answer is there. */
  refresh(node: Node | null = this.#listener.best()): Promise<void> {
    const { clock, limits, discovers } = this.#options
    const nowMs = clock.monotonicMs()
    const connection = node?.connection ?? null
    if (discovers && connection !== null && nowMs - this.#refreshedMs >= limits.refreshMs) {
      this.#refreshedMs = nowMs
      this.#refreshed = this.#askForMembers(connection)
    }
    return this.#refreshed
  }

  /** Never rejects. */
  async #askForMembers(connection: Connection): Promise<void> {
    const { limits } = this.#options
    const { memberList } = etcd.Cluster.methods
    const timeoutMs = limits.connectMsMax
    const request = etcd.MemberListRequest.create({ linearizable: false })
    const outcome = await callOnce(connection, memberList, { request, timeoutMs })
    if (outcome.kind === 'ended') return
    this.#listener.learn(
      outcome.response.members.map(({ ID, clientURLs }) => ({ id: ID, clientUrls: clientURLs })),
    )
  }
}
