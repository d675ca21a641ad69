/** log/testing: what tests of the log, and of what stands on it, are written with. */
export { FaultyDisk } from './faulty-disk.ts'
export { ManualClock, settle } from './manual-clock.ts'
export { MemoryDisk } from './memory-disk.ts'
export { SMALL_DIRECTORY, SmallLog } from './small-log.ts'
export { cut, entries, hardState, hardStateOf, install } from './steps.ts'
