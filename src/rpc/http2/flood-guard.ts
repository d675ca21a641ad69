/**
 * Tells a busy peer from one that only costs. Frames that bring work pay for frames that do not
 * (PING, SETTINGS, empty DATA, resets, unknown types), and time pays a little too. A peer that has
 * spent all is asked to calm down, which ends the connection (CVE-2019-9512, -9515, -9518,
 * CVE-2023-44487).
 */

import {
  RPC_FLOOD_CREDIT_MAX,
  RPC_FLOOD_CREDIT_PER_SECOND,
  RPC_FLOOD_CREDIT_PER_WORK,
} from '../../base/index.ts'
import { HTTP2_CODES, Http2Error } from './frames.ts'

export class FloodGuard {
  readonly #nowMs: () => number
  #credit = RPC_FLOOD_CREDIT_MAX
  #sinceMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#sinceMs = nowMs()
  }

  worked(): void {
    if (this.#credit < RPC_FLOOD_CREDIT_MAX) this.#credit += RPC_FLOOD_CREDIT_PER_WORK
  }

  /** Throws when the peer has nothing left to spend. */
  charge(cost: number): void {
    this.#credit -= cost
    if (this.#credit >= 0) return
    const nowMs = this.#nowMs()
    const earned = ((nowMs - this.#sinceMs) / 1000) * RPC_FLOOD_CREDIT_PER_SECOND
    this.#sinceMs = nowMs
    this.#credit = Math.min(this.#credit + earned, RPC_FLOOD_CREDIT_MAX)
    if (this.#credit >= 0) return
    throw new Http2Error(HTTP2_CODES.enhanceYourCalm, 'too many frames that bring no work')
  }
}
