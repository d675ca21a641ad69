/** A transaction as JSON, in the words of `POST /api/v1/txn`, for `quorate txn`. Pure. */

import { failureText } from '../failure-text.ts'
import {
  bad,
  type Condition,
  checkedScript,
  operandOf,
  relationOf,
  type Script,
  type Step,
  utf8,
} from './txn-script.ts'

type Fields = Readonly<Record<string, unknown>>

/** `{"if": [{"key", "field", "is", "to"}], "then": [{"op": "put", "key", "value"}], "else": []}` */
export function readJson(text: string): Script {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bad(`this is no valid JSON: ${failureText(error)}`)
  }
  const {
    if: conditions = [],
    then: steps = [],
    else: otherwise = [],
    ...more
  } = fieldsOf(value, 'it')
  refuse(more, 'a transaction', ['if', 'then', 'else'])
  return checkedScript({
    conditions: listOf(conditions, 'if').map((one, at) => condition(one, `if[${at}]`)),
    steps: listOf(steps, 'then').map((one, at) => step(one, `then[${at}]`)),
    otherwise: listOf(otherwise, 'else').map((one, at) => step(one, `else[${at}]`)),
  })
}

const FIELDS = ['value', 'version', 'revision', 'createRevision', 'lease'] as const

function condition(value: unknown, place: string): Condition {
  const { key: given, field, is, to, exists, ...more } = fieldsOf(value, place)
  refuse(more, place, ['key', 'field', 'is', 'to', 'exists'])
  const key = bytesOf(given, `${place}.key`)
  if (exists !== undefined) {
    if (typeof exists !== 'boolean') throw bad(`${place}.exists is true or false`)
    return { key, target: 'createRevision', relation: exists ? '>' : '=', operand: 0 }
  }
  const target = FIELDS.find((one) => one === field)
  if (target === undefined) throw bad(`${place}.field is ${FIELDS.join(', ')}`)
  const relation = typeof is === 'string' ? relationOf(is) : null
  if (relation === null) throw bad(`${place}.is is "=", "!=", "<" or ">"`)
  const at = `${place}.to`
  if (target === 'value') return { key, target, relation, operand: bytesOf(to, at) }
  const text = typeof to === 'number' ? String(to) : textOf(to, at)
  return { key, target, relation, operand: operandOf(target, text, at) }
}

const OPERATIONS = ['put', 'get', 'delete'] as const

function step(value: unknown, place: string): Step {
  const { op, key, prefix, value: given, lease, ...more } = fieldsOf(value, place)
  const known = OPERATIONS.find((one) => one === op)
  if (known === undefined) {
    throw bad(`${place}.op is ${OPERATIONS.join(', ')}, as in {"op": "get", "key": "a"}`)
  }
  refuse(more, place, ['op', 'key', 'prefix', 'value', 'lease'])
  if (known === 'get' && prefix !== undefined && key === undefined) {
    return { kind: 'list', prefix: bytesOf(prefix, `${place}.prefix`) }
  }
  if (prefix !== undefined) throw bad(`${place}.prefix is of "get" alone, without a key`)
  const bytes = bytesOf(key, `${place}.key`)
  if (known !== 'put') {
    const surplus = given ?? lease
    if (surplus !== undefined) throw bad(`${place}: "${known}" has neither value nor lease`)
    return { kind: known, key: bytes }
  }
  const at = `${place}.lease`
  const id = lease === undefined ? null : operandOf('lease', textOf(lease, at), at)
  return {
    kind: 'put',
    key: bytes,
    value: bytesOf(given, `${place}.value`),
    lease: typeof id === 'bigint' ? id : null,
  }
}

function fieldsOf(value: unknown, place: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw bad(`${place} is an object`)
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw bad(`${place} is a list`)
}

function textOf(value: unknown, place: string): string {
  if (typeof value === 'string') return value
  throw bad(`${place} is a text`)
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function bytesOf(value: unknown, place: string): Uint8Array {
  if (typeof value === 'string') return utf8(value)
  const isObject = typeof value === 'object' && value !== null && 'base64' in value
  const base64 = isObject ? value.base64 : null
  if (typeof base64 === 'string' && BASE64.test(base64)) {
    return new Uint8Array(Buffer.from(base64, 'base64'))
  }
  throw bad(`${place} is a text, or {"base64": "..."} for other bytes`)
}

function refuse(more: Fields, place: string, known: readonly string[]): void {
  const [name] = Object.keys(more)
  if (name === undefined) return
  throw bad(`${place} has no field ${JSON.stringify(name)}; it has ${known.join(', ')}`)
}
