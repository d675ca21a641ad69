/** The messages inside an envelope, laid out in `docs/format/peer.md`. */

import { assert, unreachable } from '../base/index.ts'
import type {
  Append,
  AppendReply,
  Entry,
  EntryKind,
  GroupId,
  Heartbeat,
  HeartbeatReply,
  LogIndex,
  NodeId,
  PreVoteReply,
  SnapshotMark,
  Term,
  VoteRequest,
} from '../raft/index.ts'
import type { PeerMessage, SnapshotChunk, SnapshotChunkReply } from './envelope.ts'
import {
  forwardBytes,
  forwardReplyBytes,
  readForward,
  readForwardReply,
  writeForward,
  writeForwardReply,
} from './forward-codec.ts'
import {
  blobBytes,
  type FrameReader,
  type FrameWriter,
  insetBytes,
  naturalBytes,
} from './frame-cursor.ts'

type Kind = PeerMessage['kind']
type Verdict = SnapshotChunkReply['verdict']

/** Numbers are for ever: a kind that goes away leaves its number unused. */
const KIND_BYTES = {
  preVoteRequest: 1,
  preVoteReply: 2,
  voteRequest: 3,
  voteReply: 4,
  append: 5,
  appendReply: 6,
  heartbeat: 7,
  heartbeatReply: 8,
  snapshot: 9,
  timeoutNow: 10,
  readRequest: 11,
  readReply: 12,
  snapshotChunk: 13,
  snapshotChunkReply: 14,
  forward: 15,
  forwardReply: 16,
} as const satisfies Record<Kind, number>

const ENTRY_KIND_BYTES = {
  empty: 0,
  command: 1,
  configuration: 2,
} as const satisfies Record<EntryKind, number>

const VERDICT_BYTES = { more: 0, done: 1, refused: 2 } as const satisfies Record<Verdict, number>

/** What is no word of consensus has no term. */
const WITHOUT_TERM: ReadonlySet<Kind> = new Set(['snapshotChunkReply', 'forwardReply'])

const KINDS = byNumber<Kind>(KIND_BYTES)
const ENTRY_KINDS = byNumber<EntryKind>(ENTRY_KIND_BYTES)
const VERDICTS = byNumber<Verdict>(VERDICT_BYTES)

function byNumber<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
): readonly (Name | undefined)[] {
  const names: (Name | undefined)[] = []
  for (const name in numbers) names[numbers[name]] = name
  return names
}

/** What every message begins with; `from` and `to` are the envelope's. */
interface Head {
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  readonly term: Term
}

/** Two flags in one byte, the first one lowest. */
function flagBits(first: boolean, second = false): number {
  return (first ? 1 : 0) | (second ? 2 : 0)
}

function hasTerm(message: PeerMessage): message is Extract<PeerMessage, { term: Term }> {
  return !WITHOUT_TERM.has(message.kind)
}

export function messageBytes(message: PeerMessage): number {
  let bytes = 1 + naturalBytes(message.group)
  if (hasTerm(message)) bytes += naturalBytes(message.term)
  switch (message.kind) {
    case 'preVoteRequest':
      return bytes + naturalBytes(message.lastIndex) + naturalBytes(message.lastTerm)
    case 'preVoteReply':
      return bytes + 1 + naturalBytes(message.configurationIndex)
    case 'voteRequest':
      return bytes + 1 + naturalBytes(message.lastIndex) + naturalBytes(message.lastTerm)
    case 'voteReply':
      return bytes + 1
    case 'append':
      return bytes + appendBytes(message)
    case 'appendReply':
      bytes += 1 + naturalBytes(message.index) + naturalBytes(message.incarnation)
      return bytes + naturalBytes(message.hintIndex) + naturalBytes(message.hintTerm)
    case 'heartbeat':
      bytes += naturalBytes(message.commit) + naturalBytes(message.round)
      return bytes + naturalBytes(message.incarnation)
    case 'heartbeatReply':
      return bytes + 1 + naturalBytes(message.round) + naturalBytes(message.incarnation)
    case 'snapshot':
      return bytes + markBytes(message.mark)
    case 'timeoutNow':
      return bytes
    case 'readRequest':
      return bytes + naturalBytes(message.id)
    case 'readReply':
      return bytes + naturalBytes(message.id) + naturalBytes(message.index)
    case 'snapshotChunk':
      bytes += 1 + naturalBytes(message.transfer) + naturalBytes(message.sequence)
      return bytes + markBytes(message.mark) + blobBytes(message.data)
    case 'snapshotChunkReply':
      return bytes + 1 + naturalBytes(message.transfer) + naturalBytes(message.next)
    case 'forward':
      return bytes + forwardBytes(message)
    case 'forwardReply':
      return bytes + forwardReplyBytes(message)
    default:
      return unreachable(message)
  }
}

