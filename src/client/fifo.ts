/** First in, first out, whatever the length: an array of which the front is used up. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = []
  #start = 0

  get length(): number {
    return this.#items.length - this.#start
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  /** Before all others, in their order. */
  putBack(items: readonly Item[]): void {
    this.#items = [...items, ...this.#items.slice(this.#start)]
    this.#start = 0
  }

  takeAll(): Item[] {
    const items = this.#items.slice(this.#start) as Item[]
    this.#items = []
    this.#start = 0
    return items
  }

  first(): Item | undefined {
    return this.#items[this.#start]
  }

  shift(): Item | undefined {
    const item = this.#items[this.#start]
    if (item === undefined) return undefined
    // What was taken must not be held.
    this.#items[this.#start] = undefined
    this.#start += 1
    if (this.#start > 1024 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return item
  }
}
