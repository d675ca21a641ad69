import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type FrameStep,
  MESSAGE_PREFIX_BYTES,
  MessageReader,
  writeCompressedPrefix,
  writeMessagePrefix,
} from './message-frames.ts'

interface Message {
  readonly isCompressed: boolean
  readonly bytes: Uint8Array
}

function encode(messages: readonly Message[]): Uint8Array {
  const parts = messages.map(({ isCompressed, bytes }) => {
    const target = new Uint8Array(MESSAGE_PREFIX_BYTES + bytes.length)
    const write = isCompressed ? writeCompressedPrefix : writeMessagePrefix
    target.set(bytes, write(target, 0, bytes.length))
    return target
  })
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** Takes every message out, and says how it ended. */
function drain(reader: MessageReader, messages: Message[]): FrameStep {
  for (;;) {
    const step = reader.next()
    if (step !== 'message') return step
    const bytes = reader.bytes.slice(reader.offset, reader.offset + reader.length)
    messages.push({ isCompressed: reader.isCompressed, bytes })
  }
}

/** The stream cut at the given places, in chunks that are overwritten once they are used up. */
function feed(reader: MessageReader, stream: Uint8Array, cuts: readonly number[]): Message[] {
  const messages: Message[] = []
  const places = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length]
  let from = 0
  for (const to of places.sort((one, other) => one - other)) {
    const chunk = Uint8Array.of(7, 7, ...stream.subarray(from, to), 7)
    reader.push(chunk, 2, to - from)
    assert.equal(drain(reader, messages), 'more')
    chunk.fill(0xee)
    from = to
  }
  return messages
}

const MESSAGE = fc
  .tuple(fc.boolean(), fc.uint8Array({ maxLength: 60, size: 'max' }))
  .map(([isCompressed, bytes]) => ({ isCompressed, bytes }))

function message(...bytes: number[]): Message {
  return { isCompressed: false, bytes: Uint8Array.from(bytes) }
}

