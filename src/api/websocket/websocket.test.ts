import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FrameReader, frameOf, OPCODE, type ReaderEvent } from './frame-reader.ts'
import { acceptKeyOf } from './index.ts'
import { sha1 } from './sha1.ts'

interface Sent {
  readonly opcode: number
  readonly payload: Uint8Array
  readonly final?: boolean
}

/** As a client sends it. */
function masked({ opcode, payload, final = true }: Sent): Uint8Array {
  const plain = frameOf(opcode, payload)
  const start = plain.length - payload.length
  const mask = [0x11, 0x22, 0x33, 0xf4]
  const frame = new Uint8Array(plain.length + 4)
  frame.set(plain.subarray(0, start))
  frame.set(mask, start)
  for (const [at, byte] of payload.entries()) {
    frame[start + 4 + at] = byte ^ (mask[at % 4] as number)
  }
  frame[0] = (final ? 0x80 : 0) | opcode
  frame[1] = (frame[1] as number) | 0x80
  return frame
}

function read(pieces: Iterable<Uint8Array>, messageBytesMax = 100_000): ReaderEvent[] {
  const reader = new FrameReader({ messageBytesMax })
  const events: ReaderEvent[] = []
  for (const piece of pieces) {
    reader.push(piece, (event) => events.push(event))
    const last = events.at(-1)?.kind
    if (last === 'broken' || last === 'close') break
  }
  return events
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

describe('the handshake', () => {
  it('answers the key of the RFC as the RFC does', () => {
    assert.equal(acceptKeyOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    for (const none of [undefined, '', 'abc', 'dGhlIHNhbXBsZSBub25jZQ==x']) {
      assert.equal(acceptKeyOf(none), null)
    }
  })

  it('has the SHA-1 that everybody has', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const expected = createHash('sha1').update(message).digest('hex')
      assert.equal(Buffer.from(sha1(message)).toString('hex'), expected)
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('frames', () => {
  it('become the messages they were, however they come', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 4 })
    const property = fc.property(messages, fc.integer({ min: 1, max: 5000 }), (sent, step) => {
      const frames = sent.flatMap((message) => {
        const cut = message.length >> 1
        return [
          masked({ opcode: OPCODE.TEXT, payload: message.subarray(0, cut), final: false }),
          masked({ opcode: OPCODE.PING, payload: bytesOf('?') }),
          masked({ opcode: OPCODE.CONTINUATION, payload: message.subarray(cut) }),
        ]
      })
      const whole = Buffer.concat(frames)
      const pieces = []
      for (let at = 0; at < whole.length; at += step) pieces.push(whole.subarray(at, at + step))
      const expected = sent.flatMap((bytes) => [
        { kind: 'ping', bytes: bytesOf('?') },
        { kind: 'message', bytes },
      ])
      assert.deepEqual(read(pieces), expected)
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('that break the protocol end everything', () => {
    const text = masked({ opcode: OPCODE.TEXT, payload: bytesOf('x'), final: false })
    const broken: readonly (readonly [string, readonly Uint8Array[], number])[] = [
      ['not masked', [frameOf(OPCODE.TEXT, bytesOf('x'))], 1002],
      ['an extension', [Uint8Array.of(0xc1, 0x80, 0, 0, 0, 0)], 1002],
      ['a long ping', [masked({ opcode: OPCODE.PING, payload: new Uint8Array(126) })], 1002],
      ['a ping in pieces', [Uint8Array.of(0x09, 0x80, 0, 0, 0, 0)], 1002],
      ['an opcode that is none', [masked({ opcode: 3, payload: bytesOf('x') })], 1002],
      ['nothing to go on with', [masked({ opcode: 0, payload: bytesOf('x') })], 1002],
      ['a message within another', [text, masked({ opcode: 1, payload: bytesOf('x') })], 1002],
      ['too much', [masked({ opcode: 1, payload: new Uint8Array(11) })], 1009],
      ['2^60 bytes', [Uint8Array.of(0x81, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)], 1009],
      ['too much together', [text, masked({ opcode: 0, payload: new Uint8Array(10) })], 1009],
    ]
    for (const [what, frames, code] of broken) {
      assert.deepEqual(read(frames, 10).at(-1), { kind: 'broken', code }, what)
    }
  })

  it('never do anything but this, whatever the bytes', () => {
    const property = fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      for (const event of read(pieces, 100)) {
        if (event.kind === 'message') assert.ok(event.bytes.length <= 100)
      }
    })
    fc.assert(property, { numRuns: 1000 })
  })
})
