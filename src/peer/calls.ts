/** The two kinds of streams under a lane: one that we dialled, and one that was accepted. */

import { assert, type Chance } from '../base/index.ts'
import type { Address, Clock, Gzip, Socket, Timer } from '../io/index.ts'
import {
  type CallEnd,
  type CallReceiver,
  type ClientCall,
  type Method,
  RpcChannel,
  type ServerCall,
  STATUS,
  type StatusCode,
  type StreamHandler,
} from '../rpc/index.ts'
import type { Lane, LaneCall } from './lane.ts'
import type { LaneKind } from './types.ts'

const PATHS: Readonly<Record<LaneKind, string>> = {
  messages: '/quorate.peer.v1.Peer/Messages',
  bulk: '/quorate.peer.v1.Peer/Bulk',
}

export interface DialParts {
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly connect: (address: Address) => Socket
  readonly scheme: 'http' | 'https'
  /** One message of the stream: a piece of an envelope. */
  readonly messageBytesMax: number
  /** What is under way when a stream is left has so long to leave. */
  readonly lingerMs: number
  /** Its connection is given up; the lane was over before. */
  readonly onClosed: () => void
  readonly onFault: (error: unknown) => void
}

/** Begins a stream for the lane, on a connection of its own. */
export function dial(lane: Lane, address: Address, parts: DialParts): void {
  lane.attach(new DialledCall(lane, address, parts))
}

class DialledCall implements LaneCall, CallReceiver {
  readonly #lane: Lane
  readonly #parts: DialParts
  readonly #channel: RpcChannel
  readonly #call: ClientCall
  #begun = false
  #closed = false
  #linger: Timer | null = null

  constructor(lane: Lane, address: Address, parts: DialParts) {
    this.#lane = lane
    this.#parts = parts
    this.#channel = new RpcChannel({ ...parts, endpoints: [address] })
    this.#call = this.#channel.stream(PATHS[lane.kind], this)
  }

  writable(): void {
    if (this.#begun) {
      this.#lane.writable()
      return
    }
    this.#begun = true
    this.#lane.greet()
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    this.#lane.receive(bytes, offset, length)
  }

  ended({ status }: CallEnd): void {
    this.#lane.ended(status)
    this.#close()
  }

  write(bytes: Uint8Array): boolean {
    return this.#call.write(bytes, 0, bytes.length, false)
  }

  flush(): void {
    this.#call.flush()
  }

  end(): void {
    if (!this.#begun) {
      this.#close()
      return
    }
    this.#call.end()
    const { clock, lingerMs } = this.#parts
    this.#linger ??= clock.after(lingerMs, () => this.#close())
  }

  fail(): void {
    this.#close()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#linger?.cancel()
    this.#channel.close()
    this.#parts.onClosed()
  }
}

/** `accepted`: makes the lane of a stream that a peer has dialled. */
export function peerMethods(accepted: (kind: LaneKind) => Lane): readonly Method[] {
  const kinds: readonly LaneKind[] = ['messages', 'bulk']
  return kinds.map((kind) => ({
    kind: 'stream',
    path: PATHS[kind],
    open: (call) => {
      const lane = accepted(kind)
      assert(lane.role === 'accepted', 'a peer has dialled it')
      const accept = new AcceptedCall(lane, call)
      lane.attach(accept)
      return accept
    },
  }))
}

const CANCELLED = { code: STATUS.CANCELLED, message: 'the stream was lost' }

class AcceptedCall implements LaneCall, StreamHandler {
  readonly #lane: Lane
  readonly #call: ServerCall

  constructor(lane: Lane, call: ServerCall) {
    this.#lane = lane
    this.#call = call
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    this.#lane.receive(bytes, offset, length)
  }

  ended(): void {
    this.#lane.peerEnded()
  }

  writable(): void {
    this.#lane.writable()
  }

  cancelled(): void {
    this.#lane.ended(CANCELLED)
  }

  write(bytes: Uint8Array): boolean {
    return this.#call.write(bytes, 0, bytes.length)
  }

  flush(): void {
    this.#call.flush()
  }

  end(): void {
    this.#call.end()
  }

  fail(code: StatusCode, text: string): void {
    this.#call.fail(code, text)
  }
}
