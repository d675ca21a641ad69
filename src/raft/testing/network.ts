/** Messages under way between nodes, each of which a test can deliver, drop, hold or repeat. */

import type { Message, NodeId } from '../index.ts'

export interface Letter {
  /** Ascends in the order of sending. */
  readonly number: number
  readonly message: Message
}

export type LetterFilter = (message: Message) => boolean

export class Network {
  #letters: Letter[] = []
  #number = 0
  readonly #cut = new Set<string>()
  readonly #held: LetterFilter[] = []

  get letters(): readonly Letter[] {
    return this.#letters
  }

  send(message: Message): void {
    if (this.isCut(message.from, message.to)) return
    this.#number += 1
    this.#letters.push({ number: this.#number, message })
  }

  /** Takes the first letter that matches; null when there is none. */
  take(filter: LetterFilter): Message | null {
    return this.takeAt(this.#letters.findIndex((letter) => filter(letter.message)))
  }

  /** Takes the letter at a position of `letters`. */
  takeAt(position: number): Message | null {
    const [letter] = position < 0 ? [] : this.#letters.splice(position, 1)
    return letter?.message ?? null
  }

  drop(filter: LetterFilter): number {
    const before = this.#letters.length
    this.#letters = this.#letters.filter((letter) => !filter(letter.message))
    return before - this.#letters.length
  }

  /** One way; what is on that way is lost. */
  cut(from: NodeId, to: NodeId): void {
    this.#cut.add(`${from}>${to}`)
    this.drop((message) => message.from === from && message.to === to)
  }

  join(from: NodeId, to: NodeId): void {
    this.#cut.delete(`${from}>${to}`)
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.#cut.has(`${from}>${to}`)
  }

  heal(): void {
    this.#cut.clear()
  }

  /** What matches stays under way until `release`. */
  hold(filter: LetterFilter): void {
    this.#held.push(filter)
  }

  release(): void {
    this.#held.length = 0
  }

  isHeld(message: Message): boolean {
    return this.#held.some((filter) => filter(message))
  }
}
