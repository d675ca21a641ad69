/**
 * Strings that came lately, by their octets in the block. Some encoders never index a path or a
 * token, so that it is spelt out with every call; comparing its octets is several times faster than
 * decoding them and making a string. It also gives the layer above the same string again, whose
 * hash is known already.
 */

import { assert, RPC_HPACK_MEMO_OCTETS_MAX, RPC_HPACK_MEMO_TEXTS } from '../../base/index.ts'
import { copyOctets, hashOctets, sameOctets } from './octets.ts'

interface KnownText {
  readonly octets: Uint8Array
  readonly text: string
}

export class TextMemo {
  /** One place for each value of the hash's low bits: a new text replaces the old one. */
  readonly #places: (KnownText | null)[] = new Array(RPC_HPACK_MEMO_TEXTS).fill(null)
  /** A text is kept when it comes a second time in a row at its place. */
  readonly #seenOnce: number[] = new Array(RPC_HPACK_MEMO_TEXTS).fill(0)
  /** Of the string that `find` did not find. */
  #hash = 0

  /** `start` is where the string's length begins: its first bit tells whether it is Huffman-coded. */
  find(bytes: Uint8Array, start: number, end: number): string | null {
    if (end - start > RPC_HPACK_MEMO_OCTETS_MAX) return null
    const hash = hashOctets(bytes, start, end)
    this.#hash = hash
    const known = this.#places[hash & (RPC_HPACK_MEMO_TEXTS - 1)] as KnownText | null
    if (known === null || known.octets.length !== end - start) return null
    return sameOctets(known.octets, bytes, start) ? known.text : null
  }

  /** What the string means that `find` did not find just now. */
  offer(bytes: Uint8Array, start: number, end: number, text: string): void {
    if (end - start > RPC_HPACK_MEMO_OCTETS_MAX) return
    const hash = this.#hash
    const place = hash & (RPC_HPACK_MEMO_TEXTS - 1)
    if (this.#seenOnce[place] === hash) {
      this.#places[place] = { octets: copyOctets(bytes, start, end), text }
    }
    this.#seenOnce[place] = hash
    assert(this.#places.length === RPC_HPACK_MEMO_TEXTS, 'the memo keeps its size')
  }
}
