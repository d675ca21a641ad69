/**
 * Clients may ask not to be served by a node that knows no leader (metadata `hasleader: true`), so
 * that they go to another one. New calls are refused at once; a stream that has begun ends only
 * after some election timeouts, since opening it anew costs more than waiting for an election.
 */

import type { Clock, Timer } from '../../io/index.ts'
import type { ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { NodeService } from '../../server/index.ts'
import { fail } from './answer.ts'
import { ETCD_ERRORS } from './errors.ts'

const SWEEP_AT_MIN = 64

interface LeaderWatchParts {
  readonly node: NodeService
  readonly clock: Clock
  readonly noLeaderMsMax: number
}

interface Guarded {
  readonly call: ServerCall
  readonly handler: StreamHandler
}

export class LeaderWatch {
  readonly #parts: LeaderWatchParts
  readonly #streams = new Set<Guarded>()
  #sweepAt = SWEEP_AT_MIN
  readonly #unsubscribe: () => void
  /** Runs while there is no leader. */
  #timer: Timer | null = null

  constructor(parts: LeaderWatchParts) {
    this.#parts = parts
    const { node } = parts
    this.#unsubscribe = node.onLeader(node.defaultGroup, (hasLeader) => this.#changed(hasLeader))
    this.#changed(node.hasLeader(node.defaultGroup))
  }

  isMissing(call: ServerCall): boolean {
    const { node } = this.#parts
    return wantsLeader(call) && !node.hasLeader(node.defaultGroup)
  }

  /** The handler, which hears that it is cancelled when the leader stays away. */
  guarded(call: ServerCall, handler: StreamHandler): StreamHandler {
    if (!wantsLeader(call) || call.isOver) return handler
    const guarded = { call, handler }
    this.#sweep()
    this.#streams.add(guarded)
    return {
      message: (bytes, offset, length) => handler.message(bytes, offset, length),
      ended: () => handler.ended(),
      writable: () => handler.writable(),
      cancelled: () => {
        this.#streams.delete(guarded)
        handler.cancelled()
      },
    }
  }

  close(): void {
    this.#unsubscribe()
    this.#timer?.cancel()
    this.#timer = null
    this.#streams.clear()
  }

  /** A stream that its handler has ended is not told of; they are looked for now and then. */
  #sweep(): void {
    if (this.#streams.size < this.#sweepAt) return
    for (const guarded of this.#streams) if (guarded.call.isOver) this.#streams.delete(guarded)
    this.#sweepAt = Math.max(SWEEP_AT_MIN, 2 * this.#streams.size)
  }

  #changed(hasLeader: boolean): void {
    if (!hasLeader) {
      const { clock, noLeaderMsMax } = this.#parts
      this.#timer ??= clock.after(noLeaderMsMax, () => this.#giveUp())
      return
    }
    this.#timer?.cancel()
    this.#timer = null
  }

  #giveUp(): void {
    this.#timer = null
    const streams = [...this.#streams]
    this.#streams.clear()
    for (const { call, handler } of streams) {
      if (call.isOver) continue
      fail(call, ETCD_ERRORS.noLeader)
      handler.cancelled()
    }
  }
}

function wantsLeader(call: ServerCall): boolean {
  const { fields } = call.request
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === 'hasleader') return fields[at + 1] === 'true'
  }
  return false
}
