/**
 * A revision that is decided when it is first needed: a view of the store as it was at some time
 * between when it was asked for and now, and before every write that this program began since.
 */

/** All moments of one database that are not decided yet. */
export class Moments {
  readonly #present: () => Promise<number>
  readonly #open = new Set<Moment>()

  /** `present`: the revision of the store now. */
  constructor(present: () => Promise<number>) {
    this.#present = present
  }

  begin(): Moment {
    const moment = new Moment(this.#present, () => this.#open.delete(moment))
    this.#open.add(moment)
    return moment
  }

  /** To be awaited before each write: what was begun before it must not show it. */
  async decideAll(): Promise<void> {
    if (this.#open.size === 0) return
    // A failure belongs to whoever reads at that moment.
    await Promise.allSettled([...this.#open].map((moment) => moment.revision()))
  }
}

export class Moment {
  readonly #present: () => Promise<number>
  readonly #decided: () => void
  #revision: Promise<number> | null = null

  constructor(present: () => Promise<number>, decided: () => void) {
    this.#present = present
    this.#decided = decided
  }

  revision(): Promise<number> {
    this.#revision ??= this.#decide()
    return this.#revision
  }

  /** Nobody reads at it any more. Idempotent. */
  end(): void {
    this.#decided()
  }

  async #decide(): Promise<number> {
    try {
      return await this.#present()
    } finally {
      this.#decided()
    }
  }
}
