/**
 * A disk that is never waited for: what was written is in the memory of the operating system, where
 * every later life of this program's nodes finds it, and lost when the machine fails. That is no
 * loss for a directory that is removed at the end anyhow, and a start takes a tenth of the time.
 */

import type { Disk, DiskFile } from '../../io/index.ts'

export function unsyncedDisk(disk: Disk): Disk {
  return {
    open: async (path, { mode }) => unsyncedFile(await disk.open(path, { mode })),
    makeDirectory: (path) => disk.makeDirectory(path),
    list: (path) => disk.list(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    syncDirectory: (path) =>
      lookInstead(
        () => disk.list(path),
        () => disk.syncDirectory(path),
      ),
    lock: (path) => disk.lock(path),
    ...(disk.deviceReads === undefined ? {} : { deviceReads: disk.deviceReads }),
  }
}

function unsyncedFile(file: DiskFile): DiskFile {
  return {
    read: (target, offset, length, position) => file.read(target, offset, length, position),
    write: (source, offset, length, position) => file.write(source, offset, length, position),
    readNow: (target, offset, length, position) => file.readNow(target, offset, length, position),
    sync: () =>
      lookInstead(
        () => file.size(),
        () => file.sync(),
      ),
    truncate: (size) => file.truncate(size),
    size: () => file.size(),
    close: () => file.close(),
  }
}

/** Where there is nothing to sync, the sync fails as ever. */
async function lookInstead(look: () => Promise<unknown>, sync: () => Promise<void>): Promise<void> {
  try {
    await look()
  } catch {
    await sync()
  }
}
