import { assert } from './assert.ts'
import { crc32c, crc32cJoined, crc32cWords } from './checksum.ts'

/** From here on remembering a checksum costs less than computing it a second time. */
export const REMEMBERED_BYTES_MIN = 8 * 1024
/** What is looked at again at each end of a part. */
const MARK_BYTES = 4096

/**
 * Checksums of large data on its way through a node: the frame it came in, the log, the frames to
 * other nodes and the store all need one of the very same bytes, which are looked at once.
 *
 * A checksum is of what the data held when it was first asked for. Nobody ever changes such data;
 * should it happen all the same, what is stored has a checksum that does not match, and is found
 * damaged: looking again would make the change look right.
 */
export class DataChecksums {
  readonly #known = new WeakMap<Uint8Array, MarkedChecksum>()

  of(data: Uint8Array): number {
    return data.length < REMEMBERED_BYTES_MIN ? checksumOf(data) : this.#marked(data).whole
  }

  /** Null when nobody has asked for that of the data: it may be no data that stays as it is. */
  ofPart(data: Uint8Array, start: number, end: number): number | null {
    assert(start >= 0 && start <= end && end <= data.length, 'a part is within its data')
    const marked = this.#known.get(data)
    if (marked === undefined) return null
    // What was before adds itself, shifted, to what is there; adding it once more takes it away.
    return crc32cJoined(marked.through(start), marked.through(end), end - start)
  }

  #marked(data: Uint8Array): MarkedChecksum {
    const known = this.#known.get(data)
    if (known !== undefined) return known
    const marked = new MarkedChecksum(data)
    this.#known.set(data, marked)
    return marked
  }
}

/** The checksum of some bytes, with marks on the way to it. */
class MarkedChecksum {
  readonly whole: number
  /** Words begin only at multiples of four. */
  readonly #head: Uint8Array
  readonly #rest: Uint8Array
  readonly #words: Int32Array
  /** Of all that comes before each MARK_BYTES of the rest. */
  readonly #marks: Uint32Array

  constructor(data: Uint8Array) {
    const headBytes = -data.byteOffset & 3
    this.#head = data.subarray(0, headBytes)
    this.#rest = data.subarray(headBytes)
    this.#words = wordsOf(this.#rest)
    this.#marks = new Uint32Array(Math.ceil(this.#rest.length / MARK_BYTES))
    let sum = crc32c(this.#head, 0, headBytes, 0)
    for (let mark = 0; mark < this.#marks.length; mark++) {
      this.#marks[mark] = sum
      sum = this.#continued(mark, Math.min((mark + 1) * MARK_BYTES, this.#rest.length))
    }
    this.whole = sum
  }

  /** Of the first so many bytes. */
  through(bytes: number): number {
    const end = bytes - this.#head.length
    if (end <= 0) return crc32c(this.#head, 0, bytes, 0)
    // At the very end it goes on from the last mark.
    return this.#continued(Math.floor((end - 1) / MARK_BYTES), end)
  }

  #continued(mark: number, end: number): number {
    const seed = this.#marks[mark]
    assert(seed !== undefined, 'every byte has a mark before it')
    return crc32cWords(this.#rest, this.#words, mark * MARK_BYTES, end, seed)
  }
}

function checksumOf(data: Uint8Array): number {
  return crc32c(data, 0, data.length, 0)
}

/** The bytes begin at a multiple of four. */
function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
}
