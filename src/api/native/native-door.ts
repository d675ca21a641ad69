/** The service, and the end of it. */

import type { Chance } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { NodeId } from '../../raft/index.ts'
import type { Method, ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { NodeService } from '../../server/index.ts'
import { STATE_LIMITS, type StateLimits } from '../../state/index.ts'
import { native, type ServiceDescription } from '../../wire/index.ts'
import { Answers, Requests } from '../messages/index.ts'
import type { Histogram } from '../metrics/index.ts'
import type { Door } from './door.ts'
import { ExecuteCall } from './execute.ts'
import { Failures } from './failures.ts'
import { HeldMemory } from './held-memory.ts'
import { NATIVE_LIMITS, type NativeLimits } from './limits.ts'
import { OperationCounts } from './operation-counts.ts'
import { OperationReader } from './operation-reader.ts'
import { Pipeline } from './pipeline.ts'

const { pipeline, execute } = native.KV.methods

export interface NativeDoorOptions {
  readonly node: NodeService
  readonly clock: Clock
  readonly chance: Chance
  readonly limits?: Partial<NativeLimits>
  /** Those that the state of this cluster has. */
  readonly stateLimits?: StateLimits
  /** Of the operations of pipelines: each is told of when it is answered. */
  readonly latencySeconds?: Pick<Histogram, 'observe'>
}

export class NativeDoor {
  readonly methods: readonly Method[]
  /** For reflection. */
  readonly services: readonly ServiceDescription[] = [native.KV]
  readonly counts = new OperationCounts()
  readonly #door: Door
  readonly #latencySeconds: Pick<Histogram, 'observe'> | null
  readonly #pipelines = new Set<Pipeline>()
  #isLeaving = false
  /** `Results.leader`, encoded, and whom it names. */
  #leader: NodeId | null = null
  #leaderField: Uint8Array = new Uint8Array(0)

  constructor(options: NativeDoorOptions) {
    const { node, clock, chance, limits = {}, stateLimits = STATE_LIMITS } = options
    const group = node.defaultGroup
    const answers = new Answers(node)
    this.#latencySeconds = options.latencySeconds ?? null
    const own = { ...NATIVE_LIMITS, ...limits }
    this.#door = {
      node,
      group,
      clock,
      limits: own,
      memory: new HeldMemory(own),
      requests: new Requests({ node, chance, stateLimits }),
      results: { answers, group, unansweredMax: stateLimits.sessionResultsMax },
      failures: new Failures(),
      counts: this.counts,
      operation: new OperationReader(),
    }
    this.methods = [
      { kind: 'stream', path: pipeline.path, open: (call) => this.#open(call) },
      {
        kind: 'unary',
        path: execute.path,
        handle: (call, bytes, start, length) =>
          new ExecuteCall(this.#door, call).begin(bytes, { start, length }),
      },
    ]
  }

  get pipelineCount(): number {
    return this.#pipelines.size
  }

  /** What is held for clients that do not read. */
  get heldBytes(): number {
    return this.#door.memory.bytes
  }

  /** The node leaves: what was taken is answered, then the streams end. Idempotent. */
  leave(): void {
    this.#isLeaving = true
    for (const one of this.#pipelines) one.leave()
  }

  #open(call: ServerCall): StreamHandler {
    const opened = new Pipeline({
      door: this.#door,
      call,
      leader: this.#encodedLeader,
      latencySeconds: this.#latencySeconds,
      onOver: (one) => void this.#pipelines.delete(one),
    })
    this.#pipelines.add(opened)
    if (this.#isLeaving) opened.leave()
    return opened
  }

  readonly #encodedLeader = (): Uint8Array => {
    const { node, group } = this.#door
    const leader = node.leader(group)
    if (leader !== this.#leader) {
      this.#leader = leader
      const id = leader === null ? 0n : node.memberIdOf(leader)
      this.#leaderField = native.Results.encodeBytes({ results: [], leader: id })
    }
    return this.#leaderField
  }
}
