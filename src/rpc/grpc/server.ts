/**
 * A gRPC server over sockets that somebody else accepts. It owns what all its connections share:
 * the methods, memory for output, deadlines, compression, and the look after those that are slow.
 */

import {
  assert,
  RPC_LEAVE_MS_MAX,
  RPC_MESSAGE_BYTES_MAX,
  RPC_SERVER_KEEPALIVE_MS,
  RPC_SWEEP_MS,
} from '../../base/index.ts'
import type { Clock, Gzip, Socket, Timer } from '../../io/index.ts'
import { ChunkPool } from '../http2/index.ts'
import { MessageCompressor } from './compression.ts'
import { Deadlines } from './deadlines.ts'
import { ServerSession } from './server-session.ts'
import type { Method } from './service.ts'

export interface RpcServerOptions {
  readonly clock: Clock
  readonly gzip: Gzip
  readonly methods: readonly Method[]
  readonly messageBytesMax?: number
  /** Silence after which a client is asked whether it is still there. */
  readonly keepaliveMs?: number
  /** What a handler threw that was no `KvError`. The call was answered with INTERNAL. */
  readonly onFault: (error: unknown) => void
}

export class RpcServer {
  readonly clock: Clock
  readonly methods: ReadonlyMap<string, Method>
  readonly messageBytesMax: number
  readonly pool = new ChunkPool()
  /** Messages in part, of all connections. */
  gatheredBytes = 0
  readonly deadlines: Deadlines
  readonly compressor: MessageCompressor
  readonly onFault: (error: unknown) => void
  readonly #sessions = new Set<ServerSession>()
  readonly #keepaliveMs: number
  #timer: Timer | null = null
  #leaving = false
  #whenEmpty: (() => void) | null = null

  constructor(options: RpcServerOptions) {
    const { clock, gzip, methods, messageBytesMax = RPC_MESSAGE_BYTES_MAX, onFault } = options
    this.clock = clock
    this.methods = new Map(methods.map((method) => [method.path, method]))
    assert(this.methods.size === methods.length, 'a path names one method')
    this.messageBytesMax = messageBytesMax
    this.deadlines = new Deadlines(clock)
    this.compressor = new MessageCompressor(gzip, { inflatedBytesMax: messageBytesMax })
    this.onFault = onFault
    this.#keepaliveMs = options.keepaliveMs ?? RPC_SERVER_KEEPALIVE_MS
  }

  get connections(): number {
    return this.#sessions.size
  }

  /** Serves the socket from now on, beginning with bytes that were read from it already. */
  accept(socket: Socket, firstBytes?: Uint8Array): void {
    if (this.#leaving) {
      socket.destroy()
      return
    }
    const session = new ServerSession(this, socket)
    this.#sessions.add(session)
    this.#watch()
    if (firstBytes !== undefined) session.connection.receive(firstBytes)
  }

  ended(session: ServerSession): void {
    this.#sessions.delete(session)
    if (this.#sessions.size === 0) this.#whenEmpty?.()
  }

  /**
   * No new calls; resolves when those that are there have ended and all connections are closed.
   * What has not ended in time, a watch for instance, is ended then.
   */
  leave({ msMax = RPC_LEAVE_MS_MAX }: { msMax?: number } = {}): Promise<void> {
    this.#leaving = true
    for (const session of this.#sessions) session.connection.leave()
    const timer = this.clock.after(msMax, () => this.destroy())
    return new Promise((resolve) => {
      this.#whenEmpty = () => {
        timer.cancel()
        this.#stopWatch()
        this.deadlines.stop()
        resolve()
      }
      if (this.#sessions.size === 0) this.#whenEmpty()
    })
  }

  /** Everything ends now. */
  destroy(): void {
    this.#leaving = true
    for (const session of [...this.#sessions]) session.connection.destroy()
    this.#stopWatch()
    this.deadlines.stop()
  }

  /** While there are connections, they are looked after. */
  #watch(): void {
    this.#timer ??= this.clock.after(RPC_SWEEP_MS, () => {
      this.#timer = null
      const nowMs = this.clock.monotonicMs()
      for (const session of this.#sessions) session.sweep(nowMs, this.#keepaliveMs)
      if (this.#sessions.size > 0) this.#watch()
    })
  }

  #stopWatch(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
