import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Entry } from '../../client/index.ts'
import { failedConditions, failedJson, failedText, keysToTell } from './txn-failure.ts'
import { type Condition, readLines, utf8 } from './txn-script.ts'

function conditionsOf(...lines: string[]): readonly Condition[] {
  return readLines(['if', ...lines, 'then', 'get a'].join('\n')).conditions
}

function entry(value: string, more: Partial<Entry<Uint8Array>> = {}): Entry<Uint8Array> {
  const place = { revision: 7, createRevision: 5, version: 3, lease: 0n }
  return { key: 'a', keyBytes: utf8('a'), value: utf8(value), ...place, ...more }
}

describe('conditions that do not hold', () => {
  it('are told apart from those that do', () => {
    const there = entry('one', { lease: 0xabcn })
    for (const [line, found, text] of [
      ['exists a', there, null],
      ['exists a', null, 'exists a: there is no such key'],
      ['missing a', null, null],
      ['missing a', there, 'missing a: the key is there, since revision 5'],
      ['value a = one', there, null],
      ['value a = two', there, 'value a = two: it is one'],
      ['value a != two', there, null],
      ['value a != one', there, 'value a != one: it is one'],
      ['value a < two', there, null],
      ['value a > two', there, 'value a > two: it is one'],
      ['value a != x', null, 'value a != x: there is no such key'],
      ['value a = ""', entry('x'), 'value a = "": it is x'],
      ['value a = x', entry(''), 'value a = x: it is ""'],
      ['version a = 3', there, null],
      ['version a > 3', there, 'version a > 3: it is 3'],
      ['version a < 3', there, 'version a < 3: it is 3'],
      ['version a = 0', null, null],
      ['mod a = 7', there, null],
      ['mod a = 6', there, 'mod a = 6: it is 7'],
      ['mod a = 6', null, 'mod a = 6: there is no such key'],
      ['create a != 5', there, 'create a != 5: it is 5'],
      ['lease a = abc', there, null],
      ['lease a = abd', there, 'lease a = abd: it is abc'],
      ['lease a = abd', entry('x'), 'lease a = abd: it has none'],
      ['lease a = 0', there, 'lease a = 0: it is abc'],
    ] as const) {
      const failed = failedConditions(conditionsOf(line), [found])
      assert.deepEqual(failed.map(failedText), text === null ? [] : [text], line)
    }
  })

  it('name their keys, each of which is read once', () => {
    const conditions = conditionsOf('exists a', 'missing b', 'version a = 3', 'version b = 1')
    assert.deepEqual(keysToTell(conditions), [utf8('a'), utf8('b')])
    assert.deepEqual(failedConditions(conditions, [entry('x'), null]).map(failedText), [
      'version b = 1: there is no such key',
    ])
  })

  it('are not looked at when there are too many', () => {
    const lines = Array.from({ length: 17 }, (_, at) => `exists ${at}`)
    assert.deepEqual(keysToTell(conditionsOf(...lines)), [])
    assert.deepEqual(failedConditions(conditionsOf(...lines), []), [])
    assert.equal(keysToTell(conditionsOf(...lines.slice(1))).length, 16)
  })

  it('leave a line a line, and a program its bytes', () => {
    const bytes = { ...entry('x'), value: Uint8Array.of(0xff, 10) }
    const [failed] = failedConditions(conditionsOf('value a = "b c"'), [bytes])
    assert.ok(failed !== undefined)
    assert.equal(failedText(failed), 'value a = b c: it is \\xff\\n')
    assert.deepEqual(failedJson(failed), {
      ...{ key: 'a', field: 'value', is: '=', to: 'b c' },
      ...{ found: '/wo=', foundEncoding: 'base64' },
    })
    const long = failedConditions(conditionsOf(`value a = ${'y'.repeat(500)}`), [entry('x')])
    for (const one of long) assert.ok(failedText(one).length < 100)
    const [none] = failedConditions(conditionsOf('lease a = abc'), [null])
    assert.ok(none !== undefined)
    assert.deepEqual(failedJson(none), {
      ...{ key: 'a', field: 'lease', is: '=', to: 'abc', found: null },
    })
  })
})
