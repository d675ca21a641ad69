import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { base64Length, readBase64, writeBase64 } from './base64.ts'

function written(bytes: Uint8Array): string {
  const target = new Uint8Array(base64Length(bytes.length) + 2)
  const end = writeBase64(target, 1, bytes)
  assert.equal(end, target.length - 1)
  return Buffer.from(target.subarray(1, end)).toString('latin1')
}

function read(text: string): string | number {
  const bytes = readBase64(Buffer.from(text, 'latin1'))
  return typeof bytes === 'number' ? bytes : Buffer.from(bytes).toString('latin1')
}

describe('base64', () => {
  it('is what the platform makes and takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        assert.equal(written(bytes), text)
        assert.deepEqual(readBase64(Buffer.from(text)), bytes)
        const url = Buffer.from(bytes).toString('base64url')
        assert.deepEqual(readBase64(Buffer.from(url)), bytes)
      }),
    )
  })

  it('may have line breaks anywhere', () => {
    assert.equal(read('\nZm\r\n9vY\nmE=\n'), 'fooba')
    assert.equal(read('Zm9v\nYg=\n='), 'foob')
  })

  it('is refused where it stops to be base64, at the position that etcd names', () => {
    const cases: readonly [string, number][] = [
      ['Zm9v!', 4],
      ['=', 0],
      ['Z', 1],
      ['Z=', 1],
      ['Zm=', 3],
      ['Zm=9', 3],
      ['Zm===', 4],
      ['Zm9=', -1],
      ['Zm9==', 4],
      ['Zm9v=', 4],
      ['Zm9vZ', 5],
      ['Zm 9v', 2],
      ['Zm\u00ff9v', 2],
    ]
    for (const [text, at] of cases) {
      if (at < 0) assert.equal(read(text), 'fo', text)
      else assert.equal(read(text), at, text)
    }
  })
})
