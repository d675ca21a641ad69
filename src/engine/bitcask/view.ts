/** The records of a store as they were at some moment, in the order of their revisions. */

import { assert } from '../../base/index.ts'
import type { RevisionRecord } from '../types.ts'
import type { Bits } from './bits.ts'
import type { DataFile } from './data-file.ts'
import type { FileReader } from './file-reader.ts'

export interface FileView {
  readonly file: DataFile
  /** As many records it had. */
  readonly records: number
  readonly dead: Bits
}

/** The next record to be given. */
export interface Cursor {
  /** Of the views. */
  at: number
  number: number
}

/** Records of one file that are read together. */
interface Part {
  readonly file: DataFile
  readonly numbers: number[]
}

/**
 * Records from the cursor on, at most about `bytesMax`, and moves the cursor behind them; with
 * `wholeMains` none of the last main revision is left behind. Empty at the end.
 */
export async function nextPiece(
  views: readonly FileView[],
  cursor: Cursor,
  { reader, bytesMax, wholeMains }: { reader: FileReader; bytesMax: number; wholeMains: boolean },
): Promise<RevisionRecord[]> {
  const parts = choose(views, cursor, { bytesMax, wholeMains })
  const records: RevisionRecord[] = []
  const read = await Promise.all(parts.map(({ file, numbers }) => reader.read(file, numbers)))
  parts.forEach(({ file, numbers }, part) => {
    numbers.forEach((number, at) => {
      const record = read[part]?.[at]
      assert(record !== undefined, 'every record that is asked for is read')
      records.push({ main: file.index.main(number), sub: file.index.sub(number), record })
    })
  })
  return records
}

function choose(
  views: readonly FileView[],
  cursor: Cursor,
  { bytesMax, wholeMains }: { bytesMax: number; wholeMains: boolean },
): Part[] {
  const parts: Part[] = []
  let bytes = 0
  let lastMain = -1
  while (cursor.at < views.length) {
    const { file, records, dead } = views[cursor.at] as FileView
    const numbers: number[] = []
    parts.push({ file, numbers })
    for (;;) {
      cursor.number = dead.nextAbsent(cursor.number)
      if (cursor.number >= records) break
      const main = file.index.main(cursor.number)
      const isFull = bytes >= bytesMax && !(wholeMains && main === lastMain)
      if (isFull) return parts
      numbers.push(cursor.number)
      bytes += file.index.bytes(cursor.number)
      lastMain = main
      cursor.number += 1
    }
    cursor.at += 1
    cursor.number = 0
  }
  return parts
}