describe('a reader of messages', () => {
  it('finds the same messages wherever the stream is cut', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(MESSAGE, { maxLength: 6 }), cuts, (messages, places) => {
        const reader = new MessageReader({ messageBytesMax: 60 })
        assert.deepEqual(feed(reader, encode(messages), places), messages)
        assert.equal(reader.isInside, false)
      }),
    )
  })

  it('finds messages that come byte by byte', () => {
    const messages = [message(), message(1), { isCompressed: true, bytes: new Uint8Array(3000) }]
    const stream = encode(messages)
    const reader = new MessageReader({ messageBytesMax: 3000 })
    const everywhere = Array.from(stream, (_, at) => at)
    assert.deepEqual(feed(reader, stream, everywhere), messages)
  })

  it('copies nothing of a message that is whole in its chunk', () => {
    const reader = new MessageReader({ messageBytesMax: 10 })
    const stream = encode([message(1, 2), message(3)])
    reader.push(stream, 0, 3)
    assert.equal(reader.next(), 'more')
    reader.push(stream, 3, stream.length - 3)
    assert.equal(reader.next(), 'message')
    assert.equal(reader.bytes, stream)
    assert.deepEqual([reader.offset, reader.length], [5, 2])
    assert.equal(reader.next(), 'message')
    assert.equal(reader.bytes, stream)
    assert.deepEqual([reader.offset, reader.length], [12, 1])
    assert.equal(reader.next(), 'more')
  })

  it('refuses a message that is too large at its prefix, and for ever', () => {
    const reader = new MessageReader({ messageBytesMax: 4 })
    const stream = encode([message(1, 2, 3, 4), message(1, 2, 3, 4, 5)])
    reader.push(stream, 0, 9 + 5)
    assert.equal(reader.next(), 'message')
    assert.equal(reader.next(), 'tooLarge')
    assert.equal(reader.length, 5)
    assert.equal(reader.next(), 'tooLarge')
    reader.push(stream, 0, stream.length)
    assert.equal(reader.next(), 'tooLarge')
  })

  it('refuses the largest length that can be announced', () => {
    const reader = new MessageReader({ messageBytesMax: 1000 })
    reader.push(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff), 0, 5)
    assert.equal(reader.next(), 'tooLarge')
    assert.equal(reader.length, 0xffff_ffff)
  })

  it('refuses a flag that is neither 0 nor 1', () => {
    for (const flag of [2, 0x80, 0xff]) {
      const reader = new MessageReader({ messageBytesMax: 10 })
      reader.push(Uint8Array.of(flag), 0, 1)
      assert.equal(reader.next(), 'malformed')
      assert.equal(reader.next(), 'malformed')
    }
  })

  it('tells at the end of a stream whether a message is truncated', () => {
    const stream = encode([message(1, 2), message(3, 4)])
    const wholes = [0, 7, 14]
    for (let length = 0; length <= stream.length; length++) {
      const reader = new MessageReader({ messageBytesMax: 10 })
      reader.push(stream, 0, length)
      assert.equal(drain(reader, []), 'more')
      assert.equal(reader.isInside, !wholes.includes(length))
    }
  })

  it('holds no more than twice what has arrived of a message', () => {
    const reader = new MessageReader({ messageBytesMax: 2 ** 31 })
    reader.push(Uint8Array.of(0, 0x7f, 0xff, 0xff, 0xff), 0, 5)
    assert.equal(reader.next(), 'more')
    const before = process.memoryUsage().arrayBuffers
    reader.push(new Uint8Array(10), 0, 10)
    assert.equal(reader.next(), 'more')
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
  })

  it('gives back the memory of a large message when the next one is asked for', () => {
    const reader = new MessageReader({ messageBytesMax: 1e6 })
    const message = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)
    const framed = new Uint8Array(MESSAGE_PREFIX_BYTES + message.length)
    framed.set(message, writeMessagePrefix(framed, 0, message.length))
    reader.push(framed, 0, 50_000)
    assert.equal(reader.next(), 'more')
    reader.push(framed, 50_000, framed.length - 50_000)
    assert.equal(reader.next(), 'message')
    const { bytes, offset, length } = reader
    assert.deepEqual(bytes.slice(offset, offset + length), message)
    assert.equal(reader.next(), 'more')
    assert.ok((bytes.buffer as ArrayBuffer).detached)
  })

  it('may be used again after a reset, whatever came before', () => {
    const reader = new MessageReader({ messageBytesMax: 10 })
    reader.push(Uint8Array.of(9, 1, 2), 0, 3)
    assert.equal(reader.next(), 'malformed')
    reader.reset()
    assert.equal(reader.isInside, false)
    assert.deepEqual(feed(reader, encode([message(1, 2, 3)]), [6]), [message(1, 2, 3)])
  })

  it('takes any bytes in any pieces without failing', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 10 })
    fc.assert(
      fc.property(pieces, (chunks) => {
        const reader = new MessageReader({ messageBytesMax: 300 })
        const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
        const messages: Message[] = []
        for (const chunk of chunks) {
          reader.push(chunk, 0, chunk.length)
          if (drain(reader, messages) !== 'more') break
        }
        const used = messages.reduce((sum, one) => sum + one.bytes.length + 5, 0)
        assert.ok(used <= total)
      }),
    )
  })
})

describe('a prefix', () => {
  it('is five bytes, and the message begins behind them', () => {
    const target = new Uint8Array(7).fill(9)
    assert.equal(writeMessagePrefix(target, 1, 0x01020304), 6)
    assert.deepEqual(target, Uint8Array.of(9, 0, 1, 2, 3, 4, 9))
    assert.equal(writeCompressedPrefix(target, 1, 0xfffefdfc), 6)
    assert.deepEqual(target, Uint8Array.of(9, 1, 0xff, 0xfe, 0xfd, 0xfc, 9))
    assert.throws(() => writeMessagePrefix(target, 3, 1), /room/)
  })
})
