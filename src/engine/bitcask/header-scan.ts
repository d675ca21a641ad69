import type { RecordVisitor } from '../types.ts'
import type { DataFile } from './data-file.ts'
import { readData } from './data-reader.ts'
import { READ_ATTEMPTS } from './format.ts'
import type { Entry } from './hint.ts'
import { readHint } from './hint-reader.ts'
import { damaged } from './home.ts'

/** Tells the header of every record in the file that is not dropped, in order. */
export async function scanFile(file: DataFile, visit: RecordVisitor): Promise<void> {
  const { durable, index } = file
  if (durable === null) return
  let told = 0
  let number = 0
  let hasStrayed = false
  const tell = (entry: Entry): void => {
    hasStrayed ||= number >= durable.records || !isRecord(file, number, entry)
    if (hasStrayed) return
    if (number >= told) {
      const { main, sub, header, bytes } = entry
      if (!durable.dead.has(number)) visit(main, sub, header, bytes)
      told += 1
    }
    number += 1
  }
  const isWhole = (): boolean => !hasStrayed && number === durable.records
  if (file.hasRightHint && (await readHint(file, durable.hint, tell)) && isWhole()) return
  // Either there is no hint, or it turned bad in the middle: the rest comes from the data. Records
  // may be passed over without a trace when a disk gives the bytes of another, empty place.
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    number = 0
    hasStrayed = false
    await readData(file, durable.length, tell)
    if (isWhole()) return
  }
  const what = `record ${number} of ${durable.records} is not there`
  throw damaged(file.data.path, { offset: index.offset(Math.min(number, index.length - 1)), what })
}

/** What was read is the record that is known under this number. */
function isRecord({ index }: DataFile, number: number, { main, sub, offset }: Entry): boolean {
  return index.main(number) === main && index.sub(number) === sub && index.offset(number) === offset
}
