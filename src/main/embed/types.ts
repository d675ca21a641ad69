/** What a program sees of nodes that it runs itself. */

import type { Client, Codec, ConnectOptions } from '../../client/index.ts'

/** A level prints to standard error what is at least as grave; a function is given the lines. */
export type EmbedLog = 'debug' | 'info' | 'warn' | 'error' | ((line: string) => void)

export interface EmbedOptions {
  /** `memory` when absent: what is stored lives in this program, and in the log of the nodes. */
  readonly engine?: 'memory' | 'bitcask' | 'lmdb'
  /**
   * Keeps the data: a later start with the same directory goes on with it. When absent everything
   * is in a directory of the system's for temporary files, which is removed at the end.
   */
  readonly directory?: string
  /**
   * Whether a write is on disk before it is answered. True with a `directory`; false without one,
   * since what is removed at the end is of no use after a power failure.
   */
  readonly durable?: boolean
  /** Nothing is told when absent. */
  readonly log?: EmbedLog
  /**
   * A node has failed and stopped by itself; the others, and this program, go on. Without it
   * `failure` of the node says so, and nothing else.
   */
  readonly onFailure?: (error: unknown, name: string) => void
  /** Further settings, with the names that they have in a configuration file. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export interface LocalNodeOptions extends EmbedOptions {
  /** For clients; any free one when absent. */
  readonly port?: number
}

export interface LocalClusterOptions extends EmbedOptions {
  /** Three when absent. */
  readonly nodes?: number
}

/** Of a client, but for what is known here. */
export type LocalConnectOptions<Value = string> = Omit<ConnectOptions<Value>, 'endpoints' | 'tls'>

/** Clients are those of `quorate/client`; they are closed at the end, if not before. */
export interface Connects {
  connect<Value>(
    options: LocalConnectOptions<Value> & { readonly codec: Codec<Value> },
  ): Promise<Client<Value>>
  connect(options?: LocalConnectOptions): Promise<Client>
}

/** A node inside this program. Calls about it are obeyed one after the other. */
export interface LocalNode extends Connects, AsyncDisposable {
  readonly name: string
  /** `HOST:PORT`, for clients; it stays the same from one life to the next. */
  readonly endpoint: string
  /** The same as `http://HOST:PORT`. */
  readonly url: string
  /** Where its log and its data are. */
  readonly directory: string
  readonly isRunning: boolean
  /** It leads, as far as it knows. */
  readonly isLeader: boolean
  /** Why it has stopped by itself in its last life; null when it has not. */
  readonly failure: unknown
  /** Its port is open when this resolves. Nothing when it runs. */
  start(): Promise<void>
  /**
   * In order: it hands over when it leads, and answers what is under way. In a cluster its data
   * stays for `start`; a node by itself is gone for good, with its directory if that was its own.
   */
  stop(): Promise<void>
  /**
   * As a crash looks to everybody else: its connections drop, and whoever waits is not answered.
   * What it had acknowledged is there at its next start.
   */
  kill(): Promise<void>
  /** Stops it in order, if it runs, and starts it again. */
  restart(): Promise<void>
}

/** A cluster inside this program. */
export interface LocalCluster extends Connects, AsyncDisposable {
  /** Of which each can be stopped, killed and started again by itself. */
  readonly nodes: readonly LocalNode[]
  /** `HOST:PORT` of every node, whether it runs or not. */
  readonly endpoints: readonly string[]
  readonly directory: string
  /** The node that leads, as soon as there is one; fails with `NO_LEADER` after ten seconds. */
  leader(): Promise<LocalNode>
  /** All nodes, and what belongs to them. Idempotent. */
  stop(): Promise<void>
}
