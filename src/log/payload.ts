/** The payloads of all records but entries, whose payload is the entry's data as it came. */

import { ByteReader, type ByteWriter } from '../base/index.ts'
import type { Configuration, HardState, NodeId, SnapshotMark } from '../raft/index.ts'

/** A group's state at the head of a segment. `last` and `lastTerm` stand in the record's header. */
export interface GroupState {
  readonly hardState: HardState
  readonly mark: SnapshotMark | null
}

export interface BatchEnd {
  /** Records of the batch, this one not counted. */
  readonly records: number
  /** A checksum over the checksums of these records. */
  readonly crc: number
  /** Bytes from the batch's first record to this one. */
  readonly bytes: number
  /** The highest term this node has ever written in any group. */
  readonly maxTerm: number
}

export const BATCH_END_BYTES = 24

export function writeVote(writer: ByteWriter, vote: NodeId): void {
  writer.uint64(vote)
}

export function decodeVote(payload: Uint8Array): NodeId | null {
  const reader = new ByteReader(payload)
  const vote = reader.uint64()
  return reader.complete ? vote : null
}

/** Index and term of the mark stand in the record's header. */
export function writeMark(writer: ByteWriter, mark: SnapshotMark): void {
  const { voters, outgoing, learners } = mark.configuration
  writer.uint64(mark.configurationIndex)
  writer.uint32(voters.length).uint32(outgoing.length).uint32(learners.length).uint32(0)
  for (const id of voters) writer.uint64(id)
  for (const id of outgoing) writer.uint64(id)
  for (const id of learners) writer.uint64(id)
}

export function decodeMark(
  payload: Uint8Array,
  { index, term }: { index: number; term: number },
): SnapshotMark | null {
  const reader = new ByteReader(payload)
  const body = readMarkBody(reader)
  return reader.complete ? { index, term, ...body } : null
}

export function writeGroupState(writer: ByteWriter, { hardState, mark }: GroupState): void {
  writer.uint64(hardState.term).uint64(hardState.vote).uint64(hardState.commit)
  writer.uint32(hardState.recovering ? 1 : 0).uint32(mark === null ? 0 : 1)
  if (mark !== null) {
    writer.uint64(mark.index).uint64(mark.term)
    writeMark(writer, mark)
  }
}

export function decodeGroupState(payload: Uint8Array): GroupState | null {
  const reader = new ByteReader(payload)
  const hardState = {
    term: reader.uint64(),
    vote: reader.uint64(),
    commit: reader.uint64(),
    recovering: reader.uint32() === 1,
  }
  const hasMark = reader.uint32() === 1
  const mark = hasMark
    ? { index: reader.uint64(), term: reader.uint64(), ...readMarkBody(reader) }
    : null
  return reader.complete ? { hardState, mark } : null
}

export function writeBatchEnd(writer: ByteWriter, end: BatchEnd): void {
  writer.uint32(end.records).uint32(end.crc).uint64(end.bytes).uint64(end.maxTerm)
}

export function decodeBatchEnd(payload: Uint8Array): BatchEnd | null {
  const reader = new ByteReader(payload)
  const end = {
    records: reader.uint32(),
    crc: reader.uint32(),
    bytes: reader.uint64(),
    maxTerm: reader.uint64(),
  }
  return reader.complete ? end : null
}

/** The payload of evidence is one term. */
export function decodeTerm(payload: Uint8Array): number | null {
  const reader = new ByteReader(payload)
  const term = reader.uint64()
  return reader.complete ? term : null
}

function readMarkBody(reader: ByteReader): {
  configuration: Configuration
  configurationIndex: number
} {
  const configurationIndex = reader.uint64()
  const counts = [reader.uint32(), reader.uint32(), reader.uint32(), reader.uint32()]
  const [voters = 0, outgoing = 0, learners = 0] = counts
  return {
    configuration: {
      voters: readIds(reader, voters),
      outgoing: readIds(reader, outgoing),
      learners: readIds(reader, learners),
    },
    configurationIndex,
  }
}

function readIds(reader: ByteReader, count: number): NodeId[] {
  const ids: NodeId[] = []
  for (let i = 0; i < count && !reader.failed; i++) ids.push(reader.uint64())
  return ids
}
