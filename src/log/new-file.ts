import type { Disk, DiskFile } from '../io/index.ts'

/** A new file with what `fill` writes and syncs. Nothing of it is left behind when that fails. */
export async function writeNewFile(
  disk: Disk,
  path: string,
  fill: (file: DiskFile) => Promise<void>,
): Promise<void> {
  const file = await disk.open(path, { mode: 'create' })
  try {
    try {
      await fill(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    await disk.remove(path).catch(() => {
      // The first failure is the one to tell.
    })
    throw error
  }
}
