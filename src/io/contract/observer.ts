import type { Listener, Socket } from '../types.ts'
import { type SocketsHarness, signal } from './harness.ts'

/** Records everything that happens to one socket and waits for it. */
export class Observer {
  readonly socket: Socket
  readonly events: string[] = []
  #chunks: Uint8Array[] = []
  received = 0
  error: Error | null = null
  #waiting: { done: () => boolean; resolve: () => void } | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.onData = (bytes) => {
      this.#chunks.push(Uint8Array.from(bytes))
      this.received += bytes.length
      this.#note('data')
    }
    socket.onDrain = () => this.#note('drain')
    socket.onEnd = () => this.#note('end')
    socket.onClose = (error) => {
      this.error = error
      this.#note('close')
    }
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks))
  }

  count(event: string): number {
    return this.events.filter((one) => one === event).length
  }

  async until(done: () => boolean): Promise<void> {
    if (done()) return
    const { promise, resolve } = signal()
    this.#waiting = { done, resolve }
    await promise
  }

  untilBytes(count: number): Promise<void> {
    return this.until(() => this.received >= count)
  }

  untilEvent(event: string): Promise<void> {
    return this.until(() => this.events.includes(event))
  }

  #note(event: string): void {
    if (event !== 'data' || this.events.at(-1) !== 'data') this.events.push(event)
    if (this.#waiting?.done() === true) {
      this.#waiting.resolve()
      this.#waiting = null
    }
  }
}

export interface Pair {
  readonly client: Observer
  readonly server: Observer
  readonly listener: Listener
}

export async function connect({ sockets, host }: SocketsHarness): Promise<Pair> {
  const accepted = signal<Observer>()
  const listener = await sockets.listen({ host, port: 0 }, (socket) => {
    accepted.resolve(new Observer(socket))
  })
  const client = new Observer(sockets.connect(listener.address))
  const server = await accepted.promise
  return { client, server, listener }
}

export async function finish({ client, server, listener }: Pair): Promise<void> {
  client.socket.destroy()
  server.socket.destroy()
  await client.untilEvent('close')
  await server.untilEvent('close')
  await listener.close()
}

export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + 1) & 0xff)
}