/** What of a message a writer that keeps insets leaves out: the log is what nobody changes. */
export function messageInsetBytes(message: PeerMessage): number {
  if (message.kind !== 'append') return 0
  let bytes = 0
  for (const { data } of message.entries) bytes += insetBytes(data)
  return bytes
}

export function writeMessage(writer: FrameWriter, message: PeerMessage): void {
  writer.byte(KIND_BYTES[message.kind])
  writer.natural(message.group)
  if (hasTerm(message)) writer.natural(message.term)
  switch (message.kind) {
    case 'preVoteRequest':
      writer.natural(message.lastIndex)
      writer.natural(message.lastTerm)
      return
    case 'preVoteReply':
      writer.byte(flagBits(message.granted, message.member))
      writer.natural(message.configurationIndex)
      return
    case 'voteRequest':
      writer.byte(flagBits(message.transfer))
      writer.natural(message.lastIndex)
      writer.natural(message.lastTerm)
      return
    case 'voteReply':
      writer.byte(flagBits(message.granted))
      return
    case 'append':
      writeAppend(writer, message)
      return
    case 'appendReply':
      writeAppendReply(writer, message)
      return
    case 'heartbeat':
      writer.natural(message.commit)
      writer.natural(message.round)
      writer.natural(message.incarnation)
      return
    case 'heartbeatReply':
      writer.byte(flagBits(message.recovering))
      writer.natural(message.round)
      writer.natural(message.incarnation)
      return
    case 'snapshot':
      writeMark(writer, message.mark)
      return
    case 'timeoutNow':
      return
    case 'readRequest':
      assert(message.id > 0, 'a read has an id')
      writer.natural(message.id)
      return
    case 'readReply':
      assert(message.id > 0, 'a read has an id')
      writer.natural(message.id)
      writer.natural(message.index)
      return
    case 'snapshotChunk':
      writeChunk(writer, message)
      return
    case 'snapshotChunkReply':
      writeChunkReply(writer, message)
      return
    case 'forward':
      writeForward(writer, message)
      return
    case 'forwardReply':
      writeForwardReply(writer, message)
      return
    default:
      unreachable(message)
  }
}

/**
 * Reads what `writeMessage` wrote. What a failing reader gives means nothing: the caller asks
 * `failed` before anyone sees it.
 */
export function readMessage(
  reader: FrameReader,
  { from, to }: { readonly from: NodeId; readonly to: NodeId },
): PeerMessage | null {
  const kind = KINDS[reader.byte()]
  if (kind === undefined) {
    reader.fail('a message has an unknown kind')
    return null
  }
  const group = reader.natural()
  const term = WITHOUT_TERM.has(kind) ? 0 : reader.natural()
  switch (kind) {
    case 'preVoteRequest':
      return {
        kind,
        group,
        from,
        to,
        term,
        lastIndex: reader.natural(),
        lastTerm: reader.natural(),
      }
    case 'preVoteReply':
      return readPreVoteReply(reader, { group, from, to, term })
    case 'voteRequest':
      return readVoteRequest(reader, { group, from, to, term })
    case 'voteReply':
      return { kind, group, from, to, term, granted: reader.flags(1) === 1 }
    case 'append':
      return readAppend(reader, { group, from, to, term })
    case 'appendReply':
      return readAppendReply(reader, { group, from, to, term })
    case 'heartbeat':
      return readHeartbeat(reader, { group, from, to, term })
    case 'heartbeatReply':
      return readHeartbeatReply(reader, { group, from, to, term })
    case 'snapshot':
      return { kind, group, from, to, term, mark: readMark(reader) }
    case 'timeoutNow':
      return { kind, group, from, to, term }
    case 'readRequest':
      return { kind, group, from, to, term, id: readReadId(reader) }
    case 'readReply':
      return { kind, group, from, to, term, id: readReadId(reader), index: reader.natural() }
    case 'snapshotChunk':
      return readChunk(reader, { group, from, to, term })
    case 'snapshotChunkReply':
      return readChunkReply(reader, { group, from, to })
    case 'forward':
      return readForward(reader, { group, from, to, term })
    case 'forwardReply':
      return readForwardReply(reader, { group, from, to })
    default:
      return unreachable(kind)
  }
}

