/**
 * JSON as messages, as the gateway of etcd reads it: names as in the description or in lowerCamel,
 * numbers also as texts, enumerations by name or number, null for what is absent. Fields that are
 * not known are passed over. Two values for one field are refused, as etcd does since 3.6: nobody
 * could say which of them was meant.
 *
 * What a client names never becomes the name of a property: fields are found in a map, and values
 * are kept by position.
 */

import { assert, JSON_ELEMENTS_MAX, KvError } from '../../base/index.ts'
import type { FieldSchema, MessageSchema } from '../schema.ts'
import { decodeUtf8 } from '../utf8.ts'
import { readBase64 } from './base64.ts'
import { Draft, type DraftValue } from './draft.ts'
import { floatingNumber, NUMBER_BYTES_MAX, RANGES, wholeNumber } from './json-number.ts'
import { type JsonKind, JsonScanner } from './json-scanner.ts'
import { enumerationName, mismatch, noList, noNumber } from './mismatch.ts'
import { keyText, type PlainType, type PlainValue } from './plain.ts'

const OBJECT_END = 0x7d
const ARRAY_END = 0x5d

/** The bytes of the message; nothing at all stands for an empty one. Fails with `BAD_REQUEST`. */
export function decodeJson(schema: MessageSchema, text: Uint8Array): Uint8Array {
  const scanner = new JsonScanner(text)
  if (scanner.isAtEnd()) return new Uint8Array(0)
  const draft = new MessageReader(scanner).top(schema)
  scanner.end()
  return draft.encode()
}

class MessageReader {
  readonly #scanner: JsonScanner
  #elements = 0

  constructor(scanner: JsonScanner) {
    this.#scanner = scanner
  }

  top(schema: MessageSchema): Draft {
    const kind = this.#scanner.kind()
    if (kind === 'object') return this.#message(schema)
    if (kind !== 'null') throw mismatch(kind, null)
    this.#scanner.null()
    return new Draft(schema)
  }

