/** The machine that measures, and what is measured. */

import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { loadavg, release, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { machine } from '../figures.ts'
import { measureSpeed, speedText } from './speed.ts'
import { median } from './summary.ts'

const SYNCS = 200
const SYNCED_BYTES = 512

export function machineFacts(root: string): Record<string, string> {
  return {
    processors: machine(),
    memory: `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`,
    system: `${process.platform} ${release()}`,
    'load average before': (loadavg()[0] ?? 0).toFixed(2),
    'speed before': speedText(measureSpeed()),
    Quorate: commitOf(root),
  }
}

/** What is known of it only when all has been measured. */
export function factsAfter(): Record<string, string> {
  return { 'speed after': speedText(measureSpeed()) }
}

export function tellFacts(facts: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value}`)
}

/** How long it takes until half a kilobyte more is on the disk where the servers write. */
export function syncMicros(): number {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-sync-'))
  const file = openSync(path.join(directory, 'file'), 'w')
  const bytes = new Uint8Array(SYNCED_BYTES)
  try {
    const durations = Array.from({ length: SYNCS }, () => {
      const startMs = performance.now()
      writeSync(file, bytes)
      fdatasyncSync(file)
      return (performance.now() - startMs) * 1000
    })
    return median(durations)
  } finally {
    closeSync(file)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What is measured may differ from what was committed. */
function commitOf(root: string): string {
  try {
    const git = (...words: string[]): string =>
      execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    const commit = git('rev-parse', '--short=10', 'HEAD').trim()
    // Results are written by whoever measures.
    const measured = ['src', 'bin', 'bench', 'package-lock.json', ':(exclude)bench/results']
    const changed = git('status', '--porcelain', '--', ...measured)
    return changed === '' ? `commit ${commit}` : `commit ${commit}, with changes`
  } catch {
    return 'unknown commit'
  }
}
