/** What servers have used, as the kernel counts it. */

import { readFileSync, statSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICK_MS = 10
const SECTOR_BYTES = 512

export function cpuMsOf(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * TICK_MS
}

/**
 * By everybody, to the disk that holds the directory; NaN when the kernel does not tell. What it
 * counts for a process is what it touched, not what came to the disk.
 */
export function bytesWrittenBeside(directory: string): number {
  const { dev } = statSync(directory)
  const major = (dev >> 8) & 0xfff
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00)
  try {
    const stat = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8').trim().split(/ +/)
    return Number(stat[6]) * SECTOR_BYTES
  } catch {
    return Number.NaN
  }
}
