/** A bench whose members begin anew when they fail for damage, as processes that are tended do. */

import assert from 'node:assert/strict'
import { KvError } from '../../base/index.ts'
import type { Bench, Member } from './bench.ts'

/** Of simulated time: whatever is waited for happens long before. */
const PATIENCE_MS = 60_000

/** A member without others did not start: that is the end of a test. */
export class Refused extends Error {}

export class TendedBench {
  readonly bench: Bench
  /** Nobody hears it, and it hears nobody. */
  cutOff: Member | null = null
  /** They are kept from starting. */
  readonly down = new Set<Member>()
  readonly #starting = new Set<Member>()
  /** By its term. */
  readonly #leaders = new Map<number, number>()
  #failure: unknown = null

  constructor(bench: Bench) {
    this.bench = bench
    bench.carries = (message) => {
      const { kind, from, to } = message
      if (kind === 'append') this.#checkLeader(message.term, from)
      return from !== this.cutOff?.id && to !== this.cutOff?.id
    }
  }

  async leader(): Promise<Member> {
    await this.until(() => this.bench.leader?.group?.isTimeKnown === true)
    return this.bench.leader as Member
  }

  async until(condition: () => boolean): Promise<void> {
    for (let waits = 0; !condition(); waits++) {
      assert.ok(waits < PATIENCE_MS, 'what is waited for never happens')
      this.#tend()
      await this.bench.wait(1)
    }
  }

  /** Null: the life of the member ended before. */
  async within<T>(member: Member, promise: Promise<T>): Promise<T | null> {
    const { group } = member
    let outcome: (() => T) | null = null
    promise.then(
      (value) => {
        outcome = () => value
      },
      (error: unknown) => {
        outcome = () => {
          throw error
        }
      },
    )
    await this.until(() => outcome !== null || member.group !== group)
    // Set by what the promise came to.
    return (outcome as (() => T) | null)?.() ?? null
  }

  /** In order, or with a power failure. */
  async end(member: Member, { isOrderly }: { isOrderly: boolean }): Promise<void> {
    if (isOrderly && member.group !== null && member.fatal === null) {
      await this.within(member, member.stop())
    } else this.crash(member)
  }

  crash(member: Member): void {
    member.crash()
    member.fatal = null
    this.#starting.delete(member)
  }

  /** The power fails at one of the next operations of the disk. */
  crashIn(member: Member, operations: number): void {
    let left = operations
    member.disk.onOperation = () => {
      left -= 1
      if (left > 0) return
      member.disk.onOperation = null
      this.crash(member)
    }
  }

  #tend(): void {
    if (this.#failure !== null) throw this.#failure
    for (const member of this.bench.members) {
      if (member.fatal !== null) {
        if (!isDamage(member.fatal)) throw member.fatal
        this.crash(member)
      }
      const isBusy = this.#starting.has(member) || this.down.has(member)
      if (member.group === null && !isBusy) void this.#start(member)
    }
  }

  /** Never ends if the power fails meanwhile. */
  async #start(member: Member): Promise<void> {
    this.#starting.add(member)
    try {
      await member.start()
      this.#starting.delete(member)
    } catch (error) {
      // Whom nobody can help may refuse.
      this.#failure = isDamage(error) && this.bench.members.length === 1 ? new Refused() : error
    }
  }

  #checkLeader(term: number, from: number): void {
    const known = this.#leaders.get(term) ?? from
    assert.equal(from, known, `two lead in term ${term}`)
    this.#leaders.set(term, from)
  }
}

export function isDamage(error: unknown): boolean {
  const codes = ['LOG_CORRUPT', 'ENGINE_CORRUPT', 'SNAPSHOT_CORRUPT']
  return error instanceof KvError && codes.includes(error.code)
}
