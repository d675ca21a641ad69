import type { Histogram } from './histogram.ts'

/** What is counted elsewhere. Whoever puts the process together knows where. */
export interface MetricsSource {
  /** In seconds: until a batch of the log was durable. */
  readonly walFsyncSeconds: Histogram
  /** In seconds: until a checkpoint of a storage engine was durable. */
  readonly backendCommitSeconds: Histogram
  /** Asked at every scrape; what is not known is left out. */
  read(): MetricsReading
}

export interface MetricsReading {
  readonly proposalsPending?: number
  readonly proposalsFailed?: number
  readonly slowApplies?: number
  readonly slowReadIndexes?: number
  readonly leasesExpired?: number
  readonly keys?: number
  readonly compactRevision?: number
  /** Of what was read last, for an engine that has one. */
  readonly cache?: CacheReading
  readonly connections?: number
  readonly peers?: readonly PeerReading[]
  readonly process?: ProcessReading
  /** Further lines of `/debug/vars`: anything that is JSON. */
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface CacheReading {
  /** What it may take. */
  readonly bytesMax: number
  readonly hits: number
  readonly misses: number
}

export interface PeerReading {
  /** As clients of etcd see members: in hexadecimal digits. */
  readonly memberId: bigint
  readonly isConnected: boolean
  readonly bytesSent: number
  readonly bytesReceived: number
}

export interface ProcessReading {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Seconds since 1970. */
  readonly startedSeconds: number
  readonly openFiles?: number
  readonly openFilesMax?: number
  /** In seconds: for which everything stood still while memory was collected. */
  readonly collectionPauses?: Histogram
  /** The longest of them. */
  readonly longestPauseSeconds?: number
  /** By kind, such as `heap_used`. */
  readonly memoryBytes?: Readonly<Record<string, number>>
  /** In seconds: how much later than it should a timer came. */
  readonly eventLoopDelays?: Histogram
}
