import type { Socket } from '../../../io/index.ts'
import type { ConnectionHandler } from '../index.ts'

/** Wakes whoever waits for something to become true, after each event. */
export class Events {
  #waiting: { done: () => boolean; resolve: () => void }[] = []

  until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ done, resolve }))
  }

  happened(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) {
      if (one.done()) one.resolve()
      else this.#waiting.push(one)
    }
  }
}

/** One end of a connection, with everything that came of it as text. */
export class RecordedSocket {
  readonly socket: Socket
  readonly #events: Events
  text = ''
  ended = false
  closed = false
  error: Error | null = null

  constructor(socket: Socket, events: Events) {
    this.socket = socket
    this.#events = events
    socket.onData = (bytes) => this.add(bytes)
    socket.onEnd = () => {
      this.ended = true
      events.happened()
    }
    socket.onClose = (error) => {
      this.closed = true
      this.error = error
      events.happened()
    }
  }

  add(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('latin1')
    this.#events.happened()
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'))
  }
}

/** A handler that records what it gets, and has left when it is told so. */
export class RecordingHandler implements ConnectionHandler {
  readonly taken: RecordedSocket[] = []
  readonly calls: string[] = []
  readonly #events: Events
  readonly #closed = Promise.withResolvers<void>()

  constructor(events: Events) {
    this.#events = events
  }

  accept(socket: Socket, firstBytes: Uint8Array): void {
    const recorded = new RecordedSocket(socket, this.#events)
    recorded.add(firstBytes)
    this.taken.push(recorded)
    this.#events.happened()
  }

  leave(): Promise<void> {
    this.calls.push('leave')
    return this.#closed.promise
  }

  destroy(): void {
    this.calls.push('destroy')
    for (const { socket } of this.taken) socket.destroy()
  }

  finish(): void {
    this.#closed.resolve()
  }
}
