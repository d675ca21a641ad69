/**
 * etcd's Lock service. A lock is held by whose key was created first under its name; the key lives
 * as long as its lease. Source: etcd, `v3lock` and `client/v3/concurrency/mutex.go`.
 */

import type { Method, ServerCall } from '../../rpc/index.ts'
import { etcdLock } from '../../wire/index.ts'
import { type Door, stepping } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import type { InnerWatches } from './inner-watch.ts'
import { Presence } from './presence.ts'
import {
  createdAt,
  deleteOf,
  firstOf,
  foundAt,
  keyOf,
  prefixOf,
  putOf,
  rangeOf,
  waitForOthers,
} from './queue-keys.ts'
import { failAsClient, leaseOrNew } from './session.ts'
import { Steps } from './steps.ts'

const { lock, unlock } = etcdLock.Lock.methods

export function lockMethods(door: Door, watches: InnerWatches): Method[] {
  const steps = new Steps(door)
  const { node, answers } = door
  return [
    stepping(door, lock, (call, request) =>
      failAsClient(call, () => new Locking({ door, watches, steps, call, request }).run()),
    ),
    stepping(door, unlock, (call, { key }) =>
      failAsClient(call, async () => {
        const { revision } = await steps.deleteKey(key)
        call.answerWith(unlock.response, { header: answers.header(node.defaultGroup, revision) })
        return null
      }),
    ),
  ]
}

interface LockingParts {
  readonly door: Door
  readonly watches: InnerWatches
  readonly steps: Steps
  readonly call: ServerCall
  readonly request: etcdLock.LockRequest
}

/** One call of `Lock`. */
class Locking {
  readonly #parts: LockingParts
  readonly #presence: Presence
  readonly #prefix: Uint8Array
  #key: Uint8Array

  constructor(parts: LockingParts) {
    this.#parts = parts
    this.#presence = Presence.of(parts.call)
    this.#prefix = prefixOf(parts.request.name)
    this.#key = this.#prefix
  }

  async run() {
    const { door, steps, request } = this.#parts
    const lease = await leaseOrNew(door, steps, request.lease)
    this.#key = keyOf(request.name, lease)
    const { revision, response } = await steps.txn({
      compare: [createdAt(this.#key, 0)],
      success: [putOf(this.#key, { lease }), rangeOf(firstOf(this.#prefix))],
      // Whoever asks twice with one lease is in the queue already.
      failure: [rangeOf({ key: this.#key }), rangeOf(firstOf(this.#prefix))],
    })
    const mine = response.succeeded ? revision : (foundAt(response, 0)[0]?.createRevision ?? 0)
    const [owner] = foundAt(response, 1)
    if (owner === undefined || owner.createRevision === mine) {
      if (this.#presence.isGone) await this.#giveBack(mine)
      else this.#answer(revision)
      return null
    }
    return this.#wait(mine)
  }

  async #wait(mine: number) {
    const { watches, steps } = this.#parts
    const presence = this.#presence
    try {
      const waiting = { steps, watches, presence, createRevisionMax: mine - 1 }
      await waitForOthers(this.#prefix, waiting)
    } catch (error) {
      await this.#giveBack(mine)
      throw error
    }
    if (presence.isGone) {
      await this.#giveBack(mine)
      return null
    }
    // The lease may have ended while others had the lock.
    const { revision, response } = await steps.range({ key: this.#key })
    if (response.kvs.length === 0) return ETCD_ERRORS.lockSessionExpired
    if (presence.isGone) await this.#giveBack(mine)
    else this.#answer(revision)
    return null
  }

  #answer(revision: number): void {
    const { door, call } = this.#parts
    const header = door.answers.header(door.node.defaultGroup, revision)
    call.answerWith(lock.response, { header, key: this.#key })
  }

  /** Nobody would ever unlock it. When this fails, the lease still ends it. */
  async #giveBack(mine: number): Promise<void> {
    await this.#parts.steps.txn({
      compare: [createdAt(this.#key, mine)],
      success: [deleteOf(this.#key)],
    })
  }
}
