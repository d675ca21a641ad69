/**
 * The way to one peer for one kind of messages: the stream that we dial, the stream that the peer
 * has dialled, and when to dial again.
 *
 * What we have to say goes over our own stream; over the peer's while ours is not up. A peer that
 * has just started, or that we cannot dial, is answered at once that way.
 */

import { assert, type Chance, PEER_STABLE_MS } from '../base/index.ts'
import type { Address, Clock, Timer } from '../io/index.ts'
import type { Counters } from './counters.ts'
import type { Lane, LaneEnd } from './lane.ts'
import { type Parcel, ParcelQueue } from './parcel.ts'
import type { LaneKind, PeerLimits } from './types.ts'

export interface RouteParts {
  readonly clock: Clock
  readonly chance: Chance
  readonly limits: PeerLimits
  readonly counters: Counters
  /** Begins a stream to the address. */
  readonly dial: (address: Address) => Lane
}

export class Route {
  readonly #parts: RouteParts
  /** Kept up always, or dialled when there is something to say. */
  readonly #isKept: boolean
  #addresses: readonly Address[] = []
  #turn = 0
  /** Greeting or up. */
  #dialled: Lane | null = null
  /** About to be up, or up. */
  #accepted: Lane | null = null
  /** For the stream that is being dialled. */
  readonly #waiting: ParcelQueue
  /** Attempts that failed in a row. */
  #failures = 0
  #upSinceMs = 0
  /** While it runs nobody is dialled. */
  #pause: Timer | null = null

  constructor(kind: LaneKind, parts: RouteParts) {
    this.#isKept = kind === 'messages'
    this.#parts = parts
    this.#waiting = new ParcelQueue(parts.limits)
  }

  get isUp(): boolean {
    return this.#current !== null
  }

  get isEmpty(): boolean {
    return this.#dialled === null && this.#accepted === null
  }

  get queuedBytes(): number {
    let bytes = this.#waiting.bytes
    for (const lane of this.lanes) bytes += lane.queuedBytes
    return bytes
  }

  get lanes(): readonly Lane[] {
    const lanes = []
    if (this.#dialled !== null) lanes.push(this.#dialled)
    if (this.#accepted !== null) lanes.push(this.#accepted)
    return lanes
  }

  get #current(): Lane | null {
    if (this.#dialled?.isUp === true) return this.#dialled
    return this.#accepted?.isUp === true ? this.#accepted : null
  }

  /** No addresses: nobody is dialled, and who was dialled before is left. */
  setAddresses(addresses: readonly Address[]): void {
    if (sameAddresses(addresses, this.#addresses)) return
    this.#addresses = addresses
    this.#turn = 0
    // It may be somebody else's by now.
    this.#dialled?.close()
    // That end is no failure to wait after.
    this.#failures = 0
    this.#resume()
    if (this.#isKept) this.#dial()
  }

  send(parcel: Parcel): void {
    const lane = this.#current
    if (lane !== null) {
      if (!lane.send(parcel)) this.#dropped(parcel.messages)
      return
    }
    if (!this.#isKept) this.#dial()
    if (this.#dialled === null || !this.#waiting.push(parcel)) this.#dropped(parcel.messages)
  }

  flush(): void {
    this.#current?.flush()
  }

  /** The peer has dialled us. Who dials anew has lost what it had. */
  accept(lane: Lane): void {
    assert(lane.role === 'accepted', 'the peer dialled it')
    const before = this.#accepted
    this.#accepted = lane
    before?.lose('the peer has dialled again')
  }

  /** Both sides have greeted each other. */
  up(lane: Lane): void {
    if (lane === this.#dialled) {
      this.#upSinceMs = this.#parts.clock.monotonicMs()
    } else if (this.#pause !== null && this.#isKept) {
      // It is there, so there is no reason to wait.
      this.#failures = 0
      this.#resume()
      this.#dial()
    }
    for (;;) {
      const parcel = this.#waiting.shift()
      if (parcel === null) break
      if (!lane.send(parcel)) this.#dropped(parcel.messages)
    }
  }

  ended(lane: Lane, end: LaneEnd): void {
    if (lane === this.#accepted) this.#accepted = null
    if (lane !== this.#dialled) return
    this.#dialled = null
    this.#dropped(this.#waiting.clear())
    const { clock, counters } = this.#parts
    const wasStable = this.#upSinceMs > 0 && clock.monotonicMs() - this.#upSinceMs >= PEER_STABLE_MS
    if (this.#upSinceMs === 0) counters.dialFailures += 1
    this.#upSinceMs = 0
    this.#failures = wasStable ? 0 : this.#failures + 1
    if (end.kind === 'refused') this.#wait(this.#refusedMs())
    else if (this.#failures > 0) this.#wait(this.#backoffMs())
    else if (this.#isKept) this.#dial()
  }

  /** No more attempts. */
  stop(): void {
    this.#addresses = []
    this.#resume()
    this.#dropped(this.#waiting.clear())
  }

  #dial(): void {
    if (this.#dialled !== null || this.#pause !== null) return
    const address = this.#addresses[this.#turn % Math.max(1, this.#addresses.length)]
    if (address === undefined) return
    this.#turn += 1
    this.#dialled = this.#parts.dial(address)
  }

  #wait(delayMs: number): void {
    assert(this.#pause === null, 'one pause at a time')
    if (this.#addresses.length === 0) return
    this.#pause = this.#parts.clock.after(delayMs, () => {
      this.#pause = null
      if (this.#isKept) this.#dial()
    })
  }

  #resume(): void {
    this.#pause?.cancel()
    this.#pause = null
  }

  /** Doubles with each failure up to a bound, less up to a half by chance. */
  #backoffMs(): number {
    const { limits, chance } = this.#parts
    const fullMs = Math.min(
      limits.backoffMsMax,
      limits.backoffMsMin * 2 ** Math.min(this.#failures - 1, 16),
    )
    return fullMs - chance.below(Math.ceil(fullMs / 2))
  }

  #refusedMs(): number {
    const { limits, chance } = this.#parts
    return limits.refusedMs - chance.below(Math.ceil(limits.refusedMs / 2))
  }

  #dropped(messages: number): void {
    this.#parts.counters.messagesDropped += messages
  }
}

function sameAddresses(left: readonly Address[], right: readonly Address[]): boolean {
  if (left.length !== right.length) return false
  return left.every((one, at) => one.host === right[at]?.host && one.port === right[at]?.port)
}
