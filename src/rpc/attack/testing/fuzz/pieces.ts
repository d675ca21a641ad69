import { gzipSync } from 'node:zlib'
import type { Chance } from '../../../../base/index.ts'
import {
  continuation,
  data,
  FLAG,
  frame,
  goaway,
  headers,
  NOTHING,
  ping,
  priority,
  pushPromise,
  reset,
  type Setting,
  settings,
  settingsAck,
  windowUpdate,
} from '../../../conformance/testing/kit/frames.ts'
import { literal, tableSize } from '../../../conformance/testing/kit/hpack-writer.ts'
import { HpackEncoder, OutgoingHeaders } from '../../../hpack/index.ts'

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.below(from.length)] as T
}

export function noise(chance: Chance, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at++) bytes[at] = chance.uint32()
  return bytes
}

/** Mostly small, sometimes at the edges of what is allowed. */
export function lengthOf(chance: Chance): number {
  const kind = chance.below(100)
  if (kind < 80) return chance.below(64)
  if (kind < 98) return chance.below(1000)
  return pick(chance, [0, 16_379, 16_384, 16_385, 65_535, 65_536, 65_537, 100_000])
}

const ZEROS = Buffer.alloc(128 * 1024)
/** A valid message, a bomb, one that is cut off, and two that are none. */
const ZIPPED: readonly Buffer[] = [
  gzipSync('a message that was compressed'),
  gzipSync(Buffer.alloc(60_000)),
  gzipSync(Buffer.alloc(4_000_000)),
  gzipSync('truncated'.repeat(20)).subarray(0, 25),
  Buffer.from('not gzip at all'),
  NOTHING,
]

/** A gRPC message, now and then one that lies about itself. */
export function grpcMessage(chance: Chance): Buffer {
  const zipped = chance.happens(0.05)
  const body = zipped ? pick(chance, ZIPPED) : ZEROS.subarray(0, lengthOf(chance))
  const prefix = Buffer.alloc(5)
  prefix[0] = zipped ? 1 : chance.happens(0.01) ? chance.below(256) : 0
  const lies = chance.happens(0.01)
  prefix.writeUInt32BE(lies ? chance.below(2 ** 32) : body.length, 1)
  return Buffer.concat([prefix, body])
}

/** Header blocks: as an encoder makes them, with its table, and by hand, with all that is odd. */
export class BlockMaker {
  readonly #chance: Chance
  readonly #oddness: number
  readonly #encoder = new HpackEncoder({ tableBytesMax: 4096 })

  /** `oddness`: how many blocks are not what an encoder would make. */
  constructor(chance: Chance, oddness: number) {
    this.#chance = chance
    this.#oddness = oddness
  }

