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

  #field(field: number): number {
    assert(this.#first < this.#end, 'the first of the queue is asked for when there is one')
    return (this.#blocks[0] as Float64Array)[this.#first * FIELDS + field] as number
  }
}
