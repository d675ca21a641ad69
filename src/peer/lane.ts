/**
 * One stream with one peer, whoever dialled it: greeting, envelopes, and the question whether the
 * other side is still there.
 *
 * ```
 * greeting ──hello, welcome──► up ──closed, lost, damaged──► over
 *     └────refused, no answer─────────────────────────────────┘
 * ```
 *
 * Silence is counted in intervals in which this process did look, never in time: after a pause of
 * our own the first interval finds what the peer has said meanwhile.
 */

import {
  assert,
  type DataChecksums,
  PEER_PIECE_BYTES,
  PEER_ROUND_TRIP_INTERVALS,
} from '../base/index.ts'
import type { Clock } from '../io/index.ts'
import type { NodeId } from '../raft/index.ts'
import { STATUS, type Status, type StatusCode } from '../rpc/index.ts'
import { EnvelopeAssembly } from './assembly.ts'
import { decodeEnvelope } from './codec.ts'
import type { Counters } from './counters.ts'
import type { Envelope } from './envelope.ts'
import {
  decodeHello,
  decodeNumber,
  decodeWelcome,
  encodeHello,
  encodePing,
  encodePong,
  encodeWelcome,
  FRAME,
  type Hello,
  PROTOCOL,
} from './greeting.ts'
import type { MemberRules } from './member-check.ts'
import { type Parcel, ParcelQueue } from './parcel.ts'
import type { LaneKind, PeerIdentity, PeerLimits } from './types.ts'

/** The stream below, of either role. */
export interface LaneCall {
  /** False: enough for now. The bytes are taken in any case. */
  write(bytes: Uint8Array): boolean
  /** What was written leaves now, instead of at the end of the turn. */
  flush(): void
  /** What was written leaves, then the stream ends in order. */
  end(): void
  /** The stream ends here, and the other side is told if it can be. */
  fail(code: StatusCode, text: string): void
}

export type LaneEnd =
  /** In order, by either side. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'lost'; readonly text: string }
  /** The other side does not want us. */
  | { readonly kind: 'refused'; readonly text: string }
  /** We do not want the other side. */
  | { readonly kind: 'refusing'; readonly text: string }
  | { readonly kind: 'damaged'; readonly text: string }

/** Who we are in this life of ours. */
export interface Self extends PeerIdentity {
  readonly incarnation: number
}

export interface LaneHost {
  readonly clock: Clock
  readonly limits: PeerLimits
  readonly rules: MemberRules
  readonly checksums: DataChecksums
  readonly self: Self
  /** An accepted stream says who it is from. Why it is refused; empty when it is not. */
  greeted(lane: Lane, hello: Hello): string
  up(lane: Lane): void
  received(envelope: Envelope): void
  roundTrip(lane: Lane, roundTripMs: number): void
  /** Told once, and the last word. */
  ended(lane: Lane, end: LaneEnd): void
}

export interface LaneOptions {
  readonly kind: LaneKind
  readonly role: 'dialled' | 'accepted'
  /** 0 until an accepted stream has told. */
  readonly peer: NodeId
  readonly counters: Counters
}

export class Lane {
  readonly kind: LaneKind
  readonly role: 'dialled' | 'accepted'
  /** Whom the stream is with, and in which life of its; 0 until it has told. */
  peer: NodeId
  life = 0
  /** Both sides have greeted each other; it may be over since. */
  wasUp = false
  counters: Counters
  readonly #host: LaneHost
  readonly #queue: ParcelQueue
  readonly #assembly: EnvelopeAssembly
  #call: LaneCall | null = null
  #state: 'greeting' | 'up' | 'over' = 'greeting'
  /** The stream asked to wait. */
  #blocked = false
  /** What has left in part, and how much of it. Invariant: the stream is blocked meanwhile. */
  #leaving: Parcel | null = null
  #left = 0
  /** Where it goes on: in which part, and at which byte of that. */
  #part = 0
  #at = 0
  /** Since the last interval. */
  #heard = true
  #said = false
  #carried = true
  #silentIntervals = 0
  #idleIntervals = 0
  #intervals = 0
  /** The ping that is under way; 0 when none is. */
  #pingNumber = 0
  #pingSentMs = 0

