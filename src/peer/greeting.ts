/**
 * What two nodes say to each other on a stream besides envelopes, laid out in
 * `docs/format/peer.md`: who is there, and whether the other one still is.
 */

import { assert, crc32c } from '../base/index.ts'
import type { NodeId } from '../raft/index.ts'
import { FrameReader, FrameWriter, naturalBytes } from './frame-cursor.ts'

/** Both sides must speak the same one; the place of this number never changes. */
export const PROTOCOL = 1

/** The first byte of a frame; an envelope begins with another one, that of its magic. */
export const FRAME = { hello: 1, welcome: 2, ping: 3, pong: 4, envelope: 0x51 } as const

const CHECKSUM_AT = 1
const BODY_AT = 5

/** The first word of whoever dials. */
export interface Hello {
  readonly protocol: number
  readonly clusterId: number
  readonly from: NodeId
  readonly to: NodeId
  readonly incarnation: number
}

/** The first word of whoever was dialled. */
export interface Welcome {
  readonly protocol: number
  readonly incarnation: number
}

export function encodeHello(hello: Omit<Hello, 'protocol'>): Uint8Array {
  const { clusterId, from, to, incarnation } = hello
  return sealed(FRAME.hello, [PROTOCOL, clusterId, from, to, incarnation])
}

export function encodeWelcome({ incarnation }: Pick<Welcome, 'incarnation'>): Uint8Array {
  return sealed(FRAME.welcome, [PROTOCOL, incarnation])
}

export function encodePing(number: number): Uint8Array {
  return numbered(FRAME.ping, number)
}

export function encodePong(number: number): Uint8Array {
  return numbered(FRAME.pong, number)
}

/** Null for anything but a whole hello. Of one of another protocol only that number is read. */
export function decodeHello(bytes: Uint8Array): Hello | null {
  const reader = opened(FRAME.hello, bytes)
  if (reader === null) return null
  const protocol = reader.natural()
  if (protocol !== PROTOCOL && !reader.failed) {
    return { protocol, clusterId: 0, from: 0, to: 0, incarnation: 0 }
  }
  const clusterId = reader.natural()
  const from = reader.natural()
  const to = reader.natural()
  const incarnation = reader.natural()
  if (reader.failed || reader.remaining > 0 || from === 0 || to === 0) return null
  return { protocol, clusterId, from, to, incarnation }
}

/** Null for anything but a whole welcome. */
export function decodeWelcome(bytes: Uint8Array): Welcome | null {
  const reader = opened(FRAME.welcome, bytes)
  if (reader === null) return null
  const protocol = reader.natural()
  const incarnation = protocol === PROTOCOL ? reader.natural() : 0
  const isWhole = protocol !== PROTOCOL || reader.remaining === 0
  return reader.failed || !isWhole ? null : { protocol, incarnation }
}

/** The number of a ping or a pong; null when it has none. */
export function decodeNumber(bytes: Uint8Array): number | null {
  const reader = new FrameReader(bytes)
  reader.byte()
  const number = reader.natural()
  return reader.failed || reader.remaining > 0 ? null : number
}

function numbered(kind: number, number: number): Uint8Array {
  const writer = new FrameWriter(1 + naturalBytes(number))
  writer.byte(kind)
  writer.natural(number)
  return writer.bytes
}

/** Kind, checksum of all that follows, numbers. */
function sealed(kind: number, numbers: readonly number[]): Uint8Array {
  let length = BODY_AT
  for (const number of numbers) length += naturalBytes(number)
  const writer = new FrameWriter(length)
  writer.byte(kind)
  writer.fixed32(0)
  for (const number of numbers) writer.natural(number)
  assert(writer.position === length, 'a greeting takes the bytes that were computed')
  writer.position = CHECKSUM_AT
  writer.fixed32(crc32c(writer.bytes, BODY_AT, length, 0))
  return writer.bytes
}

/** Ready to read the numbers; null when the bytes are of another kind or damaged. */
function opened(kind: number, bytes: Uint8Array): FrameReader | null {
  const reader = new FrameReader(bytes)
  const found = reader.byte()
  const checksum = reader.fixed32()
  if (reader.failed || found !== kind) return null
  return checksum === crc32c(bytes, BODY_AT, bytes.length, 0) ? reader : null
}
