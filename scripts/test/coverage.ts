import path from 'node:path'

interface FileCoverage {
  readonly path: string
  readonly totalLineCount: number
  readonly coveredLineCount: number
}

/** A table of line coverage: one row per file, least covered first, then the total. */
export function coverageLines(
  root: string,
  summary: { readonly files: readonly FileCoverage[] },
): string[] {
  const rows = summary.files
    .map((file) => ({ ...file, share: share(file.coveredLineCount, file.totalLineCount) }))
    .sort((one, other) => one.share - other.share)
  const covered = rows.reduce((sum, row) => sum + row.coveredLineCount, 0)
  const total = rows.reduce((sum, row) => sum + row.totalLineCount, 0)
  return [
    '',
    'line coverage:',
    ...rows.map((row) => coverageLine(row.share, path.relative(root, row.path))),
    coverageLine(share(covered, total), `all ${rows.length} files that a test loaded`),
  ]
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function coverageLine(part: number, name: string): string {
  return `${(part * 100).toFixed(1).padStart(6)} %  ${name}`
}
