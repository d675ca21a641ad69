/**
 * client: the TypeScript client, `import { connect } from 'quorate/client'`.
 *
 * Invariants: a call settles once, in its time; a write takes effect at most once however often it
 * was sent, and is told as failed only when it certainly has no effect; everything that waits is
 * bounded. No native module is loaded, and nothing of the server.
 */
export { bytes, type Codec, json, text } from './codecs.ts'
export { connect } from './connect.ts'
export { QuorateError } from './errors.ts'
export * from './operations.ts'
export type * from './types.ts'
