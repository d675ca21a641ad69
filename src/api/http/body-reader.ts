/** Reads the body of a request into one piece, within bounds of room and time. */

import type { IncomingMessage } from 'node:http'
import { ByteWriter, HTTP_BODY_DROPPED_BYTES_MAX, HTTP_BODY_MS_MAX } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'
import type { BodyMemory } from './body-memory.ts'

export type BodyOutcome =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'tooSlow' }
  /** Other bodies take all the room there is. */
  | { readonly kind: 'noRoom' }

export interface BodyReaderOptions {
  readonly clock: Clock
  readonly memory: BodyMemory
  readonly bytesMax: number
  /** Told once; never when the client is gone. */
  readonly done: (outcome: BodyOutcome) => void
}

export class BodyReader {
  readonly #memory: BodyMemory
  readonly #bytesMax: number
  readonly #done: (outcome: BodyOutcome) => void
  readonly #timer: Timer
  readonly #content = new ByteWriter(0)
  #held = 0
  /** Once there was too much: what is read and dropped, so that the sender gets to the answer. */
  #refusal: BodyOutcome | null = null
  #dropped = 0
  #over = false

  constructor(request: IncomingMessage, { clock, memory, bytesMax, done }: BodyReaderOptions) {
    this.#memory = memory
    this.#bytesMax = bytesMax
    this.#done = done
    this.#timer = clock.after(HTTP_BODY_MS_MAX, () => {
      this.#finish(this.#refusal ?? { kind: 'tooSlow' })
    })
    request.on('data', (piece: Uint8Array) => this.#take(piece))
    request.on('end', () => {
      this.#finish(this.#refusal ?? { kind: 'whole', bytes: this.#content.take() })
    })
    request.on('close', () => this.#release())
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > bytesMax) this.#refuse({ kind: 'tooLarge' }, announced)
  }

  #take(piece: Uint8Array): void {
    if (this.#over) return
    const { length } = this.#content
    if (this.#refusal !== null) this.#drop(piece.length)
    else if (length + piece.length > this.#bytesMax)
      this.#refuse({ kind: 'tooLarge' }, piece.length)
    else if (!this.#memory.grow(length, piece.length))
      this.#refuse({ kind: 'noRoom' }, piece.length)
    else {
      this.#held += piece.length
      this.#content.bytes(piece)
    }
  }

  /** Whoever sends listens when all is sent: an answer before is lost with the connection. */
  #refuse(outcome: BodyOutcome, bytes: number): void {
    this.#refusal = outcome
    this.#content.take()
    this.#giveBack()
    if (bytes > HTTP_BODY_DROPPED_BYTES_MAX) this.#finish(outcome)
  }

  #drop(bytes: number): void {
    this.#dropped += bytes
    if (this.#dropped > HTTP_BODY_DROPPED_BYTES_MAX && this.#refusal !== null) {
      this.#finish(this.#refusal)
    }
  }

  #finish(outcome: BodyOutcome): void {
    if (this.#over) return
    this.#release()
    this.#done(outcome)
  }

  #release(): void {
    if (this.#over) return
    this.#over = true
    this.#timer.cancel()
    this.#giveBack()
  }

  #giveBack(): void {
    this.#memory.give(this.#held)
    this.#held = 0
  }
}
