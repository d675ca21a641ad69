import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../../base/index.ts'
import {
  decodeJson,
  encodeJson,
  etcd,
  etcdAuth,
  etcdElection,
  etcdKv,
  etcdLock,
  JsonOutput,
  MessageCodec,
  type MessageSchema,
  reflection,
  Schemas,
  state,
} from '../index.ts'
import { randomMessage } from '../testing/random-message.ts'
import { EVERY_FILE, Every } from '../testing/test-every.ts'

const FILES = [
  etcd.RPC_FILE,
  etcdLock.V3LOCK_FILE,
  etcdElection.V3ELECTION_FILE,
  state.STATE_FILE,
  reflection.REFLECTION_FILE,
  EVERY_FILE,
]
const SCHEMAS = new Schemas(FILES)
const EVERY = SCHEMAS.message('test.Every')
const RANGE = SCHEMAS.message('etcdserverpb.RangeRequest')

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function toJson(schema: MessageSchema, message: Uint8Array): string {
  const output = new JsonOutput(1)
  encodeJson(schema, message, output)
  return new TextDecoder('utf-8', { fatal: true }).decode(output.bytes)
}

function fromJson(schema: MessageSchema, text: string): Uint8Array {
  return decodeJson(schema, bytesOf(text))
}

function every(text: string): Every {
  return Every.decodeBytes(fromJson(EVERY, text))
}

function refusal(schema: MessageSchema, text: string | Uint8Array): string {
  try {
    decodeJson(schema, typeof text === 'string' ? bytesOf(text) : text)
  } catch (error) {
    assert.ok(error instanceof KvError && error.code === 'BAD_REQUEST', String(error))
    return error.message
  }
  return 'accepted'
}

describe('messages as JSON and back', () => {
  it('are the same for every message there is', () => {
    for (const schema of SCHEMAS.messages.filter((one) => !one.isMapEntry)) {
      fc.assert(
        fc.property(randomMessage(schema), (message) => {
          const text = toJson(schema, message)
          JSON.parse(text)
          assert.deepEqual(fromJson(schema, text), message, text)
        }),
        { numRuns: schema === EVERY ? 300 : 30 },
      )
    }
  })

  it('are what the generated codecs read and write', () => {
    const modules = [etcd, etcdAuth, etcdKv, etcdLock, etcdElection, state, reflection]
    const codecs = modules
      .flatMap((module) => Object.values(module))
      .filter((one) => one instanceof MessageCodec)
    assert.ok(codecs.length > 130)
    for (const codec of codecs) {
      const schema = SCHEMAS.message(codec.name)
      fc.assert(
        fc.property(randomMessage(schema), (message) => {
          const typed = codec as MessageCodec<unknown>
          assert.deepEqual(typed.encodeBytes(typed.decodeBytes(message)), message)
        }),
        { numRuns: 20 },
      )
    }
  })
})

