import type { Chance } from '../../base/index.ts'
import { COMMAND, packBatch, packCommand } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'

const TEXT = new TextEncoder()
const KEYS = 60
const LEASES = 8

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
    const { put, deleteRange, txn, compact, leaseGrant, leaseRevoke } = COMMAND
    const kind = this.#chance.below(24)
    if (kind < 13) return packCommand(put, etcd.PutRequest.encodeBytes(this.#put()))
    if (kind < 16)
      return packCommand(deleteRange, etcd.DeleteRangeRequest.encodeBytes(this.#remove()))
    if (kind < 20) return packCommand(txn, etcd.TxnRequest.encodeBytes(this.#txn()))
    if (kind < 21) {
      const span = state.revision - Math.max(state.compactRevision, 0)
      const revision = state.revision - this.#chance.below(Math.max(1, span))
      return packCommand(compact, etcd.CompactionRequest.encodeBytes({ revision, physical: false }))
    }
    const ID = this.#lease()
    if (kind < 23)
      return packCommand(leaseGrant, etcd.LeaseGrantRequest.encodeBytes({ TTL: 60, ID }))
    return packCommand(leaseRevoke, etcd.LeaseRevokeRequest.encodeBytes({ ID }))
  }

  #put(): etcd.PutRequest {
    const value = new Uint8Array(this.#chance.below(400)).fill(this.#chance.below(256))
    const lease = this.#chance.below(4) === 0 ? this.#lease() : 0n
    const prevKv = this.#chance.below(5) === 0
    return { ...etcd.createPutRequest(), key: this.#key(), value, lease, prevKv }
  }

  #remove(): etcd.DeleteRangeRequest {
    const key = this.#key()
    const isRange = this.#chance.below(3) === 0
    const rangeEnd = isRange ? TEXT.encode('k~').fill(0x35, 1) : new Uint8Array(0)
    return { key, rangeEnd, prevKv: this.#chance.below(3) === 0 }
  }

  #txn(): etcd.TxnRequest {
    const compare = {
      ...etcd.createCompare(),
      key: this.#key(),
      targetUnion: { kind: 'version' as const, value: this.#chance.below(3) },
    }
    return { compare: [compare], success: this.#operations(), failure: this.#operations() }
  }

  #operations(): etcd.RequestOp[] {
    const keys = new Set(
      Array.from({ length: this.#chance.below(5) }, () => this.#chance.below(KEYS)),
    )
    return Array.from(keys, (number) => {
      const key = keyOf(number)
      if (this.#chance.below(4) === 0) {
        const value = { ...etcd.createDeleteRangeRequest(), key, prevKv: true }
        return { request: { kind: 'requestDeleteRange' as const, value } }
      }
      return { request: { kind: 'requestPut' as const, value: { ...this.#put(), key } } }
    })
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
