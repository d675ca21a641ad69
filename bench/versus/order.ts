/** What the measuring process tells the generating one, and what it hears. */

import type { Load } from './load.ts'

export interface Order {
  readonly kind: 'load'
  readonly load: Load
  /** Connections are spread over these. */
  readonly urls: readonly string[]
  /** Of the servers, whose processor time and writes are counted. */
  readonly pids: readonly number[]
  readonly keys: number
  readonly warmMs: number
  readonly measureMs: number
}

export interface FanOutOrder extends Omit<Order, 'kind' | 'load'> {
  readonly kind: 'fanOut'
  readonly watchers: number
}

/** Puts each of the keys once. */
export interface FillOrder extends Omit<Order, 'kind' | 'load'> {
  readonly kind: 'fill'
  readonly valueBytes: number
}

export interface Measured {
  /** Requests that were answered, or events that arrived, in a second. */
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly longestMs: number
  /** What failed, by its text. */
  readonly failures: Readonly<Record<string, number>>
  /** Processor time of all servers, in microseconds for each request or event. */
  readonly serverMicros: number
  /** Share of a core that the generator had. */
  readonly generatorCores: number
  readonly serverCores: number
  /** What all servers wrote to their disks, for each byte of a value; null where nothing is put. */
  readonly writtenPerByte: number | null
}
