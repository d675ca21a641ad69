import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RPC_STATUS_MESSAGE_BYTES_MAX } from '../../base/index.ts'
import { decodeMessage, encodeMessage } from './percent.ts'

describe('the text of a status', () => {
  it('keeps printable ASCII and escapes everything else', () => {
    assert.equal(encodeMessage('etcdserver: no leader'), 'etcdserver: no leader')
    assert.equal(encodeMessage('50% of größe\n'), '50%25 of gr%C3%B6%C3%9Fe%0A')
    assert.equal(encodeMessage('“ok” 😀'), '%E2%80%9Cok%E2%80%9D %F0%9F%98%80')
    assert.equal(encodeMessage('\x7f\0'), '%7F%00')
  })

  it('has no space at its ends, which a field value must not have', () => {
    assert.equal(encodeMessage(' a b '), '%20a b%20')
    assert.equal(encodeMessage(' '), '%20')
  })

  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        const value = encodeMessage(text)
        assert.match(value, /^[\x21-\x7e]?$|^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/)
        assert.equal(decodeMessage(value), text.toWellFormed())
      }),
    )
  })

  it('is read even when it is badly encoded', () => {
    assert.equal(decodeMessage('100%'), '100%')
    assert.equal(decodeMessage('%4'), '%4')
    assert.equal(decodeMessage('%zz%41'), '%zzA')
    assert.equal(decodeMessage('%%41'), '%A')
    assert.equal(decodeMessage('%ff!'), '\ufffd!')
    assert.equal(decodeMessage('%c3%B6'), 'ö')
    // Bytes that should have been escaped: UTF-8 all the same.
    assert.equal(decodeMessage('\xc3\xb6'), 'ö')
    assert.equal(decodeMessage('%EF%BB%BFx'), '\ufeffx')
  })

  it('is read from any bytes without failing', () => {
    const latin1 = fc
      .uint8Array({ maxLength: 200 })
      .map((bytes) => String.fromCharCode(...bytes).replaceAll('\x01', '%'))
    fc.assert(
      fc.property(latin1, (value) => {
        assert.ok(decodeMessage(value).length <= value.length)
      }),
    )
  })

  it('is cut between characters when it is too long', () => {
    const limit = RPC_STATUS_MESSAGE_BYTES_MAX
    assert.equal(encodeMessage('x'.repeat(limit)), 'x'.repeat(limit))
    assert.equal(encodeMessage('x'.repeat(10 * limit)), 'x'.repeat(limit))
    for (const lead of ['', 'x', 'xy', 'xyz']) {
      const value = encodeMessage(lead + '😀'.repeat(limit))
      assert.ok(value.length <= limit && value.length > limit - 12)
      assert.match(decodeMessage(value), /^[xyz]{0,3}(😀)+$/u)
    }
    assert.equal(encodeMessage(`x${' '.repeat(2 * limit)}x`), 'x')
  })
})
