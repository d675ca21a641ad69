/** Decoding header blocks: RFC 7541 §3.2 and §6, and the limits of RFC 9113 §4.3 and §6.5.2. */

import { assert, RPC_HPACK_BLOCK_OCTETS_MAX, RPC_HPACK_BLOCKS_BYTES_MAX } from '../../base/index.ts'
import { BlockReader } from './block-reader.ts'
import { DynamicTable } from './dynamic-table.ts'
import { FIELD_OVERHEAD_BYTES, HeaderList } from './header-list.ts'
import { HpackError } from './hpack-error.ts'
import { OctetMemo } from './octet-memo.ts'
import { STATIC_ENTRIES, staticName, staticValue } from './static-table.ts'

/** The first octet tells the representation (RFC 7541 §6); the rest of it begins an integer. */
const INDEXED = 0x80
const INDEXED_MASK = 0x7f
const LITERAL_INDEXED = 0x40
const LITERAL_INDEXED_MASK = 0x3f
const SIZE_UPDATE = 0x20
const SIZE_UPDATE_MASK = 0x1f
/** Both without indexing and never indexed: the difference concerns those who pass fields on. */
const LITERAL_MASK = 0x0f

/** RFC 7541 §4.2: the smallest size of the interval, then the final one. */
const SIZE_UPDATES_MAX = 2

const BLOCKS = { octetsMax: RPC_HPACK_BLOCK_OCTETS_MAX, bytesMax: RPC_HPACK_BLOCKS_BYTES_MAX }

const NONE = -1

export interface HpackDecoderOptions {
  /**
   * The size of the dynamic table that the peer's encoder begins with: in HTTP/2 always 4,096 (RFC
   * 9113 §6.5.2). A different setting of ours holds from its acknowledgement on; then
   * `setTableBytesMax` is called.
   */
  readonly tableBytesMax: number
  /** Lists of a larger size are reported as too large, and not kept. */
  readonly listBytesMax: number
}

/** What a connection's dynamic table holds: for tests and for people. */
export interface TableState {
  readonly bytes: number
  readonly bytesMax: number
  /** Name, value …, newest first. */
  readonly fields: readonly string[]
}

/**
 * The decoder of one direction of a connection. Header blocks must come whole and in their order.
 * After an HpackError the connection is over, and every further block is refused.
 */
export class HpackDecoder {
  readonly #listBytesMax: number
  readonly #table: DynamicTable
  #tableBytesMax: number
  /** The smallest limit since the last block, if the peer must tell that it obeys; or NONE. */
  #owedBytesMax = NONE
  /**
   * Null until something repeats, while a block is being decoded, and when nothing may be reused.
   */
  #known: OctetMemo<HeaderList> | null = null
  #reader: BlockReader | null = null
  #failed = false

  /** The fields of the block at hand; null when they are too large. */
  #fields: string[] | null = null
  #size = 0
  #usesTable = false
  #changesTable = false

  constructor({ tableBytesMax, listBytesMax }: HpackDecoderOptions) {
    assert(Number.isSafeInteger(listBytesMax) && listBytesMax >= 0, 'lists have a limit')
    this.#listBytesMax = listBytesMax
    this.#tableBytesMax = tableBytesMax
    this.#table = new DynamicTable(tableBytesMax)
  }

  /** The meaning of the block from `start` up to but without `end`. Throws HpackError. */
  decode(bytes: Uint8Array, start: number, end: number): HeaderList {
    const known = this.#known
    if (known !== null) {
      const list = known.find(bytes, start, end)
      if (list !== null) return list
    }
    return this.#decodeNew(bytes, start, end)
  }