describe('messages as JSON', () => {
  it('are what etcd 3.4 answers, to the byte', () => {
    // A range of two keys, one with a lease; the bytes and the text are etcd's own.
    const answer = etcd.RangeResponse.encodeBytes({
      header: {
        clusterId: 324952591200643719n,
        memberId: 3319814642761637952n,
        revision: 2,
        raftTerm: 2,
      },
      kvs: [
        etcdKv.KeyValue.create({
          key: bytesOf('foo'),
          createRevision: 2,
          modRevision: 2,
          version: 1,
          value: bytesOf('bar'),
        }),
      ],
      more: false,
      count: 1,
    })
    const header =
      '"header":{"cluster_id":"324952591200643719","member_id":"3319814642761637952",' +
      '"revision":"2","raft_term":"2"}'
    const pair =
      '{"key":"Zm9v","create_revision":"2","mod_revision":"2","version":"1","value":"YmFy"}'
    const schema = SCHEMAS.message('etcdserverpb.RangeResponse')
    assert.equal(toJson(schema, answer), `{${header},"kvs":[${pair}],"count":"1"}`)
  })

  it('keep names as etcd spells them, and leave out what is zero', () => {
    const members = etcd.MemberListResponse.encodeBytes({
      header: etcd.ResponseHeader.create(),
      members: [
        {
          ID: 2n ** 64n - 1n,
          name: '',
          peerURLs: ['http://a', ''],
          clientURLs: [],
          isLearner: true,
        },
      ],
    })
    const schema = SCHEMAS.message('etcdserverpb.MemberListResponse')
    const member = '{"ID":"18446744073709551615","peerURLs":["http://a",""],"isLearner":true}'
    assert.equal(toJson(schema, members), `{"header":{},"members":[${member}]}`)
    const alarm = etcd.AlarmMember.encodeBytes({ memberID: 0n, alarm: etcd.AlarmType.NOSPACE })
    const alarms = SCHEMAS.message('etcdserverpb.AlarmMember')
    assert.equal(toJson(alarms, alarm), '{"alarm":"NOSPACE"}')
    assert.equal(toJson(alarms, new Uint8Array(0)), '{}')
  })

  it('show a zero that was chosen or is optional, and numbers that have no name', () => {
    const chosen = etcd.Compare.create({ targetUnion: { kind: 'version', value: 0 } })
    const compare = SCHEMAS.message('etcdserverpb.Compare')
    assert.equal(toJson(compare, etcd.Compare.encodeBytes(chosen)), '{"version":"0"}')
    const fields = Every.create({ colour: -1, colours: [0, 7], maybeNumber: 0 })
    const text = toJson(EVERY, Every.encodeBytes(fields))
    assert.equal(text, '{"colour":"DARK","maybe_number":0,"colours":["RED",7]}')
  })

  it('escape texts as JSON wants it and leave the rest alone', () => {
    const fields = Every.create({ stringField: '\u0000\u001f\b\f\n\r\t"\\/é€😀\u007f<&>' })
    assert.equal(
      toJson(EVERY, Every.encodeBytes(fields)),
      '{"string_field":"\\u0000\\u001f\\b\\f\\n\\r\\t\\"\\\\/é€😀\u007f<&>"}',
    )
  })

  it('have the numbers of proto3 that JSON does not have', () => {
    const fields = Every.create({
      floatField: Number.NaN,
      doubleField: -0,
      doubles: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 0.1],
    })
    assert.equal(
      toJson(EVERY, Every.encodeBytes(fields)),
      '{"float_field":"NaN","double_field":-0,"doubles":["Infinity","-Infinity",1e+21,0.1]}',
    )
  })

  it('mean what the bytes mean when fields come twice, apart or out of order', () => {
    fc.assert(
      fc.property(fc.array(randomMessage(EVERY, 2), { minLength: 2, maxLength: 4 }), (messages) => {
        const joined = Uint8Array.from(messages.flatMap((message) => [...message]))
        const value = Every.decodeBytes(joined)
        // Of a map the last entry of a key counts, at the place of the first.
        const entries = new Map(value.entries.map((entry) => [entry.key, entry]))
        const expected = Every.encodeBytes({ ...value, entries: [...entries.values()] })
        const text = toJson(EVERY, joined)
        assert.equal(text, toJson(EVERY, expected))
        assert.deepEqual(fromJson(EVERY, text), fromJson(EVERY, toJson(EVERY, expected)))
      }),
      { numRuns: 300 },
    )
  })

  it('have what was chosen last, in whatever order it came', () => {
    const [text, large] = ['92030161', '980305']
    assert.equal(toJson(EVERY, Buffer.from(`${text}${large}`, 'hex')), '{"large":"5"}')
    assert.equal(toJson(EVERY, Buffer.from(`${large}${text}`, 'hex')), '{"text":"a"}')
  })

  it('pass over what is not known or has the wrong type on the wire', () => {
    // Field 1000, a group, field 1 as four bytes, then the bool of field 1.
    const message = Buffer.from('c23e0161' + '8b3e8c3e' + '0d01020304' + '0801', 'hex')
    assert.equal(toJson(EVERY, message), '{"bool_field":true}')
  })

  it('are refused when the bytes are no message, or nested beyond all bounds', () => {
    const cut = (message: Uint8Array): void => {
      assert.throws(
        () => toJson(EVERY, message),
        (error) => error instanceof KvError && error.code === 'BAD_REQUEST',
      )
    }
    cut(Uint8Array.of(0x7a, 5, 1))
    cut(Uint8Array.of(0x72, 1, 0xff))
    // Field 19 is the message itself; field 1 twice, so that every level is put in order.
    let nested = Uint8Array.of(0x08, 1)
    for (let level = 0; level < 2000; level++) {
      const { length } = nested
      const head = [0x9a, 0x01, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]
      nested = Uint8Array.of(0x08, 1, 0x08, 1, ...head, ...nested)
    }
    cut(nested)
  })
})

