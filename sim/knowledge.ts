/** What one client knows of one group: what it saw there, and what it has there. */

import { COMMAND, type CommandResult, READ } from '../src/state/index.ts'
import { etcd, state } from '../src/wire/index.ts'
import {
  type Ask,
  bytesText,
  type KnownList,
  listOf,
  type Seen,
  withoutGuards,
} from './check/index.ts'

export interface SeenPair {
  readonly value: Uint8Array
  readonly modRevision: number
}

export interface HeldLease {
  readonly id: bigint
  readonly ttlMs: number
  /** When it was granted or renewed last. */
  renewedUs: number
  /** How often it was renewed or used. */
  uses: number
}

const NO_LIST: KnownList = { elements: [], revision: 0 }
/** Room for the leases of one client: nobody else chooses among these. */
const LEASES_PER_CLIENT = 1_000_000n

export class Knowledge {
  /** The newest revision that it heard of. */
  revision = 0
  lease: HeldLease | null = null
  /** One that it leaves to its end. */
  forgotten: HeldLease | null = null
  readonly #client: number
  readonly #withSession: boolean
  readonly #seen = new Map<string, SeenPair | null>()
  #session = 0
  #sequence = 0
  #leases = 0n

  constructor(client: number, { withSession }: { readonly withSession: boolean }) {
    this.#client = client
    this.#withSession = withSession
  }

  get client(): number {
    return this.#client
  }

  get needsSession(): boolean {
    return this.#withSession && this.#session === 0
  }

  nextLease(): bigint {
    this.#leases += 1n
    return BigInt(this.#client) * LEASES_PER_CLIENT + this.#leases
  }

  /** Within the session, if there is one. */
  numbered(ask: Ask): Ask {
    if (ask.kind === 'read' || this.#session === 0) return ask
    if (ask.command === COMMAND.sessionOpen || ask.command === COMMAND.sessionClose) return ask
    this.#sequence += 1
    return { ...ask, session: this.#session, sequence: this.#sequence }
  }

  seen(key: string): SeenPair | null {
    return this.#seen.get(key) ?? null
  }

  /** For a comparison; `byRevision` if it was there. */
  expected(key: string, { byRevision }: { readonly byRevision: boolean }): Seen {
    const pair = this.seen(key)
    if (pair === null) return { kind: 'absent' }
    const { value, modRevision } = pair
    return byRevision ? { kind: 'revision', revision: modRevision } : { kind: 'value', value }
  }

  list(key: string): KnownList {
    const pair = this.seen(key)
    if (pair === null) return NO_LIST
    return { elements: listOf(pair.value) ?? [], revision: pair.modRevision }
  }

  learn(ask: Ask, answer: CommandResult, nowUs: number): void {
    this.revision = Math.max(this.revision, answer.revision)
    if (answer.kind === 'failed') {
      if (answer.code === 'SESSION_EXPIRED') this.#session = 0
      if (answer.code === 'LEASE_NOT_FOUND') this.lease = null
      return
    }
    if (ask.kind === 'read') this.#learnRead(ask, answer.body)
    else this.#learnWrite(ask, answer.body, nowUs)
  }

  #learnRead({ read, serializable, body }: Ask & { kind: 'read' }, answer: Uint8Array): void {
    // What is stale would only make it fail where the newest is what it wants.
    if (serializable) return
    if (read === READ.range) {
      const request = etcd.RangeRequest.decodeBytes(body)
      this.#learnRange(request, etcd.RangeResponse.decodeBytes(answer))
    } else if (read === READ.txn) {
      const request = etcd.TxnRequest.decodeBytes(body)
      this.#learnTxn(request, etcd.TxnResponse.decodeBytes(answer))
    }
  }

  #learnWrite(ask: Ask & { kind: 'write' }, answer: Uint8Array, nowUs: number): void {
    const { command, body } = withoutGuards(ask)
    switch (command) {
      case COMMAND.txn:
        this.#learnTxn(etcd.TxnRequest.decodeBytes(body), etcd.TxnResponse.decodeBytes(answer))
        break
      case COMMAND.sessionOpen:
        this.#session = state.SessionOpenResponse.decodeBytes(answer).id
        this.#sequence = 0
        break
      case COMMAND.leaseGrant: {
        const { ID, TTL } = etcd.LeaseGrantResponse.decodeBytes(answer)
        this.lease = { id: ID, ttlMs: TTL * 1000, renewedUs: nowUs, uses: 0 }
        break
      }
      case COMMAND.leaseKeepAlive:
        if (etcd.LeaseKeepAliveResponse.decodeBytes(answer).TTL === 0) this.lease = null
        else if (this.lease !== null) this.lease.renewedUs = nowUs
        break
      case COMMAND.leaseRevoke:
        this.lease = null
        break
    }
  }

  #learnRange(request: etcd.RangeRequest, { kvs }: etcd.RangeResponse): void {
    if (request.revision !== 0 || request.keysOnly || request.countOnly) return
    if (kvs.length === 0 && request.rangeEnd.length === 0) {
      this.#seen.set(bytesText(request.key), null)
    }
    for (const { key, value, modRevision } of kvs) {
      this.#seen.set(bytesText(key), { value: value.slice(), modRevision })
    }
  }

  #learnTxn(request: etcd.TxnRequest, { succeeded, responses }: etcd.TxnResponse): void {
    const operations = succeeded ? request.success : request.failure
    operations.forEach(({ request: one }, at) => {
      const response = responses[at]?.response
      if (one?.kind === 'requestRange' && response?.kind === 'responseRange') {
        this.#learnRange(one.value, response.value)
      }
    })
    // What it wrote itself it knows, too; the revision it learns when it reads it.
    for (const { request: one } of succeeded ? operations : []) {
      if (one?.kind !== 'requestPut') continue
      const { key, value } = one.value
      this.#seen.set(bytesText(key), { value, modRevision: this.revision })
    }
  }
}