  make(fields: readonly string[]): Buffer {
    const chance = this.#chance
    const whole = chance.happens(0.2) ? [...fields, ...this.#more()] : fields
    const list = new OutgoingHeaders(whole)
    const target = new Uint8Array(this.#encoder.lengthMax(list))
    const block = Buffer.from(target.subarray(0, this.#encoder.encode(list, target, 0)))
    return chance.happens(this.#oddness) ? this.#odd(block) : block
  }

  /** Changes the table that the encoder and the other side keep. */
  resize(bytesMax: number): void {
    this.#encoder.setTableBytesMax(bytesMax)
  }

  #more(): string[] {
    const chance = this.#chance
    const fields: string[] = []
    for (let i = chance.below(4); i >= 0; i--) {
      const value = 'v'.repeat(chance.happens(0.02) ? chance.below(20_000) : chance.below(60))
      fields.push(`x-${chance.below(40)}`, `${value}${chance.below(10)}`)
    }
    return fields
  }

  #odd(block: Buffer): Buffer {
    const chance = this.#chance
    switch (chance.below(6)) {
      case 0:
        return Buffer.concat([block, literal('x', 'y', { kind: 'incremental', huffman: true })])
      case 1:
        return Buffer.concat([tableSize(chance.below(5000)), block])
      case 2:
        return Buffer.concat([block, literal('UPPER', 'y')])
      case 3:
        return block.subarray(0, chance.below(block.length + 1))
      case 4:
        return Buffer.concat([block, literal('content-length', `${chance.below(100)}`)])
      default:
        return Buffer.concat([block, noise(chance, chance.below(20))])
    }
  }
}

/** HEADERS in one frame or in several, with padding and priority or without. */
export function headerFrames(
  stream: number,
  block: Buffer,
  { chance, end }: { chance: Chance; end: boolean },
): Buffer {
  const padding = chance.happens(0.05) ? chance.below(40) : undefined
  const dependency = chance.happens(0.05) ? { priority: { on: chance.below(9) } } : {}
  const more = { end, ...(padding === undefined ? {} : { padding }), ...dependency }
  const count = block.length > 15_000 ? 1 + Math.ceil(block.length / 15_000) : 1
  if (count === 1 && !chance.happens(0.05)) return headers(stream, block, more)
  const pieces = count === 1 ? 1 + chance.below(5) : count
  const size = Math.max(1, Math.ceil(block.length / pieces))
  const frames = [headers(stream, block.subarray(0, size), { ...more, endHeaders: false })]
  for (let at = size; at < block.length; at += size) {
    frames.push(continuation(stream, block.subarray(at, at + size), { endHeaders: false }))
  }
  frames.push(continuation(stream, NOTHING))
  return Buffer.concat(frames)
}

/** Octets of a body in DATA frames. */
export function bodyFrames(
  stream: number,
  body: Buffer,
  { chance, end }: { chance: Chance; end: boolean },
): Buffer {
  if (body.length === 0) return data(stream, body, { end })
  const frames: Buffer[] = []
  const size = chance.happens(0.9) ? 16_000 : 1 + chance.below(Math.ceil(body.length / 4) + 1)
  for (let at = 0; at < body.length; at += size) {
    const padding = chance.happens(0.02) ? { padding: chance.below(256) } : {}
    const isEnd = end && at + size >= body.length
    frames.push(data(stream, body.subarray(at, at + size), { ...padding, end: isEnd }))
  }
  return Buffer.concat(frames)
}

const WINDOWS = [0, 1, 100, 65_535, 1_000_000, 2 ** 31 - 1]

function randomSettings(chance: Chance, blocks: BlockMaker): Buffer {
  const values: Setting[] = []
  for (let i = chance.below(3); i >= 0; i--) {
    const kind = chance.below(8)
    if (kind <= 3) values.push([4, pick(chance, WINDOWS)])
    else if (kind === 4) values.push([1, pick(chance, [0, 100, 4096, 65_536])])
    else if (kind === 5) values.push([3, chance.below(200)])
    else if (kind === 6) values.push([5, 16_384 + chance.below(1000)])
    else values.push([7 + chance.below(100), chance.uint32()])
  }
  if (chance.happens(0.1)) blocks.resize(pick(chance, [0, 64, 1000, 4096]))
  return settings(...values)
}

/** Frames that both roles may send, and some that nobody may. `stream` is one that is known. */
export function anyControl(
  stream: number,
  { chance, blocks, wild }: { chance: Chance; blocks: BlockMaker; wild: boolean },
): Buffer {
  const kind = chance.below(wild ? 17 : 12)
  switch (kind) {
    case 0:
    case 1:
    case 2:
      return windowUpdate(0, 1 + chance.below(chance.happens(0.5) ? 10 : 100_000))
    case 3:
    case 4:
    case 5:
      return windowUpdate(stream, 1 + chance.below(chance.happens(0.5) ? 10 : 100_000))
    case 6:
      return randomSettings(chance, blocks)
    case 7:
    case 8:
      return ping(`ping${chance.below(1000)}`)
    case 9:
      return priority(stream, { on: chance.below(100) })
    case 10:
      return frame({ type: 10 + chance.below(240), stream, payload: noise(chance, 12) })
    case 11:
      return settingsAck()
    default:
      return forbidden(stream, chance)
  }
}

function forbidden(stream: number, chance: Chance): Buffer {
  const other = chance.below(stream + 4)
  switch (chance.below(9)) {
    case 0:
      return windowUpdate(other, chance.happens(0.5) ? 0 : 2 ** 31 - 1)
    case 1:
      return data(other, noise(chance, chance.below(30)), { end: chance.happens(0.5) })
    case 2:
      return continuation(other, noise(chance, 5))
    case 3:
      return pushPromise(stream, 2, noise(chance, 5))
    case 4:
      return reset(other, chance.below(20))
    case 5:
      return data(stream, NOTHING, { padding: 3, padLength: chance.below(256) })
    case 6:
      return ping('answer', { ack: true })
    case 7:
      return settings([2, chance.below(3)])
    default:
      return goaway({ last: chance.below(20), code: chance.below(15), debug: 'bye' })
  }
}

/** One that was valid, changed in a place or two. */
export function mutated(bytes: Buffer, chance: Chance): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length < 9) return copy
  switch (chance.below(9)) {
    case 0:
      copy[3] = chance.happens(0.9) ? chance.below(12) : chance.below(256)
      return copy
    case 1:
      copy[4] = chance.happens(0.5) ? chance.below(256) : (copy[4] as number) ^ pick(chance, FLAGS)
      return copy
    case 2:
      copy.writeUInt32BE(chance.happens(0.9) ? chance.below(40) : chance.uint32(), 5)
      return copy
    case 3:
      // Everything behind it shifts.
      copy.writeUIntBE(chance.happens(0.8) ? chance.below(100) : chance.below(2 ** 24), 0, 3)
      return copy
    case 4:
      return Buffer.concat([copy, copy])
    case 5:
      return copy.subarray(0, chance.below(copy.length))
    case 6:
      return resized(copy, chance)
    default: {
      for (let i = chance.below(4); i >= 0; i--) {
        const at = 9 + chance.below(Math.max(1, copy.length - 9))
        if (at < copy.length) copy[at] = chance.uint32()
      }
      return copy
    }
  }
}

const FLAGS = Object.values(FLAG)

/** Another payload length, and the field agrees with it. */
function resized(bytes: Buffer, chance: Chance): Buffer {
  const length = chance.below(20)
  const payload = Buffer.concat([bytes.subarray(9, 9 + length), noise(chance, length)])
  const header = Buffer.from(bytes.subarray(0, 9))
  header.writeUIntBE(length, 0, 3)
  return Buffer.concat([header, payload.subarray(0, length)])
}
