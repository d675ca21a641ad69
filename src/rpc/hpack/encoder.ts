/** Encoding header blocks: RFC 7541 §4.2 and §6. What is indexed says `name-facts.ts`. */

import {
  assert,
  RPC_HPACK_ENTRY_BYTES_MAX,
  RPC_HPACK_REMEMBERED_BYTES_MAX,
  RPC_HPACK_REMEMBERED_MAX,
  RPC_HPACK_SENT_TABLE_BYTES_MAX,
} from '../../base/index.ts'
import { BlockWriter } from './block-writer.ts'
import type { TableState } from './decoder.ts'
import { EncoderTable, entryBytes } from './encoder-table.ts'
import { latin1Text } from './latin1-text.ts'
import { POLICY_CHANGES, POLICY_LEARN, POLICY_SECRET } from './name-facts.ts'
import type { OutgoingHeaders, PlannedField } from './outgoing-headers.ts'

const INDEXED = 0x80
const INDEXED_MASK = 0x7f
const LITERAL_INDEXED = 0x40
const LITERAL_INDEXED_MASK = 0x3f
const SIZE_UPDATE = 0x20
const SIZE_UPDATE_MASK = 0x1f
const LITERAL_NEVER = 0x10
const LITERAL = 0x00
const LITERAL_MASK = 0x0f

/** Two updates, each an octet and at most four more. */
const UPDATES_BYTES_MAX = 10

/** Hashes of fields that came once; a power of two. */
const SEEN_ONCE = 16

const NONE = -1

interface RememberedBlock {
  readonly list: OutgoingHeaders
  /** One character an octet: an array of octets would cost 240 bytes beside them. */
  readonly octets: string
  readonly usesTable: boolean
}

export interface HpackEncoderOptions {
  /**
   * The size of the dynamic table that the peer's decoder begins with: in HTTP/2 always 4,096 (RFC
   * 9113 §6.5.2). When the peer's settings say otherwise, `setTableBytesMax` is called.
   */
  readonly tableBytesMax: number
}

/**
 * The encoder of one direction of a connection. Every block must be sent, in this order. One block
 * may be put together from several lists, encoded one behind the other: what is always the same
 * then stays one remembered list, and only the rest is made for each call. Settings are taken
 * between blocks, not between the lists of one.
 */
export class HpackEncoder {
  /** The size of the peer's table as last told. */
  #bytesMax: number
  /** What the next block begins with telling, and the smallest size since the last; or NONE. */
  #nextBytesMax = NONE
  #lowestBytesMax = NONE
  #table: EncoderTable | null = null
  #writer: BlockWriter | null = null
  #remembered: RememberedBlock[] = []
  /** The next to be replaced. */
  #hand = 0
  #seenOnce: number[] | null = null
  #usesTable = false
  #changesTable = false

  constructor({ tableBytesMax }: HpackEncoderOptions) {
    assert(Number.isSafeInteger(tableBytesMax) && tableBytesMax >= 0, 'a table has a size')
    this.#bytesMax = tableBytesMax
  }

  /** The peer's setting: to be called before its acknowledgement is sent. */
  setTableBytesMax(bytesMax: number): void {
    assert(Number.isSafeInteger(bytesMax) && bytesMax >= 0, 'a table has a size')
    const next = Math.min(bytesMax, RPC_HPACK_SENT_TABLE_BYTES_MAX)
    this.#lowestBytesMax = this.#nextBytesMax === NONE ? next : Math.min(next, this.#lowestBytesMax)
    this.#nextBytesMax = next
    // What is remembered does not begin with the updates.
    this.#remembered = []
    this.#hand = 0
  }

  /** As much room `encode` needs, whatever the state of the table. */
  lengthMax(list: OutgoingHeaders): number {
    return list.encodedBytesMax + UPDATES_BYTES_MAX
  }

  /** Writes the block at `offset` and returns the offset behind it. */
  encode(list: OutgoingHeaders, target: Uint8Array, offset: number): number {
    const remembered = this.#remembered
    for (let at = 0; at < remembered.length; at++) {
      const block = remembered[at] as RememberedBlock
      if (block.list === list) return copy(block.octets, target, offset)
    }
    return this.#encodeNew(list, target, offset)
  }

