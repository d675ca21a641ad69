/**
 * The state besides its records, as it stands in a checkpoint beside them. Which keys go with which
 * leases is not in it: that stands in the records. Numbers are little-endian, ids of 64 bits with a
 * sign.
 *
 * ```
 * meta    | format 8 = 2 | applied index 64 | revision 64 | compact revision + 1 64 | clock ms 64 |
 *         | rolling hash 32 + 32 | keys that are there 64 |
 *         | leases | last session id 64 | sessions | alarms | names | CRC-32C 32 |
 * leases  | count 32 | count x ( id 64 | TTL ms 64 | deadline ms 64 ) |        ascending by id
 * sessions| count 32 | count x session |                          from the one used longest ago on
 * session | id 64 | last used ms 64 | forgotten 64 | count 32 | count x result |
 * result  | sequence 64 | revision 64 | code: length 32, text | body: length 32, bytes |
 * alarms  | count 32 | count x ( member id 64 | type 8 ) |          ascending by type, then member
 * names   | count 32 | count x name |                              from the one that came first on
 * name    | name: length 8, bytes | digest: length 8, bytes | at ms 64 | result but its sequence |
 * ```
 *
 * The code of a result is empty when the command was done, the body when it failed. The same state
 * gives the same bytes on every replica. Format 1 is the same without names.
 */

import {
  assert,
  ByteReader,
  ByteWriter,
  crc32c,
  ERRORS,
  type ErrorCode,
  KvError,
} from '../base/index.ts'
import { type Alarm, isAlarmType } from './alarms.ts'
import type { Context } from './context.ts'
import { FIRST_MAIN, NEVER_COMPACTED } from './key-space.ts'
import type { KnownResult } from './known-results.ts'
import { RollingHash } from './rolling-hash.ts'
import { type SessionImage, SessionTable } from './sessions.ts'
import type { CommandResult } from './types.ts'

const FORMAT = 2
const FORMAT_WITHOUT_NAMES = 1
const CRC_BYTES = 4
/** A part is cut where it has become so long: some tenths of a millisecond. */
const PART_BYTES = 64 * 1024
const LEASES_OF_PART = 2048
const LEASE_BYTES = 24
const ALARM_BYTES = 9
/** Lengths and counts at the least. */
const SESSION_BYTES_MIN = 28
const RESULT_BYTES_MIN = 24
const NAME_BYTES_MIN = 26
/** What the index of keys can count to. */
const REVISION_MAX = 2 ** 48 - 1
const NO_BODY = new Uint8Array(0)

/**
 * Writes everything in slices; nothing of the state may change before it has ended. A checkpoint of
 * a store with many leases and sessions has many megabytes, during which others want their turn.
 */
export class MetaWriting {
  readonly #parts: Generator<Uint8Array | undefined, void>
  readonly #isStill: () => boolean
  readonly #written: Uint8Array[] = []
  #length = 0
  #crc = 0

  /** `isStill`: nothing has changed. */
  constructor(context: Context, appliedIndex: number, { isStill }: { isStill: () => boolean }) {
    this.#parts = partsOf(context, appliedIndex)
    this.#isStill = isStill
  }

