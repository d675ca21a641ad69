/** `quorate status` */

import type { EndpointStatus, Member, NodeStatus } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { STATUS_COMMAND } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import { type Column, type Style, sizeText, tableLines, timeText } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { look, nameOf } from './look.ts'
import { isMajorityLost, reachOf, reachText } from './reach.ts'
import { idText, printJson, styleFor } from './show.ts'

const COLUMNS: readonly Column[] = [
  { title: 'NODE' },
  { title: 'ENDPOINT' },
  { title: 'ROLE' },
  { title: 'TERM', isNumber: true },
  { title: 'INDEX', isNumber: true },
  { title: 'BEHIND', isNumber: true },
  { title: 'REVISION', isNumber: true },
  { title: 'SIZE', isNumber: true },
  // What it offers the behaviour of: a node does not tell its own version.
  { title: 'ETCD' },
  { title: 'ANSWER', isNumber: true },
]

export async function runStatus(
  { values }: CallOf<typeof STATUS_COMMAND>,
  parts: CommandParts,
): Promise<number> {
  return withStore(values, parts, async (store) => {
    const { nodes, members } = await look(store)
    const away = nodes.filter(({ isReachable }) => !isReachable).length
    if (values.json)
      printJson(
        parts,
        nodes.map((node) => nodeJson(node, members)),
      )
    else printTable(nodes, { members, style: styleFor(values, parts), parts })
    if (away === nodes.length) return STATUS.unavailable
    return away === 0 ? STATUS.fine : STATUS.failed
  })
}

/** Of a node that says nothing; the others know where its clients reach it. */
function nameAt(endpoint: string, members: readonly Member[]): string {
  const isThere = (url: string): boolean => URL.parse(url)?.host === endpoint
  return members.find(({ clientUrls }) => clientUrls.some(isThere))?.name ?? ''
}

function nodeJson(node: EndpointStatus, members: readonly Member[]): unknown {
  const { endpoint, isReachable } = node
  if (!isReachable) {
    const { code, message } = node.error
    const name = nameAt(endpoint, members)
    return { endpoint, isReachable, ...(name === '' ? {} : { name }), error: { code, message } }
  }
  const { id, leader, ...rest } = node
  return {
    ...rest,
    name: nameOf(id, members),
    id: idText(id),
    leader: leader === 0n ? null : idText(leader),
    latencyMs: Number(node.latencyMs.toFixed(3)),
  }
}

interface Showing {
  readonly members: readonly Member[]
  readonly style: Style
  readonly parts: CommandParts
}

function printTable(nodes: readonly EndpointStatus[], { members, style, parts }: Showing): void {
  const reached = nodes.filter((node) => node.isReachable)
  const end = Math.max(0, ...reached.map(({ index }) => index))
  const rows = nodes.map((node) => {
    if (!node.isReachable) return [nameAt(node.endpoint, members), node.endpoint, style.red('away')]
    return row(node, { name: nameOf(node.id, members), end, style })
  })
  for (const line of tableLines(COLUMNS, rows, style.bold)) parts.print(line)
  for (const node of nodes) {
    if (!node.isReachable) parts.print(style.red(`${node.endpoint}: ${node.error.message}`))
    else
      for (const problem of node.problems) parts.print(style.yellow(`${node.endpoint}: ${problem}`))
  }
  const reach = reachOf({ nodes, members })
  if (isMajorityLost(reach)) parts.print(style.red(reachText(reach)))
}

interface RowLook {
  readonly name: string
  /** Of the longest log. */
  readonly end: number
  readonly style: Style
}

function row(node: NodeStatus, { name, end, style }: RowLook): readonly string[] {
  const { endpoint, term, index, appliedIndex, revision, sizeBytes, version, latencyMs } = node
  return [
    name,
    endpoint,
    roleText(node, style),
    String(term),
    String(index),
    String(Math.max(0, end - appliedIndex)),
    String(revision),
    sizeText(sizeBytes),
    version,
    timeText(latencyMs),
  ]
}

function roleText({ isLeader, isLearner, leader }: NodeStatus, style: Style): string {
  if (isLeader) return style.green('leader')
  if (isLearner) return 'learner'
  return leader === 0n ? style.yellow('no leader') : 'follower'
}
