/** What the measuring process tells the generating one, and what it hears. */

import type { Load } from './load.ts'

interface Common {
  /** Connections are spread over these. */
  readonly urls: readonly string[]
  /** Of the servers, whose processor time and writes are counted. */
  readonly pids: readonly number[]
  /** Keys are random among so many. */
  readonly keys: number
  readonly warmMs: number
  readonly measureMs: number
}

export interface LoadOrder extends Common {
  readonly kind: 'load'
  readonly load: Load
}

/** The same load so many times without a pause, each told by itself. */
export interface SoakOrder extends Common {
  readonly kind: 'soak'
  readonly load: Load
  readonly times: number
}

export interface FanOutOrder extends Common {
  readonly kind: 'fanOut'
  readonly watchers: number
}

/** One client, with so many puts under way. */
export interface NativeOrder extends Common {
  readonly kind: 'native'
  readonly inFlight: number
  readonly valueBytes: number
}

/** Puts each of the keys once, from the given one on. */
export interface FillOrder extends Common {
  readonly kind: 'fill'
  readonly from: number
  readonly valueBytes: number
}

export type Order = LoadOrder | SoakOrder | FanOutOrder | NativeOrder | FillOrder

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

/** Answers of the generating process: a part comes before the end. */
export type Answer =
  | { readonly kind: 'part'; readonly measured: Measured }
  | { readonly kind: 'end'; readonly measured: Measured | null }
  | { readonly kind: 'failed'; readonly text: string }
