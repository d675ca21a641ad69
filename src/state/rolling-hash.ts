/**
 * A number that stands for all that ever happened to a store: every effect is mixed into what was
 * before. Replicas that applied the same entries have the same, in whatever order they loaded,
 * restarted or compacted. It finds divergence; it is no defence against who picks the entries.
 */

import { crc32c } from '../base/index.ts'
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

  bytes(bytes: Uint8Array): void {
    this.summed(bytes.length, crc32c(bytes, 0, bytes.length, 0))
  }

  /** Bytes by their length and their checksum (`crc32c` from 0). */
  summed(length: number, checksum: number): void {
    mixNumber(this.#lanes, length)
    mixNumber(this.#lanes, checksum)
  }
}
