/** Everything a node is told before it starts, whatever it was told in. */

import type { ProfileName } from './profiles.ts'
import type { MemberUrl } from './urls.ts'

export type EngineName = 'bitcask' | 'memory' | 'lmdb'

export const ENGINE_NAMES = ['bitcask', 'memory', 'lmdb'] as const

export type TlsVersion = 'TLS1.2' | 'TLS1.3'

/** Files in PEM form. */
export interface TlsFiles {
  readonly certificate: string
  readonly key: string
  /** Signs the certificates of the other side; null: none is asked for. */
  readonly authority: string | null
  /** Who shows no certificate is refused. */
  readonly requireCertificate: boolean
  /** Of the protocol. */
  readonly versionMin: TlsVersion
}

export interface ListenConfig {
  readonly listen: readonly MemberUrl[]
  /** What others are told. */
  readonly advertise: readonly string[]
  readonly tls: TlsFiles | null
}

export interface InitialMember {
  readonly name: string
  readonly peerUrls: readonly MemberUrl[]
}

export interface ClusterConfig {
  readonly token: string
  readonly members: readonly InitialMember[]
  /** The members were written, not made up from this node's own settings. */
  readonly isExplicit: boolean
  readonly state: 'new' | 'existing'
}

export type CompactionConfig =
  | { readonly kind: 'off' }
  | { readonly kind: 'periodic'; readonly retentionMs: number }
  | { readonly kind: 'revision'; readonly retention: number }

export interface TimingConfig {
  readonly tickMs: number
  readonly heartbeatTicks: number
  readonly electionTicks: number
  /** Of elections that come to nothing. */
  readonly retryTicks: number
  /** Whoever lost the connection to the leader campaigns within so many. */
  readonly droppedTicks: number
  /** Nodes that have nothing else to say say so this often; five times as long and one is gone. */
  readonly pingMs: number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** `auto`: text for people on a terminal, JSON otherwise. */
export type LogFormat = 'auto' | 'json' | 'pretty'

export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const

export interface NodeConfig {
  readonly name: string
  /** Absolute. */
  readonly dataDirectory: string
  /** Of the write-ahead log; null: inside the data directory. */
  readonly logDirectory: string | null
  readonly engine: EngineName
  readonly client: ListenConfig & {
    /** Those of `listen` that were named apart from the others; the last ones. */
    readonly listenAlso: readonly MemberUrl[]
    readonly corsOrigins: readonly string[]
  }
  readonly peer: ListenConfig
  /** For metrics and health only. */
  readonly metrics: readonly MemberUrl[]
  readonly cluster: ClusterConfig
  readonly profile: ProfileName
  readonly timing: TimingConfig
  /** Negative: no bound. */
  readonly quotaBytes: number
  readonly compaction: CompactionConfig
  readonly requestBytesMax: number
  /** Of a file of the write-ahead log; three of them are written at the first start. */
  readonly logSegmentBytes: number
  /** Of what was read from disk; null: what is usual. Only the engine `bitcask` has it. */
  readonly readCacheBytes: number | null
  readonly transactionOperationsMax: number
  readonly watchProgressMs: number
  /** Silence after which a client is asked whether it is still there. */
  readonly keepaliveMs: number
  readonly logging: {
    readonly level: LogLevel
    readonly format: LogFormat
    readonly outputs: readonly string[]
  }
}
