/**
 * Keeps a copy of what a torn tail held: nothing shows that it was acknowledged, and somebody may
 * want to see it.
 */

import { LOG_TORN_COPIES_MAX, LOG_TORN_COPY_BYTES_MAX } from '../base/index.ts'
import { type Disk, DiskError } from '../io/index.ts'
import { TEMPORARY_SUFFIX, tornName } from './format.ts'
import { writeNewFile } from './new-file.ts'
import { PatientFile } from './patient-file.ts'
import type { Tail } from './scan.ts'
import type { LogDirectory, SegmentFile } from './segment-chain.ts'
import { readFully } from './window.ts'

export interface TornCopyOptions {
  readonly disk: Disk
  readonly directory: string
  readonly found: LogDirectory
  readonly segment: SegmentFile
  readonly tail: Tail
}

export async function keepTornTail(options: TornCopyOptions): Promise<void> {
  const { tail } = options
  if (tail.kind !== 'torn') return
  try {
    await copyTail(options, tail)
  } catch (error) {
    // A full disk must not keep the node from starting; the copy is a courtesy.
    if (!(error instanceof DiskError) || error.code !== 'full') throw error
  }
}

async function copyTail(
  { disk, directory, found, segment }: TornCopyOptions,
  { start, end }: { start: number; end: number },
): Promise<void> {
  const name = tornName(segment.number, start)
  if (found.torn.includes(name)) return
  for (const old of found.torn.slice(0, found.torn.length + 1 - LOG_TORN_COPIES_MAX)) {
    await disk.remove(`${directory}/${old}`)
  }
  const target = new Uint8Array(Math.min(end - start, LOG_TORN_COPY_BYTES_MAX))
  const source = await disk.open(segment.path, { mode: 'read' })
  let length = 0
  try {
    const patient = new PatientFile(source, segment.path)
    length = await readFully(patient, { target, length: target.length, position: start })
  } finally {
    await source.close()
  }
  const path = `${directory}/${name}`
  const temporary = path + TEMPORARY_SUFFIX
  await writeNewFile(disk, temporary, async (file) => {
    await file.write(target, 0, length, 0)
    await file.sync()
  })
  await disk.rename(temporary, path)
  await disk.syncDirectory(directory)
}