  get tableState(): TableState {
    const entries = this.#table?.entries ?? []
    const fields = entries.toReversed().flatMap(({ name, value }) => [name, value])
    return { bytes: this.#table?.bytes ?? 0, bytesMax: this.#bytesMax, fields }
  }

  #encodeNew(list: OutgoingHeaders, target: Uint8Array, offset: number): number {
    assert(offset + this.lengthMax(list) <= target.length, 'the target has room for the block')
    this.#writer ??= new BlockWriter()
    this.#table ??= new EncoderTable()
    const writer = this.#writer
    writer.open(target, offset)
    this.#usesTable = false
    this.#changesTable = false
    if (this.#nextBytesMax !== NONE) this.#writeUpdates(writer, this.#table)
    for (const field of list.plan) this.#writeField(writer, this.#table, field)
    const end = writer.close()
    assert(end - offset <= this.lengthMax(list), 'a block is no longer than announced')
    if (this.#changesTable) this.#forgetTableUsers()
    else if (list.sentBefore && end - offset <= RPC_HPACK_REMEMBERED_BYTES_MAX) {
      this.#remember(list, latin1Text(target, offset, end))
    }
    list.sentBefore = true
    return end
  }

  /** RFC 7541 §4.2: the smallest size since the last block, if it shrank, and the one from now. */
  #writeUpdates(writer: BlockWriter, table: EncoderTable): void {
    const next = this.#nextBytesMax
    const lowest = this.#lowestBytesMax
    this.#nextBytesMax = NONE
    if (lowest < this.#bytesMax) this.#writeUpdate(writer, table, lowest)
    if (next !== this.#bytesMax) this.#writeUpdate(writer, table, next)
  }

  #writeUpdate(writer: BlockWriter, table: EncoderTable, bytesMax: number): void {
    writer.integer(SIZE_UPDATE, SIZE_UPDATE_MASK, bytesMax)
    table.evictTo(bytesMax)
    this.#bytesMax = bytesMax
    this.#changesTable = true
  }

  #writeField(writer: BlockWriter, table: EncoderTable, field: PlannedField): void {
    const secret = field.policy === POLICY_SECRET
    const index = secret ? 0 : field.staticField || this.#used(table.findField(field))
    if (index !== 0) {
      writer.integer(INDEXED, INDEXED_MASK, index)
      return
    }
    const nameIndex = field.staticName || this.#used(table.findName(field))
    if (!secret && this.#isWorthAnEntry(table, field, nameIndex)) {
      writer.integer(LITERAL_INDEXED, LITERAL_INDEXED_MASK, nameIndex)
      table.add(field)
      this.#changesTable = true
    } else {
      writer.integer(secret ? LITERAL_NEVER : LITERAL, LITERAL_MASK, nameIndex)
    }
    if (nameIndex === 0) writer.text(field.name)
    writer.text(field.value)
  }

  #used(dynamicIndex: number): number {
    if (dynamicIndex !== 0) this.#usesTable = true
    return dynamicIndex
  }

  #isWorthAnEntry(table: EncoderTable, field: PlannedField, nameIndex: number): boolean {
    const room = Math.min(this.#bytesMax, RPC_HPACK_SENT_TABLE_BYTES_MAX)
    const bytes = entryBytes(field)
    if (bytes > RPC_HPACK_ENTRY_BYTES_MAX || table.bytes + bytes > room) return false
    if (field.policy === POLICY_CHANGES) return nameIndex === 0
    if (field.policy !== POLICY_LEARN) return true
    // A quarter is left to the fields that are known to repeat, whatever is learnt before.
    return table.bytes + bytes <= room * 0.75 && this.#comesAgain(field)
  }

  #comesAgain({ name, hash: valueHash }: PlannedField): boolean {
    // Equal hashes of different fields do no harm: one of them is entered too early.
    const hash = valueHash ^ Math.imul(name.length, 0x01000193)
    this.#seenOnce ??= new Array(SEEN_ONCE).fill(0)
    const at = hash & (SEEN_ONCE - 1)
    if (this.#seenOnce[at] === hash) return true
    this.#seenOnce[at] = hash
    return false
  }

  #remember(list: OutgoingHeaders, octets: string): void {
    this.#remembered[this.#hand] = { list, octets, usesTable: this.#usesTable }
    this.#hand = (this.#hand + 1) % RPC_HPACK_REMEMBERED_MAX
    assert(this.#remembered.length <= RPC_HPACK_REMEMBERED_MAX, 'memory of lists is bounded')
  }

  #forgetTableUsers(): void {
    this.#remembered = this.#remembered.filter((block) => !block.usesTable)
    this.#hand = this.#remembered.length % RPC_HPACK_REMEMBERED_MAX
  }
}

function copy(octets: string, target: Uint8Array, offset: number): number {
  const length = octets.length
  assert(offset + length <= target.length, 'the target has room for the block')
  for (let at = 0; at < length; at++) target[offset + at] = octets.charCodeAt(at)
  return offset + length
}
