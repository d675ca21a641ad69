/**
 * Messages as JSON, as the gateway of etcd writes them: names as in the description, in the order
 * of their numbers; values that are zero left out; 64-bit numbers and bytes (base64) as texts,
 * enumerations by name.
 *
 * A message is written straight from its bytes while its fields come in order, which those of
 * nearly every encoder do. One whose fields do not is put in order first.
 */

import { assert, KvError, WIRE_DEPTH_MAX } from '../../base/index.ts'
import { WireReader } from '../reader.ts'
import type { FieldSchema, MessageSchema } from '../schema.ts'
import { decodeUtf8 } from '../utf8.ts'
import { canonicalFields } from './canonical.ts'
import type { JsonOutput } from './json-output.ts'
import { fitsWireType, isPacked, isZero, keyText, PLAIN, type PlainValue } from './plain.ts'

const COMMA = 0x2c

/** Fails with `BAD_REQUEST` on bytes that are no message of this type. */
export function encodeJson(schema: MessageSchema, message: Uint8Array, output: JsonOutput): void {
  new MessageWriter(output).message(schema, new WireReader(message, 0, message.length))
}

class MessageWriter {
  readonly #output: JsonOutput
  #depth = 0

  constructor(output: JsonOutput) {
    this.#output = output
  }

