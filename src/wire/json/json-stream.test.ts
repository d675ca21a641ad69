import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { JsonStream } from './json-stream.ts'

function pushAll(stream: JsonStream, pieces: readonly Uint8Array[]): string[] {
  const objects: string[] = []
  for (const piece of pieces) {
    stream.push(piece, (object) => objects.push(new TextDecoder().decode(object)))
    // What was handed in is used again.
    piece.fill(0x78)
  }
  return objects
}

function push(stream: JsonStream, text: string): string[] {
  return pushAll(stream, [new TextEncoder().encode(text)])
}

describe('a stream of JSON', () => {
  it('is cut where its objects end, however it comes', () => {
    const object = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
      .map((value) => JSON.stringify(value))
    const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(space, object), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (parts, cuts) => {
          const bytes = new TextEncoder().encode(parts.flat().join(''))
          const sorted = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort(
            (one, other) => one - other,
          )
          const pieces = [...sorted, bytes.length].map((end, at) =>
            bytes.slice(at === 0 ? 0 : sorted[at - 1], end),
          )
          const stream = new JsonStream({ bytesMax: 1_000_000 })
          assert.deepEqual(
            pushAll(stream, pieces),
            parts.map(([, text]) => text),
          )
          assert.equal(stream.isInside, false)
        },
      ),
    )
  })

  it('knows when it ends inside of an object', () => {
    const stream = new JsonStream({ bytesMax: 100 })
    assert.deepEqual(push(stream, '{"a":"}'), [])
    assert.ok(stream.isInside)
    assert.deepEqual(push(stream, '\\"'), [])
    assert.deepEqual(push(stream, '"}{}'), ['{"a":"}\\""}', '{}'])
    assert.equal(stream.isInside, false)
  })

  it('is refused where something else than an object begins', () => {
    for (const text of ['[', 'null', '"', ',{}', '{}x', '{},{}', '}']) {
      assert.throws(() => push(new JsonStream({ bytesMax: 100 }), text), { code: 'BAD_REQUEST' })
    }
  })

  it('holds no more than it may, in one piece or byte by byte', () => {
    const text = '{"a":"bbbbbbb"}'
    const bytes = new TextEncoder().encode(text)
    const single = (): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte))
    assert.deepEqual(push(new JsonStream({ bytesMax: 15 }), text), [text])
    assert.deepEqual(pushAll(new JsonStream({ bytesMax: 15 }), single()), [text])
    assert.throws(() => push(new JsonStream({ bytesMax: 14 }), text), { code: 'TOO_LARGE' })
    assert.throws(() => pushAll(new JsonStream({ bytesMax: 14 }), single()), { code: 'TOO_LARGE' })
    const many = text.repeat(100)
    assert.equal(push(new JsonStream({ bytesMax: 15 }), many).length, 100)
  })
})
