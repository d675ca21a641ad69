/** `quorate txn` */

import { KvError, unreachable } from '../../base/index.ts'
import type { Comparison, Entry, TxnOperation } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { TXN } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { plural, type Style, shown, textOf } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { entryJson, printJson, styleFor } from './show.ts'
import { type Failed, failedConditions, failedJson, failedText, keysToTell } from './txn-failure.ts'
import { readJson } from './txn-json.ts'
import { type Condition, readLines, type Script, type Step } from './txn-script.ts'
import { readFile, readInput } from './value-input.ts'

type Operation = TxnOperation<Uint8Array>

export async function runTxn(call: CallOf<typeof TXN>, parts: CommandParts): Promise<number> {
  const { values } = call
  const { file } = values
  const bytes = file === undefined ? await readInput(parts) : readFile(file, parts)
  const script = scriptOf(bytes)
  return withStore(values, parts, async (store) => {
    const keys = keysToTell(script.conditions)
    const { succeeded, revision, results } = await store
      .txn()
      .if(...script.conditions.map(comparisonOf))
      .then(...script.steps.map(operationOf))
      // What is there is read before anything changes it.
      .else(...keys.map(readOf), ...script.otherwise.map(operationOf))
      .commit()
    const found = succeeded ? [] : (results.slice(0, keys.length) as (Entry<Uint8Array> | null)[])
    const failed = succeeded ? [] : failedConditions(script.conditions, found)
    const steps = succeeded ? script.steps : script.otherwise
    const outcomes = steps.map((step, at) => ({ step, result: results[at + found.length] }))
    const outcome = { succeeded, revision, failed, outcomes }
    if (values.json) tellProgram(outcome, parts)
    else tellPerson(outcome, styleFor(values, parts), parts)
    return succeeded ? STATUS.fine : STATUS.conditionFailed
  })
}

interface Outcome {
  readonly succeeded: boolean
  readonly revision: number
  readonly failed: readonly Failed[]
  readonly outcomes: readonly { readonly step: Step; readonly result: unknown }[]
}

function tellProgram({ succeeded, revision, failed, outcomes }: Outcome, parts: CommandParts) {
  const results = outcomes.map(({ step, result }) => resultJson(step, result))
  const more = succeeded ? {} : { failed: failed.map(failedJson) }
  printJson(parts, { succeeded, revision, ...more, results })
}

function tellPerson(outcome: Outcome, style: Style, { print }: CommandParts): void {
  const { succeeded, revision, failed, outcomes } = outcome
  const title = succeeded ? style.green('succeeded') : style.yellow('conditions do not hold')
  print(`${title} ${style.dim(`(revision ${revision})`)}`)
  for (const one of failed) print(`  ${failedText(one)}`)
  for (const { step, result } of outcomes) for (const line of resultLines(step, result)) print(line)
}

function scriptOf(bytes: Uint8Array): Script {
  const text = textOf(bytes)
  if (text === null) throw new KvError('BAD_REQUEST', 'a transaction is a text in UTF-8')
  return text.trimStart().startsWith('{') ? readJson(text) : readLines(text)
}

function comparisonOf({ key, target, relation, operand }: Condition): Comparison<Uint8Array> {
  if (typeof operand === 'bigint') {
    return { key, relation, operand: { target: 'lease', lease: operand } }
  }
  if (typeof operand === 'number') {
    const number = { target: target as 'version', number: operand }
    return { key, relation, operand: number }
  }
  return { key, relation, operand: { target: 'value', value: operand } }
}

function readOf(key: Uint8Array): Operation {
  return { kind: 'get', key }
}

function operationOf(step: Step): Operation {
  switch (step.kind) {
    case 'put': {
      const { key, value, lease } = step
      return { kind: 'put', key, value, options: lease === null ? {} : { lease } }
    }
    case 'get':
      return { kind: 'get', key: step.key }
    case 'delete':
      return { kind: 'delete', key: step.key, options: {} }
    case 'list':
      return { kind: 'list', range: { prefix: step.prefix }, limit: 0 }
    default:
      return unreachable(step)
  }
}

function resultJson(step: Step, result: unknown): unknown {
  if (step.kind === 'put') return {}
  if (step.kind === 'delete') {
    const { deleted } = result as { deleted: boolean }
    return { deleted: deleted ? 1 : 0 }
  }
  const found = result as Entry<Uint8Array> | readonly Entry<Uint8Array>[] | null
  const entries = found === null ? [] : [found].flat()
  return { entries: entries.map(entryJson), count: entries.length }
}

function resultLines(step: Step, result: unknown): readonly string[] {
  if (step.kind === 'list') {
    const entries = result as readonly Entry<Uint8Array>[]
    const lines = entries.map(({ keyBytes, value }) => `  ${shown(keyBytes)} = ${shown(value)}`)
    return [`list ${shown(step.prefix)}: ${plural(entries.length, 'key')}`, ...lines]
  }
  const key = shown(step.key)
  if (step.kind === 'put') return [`put ${key}: OK`]
  if (step.kind === 'get') {
    const entry = result as Entry<Uint8Array> | null
    return [`get ${key}: ${entry === null ? '(no such key)' : shown(entry.value)}`]
  }
  const { deleted } = result as { deleted: boolean }
  return [`del ${key}: ${deleted ? 'deleted' : '(no such key)'}`]
}
