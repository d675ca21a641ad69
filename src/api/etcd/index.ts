/**
 * etcd: the API of etcd v3 as gRPC methods, over whatever a node can do.
 *
 * Invariants: a request that can be refused without looking at the store never reaches the log;
 * what is refused is refused in etcd's words and with its code, in its order; a write whose outcome
 * nobody knows is never told as one that failed. Messages pass through as the bytes they came as:
 * only what must be checked is looked at.
 * Not here: what a request does (`state`), who leads (`server`), JSON (`api/gateway`).
 */
export { etcdErrorOf } from './errors.ts'
export { EtcdDoor, type EtcdDoorOptions } from './etcd-door.ts'
export { ETCD_LIMITS, ETCD_MESSAGE_BYTES_MAX, type EtcdLimits } from './limits.ts'
export { Steps } from './steps.ts'
export { storageVersion } from './version.ts'
