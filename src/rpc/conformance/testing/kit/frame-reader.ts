import assert from 'node:assert/strict'
import {
  type ErrorName,
  FLAG,
  FRAME_SIZE_INITIAL,
  nameOfCode,
  type Setting,
  TYPE,
} from './frames.ts'
import { HpackReader } from './hpack-reader.ts'
import type { Field } from './hpack-writer.ts'

/** What arrived, in the words of the protocol. A header block is one item, however it was split. */
export type Incoming =
  | { kind: 'data'; stream: number; bytes: Buffer; end: boolean; size: number }
  | { kind: 'headers'; stream: number; fields: readonly Field[]; end: boolean }
  | { kind: 'priority'; stream: number }
  | { kind: 'reset'; stream: number; code: ErrorName | number }
  | { kind: 'settings'; ack: boolean; values: readonly Setting[] }
  | { kind: 'ping'; ack: boolean; text: string }
  | { kind: 'goaway'; last: number; code: ErrorName | number; debug: string }
  | { kind: 'windowUpdate'; stream: number; increment: number }
  | { kind: 'other'; type: number; stream: number }
  | { kind: 'closed'; how: 'ended' | 'reset' }

export interface RawFrame {
  readonly type: number
  readonly flags: number
  readonly reserved: boolean
  readonly stream: number
  readonly payload: Buffer
}

/** Flags that have a meaning for each type; all others must be left unset (RFC 9113 §4.1). */
const DEFINED_FLAGS: Readonly<Record<number, number>> = {
  [TYPE.data]: FLAG.endStream | FLAG.padded,
  [TYPE.headers]: FLAG.endStream | FLAG.endHeaders | FLAG.padded | FLAG.priority,
  [TYPE.settings]: FLAG.ack,
  [TYPE.ping]: FLAG.ack,
  [TYPE.pushPromise]: FLAG.endHeaders | FLAG.padded,
  [TYPE.continuation]: FLAG.endHeaders,
}

const FIXED_LENGTHS: Readonly<Record<number, number>> = {
  [TYPE.priority]: 5,
  [TYPE.reset]: 4,
  [TYPE.ping]: 8,
  [TYPE.windowUpdate]: 4,
}

/** Cuts a byte stream into frames and fails on every frame whose form RFC 9113 does not allow. */
export class FrameReader {
  /** What we announced as SETTINGS_MAX_FRAME_SIZE. */
  frameSizeMax = FRAME_SIZE_INITIAL
  readonly hpack = new HpackReader()
  #rest: Buffer = Buffer.alloc(0)
  #open: { stream: number; end: boolean; fragments: Buffer[] } | null = null

  push(bytes: Buffer, arrive: (item: Incoming) => void): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    for (let raw = this.#take(); raw !== null; raw = this.#take()) {
      const item = this.#interpret(raw)
      if (item !== null) arrive(item)
    }
  }

  #take(): RawFrame | null {
    if (this.#rest.length < 9) return null
    const length = this.#rest.readUIntBE(0, 3)
    assert.ok(length <= this.frameSizeMax, `a frame of ${length} octets is too long (§4.2)`)
    if (this.#rest.length < 9 + length) return null
    const word = this.#rest.readUInt32BE(5)
    const raw = {
      type: this.#rest.readUInt8(3),
      flags: this.#rest.readUInt8(4),
      reserved: word >= 2 ** 31,
      stream: word % 2 ** 31,
      payload: this.#rest.subarray(9, 9 + length),
    }
    this.#rest = this.#rest.subarray(9 + length)
    return raw
  }

  #interpret(raw: RawFrame): Incoming | null {
    checkForm(raw)
    const { type, flags, stream, payload } = raw
    if (this.#open !== null) {
      const follows = type === TYPE.continuation && stream === this.#open.stream
      assert.ok(follows, 'only CONTINUATION may follow an unfinished header block (§6.10)')
    }
    switch (type) {
      case TYPE.headers:
        this.#open = { stream, end: (flags & FLAG.endStream) !== 0, fragments: [] }
        return this.#fragment(flags, headerFragment(raw))
      case TYPE.continuation:
        return this.#fragment(flags, payload)
      default:
        return interpretOther(raw)
    }
  }

  #fragment(flags: number, bytes: Buffer): Incoming | null {
    assert.ok(this.#open !== null, 'CONTINUATION continues nothing (§6.10)')
    this.#open.fragments.push(bytes)
    if ((flags & FLAG.endHeaders) === 0) return null
    const { stream, end, fragments } = this.#open
    this.#open = null
    return { kind: 'headers', stream, end, fields: this.hpack.read(Buffer.concat(fragments)) }
  }
}

