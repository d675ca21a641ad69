/**
 * sim/world: everything a node touches through `io`, simulated in one thread from one seed: time,
 * disk, network and sockets, and the life of a process as a fence around all of them.
 *
 * Invariants: one event at a time, ordered by (virtual time, seeded tie-break, sequence); after
 * each event all promise continuations have run; the same seed gives the same trace hash and the
 * same bytes on every disk; nothing of a life that has ended runs any more. Each part draws from a
 * stream of chance of its own, named after it, so that parts do not shift each other. Simulated
 * parts pass the contract suite of `src/io`. Not modelled: processor time; code runs in no time.
 */
export { type ClockOptions, SimulatedClock } from './clock.ts'
export {
  type DiskImage,
  type DiskView,
  SimulatedDisk,
  type SimulatedDiskOptions,
  swapDirectories,
} from './disk.ts'
export {
  DISK_FAULT_KINDS,
  DISK_OPERATIONS,
  DISK_TIMING,
  type DiskFaultKind,
  type DiskFaultPlace,
  type DiskFaults,
  type DiskOperation,
  type DiskTiming,
  NO_DISK_FAULTS,
  type Span,
} from './disk-config.ts'
export type { OperationMoment } from './disk-engine.ts'
export type { ScheduledEvent } from './event-queue.ts'
export { Life, type LifeEnd } from './life.ts'
export { Network, type NetworkOptions, type Port, type Receiver } from './network.ts'
export {
  type Direction,
  type Frame,
  NETWORK_CONDITIONS,
  NETWORK_FAULT_KINDS,
  type NetworkConditions,
  type NetworkFaultKind,
} from './network-config.ts'
export {
  asymmetric,
  bridge,
  chain,
  halves,
  isolateOne,
  ring,
  rotating,
  scattered,
} from './patterns.ts'
export { createSimulatedAuthority } from './socket-tls.ts'
export {
  SimulatedSockets,
  type SimulatedSocketsOptions,
  SOCKET_CONDITIONS,
  SOCKET_FAULT_KINDS,
  type SocketConditions,
  type SocketFaultKind,
} from './sockets.ts'
export { TraceHash } from './trace-hash.ts'
export { type RunEnd, type RunOptions, World, type WorldOptions } from './world.ts'
