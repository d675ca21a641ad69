import assert from 'node:assert/strict'
import type { Field } from './hpack-writer.ts'
import { huffmanDecode } from './huffman.ts'
import { STATIC_TABLE } from './static-table.ts'

/** Reads header blocks of the other side and fails on every byte that RFC 7541 does not allow. */
export class HpackReader {
  #table: Field[] = []
  #size = 0
  #sizeMax = 4096
  /** What we allow: SETTINGS_HEADER_TABLE_SIZE. */
  allowed = 4096
  /** The sizes that the other side declared at the start of its blocks (§6.3). */
  readonly sizeUpdates: number[] = []

  get entries(): number {
    return this.#table.length
  }

  get size(): number {
    return this.#size
  }

  read(bytes: Buffer): Field[] {
    const cursor = new Cursor(bytes)
    const fields: Field[] = []
    while (!cursor.atEnd) {
      const first = cursor.peek()
      if ((first & 0x80) !== 0) fields.push(this.#entry(cursor.integer(7)))
      else if ((first & 0xc0) === 0x40) fields.push(this.#insert(this.#literal(cursor, 6)))
      else if ((first & 0xe0) === 0x20) this.#resize(cursor.integer(5), fields.length)
      else fields.push(this.#literal(cursor, 4))
    }
    return fields
  }

  #literal(cursor: Cursor, prefixBits: number): Field {
    const index = cursor.integer(prefixBits)
    const name = index === 0 ? cursor.text() : this.#entry(index)[0]
    return [name, cursor.text()]
  }

  #entry(index: number): Field {
    assert.ok(index > 0, 'index 0 is not used (RFC 7541 §6.1)')
    const entry = STATIC_TABLE[index - 1] ?? this.#table[index - STATIC_TABLE.length - 1]
    assert.ok(entry !== undefined, `index ${index} is in no table (RFC 7541 §2.3.3)`)
    return entry
  }

  #insert(field: Field): Field {
    this.#table.unshift(field)
    this.#size += sizeOf(field)
    this.#evict()
    return field
  }

  #resize(size: number, fieldsBefore: number): void {
    assert.equal(fieldsBefore, 0, 'a size update stands at the start of a block (RFC 7541 §4.2)')
    assert.ok(size <= this.allowed, `the table may hold ${this.allowed} octets, not ${size} (§6.3)`)
    this.sizeUpdates.push(size)
    this.#sizeMax = size
    this.#evict()
  }

  #evict(): void {
    while (this.#size > this.#sizeMax) {
      const oldest = this.#table.pop()
      assert.ok(oldest !== undefined)
      this.#size -= sizeOf(oldest)
    }
  }
}

/** RFC 7541 §4.1. */
function sizeOf([name, value]: Field): number {
  return name.length + value.length + 32
}

class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  peek(): number {
    const octet = this.#bytes[this.#at]
    assert.ok(octet !== undefined, 'a header block ends in the middle of a representation')
    return octet
  }

  integer(prefixBits: number): number {
    const limit = 2 ** prefixBits - 1
    let value = this.#octet() & limit
    if (value < limit) return value
    for (let factor = 1; ; factor *= 128) {
      assert.ok(factor <= 128 ** 4, 'an integer of a header block is too long')
      const octet = this.#octet()
      value += (octet & 127) * factor
      if (octet < 128) return value
    }
  }

  text(): string {
    const huffman = (this.peek() & 0x80) !== 0
    const length = this.integer(7)
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    assert.equal(bytes.length, length, 'a string of a header block is cut off')
    this.#at += length
    const decoded = huffman ? huffmanDecode(bytes) : bytes.toString('latin1')
    assert.ok(decoded !== null, 'a Huffman string is padded wrongly or holds EOS (RFC 7541 §5.2)')
    return decoded
  }

  #octet(): number {
    const octet = this.peek()
    this.#at += 1
    return octet
  }
}
