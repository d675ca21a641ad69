/**
 * Which conditions of a transaction did not hold, and what was there instead. Pure: what is there
 * was read within the transaction itself, so that nobody changed it in between.
 */

import { assert } from '../../base/index.ts'
import type { Entry } from '../../client/index.ts'
import { cut, jsonBytes, shown } from '../terminal/index.ts'
import { leaseText } from './show.ts'
import type { Condition, Relation } from './txn-script.ts'

type Found = Entry<Uint8Array> | null

/** What of a value fits into a line that has a key and another value, too. */
const VALUE_COLUMNS = 60
/** Each is read with its value, and all answers of a transaction come at once. */
const TOLD_MAX = 16

/** The keys to read for it, each once; more than a person looks at are not looked at at all. */
export function keysToTell(conditions: readonly Condition[]): readonly Uint8Array[] {
  const keys = new Map(conditions.map(({ key }) => [nameOf(key), key]))
  return keys.size > TOLD_MAX ? [] : [...keys.values()]
}

export interface Failed {
  readonly condition: Condition
  readonly found: Found
}

/** `found` is of `keysToTell`, one for one. */
export function failedConditions(
  conditions: readonly Condition[],
  found: readonly Found[],
): readonly Failed[] {
  const names = keysToTell(conditions).map(nameOf)
  if (names.length === 0) return []
  assert(names.length === found.length, 'every key that was to be read was read')
  const entries = new Map(names.map((name, at) => [name, found[at] ?? null]))
  return conditions
    .map((condition) => ({ condition, found: entries.get(nameOf(condition.key)) ?? null }))
    .filter((one) => !holds(one))
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1')
}

/** As etcd compares: what is not there has the number 0, and no value at all. */
function holds({ condition: { target, relation, operand }, found }: Failed): boolean {
  if (target === 'value') {
    return found !== null && related(Buffer.compare(found.value, operand as Uint8Array), relation)
  }
  const there = BigInt(found?.[target] ?? 0)
  const wanted = BigInt(operand as number | bigint)
  return related(there < wanted ? -1 : there > wanted ? 1 : 0, relation)
}

function related(order: number, relation: Relation): boolean {
  if (relation === '=') return order === 0
  if (relation === '!=') return order !== 0
  return relation === '<' ? order < 0 : order > 0
}

/** `version greeting > 3: it is 2` */
export function failedText({ condition, found }: Failed): string {
  const { key, target, relation, operand } = condition
  const name = shown(key)
  if (target === 'createRevision' && operand === 0) {
    if (relation === '>') return `exists ${name}: there is no such key`
    const since = found === null ? '' : `, since revision ${found.createRevision}`
    if (relation === '=') return `missing ${name}: the key is there${since}`
  }
  const word = WORDS[target]
  const wanted = operandText(operand)
  return `${word} ${name} ${relation} ${wanted}: ${foundText(target, found)}`
}

/** As they are written in the lines that are read. */
const WORDS: Readonly<Record<Condition['target'], string>> = {
  value: 'value',
  version: 'version',
  createRevision: 'create',
  revision: 'mod',
  lease: 'lease',
}

function foundText(target: Condition['target'], found: Found): string {
  if (found === null) return 'there is no such key'
  if (target === 'value') return `it is ${operandText(found.value)}`
  if (target === 'lease' && found.lease === 0n) return 'it has none'
  return `it is ${operandText(found[target])}`
}

function operandText(operand: Condition['operand']): string {
  if (typeof operand === 'number') return String(operand)
  if (typeof operand === 'bigint') return leaseText(operand) === '' ? '0' : leaseText(operand)
  return operand.length === 0 ? '""' : cut(shown(operand), VALUE_COLUMNS)
}

/** In the words of JSON that is read, and `found`: null when there is no such key. */
export function failedJson({ condition, found }: Failed): unknown {
  const { key, target, relation, operand } = condition
  return {
    ...jsonBytes('key', key),
    field: target,
    is: relation,
    ...operandJson('to', operand),
    ...(found === null ? { found: null } : operandJson('found', found[target])),
  }
}

function operandJson(name: string, operand: Condition['operand']): object {
  if (typeof operand === 'number') return { [name]: operand }
  if (typeof operand === 'bigint') return { [name]: operandText(operand) }
  return jsonBytes(name, operand)
}
