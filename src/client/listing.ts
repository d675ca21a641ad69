/**
 * Ranges in pages, all at the revision of the first one. Pages are made as large as a bound of
 * bytes: how large values are is learnt on the way.
 */

import type { etcd } from '../wire/index.ts'
import type { Core } from './core.ts'
import { QuorateError, withCaller } from './errors.ts'
import { isNothing, keyAfter, rangeOf, type WireRange } from './keys.ts'
import { countOf, type PageRequest, pageWish, revisionOf } from './requests.ts'
import type { Listing, ListOptions, Page } from './types.ts'
import { shown } from './words.ts'

/** What a key costs beside its name and value. */
const KEY_OVERHEAD_BYTES = 32

interface Piece<Item> extends Page<Item> {
  readonly bytes: number
  /** Null: it was empty. */
  readonly lastKey: Uint8Array | null
  /** The range goes on. */
  readonly more: boolean
}

export type ReadEntry<Item> = (kv: etcd.RangeResponse['kvs'][number]) => Item

export class PagedListing<Item> implements Listing<Item> {
  readonly #core: Core
  readonly #options: ListOptions
  readonly #read: ReadEntry<Item>

  constructor(core: Core, options: ListOptions, read: ReadEntry<Item>) {
    this.#core = core
    this.#options = options
    this.#read = read
  }

  async all(): Promise<Item[]> {
    const items: Item[] = []
    for await (const { entries } of this.pages()) {
      for (const entry of entries) items.push(entry)
    }
    return items
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const { entries } of this.pages()) yield* entries
  }

  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    const { reverse = false, signal } = this.#options
    let left = countOf(this.#options.limit, 'a limit') || Number.POSITIVE_INFINITY
    let range = rangeOf(this.#options)
    let revision = this.#options.revision
    let size = this.#firstSize()
    let sizeMax = Number.POSITIVE_INFINITY
    while (left > 0 && !isNothing(range)) {
      signal?.throwIfAborted()
      const limit = Math.min(size, left)
      const piece = await this.#page({ range, limit, revision })
      if (piece === null) {
        // One that is too large to be answered in one piece.
        size = Math.max(1, Math.floor(limit / 2))
        sizeMax = size
        continue
      }
      // Later answers name the revision of the store then, whatever revision they show.
      revision ??= piece.revision
      left -= piece.entries.length
      if (piece.entries.length > 0) yield { entries: piece.entries, revision }
      if (!piece.more || piece.lastKey === null) return
      range = reverse
        ? { key: range.key, rangeEnd: piece.lastKey }
        : { key: keyAfter(piece.lastKey), rangeEnd: range.rangeEnd }
      size = Math.min(sizeMax, this.#nextSize(piece))
    }
  }

  #firstSize(): number {
    const { pageSize } = this.#options
    if (pageSize === undefined) return this.#core.limits.pageEntriesMin
    if (Number.isSafeInteger(pageSize) && pageSize > 0) return pageSize
    throw new QuorateError(
      'BAD_REQUEST',
      `pageSize is a whole number above 0, not ${shown(pageSize)}`,
    )
  }

  /** As many as would have filled a page, if those that follow are like these. */
  #nextSize({ entries, bytes }: Piece<Item>): number {
    const { pageSize } = this.#options
    if (pageSize !== undefined) return pageSize
    const { pageEntriesMin, pageEntriesMax, pageBytes } = this.#core.limits
    const each = bytes / entries.length
    const fitting = Math.floor(pageBytes / each)
    // Grows step by step: those that follow may be larger.
    const most = Math.min(pageEntriesMax, entries.length * 8)
    return Math.max(1, Math.min(fitting, Math.max(most, pageEntriesMin)))
  }

  /** Null: too much for one answer. */
  async #page(
    page: { readonly range: WireRange; readonly limit: number } & Pick<PageRequest, 'revision'>,
  ): Promise<Piece<Item> | null> {
    const { keysOnly, reverse, stale } = this.#options
    const request = { ...page, keysOnly, reverse, stale }
    try {
      return await this.#core.attempt(
        () => pageWish(request, (response) => this.#pieceOf(response)),
        this.#options,
      )
    } catch (error) {
      const isTooLarge = error instanceof QuorateError && error.code === 'TOO_LARGE'
      if (isTooLarge && page.limit > 1) return null
      throw withCaller(error)
    }
  }

  #pieceOf({ header, kvs, more }: etcd.RangeResponse): Piece<Item> {
    let bytes = 1
    for (const { key, value } of kvs) bytes += key.length + value.length + KEY_OVERHEAD_BYTES
    return {
      entries: kvs.map((kv) => this.#read(kv)),
      revision: revisionOf(header),
      bytes,
      lastKey: kvs.at(-1)?.key.slice() ?? null,
      more,
    }
  }
}
