import type { Chance } from '../../base/index.ts'
import { COMMAND, packBatch, packCommand } from '../../state/index.ts'
import { message } from './message.ts'

const TEXT = new TextEncoder()
const KEYS = 60
const LEASES = 8
const COMPARE_VERSION = 0

/** Where the store stands for which the next entry is made. */
export interface LogState {
  readonly revision: number
  readonly compactRevision: number
  readonly clockMs: number
}

/** Entries as clients would bring them about: every kind of change, and some that are refused. */
export class RandomLog {
  readonly #chance: Chance

  constructor(chance: Chance) {
    this.#chance = chance
  }

  entry(state: LogState): Uint8Array {
    const count = this.#chance.below(6)
    const commands = Array.from({ length: count }, () => this.#command(state))
    return packBatch(commands, state.clockMs + this.#chance.below(500))
  }

  #command(state: LogState): Uint8Array {
    const kind = this.#chance.below(24)
    if (kind < 13) return packCommand(COMMAND.put, this.#put(this.#key()))
    if (kind < 16) return packCommand(COMMAND.deleteRange, this.#remove())
    if (kind < 20) return packCommand(COMMAND.txn, this.#txn())
    if (kind < 21) return packCommand(COMMAND.compact, this.#compaction(state))
    const lease = this.#lease()
    // `TTL`, `ID`
    if (kind < 23) return packCommand(COMMAND.leaseGrant, message({ 1: 60, 2: lease }))
    return packCommand(COMMAND.leaseRevoke, message({ 1: lease }))
  }

  /** `key`, `value`, `lease`, `prev_kv` */
  #put(key: Uint8Array): Uint8Array {
    const value = new Uint8Array(this.#chance.below(400)).fill(this.#chance.below(256))
    const lease = this.#chance.below(4) === 0 ? this.#lease() : 0n
    return message({ 1: key, 2: value, 3: lease, 4: this.#chance.below(5) === 0 })
  }

  /** `key`, `range_end`, `prev_kv` */
  #remove(): Uint8Array {
    const isRange = this.#chance.below(3) === 0
    const rangeEnd = isRange ? TEXT.encode('k05') : new Uint8Array(0)
    return message({ 1: this.#key(), 2: rangeEnd, 3: this.#chance.below(3) === 0 })
  }

  /** `compare` with `target`, `key` and `version`; `success`, `failure` */
  #txn(): Uint8Array {
    const compare = message({ 2: COMPARE_VERSION, 3: this.#key(), 4: this.#chance.below(3) })
    return message({ 1: compare, 2: this.#operations(), 3: this.#operations() })
  }

  /** `request_put` or `request_delete_range`, no key twice. */
  #operations(): readonly Uint8Array[] {
    const count = this.#chance.below(5)
    const keys = new Set(Array.from({ length: count }, () => this.#chance.below(KEYS)))
    return Array.from(keys, (number) => {
      const key = keyOf(number)
      if (this.#chance.below(4) > 0) return message({ 2: this.#put(key) })
      return message({ 3: message({ 1: key, 3: true }) })
    })
  }

  #compaction({ revision, compactRevision }: LogState): Uint8Array {
    const span = revision - Math.max(compactRevision, 0)
    return message({ 1: revision - this.#chance.below(Math.max(1, span)) })
  }

  #key(): Uint8Array {
    return keyOf(this.#chance.below(KEYS))
  }

  #lease(): bigint {
    return BigInt(1 + this.#chance.below(LEASES))
  }
}

function keyOf(number: number): Uint8Array {
  return TEXT.encode(`k${String(number).padStart(3, '0')}`)
}
