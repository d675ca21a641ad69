/** The sessions of a client: as many as its writes need, opened when they need them. */

import type { Pending } from './pending.ts'
import { Session } from './session.ts'

export interface SessionOpener {
  /** Opens a session in the cluster; `opened` or `notOpened` of the pool follows. */
  openSession(isHeavy: boolean): void
}

export interface PoolLimits {
  readonly sessionsMax: number
  readonly heavyUnansweredMax: number
}

export class SessionPool {
  readonly #opener: SessionOpener
  readonly #limits: PoolLimits
  /** By whether answers may be large. */
  readonly #light: Session[] = []
  readonly #heavy: Session[] = []
  #openingLight = false
  #openingHeavy = false

  constructor(opener: SessionOpener, limits: PoolLimits) {
    this.#opener = opener
    this.#limits = limits
  }

  get sessions(): readonly Session[] {
    return [...this.#light, ...this.#heavy]
  }

  /** Gives the write its place; false: there is none now, and one more session is asked for. */
  assign(pending: Pending): boolean {
    const sessions = pending.isHeavy ? this.#heavy : this.#light
    for (const session of sessions) {
      if (!session.hasRoom) continue
      pending.session = session
      pending.sequence = session.take()
      return true
    }
    this.#open(pending.isHeavy)
    return false
  }

  release(pending: Pending): void {
    pending.session?.release(pending.sequence)
  }

  /** What the cluster said: of so many writes it remembers the answers. */
  opened(
    id: number,
    { isHeavy, span }: { readonly isHeavy: boolean; readonly span: number },
  ): void {
    const { heavyUnansweredMax } = this.#limits
    if (isHeavy) {
      this.#openingHeavy = false
      const heavySpan = Math.min(span, heavyUnansweredMax)
      this.#heavy.push(new Session(id, { span: heavySpan, isHeavy }))
    } else {
      this.#openingLight = false
      this.#light.push(new Session(id, { span, isHeavy }))
    }
  }

  /** What has its place keeps it. */
  startAnew(): void {
    this.#light.length = 0
    this.#heavy.length = 0
  }

  notOpened(isHeavy: boolean): void {
    if (isHeavy) this.#openingHeavy = false
    else this.#openingLight = false
  }

  /** The cluster has forgotten it. */
  expired(session: Session): void {
    const sessions = session.isHeavy ? this.#heavy : this.#light
    const at = sessions.indexOf(session)
    if (at >= 0) sessions.splice(at, 1)
  }

  #open(isHeavy: boolean): void {
    if (isHeavy ? this.#openingHeavy : this.#openingLight) return
    if (this.#light.length + this.#heavy.length >= this.#limits.sessionsMax) return
    if (isHeavy) this.#openingHeavy = true
    else this.#openingLight = true
    this.#opener.openSession(isHeavy)
  }
}
