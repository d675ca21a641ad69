import { KvError } from '../../base/index.ts'
import type { Checkpoint, RevisionRecord } from '../types.ts'
import { encodeCheckpoint, encodeKey, type Revision, valueBytes, writeValue } from './format.ts'
import { type FileOptions, LmdbFile, type Row } from './library.ts'
import type { LmdbLimits } from './limits.ts'

export interface Replacement {
  readonly checkpoint: Checkpoint
  readonly records: AsyncIterable<readonly RevisionRecord[]>
  readonly limits: LmdbLimits
}

/** A file of its own with all of it, durable when it resolves. */
export async function fillFile(options: FileOptions, replacement: Replacement): Promise<void> {
  const file = await LmdbFile.open(options)
  try {
    await fill(file, replacement)
  } finally {
    await file.close()
  }
}

async function fill(file: LmdbFile, { checkpoint, records, limits }: Replacement): Promise<void> {
  let last: Revision | null = null
  let count = 0
  let puts: Row[] = []
  let bytes = 0
  const commit = async (ending: Uint8Array | null): Promise<void> => {
    await file.commit({ puts, removes: [], checkpoint: ending })
    count += puts.length
    puts = []
    bytes = 0
  }
  for await (const piece of records) {
    for (const one of piece) {
      // They come from another node.
      if (!follows(last, one)) {
        throw new KvError('SNAPSHOT_CORRUPT', 'records of a snapshot are not in order')
      }
      last = { main: one.main, sub: one.sub }
      puts.push(rowOf(one))
      bytes += one.record.length
      if (bytes >= limits.batchBytes || puts.length >= limits.transactionRecords) await commit(null)
    }
  }
  const dropped = new Uint8Array(0)
  await commit(encodeCheckpoint({ checkpoint, last, records: count + puts.length, dropped }))
}

function follows(last: Revision | null, { main, sub }: Revision): boolean {
  return last === null || main > last.main || (main === last.main && sub > last.sub)
}

function rowOf({ main, sub, record }: RevisionRecord): Row {
  const key = encodeKey(main, sub)
  const value = new Uint8Array(valueBytes(record))
  writeValue(value, 0, { key, record })
  return { key, value }
}
