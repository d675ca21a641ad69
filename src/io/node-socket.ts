import type net from 'node:net'
import { assert } from '../base/index.ts'
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
  #onData: ((bytes: Uint8Array) => void) | null = null
  #paused = false
  #error: SocketError | null = null
  /** We ended or destroyed: nothing more goes out. */
  #ended = false
  #destroyed = false

  constructor(socket: net.Socket, { remote, gauge, tls }: NodeSocketOptions) {
    this.#socket = socket
    this.#gauge = gauge ?? null
    this.#tls = tls ?? null
    this.remote = remote
    const owned = socket as OwnedSocket
    owned[OWNER] = this
    owned.on('data', onData)
    owned.pause()
    owned.on('drain', onDrain)
    owned.on('end', onEnd)
    owned.on('error', onError)
    owned.on('close', onClose)
  }

  get tls(): TlsAgreement | null {
    return this.#tls
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
    this.#socket.end()
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

  /** False: nothing more is wanted for now. */
  receive(bytes: Uint8Array): boolean {
    if (this.#destroyed) return false
    this.#onData?.(bytes)
    return this.#flowing
  }

  drained(): void {
    if (!this.#ended) this.onDrain?.()
  }

  otherEnded(): void {
    if (!this.#destroyed) this.onEnd?.()
  }

  failed(cause: Error): void {
    this.#error = toSocketError(cause, { operation: 'connection', address: this.remote })
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
    if (this.#flowing) this.#socket.resume()
    else this.#socket.pause()
  }
}

function onData(this: OwnedSocket, bytes: Uint8Array): void {
  this[OWNER].receive(bytes)
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

function codeOf(cause: NodeJS.ErrnoException): SocketErrorCode {
  switch (cause.code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return 'reset'
    case 'ETIMEDOUT':
      return 'timedOut'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unreachable'
    case 'EADDRINUSE':
      return 'addressInUse'
    default:
      return 'io'
  }
}

export function toSocketError(
  cause: Error,
  { operation, address }: { operation: string; address: Address },
): SocketError {
  return new SocketError(codeOf(cause), { operation, address, cause })
}