  /** Up to the end of the message that the reader is in. */
  message(schema: MessageSchema, reader: WireReader): void {
    const output = this.#output
    this.#depth += 1
    if (this.#depth > WIRE_DEPTH_MAX + 1) {
      throw new KvError('BAD_REQUEST', 'protobuf: messages are nested too deeply')
    }
    const start = reader.position
    output.byte(0x7b)
    const mark = output.length
    const fields = new FieldWriter(this, output)
    if (!fields.all(schema, reader)) {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) reader.skip(tag)
      const sorted = canonicalFields(schema, reader.between(start, reader.position))
      output.rewind(mark)
      const again = new FieldWriter(this, output)
      const inOrder = again.all(schema, new WireReader(sorted, 0, sorted.length))
      assert(inOrder, 'fields that were put in order are in order')
    }
    output.byte(0x7d)
    this.#depth -= 1
  }

  /** One value of the field; true when it is zero. */
  value(field: FieldSchema, reader: WireReader): boolean {
    const { type } = field
    if (type === 'message') {
      assert(field.message !== null, 'a field of messages knows which')
      const outer = reader.enter()
      this.message(field.message, reader)
      reader.leave(outer)
      return false
    }
    const value = PLAIN[type].read(reader)
    writePlain(this.#output, field, value)
    return isZero(value)
  }

  /** Key and value of an entry of a map; returns the key. */
  entry(schema: MessageSchema, reader: WireReader): string {
    const [keyField, valueField] = schema.fields
    assert(keyField !== undefined && keyField.type !== 'message', 'an entry has a plain key')
    assert(valueField !== undefined, 'an entry has a value')
    const content = canonicalFields(schema, reader.bytes())
    const inside = new WireReader(content, 0, content.length)
    let tag = inside.tag()
    let key: PlainValue = PLAIN[keyField.type].zero
    if (tag >>> 3 === keyField.number) {
      key = PLAIN[keyField.type].read(inside)
      tag = inside.tag()
    }
    const text = keyText(key)
    this.#output.text(new TextEncoder().encode(text))
    this.#output.byte(0x3a)
    if (tag !== 0) this.value(valueField, inside)
    else if (valueField.type === 'message') this.#output.ascii('{}')
    else writePlain(this.#output, valueField, PLAIN[valueField.type].zero)
    return text
  }
}

/** Writes the fields of one message, between its braces. */
class FieldWriter {
  readonly #messages: MessageWriter
  readonly #output: JsonOutput
  readonly #start: number
  /** The field that came last. */
  #last: FieldSchema | null = null
  /** The repeated field whose bracket is open. */
  #open: FieldSchema | null = null
  #choices: number[] | null = null
  #keys: Set<string> | null = null

  constructor(messages: MessageWriter, output: JsonOutput) {
    this.#messages = messages
    this.#output = output
    this.#start = output.length
  }

  /** False when they are not in order; then there is more to read. */
  all(schema: MessageSchema, reader: WireReader): boolean {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      const field = schema.field(tag >>> 3)
      if (field === null || !fitsWireType(field, tag & 7)) {
        reader.skip(tag)
        continue
      }
      if (!this.#isInOrder(field)) {
        reader.skip(tag)
        return false
      }
      if (field !== this.#last) this.#closeOpen()
      this.#last = field
      if (!field.repeated) this.#single(field, reader)
      else if (field.message?.isMapEntry !== true) this.#elements(field, tag & 7, reader)
      else if (!this.#entry(field, field.message, reader)) return false
    }
    this.#closeOpen()
    return true
  }

  #isInOrder(field: FieldSchema): boolean {
    if (this.#last !== null && field.number <= this.#last.number) {
      return field === this.#last && field.repeated
    }
    if (field.oneof < 0) return true
    this.#choices ??= []
    if (this.#choices.includes(field.oneof)) return false
    this.#choices.push(field.oneof)
    return true
  }

  #single(field: FieldSchema, reader: WireReader): void {
    const mark = this.#output.length
    this.#name(field)
    const zero = this.#messages.value(field, reader)
    if (zero && !field.hasPresence) this.#output.rewind(mark)
  }

  #elements(field: FieldSchema, wireType: number, reader: WireReader): void {
    if (!isPacked(field, wireType)) {
      this.#element(field, reader)
      return
    }
    const outer = reader.enter()
    while (reader.hasMore) this.#element(field, reader)
    reader.leave(outer)
  }

  #element(field: FieldSchema, reader: WireReader): void {
    this.#openFor(field)
    this.#messages.value(field, reader)
  }

  #entry(field: FieldSchema, schema: MessageSchema, reader: WireReader): boolean {
    if (this.#open !== field) this.#keys = new Set()
    this.#openFor(field)
    const key = this.#messages.entry(schema, reader)
    if (this.#keys?.has(key) === true) return false
    this.#keys?.add(key)
    return true
  }

  /** What stands before an element. */
  #openFor(field: FieldSchema): void {
    if (this.#open === field) {
      this.#output.byte(COMMA)
      return
    }
    this.#name(field)
    this.#output.byte(field.message?.isMapEntry === true ? 0x7b : 0x5b)
    this.#open = field
  }

  #closeOpen(): void {
    if (this.#open === null) return
    this.#output.byte(this.#open.message?.isMapEntry === true ? 0x7d : 0x5d)
    this.#open = null
  }

  #name({ name }: FieldSchema): void {
    this.#output.ascii(this.#output.length > this.#start ? `,"${name}":` : `"${name}":`)
  }
}

function writePlain(output: JsonOutput, field: FieldSchema, value: PlainValue): void {
  if (typeof value === 'boolean') output.ascii(value ? 'true' : 'false')
  else if (typeof value === 'bigint') output.ascii(`"${value}"`)
  else if (typeof value === 'number') writeNumber(output, field, value)
  else if (field.type === 'bytes') output.base64(value)
  else writeText(output, value)
}

function writeNumber(output: JsonOutput, field: FieldSchema, value: number): void {
  const name = field.enumeration?.nameOf(value) ?? null
  if (name !== null) output.ascii(`"${name}"`)
  else if (!Number.isFinite(value)) output.ascii(`"${value}"`)
  else output.ascii(Object.is(value, -0) ? '-0' : String(value))
}

function writeText(output: JsonOutput, utf8: Uint8Array): void {
  if (decodeUtf8(utf8, 0, utf8.length) === null) {
    throw new KvError('BAD_REQUEST', 'protobuf: a text is not valid UTF-8')
  }
  output.text(utf8)
}
