/**
 * A cluster as an `abstract-level` database: `new QuorateLevel(db, { prefix: 'users/' })` is used
 * as every other level store is, by any number of processes at a time.
 *
 * ```ts
 * import { connect } from 'quorate/client'
 * import { QuorateLevel } from 'quorate/abstract-level'
 *
 * await using db = await connect()
 * const level = new QuorateLevel(db, { prefix: 'users/', valueEncoding: 'json' })
 * await level.put('7', { name: 'Ada' })
 * ```
 *
 * Reads are linearizable. Iterators and snapshots are views of the store at one revision, which
 * lasts until the cluster compacts it away: then they fail with `COMPACTED`. A batch is atomic, and
 * so has at most as many keys as a transaction (4,032). `clear` of a range other than a sublevel is
 * done piece by piece.
 */

import {
  type AbstractDatabaseOptions,
  AbstractIterator,
  type AbstractIteratorOptions,
  AbstractLevel,
  AbstractSnapshot,
} from 'abstract-level'
import { bytes } from '../codecs.ts'
import { QuorateError } from '../errors.ts'
import { endOfPrefix, keyAfter } from '../keys.ts'
import { del, get, put } from '../operations.ts'
import type { Client, Page } from '../types.ts'
import {
  type Bounds,
  compareBytes,
  isEmpty,
  KeySpace,
  type LevelRange,
  prefixIn,
} from './key-space.ts'
import { type Moment, Moments } from './moment.ts'

export interface QuorateLevelOptions<K, V> extends AbstractDatabaseOptions<K, V> {
  /** All keys of the database begin with it in the cluster; `level/` when absent. */
  readonly prefix?: string
}

type Store = Client<Uint8Array>
type Item = Page<{ readonly keyBytes: Uint8Array; readonly value?: Uint8Array }>['entries'][number]

/** Keys of one transaction: what the store takes. */
const CLEAR_KEYS_MAX = 128

interface ReadOptions {
  readonly snapshot?: unknown
}

interface RangeOptions extends ReadOptions, LevelRange {
  readonly reverse: boolean
  /** -1: without one. */
  readonly limit: number
}

interface ScanOptions extends RangeOptions {
  readonly keys?: boolean
  readonly values?: boolean
}

type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

export class QuorateLevel<K = string, V = string> extends AbstractLevel<Uint8Array, K, V> {
  readonly #store: Store
  readonly #space: KeySpace
  readonly #moments: Moments

  /** The client stays open when the database is closed. */
  constructor(client: Client<unknown>, options: QuorateLevelOptions<K, V> = {}) {
    const { prefix = 'level/', ...forward } = options
    if (prefix === '')
      throw new QuorateError('BAD_REQUEST', 'the prefix of a database is not empty')
    const supports = {
      ...{ encodings: { view: true }, has: true, seek: true },
      ...{ implicitSnapshots: true, explicitSnapshots: true, permanence: true },
      ...{ createIfMissing: false, errorIfExists: false },
    }
    super(supports, forward)
    this.#store = client.withCodec(bytes)
    this.#space = new KeySpace(prefix)
    this.#moments = new Moments(() => this.#present())
  }

