/** What the client allows itself, each with its reason. */

const KIB = 1024
const MIB = 1024 * KIB

export interface ClientLimits {
  /** A call with all its attempts, unless its options say otherwise. */
  readonly timeoutMs: number
  /** A connection that does not stand by then is given up. */
  readonly connectMsMax: number
  /** An endpoint that has not answered by then gets company: the next one is tried besides. */
  readonly connectAloneMs: number
  /** Rounds over all endpoints after which `connect` says that nobody is there. */
  readonly connectRoundsMax: number
  readonly reconnectMsMin: number
  readonly reconnectMsMax: number
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** A node that owes answers and says nothing for so long is left for another one. */
  readonly silentMsMin: number
  readonly silentMsMax: number
  readonly inFlightMax: number
  readonly inFlightBytesMax: number
  readonly waitingMax: number
  readonly waitingBytesMax: number
  readonly batchBytes: number
  readonly batchOperationsMax: number
  /** So much leaves before the turn ends in which it was asked for. */
  readonly earlyBytes: number
  readonly messageBytesMax: number
  readonly sessionsMax: number
  readonly heavyUnansweredMax: number
  readonly lightAnswerBytesMax: number
  readonly tickMs: number
  readonly keepaliveMs: number
  readonly refreshMs: number
  readonly farewellMs: number
  readonly pageEntriesMin: number
  readonly pageEntriesMax: number
  readonly pageBytes: number
}

/**
 * `timeoutMs`: beyond the 7 seconds that a node holds what it can give to no leader.
 * `reconnectMs*`, `retryMs*`: first attempts come at once, because another leader is there within
 * some 25 ms; the longest are what a client waits in addition when a cluster comes back.
 * `silentMs*`: beyond any pause of a node that works; it doubles, because a cluster without a
 * majority is silent, too, and asking it again and again helps nobody.
 *
 * `inFlight*`: 4,096 operations under way are 100,000 a second at 40 ms; a node takes as many in
 * one message. `earlyBytes`: so much leaves before the turn ends in which it was asked for, in one
 * write: two batches. `waiting*`: callers whose promises wait for room; beyond it they are told at
 * once, before the process runs out of memory. `batchBytes`: what leaves in one frame, without a
 * copy more. `messageBytesMax`: the largest answer there is (a read that is not asked for in
 * pieces).
 *
 * `sessionsMax`: of the 4,096 that a cluster has; each lets 128 writes be under way. Answers that
 * may be large are not remembered long by a session (32 KiB of them), so such writes
 * (`lightAnswerBytesMax`) go to sessions of their own, few at a time.
 *
 * `tickMs`: how late a deadline may be noticed. `keepaliveMs`: how soon a connection is known to be
 * dead. `refreshMs`: how often at most nodes are asked about nodes. `farewellMs`: what giving back
 * sessions may take. `page*`: pages of a listing are made as large as `pageBytes`, whatever values
 * are; a first page knows nothing about them yet.
 */
export const CLIENT_LIMITS: ClientLimits = {
  timeoutMs: 10_000,
  connectMsMax: 3000,
  connectAloneMs: 250,
  connectRoundsMax: 2,
  reconnectMsMin: 10,
  reconnectMsMax: 1000,
  retryMsMin: 4,
  retryMsMax: 250,
  silentMsMin: 1500,
  silentMsMax: 6000,
  inFlightMax: 4096,
  inFlightBytesMax: 16 * MIB,
  waitingMax: 262_144,
  waitingBytesMax: 256 * MIB,
  batchBytes: 16 * KIB - 5,
  batchOperationsMax: 1024,
  earlyBytes: 32 * KIB,
  messageBytesMax: 256 * MIB,
  sessionsMax: 40,
  heavyUnansweredMax: 4,
  lightAnswerBytesMax: 160,
  tickMs: 20,
  keepaliveMs: 2000,
  refreshMs: 1000,
  farewellMs: 250,
  pageEntriesMin: 64,
  pageEntriesMax: 4096,
  pageBytes: 1 * MIB,
}

/** What a growing pause may become, and half of it by chance: nobody comes back all at once. */
export function pauseMs(
  failures: number,
  { min, max, chance }: { min: number; max: number; chance: { below(limit: number): number } },
): number {
  const fullMs = Math.min(max, min * 2 ** Math.min(failures, 16))
  return fullMs / 2 + chance.below(Math.ceil(fullMs / 2) + 1)
}
