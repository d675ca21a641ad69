import type { Clock, Timer } from '../../io/index.ts'

/** Who waits. */
export interface Guest {
  /** Called at most once, and only while it is in the room. */
  turnOut(): void
}

export interface WaitingRoomOptions {
  readonly clock: Clock
  readonly guestsMax: number
  readonly waitMsMax: number
}

/**
 * A bounded number of guests, each for a bounded time. All wait equally long, so they are due in
 * the order they came, and one timer, for the first, is enough.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions
  /** When each came. Invariant: in the order of coming, which is the order of a map's keys. */
  readonly #guests = new Map<Guest, number>()
  #timer: Timer | null = null

  constructor(options: WaitingRoomOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#guests.size
  }

  /** In a full room the longest waiting makes place. */
  enter(guest: Guest): void {
    const { clock, guestsMax } = this.#options
    if (this.#guests.size >= guestsMax) this.#turnOutFirst()
    this.#guests.set(guest, clock.monotonicMs())
    if (this.#timer === null) this.#arm()
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest)
  }

  /** Turns all of them out. */
  clear(): void {
    this.#timer?.cancel()
    this.#timer = null
    while (this.#guests.size > 0) this.#turnOutFirst()
  }

  #turnOutFirst(): void {
    for (const guest of this.#guests.keys()) {
      this.#guests.delete(guest)
      guest.turnOut()
      return
    }
  }

  #arm(): void {
    this.#timer = null
    const { clock, waitMsMax } = this.#options
    for (const sinceMs of this.#guests.values()) {
      const leftMs = Math.max(0, sinceMs + waitMsMax - clock.monotonicMs())
      this.#timer = clock.after(leftMs, this.#due)
      return
    }
  }

  readonly #due = (): void => {
    const { clock, waitMsMax } = this.#options
    const latestMs = clock.monotonicMs() - waitMsMax
    for (const [guest, sinceMs] of this.#guests) {
      if (sinceMs > latestMs) break
      this.#guests.delete(guest)
      guest.turnOut()
    }
    this.#arm()
  }
}
