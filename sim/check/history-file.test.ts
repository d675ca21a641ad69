import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../../src/base/index.ts'
import { HistoryError, type HistoryOperation } from './history.ts'
import { formatOperation, HISTORY_LIMITS, parseHistory } from './history-file.ts'
import { LineSplitter } from './line-splitter.ts'
import { toHistory } from './recorded.ts'
import { execute, makePlan } from './testing/generate.ts'

const NEVER = Number.POSITIVE_INFINITY

function operations(...lines: string[]): readonly HistoryOperation[] {
  const { registers, transactions } = parseHistory(lines)
  return [...registers, ...transactions]
}

function refusal(...lines: string[]): HistoryError {
  try {
    parseHistory(lines)
  } catch (error) {
    assert.ok(error instanceof HistoryError, String(error))
    return error
  }
  return assert.fail(`accepted: ${lines.join(' | ')}`)
}

test('a call and its completion make one operation, in the order of lines', () => {
  assert.deepEqual(
    operations(
      '{"process":1,"type":"invoke","f":"write","key":"x","value":5}',
      '{"process":"b","type":"invoke","f":"read","key":"x","value":null}',
      '',
      '{"process":"b","type":"ok","f":"read","key":"x","value":5}',
      '{"process":1,"type":"ok"}',
    ),
    [
      { kind: 'read', key: 'x', value: 5, process: 'b', start: 2, end: 4, outcome: 'ok' },
      { kind: 'write', key: 'x', value: 5, process: 1, start: 1, end: 5, outcome: 'ok' },
    ],
  )
})

test('times are taken where they are given', () => {
  const [operation] = operations(
    '{"process":1,"type":"invoke","f":"cas","key":1,"value":[null,"b"],"time":10.5}',
    '{"process":1,"type":"ok","time":12,"applied":false,"other":{}}',
  )
  const action = { kind: 'cas', key: '1', from: null, to: 'b', applied: false }
  assert.deepEqual(operation, { ...action, process: 1, start: 10.5, end: 12, outcome: 'ok' })
})

test('what nobody heard of stays open, and its process may go on', () => {
  const history = operations(
    '{"process":1,"type":"invoke","f":"write","value":true}',
    '{"process":1,"type":"info","f":"write"}',
    '{"process":1,"type":"invoke","f":"delete"}',
    '{"process":2,"type":"invoke","f":"read"}',
    '{"process":2,"type":"fail"}',
  )
  assert.deepEqual(
    history.map(({ kind, outcome, end }) => [kind, outcome, end]),
    [
      ['write', 'info', NEVER],
      ['read', 'fail', 5],
      ['delete', 'info', NEVER],
    ],
  )
})

test('a whole operation stands in one line', () => {
  assert.deepEqual(
    operations(
      '{"type":"ok","f":"delete","key":"x","found":true,"start":1,"end":2}',
      '{"process":3,"type":"info","f":"write","key":"x","value":1,"start":4,"end":9}',
    ),
    [
      { kind: 'delete', key: 'x', found: true, process: 'line 1', start: 1, end: 2, outcome: 'ok' },
      { kind: 'write', key: 'x', value: 1, process: 3, start: 4, end: NEVER, outcome: 'info' },
    ],
  )
})

test('a transaction learns from its completion what it read', () => {
  const [operation] = operations(
    '{"process":1,"type":"invoke","f":"txn","value":[["append","x",3],["r","y",null]]}',
    '{"process":1,"type":"ok","f":"txn","value":[["append","x",3],["r","y",[1,2]]]}',
  )
  assert.deepEqual(operation?.kind === 'transaction' && operation.steps, [
    { kind: 'append', key: 'x', element: 3 },
    { kind: 'read', key: 'y', list: [1, 2] },
  ])
})

const CALL = '{"process":1,"type":"invoke","f":"write","key":"x","value":5}'
const READ = '{"process":1,"type":"invoke","f":"read","key":"x"}'
const APPEND = '{"process":1,"type":"invoke","f":"txn","value":[["append","x",3]]}'

