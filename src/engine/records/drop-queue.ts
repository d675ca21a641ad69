import { assert } from '../../base/index.ts'

const BLOCK_DROPS = 1024
const FIELDS = 3

/** Records that were dropped while somebody held them, in the order in which they may go. */
export class DropQueue {
  #blocks: Float64Array[] = []
  #first = 0
  #end = 0

  get length(): number {
    return this.#end - this.#first
  }

  get bytes(): number {
    return this.#blocks.length * BLOCK_DROPS * FIELDS * 8
  }

  push(main: number, sub: number, { epoch }: { epoch: number }): void {
    if (this.#end === this.#blocks.length * BLOCK_DROPS) {
      this.#blocks.push(new Float64Array(BLOCK_DROPS * FIELDS))
    }
    const block = this.#blocks[Math.floor(this.#end / BLOCK_DROPS)] as Float64Array
    const at = (this.#end % BLOCK_DROPS) * FIELDS
    block[at] = main
    block[at + 1] = sub
    block[at + 2] = epoch
    this.#end += 1
  }

  get main(): number {
    return this.#field(0)
  }

  get sub(): number {
    return this.#field(1)
  }

  get epoch(): number {
    return this.#field(2)
  }

  shift(): void {
    assert(this.#first < this.#end, 'only what is queued leaves')
    this.#first += 1
    if (this.#first < BLOCK_DROPS && this.#first < this.#end) return
    if (this.#first === this.#end) {
      this.#blocks = []
      this.#first = 0
      this.#end = 0
    } else {
      this.#blocks.shift()
      this.#first -= BLOCK_DROPS
      this.#end -= BLOCK_DROPS
    }
  }

  /** Of one that waits, counted from the first. */
  mainAt(position: number): number {
    return this.#fieldAt(position, 0)
  }

  subAt(position: number): number {
    return this.#fieldAt(position, 1)
  }

  #field(field: number): number {
    return this.#fieldAt(0, field)
  }

  #fieldAt(position: number, field: number): number {
    assert(position >= 0 && position < this.length, 'only what is queued is asked for')
    const at = this.#first + position
    const block = this.#blocks[Math.floor(at / BLOCK_DROPS)] as Float64Array
    return block[(at % BLOCK_DROPS) * FIELDS + field] as number
  }
}
