/** What the live view shows. Pure: a state in, lines out. */

import type { LocalNodeState } from '../command-parts.ts'
import {
  type Column,
  countText,
  cut,
  type Style,
  sizeText,
  tableLines,
  timeText,
} from '../terminal/index.ts'

export interface NodeView {
  readonly number: number
  readonly endpoint: string
  readonly state: LocalNodeState
  readonly endText: string
  readonly isLeader: boolean
  readonly term: number | null
  readonly index: number | null
  readonly behind: number | null
  readonly memoryBytes: number | null
  readonly diskBytes: number
}

export interface ClusterView {
  readonly directory: string
  readonly engine: string
  readonly runsMs: number
  readonly nodes: readonly NodeView[]
  readonly revision: number | null
  /** Of the last samples, the newest last. */
  readonly writesPerSecond: readonly number[]
  /** Of a read through the leader; null while there is none. */
  readonly readMs: number | null
  /** What happened, the newest last. */
  readonly events: readonly string[]
  /** A question that is open. */
  readonly question: string | null
}

interface Screen {
  readonly columns: number
  readonly rows: number
  readonly style: Style
}

const COLUMNS: readonly Column[] = [
  { title: 'NODE' },
  { title: 'CLIENTS' },
  { title: 'STATE' },
  { title: 'TERM', isNumber: true },
  { title: 'LOG', isNumber: true },
  { title: 'BEHIND', isNumber: true },
  { title: 'MEMORY', isNumber: true },
  { title: 'DISK', isNumber: true },
]
const BARS = '▁▂▃▄▅▆▇█'
const EVENTS_MIN = 1

/** No more lines than the screen has, and none that is longer. */
export function viewLines(view: ClusterView, { columns, rows, style }: Screen): readonly string[] {
  const { nodes, events, question } = view
  const up = nodes.filter(({ state }) => state === 'ready').length
  const nodesText = `${up} of ${nodes.length} nodes`
  const head = [
    `${style.bold('Quorate')}  ${[nodesText, view.engine, timeText(view.runsMs)].join(', ')}`,
    style.dim(cut(view.directory, columns)),
    '',
    ...tableLines(
      COLUMNS,
      nodes.map((node) => nodeRow(node, style)),
      style.bold,
    ),
    '',
    ...rateLines(view, columns),
    '',
  ]
  const keys = question ?? 'k kill a node   r start it again   q quit'
  const foot = [
    '',
    question === null ? style.dim(cut(keys, columns)) : style.yellow(cut(keys, columns)),
  ]
  const room = Math.max(EVENTS_MIN, rows - head.length - foot.length - 1)
  const last = events.slice(-room).map((event) => cut(event, columns))
  return [...head, ...last, ...foot]
    .slice(0, Math.max(1, rows - 1))
    .map((line) => cut(line, columns))
}

function nodeRow(node: NodeView, style: Style): readonly string[] {
  const { number, endpoint, term, index, behind, memoryBytes, diskBytes } = node
  const text = (value: number | null): string => (value === null ? '' : countText(value))
  return [
    `node ${number}`,
    endpoint,
    stateText(node, style),
    text(term),
    text(index),
    text(behind),
    memoryBytes === null ? '' : sizeText(memoryBytes),
    sizeText(diskBytes),
  ]
}

function stateText({ state, isLeader, endText }: NodeView, style: Style): string {
  if (state === 'starting') return style.yellow('starts')
  if (state === 'stopped') return style.red(endText === '' ? 'stopped' : endText)
  return isLeader ? style.green('leader') : 'follower'
}

function rateLines(view: ClusterView, columns: number): readonly string[] {
  const { writesPerSecond, revision, readMs } = view
  const now = writesPerSecond.at(-1) ?? 0
  const read = readMs === null ? 'nobody leads' : `${timeText(readMs)} for a read`
  const facts = [
    `${countText(Math.round(now))} writes/s`,
    read,
    ...(revision === null ? [] : [`revision ${countText(revision)}`]),
  ]
  return [cut(facts.join('   '), columns), sparkline(writesPerSecond, columns)]
}

/** The newest at the right; as high as the most of what is shown. */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = values.slice(-Math.max(1, columns))
  const most = Math.max(...shown, 1)
  return shown
    .map(
      (value) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))] ?? ' ',
    )
    .join('')
}
