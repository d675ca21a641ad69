import assert from 'node:assert/strict'
import { FLAG, PREFACE, TYPE } from '../../../conformance/testing/kit/frames.ts'
import { HpackReader } from '../../../conformance/testing/kit/hpack-reader.ts'
import type { InputModel } from './input-model.ts'

const FRAME_BYTES_MAX = 16_384
const KNOWN_FLAGS: readonly number[] = [0x1, 0x5, 0, 0, 0x1, 0, 0x1, 0, 0, 0x4]
const FIXED_LENGTHS: readonly number[] = [-1, -1, -1, 4, -1, -1, 8, -1, 4, -1]

interface Said {
  sent: number
  headed: boolean
  /** END_STREAM or RST_STREAM. */
  ended: boolean
  wasReset: boolean
}

interface Block {
  readonly stream: number
  readonly end: boolean
  readonly parts: Buffer[]
}

/**
 * What an endpoint says is always a legal sequence of frames, whatever it is told. Written against
 * RFC 9113 and with nothing of the code under test.
 */
export class OutputChecker {
  /** Streams that were opened by what was said, for a fuzzer that plays the server. */
  readonly opened: number[] = []
  frames = 0
  /** GOAWAY with an error, after which there is nothing to say. */
  failed = false
  /** SETTINGS and PING that want an answer. */
  unanswered: Buffer[] = []
  readonly #role: 'server' | 'client'
  readonly #input: InputModel
  readonly #hpack = new HpackReader()
  readonly #streams = new Map<number, Said>()
  #preface: number
  #rest: Buffer = Buffer.alloc(0)
  #block: Block | null = null
  #sent = 0
  #pings = 0
  #acks = 0
  #goawayLast = 2 ** 31 - 1

  constructor(role: 'server' | 'client', input: InputModel) {
    this.#role = role
    this.#input = input
    this.#preface = role === 'client' ? 0 : PREFACE.length
  }

