/**
 * What one command, one batch and one value may cost. Whether a command is refused is part of the
 * replicated state, so every replica of a group must run with the same limits.
 */

export interface StateLimits {
  readonly keyBytesMax: number
  readonly valueBytesMax: number
  /** Reads and writes of one transaction together. */
  readonly operationsMax: number
  readonly batchCommandsMax: number
  readonly batchBytesMax: number
}

/**
 * A value may be as large as an etcd request (1.5 MiB) and a transaction as long as etcd's (128).
 * A key fits the key size of every engine (LMDB: 1,978 bytes at 4 KiB pages). A batch holds at
 * least two of the largest commands, so that one of them never blocks the way for the rest.
 */
export const STATE_LIMITS: StateLimits = {
  keyBytesMax: 1024,
  valueBytesMax: 1_572_864,
  operationsMax: 128,
  batchCommandsMax: 16_384,
  batchBytesMax: 4_194_304,
}
