import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateWire } from './generate.ts'
import { ProtoProblem } from './model.ts'

const HEAD = 'syntax = "proto3";\n'

function generate(texts: Readonly<Record<string, string>>): Map<string, string> {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text: `${HEAD}${text}` }))
  return new Map(generateWire(files).map(({ path, text }) => [path, text]))
}

describe('what is made from proto/', () => {
  it('is one module for each file, apart for what only tests use', () => {
    const made = generate({
      'proto/a/b_c.proto': 'package a;\nmessage A {}\n',
      'proto/test/t.proto': 'package t;\nimport "a/b_c.proto";\nmessage T {}\n',
      'proto/README.md': 'no proto',
    })
    assert.deepEqual(
      [...made.keys()],
      ['src/wire/generated/a-b-c.ts', 'src/wire/testing/test-t.ts'],
    )
  })

  it('uses the messages of other files through their modules', () => {
    const made = generate({
      'proto/a.proto': 'package a;\nmessage A { message In { bool b = 1; } }\n',
      'proto/b.proto': `package b;\nimport "a.proto";\nimport "c.proto";
message B { a.A.In one = 1; }
service S { rpc M(B) returns (c.C); }
`,
      'proto/c.proto': 'package c;\nmessage C {}\n',
    })
    const text = made.get('src/wire/generated/b.ts') ?? ''
    assert.match(text, /^import \{ A_FILE, type AIn, createAIn, .*, writeAIn \} from '\.\/a\.ts'$/m)
    assert.match(text, /^ {2}one: AIn \| null$/m)
    assert.match(text, /^ {2}dependencies: \[A_FILE, C_FILE\],$/m)
    assert.match(text, /^import \{ C, C_FILE \} from '\.\/c\.ts'$/m)
  })

  it('imports names in the order of the formatter', () => {
    const made = generate({
      'proto/rpc.proto': 'package a;\nmessage Response {}\n',
      'proto/b.proto': 'package b;\nimport "rpc.proto";\nmessage B { a.Response one = 1; }\n',
    })
    const text = made.get('src/wire/generated/b.ts') ?? ''
    const names = /import \{([^}]*)\} from '\.\/rpc\.ts'/.exec(text)?.[1]?.match(/[\w ]*\w/g)
    assert.deepEqual(
      names?.map((name) => name.trim()),
      [
        'createResponse',
        'lengthOfResponse',
        'type Response',
        'RPC_FILE',
        'readResponse',
        'writeResponse',
      ],
    )
  })

  it('finds a name from the innermost place outwards', () => {
    const made = generate({
      'proto/a.proto': `package a.b;
message X { bool outer = 1; }
message Y { message X { bool inner = 1; } X near = 1; a.b.X far = 2; b.X also = 3; .a.b.X top = 4; }
`,
    })
    const text = made.get('src/wire/generated/a.ts') ?? ''
    assert.match(
      text,
      /near: YX \| null\n {2}far: X \| null\n {2}also: X \| null\n {2}top: X \| null/,
    )
  })

  it('is refused for names that do not exist, are not imported, or exist twice', () => {
    const cases: readonly [Record<string, string>, RegExp][] = [
      [{ 'proto/a.proto': 'package a;\nmessage A { B b = 1; }' }, /B is not declared/],
      [{ 'proto/a.proto': 'package a;\nimport "b.proto";' }, /there is no b.proto/],
      [
        { 'proto/a.proto': 'package a;\nmessage A {}\nenum A { Z = 0; }' },
        /a\.A is declared twice/,
      ],
      [
        {
          'proto/a.proto': 'package a;\nmessage A {}\n',
          'proto/b.proto': 'package b;\nmessage B { a.A one = 1; }\n',
        },
        /not imported/,
      ],
      [
        { 'proto/a.proto': 'package a;\nmessage A { int32 b = 1 [jstype = JS_NUMBER]; }' },
        /jstype is for/,
      ],
      [{ 'proto/a.proto': 'package a;\nservice S { rpc M(A) returns (A); }' }, /A is not declared/],
    ]
    for (const [texts, expected] of cases) {
      assert.throws(
        () => generate(texts),
        (error) => error instanceof ProtoProblem && expected.test(error.message),
        String(expected),
      )
    }
  })

  it('describes a file byte for byte as protobuf does', () => {
    const made = generate({
      'proto/a.proto': 'package p;\nmessage M { optional bytes b_c = 2; }\n',
    })
    const text = made.get('src/wire/generated/a.ts') ?? ''
    const base64 = /descriptor:\n\s+'([^']+)'/.exec(text)?.[1] ?? ''
    // Name, package, message M with a field b_c of the invented oneof _b_c, syntax proto3.
    const field = '0a03625f63 1802 2001 280c 4800 52026243 880101'
    const message = `0a014d 1214 ${field} 42060a045f625f63`
    const expected = `0a07612e70726f746f 120170 2221 ${message} 620670726f746f33`
    assert.equal(Buffer.from(base64, 'base64').toString('hex'), expected.replaceAll(' ', ''))
  })
})
