/** What must be known of a `RangeRequest` before it is read: its key, its order, where it goes. */

import { WireReader } from '../../wire/index.ts'

const TAG_KEY = 0x0a
const TAG_SORT_ORDER = 0x28
const TAG_SORT_TARGET = 0x30
const TAG_SERIALIZABLE = 0x38

const NO_BYTES = new Uint8Array(0)
const SOME_KEY = Uint8Array.of(0)

/** Whoever reads many uses one again. */
export class RangeFacts {
  /** Only whether there is one is asked, so one stands for all. */
  key: Uint8Array = NO_BYTES
  sortOrder = 0
  sortTarget = 0
  serializable = false
  readonly #reader = new WireReader(NO_BYTES, 0, 0)

  /** Fails with `BAD_REQUEST` when it is no `RangeRequest`. */
  read(bytes: Uint8Array, offset: number, length: number): this {
    const reader = this.#reader
    reader.restart(bytes, offset, length)
    this.key = NO_BYTES
    this.sortOrder = 0
    this.sortTarget = 0
    this.serializable = false
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === TAG_KEY) this.key = this.#spanLength() === 0 ? NO_BYTES : SOME_KEY
      else if (tag === TAG_SORT_ORDER) this.sortOrder = reader.int32()
      else if (tag === TAG_SORT_TARGET) this.sortTarget = reader.int32()
      else if (tag === TAG_SERIALIZABLE) this.serializable = reader.bool()
      else reader.skip(tag)
    }
    // Not longer than need be: the bytes belong to a connection.
    reader.restart(NO_BYTES, 0, 0)
    return this
  }

  #spanLength(): number {
    const start = this.#reader.span()
    return this.#reader.position - start
  }
}
