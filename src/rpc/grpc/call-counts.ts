/** What became of the calls of one method. Plain numbers: a call must not notice being counted. */

import type { StatusCode } from './status.ts'

const STATUS_CODES = 17

export class CallCounts {
  started = 0
  /** How calls ended; position is code. Not an array of integers, which has to change its kind. */
  readonly ended = new Float64Array(STATUS_CODES)
  messagesReceived = 0
  messagesSent = 0
  /** Of messages, without their framing. */
  bytesReceived = 0
  bytesSent = 0

  noteReceived(bytes: number): void {
    this.messagesReceived += 1
    this.bytesReceived += bytes
  }

  noteSent(bytes: number): void {
    this.messagesSent += 1
    this.bytesSent += bytes
  }

  noteEnded(code: StatusCode): void {
    this.ended[code] = (this.ended[code] as number) + 1
  }
}
