import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KvError, RPC_METADATA_BYTES_MAX } from '../../base/index.ts'
import { Metadata } from './metadata.ts'

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KvError && error.code === code
}

describe('metadata', () => {
  it('gives back the values of a name in their order', () => {
    const metadata = Metadata.of(['a', '1', 'b', '2', 'a', '3'])
    assert.equal(metadata.get('a'), '1')
    assert.deepEqual(metadata.all('a'), ['1', '3'])
    assert.equal(metadata.get('c'), null)
    assert.deepEqual(metadata.all('c'), [])
    // A value is no name.
    assert.equal(metadata.get('1'), null)
    assert.deepEqual(metadata.all('2'), [])
  })

  it('does not change: every change makes another one', () => {
    const fields = ['a', '1']
    const first = Metadata.of(fields)
    fields[1] = 'changed'
    const second = first.with('b', '2')
    const third = second.without('a')
    assert.deepEqual(first.fields, ['a', '1'])
    assert.deepEqual(second.fields, ['a', '1', 'b', '2'])
    assert.deepEqual(third.fields, ['b', '2'])
    assert.equal(third.without('b'), Metadata.EMPTY)
    assert.equal(Metadata.EMPTY.isEmpty, true)
    assert.equal(third.isEmpty, false)
  })

  it('carries bytes under names that end with -bin, as base64 without padding', () => {
    const metadata = Metadata.EMPTY.withBytes('trace-bin', Uint8Array.of(251, 255, 0, 1))
    assert.deepEqual(metadata.fields, ['trace-bin', '+/8AAQ'])
    assert.deepEqual(metadata.bytes('trace-bin'), Uint8Array.of(251, 255, 0, 1))
    assert.equal(metadata.bytes('other-bin'), null)
    assert.throws(() => metadata.bytes('trace'), /-bin/)
    assert.throws(() => metadata.withBytes('trace', Uint8Array.of(1)), /-bin/)
  })

  it('reads base64 with padding and without, and several values in one field', () => {
    const metadata = Metadata.received(['x-bin', 'AQ==,AQ', 'x-bin', 'AQI=', 'x-bin', ''])
    const all = [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(1, 2), new Uint8Array(0)]
    assert.deepEqual(metadata.allBytes('x-bin'), all)
  })

  it('refuses what is not base64 when the bytes are asked for', () => {
    for (const value of ['A', 'AQ=', 'AQ===', 'A=Q=', 'A-_w', 'A Q=', 'AAAAA', '=', '====']) {
      const metadata = Metadata.received(['x-bin', value])
      assert.throws(() => metadata.bytes('x-bin'), failsWith('BAD_REQUEST'), value)
      assert.throws(() => Metadata.of(['x-bin', value]), failsWith('BAD_REQUEST'), value)
    }
  })

  it('brings any bytes back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (values) => {
        let metadata = Metadata.EMPTY
        for (const value of values) metadata = metadata.withBytes('x-bin', value)
        const received = Metadata.received(metadata.fields)
        assert.deepEqual(received.allBytes('x-bin'), values)
        const joined = Metadata.received(['x-bin', metadata.all('x-bin').join(',')])
        if (values.length > 0) assert.deepEqual(joined.allBytes('x-bin'), values)
      }),
    )
  })

  it('to send must have valid names that belong to nobody else', () => {
    const reserved = ['grpc-status', 'grpc-', 'grpc-anything', 'te', 'content-type', 'connection']
    const invalid = ['', ':path', ':x', 'Upper', 'a b', 'ä', 'a:b', 'a\n', 'a\0', 'a,b']
    for (const name of [...reserved, ...invalid]) {
      assert.throws(() => Metadata.of([name, 'x']), failsWith('BAD_REQUEST'), name)
      assert.throws(() => Metadata.EMPTY.with(name, 'x'), failsWith('BAD_REQUEST'), name)
    }
    for (const name of ['grpc', 'x-grpc-y', '0', 'a_b-c.d', 'token', 'hasleader']) {
      assert.equal(Metadata.of([name, 'x']).get(name), 'x')
    }
    assert.throws(() => Metadata.of(['alone']), failsWith('BAD_REQUEST'))
  })

  it('to send must have values of printable ASCII', () => {
    for (const value of ['a\n', '\t', '\0', 'ä', ' a', 'a ', '\x7f']) {
      assert.throws(() => Metadata.of(['x', value]), failsWith('BAD_REQUEST'))
    }
    for (const value of ['', 'a b', '~!%', ',']) {
      assert.equal(Metadata.of(['x', value]).get('x'), value)
    }
  })

  it('to send is bounded, overhead included', () => {
    const room = RPC_METADATA_BYTES_MAX - 33
    assert.equal(Metadata.of(['x', 'v'.repeat(room)]).isEmpty, false)
    assert.throws(() => Metadata.of(['x', 'v'.repeat(room + 1)]), failsWith('TOO_LARGE'))
    const many = Array.from({ length: 2 * 300 }, () => 'x')
    assert.throws(() => Metadata.of(many), failsWith('TOO_LARGE'))
  })

  it('received leaves out what belongs to the protocol and what could not be sent on', () => {
    const fields = [':method', 'POST', 'te', 'trailers', 'content-type', 'application/grpc']
    fields.push('grpc-timeout', '1S', 'user-agent', 'grpc-go/1.60', 'x', 'ä', 'a!b', '1')
    assert.deepEqual(Metadata.received([...fields, 'token', 't']).fields, [
      'user-agent',
      'grpc-go/1.60',
      'token',
      't',
    ])
  })

  it('received may be sent back', () => {
    const text = fc.string({ unit: fc.constantFrom(...' ab-:,!\t\xe4A'), maxLength: 8 })
    const name = fc.oneof(text, fc.constantFrom('a', 'x-bin', 'grpc-x', ':path', 'te'))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 8 }), (pairs) => {
        const received = Metadata.received(pairs.flat())
        const sendable = received.without('x-bin')
        assert.deepEqual(Metadata.of(sendable.fields).fields, sendable.fields)
      }),
    )
  })
})
