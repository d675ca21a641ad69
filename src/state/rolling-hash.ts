/**
 * A number that stands for all that ever happened to a store: every effect is mixed into what was
 * before. Replicas that applied the same entries have the same, in whatever order they loaded,
 * restarted or compacted. It finds divergence; it is no defence against who picks the entries.
 */

import { assert, crc32c, crc32cWords } from '../base/index.ts'
import { emptyLanes, type HashLanes, joinLanes, mixNumber } from './lanes.ts'

export class RollingHash {
  readonly #lanes: HashLanes

  constructor(lanes: HashLanes = emptyLanes()) {
    this.#lanes = { ...lanes }
  }

  get lanes(): HashLanes {
    return { ...this.#lanes }
  }

  /** 53 bits. */
  get value(): number {
    return joinLanes(this.#lanes)
  }

  number(value: number): void {
    mixNumber(this.#lanes, value)
  }

  bigint(value: bigint): void {
    mixNumber(this.#lanes, Number(BigInt.asUintN(32, value)))
    mixNumber(this.#lanes, Number(BigInt.asUintN(32, value >> 32n)))
  }

  /** The first bytes of an aligned buffer; `words` is the same memory. */
  words(bytes: Uint8Array, words: Int32Array, length: number): void {
    assert(bytes.buffer === words.buffer, 'words and bytes are the same memory')
    mixNumber(this.#lanes, length)
    mixNumber(this.#lanes, crc32cWords(bytes, words, 0, length, 0))
  }

  bytes(bytes: Uint8Array): void {
    mixNumber(this.#lanes, bytes.length)
    mixNumber(this.#lanes, crc32c(bytes, 0, bytes.length, 0))
  }
}
