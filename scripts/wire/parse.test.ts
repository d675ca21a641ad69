import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProtoProblem } from './model.ts'
import { camelCase, parseProto } from './parse.ts'

const HEAD = 'syntax = "proto3";\npackage a.b;\n'

function problem(body: string): string {
  try {
    parseProto('x.proto', `${HEAD}${body}`)
  } catch (error) {
    assert.ok(error instanceof ProtoProblem)
    return `${error.file}:${error.line} ${error.message}`
  }
  return 'none'
}

describe('a file of proto3', () => {
  it('is read with its messages, enumerations and services', () => {
    const file = parseProto(
      'x.proto',
      `${HEAD}import "y.proto"; // a comment
      /* another
         one */
      service S { rpc M(stream In) returns (.c.Out); }
      message In {
        enum E { ZERO = 0; LESS = -1; }
        repeated E list = 1 [packed = false, deprecated = true];
        oneof one { string text = 2; c.Out other = 0x10; }
        optional int64 maybe = 5 [jstype = JS_NUMBER];
      }`,
    )
    assert.deepEqual([file.packageName, file.imports], ['a.b', ['y.proto']])
    const [message] = file.messages
    assert.equal(message?.fullName, 'a.b.In')
    assert.deepEqual(
      message?.fields.map(({ name, number, type, repeated, optional, oneof }) => {
        return [name, number, type, repeated, optional, oneof].join(' ')
      }),
      [
        'list 1 E true false ',
        'text 2 string false false one',
        'other 16 c.Out false false one',
        'maybe 5 int64 false true ',
      ],
    )
    assert.deepEqual(message?.enums[0]?.values.at(-1), { name: 'LESS', number: -1 })
    assert.deepEqual(file.services[0]?.methods[0], {
      name: 'M',
      line: 6,
      request: 'In',
      response: '.c.Out',
      requestStream: true,
      responseStream: false,
    })
  })

  it('reads a map as the repeated message that it is', () => {
    const [message] = parseProto(
      'x.proto',
      `${HEAD}message A { map<string, A> by_name = 3; }`,
    ).messages
    assert.equal(message?.fields[0]?.type, 'ByNameEntry')
    const entry = message?.messages[0]
    assert.equal(entry?.isMapEntry, true)
    assert.deepEqual(
      entry?.fields.map(({ name, type }) => `${name} ${type}`),
      ['key string', 'value A'],
    )
  })

  it('is refused at its line for everything that is not understood', () => {
    const bodies: readonly [string, RegExp][] = [
      ['option go_package = "x";', /^x.proto:3 option is not understood/],
      ['message A {\n  bool a = 1\n}', /^x.proto:5 there should be ;, not \}/],
      ['message A { required bool a = 1; }', /should be =/],
      ['message A { group G = 1 {} }', /should be ;/],
      ['message A { extensions 1; }', /should be =|no name/],
      ['message A { bool a = 0; }', /0 is not allowed/],
      ['message A { bool a = 536870912; }', /not allowed/],
      ['message A { bool a = 19500; }', /not allowed/],
      ['message A { bool a = 1; bool b = 1; }', /there already/],
      ['message A { bool a = 1; bool a = 2; }', /there already/],
      ['message A { reserved 2 to 4; bool a = 3; }', /reserved/],
      ['message A { reserved "a"; bool a = 3; }', /reserved/],
      ['message A { bool a = 1 [lazy = true]; }', /option lazy = true/],
      ['message A { int64 a = 1 [jstype = JS_STRING]; }', /option jstype/],
      ['enum E { ONE = 1; }', /begins with 0/],
      ['enum E { ZERO = 0; ALSO = 0; }', /there already/],
      ['service S { rpc M(A) returns (B) { } }', /should be ;/],
      ['import public "y.proto";', /quotation marks/],
      ["import 'y.proto';", /not understood/],
      ['message A {', /ends too early/],
    ]
    for (const [body, expected] of bodies) assert.match(problem(body), expected, body)
    assert.throws(() => parseProto('x.proto', 'syntax = "proto2";'), /only proto3/)
  })
})

it('names lose their underscores and keep everything else', () => {
  const names = ['range_end', 'ID', 'peerURLs', 'raft_term_', 'a_1'].map(camelCase)
  assert.deepEqual(names, ['rangeEnd', 'ID', 'peerURLs', 'raftTerm_', 'a1'])
})
