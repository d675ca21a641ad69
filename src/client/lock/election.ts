/** Elections: who is first in line for a name leads, and tells something by its key. */

import type { etcdKv } from '../../wire/index.ts'
import type { Codec } from '../codecs.ts'
import { decodedValue } from '../entries.ts'
import type { Link } from '../link.ts'
import { valueBytesOf } from '../requests.ts'
import type { CallOptions, ElectOptions, Leader, Term } from '../types.ts'
import { LOCK_TTL_MS } from './lock.ts'
import { checkName, type LineParts, type Place, waitInLine } from './place.ts'
import { firstOf } from './requests.ts'

const UTF8 = new TextDecoder()

export interface Candidacy<Value> extends ElectOptions<Value> {
  readonly name: string
  readonly codec: Codec<Value>
}

/** Resolves when it leads. Without `timeoutMs` it waits as long as it takes. */
export async function runForElection<Value>(
  parts: LineParts,
  candidacy: Candidacy<Value>,
): Promise<Term<Value>> {
  const { name, codec, value, ttlMs = LOCK_TTL_MS, ...patience } = candidacy
  const wishes = { ...patience, name, ttlMs, value: valueBytesOf(value, codec) }
  return new HeldTerm(await waitInLine(parts, wishes), codec)
}

/** Who leads now; null: nobody. */
export async function leaderOf<Value>(
  link: Link,
  { name, codec }: Pick<Candidacy<Value>, 'name' | 'codec'>,
  options: CallOptions = {},
): Promise<Leader<Value> | null> {
  checkName(name)
  const { kvs } = await link.range(firstOf(name), options)
  const [kv] = kvs
  return kv === undefined ? null : leaderIn(kv, codec)
}

export function leaderIn<Value>(kv: etcdKv.KeyValue, codec: Codec<Value>): Leader<Value> {
  const value = decodedValue(kv, codec)
  return { key: UTF8.decode(kv.key), value, fence: BigInt(kv.createRevision) }
}

class HeldTerm<Value> implements Term<Value> {
  readonly #place: Place
  readonly #codec: Codec<Value>

  constructor(place: Place, codec: Codec<Value>) {
    this.#place = place
    this.#codec = codec
  }

  get name(): string {
    return this.#place.name
  }

  get key(): string {
    return UTF8.decode(this.#place.key)
  }

  get fence(): bigint {
    return BigInt(this.#place.revision)
  }

  get lost(): AbortSignal {
    return this.#place.lost
  }

  get remainingMs(): number {
    return this.#place.remainingMs
  }

  async proclaim(value: Value, options: CallOptions = {}): Promise<void> {
    await this.#place.proclaim(valueBytesOf(value, this.#codec), options)
  }

  resign(options: CallOptions = {}): Promise<void> {
    this.#place.stop()
    return this.#place.lease.revoke(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#place.stop()
    await this.#place.lease[Symbol.asyncDispose]()
  }
}
