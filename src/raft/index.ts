/** raft: consensus as a pure state machine. */
export * from './types.ts'
