/** Puts as fast as a cluster takes them, or at a steady rate; so many in flight per connection. */

import { createNodeChance, createNodeClock } from '../src/io/index.ts'
import type { CallEnd, CallReceiver, RpcChannel } from '../src/rpc/index.ts'
import { etcd } from '../src/wire/index.ts'
import { openChannel } from './versus/caller.ts'

export interface PumpOptions {
  readonly urls: readonly string[]
  readonly connections: number
  readonly inFlight: number
  /** The key of the n-th put. */
  readonly keyOf: (n: number) => Uint8Array
  readonly valueBytes: number
  /** Puts a second; as fast as it goes when absent. Latency counts from when one was due. */
  readonly perSecond?: number
}

const PUT = etcd.KV.methods.put
/** How often a steady load looks at what is due. */
const DUE_MS = 1

export class PutPump {
  readonly latenciesMs: number[] = []
  readonly failures = new Map<string, number>()
  answered = 0
  readonly #options: PumpOptions
  readonly #channels: readonly RpcChannel[]
  readonly #clock = createNodeClock()
  readonly #value: Uint8Array
  #sent = 0
  #goal = 0
  #idle: Caller[] = []
  #done: (() => void) | null = null
  #keepsLatencies = false

  constructor(options: PumpOptions) {
    this.#options = options
    const chance = createNodeChance()
    this.#value = Uint8Array.from({ length: options.valueBytes }, () => chance.below(256))
    const { urls, connections } = options
    this.#channels = Array.from({ length: connections }, (_, i) =>
      openChannel(urls[i % urls.length] as string),
    )
  }

  /** So many puts more; resolves when all were answered. */
  run(count: number, { keepsLatencies = false } = {}): Promise<void> {
    this.#goal = this.#sent + count
    this.#keepsLatencies = keepsLatencies
    const finished = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    const { inFlight, perSecond } = this.#options
    const callers = this.#channels.flatMap((channel) =>
      Array.from({ length: inFlight }, () => new Caller(this, channel)),
    )
    if (perSecond === undefined) for (const caller of callers) this.next(caller)
    else {
      this.#idle = callers
      this.#sendDue(this.#clock.monotonicMs(), this.#sent, perSecond)
    }
    return finished
  }

  #sendDue(sinceMs: number, sentBefore: number, perSecond: number): void {
    const nowMs = this.#clock.monotonicMs()
    const due = Math.min(this.#goal, sentBefore + ((nowMs - sinceMs) / 1000) * perSecond)
    while (this.#sent < due) {
      const caller = this.#idle.pop()
      if (caller === undefined) break
      const dueMs = sinceMs + ((this.#sent - sentBefore) / perSecond) * 1000
      this.#send(caller, dueMs)
    }
    if (this.#sent >= this.#goal) return
    this.#clock.after(DUE_MS, () => this.#sendDue(sinceMs, sentBefore, perSecond))
  }

  /** The caller has nothing to do. */
  next(caller: Caller): void {
    if (this.#options.perSecond !== undefined) this.#idle.push(caller)
    else if (this.#sent < this.#goal) this.#send(caller, this.#clock.monotonicMs())
  }

  #send(caller: Caller, startMs: number): void {
    const key = this.#options.keyOf(this.#sent)
    this.#sent += 1
    const request = PUT.request
    const message = etcd.PutRequest.create({ key, value: this.#value })
    const bytes = new Uint8Array(request.encodedLength(message))
    request.encode(message, bytes, 0)
    caller.call(bytes, startMs)
  }

  settled(end: CallEnd, startMs: number): void {
    this.answered += 1
    if (this.#keepsLatencies) this.latenciesMs.push(this.#clock.monotonicMs() - startMs)
    if (end.status.code !== 0) {
      const text = `${end.status.code} ${end.status.message}`
      this.failures.set(text, (this.failures.get(text) ?? 0) + 1)
    }
    if (this.answered === this.#goal) this.#done?.()
  }

  close(): void {
    for (const channel of this.#channels) channel.close()
  }
}

class Caller implements CallReceiver {
  readonly #pump: PutPump
  readonly #channel: RpcChannel
  #startMs = 0

  constructor(pump: PutPump, channel: RpcChannel) {
    this.#pump = pump
    this.#channel = channel
  }

  call(bytes: Uint8Array, startMs: number): void {
    this.#startMs = startMs
    const message = { bytes, offset: 0, length: bytes.length }
    this.#channel.unary(PUT.path, message, this, { waitForReady: true, timeoutMs: 30_000 })
  }

  message(): void {}

  ended(end: CallEnd): void {
    this.#pump.settled(end, this.#startMs)
    this.#pump.next(this)
  }

  writable(): void {}
}
