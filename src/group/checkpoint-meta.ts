/**
 * What an engine keeps beside the records: where in the log the state stands, and the state's own
 * part. With the mark in it, an engine and a log can be joined whatever a crash or a damaged disk
 * has left of either.
 *
 * ```
 * | format 1 (8) | index (64) | term (64) | configuration index (64) |
 * | voters, outgoing, learners (32 each) | the ids of all of them (64 each) | the state, to the end
 * ```
 */

import { ByteReader, ByteWriter, KvError } from '../base/index.ts'
import type { Checkpoint } from '../engine/index.ts'
import type { NodeId, SnapshotMark } from '../raft/index.ts'

const FORMAT = 1

export interface CheckpointContent {
  readonly mark: SnapshotMark
  /** A view. */
  readonly state: Uint8Array
}

/** Of a state; `mark` is where it stands. */
export function checkpointOf(state: Uint8Array, mark: SnapshotMark): Checkpoint {
  const { voters, outgoing, learners } = mark.configuration
  const writer = new ByteWriter().uint8(FORMAT)
  writer.uint64(mark.index).uint64(mark.term).uint64(mark.configurationIndex)
  writer.uint32(voters.length).uint32(outgoing.length).uint32(learners.length)
  for (const id of [...voters, ...outgoing, ...learners]) writer.uint64(id)
  const head = writer.take()
  const meta = new Uint8Array(head.length + state.length)
  meta.set(head)
  meta.set(state, head.length)
  return { appliedIndex: mark.index, meta }
}

/** Fails with `ENGINE_CORRUPT`. */
export function readCheckpoint({ appliedIndex, meta }: Checkpoint): CheckpointContent {
  const reader = new ByteReader(meta)
  const format = reader.uint8()
  const index = reader.uint64()
  const term = reader.uint64()
  const configurationIndex = reader.uint64()
  const counts = { voters: reader.uint32(), outgoing: reader.uint32(), learners: reader.uint32() }
  const configuration = {
    voters: readIds(reader, counts.voters),
    outgoing: readIds(reader, counts.outgoing),
    learners: readIds(reader, counts.learners),
  }
  const isPlausible = format === FORMAT && index === appliedIndex && configurationIndex <= index
  if (reader.failed || !isPlausible) {
    throw new KvError('ENGINE_CORRUPT', 'the checkpoint of the engine is not one of a group')
  }
  const state = reader.bytes(reader.remaining)
  return { mark: { index, term, configuration, configurationIndex }, state }
}

function readIds(reader: ByteReader, count: number): NodeId[] {
  const ids: NodeId[] = []
  for (let i = 0; i < count && !reader.failed; i++) ids.push(reader.uint64())
  return ids
}
