/** How long a peer may take over what it has begun, and over reading what it asked for. */

import { RPC_OUTPUT_BYTES_HIGH, RPC_PARTIAL_MS_MAX, RPC_STALLED_MS_MAX } from '../../base/index.ts'

export class Patience {
  #partialSinceMs = 0
  #partialFrames = -1
  #stalledSinceMs = 0
  #stalledBytes = 0

  /**
   * The preface, a frame or a header block has begun and does not end. `frames`: how many have
   * come, by which one that is still going on is told from the next.
   */
  endsWithPartial(frames: number, nowMs: number): boolean {
    if (frames !== this.#partialFrames) {
      this.#partialFrames = frames
      this.#partialSinceMs = nowMs
    }
    return nowMs - this.#partialSinceMs > RPC_PARTIAL_MS_MAX
  }

  notPartial(): void {
    this.#partialFrames = -1
  }

  /** Bytes wait for the peer, in the socket or for its windows, and do not get fewer. */
  endsWithStalled({ queued, held }: { queued: number; held: number }, nowMs: number): boolean {
    const bytes = queued + held
    const waits = queued > 0 || bytes > RPC_OUTPUT_BYTES_HIGH
    if (!waits || bytes < this.#stalledBytes || this.#stalledBytes === 0) {
      this.#stalledSinceMs = nowMs
    }
    this.#stalledBytes = waits ? bytes : 0
    return waits && nowMs - this.#stalledSinceMs > RPC_STALLED_MS_MAX
  }
}

/** Something is waited for since a time, 0 for nothing, and for too long. */
export function isOver(sinceMs: number, msMax: number, nowMs: number): boolean {
  return sinceMs > 0 && nowMs - sinceMs > msMax
}
