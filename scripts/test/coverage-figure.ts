/** The figure of a whole run, as README shows it. `npm run check` holds the two together. */

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type FileCoverage, shareOf } from './coverage.ts'

export const FIGURE_FILE = 'docs/coverage.json'
export const BADGE_FILE = 'docs/coverage.svg'

/** Rounded down: nothing is called 90 % that is less. */
export function figureOf(files: readonly FileCoverage[]): string {
  return (Math.floor(shareOf(files) * 1000) / 10).toFixed(1)
}

export function writeFigure(root: string, files: readonly FileCoverage[]): void {
  const percent = figureOf(files)
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const covered = files.reduce((sum, file) => sum + file.covered, 0)
  const figure = { percent: Number(percent), covered, lines, files: files.length }
  mkdirSync(path.join(root, 'docs'), { recursive: true })
  writeFileSync(path.join(root, FIGURE_FILE), `${JSON.stringify(figure, null, 2)}\n`)
  writeFileSync(path.join(root, BADGE_FILE), badge(`${percent} %`))
}

function badge(text: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="152" height="20" role="img" \
aria-label="line coverage: ${text}">
  <title>line coverage of src: ${text}</title>
  <rect width="152" height="20" rx="3" fill="#3b4252"/>
  <rect x="96" width="56" height="20" rx="3" fill="#2e7d5b"/>
  <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
    <text x="8" y="14">line coverage</text>
    <text x="104" y="14">${text}</text>
  </g>
</svg>
`
}
