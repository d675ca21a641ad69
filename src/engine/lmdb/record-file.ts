import { KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import { stopped } from '../stopped.ts'
import type { RevisionRecord } from '../types.ts'
import { decodeKey, encodeKey, type Revision, readValue } from './format.ts'
import type { LmdbFile, Row } from './library.ts'

export interface RecordFileOptions {
  readonly file: LmdbFile
  readonly path: string
  readonly clock: Clock
  readonly sliceRecords: number
  readonly isStopped: () => boolean
}

/** Reads records from the file in slices. Each is verified before it is handed out. */
export class RecordFile {
  readonly #options: RecordFileOptions

  constructor(options: RecordFileOptions) {
    this.#options = options
  }

  /** In the order of the list; null: the file does not have it. */
  async read(revisions: readonly Revision[]): Promise<(Uint8Array | null)[]> {
    const { file, path, sliceRecords, isStopped } = this.#options
    const records: (Uint8Array | null)[] = []
    for (let from = 0; from < revisions.length; from += sliceRecords) {
      const keys = revisions
        .slice(from, from + sliceRecords)
        .map(({ main, sub }) => encodeKey(main, sub))
      await file.prefetch(keys)
      if (isStopped()) throw stopped()
      for (const key of keys) {
        const value = file.value(key)
        records.push(value === null ? null : verified({ key, value }, path).record)
      }
    }
    return records
  }

  /** Every record, ascending; what is taken is valid during the call only. */
  async scan(take: (record: RevisionRecord) => void): Promise<void> {
    const { file, path, clock, sliceRecords, isStopped } = this.#options
    let after: Uint8Array | null = null
    for (;;) {
      if (isStopped()) throw stopped()
      const rows = file.rows(after, sliceRecords)
      for (const row of rows) take(verified(row, path))
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.key
      await new Promise<void>((resolve) => clock.soon(resolve))
    }
  }
}

/** The file lost a record. */
export function missing({ main, sub }: Revision, path: string): KvError {
  return damaged(path, `revision ${main}.${sub} is missing`)
}

function verified({ key, value }: Row, path: string): RevisionRecord {
  const revision = decodeKey(key)
  if (revision === null) throw damaged(path, 'a key is no revision')
  const record = readValue(key, value)
  if (record !== null) return { ...revision, record }
  throw damaged(path, `revision ${revision.main}.${revision.sub} does not match its checksum`)
}

/** There is no offset to tell: LMDB puts a record where it likes. */
export function damaged(path: string, what: string): KvError {
  const text = `${path} is damaged: ${what}; replace this node's copy of the data`
  return new KvError('ENGINE_CORRUPT', text)
}