describe('JSON as messages', () => {
  it('may have either name, numbers as texts, enumerations as numbers, null for nothing', () => {
    const range = (text: string): etcd.RangeRequest =>
      etcd.RangeRequest.decodeBytes(fromJson(RANGE, text))
    const expected = etcd.RangeRequest.create({
      key: bytesOf('foo'),
      rangeEnd: Uint8Array.of(0),
      limit: 5,
      sortOrder: etcd.RangeRequestSortOrder.DESCEND,
      keysOnly: true,
    })
    assert.deepEqual(
      range(
        '{"key":"Zm9v","range_end":"AA==","limit":"5","sort_order":"DESCEND","keys_only":true}',
      ),
      expected,
    )
    assert.deepEqual(
      range(
        ' { "keysOnly" : true , "sortOrder" : 2.0 , "rangeEnd":"AA", "key":"Zm\\u0039v",\n' +
          '"limit" : 0.5e1, "revision":null, "serializable":null, "sort_target":null }\r\n\t',
      ),
      expected,
    )
  })

  it('may be nothing at all', () => {
    for (const text of ['', ' \n', '{}', 'null', '{"unknown":1}', '{"key":""}', '{"limit":"0"}']) {
      assert.deepEqual(fromJson(RANGE, text), new Uint8Array(0), text)
    }
  })

  it('pass over fields that are not known, whatever they hold', () => {
    const unknown = '{"a":[1,-2.5e+3,"x\\n",true,false,null,{}],"b":{"c":{"d":[[],[[]]]}}}'
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']
    for (const name of names) {
      const value = every(`{"${name}":${unknown},"bool_field":true}`)
      assert.deepEqual(value, Every.create({ boolField: true }))
    }
    const entries = every('{"entries":{"__proto__":{"bool_field":true}}}').entries
    assert.deepEqual(
      entries.map(({ key }) => key),
      ['__proto__'],
    )
  })

  it('hold every number that its type holds, and no other', () => {
    const edges: readonly [string, string, string][] = [
      ['uint32_field', '4294967295', '4294967296'],
      ['int32_field', '-2147483648', '-2147483649'],
      ['sint32_field', '2147483647', '2147483648'],
      ['fixed32_field', '0', '-1'],
      ['sfixed32_field', '-2147483648', '2147483648'],
      ['uint64_field', '18446744073709551615', '18446744073709551616'],
      ['int64_field', '-9223372036854775808', '-9223372036854775809'],
      ['sint64_field', '9223372036854775807', '9223372036854775808'],
      ['fixed64_field', '18446744073709551615', '-1'],
      ['sfixed64_field', '-9223372036854775808', '9223372036854775808'],
      ['colour', '2147483647', '2147483648'],
      ['float_field', '3.4028234663852886e38', '3.5e38'],
      ['double_field', '1.7976931348623157e308', '1e309'],
    ]
    for (const [name, inside, outside] of edges) {
      assert.equal(refusal(EVERY, `{"${name}":${inside}}`), 'accepted', name)
      assert.match(refusal(EVERY, `{"${name}":${outside}}`), /cannot unmarshal number/, name)
      if (name === 'colour') continue
      assert.equal(refusal(EVERY, `{"${name}":"${inside}"}`), 'accepted', name)
      assert.match(refusal(EVERY, `{"${name}":"${outside}"}`), /cannot unmarshal number/, name)
    }
    assert.equal(every('{"int64_field":9007199254740993}').int64Field, 9007199254740993n)
    for (const text of ['1.5', '"1.5"', '"x"', '""', '" 1"', '"0x10"', '"NaN"']) {
      assert.notEqual(refusal(EVERY, `{"uint32_field":${text}}`), 'accepted', text)
    }
    const long = '1'.repeat(1_000_000)
    assert.match(refusal(EVERY, `{"uint32_field":${long}}`), /no number/)
    assert.match(refusal(EVERY, `{"uint32_field":"${long}"}`), /no number/)
  })

  it('say what is wrong with a value, in the words of etcd', () => {
    const unmarshal = (what: string, type: string): string =>
      `json: cannot unmarshal ${what} into Go value of type ${type}`
    const cases: readonly [string, string][] = [
      ['[]', unmarshal('array', 'map[string]json.RawMessage')],
      ['"x"', unmarshal('string', 'map[string]json.RawMessage')],
      ['{"key":5}', unmarshal('number', '[]uint8')],
      ['{"key":["Zg=="]}', unmarshal('array', '[]uint8')],
      ['{"limit":true}', unmarshal('bool', 'int64')],
      ['{"serializable":"true"}', unmarshal('string', 'bool')],
      ['{"limit":1.5}', unmarshal('number 1.5', 'int64')],
      ['{"limit":"1.5"}', unmarshal('number 1.5', 'int64')],
      ['{"sort_order":{}}', unmarshal('object', 'etcdserverpb.RangeRequest_SortOrder')],
      ['{"limit":"x"}', "invalid character 'x' looking for beginning of value"],
      ['{"limit":"1x"}', "invalid character 'x' after top-level value"],
      ['{"limit":""}', 'unexpected end of JSON input'],
      ['{"a":}', "invalid character '}' looking for beginning of value"],
      ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
      ['{"a" 1}', "invalid character '1' after object key"],
      ['{"a":1 2}', "invalid character '2' after object key:value pair"],
      ['{"a":[1 2]}', "invalid character '2' after array element"],
      ['{} 1', "invalid character '1' after top-level value"],
      ['{"a":trux}', "invalid character 'x' in literal true (expecting 'e')"],
      ['{"a":"\u0001"}', "invalid character '\\x01' in string literal"],
      ['{"a":', 'unexpected EOF'],
      ['{"key":"Zm9"}', 'accepted'],
      ['{"key":"Zm9vZ"}', 'illegal base64 data at input byte 5'],
      [
        '{"sort_order":"descend"}',
        'unknown value "descend" for enum etcdserverpb.RangeRequest_SortOrder',
      ],
      ['{"key":"Zg==","key":"Zg=="}', 'json: duplicate field "key"'],
      ['{"range_end":"","rangeEnd":""}', 'json: duplicate field "rangeEnd"'],
    ]
    for (const [text, expected] of cases) assert.equal(refusal(RANGE, text), expected, text)
    const compare = SCHEMAS.message('etcdserverpb.Compare')
    assert.match(refusal(compare, '{"version":1,"value":"Zg=="}'), /"value" excludes another/)
    assert.equal(refusal(compare, '{"version":null,"value":"Zg=="}'), 'accepted')
    assert.match(refusal(EVERY, '{"texts":["a",null]}'), /cannot unmarshal null/)
    assert.match(
      refusal(EVERY, '{"texts":"a"}'),
      /cannot unmarshal string .* type \[\]json.RawMessage/,
    )
    assert.match(refusal(EVERY, '{"child":[]}'), /cannot unmarshal array .* type map/)
    assert.match(refusal(EVERY, '{"entries":[]}'), /cannot unmarshal array/)
    assert.match(refusal(EVERY, '{"entries":{"a":{},"\\u0061":{}}}'), /duplicate key "a"/)
  })

  it('are refused when they are no JSON', () => {
    const texts = [
      '{',
      '}',
      '{"key"',
      '{"key":',
      '{"key":"Zg=="',
      '{"key":"Zg==",',
      '{"key":"Zg==",}',
      '{"key" "Zg=="}',
      '{key:"Zg=="}',
      "{'key':'Zg=='}",
      '{,}',
      '{"a":[1,]}',
      '{"a":[1 2]}',
      '{"a":[}',
      '{"a":01}',
      '{"a":+1}',
      '{"a":1.}',
      '{"a":.5}',
      '{"a":1e}',
      '{"a":-}',
      '{"a":tru}',
      '{"a":nul}',
      '{"a":True}',
      '{"a":NaN}',
      '{"a":"\n"}',
      '{"a":"\\x"}',
      '{"a":"\\u12"}',
      '{"a":"\\u12g4"}',
      '{"a":"\\ud800"}',
      '{"a":"\\ud800\\u0041"}',
      '{"a":"\\udc00"}',
      '{"a":"\\"}',
      '{"a":"\\',
      '{"a":"',
      '{} x',
      '{}{}',
      'nullx',
      '\u00a0{}',
      '/**/{}',
    ]
    for (const text of texts) assert.notEqual(refusal(RANGE, text), 'accepted', text)
    assert.equal(refusal(RANGE, '{"key":"Zg=='), 'unexpected EOF')
    assert.equal(
      refusal(RANGE, '{"limit":x}'),
      "invalid character 'x' looking for beginning of value",
    )
  })

  it('take every JSON that the platform takes, and refuse what it refuses', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\n"',
      '"\\ud83d\\ude00"',
      ' ',
      '1',
      '-0.5',
    ]
    const more = ['1e3', 'true', 'null', '"', '\\', '"\t"', '01']
    const text = fc.oneof(
      fc.json().map((json) => `{"a":${json}}`),
      fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 12 }).map((all) => all.join('')),
      fc
        .array(fc.constantFrom(...pieces, ...more), { maxLength: 8 })
        .map((all) => `{"a":${all.join('')}}`),
    )
    fc.assert(
      fc.property(text, (json) => {
        let parsed: unknown = null
        let valid = true
        try {
          parsed = JSON.parse(json)
        } catch {
          valid = false
        }
        const isObject = typeof parsed === 'object' && !Array.isArray(parsed)
        const accepted = refusal(RANGE, json) === 'accepted'
        assert.equal(accepted, (valid && isObject) || json.trim() === '', json)
      }),
      { numRuns: 2000 },
    )
  })

  it('are refused when a text is not UTF-8', () => {
    const bad = Buffer.from('{"string_field":"\xff"}', 'latin1')
    assert.match(refusal(EVERY, bad), /UTF-8/)
    assert.match(refusal(EVERY, Buffer.from('{"\xff":1}', 'latin1')), /UTF-8/)
    assert.equal(every('{"string_field":"\\u00e9\\u20ac\\ud83d\\ude00é"}').stringField, 'é€😀é')
  })

  it('are refused when they are nested too deeply or have too many elements', () => {
    const nested = (depth: number): string => `${'{"child":'.repeat(depth)}{}${'}'.repeat(depth)}`
    assert.equal(refusal(EVERY, nested(63)), 'accepted')
    assert.match(refusal(EVERY, nested(64)), /too deeply/)
    assert.match(refusal(EVERY, nested(100_000)), /too deeply/)
    const unknown = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    assert.equal(refusal(EVERY, unknown(63)), 'accepted')
    assert.match(refusal(EVERY, unknown(64)), /too deeply/)
    assert.match(refusal(EVERY, unknown(1_000_000)), /too deeply/)
    // One after the other there may be any number of levels.
    assert.equal(refusal(EVERY, `{"a":[${'[],'.repeat(1000)}[]]}`), 'accepted')
    const list = (count: number): string => `{"bools":[${'true,'.repeat(count - 1)}true]}`
    assert.equal(refusal(EVERY, list(2 ** 16)), 'accepted')
    assert.match(refusal(EVERY, list(2 ** 16 + 1)), /too many/)
  })

  it('never do anything but succeed or be refused, whatever the bytes', () => {
    fc.assert(
      fc.property(
        randomMessage(EVERY, 2),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (message, at, byte) => {
          const text = bytesOf(toJson(EVERY, message))
          text[at % text.length] = byte
          refusal(EVERY, text)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
