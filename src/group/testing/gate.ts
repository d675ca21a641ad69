/** Holds up whoever comes to it, until it is opened. */
export class Gate {
  /** How many have come while it was closed. */
  waiting = 0
  #isOpen = false
  #waiters: (() => void)[] = []

  readonly pass = (): Promise<void> => {
    if (this.#isOpen) return Promise.resolve()
    this.waiting += 1
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  open(): void {
    this.#isOpen = true
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }
}