  #message(schema: MessageSchema): Draft {
    const scanner = this.#scanner
    const draft = new Draft(schema)
    const choices: number[] = []
    scanner.enter()
    for (let isFirst = true; scanner.next(OBJECT_END, isFirst); isFirst = false) {
      const name = textOf(scanner.name())
      const field = schema.fieldNamed(name)
      if (field === null) scanner.skip()
      else if (scanner.kind() === 'null') scanner.null()
      else {
        if (draft.has(field)) fail(`json: duplicate field ${JSON.stringify(name)}`)
        if (field.oneof >= 0 && choices.includes(field.oneof)) {
          fail(`json: field ${JSON.stringify(name)} excludes another that is set`)
        }
        if (field.oneof >= 0) choices.push(field.oneof)
        this.#field(draft, field)
      }
    }
    return draft
  }

  #field(draft: Draft, field: FieldSchema): void {
    if (!field.repeated) draft.set(field, this.#value(field))
    else if (field.message?.isMapEntry === true)
      draft.setAll(field, this.#entries(field, field.message))
    else draft.setAll(field, this.#list(field))
  }

  #list(field: FieldSchema): DraftValue[] {
    const scanner = this.#scanner
    const found = scanner.kind()
    if (found !== 'array') throw noList(found, field)
    const values: DraftValue[] = []
    scanner.enter()
    for (let isFirst = true; scanner.next(ARRAY_END, isFirst); isFirst = false) {
      this.#countElement()
      values.push(this.#value(field))
    }
    return values
  }

  #entries(field: FieldSchema, schema: MessageSchema): Draft[] {
    const scanner = this.#scanner
    const [keyField, valueField] = schema.fields
    assert(keyField !== undefined && valueField !== undefined, 'an entry has a key and a value')
    assert(keyField.type !== 'message', 'a key is plain')
    const entries = new Map<string, Draft>()
    const found = scanner.kind()
    if (found !== 'object') throw noList(found, field)
    scanner.enter()
    for (let isFirst = true; scanner.next(OBJECT_END, isFirst); isFirst = false) {
      this.#countElement()
      const name = scanner.name()
      const key = keyOf(keyField, keyField.type, name)
      if (entries.has(keyText(key))) fail(`json: duplicate key ${JSON.stringify(textOf(name))}`)
      const entry = new Draft(schema)
      entry.set(keyField, key)
      entry.set(valueField, this.#value(valueField))
      entries.set(keyText(key), entry)
    }
    return [...entries.values()]
  }

  /** The number of values bounds what a text can make of itself in memory. */
  #countElement(): void {
    this.#elements += 1
    if (this.#elements > JSON_ELEMENTS_MAX) fail('json: lists have too many elements')
  }

  #value(field: FieldSchema): DraftValue {
    const { type, message } = field
    switch (type) {
      case 'message':
        assert(message !== null, 'a field of messages knows which')
        this.#want('object', field)
        return this.#message(message)
      case 'bool':
        this.#want('bool', field)
        return this.#scanner.bool()
      case 'string':
        this.#want('string', field)
        return checkedText(this.#scanner.string())
      case 'bytes':
        this.#want('string', field)
        return bytesOf(this.#scanner.string())
      case 'enum':
        return this.#enumeration(field)
      default:
        return numberOf(field, this.#numberText(field))
    }
  }

  #enumeration(field: FieldSchema): number {
    const { enumeration } = field
    assert(enumeration !== null, 'a field of an enumeration knows which')
    if (this.#scanner.kind() !== 'string') return Number(numberOf(field, this.#numberText(field)))
    const name = textOf(this.#scanner.string())
    const number = enumeration.numberOf(name)
    if (number !== null) return number
    const type = enumerationName(enumeration.name)
    return fail(`unknown value ${JSON.stringify(name)} for enum ${type}`)
  }

  /** Of a number, or of a text with a number in it. */
  #numberText(field: FieldSchema): string {
    if (this.#scanner.kind() === 'number') return this.#scanner.number()
    this.#want('string', field)
    const text = this.#scanner.string()
    if (text.length <= NUMBER_BYTES_MAX) return textOf(text)
    return fail(`json: a text of ${text.length} bytes is no number`)
  }

  #want(kind: JsonKind, field: FieldSchema): void {
    const found = this.#scanner.kind()
    if (found !== kind) throw mismatch(found, field)
  }
}

function keyOf(field: FieldSchema, type: PlainType, name: Uint8Array): PlainValue {
  if (type === 'string') return checkedText(name)
  const text = textOf(name.subarray(0, NUMBER_BYTES_MAX + 1))
  if (type !== 'bool') return numberOf(field, text)
  if (text !== 'true' && text !== 'false') fail('json: a key is neither true nor false')
  return text === 'true'
}

function numberOf(field: FieldSchema, text: string): number | bigint {
  const { type } = field
  if (type === 'float' || type === 'double') {
    const value = floatingNumber(text, type)
    if (value === null) throw noNumber(text, field)
    return value
  }
  const range = RANGES[type]
  assert(range !== undefined, 'every other type is one of whole numbers')
  const value = wholeNumber(text)
  if (value === null || value < range.min || value > range.max) {
    throw noNumber(text, field)
  }
  return type.endsWith('64') ? value : Number(value)
}

function bytesOf(text: Uint8Array): Uint8Array {
  const bytes = readBase64(text)
  return typeof bytes === 'number' ? fail(`illegal base64 data at input byte ${bytes}`) : bytes
}

function checkedText(utf8: Uint8Array): Uint8Array {
  textOf(utf8)
  return utf8
}

function textOf(utf8: Uint8Array): string {
  return decodeUtf8(utf8, 0, utf8.length) ?? fail('json: a text is not valid UTF-8')
}

function fail(text: string): never {
  throw new KvError('BAD_REQUEST', text)
}
