/** testing: a store with leases and watches, as much of it as locks and elections need. */
export { LockScene, lockTest } from './lock-scene.ts'
export { LockTable } from './lock-table.ts'
