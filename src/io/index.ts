/**
 * io: the only door to disk, clock, chance and sockets.
 *
 * Invariants: nothing else in `src` touches time, randomness, files or sockets; the real versions
 * here and the simulated ones in `sim/world` pass the same contract suite (`contract/`, which is
 * for tests only and therefore has a surface of its own).
 */
export { createNodeChance } from './node-chance.ts'
export { createNodeClock } from './node-clock.ts'
export { createNodeDisk } from './node-disk.ts'
export { createNodeGzip } from './node-gzip.ts'
export { createNodeHashing } from './node-hashing.ts'
export { createHttpDoor, type HttpDoor } from './node-http.ts'
export { LOCK_FILE } from './node-lock.ts'
export { createNodeProfiler } from './node-profiler.ts'
export { memoryBytes, runtimeVersion } from './node-runtime.ts'
export { createNodeSockets } from './node-sockets.ts'
export type { Profiler } from './profiler-types.ts'
export * from './tls-types.ts'
export * from './types.ts'
