/**
 * engine/testing: a state machine on an engine, without a group around it, and logs to feed it.
 * For tests only: nothing in production imports this folder.
 */
export { type LogState, RandomLog } from './random-log.ts'
export { Replica } from './replica.ts'
