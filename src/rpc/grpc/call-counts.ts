/** What became of the calls of one method. Plain numbers: a call must not notice being counted. */

import type { StatusCode } from './status.ts'

const STATUS_CODES = 17

/** What calls over a network take, for whoever wants to know. */
export interface CallTiming {
  nowMs(): number
  took(seconds: number): void
}

export class CallCounts {
  started = 0
  /** How calls ended; position is code. Not an array of integers, which has to change its kind. */
  readonly ended = new Float64Array(STATUS_CODES)
  messagesReceived = 0
  messagesSent = 0
  /** Of messages, without their framing. */
  bytesReceived = 0
  bytesSent = 0
  readonly #timing: CallTiming | null

  constructor(timing: CallTiming | null = null) {
    this.#timing = timing
  }

  /** Returns what `noteEnded` wants to be told. */
  noteStarted(): number {
    this.started += 1
    return this.#timing === null ? 0 : this.#timing.nowMs()
  }

  noteReceived(bytes: number): void {
    this.messagesReceived += 1
    this.bytesReceived += bytes
  }

  noteSent(bytes: number): void {
    this.messagesSent += 1
    this.bytesSent += bytes
  }

  /** Without its beginning it is not timed. */
  noteEnded(code: StatusCode, startedMs = 0): void {
    this.ended[code] = (this.ended[code] as number) + 1
    const timing = this.#timing
    if (timing !== null && startedMs > 0) timing.took((timing.nowMs() - startedMs) / 1000)
  }
}