  async #present(): Promise<number> {
    const answer = await this.#store.txn().then(get(this.#space.prefix)).commit()
    return answer.revision
  }

  // What `abstract-level` asks of a database, with keys and values encoded.

  async _get(key: Uint8Array, options: ReadOptions): Promise<Uint8Array | undefined> {
    const at = await revisionIn(options)
    return (await this.#store.get(this.#space.keyOf(key), at))?.value
  }

  _getMany(keys: readonly Uint8Array[], options: ReadOptions): Promise<(Uint8Array | undefined)[]> {
    return Promise.all(keys.map((key) => this._get(key, options)))
  }

  async _has(key: Uint8Array, options: ReadOptions): Promise<boolean> {
    const start = this.#space.keyOf(key)
    const at = await revisionIn(options)
    return (await this.#store.count({ start, end: keyAfter(start), ...at })) > 0
  }

  _hasMany(keys: readonly Uint8Array[], options: ReadOptions): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this._has(key, options)))
  }

  async _put(key: Uint8Array, value: Uint8Array): Promise<void> {
    await this.#moments.decideAll()
    await this.#store.put(this.#space.keyOf(key), value)
  }

  async _del(key: Uint8Array): Promise<void> {
    await this.#moments.decideAll()
    await this.#store.delete(this.#space.keyOf(key))
  }

  async _batch(changes: readonly Change[]): Promise<void> {
    await this.#moments.decideAll()
    // The last one counts; a transaction has each key once.
    const last = new Map(changes.map((change) => [change.key.join(), change]))
    const operations = [...last.values()].map((change) => {
      const key = this.#space.keyOf(change.key)
      return change.type === 'put' ? put(key, change.value) : del(key)
    })
    if (operations.length === 0) return
    await this.#store
      .txn()
      .then(...operations)
      .commit()
  }

  async _clear(options: RangeOptions): Promise<void> {
    await this.#moments.decideAll()
    const bounds = this.#space.boundsOf(options)
    if (isEmpty(bounds)) return
    const isWhole = options.limit < 0 && momentIn(options) === null
    const prefix = isWhole ? prefixIn(bounds) : null
    if (prefix === null) {
      await this.#clearSlowly(bounds, options)
      return
    }
    await this.#store.deletePrefix(prefix)
    const last = endOfPrefix(prefix)
    // The end of a sublevel is meant to be one of its keys.
    if (compareBytes(last, bounds.end) < 0) await this.#store.delete(last)
  }

  /** The keys that are there now, or were at that moment; not atomic. */
  async #clearSlowly({ start, end }: Bounds, options: RangeOptions): Promise<void> {
    const { reverse, limit } = options
    const limited = limit < 0 ? {} : { limit }
    const at = await revisionIn(options)
    const wanted = { start, end, reverse, keysOnly: true, pageSize: CLEAR_KEYS_MAX } as const
    for await (const { entries } of this.#store.list({ ...wanted, ...limited, ...at }).pages()) {
      const operations = entries.map(({ keyBytes }) => del(keyBytes))
      await this.#store
        .txn()
        .then(...operations)
        .commit()
    }
  }

  _iterator(options: ScanOptions): AbstractIterator<this, K, V> {
    const parts = { store: this.#store, space: this.#space }
    const moment = momentIn(options)
    const own = moment === null ? this.#moments.begin() : null
    // The base class decodes what `_next` gives, and knows how from the options.
    const base = options as unknown as AbstractIteratorOptions<K, V>
    return new LevelIterator<this, K, V>(this, base, {
      ...parts,
      options,
      moment: moment ?? (own as Moment),
      onClose: () => own?.end(),
    })
  }

  _snapshot(options: object): AbstractSnapshot {
    return new LevelSnapshot(this.#moments.begin(), options)
  }
}

/** Its types know no parameters, which it has. */
const SnapshotBase = AbstractSnapshot as unknown as new (options: object) => AbstractSnapshot

class LevelSnapshot extends SnapshotBase {
  readonly moment: Moment

  constructor(moment: Moment, options: object) {
    super(options)
    this.moment = moment
  }

  async _close(): Promise<void> {
    this.moment.end()
  }
}

function momentIn({ snapshot }: ReadOptions): Moment | null {
  return snapshot instanceof LevelSnapshot ? snapshot.moment : null
}

async function revisionIn(options: ReadOptions): Promise<{ readonly revision?: number }> {
  const moment = momentIn(options)
  return moment === null ? {} : { revision: await moment.revision() }
}

interface IteratorParts {
  readonly store: Store
  readonly space: KeySpace
  readonly options: ScanOptions
  readonly moment: Moment
  readonly onClose: () => void
}

/** Reads pages at one revision, as far as somebody asks for them. */
class LevelIterator<Database extends QuorateLevel<K, V>, K, V> extends AbstractIterator<
  Database,
  K,
  V
> {
  readonly #parts: IteratorParts
  readonly #bounds: Bounds
  #pages: AsyncIterator<Page<Item>> | null = null
  #items: readonly Item[] = []
  /** Of the items, which one comes next. */
  #next = 0
  #isOver = false

  constructor(db: Database, options: AbstractIteratorOptions<K, V>, parts: IteratorParts) {
    super(db, options)
    this.#parts = parts
    this.#bounds = parts.space.boundsOf(parts.options)
  }

  async _next(): Promise<readonly [Uint8Array, Uint8Array | undefined] | undefined> {
    const [item] = await this._nextv(1)
    return item
  }

  /** Up to so many; none: it is over. */
  async _nextv(size: number): Promise<[Uint8Array, Uint8Array | undefined][]> {
    while (this.#next >= this.#items.length) {
      if (this.#isOver) return []
      await this.#readPage()
    }
    const items = this.#items.slice(this.#next, this.#next + size)
    this.#next += items.length
    const { space } = this.#parts
    return items.map(({ keyBytes, value }) => [space.nameOf(keyBytes), value])
  }

  _seek(target: Uint8Array): void {
    const whole = this.#parts.space.keyOf(target)
    const { start, end } = this.#bounds
    const isOutside = compareBytes(whole, start) < 0 || compareBytes(whole, end) >= 0
    void this.#pages?.return?.()
    this.#items = []
    this.#next = 0
    this.#isOver = isOutside
    const { reverse } = this.#parts.options
    this.#pages = isOutside
      ? null
      : this.#pagesOf(reverse ? { start, end: keyAfter(whole) } : { start: whole, end })
  }

  async _close(): Promise<void> {
    this.#items = []
    await this.#pages?.return?.()
    this.#parts.onClose()
  }

  async #readPage(): Promise<void> {
    this.#pages ??= this.#pagesOf(this.#bounds)
    const { done, value } = await this.#pages.next()
    this.#next = 0
    this.#items = done === true ? [] : value.entries
    this.#isOver = done === true
  }

  async *#pagesOf(bounds: Bounds): AsyncGenerator<Page<Item>> {
    const { store, options, moment } = this.#parts
    const { reverse, values = true } = options
    const left = this.limit - this.count
    if (isEmpty(bounds) || left <= 0) return
    const range = { ...bounds, reverse, revision: await moment.revision() }
    const more = left < Number.POSITIVE_INFINITY ? { limit: left } : {}
    if (values) yield* store.list({ ...range, ...more }).pages()
    else yield* store.list({ ...range, ...more, keysOnly: true }).pages()
  }
}
