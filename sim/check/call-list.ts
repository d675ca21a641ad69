/**
 * The calls and returns of the operations that are left, in the order of time, as a doubly linked
 * list: taking an operation out and putting it back costs O(1). What stands before the first return
 * may come next. Calls are numbers from 0 to count - 1, the return of i is count + i.
 */
export class CallList {
  readonly #count: number
  readonly #next: Int32Array
  readonly #previous: Int32Array
  /** One bit for each operation that was taken out. */
  readonly #taken: Uint32Array
  #left: number

  constructor(count: number, events: Int32Array) {
    this.#count = count
    this.#left = count
    const head = 2 * count
    this.#next = new Int32Array(head + 1)
    this.#previous = new Int32Array(head + 1)
    this.#taken = new Uint32Array((count + 31) >>> 5)
    let last = head
    for (const event of events) {
      this.#next[last] = event
      this.#previous[event] = last
      last = event
    }
    this.#next[last] = head
    this.#previous[head] = last
  }

  get left(): number {
    return this.#left
  }

  /** The call that came first of all that are left. */
  get first(): number {
    return this.#next[2 * this.#count] as number
  }

  after(entry: number): number {
    return this.#next[entry] as number
  }

  before(entry: number): number {
    return this.#previous[entry] as number
  }

  /** The operation that returns first of all that are left. */
  firstReturn(): number {
    let entry = this.first
    while (entry < this.#count) entry = this.#next[entry] as number
    return entry - this.#count
  }

  isTaken(operation: number): boolean {
    return ((this.takenWord(operation >>> 5) >>> (operation & 31)) & 1) === 1
  }

  takenWord(word: number): number {
    return this.#taken[word] as number
  }

  take(operation: number): void {
    this.#unlink(operation)
    this.#unlink(this.#count + operation)
    this.#flip(operation)
    this.#left -= 1
  }

  /** In the reverse order of taking: only then do the neighbours still know their places. */
  putBack(operation: number): void {
    this.#link(this.#count + operation)
    this.#link(operation)
    this.#flip(operation)
    this.#left += 1
  }

  #flip(operation: number): void {
    const word = operation >>> 5
    this.#taken[word] = this.takenWord(word) ^ (1 << (operation & 31))
  }

  #unlink(entry: number): void {
    const before = this.#previous[entry] as number
    const after = this.#next[entry] as number
    this.#next[before] = after
    this.#previous[after] = before
  }

  #link(entry: number): void {
    this.#next[this.#previous[entry] as number] = entry
    this.#previous[this.#next[entry] as number] = entry
  }
}
