/** Commands that a node hands to the leader, and their outcomes; see `docs/format/peer.md`. */

import { ERRORS, type ErrorCode, unreachable } from '../base/index.ts'
import type { Forward, ForwardOutcome, ForwardReply } from './envelope.ts'
import { blobBytes, type FrameReader, type FrameWriter, naturalBytes } from './frame-cursor.ts'

/** What a forwarded message begins with; `from` and `to` are the envelope's. */
type Head = Pick<Forward, 'group' | 'from' | 'to'>
type OutcomeKind = ForwardOutcome['kind']

/** Numbers are for ever: an outcome that goes away leaves its number unused. */
const OUTCOME_BYTES = {
  done: 0,
  failed: 1,
  refused: 2,
  unknown: 3,
} as const satisfies Record<OutcomeKind, number>

const OUTCOMES: readonly OutcomeKind[] = ['done', 'failed', 'refused', 'unknown']

const CODE_NAMES = Object.keys(ERRORS) as readonly ErrorCode[]
/** Codes travel by name: a number would change its meaning with every row of the error table. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map(CODE_NAMES.map((name) => [name, name]))

export function forwardBytes({ batch, commands }: Forward): number {
  let bytes = naturalBytes(batch) + naturalBytes(commands.length)
  for (const command of commands) bytes += blobBytes(command)
  return bytes
}

export function writeForward(writer: FrameWriter, { batch, commands }: Forward): void {
  writer.natural(batch)
  writer.natural(commands.length)
  for (const command of commands) writer.blob(command)
}

export function readForward(reader: FrameReader, head: Head & Pick<Forward, 'term'>): Forward {
  const batch = reader.natural()
  const commands: Uint8Array[] = []
  const count = reader.count()
  for (let i = 0; i < count && !reader.failed; i++) commands.push(reader.blob())
  return { kind: 'forward', ...head, batch, commands }
}

export function forwardReplyBytes({ batch, outcomes }: ForwardReply): number {
  let bytes = naturalBytes(batch) + naturalBytes(outcomes.length)
  for (const outcome of outcomes) bytes += outcomeBytes(outcome)
  return bytes
}

/** What one outcome takes: whoever answers a batch in several replies splits it by this. */
export function outcomeBytes(outcome: ForwardOutcome): number {
  const bytes = 1 + naturalBytes(outcome.position)
  switch (outcome.kind) {
    case 'done':
      return bytes + placeBytes(outcome) + blobBytes(outcome.body)
    case 'failed':
      return bytes + placeBytes(outcome) + codeBytes(outcome.code)
    case 'refused':
    case 'unknown':
      return bytes + codeBytes(outcome.code)
    default:
      return unreachable(outcome)
  }
}

export function writeForwardReply(writer: FrameWriter, { batch, outcomes }: ForwardReply): void {
  writer.natural(batch)
  writer.natural(outcomes.length)
  for (const outcome of outcomes) writeOutcome(writer, outcome)
}

function writeOutcome(writer: FrameWriter, outcome: ForwardOutcome): void {
  writer.byte(OUTCOME_BYTES[outcome.kind])
  writer.natural(outcome.position)
  switch (outcome.kind) {
    case 'done':
      writer.natural(outcome.revision)
      writer.natural(outcome.index)
      writer.blob(outcome.body)
      return
    case 'failed':
      writer.natural(outcome.revision)
      writer.natural(outcome.index)
      writeCode(writer, outcome.code)
      return
    case 'refused':
    case 'unknown':
      writeCode(writer, outcome.code)
      return
    default:
      unreachable(outcome)
  }
}

export function readForwardReply(reader: FrameReader, { group, from, to }: Head): ForwardReply {
  const batch = reader.natural()
  const outcomes: ForwardOutcome[] = []
  const count = reader.count()
  for (let i = 0; i < count && !reader.failed; i++) outcomes.push(readOutcome(reader))
  return { kind: 'forwardReply', group, from, to, batch, outcomes }
}

function readOutcome(reader: FrameReader): ForwardOutcome {
  const kind = OUTCOMES[reader.byte()]
  if (kind === undefined) reader.fail('an outcome has an unknown kind')
  const position = reader.natural()
  if (kind === 'done') {
    const revision = reader.natural()
    const index = reader.natural()
    return { kind, position, revision, index, body: reader.blob() }
  }
  if (kind === 'failed') {
    const revision = reader.natural()
    const index = reader.natural()
    return { kind, position, revision, index, code: readCode(reader) }
  }
  return { kind: kind ?? 'unknown', position, code: readCode(reader) }
}

function placeBytes({ revision, index }: { revision: number; index: number }): number {
  return naturalBytes(revision) + naturalBytes(index)
}

/** A name is ASCII: one character, one byte. */
function codeBytes(code: ErrorCode): number {
  return naturalBytes(code.length) + code.length
}

function writeCode(writer: FrameWriter, code: ErrorCode): void {
  writer.natural(code.length)
  for (let i = 0; i < code.length; i++) writer.byte(code.charCodeAt(i))
}

function readCode(reader: FrameReader): ErrorCode {
  const bytes = reader.blob()
  const known = bytes.length <= CODE_LENGTH_MAX ? CODES.get(String.fromCharCode(...bytes)) : null
  if (known === undefined || known === null) reader.fail('an outcome has an unknown error code')
  return known ?? 'BAD_REQUEST'
}

/** Nothing longer is even looked at. */
const CODE_LENGTH_MAX = Math.max(...CODE_NAMES.map((name) => name.length))
