/** One connection after its handshake. */

import type { Duplex } from 'node:stream'
import { CLOSE, FrameReader, frameOf, OPCODE, type ReaderEvent } from './frame-reader.ts'

export interface WebSocketListener {
  message(bytes: Uint8Array): void
  /** So much is held of what is not whole; false: there is no room for it. */
  holds(bytes: number): boolean
  /** A `send` that was answered with false may go on. */
  writable(): void
  /** The connection is over, whoever ended it. Told once. */
  gone(): void
}

export interface WebSocketOptions {
  readonly listener: WebSocketListener
  readonly messageBytesMax: number
}

export class WebSocketPeer {
  readonly #socket: Duplex
  readonly #listener: WebSocketListener
  readonly #reader: FrameReader
  #over = false

  constructor(socket: Duplex, { listener, messageBytesMax }: WebSocketOptions) {
    this.#socket = socket
    this.#listener = listener
    this.#reader = new FrameReader({ messageBytesMax })
    socket.on('data', (bytes: Uint8Array) => this.receive(bytes))
    socket.on('drain', () => {
      if (!this.#over) listener.writable()
    })
    // A client that half-closes has gone without a word.
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    socket.on('error', () => this.#end())
  }

  /** What came together with the handshake goes here; the rest comes by itself. */
  receive(bytes: Uint8Array): void {
    if (this.#over) return
    this.#reader.push(bytes, (event) => {
      if (!this.#over) this.#heard(event)
    })
    if (!this.#over && !this.#listener.holds(this.#reader.heldBytes)) this.close(CLOSE.BUSY)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** As a text. False: enough for now. */
  send(text: Uint8Array): boolean {
    return this.#over || this.#socket.write(frameOf(OPCODE.TEXT, text))
  }

  close(code: number = CLOSE.NORMAL): void {
    if (this.#over) return
    this.#socket.write(frameOf(OPCODE.CLOSE, Uint8Array.of(code >> 8, code & 0xff)))
    this.#end()
  }

  #heard(event: ReaderEvent): void {
    switch (event.kind) {
      case 'message':
        this.#listener.message(event.bytes)
        break
      case 'ping':
        // Who asks and does not read gets no answer either: nothing piles up.
        if (!this.#socket.writableNeedDrain) this.#socket.write(frameOf(OPCODE.PONG, event.bytes))
        break
      case 'close':
        this.close()
        break
      case 'broken':
        this.close(event.code)
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    const socket = this.#socket
    // Behind the last word; what still comes is not listened to.
    socket.end(() => socket.destroy())
    socket.resume()
    this.#listener.gone()
  }
}
