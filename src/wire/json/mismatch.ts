/**
 * What is said of a value that does not fit: in the words of etcd's gateway, which are those of the
 * JSON library of Go, because tests and people compare them.
 */

import { KvError } from '../../base/index.ts'
import type { FieldSchema, FieldType } from '../schema.ts'
import type { JsonKind } from './json-scanner.ts'

const ANY_OBJECT = 'map[string]json.RawMessage'
const ANY_LIST = '[]json.RawMessage'

/** Types whose name in Go is another one. */
const TYPES: Readonly<Partial<Record<FieldType, string>>> = {
  message: ANY_OBJECT,
  bytes: '[]uint8',
  sint32: 'int32',
  sfixed32: 'int32',
  fixed32: 'uint32',
  sint64: 'int64',
  sfixed64: 'int64',
  fixed64: 'uint64',
  float: 'float32',
  double: 'float64',
}

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/

/** Null: of the message as a whole. */
export function mismatch(found: JsonKind, field: FieldSchema | null): KvError {
  const type = field === null ? ANY_OBJECT : valueType(field)
  return refusal(`json: cannot unmarshal ${found} into Go value of type ${type}`)
}

/** There is one value where a list, or the object that stands for a map, should be. */
export function noList(found: JsonKind, { message }: FieldSchema): KvError {
  const type = message?.isMapEntry === true ? ANY_OBJECT : ANY_LIST
  return refusal(`json: cannot unmarshal ${found} into Go value of type ${type}`)
}

/** Of a number, or of the text that one was looked for in. */
export function noNumber(text: string, field: FieldSchema): KvError {
  const [number = ''] = NUMBER.exec(text) ?? []
  const next = text[number.length]
  if (text === '') return refusal('unexpected end of JSON input')
  if (next !== undefined) {
    const place = number === '' ? 'looking for beginning of value' : 'after top-level value'
    return refusal(`invalid character '${next}' ${place}`)
  }
  return refusal(`json: cannot unmarshal number ${text} into Go value of type ${valueType(field)}`)
}

/** A type within another has an underscore in Go. */
export function enumerationName(name: string): string {
  return name.replace(/(\.[A-Z]\w*)\.(?=[A-Z])/g, '$1_')
}

function valueType({ type, enumeration }: FieldSchema): string {
  if (enumeration !== null) return enumerationName(enumeration.name)
  return TYPES[type] ?? type
}

function refusal(text: string): KvError {
  return new KvError('BAD_REQUEST', text)
}
