/** Puts what a snapshot file holds in the place of whatever is in the directory of an engine. */

import { KvError } from '../base/index.ts'
import type { Engine, EngineFactory, RevisionRecord } from '../engine/index.ts'
import type { SnapshotMark } from '../raft/index.ts'
import { readCheckpoint } from './checkpoint-meta.ts'
import { SnapshotReader } from './snapshot-stream.ts'

export interface SnapshotSource {
  readonly mark: SnapshotMark
  readonly chunks: AsyncIterable<Uint8Array>
  /** Asked now and then; true: it fails with `STOPPED`, and the directory is as it was. */
  readonly isOver: () => boolean
}

/** Fails with `SNAPSHOT_CORRUPT` when the file is not a snapshot of that mark. */
export async function replaceFromFile(
  engines: EngineFactory,
  { mark, chunks, isOver }: SnapshotSource,
): Promise<Engine> {
  const reader = new SnapshotReader(chunks)
  try {
    const checkpoint = await reader.checkpoint(mark.index)
    checkMark(checkpoint, mark)
    return await engines.replace(checkpoint, unlessOver(reader.records(), isOver))
  } finally {
    await reader.close()
  }
}

async function* unlessOver(
  records: AsyncIterable<readonly RevisionRecord[]>,
  isOver: () => boolean,
): AsyncGenerator<readonly RevisionRecord[], void, undefined> {
  for await (const piece of records) {
    if (isOver()) throw new KvError('STOPPED', 'the snapshot is not needed any more')
    yield piece
  }
}

function checkMark(
  checkpoint: Parameters<typeof readCheckpoint>[0],
  { index, term }: SnapshotMark,
): void {
  let found: SnapshotMark
  try {
    found = readCheckpoint(checkpoint).mark
  } catch (error) {
    const text = 'a snapshot has no checkpoint in it'
    if (error instanceof KvError) throw new KvError('SNAPSHOT_CORRUPT', text, { cause: error })
    throw error
  }
  if (found.index !== index || found.term !== term) {
    throw new KvError('SNAPSHOT_CORRUPT', 'a snapshot is not of the entry that its file names')
  }
}
