/** Everything a node is told before it starts, whatever it was told in. */

import type { MemberUrl } from './urls.ts'

export type EngineName = 'bitcask' | 'memory' | 'lmdb'

export const ENGINE_NAMES: readonly EngineName[] = ['bitcask', 'memory', 'lmdb']

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
}

/** Those behind `error` are etcd's; here they show the same. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'dpanic' | 'panic' | 'fatal'

export interface NodeConfig {
  readonly name: string
  /** Absolute. */
  readonly dataDirectory: string
  /** Of the write-ahead log; null: inside the data directory. */
  readonly logDirectory: string | null
  readonly engine: EngineName
  readonly client: ListenConfig & { readonly corsOrigins: readonly string[] }
  readonly peer: ListenConfig
  /** For metrics and health only. */
  readonly metrics: readonly MemberUrl[]
  readonly cluster: ClusterConfig
  readonly timing: TimingConfig
  /** 0: the default; negative: no bound. */
  readonly quotaBytes: number
  readonly compaction: CompactionConfig
  readonly requestBytesMax: number
  /** Of a file of the write-ahead log; three of them are written at the first start. */
  readonly logSegmentBytes: number
  readonly transactionOperationsMax: number
  readonly watchProgressMs: number
  /** Silence after which a client is asked whether it is still there. */
  readonly keepaliveMs: number
  readonly logging: { readonly level: LogLevel; readonly outputs: readonly string[] }
}