test('a bad line is refused with its number and what is wrong with it', () => {
  const table: readonly [RegExp, ...string[]][] = [
    [/^line 1: the line is not JSON$/, '{"type"'],
    [/^line 1: .*not a JSON object/, '[1]'],
    [/^line 2: .*"type" must be/, CALL, '{"process":1,"type":"done"}'],
    [/^line 1: .*"f" must be .* not "swap"/, '{"process":1,"type":"invoke","f":"swap"}'],
    [/^line 1: "f" is missing/, '{"process":1,"type":"invoke"}'],
    [/^line 1: "value" is missing/, '{"process":1,"type":"invoke","f":"write"}'],
    [/^line 1: a value must be/, '{"process":1,"type":"invoke","f":"write","value":{}}'],
    [/^line 1: .*\[from, to\]/, '{"process":1,"type":"invoke","f":"cas","value":[1]}'],
    [/^line 1: .*must have a "process"/, '{"type":"invoke","f":"read"}'],
    [/^line 1: "process" must be/, '{"process":1.5,"type":"invoke","f":"read"}'],
    [/^line 1: "key" must be/, '{"process":1,"type":"invoke","f":"read","key":true}'],
    [/^line 2: .*end what it began in line 1/, CALL, CALL],
    [/^line 1: .*must have begun/, '{"process":1,"type":"ok","f":"read","value":1}'],
    [/^line 2: "f" must be write/, CALL, '{"process":1,"type":"ok","f":"read","value":5}'],
    [/^line 2: "key" must be that/, CALL, '{"process":1,"type":"ok","key":"y"}'],
    [/^line 2: "value" must be that/, CALL, '{"process":1,"type":"ok","value":6}'],
    [/^line 2: "value" is missing/, READ, '{"process":1,"type":"ok"}'],
    [/^line 2: .*or none/, CALL, '{"process":1,"type":"ok","time":3}'],
    [/^line 2: .*or none/, CALL, '{"type":"ok","f":"read","value":5,"start":1,"end":2}'],
    [/^line 1: "time" must be a number/, '{"process":1,"type":"invoke","f":"read","time":"1"}'],
    [/^line 1: "end" must be/, '{"type":"ok","f":"read","value":5,"start":1}'],
    [/^line 1: .*before the start/, '{"type":"ok","f":"read","value":5,"start":1,"end":0}'],
    [
      /^line 2: "value" must be that/,
      APPEND,
      '{"process":1,"type":"ok","value":[["append","x",4]]}',
    ],
    [/^line 2: .*"txn" must be|of a txn must be a list/, APPEND, '{"process":1,"type":"ok"}'],
    [/^line 1: a step must be/, '{"process":1,"type":"invoke","f":"txn","value":[["w","x",1]]}'],
    [/^line 1: a step must be/, '{"process":1,"type":"invoke","f":"txn","value":[7]}'],
    [
      /^line 1: .*whole number/,
      '{"process":1,"type":"invoke","f":"txn","value":[["append","x","1"]]}',
    ],
    [
      /^line 1: "applied" must be/,
      '{"type":"ok","f":"cas","value":[1,2],"applied":1,"start":0,"end":1}',
    ],
  ]
  for (const [text, ...lines] of table) {
    const error = refusal(...lines)
    assert.match(error.message, text)
    assert.equal(error.code, 'BAD_REQUEST')
    assert.equal(error.line, lines.length)
  }
})

test('keys and fields that a plain object would mistake are told apart', () => {
  const [operation] = operations(
    '{"__proto__":{},"type":"ok","f":"read","key":"__proto__","value":1,"start":0,"end":1}',
  )
  assert.equal(operation?.kind === 'read' && operation.key, '__proto__')
  assert.match(refusal('{"__proto__":{"type":"ok"}}').message, /"type" must be/)
})

test('too many operations and too long lines are refused', () => {
  const limits = { ...HISTORY_LIMITS, operationsMax: 1, lineBytesMax: 100 }
  const whole = '{"type":"ok","f":"read","value":5,"start":1,"end":2}'
  const tooLarge = (lines: string[], line: number) =>
    assert.throws(
      () => parseHistory(lines, limits),
      (error) => error instanceof HistoryError && error.code === 'TOO_LARGE' && error.line === line,
    )
  tooLarge([whole, whole], 2)
  tooLarge([whole + ' '.repeat(60)], 1)
})

test('what was recorded comes back from its lines unchanged', () => {
  for (const lists of [false, true]) {
    const options = { clients: 4, operations: 60, keys: 2, unknownShare: 0.2, lists }
    const run = execute(makePlan(new SeededChance(3), options))
    const history = toHistory(run.operations)
    const lines = [...history.registers, ...history.transactions].map(formatOperation)
    const again = parseHistory(lines)
    // What was read and never answered means nothing, so it is not written down.
    assert.deepEqual([...again.registers, ...again.transactions].map(formatOperation), lines)
    const answered = history.registers.filter(({ outcome }) => outcome === 'ok')
    assert.deepEqual(
      again.registers.filter(({ outcome }) => outcome === 'ok'),
      answered,
    )
    assert.deepEqual(again.transactions, history.transactions)
  }
})

test('lines are the same however the bytes arrive, and bad ones are refused', () => {
  const bytes = new TextEncoder().encode('one\r\n\ntwo: \u00e9\nthree')
  for (let size = 1; size <= bytes.length; size++) {
    const lines: string[] = []
    const splitter = new LineSplitter(100, (line) => lines.push(line.trim()))
    const chunk = new Uint8Array(size)
    for (let start = 0; start < bytes.length; start += size) {
      const piece = bytes.subarray(start, start + size)
      chunk.set(piece)
      splitter.push(chunk.subarray(0, piece.length))
      chunk.fill(0)
    }
    splitter.finish()
    assert.deepEqual(lines, ['one', '', 'two: \u00e9', 'three'])
  }
  const strict = new LineSplitter(4, () => {})
  assert.throws(() => strict.push(Uint8Array.from([65, 10, 0xff, 10])), /line 2: .*UTF-8/)
  assert.throws(() => new LineSplitter(4, () => {}).push(bytes.subarray(3)), /line 3: .*too long/)
})