  /**
   * The peer has acknowledged that its encoder's table may have this size. When it must shrink, the
   * next block has to begin with an update that says so (RFC 7541 §4.2).
   */
  setTableBytesMax(bytesMax: number): void {
    assert(Number.isSafeInteger(bytesMax) && bytesMax >= 0, 'a table has a size')
    this.#tableBytesMax = bytesMax
    if (bytesMax >= this.#table.bytesMax) return
    this.#owedBytesMax =
      this.#owedBytesMax === NONE ? bytesMax : Math.min(bytesMax, this.#owedBytesMax)
    // The next block is wrong without an update, whatever it meant before.
    this.#known = null
  }

  get tableState(): TableState {
    const table = this.#table
    const fields: string[] = []
    for (let position = 0; position < table.count; position++) {
      fields.push(table.nameAt(position), table.valueAt(position))
    }
    return { bytes: table.bytes, bytesMax: table.bytesMax, fields }
  }

  #decodeNew(bytes: Uint8Array, start: number, end: number): HeaderList {
    if (this.#failed) throw new HpackError('failed-before')
    // Undone at the end: a block that throws in between leaves the decoder failed, without memory.
    this.#failed = true
    const known = this.#known
    this.#known = null
    this.#reader ??= new BlockReader()
    const reader = this.#reader
    reader.open(bytes, start, end)
    this.#fields = []
    this.#size = 0
    this.#usesTable = false
    this.#changesTable = false
    this.#readUpdates(reader)
    while (!reader.atEnd) this.#readField(reader)
    reader.close()
    const list = new HeaderList(this.#fields, this.#size)
    this.#fields = null
    this.#failed = false
    this.#known = known ?? new OctetMemo(BLOCKS)
    if (this.#changesTable) known?.dropTableUsers()
    else if (known?.comesAgain(end - start)) {
      const usesTable = this.#usesTable
      known.keep(bytes, start, end, { value: list, bytes: list.size, usesTable })
    }
    return list
  }

  #readUpdates(reader: BlockReader): void {
    const owed = this.#owedBytesMax
    let count = 0
    for (; !reader.atEnd && isSizeUpdate(reader.peek()); count++) {
      if (count === SIZE_UPDATES_MAX) throw new HpackError('update-repeated')
      const bytesMax = reader.integer(reader.octet(), SIZE_UPDATE_MASK)
      if (bytesMax > this.#tableBytesMax) throw new HpackError('update-too-large')
      if (count === 0 && owed !== NONE && bytesMax > owed) throw new HpackError('update-missing')
      this.#table.resize(bytesMax)
      this.#changesTable = true
    }
    if (count === 0 && owed !== NONE) throw new HpackError('update-missing')
    this.#owedBytesMax = NONE
    assert(this.#table.bytesMax <= this.#tableBytesMax, 'the table keeps to the limit')
  }

  #readField(reader: BlockReader): void {
    const first = reader.octet()
    if (first >= INDEXED) this.#readIndexed(reader.integer(first, INDEXED_MASK))
    else if (first >= LITERAL_INDEXED) {
      this.#readLiteral(reader, reader.integer(first, LITERAL_INDEXED_MASK), true)
    } else if (first >= SIZE_UPDATE) throw new HpackError('update-misplaced')
    else this.#readLiteral(reader, reader.integer(first, LITERAL_MASK), false)
  }

  #readIndexed(index: number): void {
    if (index === 0) throw new HpackError('index-zero')
    if (index <= STATIC_ENTRIES) this.#add(staticName(index), staticValue(index))
    else {
      const position = this.#dynamicPosition(index)
      this.#add(this.#table.nameAt(position), this.#table.valueAt(position))
    }
  }

  #readLiteral(reader: BlockReader, nameIndex: number, indexing: boolean): void {
    if (!indexing && this.#fields === null) {
      const nameLength = nameIndex === 0 ? reader.skipText() : this.#nameOf(nameIndex).length
      this.#size += nameLength + reader.skipText() + FIELD_OVERHEAD_BYTES
      return
    }
    const name = nameIndex === 0 ? readText(reader, indexing) : this.#nameOf(nameIndex)
    const value = readText(reader, indexing)
    this.#add(name, value)
    if (!indexing) return
    this.#table.add(name, value)
    this.#changesTable = true
  }

  #nameOf(index: number): string {
    assert(index > 0, 'a name without an index is spelt out')
    return index <= STATIC_ENTRIES
      ? staticName(index)
      : this.#table.nameAt(this.#dynamicPosition(index))
  }

  #dynamicPosition(index: number): number {
    const position = index - STATIC_ENTRIES - 1
    if (position >= this.#table.count) throw new HpackError('index-beyond')
    this.#usesTable = true
    return position
  }

  #add(name: string, value: string): void {
    this.#size += name.length + value.length + FIELD_OVERHEAD_BYTES
    if (this.#size > this.#listBytesMax) this.#fields = null
    this.#fields?.push(name, value)
  }
}

function readText(reader: BlockReader, indexing: boolean): string {
  return indexing ? reader.text() : reader.repeatedText()
}

function isSizeUpdate(octet: number): boolean {
  return octet >= SIZE_UPDATE && octet < LITERAL_INDEXED
}
