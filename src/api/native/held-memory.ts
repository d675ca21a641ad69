/** What all streams together hold for clients that do not read, and for messages half taken. */

export class HeldMemory {
  readonly #bytesMax: number
  readonly #shareBytes: number
  #bytes = 0

  constructor({ heldBytesMax, heldShareBytes }: HeldLimits) {
    this.#bytesMax = heldBytesMax
    this.#shareBytes = heldShareBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** One stream held `before` and holds `now`. False: all hold too much, and this one not least. */
  changed(before: number, now: number): boolean {
    this.#bytes += now - before
    return now <= Math.max(before, this.#shareBytes) || this.#bytes <= this.#bytesMax
  }
}

interface HeldLimits {
  readonly heldBytesMax: number
  readonly heldShareBytes: number
}
