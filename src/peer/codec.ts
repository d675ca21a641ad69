/**
 * An envelope as bytes: one checksummed frame, laid out in `docs/format/peer.md`.
 *
 * Sizes are computed first and exactly, so that encoding is one pass into one buffer. The route of
 * each message is the envelope's and is sent once: no message can claim to come from elsewhere.
 */

import { assert, crc32c, crc32cJoined, crc32cWords, DataChecksums } from '../base/index.ts'
import type { Envelope, PeerMessage } from './envelope.ts'
import { FrameReader, FrameWriter, type Inset, naturalBytes } from './frame-cursor.ts'
import { type MemberRules, memberFault } from './member-check.ts'
import { messageBytes, messageInsetBytes, readMessage, writeMessage } from './message-codec.ts'

/** The letters `QPE`, lowest first, and a byte outside of text. */
const MAGIC = 0x8a45_5051
/** 2: forwarded commands and their outcomes. */
const FORMAT = 2

const CHECKSUM_AT = 4
/** The checksum covers everything behind itself, which begins with the length. */
const LENGTH_AT = 8
const HEADER_BYTES = 13

/** The length field has 32 bits. What links accept may be far less. */
const FRAME_BYTES_MAX = 0xffff_ffff

/** From here on the views that reading whole words needs cost less than they save. */
const WORDS_BYTES_MIN = 1024

/** The bytes are not an envelope of this format, or not what was sent: they are dropped. */
export interface DamagedEnvelope {
  readonly kind: 'damaged'
  readonly reason: string
}

/** The size of the encoded envelope, exactly. */
export function envelopeBytes(envelope: Envelope): number {
  let bytes =
    HEADER_BYTES +
    naturalBytes(envelope.clusterId) +
    naturalBytes(envelope.from) +
    naturalBytes(envelope.to) +
    naturalBytes(envelope.incarnation) +
    naturalBytes(envelope.messages.length)
  for (const message of envelope.messages) bytes += messageBytes(message)
  return bytes
}

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const length = envelopeBytes(envelope)
  const writer = new FrameWriter(length)
  writeEnvelope(writer, envelope, length)
  writer.position = CHECKSUM_AT
  writer.fixed32(checksumOf(writer.bytes, LENGTH_AT, 0))
  return writer.bytes
}

/**
 * The same bytes in parts, one behind the other. Long data of entries is not copied: a part of its
 * own is that data itself.
 */
export function encodeParts(envelope: Envelope, checksums: DataChecksums): readonly Uint8Array[] {
  const length = envelopeBytes(envelope)
  let kept = 0
  for (const message of envelope.messages) kept += messageInsetBytes(message)
  const insets: Inset[] = []
  const writer = new FrameWriter(length - kept, insets)
  writeEnvelope(writer, envelope, length)
  const { bytes } = writer
  const parts: Uint8Array[] = []
  let checksum = 0
  let from = 0
  for (const { at, data } of insets) {
    checksum = checksumOf(bytes.subarray(0, at), Math.max(from, LENGTH_AT), checksum)
    checksum = crc32cJoined(checksum, checksums.of(data), data.length)
    parts.push(bytes.subarray(from, at), data)
    from = at
  }
  checksum = checksumOf(bytes, Math.max(from, LENGTH_AT), checksum)
  if (from < bytes.length) parts.push(bytes.subarray(from))
  writer.position = CHECKSUM_AT
  writer.fixed32(checksum)
  return parts
}

function writeEnvelope(writer: FrameWriter, envelope: Envelope, length: number): void {
  assert(length <= FRAME_BYTES_MAX, 'an envelope fits a frame')
  assert(envelope.from > 0 && envelope.to > 0, 'an envelope has a sender and a receiver')
  writer.fixed32(MAGIC)
  writer.fixed32(0)
  writer.fixed32(length)
  writer.byte(FORMAT)
  writer.natural(envelope.clusterId)
  writer.natural(envelope.from)
  writer.natural(envelope.to)
  writer.natural(envelope.incarnation)
  writer.natural(envelope.messages.length)
  for (const message of envelope.messages) {
    assert(message.from === envelope.from, 'a message leaves in an envelope of its sender')
    assert(message.to === envelope.to, 'a message leaves in an envelope to its receiver')
    writeMessage(writer, message)
  }
  const { position, bytes } = writer
  assert(position === bytes.length, 'an envelope takes the bytes that were computed')
}

