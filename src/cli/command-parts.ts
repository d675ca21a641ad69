/** What commands do things with; who runs them decides what that is. */

import type { Chance } from '../base/index.ts'
import type { Clock, Disk } from '../io/index.ts'
import type { EngineName, NodeConfig } from './config/index.ts'

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
  /** Of times; the usual one when absent. */
  readonly profile?: 'fast' | 'standard' | 'wan'
}

/** Standard output, or what is for people beside it. */
export interface Output {
  readonly isTerminal: boolean
  readonly columns: () => number
  readonly rows: () => number
  readonly write: (data: string | Uint8Array) => void
  /**
   * Aborted when nobody reads any more, as after `| head`, which is found when it is written to.
   */
  readonly gone: AbortSignal
  /** Until the result is called, it is found while nothing is written as well. */
  readonly heedReader: (clock: Clock) => Promise<() => void>
}

export interface Input {
  readonly isTerminal: boolean
  readonly pieces: () => AsyncIterable<Uint8Array>
  /** Tells each key that is pressed, which is not shown then; the result ends that. */
  readonly keys: (on: (key: string) => void) => () => void
}

/** What is here, beside files. */
export interface Machine {
  readonly disk: Disk
  readonly clock: Clock
  readonly chance: Chance
  /** Of the file system that holds the path; null when that cannot be told. */
  readonly space: (path: string) => Promise<{ freeBytes: number; totalBytes: number } | null>
  /** Whether somebody listens there. */
  readonly listens: (host: string, port: number) => Promise<boolean>
  /** Of the number in files of a node: the one that it tells clients, and in its own log. */
  readonly clusterIdText: (clusterId: number) => Promise<string>
  /** What time the node says it is, over HTTP; null when it does not say. */
  readonly timeAtMs: (url: string) => Promise<number | null>
}

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: string | null
}

export interface RunningProgram {
  /** Fails when there is no such program. */
  readonly ended: Promise<ProgramEnd>
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void
}

export type LocalNodeState = 'starting' | 'ready' | 'stopped'

/** A node of a cluster on this machine, as a process. */
export interface LocalNode {
  readonly number: number
  readonly endpoint: string
  readonly logFile: string
  readonly state: () => LocalNodeState
  /** How it ended, when it has. */
  readonly endText: () => string
  readonly memoryBytes: () => number | null
  readonly diskBytes: () => number
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
}

export interface LocalCluster extends AsyncDisposable {
  readonly directory: string
  readonly nodes: readonly LocalNode[]
  /** Fails when a node does not get ready. */
  readonly ready: Promise<void>
}

/** What a person and a shell see of any command. */
export interface CommandParts {
  readonly print: (line: string) => void
  /** For people, beside the output. */
  readonly complain: (line: string) => void
  readonly output: Output
  readonly errors: Output
  readonly input: Input
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The text of a small file. */
  readonly readText: (path: string) => string
  readonly readBytes: (path: string) => Uint8Array
  /** Fails with EEXIST when there is such a file, unless it may be replaced. */
  readonly writeText: (path: string, text: string, options: { replace: boolean }) => void
  readonly versions: {
    readonly own: string
    readonly etcd: string
    readonly runtime: string
    readonly platform: string
  }
  /** Loaded when it is wanted: a word of help is there sooner than the disk. */
  readonly machine: () => Promise<Machine>
  /** From now on Ctrl-C and the like only abort this, with the name of the signal as reason. */
  readonly interruption: () => AbortSignal
  /** With our own input and outputs. */
  readonly runProgram: (
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) => RunningProgram
  /**
   * Each resolves with the exit status. Remarks are of what is odd about a configuration, and no
   * mistake.
   */
  readonly runNode: (config: NodeConfig, remarks: readonly string[]) => Promise<number>
  readonly runCluster: (wish: ClusterWish) => Promise<number>
  /** The same as something to look at; without a directory in one that is removed in the end. */
  readonly openCluster: (
    wish: Omit<ClusterWish, 'directory'> & { readonly directory: string | null },
  ) => Promise<LocalCluster>
}
