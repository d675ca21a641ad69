/**
 * Which lines of `src` the tests reached. Every process of a test leaves what V8 has counted in it,
 * also the nodes that it starts and everything that those start; one that is killed leaves nothing.
 *
 * A line counts when there is code in it: no types alone, no comment, no blank line. It is covered
 * when any process came to it. A file that no process loaded is not covered at all.
 */

import { globSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface FileCoverage {
  /** From the root, with `/`. */
  readonly path: string
  readonly lines: number
  readonly covered: number
}

/** Test code proves nothing by being run. */
const NOT_PRODUCT = /\.test\.ts$|\/(testing|contract)\//
const COMMENT = /^(\/\/|\/\*|\*)/

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

interface ScriptReport {
  readonly url: string
  readonly functions: readonly { readonly ranges: readonly Range[] }[]
}

/** A line with code in it; the offsets are those of its first and behind its last character. */
interface Line {
  readonly start: number
  readonly end: number
  isCovered: boolean
}

/** What the processes have left in the directory. Least covered first. */
export function readCoverage(root: string, directory: string): readonly FileCoverage[] {
  const files = new Map(
    globSync('src/**/*.ts', { cwd: root })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => !NOT_PRODUCT.test(name))
      .map((name) => [path.join(root, name), linesOf(readFileSync(path.join(root, name), 'utf8'))]),
  )
  for (const name of readdirSync(directory)) {
    for (const { url, functions } of readReports(path.join(directory, name))) {
      const lines = url.startsWith('file:') ? files.get(fileURLToPath(url)) : undefined
      if (lines !== undefined) cover(lines, functions)
    }
  }
  return [...files]
    .map(([file, lines]) => ({
      path: path.relative(root, file).replaceAll('\\', '/'),
      lines: lines.length,
      covered: lines.filter(({ isCovered }) => isCovered).length,
    }))
    .sort((one, other) => shareOf([one]) - shareOf([other]))
}

/** Nothing of a process that was killed while it wrote. */
function readReports(file: string): readonly ScriptReport[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).result
  } catch {
    return []
  }
}

function linesOf(text: string): Line[] {
  // Types become blanks, so that everything else stays where it is.
  const code = stripTypeScriptTypes(text)
  const lines: Line[] = []
  let start = 0
  for (const content of code.split('\n')) {
    const trimmed = content.trim()
    if (trimmed !== '' && !COMMENT.test(trimmed)) {
      const first = start + content.indexOf(trimmed)
      lines.push({ start: first, end: first + trimmed.length, isCovered: false })
    }
    start += content.length + 1
  }
  return lines
}

/** The innermost range that holds a whole line says whether this process came to it. */
function cover(lines: readonly Line[], functions: ScriptReport['functions']): void {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset)
  const counts = new Array<number>(lines.length).fill(0)
  for (const { startOffset, endOffset, count } of ranges) {
    for (let at = firstFrom(lines, startOffset); at < lines.length; at++) {
      if ((lines[at] as Line).end > endOffset) break
      counts[at] = count
    }
  }
  for (const [at, line] of lines.entries()) if ((counts[at] ?? 0) > 0) line.isCovered = true
}

function firstFrom(lines: readonly Line[], offset: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle] as Line).start < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** From 0 to 1. */
export function shareOf(files: readonly FileCoverage[]): number {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const covered = files.reduce((sum, file) => sum + file.covered, 0)
  return lines === 0 ? 1 : covered / lines
}

/** A table: one row for each file, then the total. */
export function coverageLines(files: readonly FileCoverage[]): string[] {
  return [
    '',
    'line coverage:',
    ...files.map((file) => row(shareOf([file]), file.path)),
    row(shareOf(files), `all ${files.length} files of src`),
  ]
}

function row(share: number, name: string): string {
  return `${(share * 100).toFixed(1).padStart(6)} %  ${name}`
}