/** Nobody asks a read of id 0. */
function readReadId(reader: FrameReader): number {
  const id = reader.natural()
  return id > 0 ? id : reader.fail('a read has the id 0')
}

function readPreVoteReply(reader: FrameReader, head: Head): PreVoteReply {
  const { group, from, to, term } = head
  const flags = reader.flags(2)
  const configurationIndex = reader.natural()
  const [granted, member] = [(flags & 1) !== 0, (flags & 2) !== 0]
  return { kind: 'preVoteReply', group, from, to, term, granted, member, configurationIndex }
}

function readVoteRequest(reader: FrameReader, head: Head): VoteRequest {
  const { group, from, to, term } = head
  const transfer = reader.flags(1) === 1
  const lastIndex = reader.natural()
  const lastTerm = reader.natural()
  return { kind: 'voteRequest', group, from, to, term, lastIndex, lastTerm, transfer }
}

function writeAppendReply(writer: FrameWriter, reply: AppendReply): void {
  writer.byte(flagBits(reply.rejected, reply.recovering))
  writer.natural(reply.index)
  writer.natural(reply.hintIndex)
  writer.natural(reply.hintTerm)
  writer.natural(reply.incarnation)
}

function readAppendReply(reader: FrameReader, head: Head): AppendReply {
  const flags = reader.flags(2)
  return {
    kind: 'appendReply',
    group: head.group,
    from: head.from,
    to: head.to,
    term: head.term,
    index: reader.natural(),
    rejected: (flags & 1) !== 0,
    hintIndex: reader.natural(),
    hintTerm: reader.natural(),
    recovering: (flags & 2) !== 0,
    incarnation: reader.natural(),
  }
}

function readHeartbeat(reader: FrameReader, head: Head): Heartbeat {
  const { group, from, to, term } = head
  const commit = reader.natural()
  const round = reader.natural()
  return { kind: 'heartbeat', group, from, to, term, commit, round, incarnation: reader.natural() }
}

function readHeartbeatReply(reader: FrameReader, head: Head): HeartbeatReply {
  const { group, from, to, term } = head
  const recovering = reader.flags(1) === 1
  const round = reader.natural()
  const incarnation = reader.natural()
  return { kind: 'heartbeatReply', group, from, to, term, round, recovering, incarnation }
}

function appendBytes(message: Append): number {
  let bytes = 1 + naturalBytes(message.previousIndex) + naturalBytes(message.previousTerm)
  bytes += naturalBytes(message.commit) + naturalBytes(message.incarnation)
  bytes += naturalBytes(message.entries.length)
  let term = message.previousTerm
  for (const entry of message.entries) {
    bytes += naturalBytes(entry.term - term) + 1 + blobBytes(entry.data)
    term = entry.term
  }
  return bytes
}

/**
 * An entry tells neither its index nor its whole term: indexes have no gaps and terms never fall
 * (Raft paper §5.3), and so an append that is neither cannot even be expressed.
 */
function writeAppend(writer: FrameWriter, message: Append): void {
  writer.byte(flagBits(message.quiet))
  writer.natural(message.previousIndex)
  writer.natural(message.previousTerm)
  writer.natural(message.commit)
  writer.natural(message.incarnation)
  writer.natural(message.entries.length)
  let index = message.previousIndex
  let term = message.previousTerm
  for (const entry of message.entries) {
    index += 1
    assert(Number.isSafeInteger(index) && entry.index === index, 'entries have no gaps')
    assert(entry.term >= term, 'terms never fall along the log')
    writer.natural(entry.term - term)
    writer.byte(ENTRY_KIND_BYTES[entry.kind])
    writer.lastingBlob(entry.data)
    term = entry.term
  }
}

