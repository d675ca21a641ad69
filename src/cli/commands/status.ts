/** `quorate status` */

import type { EndpointStatus, Member, NodeStatus } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { STATUS_COMMAND } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import { type Column, type Style, sizeText, tableLines, timeText } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { type Looked, look, nameOf, unseenIn } from './look.ts'
import { problemText } from './problem-words.ts'
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
  // The one it behaves as: a node tells its own version in its log only.
  { title: 'AS ETCD' },
  { title: 'ANSWER', isNumber: true },
]

export async function runStatus(
  { values }: CallOf<typeof STATUS_COMMAND>,
  parts: CommandParts,
): Promise<number> {
  return withStore(values, parts, async (store) => {
    const looked = await look(store)
    const { nodes, members } = looked
    const unseen = unseenIn(looked)
    if (values.json)
      printJson(parts, [
        ...nodes.map((node) => nodeJson(node, members)),
        ...unseen.map((member) => unseenJson(member)),
      ])
    else printTable(looked, { unseen, style: styleFor(values, parts), parts })
    return statusOf(looked, unseen)
  })
}

function statusOf(looked: Looked, unseen: readonly Member[]): number {
  const { nodes } = looked
  const away = nodes.filter(({ isReachable }) => !isReachable).length
  if (away === nodes.length) return STATUS.unavailable
  const isWell = away === 0 && unseen.length === 0 && reachOf(looked).hasLeader
  return isWell ? STATUS.fine : STATUS.failed
}

function unseenJson(member: Member): unknown {
  const error = { code: 'UNREACHABLE', message: unseenText(member) }
  return { endpoint: null, isReachable: false, name: member.name, error }
}

function unseenText({ peerUrls }: Member): string {
  const at = peerUrls.length === 0 ? '' : `; the others look for it at ${peerUrls.join(', ')}`
  return `it has not told yet where clients reach it${at}`
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
  readonly unseen: readonly Member[]
  readonly style: Style
  readonly parts: CommandParts
}

function printTable(looked: Looked, { unseen, style, parts }: Showing): void {
  const { nodes, members } = looked
  const reached = nodes.filter((node) => node.isReachable)
  const end = Math.max(0, ...reached.map(({ index }) => index))
  const rows = nodes.map((node) => {
    if (!node.isReachable) return [nameAt(node.endpoint, members), node.endpoint, style.red('away')]
    return row(node, { name: nameOf(node.id, members), end, style })
  })
  for (const { name } of unseen) rows.push([name, '-', style.red('away')])
  for (const line of tableLines(COLUMNS, rows, style.bold)) parts.print(line)
  for (const node of nodes) {
    if (!node.isReachable) parts.print(style.red(`${node.endpoint}: ${node.error.message}`))
    else
      for (const problem of node.problems) {
        parts.print(style.yellow(`${node.endpoint}: ${problemText(problem, members)}`))
      }
  }
  for (const member of unseen) parts.print(style.red(`${member.name}: ${unseenText(member)}`))
  const reach = reachOf(looked)
  const isAsked = reach.answering.length > 0
  if (isMajorityLost(reach) || (isAsked && !reach.hasLeader)) {
    parts.print(style.red(reachText(reach)))
  }
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
