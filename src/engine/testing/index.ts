export { type LogState, RandomLog } from './random-log.ts'
export { Replica } from './replica.ts'
