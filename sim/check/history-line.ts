/** One line of a history file, checked field by field. Nothing in it is trusted. */

import {
  type CasAction,
  type HistoryAction,
  HistoryError,
  type ListStep,
  type Outcome,
  type Scalar,
} from './history.ts'

export type LineType = 'invoke' | Outcome
export type FunctionName = 'read' | 'write' | 'cas' | 'delete' | 'txn'

export interface Fields {
  readonly line: number
  readonly type: LineType
  readonly process: number | string | null
  readonly f: FunctionName | null
  readonly key: string | null
  /** Undefined when the line has none; null is the value of a key that is not there. */
  readonly value: unknown
  readonly time: number | null
  readonly start: number | null
  readonly end: number | null
  readonly applied: boolean | null
  readonly found: boolean | null
}

const TYPES: ReadonlySet<unknown> = new Set(['invoke', 'ok', 'fail', 'info'])
const FUNCTIONS: ReadonlySet<unknown> = new Set(['read', 'write', 'cas', 'delete', 'txn'])

export function readFields(text: string, line: number): Fields {
  const record = parseObject(text, line)
  const type = record.get('type')
  if (!TYPES.has(type)) bad(line, '"type" must be invoke, ok, fail or info', type)
  const f = record.get('f') ?? null
  if (f !== null && !FUNCTIONS.has(f)) {
    bad(line, '"f" must be read, write, cas, delete or txn', f)
  }
  return {
    line,
    type: type as LineType,
    process: readProcess(record.get('process'), line),
    f: f as FunctionName | null,
    key: readKey(record.get('key'), line),
    value: record.get('value'),
    time: readNumber(record, 'time', line),
    start: readNumber(record, 'start', line),
    end: readNumber(record, 'end', line),
    applied: readBoolean(record, 'applied', line),
    found: readBoolean(record, 'found', line),
  }
}

function parseObject(text: string, line: number): Map<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new HistoryError('BAD_REQUEST', 'the line is not JSON', { line, cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    bad(line, 'the line is not a JSON object', parsed)
  }
  return new Map(Object.entries(parsed))
}

function readProcess(value: unknown, line: number): number | string | null {
  if (value === undefined) return null
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value as number | string
  return bad(line, '"process" must be a whole number or a string', value)
}

/** A number and its decimal text name the same key; no key at all is the one register "". */
function readKey(value: unknown, line: number): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (Number.isSafeInteger(value)) return String(value)
  return bad(line, '"key" must be a string or a whole number', value)
}

function readNumber(record: Map<string, unknown>, name: string, line: number): number | null {
  const value = record.get(name)
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return bad(line, `"${name}" must be a number`, value)
}

function readBoolean(record: Map<string, unknown>, name: string, line: number): boolean | null {
  const value = record.get(name)
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value
  return bad(line, `"${name}" must be true or false`, value)
}

/** What the line says was done; with an outcome other than `ok`, what was read means nothing. */
export function readAction(fields: Fields, outcome: Outcome): HistoryAction {
  const { line, f, value } = fields
  if (f === null) return bad(line, '"f" is missing', undefined)
  if (f === 'txn') return { kind: 'transaction', steps: readSteps(value, outcome, line) }
  const key = fields.key ?? ''
  switch (f) {
    case 'read':
      return { kind: 'read', key, value: outcome === 'ok' ? readScalar(value, line) : null }
    case 'write':
      return { kind: 'write', key, value: readScalar(value, line) }
    case 'cas':
      return readCas(fields, key)
    case 'delete':
      return { kind: 'delete', key, found: fields.found }
  }
}

function readCas({ line, value, applied }: Fields, key: string): CasAction {
  if (!Array.isArray(value) || value.length !== 2) {
    return bad(line, 'the "value" of a cas must be [from, to]', value)
  }
  const from = readScalar(value[0], line)
  const to = readScalar(value[1], line)
  return { kind: 'cas', key, from, to, applied: applied ?? true }
}

function readScalar(value: unknown, line: number): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value === undefined) return bad(line, '"value" is missing', undefined)
  return bad(line, 'a value must be a string, a number, true, false or null', value)
}

function readSteps(value: unknown, outcome: Outcome, line: number): ListStep[] {
  if (!Array.isArray(value)) return bad(line, 'the "value" of a txn must be a list', value)
  return value.map((step) => readStep(step, outcome, line))
}

function readStep(step: unknown, outcome: Outcome, line: number): ListStep {
  if (!Array.isArray(step) || step.length !== 3) {
    return bad(line, 'a step must be ["r", key, list] or ["append", key, element]', step)
  }
  const key = readKey(step[1], line)
  if (key === null) return bad(line, 'a step needs a key', step)
  if (step[0] === 'append') {
    if (Number.isSafeInteger(step[2])) return { kind: 'append', key, element: step[2] as number }
    return bad(line, 'an appended element must be a whole number', step[2])
  }
  if (step[0] !== 'r') return bad(line, 'a step must be "r" or "append"', step[0])
  return { kind: 'read', key, list: outcome === 'ok' ? readList(step[2], line) : null }
}

/** null is the list of a key that is not there, which is the empty one. */
function readList(value: unknown, line: number): readonly number[] {
  if (value === null) return []
  if (Array.isArray(value) && value.every(Number.isSafeInteger)) return value as number[]
  return bad(line, 'a list that was read must hold whole numbers', value)
}

/** Shows what stood there, cut short. */
export function bad(line: number, text: string, value: unknown): never {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value)
  const short = shown.length <= 40 ? shown : `${shown.slice(0, 37)}...`
  throw new HistoryError('BAD_REQUEST', `${text}, not ${short}`, { line })
}
