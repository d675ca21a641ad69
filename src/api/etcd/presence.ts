/** Whether somebody still waits for the answer of a call, for handlers of several steps. */

import type { ServerCall } from '../../rpc/index.ts'

export class Presence {
  #isGone = false
  readonly #leavers = new Set<() => void>()

  /** Of a unary call. */
  static of(call: ServerCall): Presence {
    const presence = new Presence()
    call.onCancel = () => presence.leave()
    return presence
  }

  get isGone(): boolean {
    return this.#isGone
  }

  leave(): void {
    this.#isGone = true
    for (const leaver of [...this.#leavers]) leaver()
    this.#leavers.clear()
  }

  /** To be told once; returns how to take it back. */
  onLeave(leaver: () => void): () => void {
    this.#leavers.add(leaver)
    return () => void this.#leavers.delete(leaver)
  }
}