  /** About so many bytes more; all of it when it is done, null before. Not to be called then. */
  step(bytesMax: number): Uint8Array | null {
    assert(this.#isStill(), 'a checkpoint is of one state')
    for (let bytes = 0; bytes < bytesMax; ) {
      const { value: part, done } = this.#parts.next()
      if (done === true) return this.#whole()
      // Work without bytes of its own, as long as that of a slice.
      if (part === undefined) return null
      this.#crc = crc32c(part, 0, part.length, this.#crc)
      this.#written.push(part)
      this.#length += part.length
      bytes += part.length
    }
    return null
  }

  #whole(): Uint8Array {
    const whole = new Uint8Array(this.#length + CRC_BYTES)
    let at = 0
    for (const part of this.#written) {
      whole.set(part, at)
      at += part.length
    }
    new DataView(whole.buffer).setUint32(at, this.#crc, true)
    return whole
  }
}

/** Nothing: there is no part yet, but others should have their turn. */
function* partsOf(context: Context, appliedIndex: number): Generator<Uint8Array | undefined, void> {
  const { space, clockMs } = context
  const { low, high } = space.hash.lanes
  const writer = new ByteWriter()
  writer.uint8(FORMAT).uint64(appliedIndex).uint64(space.revision)
  writer.uint64(space.compactRevision - NEVER_COMPACTED).uint64(clockMs)
  writer
    .uint32(low >>> 0)
    .uint32(high >>> 0)
    .uint64(space.index.liveKeys)
  yield* leaseParts(writer, context)
  yield* sessionParts(writer, context)
  writeAlarms(writer, context.alarms.list())
  yield* nameParts(writer, context)
  yield writer.take()
}

function* leaseParts(writer: ByteWriter, { space: { leases } }: Context) {
  yield writer.uint32(leases.size).take()
  // There may be a million: written without the detour over a writer, and without bigints.
  const slots = yield* leases.ascending()
  for (let from = 0; from < slots.length; from += LEASES_OF_PART) {
    const some = slots.subarray(from, from + LEASES_OF_PART)
    const bytes = new Uint8Array(some.length * LEASE_BYTES)
    const view = new DataView(bytes.buffer)
    some.forEach((lease, place) => {
      leases.write(lease, view, place * LEASE_BYTES)
    })
    yield bytes
  }
}

function* sessionParts(writer: ByteWriter, { sessions }: Context) {
  const images = sessions.images()
  writer.uint64(sessions.lastId).uint32(images.length)
  for (const { id, lastUsedMs, forgotten, results } of images) {
    writer.uint64(id).uint64(lastUsedMs).uint64(forgotten).uint32(results.length)
    for (const { sequence, result } of results) writeResult(writer.uint64(sequence), result)
    if (writer.length >= PART_BYTES) yield writer.take()
  }
}

function writeResult(writer: ByteWriter, result: CommandResult): void {
  const [code, body] = result.kind === 'done' ? ['', result.body] : [result.code, NO_BODY]
  writer.uint64(result.revision).text(code).uint32(body.length).bytes(body)
}

function* nameParts(writer: ByteWriter, { named }: Context) {
  writer.uint32(named.size)
  for (const { name, digest, atMs, result } of named.images()) {
    writer.uint8(name.length).bytes(name).uint8(digest.length).bytes(digest).uint64(atMs)
    writeResult(writer, result)
    if (writer.length >= PART_BYTES) yield writer.take()
  }
}

function writeAlarms(writer: ByteWriter, alarms: readonly Alarm[]): void {
  writer.uint32(alarms.length)
  for (const { memberId, type } of alarms) {
    writeId(writer, memberId)
    writer.uint8(type)
  }
}

function writeId(writer: ByteWriter, id: bigint): void {
  writer.uint32(Number(BigInt.asUintN(32, id))).uint32(Number(BigInt.asUintN(32, id >> 32n)))
}

/** What is not kept in the context. */
export interface MetaFacts {
  readonly appliedIndex: number
  /** How many keys the records must come to. */
  readonly keys: number
}

/**
 * Puts everything into a context that is new. Fails with `ENGINE_CORRUPT` when the bytes are not
 * what `MetaWriting` gave.
 */
export function readMeta(meta: Uint8Array, context: Context): MetaFacts {
  const end = meta.length - CRC_BYTES
  check(end > 0, 'it is too short')
  const view = new DataView(meta.buffer, meta.byteOffset, meta.byteLength)
  check(view.getUint32(end, true) === crc32c(meta, 0, end, 0), 'its checksum is wrong')
  const reader = new ByteReader(meta.subarray(0, end))
  const format = reader.uint8()
  check(format === FORMAT || format === FORMAT_WITHOUT_NAMES, 'its format is unknown')
  const appliedIndex = reader.uint64()
  const revision = reader.uint64()
  const compactRevision = reader.uint64() + NEVER_COMPACTED
  check(revision >= FIRST_MAIN && revision <= REVISION_MAX, 'its revision is impossible')
  check(compactRevision <= revision, 'it was compacted beyond its revision')
  context.space.restoreRevisions(revision, compactRevision)
  context.clockMs = reader.uint64()
  context.space.hash = new RollingHash({ low: reader.uint32() | 0, high: reader.uint32() | 0 })
  const keys = reader.uint64()
  readLeases(reader, context)
  readSessions(reader, context)
  readAlarms(reader, context)
  if (format === FORMAT) readNames(reader, context)
  check(reader.complete, 'it is cut off, or something is behind it')
  return { appliedIndex, keys }
}

function readLeases(reader: ByteReader, { space: { leases } }: Context): void {
  const count = countOf(reader, LEASE_BYTES)
  let last = -(2n ** 63n) - 1n
  for (let i = 0; i < count; i++) {
    const id = BigInt.asIntN(64, readId(reader))
    const [ttlMs, deadlineMs] = [reader.uint64(), reader.uint64()]
    check(id > last && id !== 0n && ttlMs > 0, 'a lease in it is impossible')
    leases.grant(id, ttlMs, deadlineMs)
    last = id
  }
}

function readSessions(reader: ByteReader, context: Context): void {
  const lastId = reader.uint64()
  const count = countOf(reader, SESSION_BYTES_MIN)
  const sessions = new SessionTable(context.limits, lastId)
  const known = new Set<number>()
  for (let i = 0; i < count; i++) {
    const image = readSession(reader)
    const isNew = image.id > 0 && image.id <= lastId && !known.has(image.id)
    check(isNew, 'a session in it is impossible')
    known.add(image.id)
    sessions.restore(image)
  }
  context.sessions = sessions
}

function readSession(reader: ByteReader): SessionImage {
  const [id, lastUsedMs, forgotten] = [reader.uint64(), reader.uint64(), reader.uint64()]
  const count = countOf(reader, RESULT_BYTES_MIN)
  const results: KnownResult[] = []
  let last = forgotten
  for (let i = 0; i < count; i++) {
    const sequence = reader.uint64()
    check(sequence > last, 'the results of a session in it do not ascend')
    results.push({ sequence, result: readResult(reader) })
    last = sequence
  }
  return { id, lastUsedMs, forgotten, results }
}

function readResult(reader: ByteReader): CommandResult {
  const revision = reader.uint64()
  const code = reader.text()
  const body = reader.bytes(reader.uint32()).slice()
  if (code === '') return { kind: 'done', revision, body }
  check(isCode(code) && body.length === 0, 'a result in it is impossible')
  return { kind: 'failed', revision, code }
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

function readAlarms(reader: ByteReader, { alarms }: Context): void {
  const count = countOf(reader, ALARM_BYTES)
  let last: Alarm = { memberId: 0n, type: 0 }
  for (let i = 0; i < count; i++) {
    const alarm = { memberId: readId(reader), type: reader.uint8() }
    const isBehind =
      alarm.type > last.type || (alarm.type === last.type && alarm.memberId > last.memberId)
    check(alarm.type !== 0 && isAlarmType(alarm.type) && isBehind, 'an alarm in it is impossible')
    alarms.activate(alarm)
    last = alarm
  }
}

function readNames(reader: ByteReader, { named }: Context): void {
  const count = countOf(reader, NAME_BYTES_MIN)
  let lastMs = 0
  for (let i = 0; i < count; i++) {
    const name = reader.bytes(reader.uint8())
    const digest = reader.bytes(reader.uint8())
    const atMs = reader.uint64()
    const isNew = name.length > 0 && named.find({ name, digest }) === 'new'
    check(isNew && atMs >= lastMs, 'a name in it is impossible')
    named.restore({ name, digest, atMs, result: readResult(reader) })
    lastMs = atMs
  }
}

/** As many as can be there: what is made for each is bounded by the bytes. */
function countOf(reader: ByteReader, bytesMin: number): number {
  const count = reader.uint32()
  check(!reader.failed && count * bytesMin <= reader.remaining, 'it counts more than it holds')
  return count
}

/** Without a sign. */
function readId(reader: ByteReader): bigint {
  const low = reader.uint32()
  return (BigInt(reader.uint32()) << 32n) | BigInt(low)
}

function check(condition: boolean, text: string): asserts condition {
  if (!condition) throw new KvError('ENGINE_CORRUPT', `the state at a checkpoint: ${text}`)
}
