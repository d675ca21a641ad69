/** Handing leadership on, until it has moved or there is no more time. */

import { KvError } from '../base/index.ts'
import type { NodeId, Raft } from '../raft/index.ts'
import { Timed, type TimedQueue } from './timed-queue.ts'

/** What it needs of a group. */
export interface MovingGroup {
  readonly raft: Pick<Raft, 'id' | 'role' | 'leader' | 'transferee' | 'configuration'>
  /** False when it cannot begin now. */
  transfer(to: NodeId): boolean
}

export class Transfers {
  readonly #queue: TimedQueue
  readonly #transfers = new Set<Transfer>()

  constructor(queue: TimedQueue) {
    this.#queue = queue
  }

  move(group: MovingGroup, to: NodeId): Promise<void> {
    return new Promise((resolve, reject) => {
      const { raft } = group
      if (raft.role !== 'leader') {
        reject(new KvError('NOT_LEADER', 'only the leader hands leadership on'))
      } else if (to === raft.id) resolve()
      else if (!raft.configuration.voters.includes(to)) {
        reject(new KvError('BAD_REQUEST', `node ${to} has no vote in this group`))
      } else {
        const transfer = new Transfer(group, to, (error) => {
          this.#transfers.delete(transfer)
          this.#queue.remove(transfer)
          if (error === null) resolve()
          else reject(error)
        })
        this.#transfers.add(transfer)
        this.#queue.add(transfer)
        transfer.look()
      }
    })
  }

  tick(): void {
    for (const transfer of this.#transfers) transfer.look()
  }

  stop(): void {
    for (const transfer of this.#transfers) transfer.stop()
  }
}

class Transfer extends Timed {
  readonly #group: MovingGroup
  readonly #to: NodeId
  readonly #done: (error: KvError | null) => void

  constructor(group: MovingGroup, to: NodeId, done: (error: KvError | null) => void) {
    super()
    this.#group = group
    this.#to = to
    this.#done = done
  }

  /** Consensus gives up on a slow one after a while; there is time to try again. */
  look(): void {
    const { raft } = this.#group
    if (raft.leader === this.#to) this.#done(null)
    else if (raft.role === 'leader' && raft.transferee === 0) this.#group.transfer(this.#to)
    else if (raft.leader !== 0 && raft.leader !== raft.id) {
      this.#done(new KvError('NOT_LEADER', `node ${raft.leader} leads now, not ${this.#to}`))
    }
  }

  override expire(): void {
    this.#done(new KvError('TIMED_OUT', `node ${this.#to} did not take over in time`))
  }

  stop(): void {
    this.#done(new KvError('STOPPED', 'this node is stopping'))
  }
}
