/** What processes have used, as the kernel counts it. */

import { readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICK_MS = 10

export interface Usage {
  readonly cpuMs: number
  readonly writtenBytes: number
}

export function usageOf(pids: readonly number[]): Usage {
  let cpuMs = 0
  let writtenBytes = 0
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    cpuMs += (Number(fields[11]) + Number(fields[12])) * TICK_MS
    const io = readFileSync(`/proc/${pid}/io`, 'utf8')
    writtenBytes += Number(/^write_bytes: (\d+)/m.exec(io)?.[1] ?? Number.NaN)
  }
  return { cpuMs, writtenBytes }
}
