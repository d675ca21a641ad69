/** All services together, and the end of them. */

import type { Chance } from '../../base/index.ts'
import type { Clock, Hashing } from '../../io/index.ts'
import { HealthService, type Method } from '../../rpc/index.ts'
import type { NodeService } from '../../server/index.ts'
import { STATE_LIMITS, type StateLimits } from '../../state/index.ts'
import { etcd, etcdElection, etcdLock, type ServiceDescription } from '../../wire/index.ts'
import { Answers, Requests } from '../messages/index.ts'
import { authMethods } from './auth.ts'
import { clusterMethods } from './cluster.ts'
import type { Door } from './door.ts'
import { electionMethods } from './election.ts'
import { InnerWatches } from './inner-watch.ts'
import { kvMethods } from './kv.ts'
import { LeaderWatch } from './leader-watch.ts'
import { leaseMethods } from './lease.ts'
import { ETCD_LIMITS, type EtcdLimits } from './limits.ts'
import { lockMethods } from './lock.ts'
import { maintenanceMethods } from './maintenance.ts'
import { ObserveService } from './observe.ts'
import { WatchService } from './watch.ts'

const SERVICES: readonly ServiceDescription[] = [
  etcd.KV,
  etcd.Watch,
  etcd.Lease,
  etcd.Cluster,
  etcd.Maintenance,
  etcd.Auth,
  etcdLock.Lock,
  etcdElection.Election,
]

export interface EtcdDoorOptions {
  readonly node: NodeService
  readonly clock: Clock
  readonly chance: Chance
  readonly hashing: Hashing
  /** Of etcd's, whose behaviour is offered: clients choose theirs by it. */
  readonly version: string
  readonly limits?: Partial<EtcdLimits>
  /** Those that the state of this cluster has. */
  readonly stateLimits?: StateLimits
  /** Services of other doors of this node, for clients that ask whether they are served. */
  readonly otherServices?: readonly ServiceDescription[]
  /** What a handler that takes its time threw, and nobody expects. */
  readonly onFault: (error: unknown) => void
}

export class EtcdDoor {
  /** Everything that clients of etcd call, health of servers included. */
  readonly methods: readonly Method[]
  /** For reflection. */
  readonly services: readonly ServiceDescription[] = SERVICES
  readonly #leaders: LeaderWatch
  readonly #health: HealthService
  readonly #watch: WatchService
  readonly #observe: ObserveService

  constructor(options: EtcdDoorOptions) {
    const { limits = {}, stateLimits = STATE_LIMITS, otherServices = [] } = options
    const { node, clock, chance } = options
    const own = { ...ETCD_LIMITS, ...limits }
    const { noLeaderMsMax } = own
    this.#leaders = new LeaderWatch({ node, clock, noLeaderMsMax })
    const answers = new Answers(node)
    const requests = new Requests({ node, chance, stateLimits })
    const leaders = this.#leaders
    const door: Door = { ...options, limits: own, stateLimits, requests, answers, leaders }
    const watches = new InnerWatches(door)
    const served = [...SERVICES, ...otherServices].map(({ name }) => name)
    this.#health = new HealthService(served)
    this.#watch = new WatchService(door)
    this.#observe = new ObserveService(door, watches)
    this.methods = [
      ...kvMethods(door),
      this.#watch.method,
      ...leaseMethods(door),
      ...clusterMethods(door),
      ...maintenanceMethods(door),
      ...authMethods(door),
      ...lockMethods(door, watches),
      ...electionMethods(door, watches),
      this.#observe.method,
      ...this.#health.methods,
    ]
    for (const name of ['', ...served]) this.#health.set(name, true)
  }

  /** The node leaves: what would go on for ever ends now. Idempotent. */
  leave(): void {
    this.#health.leave()
    this.#watch.leave()
    this.#observe.leave()
    this.#leaders.close()
  }
}
