/**
 * Linearizable reads without the log (thesis §6.4): a read may be served once the state has applied
 * what was committed when it was asked, provided the leader was still the leader then. One
 * heartbeat round answers that for all reads that wait, those forwarded by followers included.
 *
 * A round's number is higher than any before it in the term and comes back in the heartbeat's
 * answer: an answer to round n also confirms every earlier round, because it left later.
 * Read ids carry the life of the node, so an answer meant for an earlier life grants nothing.
 */

import { assert } from '../base/index.ts'
import type { LogIndex, NodeId, ReadFailure, ReadGrant } from './types.ts'

/** Reads of one life before ids could run into those of the next: over 10^9. */
const IDS_PER_LIFE = 2 ** 30

/** Who asked: this node itself (`from` 0) or a follower. */
interface Asked {
  readonly from: NodeId
  readonly id: number
}

const NOBODY_REMOTE: readonly (Asked & ReadGrant)[] = []

interface Round {
  readonly number: number
  readonly index: LogIndex
  readonly asked: readonly Asked[]
  readonly confirmed: Set<NodeId>
}

export interface ForwardedRead {
  readonly id: number
  /** Ticks since it was last sent to the leader. */
  age: number
}

export class Reads {
  #nextId: number
  /** The id that all reads of this turn share; 0 when none was asked. */
  #openId = 0
  #waiting: Asked[] = []
  #rounds: Round[] = []
  #roundNumber = 0
  #forwarded: ForwardedRead[] = []
  #granted: ReadGrant[] = []
  #failed: ReadFailure[] = []
  #inRounds = 0

  constructor(incarnation: number) {
    this.#nextId = (incarnation % 2 ** 22) * IDS_PER_LIFE + 1
    assert(Number.isSafeInteger(this.#nextId), 'a read id is a safe integer')
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  /** All that are not answered: they wait for a round, are in one, or were forwarded. */
  get openCount(): number {
    return this.#waiting.length + this.#inRounds + this.#forwarded.length
  }

  get roundCount(): number {
    return this.#rounds.length
  }

  /** The newest round under way: every heartbeat carries it, so a lost one costs only time. */
  get latestRound(): number {
    return this.#rounds[this.#rounds.length - 1]?.number ?? 0
  }

  get hasOutcome(): boolean {
    return this.#granted.length > 0 || this.#failed.length > 0
  }

  get hasOpen(): boolean {
    return this.#openId !== 0
  }

  get forwarded(): readonly ForwardedRead[] {
    return this.#forwarded
  }

  /** All reads asked in one turn share an id. */
  ask(): number {
    if (this.#openId === 0) this.#openId = this.#nextId++
    return this.#openId
  }

  askFor(from: NodeId, id: number): void {
    assert(from > 0 && id > 0, 'a forwarded read has a sender and an id')
    this.#waiting.push({ from, id })
  }

  /** The turn ends: later reads get a new id. Returns the id that closed, 0 for none. */
  closeTurn(): number {
    const id = this.#openId
    this.#openId = 0
    return id
  }

  waitForRound(id: number): void {
    this.#waiting.push({ from: 0, id })
  }

  forward(id: number): void {
    this.#forwarded.push({ id, age: 0 })
  }

  /** Starts one round for all that wait. Returns its number. */
  startRound(index: LogIndex): number {
    assert(this.#waiting.length > 0, 'a round answers somebody')
    this.#roundNumber += 1
    this.#rounds.push({
      number: this.#roundNumber,
      index,
      asked: this.#waiting,
      confirmed: new Set(),
    })
    this.#inRounds += this.#waiting.length
    this.#waiting = []
    return this.#roundNumber
  }

  confirm(voter: NodeId, number: number): void {
    for (const round of this.#rounds) {
      if (round.number > number) break
      round.confirmed.add(voter)
    }
  }

  /**
   * Takes the rounds that `isQuorum` accepts, and all earlier ones. Local ones are granted here.
   */
  finish(isQuorum: (confirmed: ReadonlySet<NodeId>) => boolean): readonly (Asked & ReadGrant)[] {
    let done = this.#rounds.length
    while (done > 0 && !isQuorum((this.#rounds[done - 1] as Round).confirmed)) done -= 1
    if (done === 0) return NOBODY_REMOTE
    const remote: (Asked & ReadGrant)[] = []
    for (const round of this.#rounds.splice(0, done)) {
      this.#inRounds -= round.asked.length
      for (const asked of round.asked) {
        if (asked.from === 0) this.#granted.push({ id: asked.id, index: round.index })
        else remote.push({ ...asked, index: round.index })
      }
    }
    assert(this.#inRounds >= 0, 'no more reads leave rounds than entered them')
    return remote
  }

  /** The leader answered a read that this node forwarded; unknown ids are duplicates. */
  answered({ id, index }: ReadGrant): void {
    const position = this.#forwarded.findIndex((read) => read.id === id)
    if (position < 0) return
    this.#forwarded.splice(position, 1)
    this.#granted.push({ id, index })
  }

  fail(id: number, code: ReadFailure['code']): void {
    assert(id > 0, 'a read has an id')
    this.#failed.push({ id, code })
  }

  /** Leadership changed: what was asked of the old leader is not answered by anybody. */
  failAll(): void {
    const asked = [...this.#waiting, ...this.#rounds.flatMap((round) => round.asked)]
    for (const { from, id } of asked) if (from === 0) this.fail(id, 'NO_LEADER')
    for (const { id } of this.#forwarded) this.fail(id, 'NO_LEADER')
    this.#inRounds = 0
    this.#waiting = []
    this.#rounds = []
    this.#forwarded = []
  }

  takeGranted(): readonly ReadGrant[] {
    const granted = this.#granted
    if (granted.length > 0) this.#granted = []
    return granted
  }

  takeFailed(): readonly ReadFailure[] {
    const failed = this.#failed
    if (failed.length > 0) this.#failed = []
    return failed
  }
}