  constructor(host: LaneHost, { kind, role, peer, counters }: LaneOptions) {
    assert(role === 'accepted' || peer > 0, 'whoever is dialled is known')
    this.#host = host
    this.kind = kind
    this.role = role
    this.peer = peer
    this.counters = counters
    this.#queue = new ParcelQueue(host.limits)
    this.#assembly = new EnvelopeAssembly(host.limits)
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  get queuedBytes(): number {
    return this.#queue.bytes + (this.#leaving === null ? 0 : this.#leaving.bytes - this.#left)
  }

  attach(call: LaneCall): void {
    assert(this.#call === null, 'a lane has one stream')
    this.#call = call
  }

  // Sending.

  /** Whoever dialled speaks first. */
  greet(): void {
    assert(this.role === 'dialled' && this.#state !== 'up', 'a stream begins with its greeting')
    if (this.#state === 'over') return
    const { clusterId, nodeId, incarnation } = this.#host.self
    this.#write(encodeHello({ clusterId, from: nodeId, to: this.peer, incarnation }))
  }

  /** False: nothing of it is sent. */
  send(parcel: Parcel): boolean {
    assert(this.#state === 'up', 'envelopes follow the greeting')
    if (this.#blocked) return this.#queue.push(parcel)
    assert(this.#queue.isEmpty && this.#leaving === null, 'nothing is overtaken')
    this.#begin(parcel)
    return true
  }

  flush(): void {
    if (this.#state === 'up') this.#call?.flush()
  }

  /** The stream takes more. */
  writable(): void {
    this.#blocked = false
    if (this.#leaving !== null) this.#goOn(this.#leaving)
    while (!this.#blocked && this.#state === 'up') {
      const parcel = this.#queue.shift()
      if (parcel === null) return
      this.#begin(parcel)
    }
  }

  #begin(parcel: Parcel): void {
    this.counters.messagesSent += parcel.messages
    this.#left = 0
    this.#part = 0
    this.#at = 0
    this.#goOn(parcel)
  }

  /** Piece by piece, with nothing in between: the other side puts them together. */
  #goOn(parcel: Parcel): void {
    const { parts, bytes } = parcel
    this.#carried = true
    while (!this.#blocked && this.#left < bytes) {
      const part = parts[this.#part] as Uint8Array
      const end = Math.min(part.length, this.#at + PEER_PIECE_BYTES)
      this.#write(part.subarray(this.#at, end))
      this.#left += end - this.#at
      this.#at = end
      if (end < part.length) continue
      this.#part += 1
      this.#at = 0
    }
    this.#leaving = this.#left < bytes ? parcel : null
  }

  #write(bytes: Uint8Array): void {
    assert(this.#call !== null, 'what is said has a stream')
    this.#said = true
    this.counters.bytesSent += bytes.length
    if (!this.#call.write(bytes)) this.#blocked = true
  }

  // Receiving.

  /** The bytes are ours only until this returns. */
  receive(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#state === 'over') return
    this.#heard = true
    this.counters.bytesReceived += length
    if (this.isUp && (this.#assembly.isInside || bytes[offset] === FRAME.envelope)) {
      this.#piece(bytes, offset, length)
      return
    }
    const frame = bytes.subarray(offset, offset + length)
    if (this.#state === 'up') this.#whileUp(frame)
    else if (this.role === 'accepted') this.#hello(frame)
    else this.#welcome(frame)
  }

  #hello(frame: Uint8Array): void {
    const hello = decodeHello(frame)
    if (hello === null) {
      this.#damaged('this is no hello of a peer')
      return
    }
    const text =
      hello.protocol === PROTOCOL
        ? this.#host.greeted(this, hello)
        : `protocol ${hello.protocol} is not spoken here, but ${PROTOCOL}`
    if (this.#state === 'over') return
    if (text !== '') {
      this.#drop({ kind: 'refusing', text }, STATUS.FAILED_PRECONDITION)
      return
    }
    assert(this.peer > 0, 'whoever is taken is known')
    this.#write(encodeWelcome(this.#host.self))
    this.#becomeUp(hello.incarnation)
  }

  #welcome(frame: Uint8Array): void {
    const welcome = decodeWelcome(frame)
    if (welcome === null) this.#damaged('this is no welcome of a peer')
    else if (welcome.protocol === PROTOCOL) this.#becomeUp(welcome.incarnation)
    else {
      const text = `it speaks protocol ${welcome.protocol}, not ${PROTOCOL}`
      this.#drop({ kind: 'refused', text }, STATUS.FAILED_PRECONDITION)
    }
  }

  #becomeUp(life: number): void {
    this.life = life
    this.wasUp = true
    this.#state = 'up'
    this.#silentIntervals = 0
    this.#host.up(this)
  }

  #whileUp(frame: Uint8Array): void {
    const number = decodeNumber(frame)
    if (number !== null && frame[0] === FRAME.ping) {
      // Number 0 only says that its sender is there.
      if (number > 0 && !this.#blocked) this.#write(encodePong(number))
    } else if (number !== null && frame[0] === FRAME.pong) {
      this.#pong(number)
    } else {
      this.#damaged('a frame of a kind that no peer sends')
    }
  }

  #pong(number: number): void {
    if (number !== this.#pingNumber) return
    this.#pingNumber = 0
    const roundTripMs = this.#host.clock.monotonicMs() - this.#pingSentMs
    this.counters.roundTripMs = roundTripMs
    this.#host.roundTrip(this, roundTripMs)
  }

  #piece(bytes: Uint8Array, offset: number, length: number): void {
    this.#carried = true
    const step = this.#assembly.push(bytes, offset, length)
    if (step === 'malformed') this.#damaged('a piece of no envelope that is taken')
    else if (step === 'whole') this.#envelope(this.#assembly.take())
  }

  #envelope(bytes: Uint8Array): void {
    const { self, rules, checksums } = this.#host
    const envelope = decodeEnvelope(bytes, rules, checksums)
    if ('kind' in envelope) {
      this.#damaged(envelope.reason)
      return
    }
    const { clusterId, from, to } = envelope
    if (clusterId !== self.clusterId || from !== this.peer || to !== self.nodeId) {
      this.#damaged('an envelope of another way than its stream')
      return
    }
    this.counters.messagesReceived += envelope.messages.length
    this.#host.received(envelope)
  }

  // Time.

  /** Once an interval. */
  tick(): void {
    if (this.#state === 'over') return
    const { silentIntervalsMax, bulkIdleIntervals } = this.#host.limits
    this.#silentIntervals = this.#heard && this.isUp ? 0 : this.#silentIntervals + 1
    this.#heard = false
    if (this.#silentIntervals >= silentIntervalsMax) {
      this.lose(this.isUp ? 'the peer is silent' : 'no greeting came')
      return
    }
    if (!this.isUp) return
    this.#idleIntervals = this.#carried ? 0 : this.#idleIntervals + 1
    this.#carried = false
    const isSpare = this.kind === 'bulk' && this.role === 'dialled'
    if (isSpare && this.#idleIntervals >= bulkIdleIntervals) this.close()
    else this.#keepAlive()
  }

  #keepAlive(): void {
    this.#intervals += 1
    const measures = this.#intervals % PEER_ROUND_TRIP_INTERVALS === 0 && this.#pingNumber === 0
    // A blocked stream has much to say already, and would only put it behind that.
    if (this.#blocked) return
    if (measures) {
      this.#pingNumber = this.#intervals
      this.#pingSentMs = this.#host.clock.monotonicMs()
      this.#write(encodePing(this.#pingNumber))
    } else if (!this.#said) {
      this.#write(encodePing(0))
    }
    this.#said = false
  }

  // The end.

  /** In order; what is queued here is not sent any more. Idempotent. */
  close(): void {
    if (this.#state === 'over') return
    this.#finish({ kind: 'closed' })
    this.#call?.end()
  }

  /** We give it up. Idempotent. */
  lose(text: string): void {
    this.#drop({ kind: 'lost', text }, STATUS.UNAVAILABLE)
  }

  /** The other side says nothing more, and wants no more. */
  peerEnded(): void {
    this.close()
  }

  /** The stream is gone, with this status. */
  ended({ code, message }: Status): void {
    if (code === STATUS.OK) this.#finish({ kind: 'closed' })
    else if (this.#state === 'greeting' && REFUSALS.has(code)) {
      this.#finish({ kind: 'refused', text: message })
    } else this.#finish({ kind: 'lost', text: message })
  }

  #damaged(text: string): void {
    this.#drop({ kind: 'damaged', text }, STATUS.DATA_LOSS)
  }

  #drop(end: LaneEnd & { readonly text: string }, code: StatusCode): void {
    if (this.#state === 'over') return
    this.#finish(end)
    this.#call?.fail(code, end.text)
  }

  #finish(end: LaneEnd): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.counters.messagesDropped += this.#queue.clear()
    this.#leaving = null
    this.#assembly.clear()
    this.#host.ended(this, end)
  }
}

/** What nobody gets over by trying again soon: a wrong node, or no node at all. */
const REFUSALS: ReadonlySet<StatusCode> = new Set([
  STATUS.FAILED_PRECONDITION,
  STATUS.UNIMPLEMENTED,
  STATUS.UNAUTHENTICATED,
  STATUS.PERMISSION_DENIED,
  STATUS.DATA_LOSS,
])
