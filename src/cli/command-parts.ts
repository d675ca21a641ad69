/** What commands do things with; who runs them decides what that is. */

import type { Chance } from '../base/index.ts'
import type { Clock, Disk } from '../io/index.ts'
import type { EngineName, NodeConfig } from './config/index.ts'

export interface LogCommandParts {
  readonly disk: Disk
  readonly clock: Clock
  readonly chance: Chance
  /** For whoever, or whatever, reads the output. */
  readonly print: (line: string) => void
}

/** A cluster on this machine, to try things out. */
export interface ClusterWish {
  readonly nodes: number
  readonly engine: EngineName
  /** Absolute. */
  readonly directory: string
  /** What is there is forgotten. */
  readonly isFresh: boolean
  /** Of the first node; the others have those behind it. */
  readonly clientPort: number
  readonly peerPort: number
}

export interface CommandParts extends LogCommandParts {
  /** For people, beside the output. */
  readonly complain: (line: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The text of a small file. */
  readonly readText: (path: string) => string
  readonly versions: {
    readonly own: string
    readonly etcd: string
    readonly runtime: string
    readonly platform: string
  }
  /**
   * Each resolves with the exit status. Remarks are of what is odd about a configuration, and no
   * mistake.
   */
  readonly runNode: (config: NodeConfig, remarks: readonly string[]) => Promise<number>
  readonly runCluster: (wish: ClusterWish) => Promise<number>
}
