import { assert, type Chance } from '../../src/base/index.ts'
import { type Address, type Socket, SocketError, type TlsAgreement } from '../../src/io/index.ts'
import type { Life } from './life.ts'
import type { World } from './world.ts'

/** `write` answers false once so much waits to leave, as Node's sockets do by default. */
const HIGH_WATER_BYTES = 64 * 1024
/** So much may be under way or unread: the buffers of both machines together. */
const WINDOW_BYTES = 256 * 1024
/** Nothing leaves for less room than this, or pieces would shrink for ever (silly window). */
const ROOM_BYTES_MIN = 16 * 1024
const OVERWRITTEN = 0xdd

/** What one machine tells the other about a connection. */
export type Packet =
  | { readonly kind: 'established' }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'consumed'; readonly count: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }

/** The way to the other end. Packets arrive in order, or are held, or vanish. */
export interface Wire {
  send(packet: Packet): void
  /** Drawn for each piece that leaves: the connection breaks here. */
  breaks(): boolean
}

export interface EndpointOptions {
  readonly world: World
  readonly life: Life
  readonly chance: Chance
  readonly remote: Address
  /** How likely a piece is cut at a random place. */
  readonly fragment: number
  readonly established: boolean
  /** At once, while `onClose` is an event of the life. */
  readonly onClosed?: () => void
}

/**
 * One end of a simulated connection. All callbacks are events of the life: none inside a call,
 * one piece of data each. Bytes are copied when they leave the queue, not when they are written.
 */
export class Endpoint implements Socket {
  readonly remote: Address
  onDrain: (() => void) | null = null
  onEnd: (() => void) | null = null
  onClose: ((error: Error | null) => void) | null = null

  readonly #options: EndpointOptions
  #wire: Wire | null = null
  #onData: ((bytes: Uint8Array) => void) | null = null
  #established: boolean
  #paused = false
  #delivering = false
  #needsDrain = false

  #tls: TlsAgreement | null = null
  /** While there is one, it gets what arrives, and what is written waits. */
  #handshake: ((bytes: Uint8Array) => void) | null = null
  #heldBack: Uint8Array[] = []
  #heldBackBytes = 0
  /** Was delivered before, and is delivered again. */
  #putBack: Uint8Array | null = null

  /** What was written and did not leave yet. */
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  /** Left, and not yet consumed by the other end. */
  #outstandingBytes = 0
  /** We shall send nothing more. */
  #ended = false
  #endSent = false

  #received: Uint8Array[] = []
  #endReceived = false
  #endDelivered = false
  /** Nothing further happens here, but for the one `onClose`. */
  #closed = false

  constructor(options: EndpointOptions) {
    this.#options = options
    this.remote = options.remote
    this.#established = options.established
  }

