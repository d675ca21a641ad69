/** When leases are renewed, and when they are given up, each with its reason. */

export interface LeaseLimits {
  readonly ttlMsMin: number
  readonly renewShare: number
  readonly answerShare: number
  readonly answerMsMin: number
  readonly marginShare: number
  readonly backoffMsMin: number
  readonly backoffMsMax: number
  readonly revokeMsMax: number
}

/**
 * `ttlMsMin`: leases are counted in seconds. `renewShare`: a third of the time to live, so that
 * three attempts fit into it. `answerShare`, `answerMsMin`: without an answer after a sixth of it
 * another node is asked, which leaves time for a third one. `marginShare`: so much earlier than by
 * the clock a lease counts as lost: clocks of two machines differ by less than a thousandth of a
 * span, and whoever holds it needs a moment to stop. `backoffMs*`: between streams that fail; the
 * longest is a sixth of a lease of three seconds. `revokeMsMax`: what a disposal waits for a
 * cluster that does not answer; the lease ends all the same, only later.
 */
export const LEASE_LIMITS: LeaseLimits = {
  ttlMsMin: 1000,
  renewShare: 1 / 3,
  answerShare: 1 / 6,
  answerMsMin: 200,
  marginShare: 0.02,
  backoffMsMin: 20,
  backoffMsMax: 500,
  revokeMsMax: 5000,
}
