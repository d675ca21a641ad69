/** Where measurements are kept, and the document that is made of them. */

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chartOf } from './chart.ts'
import { documentText } from './document.ts'
import type { SoakReport } from './soak-report.ts'
import { type Run, rowsOf } from './summary.ts'

const RUNS = 'bench/results/versus.json'
const SOAK = 'bench/results/soak.json'
/** Written by hand: why a target was missed, and what it would take. */
const REMARKS = 'bench/results/remarks.md'
const DOCUMENT = 'docs/performance.md'
const CHARTS = ['docs/performance.svg', 'bench/results/versus.svg']

/** A whole run stands alone; a part of one is put beside what is there. */
export function keepRun(root: string, run: Run, isPart: boolean): readonly string[] {
  const before = isPart ? readRuns(root) : []
  write(root, RUNS, `${JSON.stringify({ runs: withoutOutdated([...before, run]) }, null, 1)}\n`)
  return [RUNS, ...writeDocument(root)]
}

export function keepSoak(root: string, report: SoakReport): readonly string[] {
  write(root, SOAK, `${JSON.stringify(report, null, 1)}\n`)
  return [SOAK, ...writeDocument(root)]
}

/** From what was kept. Without a run there is nothing to write. */
export function writeDocument(root: string): readonly string[] {
  const runs = readRuns(root)
  if (runs.length === 0) return []
  const chart = chartOf(rowsOf(runs))
  for (const file of CHARTS) write(root, file, chart)
  const soak = revived(read(root, SOAK) ?? 'null') as SoakReport | null
  write(root, DOCUMENT, documentText({ runs, soak, remarks: read(root, REMARKS) ?? '' }))
  return [DOCUMENT, ...CHARTS]
}

/** A run of which nothing is shown any more: others have asked for all of its loads later. */
export function withoutOutdated(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ samples, memory }, i) => {
    const later = runs.slice(i + 1)
    const loads = new Set(later.flatMap((run) => run.samples.map(({ load }) => load)))
    const sizes = new Set(later.flatMap((run) => run.memory.map(({ keys }) => keys)))
    return (
      samples.some(({ load }) => !loads.has(load)) || memory.some(({ keys }) => !sizes.has(keys))
    )
  })
}

function readRuns(root: string): readonly Run[] {
  const kept = revived(read(root, RUNS) ?? '{}') as { readonly runs?: readonly Run[] }
  return kept.runs ?? []
}

/** JSON has no NaN: where a figure is null, it was not known. */
export function revived(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) =>
    value === null && name !== 'writtenPerByte' && name !== '' ? Number.NaN : value,
  )
}

function read(root: string, file: string): string | null {
  try {
    return readFileSync(path.join(root, file), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

function write(root: string, file: string, text: string): void {
  writeFileSync(path.join(root, file), text)
}
