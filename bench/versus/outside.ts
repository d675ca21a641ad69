/** Runs a program that asks a server, and counts what that costs. */

import { execFile } from 'node:child_process'
import { Expenses } from './meter.ts'
import { endedChildrenCpuMs } from './processes.ts'

const OUTPUT_BYTES_MAX = 4 * 1024 * 1024
/** A program that does not end by itself for so long after it should have. */
const LATE_MS_MAX = 60_000

export interface Ran {
  readonly printed: string
  readonly expenses: Expenses
}

export async function runOutside(
  command: readonly string[],
  { pids, expectedMs }: { readonly pids: readonly number[]; readonly expectedMs: number },
): Promise<Ran> {
  const [program = '', ...words] = command
  const expenses = new Expenses(pids, endedChildrenCpuMs)
  const printed = await new Promise<string>((resolve, reject) => {
    const limits = { maxBuffer: OUTPUT_BYTES_MAX, timeout: expectedMs + LATE_MS_MAX }
    execFile(program, words, limits, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${program} failed: ${stderr || error.message}`, { cause: error }))
    })
  })
  expenses.end()
  return { printed, expenses }
}
