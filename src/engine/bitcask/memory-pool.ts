import { allocate, type Memory } from './memory.ts'

/** Memory of one size, used again. */
export class MemoryPool {
  readonly #size: number
  readonly #spareMax: number
  readonly #spare: Memory[] = []

  constructor({ size, spareMax }: { size: number; spareMax: number }) {
    this.#size = size
    this.#spareMax = spareMax
  }

  /** At least `length` bytes, which may hold anything. */
  take(length: number): Memory {
    if (length > this.#size) return allocate(length)
    return this.#spare.pop() ?? allocate(this.#size)
  }

  give(memory: Memory): void {
    // What was made for one large record is not kept.
    if (memory.bytes.length !== this.#size || this.#spare.length >= this.#spareMax) return
    this.#spare.push(memory)
  }
}
