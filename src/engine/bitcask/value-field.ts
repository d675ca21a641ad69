import { assert } from '../../base/index.ts'

/** `mvccpb.KeyValue.value`: field 5, a length and bytes. */
const VALUE_TAG = (5 << 3) | 2

const VARINT = 0
const FIXED_64 = 1
const LENGTH = 2
const FIXED_32 = 5

/**
 * Finds the value in a record. What is no message of protocol buffers, or repeats the value, has
 * none, and is kept as a whole wherever a header would do.
 */
export class ValueField {
  /** Where the field begins and ends, its tag included. Both 0: there is none. */
  start = 0
  end = 0

  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  find(record: Uint8Array): void {
    this.#bytes = record
    this.#at = 0
    this.start = 0
    this.end = 0
    while (this.#at < record.length) {
      const start = this.#at
      const tag = this.#varint()
      const again = tag === VALUE_TAG && this.end > 0
      if (again || !this.#skip(tag & 7)) {
        this.start = 0
        this.end = 0
        return
      }
      if (tag !== VALUE_TAG) continue
      this.start = start
      this.end = this.#at
    }
    assert(this.end <= record.length, 'a field lies in its record')
  }

  /** False when the field does not end inside the record. */
  #skip(wireType: number): boolean {
    if (this.#at > this.#bytes.length) return false
    switch (wireType) {
      case VARINT:
        this.#varint()
        break
      case FIXED_64:
        this.#at += 8
        break
      case LENGTH: {
        const length = this.#varint()
        this.#at += length
        break
      }
      case FIXED_32:
        this.#at += 4
        break
      default:
        return false
    }
    return this.#at <= this.#bytes.length
  }

  /**
   * Past the end when it does not end. Beyond 2^53 it is not exact: only lengths and tags count.
   */
  #varint(): number {
    const bytes = this.#bytes
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      const byte = bytes[this.#at] ?? -1
      this.#at += 1
      if (byte < 0) break
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    this.#at = bytes.length + 1
    return 0
  }
}
