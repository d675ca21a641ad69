import type { Chance } from '../../src/base/index.ts'
import type { Span } from './disk-config.ts'

/**
 * What travels: opaque to the network, immutable, shared by all deliveries. It is never encoded
 * unless somebody asks, which is what makes simulated messages cheap.
 */
export interface Frame {
  /** Its size on the wire. */
  readonly bytes: number
  encode?(): Uint8Array
  /** What arrives when bits flip on the way: null when the receiver's checks refuse it. */
  corrupt?(chance: Chance): Frame | null
}

/** Every fault that is counted. The manifest of the reports. */
export const NETWORK_FAULT_KINDS = [
  'dropped',
  'duplicated',
  'reordered',
  'replayed',
  'slow',
  'cut',
  'clogged',
  'queueFull',
  'reset',
  'corrupted',
  'foreign',
  'lostWithProcess',
] as const

export type NetworkFaultKind = (typeof NETWORK_FAULT_KINDS)[number]

/** One direction between two addresses. */
export interface Direction {
  readonly from: string
  readonly to: string
}

/** Probabilities are per frame, from 0 to 1, and 0 unless said otherwise. */
export interface NetworkConditions {
  readonly delayUs: Span
  /** The frame, and all behind it, takes `slowUs` longer. */
  readonly slow: number
  readonly slowUs: Span
  readonly drop: number
  readonly duplicate: number
  /** Others may overtake the frame, for up to `reorderUs`. */
  readonly reorder: number
  readonly reorderUs: Span
  /** A copy arrives much later, even to another life of the receiver. */
  readonly replay: number
  readonly replayMs: Span
  /** The connection is reset: what is under way is lost and both ends are told. */
  readonly reset: number
  readonly corrupt: number
  /** Another cluster's frame arrives besides, if the owner of the network makes such. */
  readonly foreign: number
  readonly bytesPerSecond: number
  /** What may wait for its turn on the wire, or behind a clog; more is dropped. */
  readonly queueBytesMax: number
}

export const NETWORK_CONDITIONS: NetworkConditions = {
  delayUs: [100, 500],
  slow: 0,
  slowUs: [5_000, 200_000],
  drop: 0,
  duplicate: 0,
  reorder: 0,
  reorderUs: [100, 20_000],
  replay: 0,
  replayMs: [100, 60_000],
  reset: 0,
  corrupt: 0,
  foreign: 0,
  bytesPerSecond: 125_000_000,
  queueBytesMax: 64 * 1024 * 1024,
}
