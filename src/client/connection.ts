/**
 * One connection to one node, from its beginning to its end: it does not come back, whoever needs
 * the node again makes another one. What happens to it is told later, never from within a call.
 */

import type { Chance } from '../base/index.ts'
import type { Address, Clock, Gzip, Hashing, Socket } from '../io/index.ts'
import {
  type CallOptions,
  type CallReceiver,
  type ChannelState,
  type ClientCall,
  RpcChannel,
} from '../rpc/index.ts'

/** What the outside gives a client; a test gives its own. */
export interface Surroundings {
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly hashing: Hashing
  /** A new socket, with TLS where the endpoints want it. */
  readonly connect: (address: Address) => Socket
  readonly isSecure: boolean
  /** A mistake of ours. */
  readonly onFault: (error: unknown) => void
}

export interface ConnectionOptions {
  readonly address: Address
  readonly connectMsMax: number
  readonly keepaliveMs: number
  readonly messageBytesMax: number
}

export interface ConnectionListener {
  /** Its state has changed. */
  changed(): void
}

/** `leaving`: what is under way goes on, and nothing new may begin. */
export type ConnectionState = 'connecting' | 'ready' | 'leaving' | 'over'

export class Connection {
  readonly #channel: RpcChannel
  readonly #surroundings: Surroundings
  readonly #listener: ConnectionListener
  readonly startedMs: number
  #state: ConnectionState = 'connecting'
  /** What it ended with, when that is known. */
  #error: Error | null = null

  constructor(
    surroundings: Surroundings,
    { address, connectMsMax, keepaliveMs, messageBytesMax }: ConnectionOptions,
    listener: ConnectionListener,
  ) {
    const { clock, chance, gzip, connect, isSecure, onFault } = surroundings
    this.#surroundings = surroundings
    this.#listener = listener
    this.startedMs = clock.monotonicMs()
    this.#channel = new RpcChannel({
      ...{ clock, chance, gzip, connect, onFault, keepaliveMs, messageBytesMax, connectMsMax },
      endpoints: [address],
      scheme: isSecure ? 'https' : 'http',
      onState: (state) => this.#channelBecame(state),
      onLost: (error) => this.#lost(error),
    })
    this.#channel.connect()
  }

  get state(): ConnectionState {
    return this.#state
  }

  get error(): Error | null {
    return this.#error
  }

  unary(path: string, bytes: Uint8Array, receiver: CallReceiver, options: CallOptions): ClientCall {
    return this.#channel.unary(path, { bytes, offset: 0, length: bytes.length }, receiver, options)
  }

  stream(path: string, receiver: CallReceiver, options?: CallOptions): ClientCall {
    return this.#channel.stream(path, receiver, options)
  }

  /** What is under way ends. Idempotent. */
  close(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#channel.close()
  }

  #channelBecame(state: ChannelState): void {
    if (this.#state === 'connecting' && state === 'ready') this.#become('ready')
    // The server has said that it goes.
    else if (this.#state === 'ready' && state !== 'closed') this.#become('leaving')
  }

  #lost(error: Error | null): void {
    if (this.#state === 'over') return
    this.#error = error
    this.#become('over')
    // The channel is in the middle of telling.
    this.#surroundings.clock.soon(() => this.#channel.close())
  }

  #become(state: ConnectionState): void {
    this.#state = state
    this.#surroundings.clock.soon(() => this.#listener.changed())
  }
}
