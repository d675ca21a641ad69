/**
 * How far a watch has come: what it has taken, what it asks for when it begins again elsewhere, and
 * which events it has had already. Pure.
 *
 * The events of one revision come in the same order from every node. So a place within a revision,
 * of which a node has sent only fragments so far, is a revision and a count.
 */

import { assert } from '../../base/index.ts'
import type { etcd, etcdKv } from '../../wire/index.ts'

export class WatchCursor {
  /** Every event of the revisions before it was taken, and nothing of those after it. */
  #revision: number
  /** Events of that revision that were taken. */
  #taken = 0
  /** Events of that revision that the present node sends again. */
  #repeated = 0

  constructor(revision: number) {
    assert(revision >= 1, 'the first revision is 1')
    this.#revision = revision
  }

  /** Where to begin again. */
  get revision(): number {
    return this.#revision
  }

  /** Everything up to it was taken. */
  get completeRevision(): number {
    return this.#revision - 1
  }

  /** Another node, or the same one anew, begins at `revision`. */
  restart(): void {
    this.#repeated = this.#taken
  }

  /** The events of an answer that are new. */
  take({ events, fragment }: Pick<etcd.WatchResponse, 'events' | 'fragment'>): etcdKv.Event[] {
    const fresh = events.filter(({ kv }) => this.#isNew(kv?.modRevision ?? 0))
    // The last answer of several about one revision is not marked. What is older than what was
    // asked for completes nothing.
    const last = events.at(-1)?.kv?.modRevision
    if (!fragment && last === this.#revision) this.#complete(last)
    return fresh
  }

  /** Nothing up to this revision is still to come. */
  progressed(revision: number): void {
    // Between fragments it would be told of a revision that is not complete: then it says nothing.
    if (this.#taken === 0 && revision >= this.#revision) this.#complete(revision)
  }

  #isNew(revision: number): boolean {
    if (revision < this.#revision) return false
    if (revision > this.#revision) {
      this.#revision = revision
      this.#taken = 0
      this.#repeated = 0
    } else if (this.#repeated > 0) {
      this.#repeated -= 1
      return false
    }
    this.#taken += 1
    return true
  }

  #complete(revision: number): void {
    this.#revision = revision + 1
    this.#taken = 0
    this.#repeated = 0
  }
}