function checkForm({ type, flags, reserved, stream, payload }: RawFrame): void {
  assert.ok(!reserved, 'the reserved bit is never set (§4.1)')
  const defined = type <= TYPE.continuation ? (DEFINED_FLAGS[type] ?? 0) : 0xff
  assert.equal(flags & ~defined, 0, `flags ${flags} on a frame of type ${type} (§4.1)`)
  const length = FIXED_LENGTHS[type]
  if (length !== undefined) assert.equal(payload.length, length, `length of a type ${type} frame`)
  if (type === TYPE.settings || type === TYPE.ping || type === TYPE.goaway) {
    assert.equal(stream, 0, `a frame of type ${type} belongs to the connection`)
  } else if (type !== TYPE.windowUpdate && type <= TYPE.continuation) {
    assert.ok(stream > 0, `a frame of type ${type} belongs to a stream`)
  }
}

function interpretOther(raw: RawFrame): Incoming {
  const { type, flags, stream, payload } = raw
  switch (type) {
    case TYPE.data: {
      const end = (flags & FLAG.endStream) !== 0
      return { kind: 'data', stream, bytes: unpadded(raw), end, size: payload.length }
    }
    case TYPE.priority:
      return { kind: 'priority', stream }
    case TYPE.reset:
      return { kind: 'reset', stream, code: nameOfCode(payload.readUInt32BE(0)) }
    case TYPE.settings:
      return { kind: 'settings', ack: (flags & FLAG.ack) !== 0, values: settingsOf(raw) }
    case TYPE.ping:
      return { kind: 'ping', ack: (flags & FLAG.ack) !== 0, text: payload.toString('latin1') }
    case TYPE.goaway: {
      assert.ok(payload.length >= 8, 'GOAWAY has at least 8 octets (§6.8)')
      const code = nameOfCode(payload.readUInt32BE(4))
      const debug = payload.subarray(8).toString('latin1')
      return { kind: 'goaway', last: payload.readUInt32BE(0) % 2 ** 31, code, debug }
    }
    case TYPE.windowUpdate:
      return { kind: 'windowUpdate', stream, increment: payload.readUInt32BE(0) }
    default:
      return { kind: 'other', type, stream }
  }
}

function settingsOf({ flags, payload }: RawFrame): Setting[] {
  assert.equal(payload.length % 6, 0, 'SETTINGS holds entries of 6 octets (§6.5)')
  if ((flags & FLAG.ack) !== 0)
    assert.equal(payload.length, 0, 'an acknowledgement is empty (§6.5)')
  const values: Setting[] = []
  for (let at = 0; at < payload.length; at += 6) {
    values.push([payload.readUInt16BE(at), payload.readUInt32BE(at + 2)])
  }
  return values
}

function headerFragment(raw: RawFrame): Buffer {
  const content = unpadded(raw)
  return (raw.flags & FLAG.priority) === 0 ? content : content.subarray(5)
}

function unpadded({ flags, payload }: RawFrame): Buffer {
  if ((flags & FLAG.padded) === 0) return payload
  const length = payload[0] ?? payload.length
  assert.ok(length < payload.length, 'padding leaves room for its own length (§6.1)')
  assert.ok(payload.subarray(payload.length - length).every((octet) => octet === 0))
  return payload.subarray(1, payload.length - length)
}
