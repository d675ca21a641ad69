/** What servers have used, as the kernel counts it. */

import { readFileSync, statSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICK_MS = 10
const SECTOR_BYTES = 512

export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid, 11), 0) * TICK_MS
}

/** Of all children of this process that have ended. */
export function endedChildrenCpuMs(): number {
  return ticksOf(process.pid, 13) * TICK_MS
}

/** In user mode and in the kernel: two fields of what proc(5) describes, counted from the state. */
function ticksOf(pid: number, field: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[field]) + Number(fields[field + 1])
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
