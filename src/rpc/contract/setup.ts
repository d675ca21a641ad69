import { type Chance, KvError } from '../../base/index.ts'
import type { Clock, Gzip, Listener, Socket, Sockets } from '../../io/index.ts'
import {
  type CallEnd,
  type CallOptions,
  type CallReceiver,
  type ClientCall,
  type Method,
  RpcChannel,
  RpcServer,
  type ServerCall,
  STATUS,
} from '../index.ts'

export interface CallsHarness {
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly sockets: Sockets
  /** An address of this machine at which `listen` picks a free port. */
  readonly host: string
  run(body: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** Collects what a caller hears; `end` and `messageCount` can be waited for. */
export class Recorder implements CallReceiver {
  readonly messages: Uint8Array[] = []
  readonly end: Promise<CallEnd>
  result: CallEnd | null = null
  onMessage: (() => void) | null = null
  onWritable: (() => void) | null = null
  readonly #resolve: (end: CallEnd) => void
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null

  constructor() {
    const { promise, resolve } = Promise.withResolvers<CallEnd>()
    this.end = promise
    this.#resolve = resolve
  }

  get texts(): string[] {
    return this.messages.map((bytes) => new TextDecoder().decode(bytes))
  }

  /** Resolves once so many messages have come. */
  until(count: number): Promise<void> {
    if (this.messages.length >= count) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { count, resolve }
    return promise
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    this.messages.push(bytes.slice(offset, offset + length))
    this.onMessage?.()
    if (this.#waiting !== null && this.messages.length >= this.#waiting.count) {
      this.#waiting.resolve()
    }
  }

  ended(end: CallEnd): void {
    if (this.result !== null) throw new KvError('BAD_REQUEST', 'a call ended twice')
    this.result = end
    this.#resolve(end)
  }

  writable(): void {
    this.onWritable?.()
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export class Setup {
  readonly harness: CallsHarness
  readonly server: RpcServer
  readonly faults: unknown[] = []
  readonly held: ServerCall[] = []
  readonly cancelled: ServerCall[] = []
  readonly accepted: Socket[] = []
  readonly dialled: Socket[] = []
  listener: Listener | null = null
  readonly #channels: RpcChannel[] = []
  #onHeld: (() => void) | null = null

  constructor(harness: CallsHarness, extra: readonly Method[] = []) {
    this.harness = harness
    const { clock, gzip } = harness
    this.server = new RpcServer({
      clock,
      gzip,
      methods: [...this.#methods(), ...extra],
      messageBytesMax: 100_000,
      onFault: (error) => this.faults.push(error),
    })
  }

  #methods(): Method[] {
    return [
      {
        kind: 'unary',
        path: '/test.Test/Echo',
        handle: (call, bytes, offset, length) => call.answer(bytes, offset, length),
      },
      {
        kind: 'unary',
        path: '/test.Test/Hold',
        handle: (call) => {
          this.held.push(call)
          call.onCancel = () => this.cancelled.push(call)
          this.#onHeld?.()
        },
      },
      {
        kind: 'unary',
        path: '/test.Test/Refuse',
        handle: () => {
          throw new KvError('OVERLOADED', 'zu viel: ü, 100%')
        },
      },
      {
        kind: 'unary',
        path: '/test.Test/Break',
        handle: () => {
          throw new TypeError('a mistake in a handler')
        },
      },
      {
        kind: 'stream',
        path: '/test.Test/EchoAll',
        open: (call) => ({
          message: (bytes, offset, length) => void call.write(bytes, offset, length),
          ended: () => call.end(),
          writable: () => {},
          cancelled: () => this.cancelled.push(call),
        }),
      },
    ]
  }

  /** Resolves once so many calls are held. */
  untilHeld(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.held.length >= count) resolve()
      }
      this.#onHeld = check
      check()
    })
  }

  async listen(): Promise<void> {
    const { sockets, host } = this.harness
    this.listener = await sockets.listen({ host, port: 0 }, (socket) => {
      this.accepted.push(socket)
      this.server.accept(socket)
    })
  }

  get port(): number {
    return this.listener?.address.port ?? 0
  }

  channel(ports: readonly number[] = [this.port]): RpcChannel {
    const { clock, chance, gzip, sockets, host } = this.harness
    const channel = new RpcChannel({
      clock,
      chance,
      gzip,
      endpoints: ports.map((port) => ({ host, port })),
      connect: (endpoint) => {
        const socket = sockets.connect(endpoint)
        this.dialled.push(socket)
        return socket
      },
      onFault: (error) => this.faults.push(error),
    })
    this.#channels.push(channel)
    return channel
  }

  async close(): Promise<void> {
    for (const channel of this.#channels) channel.close()
    this.server.destroy()
    await this.listener?.close()
  }
}

export interface Sent {
  readonly call: ClientCall
  readonly recorder: Recorder
}

export function send(
  channel: RpcChannel,
  method: string,
  { message = 'hello', options }: { message?: string | Uint8Array; options?: CallOptions } = {},
): Sent {
  const recorder = new Recorder()
  const bytes = typeof message === 'string' ? bytesOf(message) : message
  const whole = { bytes, offset: 0, length: bytes.length }
  const call = channel.unary(`/test.Test/${method}`, whole, recorder, options)
  return { call, recorder }
}

export function statusOf(end: CallEnd): string {
  const found = Object.entries(STATUS).find(([, code]) => code === end.status.code)
  return found?.[0] ?? String(end.status.code)
}
