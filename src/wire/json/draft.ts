/** A message of any type while it is put together, and how it is written. */

import { assert } from '../../base/index.ts'
import type { FieldSchema, MessageSchema } from '../schema.ts'
import { delimitedLength, uint32Length, writeUint32 } from '../writer.ts'
import { isZero, PLAIN, type PlainValue } from './plain.ts'

export type DraftValue = PlainValue | Draft

export class Draft {
  readonly schema: MessageSchema
  /** By position of the field: a list for what is repeated; null: absent. */
  readonly #values: (DraftValue | readonly DraftValue[] | null)[]
  /** Once it was measured. */
  #length = 0

  constructor(schema: MessageSchema) {
    this.schema = schema
    this.#values = new Array(schema.fields.length).fill(null)
  }

  has(field: FieldSchema): boolean {
    return this.#values[field.position] !== null
  }

  set(field: FieldSchema, value: DraftValue): void {
    assert(!field.repeated, 'a field of its own has one value')
    this.#values[field.position] = value
  }

  setAll(field: FieldSchema, values: readonly DraftValue[]): void {
    assert(field.repeated, 'a repeated field has a list')
    this.#values[field.position] = values
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#measure())
    const end = this.#write(bytes, 0)
    assert(end === bytes.length, 'a message is as long as it said')
    return bytes
  }

  #measure(): number {
    this.#length = 0
    for (const field of this.schema.fields) {
      const values = this.#sent(field)
      if (values.length === 0) continue
      const tags = field.packed ? 1 : values.length
      const content = contentLength(field, values)
      this.#length += tags * uint32Length(tagOf(field))
      this.#length += field.packed ? delimitedLength(content) : content
    }
    return this.#length
  }

  #write(target: Uint8Array, offset: number): number {
    let at = offset
    for (const field of this.schema.fields) {
      const values = this.#sent(field)
      if (values.length === 0) continue
      if (field.packed) {
        at = writeUint32(target, at, tagOf(field))
        at = writeUint32(target, at, contentLength(field, values))
      }
      for (const value of values) {
        if (!field.packed) at = writeUint32(target, at, tagOf(field))
        at = Draft.#writeValue(field, value, { target, at })
      }
    }
    return at
  }

  /** The values of the field that are sent, one by one. */
  #sent(field: FieldSchema): readonly DraftValue[] {
    const value = this.#values[field.position]
    if (value === null || value === undefined) return NONE
    if (isList(value)) return value
    const absent = !field.hasPresence && !(value instanceof Draft) && isZero(value)
    return absent ? NONE : [value]
  }

  static #writeValue(
    field: FieldSchema,
    value: DraftValue,
    { target, at }: { target: Uint8Array; at: number },
  ): number {
    if (value instanceof Draft) return value.#write(target, writeUint32(target, at, value.#length))
    assert(field.type !== 'message', 'a field of messages has messages')
    return PLAIN[field.type].write(target, at, value as never)
  }

  static lengthOf(field: FieldSchema, value: DraftValue): number {
    if (value instanceof Draft) return delimitedLength(value.#measure())
    assert(field.type !== 'message', 'a field of messages has messages')
    return PLAIN[field.type].length(value as never)
  }
}

const NONE: readonly DraftValue[] = []

function isList(value: DraftValue | readonly DraftValue[]): value is readonly DraftValue[] {
  return Array.isArray(value)
}

function contentLength(field: FieldSchema, values: readonly DraftValue[]): number {
  let length = 0
  for (const value of values) length += Draft.lengthOf(field, value)
  return length
}

function tagOf(field: FieldSchema): number {
  const wireType = field.packed || field.type === 'message' ? 2 : PLAIN[field.type].wireType
  return ((field.number << 3) | wireType) >>> 0
}
