import { assert } from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import { classify, type FirstBytes, PREFACE } from './first-bytes.ts'

export type Choice = Exclude<FirstBytes, 'undecided'>

export interface SniffListener {
  /** The socket has no callbacks any more; the bytes are valid during the call only. */
  chosen(choice: Choice, firstBytes: Uint8Array): void
  /** It ended, or was dropped, before it said anything that decides. */
  gone(): void
}

/** Reads the first bytes of a socket, however small the pieces are in which they come. */
export class FirstBytesReader {
  readonly #socket: Socket
  readonly #listener: SniffListener
  /** Only bytes of the preface are ever held. Invariant: fewer than all of them. */
  #held: Uint8Array | null = null
  #heldCount = 0

  constructor(socket: Socket, listener: SniffListener) {
    this.#socket = socket
    this.#listener = listener
    socket.onData = (bytes) => this.#read(bytes)
    // Who says nothing and ends has no wish that could be met.
    socket.onEnd = () => socket.destroy()
    socket.onClose = () => listener.gone()
  }

  #read(bytes: Uint8Array): void {
    const all = this.#heldCount === 0 ? bytes : this.#joined(bytes)
    const choice = classify(all, all.length)
    if (choice === 'undecided') {
      this.#hold(all)
      return
    }
    this.#socket.onData = null
    this.#socket.onEnd = null
    this.#socket.onClose = null
    this.#listener.chosen(choice, all)
  }

  #joined(bytes: Uint8Array): Uint8Array {
    assert(this.#held !== null, 'what is counted is held')
    const all = new Uint8Array(this.#heldCount + bytes.length)
    all.set(this.#held.subarray(0, this.#heldCount))
    all.set(bytes, this.#heldCount)
    return all
  }

  #hold(all: Uint8Array): void {
    assert(all.length < PREFACE.length, 'a whole preface is decided')
    this.#held ??= new Uint8Array(PREFACE.length)
    this.#held.set(all)
    this.#heldCount = all.length
  }
}
