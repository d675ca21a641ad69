/**
 * Memory for many short pieces, cut from larger blocks: what each costs is a view, a sixth of what
 * memory of its own does. A piece keeps its whole block, so this is for what is soon over.
 */

const BLOCK_BYTES = 16_384
/** Longer ones have memory of their own. */
const PIECE_BYTES_MAX = BLOCK_BYTES / 8

export class Slab {
  #block = new Uint8Array(0)
  #used = 0

  /** Holds zeros. */
  take(length: number): Uint8Array {
    if (length > PIECE_BYTES_MAX) return new Uint8Array(length)
    if (this.#used + length > this.#block.length) {
      this.#block = new Uint8Array(BLOCK_BYTES)
      this.#used = 0
    }
    const at = this.#used
    this.#used += length
    return new Uint8Array(this.#block.buffer, at, length)
  }

  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const copy = this.take(end - start)
    copy.set(bytes.subarray(start, end))
    return copy
  }
}
