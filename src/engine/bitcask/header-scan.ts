import type { RecordVisitor } from '../types.ts'
import type { DataFile } from './data-file.ts'
import { readData } from './data-reader.ts'
import type { Entry } from './hint.ts'
import { readHint } from './hint-reader.ts'

/** Tells the header of every record in the file that is not dropped, in order. */
export async function scanFile(file: DataFile, visit: RecordVisitor): Promise<void> {
  const { durable } = file
  if (durable === null) return
  let told = 0
  let number = 0
  const tell = ({ main, sub, header, bytes }: Entry): void => {
    if (number >= told) {
      if (!durable.dead.has(number)) visit(main, sub, header, bytes)
      told += 1
    }
    number += 1
  }
  if (file.hasRightHint && (await readHint(file, durable.hint, tell))) return
  // Either there is no hint, or it turned bad in the middle: the rest comes from the data.
  number = 0
  await readData(file, durable.length, tell)
}
