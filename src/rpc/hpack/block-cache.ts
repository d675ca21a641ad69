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
  RPC_HPACK_CACHE_BLOCK_BYTES_MAX,
  RPC_HPACK_CACHE_BLOCKS_MAX,
  RPC_HPACK_CACHE_BYTES_MAX,
} from '../../base/index.ts'
import type { HeaderList } from './header-list.ts'

/** Hashes of blocks seen once; a power of two. */
const SEEN_ONCE = 16

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
  #blocks: CachedBlock[] = []
  /** Of `#blocks`, what they and their lists count. */
  #bytes = 0
  /** The block that came last: tried first, and without a hash. */
  #recent: CachedBlock | null = null
  /** The next to be replaced. */
  #hand = 0
  /** A block is kept when it comes a second time: one that never comes again costs no copy. */
  readonly #seenOnce: number[] = new Array(SEEN_ONCE).fill(0)
  /** The hash of the block that `find` did not find. */
  #hash = 0

  find(bytes: Uint8Array, start: number, end: number): HeaderList | null {
    const recent = this.#recent
    if (recent !== null && same(recent.bytes, bytes, start, end)) return recent.list
    const hash = hashOf(bytes, start, end)
    this.#hash = hash
    for (const block of this.#blocks) {
      if (block.hash !== hash || !same(block.bytes, bytes, start, end)) continue
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
    if (this.#bytes + cost > RPC_HPACK_CACHE_BYTES_MAX) this.#clear()
    const copy = new Uint8Array(end - start)
    for (let at = start; at < end; at++) copy[at - start] = bytes[at] as number
    this.#put({ bytes: copy, hash, list, usesTable })
  }

  /** The dynamic table has changed: its indices mean something else now. */
  dropTableUsers(): void {
    if (!this.#blocks.some((block) => block.usesTable)) return
    this.#blocks = this.#blocks.filter((block) => !block.usesTable)
    this.#bytes = this.#blocks.reduce((sum, block) => sum + costOf(block), 0)
    this.#recent = null
    this.#hand = 0
  }

  #put(block: CachedBlock): void {
    if (this.#blocks.length < RPC_HPACK_CACHE_BLOCKS_MAX) {
      this.#blocks.push(block)
    } else {
      this.#bytes -= costOf(this.#blocks[this.#hand] as CachedBlock)
      this.#blocks[this.#hand] = block
      this.#hand = (this.#hand + 1) % RPC_HPACK_CACHE_BLOCKS_MAX
    }
    this.#bytes += costOf(block)
    this.#recent = block
    assert(this.#bytes <= RPC_HPACK_CACHE_BYTES_MAX, 'the cache keeps its size')
  }

  #clear(): void {
    this.#blocks = []
    this.#bytes = 0
    this.#recent = null
    this.#hand = 0
  }
}

function costOf({ bytes, list }: CachedBlock): number {
  return bytes.length + list.size
}

function same(kept: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = kept.length
  if (length !== end - start) return false
  for (let at = 0; at < length; at++) {
    if (kept[at] !== bytes[start + at]) return false
  }
  return true
}

/** Bernstein's, with 31; all octets count, since one index is often the only difference. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > RPC_HPACK_CACHE_BLOCK_BYTES_MAX) return 0
  let hash = end - start
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
  return hash
}
