/**
 * A start reads no values: hints tell it what it needs. So a value that has rotted is found only
 * when it is read, and the life that finds it says so for those to come: beside the data file it
 * leaves a mark, `NNNNNNNNNN.damaged`, with what was wrong. A store with a marked file does not
 * open (`ENGINE_CORRUPT`), until its content is replaced.
 *
 * The mark is of one file, whose number no other ever has. So it ends with the manifest that does
 * not name this file any more, and no crash on the way there leaves a mark on what is sound.
 */

import { type Disk, DiskError, type DiskFile } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import { damageName } from './format.ts'
import { damaged, type Home } from './home.ts'

/** What is wrong is told in a line; a file that somebody has put here may hold anything. */
const TEXT_BYTES_MAX = 1024

/** Durable when it resolves, if the disk takes it at all. */
export async function markDamage(
  { disk, directory }: Pick<Home, 'disk' | 'directory'>,
  { number }: Pick<DataFile, 'number'>,
  what: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(`${what}\n`)
  let file: DiskFile | null = null
  try {
    file = await disk.open(`${directory}/${damageName(number)}`, { mode: 'create' })
    // The name says it, and is there on a full disk, too; the text is for people.
    await disk.syncDirectory(directory)
    await file.write(bytes, 0, bytes.length, 0)
    await file.sync()
  } catch (error) {
    // It is there from earlier, or the disk fails: then the next life finds out as this one did.
    if (!(error instanceof DiskError)) throw error
  } finally {
    await file?.close()
  }
}

/** Fails when an earlier life has marked the file. */
export async function refuseMarked(
  { disk, directory }: { readonly disk: Disk; readonly directory: string },
  { names, file }: { readonly names: readonly string[]; readonly file: DataFile },
): Promise<void> {
  const name = damageName(file.number)
  if (!names.includes(name)) return
  const bytes = new Uint8Array(TEXT_BYTES_MAX)
  const mark = await disk.open(`${directory}/${name}`, { mode: 'read' })
  try {
    const length = await mark.read(bytes, 0, bytes.length, 0)
    const [text = ''] = new TextDecoder().decode(bytes.subarray(0, length)).split('\n')
    const found = text === '' ? 'something in it has rotted' : text
    throw damaged(file.data.path, { what: `${found} (found by an earlier start, see ${name})` })
  } finally {
    await mark.close()
  }
}