/**
 * The size of a whole envelope, as its first bytes tell; 0 when they are no beginning of one, or
 * too few to tell.
 */
export function announcedBytes(bytes: Uint8Array, offset: number, length: number): number {
  if (length < HEADER_BYTES) return 0
  const reader = new FrameReader(bytes.subarray(offset, offset + HEADER_BYTES))
  if (reader.fixed32() !== MAGIC) return 0
  reader.fixed32()
  return reader.fixed32()
}

/**
 * Never throws (nor may `rules`), and allocates no more than a fixed multiple of `bytes`. The data
 * of entries and chunks are views into `bytes`: nobody may write to these any more, and a view that
 * is kept keeps the whole frame.
 *
 * The messages are read before the checksum is verified, which is computed piece by piece, so that
 * `checksums` knows that of long data from then on. Nobody sees any of them if it does not match.
 */
export function decodeEnvelope(
  bytes: Uint8Array,
  rules: MemberRules,
  checksums = new DataChecksums(),
): Envelope | DamagedEnvelope {
  const reader = new FrameReader(bytes)
  const checksum = readHeader(reader, bytes)
  if (reader.failed) return { kind: 'damaged', reason: reader.reason }
  const envelope = readBody(reader, rules)
  if (checksum !== frameChecksum(bytes, reader.insets, checksums)) {
    return { kind: 'damaged', reason: 'the checksum does not match' }
  }
  return reader.failed ? { kind: 'damaged', reason: reader.reason } : envelope
}

/** What a failing reader gives means nothing. */
function readBody(reader: FrameReader, rules: MemberRules): Envelope {
  const clusterId = reader.natural()
  const from = reader.natural()
  const to = reader.natural()
  if (from === 0 || to === 0) reader.fail('a frame has no sender or no receiver')
  const incarnation = reader.natural()
  const messages: PeerMessage[] = []
  const count = reader.count()
  for (let i = 0; i < count && !reader.failed; i++) {
    const message = readMessage(reader, { from, to })
    if (message === null || reader.failed) break
    const fault = memberFault(message, rules)
    if (fault !== '') reader.fail(fault)
    messages.push(message)
  }
  if (reader.remaining > 0) reader.fail('bytes follow the last message')
  return { clusterId, from, to, incarnation, messages }
}

/** Gives the checksum that the frame tells. */
function readHeader(reader: FrameReader, bytes: Uint8Array): number {
  const magic = reader.fixed32()
  const checksum = reader.fixed32()
  const length = reader.fixed32()
  const format = reader.byte()
  if (reader.failed) return 0
  if (magic !== MAGIC) {
    reader.fail('this is not a peer frame')
  } else if (format !== FORMAT) {
    // Before length and checksum: a later format may treat everything else in another way.
    reader.fail(`the frame has the unknown format ${format}`)
  } else if (length !== bytes.length) {
    reader.fail('the frame does not have the length it tells')
  }
  return checksum
}

function frameChecksum(
  bytes: Uint8Array,
  insets: readonly Inset[],
  checksums: DataChecksums,
): number {
  let checksum = 0
  let from = LENGTH_AT
  for (const { at, data } of insets) {
    checksum = checksumOf(bytes.subarray(0, at), from, checksum)
    checksum = crc32cJoined(checksum, checksums.of(data), data.length)
    from = at + data.length
  }
  return checksumOf(bytes, from, checksum)
}

/** Of everything from there on. */
function checksumOf(bytes: Uint8Array, from: number, before: number): number {
  if (bytes.length - from < WORDS_BYTES_MIN) return crc32c(bytes, from, bytes.length, before)
  // A frame that was cut out of a stream begins anywhere, words only at multiples of four.
  const start = from + (-(bytes.byteOffset + from) & 3)
  const seed = crc32c(bytes, from, start, before)
  const rest = bytes.subarray(start)
  const words = new Int32Array(rest.buffer, rest.byteOffset, rest.length >>> 2)
  return crc32cWords(rest, words, 0, rest.length, seed)
}