  /** Once, before anything else. */
  plug(wire: Wire): void {
    assert(this.#wire === null, 'a socket has one wire')
    this.#wire = wire
  }

  get life(): Life {
    return this.#options.life
  }

  get closed(): boolean {
    return this.#closed
  }

  get tls(): TlsAgreement | null {
    return this.#tls
  }

  get queuedBytes(): number {
    // The messages of a handshake are nobody's writes.
    return this.#handshake === null ? this.#queuedBytes : this.#heldBackBytes
  }

  get onData(): ((bytes: Uint8Array) => void) | null {
    return this.#onData
  }

  set onData(callback: ((bytes: Uint8Array) => void) | null) {
    this.#onData = callback
    this.#wakeReader()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed || this.life.ended) return false
    if (this.#handshake === null) {
      this.#enqueue(bytes)
    } else if (bytes.length > 0) {
      this.#heldBack.push(bytes)
      this.#heldBackBytes += bytes.length
    }
    if (this.queuedBytes >= HIGH_WATER_BYTES) this.#needsDrain = true
    return !this.#needsDrain
  }

  end(): void {
    if (this.#ended || this.#closed || this.life.ended) return
    this.#ended = true
    this.#pump()
  }

  destroy(): void {
    if (this.#closed || this.life.ended) return
    this.#abandon()
    this.#close(null)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#wakeReader()
  }

  /** From here on `onBytes` gets what arrives, what was read already first. */
  beginHandshake(onBytes: (bytes: Uint8Array) => void, readAlready: Uint8Array): void {
    assert(this.#handshake === null, 'one handshake at a time')
    this.#handshake = onBytes
    this.#putBack = readAlready.length > 0 ? copyOf(readAlready) : null
    this.#wakeReader()
  }

  get handshaking(): boolean {
    return this.#handshake !== null
  }

  sendHandshake(bytes: Uint8Array): void {
    assert(this.#handshake !== null, 'a handshake is under way')
    if (!this.#closed && !this.life.ended) this.#enqueue(bytes)
  }

  /** `rest` came behind the last message of the handshake. */
  endHandshake(tls: TlsAgreement, rest: Uint8Array): void {
    this.#tls = tls
    this.#handshake = null
    this.#putBack = rest.length > 0 ? copyOf(rest) : null
    this.#queue.push(...this.#heldBack)
    this.#queuedBytes += this.#heldBackBytes
    this.#heldBack = []
    this.#heldBackBytes = 0
    this.#pump()
    this.#wakeReader()
  }

  /** Ends the connection with a reason of ours. */
  giveUp(code: SocketError['code']): void {
    if (this.#closed || this.life.ended) return
    this.#abandon()
    this.fail(code)
  }

  /** The other machine's word. Called by the world, outside of any call of ours. */
  arrive(packet: Packet): void {
    if (this.#closed || this.life.ended) {
      // Nobody reads any more: the machine refuses what is addressed to a socket that is gone.
      if (packet.kind === 'data' || packet.kind === 'established') this.#send({ kind: 'reset' })
      return
    }
    switch (packet.kind) {
      case 'established':
        this.#established = true
        this.#pump()
        break
      case 'data':
        this.#received.push(packet.bytes)
        this.#wakeReader()
        break
      case 'consumed':
        this.#outstandingBytes -= packet.count
        this.#pump()
        break
      case 'end':
        this.#endReceived = true
        this.#wakeReader()
        break
      case 'reset':
        this.fail('reset')
        break
    }
  }

  /** The connection broke, or never came to be. */
  fail(code: SocketError['code']): void {
    if (this.#closed) return
    this.#close(new SocketError(code, { operation: 'connection', address: this.remote }))
  }

  /** The process was killed: its machine closes what it had open. */
  processKilled(): void {
    if (!this.#closed) this.#abandon()
    this.#closed = true
  }

  #enqueue(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#queue.push(bytes)
    this.#queuedBytes += bytes.length
    this.#pump()
  }

  /** Without unread data the other side sees an end, otherwise a reset. */
  #abandon(): void {
    if (!this.#established) return
    if (this.#received.length > 0) this.#send({ kind: 'reset' })
    else if (!this.#endSent) this.#send({ kind: 'end' })
  }

  #pump(): void {
    if (!this.#established || this.#closed) return
    while (this.#queue.length > 0 && this.#hasRoom()) {
      if (this.#wire?.breaks() === true) {
        this.#send({ kind: 'reset' })
        this.fail('reset')
        return
      }
      this.#sendPiece()
    }
    if (this.#queue.length > 0 || this.#handshake !== null) return
    if (this.#needsDrain) this.#tellDrained()
    if (this.#ended && !this.#endSent) {
      this.#endSent = true
      this.#send({ kind: 'end' })
      this.#closeIfDone()
    }
  }

  #hasRoom(): boolean {
    const room = WINDOW_BYTES - this.#outstandingBytes
    return room >= Math.min(this.#queuedBytes, ROOM_BYTES_MIN)
  }

  #sendPiece(): void {
    const first = this.#queue[0] as Uint8Array
    const { chance, fragment } = this.#options
    let length = Math.min(first.length, WINDOW_BYTES - this.#outstandingBytes)
    if (length > 1 && chance.happens(fragment)) length = 1 + chance.below(length - 1)
    if (length === first.length) this.#queue.shift()
    else this.#queue[0] = first.subarray(length)
    this.#queuedBytes -= length
    this.#outstandingBytes += length
    this.#send({ kind: 'data', bytes: copyOf(first.subarray(0, length)) })
  }

  #tellDrained(): void {
    this.#needsDrain = false
    this.#soon(() => {
      if (!this.#ended && !this.#closed) this.onDrain?.()
    })
  }

  #wakeReader(): void {
    if (this.#delivering || !this.#canDeliver()) return
    this.#delivering = true
    this.#soon(() => {
      this.#delivering = false
      if (this.#canDeliver()) this.#deliver()
      this.#wakeReader()
    })
  }

  #canDeliver(): boolean {
    if (this.#closed) return false
    if (this.#handshake === null && (this.#paused || this.#onData === null)) return false
    if (this.#received.length > 0 || this.#putBack !== null) return true
    return this.#endReceived && !this.#endDelivered
  }

  #deliver(): void {
    const bytes = this.#nextBytes()
    if (bytes === undefined) {
      this.#deliverEnd()
      return
    }
    if (this.#handshake === null) this.#onData?.(bytes)
    else this.#handshake(bytes)
    // As the next read does to who keeps bytes of this one.
    bytes.fill(OVERWRITTEN)
  }

  #nextBytes(): Uint8Array | undefined {
    const putBack = this.#putBack
    if (putBack !== null) {
      this.#putBack = null
      return putBack
    }
    const bytes = this.#received.shift()
    if (bytes !== undefined) this.#send({ kind: 'consumed', count: bytes.length })
    return bytes
  }

  #deliverEnd(): void {
    this.#endDelivered = true
    if (this.#handshake !== null) {
      this.giveUp('reset')
      return
    }
    this.onEnd?.()
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.#endSent && this.#endDelivered) this.#close(null)
  }

  #close(error: SocketError | null): void {
    if (this.#closed) return
    this.#closed = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#heldBack = []
    this.#heldBackBytes = 0
    this.#received = []
    this.#options.onClosed?.()
    this.#soon(() => this.onClose?.(error))
  }

  #send(packet: Packet): void {
    this.#wire?.send(packet)
  }

  #soon(callback: () => void): void {
    this.#options.world.schedule(1, this.life, callback)
  }
}

/** `slice` copies no Buffer of Node: there it is a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}
