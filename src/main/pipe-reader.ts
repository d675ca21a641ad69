/**
 * Whether anybody still reads from the pipe that an output goes into. A write would find out, but a
 * command that waits may have nothing to write for ever, and nothing in the runtime waits for the
 * end of a pipe, as `poll` does. On Linux processes show what they have open; elsewhere, and where
 * the one that reads is of somebody else, the next write finds it out.
 */

import { lstat, readdir, readlink } from 'node:fs/promises'
import type { Clock, Timer } from '../io/index.ts'

const LOOK_MS = 500
/** Of a link in `/proc/PID/fd`: it is open for reading. */
const READABLE = 0o400

interface Heed {
  readonly clock: Clock
  readonly onGone: () => void
}

/** A process that hands the pipe on while all are looked at may be missed once. */
const MISSES_MAX = 2

/** Resolves once it knows who reads; heeds it until the result is called. */
export async function heedReader(fd: number, { clock, onGone }: Heed): Promise<() => void> {
  let isOver = false
  let timer: Timer | null = null
  const pipe = (await linkText(`/proc/self/fd/${fd}`)) ?? ''
  const first = pipe.startsWith('pipe:') ? await findReader(pipe) : null
  // It may be in a container that we cannot look into: whoever was never seen is not missed.
  if (first === null) return () => {}
  const look = async (before: string | null, misses: number): Promise<void> => {
    const isSame = before !== null && (await linkText(before)) === pipe
    const reader = isSame ? before : await findReader(pipe)
    if (isOver) return
    const missed = reader === null ? misses + 1 : 0
    if (missed >= MISSES_MAX) onGone()
    else timer = clock.after(LOOK_MS, () => void look(reader, missed))
  }
  timer = clock.after(LOOK_MS, () => void look(first, 0))
  return () => {
    isOver = true
    timer?.cancel()
  }
}

/** `/proc/PID/fd/N` of one that reads from it. */
async function findReader(pipe: string): Promise<string | null> {
  for (const id of await processes()) {
    const directory = `/proc/${id}/fd`
    for (const name of await names(directory)) {
      const found = `${directory}/${name}`
      if ((await linkText(found)) === pipe && (await isReadable(found))) return found
    }
  }
  return null
}

/** Those first that began when we did, as all of a pipeline do. */
async function processes(): Promise<readonly number[]> {
  const ids = (await names('/proc')).map(Number).filter((id) => id > 0)
  const away = (id: number): number => Math.abs(id - process.pid)
  return ids.sort((one, other) => away(one) - away(other))
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch {
    // Of another user, or ended meanwhile.
    return []
  }
}

async function linkText(path: string): Promise<string | null> {
  try {
    return await readlink(path)
  } catch {
    // Closed meanwhile.
    return null
  }
}

async function isReadable(link: string): Promise<boolean> {
  try {
    return ((await lstat(link)).mode & READABLE) !== 0
  } catch {
    // Closed meanwhile.
    return false
  }
}
