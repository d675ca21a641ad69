/** A part of some program that is to be tested: it counts who visits a page. */

import { type Client, compare, put } from 'quorate/client'

export class Visits {
  readonly #db: Client

  constructor(db: Client) {
    this.#db = db
  }

  /** How many visits the page has had, with this one. */
  async count(page: string): Promise<bigint> {
    return await this.#db.incr(`visits/${page}`)
  }

  /** Whether this one was the first: only one can be. */
  async isFirst(page: string, visitor: string): Promise<boolean> {
    const key = `first/${page}`
    const { succeeded } = await this.#db
      .txn()
      .if(compare.missing(key))
      .then(put(key, visitor))
      .commit()
    return succeeded
  }
}
