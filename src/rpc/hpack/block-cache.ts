/**
 * Whole header blocks that came before, with what they mean. Calls of one client differ little: with
 * a warm dynamic table most blocks are the same dozen octets, and comparing those is several times
 * faster than decoding them.
 *
 * Invariants: a block in here changes nothing when decoded, and means the same as when it was kept:
 * blocks that refer to the dynamic table are dropped when it changes. Hashes only save comparisons;
 * the octets decide.
 */

import {
  assert,
  RPC_HPACK_CACHE_BLOCKS_MAX as PLACES,
  RPC_HPACK_CACHE_BLOCK_BYTES_MAX,
  RPC_HPACK_CACHE_BYTES_MAX,
} from '../../base/index.ts'
import type { HeaderList } from './header-list.ts'
import { copyOctets, hashOctets, sameOctets } from './octets.ts'

/** Hashes of blocks seen once; a power of two. */
const SEEN_ONCE = 16

/** A dozen blocks among 32 places nearly always find one of four free. */
const PROBES = 4

export interface Meaning {
  readonly list: HeaderList
  /** Whether the block refers to the dynamic table. */
  readonly usesTable: boolean
}

interface CachedBlock extends Meaning {
  readonly bytes: Uint8Array
  readonly hash: number
}

export class BlockCache {
  /** Open addressing: a block is at one of the PROBES places from that of its hash on. */
  readonly #places: (CachedBlock | null)[] = new Array(PLACES).fill(null)
  /** What all blocks and their lists count. */
  #bytes = 0
  /** Whether a block in here refers to the dynamic table. */
  #usesTable = false
  /** The block that came last: tried first, and without a hash. */
  #recent: CachedBlock | null = null
  /** A block is kept when it comes a second time: one that never comes again costs no copy. */
  readonly #seenOnce: number[] = new Array(SEEN_ONCE).fill(0)
  /** The hash of the block that `find` did not find. */
  #hash = 0

  find(bytes: Uint8Array, start: number, end: number): HeaderList | null {
    const length = end - start
    const recent = this.#recent
    if (recent !== null && recent.bytes.length === length) {
      if (sameOctets(recent.bytes, bytes, start)) return recent.list
    }
    if (length > RPC_HPACK_CACHE_BLOCK_BYTES_MAX) return null
    const hash = hashOctets(bytes, start, end)
    this.#hash = hash
    for (let probe = 0; probe < PROBES; probe++) {
      const block = this.#places[(hash + probe) & (PLACES - 1)] as CachedBlock | null
      if (block === null || block.hash !== hash || block.bytes.length !== length) continue
      if (!sameOctets(block.bytes, bytes, start)) continue
      this.#recent = block
      return block.list
    }
    return null
  }

  /** A block that `find` did not find just now, which changed nothing when it was decoded. */
  offer(bytes: Uint8Array, start: number, end: number, meaning: Meaning): void {
    const { list, usesTable } = meaning
    const cost = end - start + list.size
    if (end - start > RPC_HPACK_CACHE_BLOCK_BYTES_MAX || cost > RPC_HPACK_CACHE_BYTES_MAX) return
    const hash = this.#hash
    if (this.#seenOnce[hash & (SEEN_ONCE - 1)] !== hash) {
      this.#seenOnce[hash & (SEEN_ONCE - 1)] = hash
      return
    }
    // Rare, and simpler than finding out which one to keep: what is in use is soon back.
    if (this.#bytes + cost > RPC_HPACK_CACHE_BYTES_MAX) this.#drop(() => true)
    this.#put({ bytes: copyOctets(bytes, start, end), hash, list, usesTable })
  }

  /** The dynamic table has changed: its indices mean something else now. */
  dropTableUsers(): void {
    if (this.#usesTable) this.#drop((block) => block.usesTable)
    this.#usesTable = false
  }

  #put(block: CachedBlock): void {
    let place = 0
    for (let probe = 0; probe < PROBES; probe++) {
      place = (block.hash + probe) & (PLACES - 1)
      if (this.#places[place] === null) break
    }
    const replaced = this.#places[place] as CachedBlock | null
    if (replaced !== null) this.#bytes -= costOf(replaced)
    this.#places[place] = block
    this.#bytes += costOf(block)
    this.#usesTable ||= block.usesTable
    this.#recent = block
    assert(this.#bytes <= RPC_HPACK_CACHE_BYTES_MAX, 'the cache keeps its size')
  }

  #drop(unwanted: (block: CachedBlock) => boolean): void {
    for (let place = 0; place < PLACES; place++) {
      const block = this.#places[place] as CachedBlock | null
      if (block === null || !unwanted(block)) continue
      this.#places[place] = null
      this.#bytes -= costOf(block)
    }
    this.#recent = null
    assert(this.#bytes >= 0, 'the cache counts what it holds')
  }
}

function costOf({ bytes, list }: CachedBlock): number {
  return bytes.length + list.size
}
