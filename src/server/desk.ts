/** Everything a node keeps beside one of its groups: who asks it, and what it does by itself. */

import type { ErrorCode } from '../base/index.ts'
import type { Group } from '../group/index.ts'
import type { GroupId, NodeId } from '../raft/index.ts'
import type { AutoCompactor } from './auto-compaction.ts'
import type { LeaseExpiry } from './expiry.ts'
import type { LeaderWatch } from './leader-watch.ts'
import type { ReadDesk } from './reads.ts'
import type { WriteDesk } from './write-desk.ts'

export interface DeskParts {
  readonly id: GroupId
  readonly group: Group
  readonly leaders: LeaderWatch
  readonly writes: WriteDesk
  readonly reads: ReadDesk
  readonly expiry: LeaseExpiry
  readonly compactor: AutoCompactor | null
}

/** Waits for the moment between two entries; hears null then, or why it does not come. */
type Moment = (code: ErrorCode | null) => void

export class Desk {
  /** A turn is coming. */
  isAwake = false
  readonly id: GroupId
  readonly group: Group
  readonly leaders: LeaderWatch
  readonly writes: WriteDesk
  readonly reads: ReadDesk
  readonly #expiry: LeaseExpiry
  readonly #compactor: AutoCompactor | null
  #moments: Moment[] = []
  #stopped = false

  constructor(parts: DeskParts) {
    this.id = parts.id
    this.group = parts.group
    this.leaders = parts.leaders
    this.writes = parts.writes
    this.reads = parts.reads
    this.#expiry = parts.expiry
    this.#compactor = parts.compactor
  }

  turn(): void {
    this.group.drain()
    this.leaders.look()
    this.writes.turn()
    if (this.#moments.length === 0 || this.group.machine.isUnderWay) return
    const moments = this.#moments
    this.#moments = []
    for (const moment of moments) moment(null)
  }

  tick(): void {
    this.group.tick()
    this.leaders.look()
    this.writes.tick()
    this.reads.tick()
    this.#expiry.tick()
    this.#compactor?.tick()
  }

  peerDropped(peer: NodeId): void {
    this.group.peerDropped(peer)
    this.writes.peerDropped(peer)
  }

  /** Now, or in a turn to come. */
  betweenEntries(moment: Moment): void {
    if (this.#stopped) moment('STOPPED')
    else if (this.group.machine.isUnderWay) this.#moments.push(moment)
    else moment(null)
  }

  /** Whoever waits is told. */
  stop(): void {
    this.#stopped = true
    this.writes.stop()
    this.reads.stop()
    // Proposals and reads that have begun hear of it from the group.
    this.group.stop()
    this.leaders.stop()
    const moments = this.#moments
    this.#moments = []
    for (const moment of moments) moment('STOPPED')
  }
}