  push(bytes: Uint8Array): void {
    let start = 0
    for (; this.#preface < PREFACE.length && start < bytes.length; start++) {
      assert.equal(bytes[start], PREFACE[this.#preface], 'the preface')
      this.#preface += 1
    }
    const fresh = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start)
    const view = this.#rest.length > 0 ? Buffer.concat([this.#rest, fresh]) : fresh
    let at = 0
    while (view.length - at >= 9) {
      const length = view.readUIntBE(at, 3)
      assert.ok(length <= FRAME_BYTES_MAX, 'no frame is longer than allowed')
      if (at + 9 + length > view.length) break
      this.#frame(view, at, length)
      at += 9 + length
    }
    this.#rest = Buffer.from(view.subarray(at))
  }

  /** Nothing hangs in the air when the endpoint has ended. */
  finish(): void {
    assert.equal(this.#rest.length, 0, 'the last frame is whole')
    assert.equal(this.#block, null, 'the last header block is whole')
  }

  #frame(view: Buffer, at: number, length: number): void {
    const [type, flags] = [view[at + 3] as number, view[at + 4] as number]
    const stream = view.readUInt32BE(at + 5)
    const payload = view.subarray(at + 9, at + 9 + length)
    this.frames += 1
    assert.ok(!this.failed, 'nothing follows a GOAWAY that tells of an error')
    assert.ok(type <= 9 && type !== TYPE.pushPromise && type !== TYPE.priority, 'a known type')
    assert.equal(flags & ~(KNOWN_FLAGS[type] as number), 0, 'flags that the type has')
    assert.ok(stream < 2 ** 31, 'the reserved bit is not set')
    const fixed = FIXED_LENGTHS[type] as number
    assert.ok(fixed === -1 || fixed === length, 'the length of its type')
    if (this.frames === 1) assert.ok(type === TYPE.settings && flags === 0, 'SETTINGS come first')
    if (this.#block !== null) {
      assert.ok(type === TYPE.continuation && stream === this.#block.stream, 'a whole block')
    }
    if (type === TYPE.settings || type === TYPE.ping || type === TYPE.goaway) {
      assert.equal(stream, 0, 'a frame of the connection')
      this.#control(type, flags, payload)
    } else if (type === TYPE.windowUpdate) {
      assert.ok(payload.readUInt32BE(0) > 0, 'an increment')
      assert.ok(stream === 0 || !this.#said(stream).wasReset, 'nothing follows RST_STREAM')
    } else this.#ofStream({ type, flags, stream, payload })
  }

  #control(type: number, flags: number, payload: Buffer): void {
    if (type === TYPE.goaway) {
      const last = payload.readUInt32BE(0)
      assert.ok(last <= this.#goawayLast, 'the last stream does not rise')
      this.#goawayLast = last
      this.failed = payload.readUInt32BE(4) !== 0
    } else if (type === TYPE.settings && flags === FLAG.ack) {
      this.#acks += 1
      assert.ok(this.#acks <= this.#input.settings, 'SETTINGS are acknowledged once')
    } else if (flags === FLAG.ack) {
      this.#pings += 1
      assert.ok(this.#pings <= this.#input.pings, 'PING is answered once')
    } else if (this.unanswered.length < 16) {
      const isPing = type === TYPE.ping
      const header = Buffer.from([0, 0, isPing ? 8 : 0, type, 1, 0, 0, 0, 0])
      this.unanswered.push(isPing ? Buffer.concat([header, payload]) : header)
    }
  }

  #said(stream: number): Said {
    let said = this.#streams.get(stream)
    if (said === undefined) {
      assert.equal(stream % 2, 1, 'streams are opened by clients')
      if (this.#role === 'server') {
        assert.ok(this.#input.headed.has(stream), 'nothing is said on a stream that nobody opened')
      } else this.opened.push(stream)
      said = { sent: 0, headed: false, ended: false, wasReset: false }
      this.#streams.set(stream, said)
    }
    return said
  }

  #ofStream(frame: { type: number; flags: number; stream: number; payload: Buffer }): void {
    const { type, flags, stream, payload } = frame
    const said = this.#said(stream)
    assert.ok(!said.wasReset, 'nothing follows RST_STREAM')
    if (type === TYPE.reset) {
      assert.ok(this.#role === 'server' || said.headed, 'no reset of an idle stream')
      said.wasReset = true
      return
    }
    assert.ok(!said.ended, 'nothing follows END_STREAM')
    if (type === TYPE.data) {
      assert.ok(said.headed, 'DATA follows HEADERS')
      this.#checkWindows(said, stream, payload.length)
      said.ended = (flags & FLAG.endStream) !== 0
      return
    }
    if (type === TYPE.headers) {
      this.#block = { stream, end: (flags & FLAG.endStream) !== 0, parts: [] }
    }
    assert.ok(this.#block !== null, 'CONTINUATION continues something')
    this.#block.parts.push(Buffer.from(payload))
    if ((flags & FLAG.endHeaders) !== 0) this.#blockEnds(this.#block, said)
  }

  #checkWindows(said: Said, stream: number, length: number): void {
    said.sent += length
    this.#sent += length
    if (length === 0) return
    assert.ok(said.sent <= this.#input.windowOf(stream), 'no more than the window of the stream')
    assert.ok(this.#sent <= this.#input.connectionWindow, 'no more than the window of all')
  }

  #blockEnds({ parts, end }: Block, said: Said): void {
    this.#block = null
    this.#hpack.allowed = this.#input.tableBytes
    const fields = this.#hpack.read(Buffer.concat(parts))
    for (const [name, value] of fields) {
      assert.match(name, /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/, 'a field name')
      assert.doesNotMatch(value, /[\0\r\n]|^[ \t]|[ \t]$/, 'a field value')
    }
    const pseudo = fields.filter(([name]) => name.startsWith(':')).length
    if (said.headed) assert.ok(end && pseudo === 0, 'trailers are the end, and no head')
    else assert.equal(pseudo, this.#role === 'server' ? 1 : 4, 'a head')
    said.headed = true
    said.ended = end
  }
}
