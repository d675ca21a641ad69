/**
 * Writes that take effect once: each has a place (session, sequence) which the cluster remembers
 * together with the answer, so that it can be sent again to any node.
 *
 * The cluster remembers the latest answers of a session only. So the places from the oldest that
 * still waits to the newest may span no more than that; for more writes at a time there are more
 * sessions.
 */

import { assert } from '../base/index.ts'

export class Session {
  readonly id: number
  readonly isHeavy: boolean
  readonly #span: number
  /** By sequence, going round: whether that place still waits. */
  readonly #waits: Uint8Array
  /** All before it are over. */
  #oldest = 1
  #next = 1

  constructor(id: number, { span, isHeavy }: { readonly span: number; readonly isHeavy: boolean }) {
    assert(span > 0, 'a session remembers something')
    this.id = id
    this.isHeavy = isHeavy
    this.#span = span
    this.#waits = new Uint8Array(span)
  }

  get hasRoom(): boolean {
    return this.#next - this.#oldest < this.#span
  }

  take(): number {
    assert(this.hasRoom, 'a place is taken where there is one')
    const sequence = this.#next
    this.#next += 1
    this.#waits[sequence % this.#span] = 1
    return sequence
  }

  /** Nobody is going to ask for it again. */
  release(sequence: number): void {
    assert(sequence >= this.#oldest && sequence < this.#next, 'a place was taken')
    this.#waits[sequence % this.#span] = 0
    while (this.#oldest < this.#next && this.#waits[this.#oldest % this.#span] === 0) {
      this.#oldest += 1
    }
  }
}
