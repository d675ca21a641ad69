import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import { readJson } from './txn-json.ts'
import { readLines, type Script } from './txn-script.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Bytes as texts, so that they can be read. */
function told(value: unknown): unknown {
  if (value instanceof Uint8Array) return text(value)
  if (Array.isArray(value)) return value.map(told)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, told(one)]))
}

function refused(read: (given: string) => Script, given: string): string {
  try {
    read(given)
  } catch (error) {
    assert.ok(error instanceof KvError && error.code === 'BAD_REQUEST')
    return error.message
  }
  return assert.fail(`taken: ${given}`)
}

const LINES = `
# takes over what ada had
if
  value owner = ada
  version "two words" > 3
  mod a != 7
  create a < 9
  lease a = 00ff
  exists b
  missing 'c d'
then:
  put owner "grace hopper" lease=ff
  put quoted 'it\\s' # the end
  put newline a\\nb
  put empty ""
  get owner
else
  del owner
  list config/
`

describe('a transaction in lines', () => {
  it('has conditions and what depends on them', () => {
    assert.deepEqual(told(readLines(LINES)), {
      conditions: [
        { key: 'owner', target: 'value', relation: '=', operand: 'ada' },
        { key: 'two words', target: 'version', relation: '>', operand: 3 },
        { key: 'a', target: 'revision', relation: '!=', operand: 7 },
        { key: 'a', target: 'createRevision', relation: '<', operand: 9 },
        { key: 'a', target: 'lease', relation: '=', operand: 255n },
        { key: 'b', target: 'createRevision', relation: '>', operand: 0 },
        { key: 'c d', target: 'createRevision', relation: '=', operand: 0 },
      ],
      steps: [
        { kind: 'put', key: 'owner', value: 'grace hopper', lease: 255n },
        { kind: 'put', key: 'quoted', value: 'it\\s', lease: null },
        { kind: 'put', key: 'newline', value: 'a\nb', lease: null },
        { kind: 'put', key: 'empty', value: '', lease: null },
        { kind: 'get', key: 'owner' },
      ],
      otherwise: [
        { kind: 'delete', key: 'owner' },
        { kind: 'list', prefix: 'config/' },
      ],
    })
  })

  it('needs no sections when there are no conditions', () => {
    assert.deepEqual(told(readLines('put a 1\nget b')), {
      conditions: [],
      steps: [
        { kind: 'put', key: 'a', value: '1', lease: null },
        { kind: 'get', key: 'b' },
      ],
      otherwise: [],
    })
  })

  it('is refused with the line that is wrong', () => {
    for (const [given, message] of [
      ['', /^there is nothing to do/],
      ['if\nexists a', /^there is nothing to do/],
      ['put a', /^line 1: a step is "put KEY VALUE"/],
      ['get a b', /^line 1: a step is/],
      ['put a 1\n\nburn a', /^line 3: a step is/],
      ['incr a', /^line 1: a transaction has no "incr"/],
      ['put a b c', /^line 1: "c" is one word too many/],
      ['put a b lease=xyz', /^line 1: "lease=xyz" is one word/],
      ['if\nvalue a', /^line 2: a condition is/],
      ['if\nsize a = 1\nthen\nget a', /^line 2: a condition is/],
      ['if\nvalue a ~ 1', /^line 2: a condition is/],
      ['if\nversion a = one', /^line 2: version is compared with a number, not with "one"/],
      ['if\nversion a = -1', /^line 2: version is compared with a number/],
      ['if\nlease a = xyz', /^line 2: a lease is a hexadecimal number/],
      ['then\nget a\nthen\nget b', /^line 3: there are two sections "then"/],
      ['put a "b', /^line 1: a quotation mark is not closed/],
      ['get a\n'.repeat(4001), /^a transaction has at most 4000/],
    ] as const) {
      assert.match(refused(readLines, given), message, given)
    }
  })
})

describe('a transaction in JSON', () => {
  it('says the same in the words of the REST door', () => {
    const given = `{
      "if": [
        {"key": "owner", "field": "value", "is": "=", "to": "ada"},
        {"key": {"base64": "/w=="}, "field": "version", "is": ">", "to": 3},
        {"key": "a", "field": "lease", "is": "=", "to": "ff"},
        {"key": "b", "exists": false}
      ],
      "then": [
        {"op": "put", "key": "owner", "value": {"base64": "AAE="}, "lease": "ff"},
        {"op": "get", "key": "owner"}
      ],
      "else": [{"op": "delete", "key": "owner"}, {"op": "get", "prefix": "config/"}]
    }`
    const { conditions, steps, otherwise } = readJson(given)
    assert.deepEqual(conditions[1]?.key, Uint8Array.of(255))
    assert.deepEqual(told(conditions[3]), {
      key: 'b',
      target: 'createRevision',
      relation: '=',
      operand: 0,
    })
    const [put] = steps
    assert.ok(put?.kind === 'put' && put.lease === 255n)
    assert.deepEqual(put.value, Uint8Array.of(0, 1))
    assert.deepEqual(told(otherwise), [
      { kind: 'delete', key: 'owner' },
      { kind: 'list', prefix: 'config/' },
    ])
  })

  it('is refused with the place that is wrong', () => {
    for (const [given, message] of [
      ['{', /^this is no valid JSON: /],
      ['{}', /^there is nothing to do/],
      ['{"than":[]}', /^a transaction has no field "than"; it has if, then, else/],
      ['{"then":{}}', /^then is a list/],
      ['{"then":[1]}', /^then\[0\] is an object/],
      ['{"then":[{"op":"burn"}]}', /^then\[0\]\.op is put, get, delete/],
      ['{"then":[{"op":"get"}]}', /^then\[0\]\.key is a text/],
      ['{"then":[{"op":"put","key":"a"}]}', /^then\[0\]\.value is a text/],
      ['{"then":[{"op":"get","key":"a","value":"1"}]}', /^then\[0\]: "get" has neither/],
      ['{"then":[{"op":"delete","prefix":"a"}]}', /^then\[0\]\.prefix is of "get" alone/],
      ['{"then":[{"op":"get","key":{"base64":"?"}}]}', /^then\[0\]\.key is a text, or/],
      ['{"then":[{"op":"get","key":"a","keys":1}]}', /^then\[0\] has no field "keys"/],
      ['{"then":[{"op":"put","key":"a","value":"1","lease":"x"}]}', /lease is a hexadecimal/],
      ['{"if":[{"key":"a"}]}', /^if\[0\]\.field is value, version/],
      ['{"if":[{"key":"a","field":"value","is":"~","to":"1"}]}', /^if\[0\]\.is is/],
      ['{"if":[{"key":"a","field":"version","is":"=","to":[]}]}', /^if\[0\]\.to is a text/],
      ['{"if":[{"key":"a","exists":"no"}]}', /^if\[0\]\.exists is true or false/],
    ] as const) {
      assert.match(refused(readJson, given), message, given)
    }
  })
})
