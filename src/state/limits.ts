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
  /** The message of one command. */
  readonly requestBytesMax: number
  /** Operations of a transaction with those of all transactions in it. */
  readonly operationsNestedMax: number
  /** The answer of one command. */
  readonly answerBytesMax: number
  /** The answer of one read that is not asked for in pieces. */
  readonly readBytesMax: number
  readonly leasesMax: number
  readonly leaseTtlSecondsMax: number
  readonly alarmsMax: number
  readonly sessionsMax: number
  /** A session that was used within this time does not make room for another. */
  readonly sessionIdleMsMin: number
  /** Results that a session remembers. */
  readonly sessionResultsMax: number
  readonly sessionBytesMax: number
  /** Names of requests that take effect once, and what is remembered of them together. */
  readonly namesMax: number
  readonly namesBytesMax: number
  readonly nameBytesMax: number
  readonly digestBytesMax: number
  /** The longest answer that is remembered. */
  readonly nameAnswerBytesMax: number
  /** For so long no name makes room for another. */
  readonly nameMsMin: number
  /** What is older is forgotten when another one comes. */
  readonly nameMsMax: number
}

const MIB = 1_048_576

/**
 * A value may be as large as an etcd request (1.5 MiB) and a transaction as long as etcd's (128).
 * A key fits the key size of every engine (LMDB: 1,978 bytes at 4 KiB pages). A batch holds at
 * least two of the largest commands, so that one of them never blocks the way for the rest.
 *
 * etcd bounds neither what transactions in transactions come to nor what they answer: a request of
 * 1.5 MiB may ask for any amount. 4,096 operations are 64 transactions of 64 operations each.
 * A million leases take some 80 MiB off the heap; 4,096 sessions at their fullest 128 MiB.
 *
 * Who repeats a request does so within seconds; two minutes outlast an election and a restart. In
 * that time 65,536 names may come, 546 in a second; with what goes with them they take at most
 * 32 MiB.
 */
export const STATE_LIMITS: StateLimits = {
  keyBytesMax: 1024,
  valueBytesMax: 1_572_864,
  operationsMax: 128,
  batchCommandsMax: 16_384,
  batchBytesMax: 4_194_304,
  requestBytesMax: 1_572_864,
  operationsNestedMax: 4096,
  answerBytesMax: 64 * MIB,
  readBytesMax: 512 * MIB,
  leasesMax: 1_048_576,
  leaseTtlSecondsMax: 9_000_000_000,
  alarmsMax: 1024,
  sessionsMax: 4096,
  sessionIdleMsMin: 60_000,
  sessionResultsMax: 128,
  sessionBytesMax: 32_768,
  namesMax: 65_536,
  namesBytesMax: 32 * MIB,
  nameBytesMax: 255,
  digestBytesMax: 32,
  nameAnswerBytesMax: 65_536,
  nameMsMin: 120_000,
  nameMsMax: 3_600_000,
}
