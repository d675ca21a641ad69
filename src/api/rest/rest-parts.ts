import type { Chance } from '../../base/index.ts'
import type { Clock, Hashing, Profiler } from '../../io/index.ts'
import type { NodeService } from '../../server/index.ts'
import type { StateLimits } from '../../state/index.ts'
import type { BodyMemory } from '../http/index.ts'
import type { LogLevelControl } from '../log-level.ts'
import type { Histogram } from '../metrics/index.ts'

/** What the REST door is made from. */
export interface RestOptions {
  readonly node: NodeService
  readonly clock: Clock
  readonly chance: Chance
  readonly hashing: Hashing
  /** Of etcd's, whose behaviour is offered. */
  readonly version: string
  readonly stateLimits: StateLimits
  /** Of all bodies that are being read. */
  readonly memory: BodyMemory
  /** From the head of a request to its answer. */
  readonly latencySeconds: Histogram
  /** Absent: this process cannot be looked into. */
  readonly profiler?: Profiler
  /** Absent: the level cannot be changed. */
  readonly logLevel?: LogLevelControl
  /** What was thrown that is no expected failure. */
  readonly onFault: (error: unknown) => void
}

export interface RestParts extends RestOptions {
  /** The largest body of JSON. */
  readonly jsonBytesMax: number
}
