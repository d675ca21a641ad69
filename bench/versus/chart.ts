/** Ratios as a picture. */

import type { Row } from './summary.ts'

const WIDTH = 760
const NAME_WIDTH = 290
const BAR_HEIGHT = 18
const GAP = 8
const TOP = 34

export function chartOf(all: readonly Row[]): string {
  // At a given rate both do the same number.
  const rows = all.filter(({ ratio, section }) => Number.isFinite(ratio) && section !== 'steady')
  const most = Math.max(1, ...rows.map(({ ratio }) => ratio))
  const scale = (WIDTH - NAME_WIDTH - 60) / most
  const height = TOP + rows.length * (BAR_HEIGHT + GAP) + GAP
  const one = (NAME_WIDTH + scale).toFixed(1)
  const bars = rows.map(({ load, ratio }, i) => {
    const y = TOP + i * (BAR_HEIGHT + GAP)
    const width = (ratio * scale).toFixed(1)
    const middle = y + BAR_HEIGHT - 5
    const end = (NAME_WIDTH + ratio * scale + 6).toFixed(1)
    return [
      `<text x="${NAME_WIDTH - 8}" y="${middle}" text-anchor="end">${load}</text>`,
      `<rect x="${NAME_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${end}" y="${middle}">${ratio.toFixed(1)}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>Requests a second, as a multiple of etcd's</title>
<style>
text { font: 12px system-ui, sans-serif; fill: #444 }
rect { fill: #3b7ddd }
line { stroke: #888; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } }
</style>
<text x="${NAME_WIDTH}" y="18">Requests a second, as a multiple of etcd's (dashed: the same)</text>
${bars.join('\n')}
<line x1="${one}" x2="${one}" y1="${TOP - 6}" y2="${height - GAP}"/>
</svg>
`
}
