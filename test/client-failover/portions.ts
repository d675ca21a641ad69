/**
 * Work that is handed out in portions, one for each kill. Whoever works on without a bound takes
 * the processors from the node that starts again, and all that the test does is wait for it.
 */
export class Portions {
  readonly #size: number
  #left = 0
  #isOver = false
  #more = Promise.withResolvers<void>()

  constructor(size: number) {
    this.#size = size
  }

  /** What of the portion nobody has taken yet. */
  get left(): number {
    return this.#left
  }

  handOut(): void {
    this.#left = this.#size
    this.#wake()
  }

  /** There is nothing more to do. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** Whether there is a piece of work, when there is one or the end has come. */
  async take(): Promise<boolean> {
    while (this.#left === 0 && !this.#isOver) await this.#more.promise
    if (this.#isOver) return false
    this.#left -= 1
    return true
  }

  #wake(): void {
    this.#more.resolve()
    this.#more = Promise.withResolvers<void>()
  }
}
