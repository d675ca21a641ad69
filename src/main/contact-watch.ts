/**
 * What somebody who runs a node has to hear of when it stands alone: that peers are not reached,
 * that there is no majority, or that nobody leads; and when that is over. A short gap, as at every
 * start and election, is nobody's business, and what lasts is told again less and less often.
 */

import type { PlannedMember } from '../cli/index.ts'
import type { Clock, Timer } from '../io/index.ts'
import type { EventFields, EventLog } from './event-log.ts'

const LOOK_MS = 500
/** Longer than nodes take that are started together, and than an election usually takes. */
const PATIENCE_MS_MIN = 5000
const PATIENCE_ELECTIONS = 3
/** Between two words about the same thing; each time twice as long. */
const REPEAT_MS_MIN = 30_000
const REPEAT_MS_MAX = 600_000

export interface ContactParts {
  readonly clock: Clock
  readonly events: EventLog
  /** How long it may take to elect a leader. */
  readonly electionMs: number
  readonly nodeId: number
  readonly members: readonly PlannedMember[]
  /** Those that vote, in every group. */
  readonly voters: () => readonly number[]
  readonly isConnected: (peer: number) => boolean
  /** Null while any group has none. */
  readonly leader: () => number | null
}

/** How long something is missed, and whether that is to be told now. */
interface Word {
  readonly isOver: boolean
  readonly lastedMs: number
}

/** One thing that may be missed. */
class Gap {
  #sinceMs: number | null = null
  #dueMs = 0
  #repeatMs = REPEAT_MS_MIN
  #isTold = false

  /** Null: there is nothing to tell. */
  look(isMissing: boolean, nowMs: number, patienceMs: number): Word | null {
    const lastedMs = nowMs - (this.#sinceMs ?? nowMs)
    if (!isMissing) {
      const wasTold = this.#isTold
      this.#sinceMs = null
      this.#isTold = false
      this.#repeatMs = REPEAT_MS_MIN
      return wasTold ? { isOver: true, lastedMs } : null
    }
    if (this.#sinceMs === null) {
      this.#sinceMs = nowMs
      this.#dueMs = nowMs + patienceMs
    }
    if (nowMs < this.#dueMs) return null
    this.#isTold = true
    this.#dueMs = nowMs + this.#repeatMs
    this.#repeatMs = Math.min(REPEAT_MS_MAX, 2 * this.#repeatMs)
    return { isOver: false, lastedMs }
  }
}

export class ContactWatch {
  readonly #parts: ContactParts
  readonly #patienceMs: number
  readonly #peers: ReadonlyMap<PlannedMember, Gap>
  readonly #leader = new Gap()
  #timer: Timer | null = null

  constructor(parts: ContactParts) {
    this.#parts = parts
    this.#patienceMs = Math.max(PATIENCE_MS_MIN, PATIENCE_ELECTIONS * parts.electionMs)
    const others = parts.members.filter(({ id }) => id !== parts.nodeId)
    this.#peers = new Map(others.map((member) => [member, new Gap()]))
  }

  start(): void {
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      this.#look()
      this.start()
    })
  }

  /** Idempotent. */
  end(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #look(): void {
    for (const [member, gap] of this.#peers) {
      const { name, peerUrls } = member
      this.#tell(gap, !this.#parts.isConnected(member.id), {
        missed: () => 'a peer is not reached',
        over: 'the peer is reached again',
        fields: () => ({ peer: name, at: peerUrls.map(({ text }) => text).join(',') }),
      })
    }
    const leader = this.#parts.leader()
    this.#tell(this.#leader, leader === null, {
      missed: () =>
        this.#hasMajority()
          ? 'nobody leads, although a majority is reached'
          : 'there is no majority: this node waits for more members, and nothing can be written',
      over: 'there is a leader again',
      fields: () => (leader === null ? this.#reach() : { leader: this.#nameOf(leader) }),
    })
  }

  #tell(
    gap: Gap,
    isMissing: boolean,
    words: {
      readonly missed: () => string
      readonly over: string
      readonly fields: () => EventFields
    },
  ): void {
    const nowMs = this.#parts.clock.monotonicMs()
    const word = gap.look(isMissing, nowMs, this.#patienceMs)
    if (word === null) return
    const fields = { ...words.fields(), 'for-s': Math.round(word.lastedMs / 1000) }
    if (word.isOver) this.#parts.events.info(words.over, fields)
    else this.#parts.events.warn(words.missed(), fields)
  }

  #reach(): EventFields {
    const voters = this.#parts.voters()
    const missing = voters.filter((voter) => !this.#isReached(voter))
    return {
      reached: `${voters.length - missing.length} of ${voters.length}`,
      needed: neededOf(voters.length),
      missing: missing.map((voter) => this.#nameOf(voter)).join(','),
    }
  }

  #hasMajority(): boolean {
    const voters = this.#parts.voters()
    const reached = voters.filter((voter) => this.#isReached(voter)).length
    return reached >= neededOf(voters.length)
  }

  /** A node reaches itself. */
  #isReached(voter: number): boolean {
    return voter === this.#parts.nodeId || this.#parts.isConnected(voter)
  }

  #nameOf(id: number): string {
    return this.#parts.members.find((member) => member.id === id)?.name ?? String(id)
  }
}

function neededOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}