function readAppend(reader: FrameReader, { group, from, to, term }: Head): Append {
  const quiet = reader.flags(1) === 1
  const previousIndex = reader.natural()
  const previousTerm = reader.natural()
  const commit = reader.natural()
  const incarnation = reader.natural()
  const entries: Entry[] = []
  const count = reader.count()
  if (previousIndex + count > Number.MAX_SAFE_INTEGER) reader.fail('an index is above 2^53 - 1')
  let entryTerm = previousTerm
  for (let i = 1; i <= count && !reader.failed; i++) {
    entryTerm += reader.natural()
    if (entryTerm > Number.MAX_SAFE_INTEGER) reader.fail('a term is above 2^53 - 1')
    entries.push(readEntry(reader, { term: entryTerm, index: previousIndex + i }))
  }
  return {
    kind: 'append',
    group,
    from,
    to,
    term,
    previousIndex,
    previousTerm,
    entries,
    commit,
    incarnation,
    quiet,
  }
}

function readEntry(
  reader: FrameReader,
  { term, index }: { readonly term: number; readonly index: LogIndex },
): Entry {
  const kind = ENTRY_KINDS[reader.byte()]
  if (kind === undefined) reader.fail('an entry has an unknown kind')
  return { term, index, kind: kind ?? 'empty', data: reader.lastingBlob() }
}

function markBytes(mark: SnapshotMark): number {
  const { voters, outgoing, learners } = mark.configuration
  let bytes = naturalBytes(mark.index) + naturalBytes(mark.term)
  bytes += naturalBytes(mark.configurationIndex)
  return bytes + idsBytes(voters) + idsBytes(outgoing) + idsBytes(learners)
}

function idsBytes(ids: readonly NodeId[]): number {
  let bytes = naturalBytes(ids.length)
  for (const id of ids) bytes += naturalBytes(id)
  return bytes
}

function writeMark(writer: FrameWriter, mark: SnapshotMark): void {
  writer.natural(mark.index)
  writer.natural(mark.term)
  writer.natural(mark.configurationIndex)
  writeIds(writer, mark.configuration.voters)
  writeIds(writer, mark.configuration.outgoing)
  writeIds(writer, mark.configuration.learners)
}

function writeIds(writer: FrameWriter, ids: readonly NodeId[]): void {
  writer.natural(ids.length)
  for (const id of ids) writer.natural(id)
}

function readMark(reader: FrameReader): SnapshotMark {
  const index = reader.natural()
  const term = reader.natural()
  const configurationIndex = reader.natural()
  const [voters, outgoing, learners] = [readIds(reader), readIds(reader), readIds(reader)]
  return { index, term, configuration: { voters, outgoing, learners }, configurationIndex }
}

function readIds(reader: FrameReader): NodeId[] {
  const ids: NodeId[] = []
  const count = reader.count()
  for (let i = 0; i < count && !reader.failed; i++) ids.push(reader.natural())
  return ids
}

function writeChunk(writer: FrameWriter, chunk: SnapshotChunk): void {
  writer.byte(flagBits(chunk.last))
  writer.natural(chunk.transfer)
  writer.natural(chunk.sequence)
  writeMark(writer, chunk.mark)
  writer.blob(chunk.data)
}

function readChunk(reader: FrameReader, head: Head): SnapshotChunk {
  const { group, from, to, term } = head
  const last = reader.flags(1) === 1
  const transfer = reader.natural()
  const sequence = reader.natural()
  const mark = readMark(reader)
  const data = reader.blob()
  return { kind: 'snapshotChunk', group, from, to, term, transfer, mark, sequence, last, data }
}

function writeChunkReply(writer: FrameWriter, reply: SnapshotChunkReply): void {
  writer.byte(VERDICT_BYTES[reply.verdict])
  writer.natural(reply.transfer)
  writer.natural(reply.next)
}

function readChunkReply(reader: FrameReader, head: Omit<Head, 'term'>): SnapshotChunkReply {
  const { group, from, to } = head
  const verdict = VERDICTS[reader.byte()]
  if (verdict === undefined) reader.fail('a snapshot reply has an unknown verdict')
  const transfer = reader.natural()
  const next = reader.natural()
  const kind = 'snapshotChunkReply'
  return { kind, group, from, to, transfer, next, verdict: verdict ?? 'refused' }
}
