import type net from 'node:net'
import { assert, freeLent } from '../base/index.ts'
import type { TlsAgreement } from './tls-types.ts'
import { type Address, type Socket, SocketError, type SocketErrorCode } from './types.ts'

/** Who has a socket of Node: one property instead of a closure for each of its events. */
const OWNER = Symbol('owner')

interface OwnedSocket extends net.Socket {
  [OWNER]: NodeSocket
}

/** How many sockets of a listener are open. */
export interface Gauge {
  open: number
}

export interface NodeSocketOptions {
  readonly remote: Address
  /** Counted down when the socket closes. */
  readonly gauge?: Gauge
  readonly tls?: TlsAgreement
  /** A handshake comes first: until `secured` nothing is read or written. */
  readonly securing?: boolean
}

/** Not exported by the folder: what of Node is inside stays inside. */
export class NodeSocket implements Socket {
  readonly remote: Address
  onDrain: (() => void) | null = null
  onEnd: (() => void) | null = null
  onClose: ((error: Error | null) => void) | null = null

  readonly #socket: net.Socket
  readonly #gauge: Gauge | null
  #tls: TlsAgreement | null
  #securing: boolean
  #onData: ((bytes: Uint8Array) => void) | null = null
  #paused = false
  #error: SocketError | null = null
  /** We ended or destroyed: nothing more goes out. */
  #ended = false
  #destroyed = false

  constructor(socket: net.Socket, { remote, gauge, tls, securing }: NodeSocketOptions) {
    this.#socket = socket
    this.#gauge = gauge ?? null
    this.#tls = tls ?? null
    this.#securing = securing ?? false
    this.remote = remote
    const owned = socket as OwnedSocket
    owned[OWNER] = this
    owned.on('data', onData)
    // What is written during a handshake must not leave before our side has looked at the
    // certificate. Node keeps that order today and promises it nowhere.
    if (this.#securing) owned.cork()
    this.#flow()
    owned.on('drain', onDrain)
    owned.on('end', onEnd)
    owned.on('error', onError)
    owned.on('close', onClose)
  }

  get tls(): TlsAgreement | null {
    return this.#tls
  }

  /** Ended or destroyed from here, or broken: `onClose` follows. */
  get isOver(): boolean {
    return this.#ended
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  get onData(): ((bytes: Uint8Array) => void) | null {
    return this.#onData
  }

  set onData(callback: ((bytes: Uint8Array) => void) | null) {
    this.#onData = callback
    this.#flow()
  }

  write(bytes: Uint8Array): boolean {
    return this.#ended ? false : this.#socket.write(bytes)
  }

  end(): void {
    this.#ended = true
    // Ending uncorks.
    if (!this.#securing) this.#socket.end()
  }

  destroy(): void {
    this.#ended = true
    this.#destroyed = true
    this.#socket.destroy()
  }

  pause(): void {
    this.#paused = true
    this.#flow()
  }

  resume(): void {
    this.#paused = false
    this.#flow()
  }

  /**
   * Gives the socket of Node away, with what was read of it put back. Only `onClose` and `destroy`
   * go on working here.
   */
  handOver(firstBytes: Uint8Array): net.Socket {
    assert(!this.#ended, 'a socket that is handed over is open')
    this.onData = null
    this.#ended = true
    this.#socket.off('data', onData)
    this.#socket.off('drain', onDrain)
    this.#socket.off('end', onEnd)
    // A copy: the caller's bytes are valid during the call only.
    if (firstBytes.length > 0) this.#socket.unshift(Uint8Array.from(firstBytes))
    return this.#socket
  }

  /** The handshake is done and its result accepted. */
  secured(agreement: TlsAgreement): void {
    assert(this.#securing, 'a handshake is under way')
    this.#tls = agreement
    this.#securing = false
    this.#flow()
    if (this.#ended) this.#socket.end()
    else this.#socket.uncork()
  }

  /** Drops the connection with a reason, which `onClose` gets. */
  giveUp(error: SocketError): void {
    if (this.#destroyed) return
    this.#error = error
    this.#ended = true
    this.#socket.destroy()
  }

  /** False: nothing more is wanted for now. */
  receive(bytes: Uint8Array): boolean {
    if (this.#destroyed) return false
    assert(!this.#securing, 'nothing is read before the handshake is done')
    this.#onData?.(bytes)
    return this.#flowing
  }

  drained(): void {
    if (!this.#ended) this.onDrain?.()
  }

  otherEnded(): void {
    if (this.#error === null && !this.#destroyed && !this.#securing) this.onEnd?.()
  }

  failed(cause: Error): void {
    const context = { operation: 'connection', address: this.remote }
    const error = this.#securing ? toTlsError(cause, context) : toSocketError(cause, context)
    this.#error ??= error
    this.#ended = true
    // TLS of Node tells of the other side's alert, and goes on.
    this.#socket.destroy()
  }

  closed(): void {
    this.#ended = true
    if (this.#gauge !== null) this.#gauge.open -= 1
    this.onClose?.(this.#destroyed ? null : this.#error)
  }

  get #flowing(): boolean {
    return !this.#paused && this.#onData !== null
  }

  #flow(): void {
    if (this.#flowing || this.#securing) this.#socket.resume()
    else this.#socket.pause()
  }
}

/** No Buffer leaves this file: what looks like a copy of one, `slice`, is none. */
function onData(this: OwnedSocket, bytes: Uint8Array): void {
  this[OWNER].receive(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  // Every read has memory of its own. Left to the collector, it would cost more than all the rest.
  freeLent(bytes)
}

function onDrain(this: OwnedSocket): void {
  this[OWNER].drained()
}

function onEnd(this: OwnedSocket): void {
  this[OWNER].otherEnded()
}

function onError(this: OwnedSocket, cause: Error): void {
  this[OWNER].failed(cause)
}

function onClose(this: OwnedSocket): void {
  this[OWNER].closed()
}

const CODES: Readonly<Record<string, SocketErrorCode>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timedOut',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'timedOut',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EADDRINUSE: 'addressInUse',
}

interface ErrorContext {
  readonly operation: string
  readonly address: Address
}

export function toSocketError(
  cause: NodeJS.ErrnoException,
  { operation, address }: ErrorContext,
): SocketError {
  const unknown = cause.code?.startsWith('ERR_SSL_') === true ? 'tls' : 'io'
  return new SocketError(CODES[cause.code ?? ''] ?? unknown, { operation, address, cause })
}

/** During a handshake: whatever is not the network's fault is a matter of TLS. */
export function toTlsError(
  cause: NodeJS.ErrnoException,
  { operation, address }: ErrorContext,
): SocketError {
  return new SocketError(CODES[cause.code ?? ''] ?? 'tls', { operation, address, cause })
}
