/** What a doctor makes of what nodes say. Pure. */

import type { NodeStatus } from '../../client/index.ts'
import { countText, plural, sizeText } from '../terminal/index.ts'
import { type Looked, nameOf, unseenIn } from './look.ts'
import { NO_LEADER, problemText } from './problem-words.ts'

export interface Finding {
  /** Of which kind, for programs. */
  readonly check: string
  readonly level: 'fine' | 'advice' | 'wrong'
  readonly what: string
  /** Empty when there is nothing to do. */
  readonly todo: string
}

/** A node that is further behind does not only wait for the next heartbeat. */
const BEHIND_MAX = 10_000
/** Leases and certificates go by clocks of the machines; what is below is lost in whole seconds. */
const CLOCK_MS_MAX = 3000
/** Half of what is stored is of old revisions. */
const UNUSED_SHARE_MAX = 0.5
const UNUSED_BYTES_MIN = 64 * 1024 * 1024

export function fine(check: string, what: string): Finding {
  return { check, level: 'fine', what, todo: '' }
}

export function advice(check: string, what: string, todo: string): Finding {
  return { check, level: 'advice', what, todo }
}

export function wrong(check: string, what: string, todo: string): Finding {
  return { check, level: 'wrong', what, todo }
}

export function clusterFindings(looked: Looked): readonly Finding[] {
  const reached = looked.nodes.filter((node) => node.isReachable)
  return [
    ...reachFindings(looked),
    ...(reached.length === 0 ? [] : leaderFindings(reached, looked)),
    ...quorumFindings(reached, looked),
    ...versionFindings(reached),
    ...reached.flatMap((node) => nodeFindings(node, reached, looked)),
  ]
}

function reachFindings(looked: Looked): readonly Finding[] {
  const { nodes } = looked
  const away = nodes.flatMap((node) => {
    if (node.isReachable) return []
    const todo = 'see whether it runs, and whether a firewall lets this machine through'
    return [wrong('reachable', `${node.endpoint} does not answer: ${node.error.message}`, todo)]
  })
  const unseen = unseenIn(looked).map(({ name, peerUrls }) => {
    const what = `${name} has not told yet where clients reach it`
    return wrong('reachable', what, `start it; the others look for it at ${peerUrls.join(', ')}`)
  })
  if (away.length + unseen.length > 0) return [...away, ...unseen]
  const all = nodes.length === 1 ? 'the one node answers' : `all of ${nodes.length} nodes answer`
  return [fine('reachable', all)]
}

/**
 * What nodes say of who leads, in the newest term: who is in an older one has only not heard yet.
 */
function followedBy(reached: readonly NodeStatus[]) {
  const term = Math.max(...reached.map((node) => node.term))
  const known = reached.filter((node) => node.term === term && node.leader !== 0n)
  const leaders = new Set(known.map(({ leader }) => leader))
  const [leader] = leaders
  const behind = reached.filter((node) => leader === undefined || node.leader !== leader)
  return { term, leaders, leader, behind }
}

/** Whether somebody knows no leader or an old one, as during an election or right after a start. */
export function isUnsettled({ nodes }: Looked): boolean {
  const { leaders, behind } = followedBy(nodes.filter((node) => node.isReachable))
  return leaders.size < 2 && behind.length > 0
}

function leaderFindings(reached: readonly NodeStatus[], { members }: Looked): readonly Finding[] {
  const { term, leaders, leader, behind } = followedBy(reached)
  if (leaders.size > 1) {
    const names = [...leaders].map((id) => nameOf(id, members)).join(' and ')
    const what = `in term ${term} some nodes follow ${names}`
    return [wrong('leader', what, 'keep the logs of all nodes and report it: this must not be')]
  }
  if (leader === undefined) {
    const todo = 'start nodes until more than half of them run, and see that they reach each other'
    return [wrong('leader', `nobody leads (term ${term})`, todo)]
  }
  if (behind.length === 0)
    return [fine('leader', `${nameOf(leader, members)} leads in term ${term}`)]
  const who = behind.map(({ endpoint }) => endpoint).join(', ')
  const todo = 'see whether these nodes reach the leader on its port for nodes'
  return [wrong('leader', `${who} do not know that ${nameOf(leader, members)} leads`, todo)]
}

function quorumFindings(reached: readonly NodeStatus[], { members }: Looked): readonly Finding[] {
  const voters = members.filter(({ isLearner }) => !isLearner)
  if (voters.length === 0) return []
  const ids = new Set(reached.map(({ id }) => id))
  const up = voters.filter(({ id }) => ids.has(id)).length
  const needed = Math.floor(voters.length / 2) + 1
  const what =
    `${up} of ${plural(voters.length, 'voter')} answer${up === 1 ? 's' : ''}, ` +
    `${needed} ${needed === 1 ? 'is' : 'are'} needed`
  if (up < needed) {
    return [wrong('quorum', what, 'start the others: until then nothing can be written')]
  }
  if (voters.length === 1) {
    return [advice('quorum', 'there is one voter', 'with three, one of them may fail')]
  }
  if (up === needed && up < voters.length) {
    return [advice('quorum', what, 'start the others: when one more fails nothing can be written')]
  }
  if (voters.length % 2 === 0) {
    const todo = 'an odd number bears as many failures with one node less'
    return [advice('quorum', `there are ${voters.length} voters`, todo)]
  }
  return [fine('quorum', what)]
}

function versionFindings(reached: readonly NodeStatus[]): readonly Finding[] {
  const versions = [...new Set(reached.map(({ version }) => version))].sort()
  if (versions.length === 0) return []
  if (versions.length === 1) {
    const who = reached.length === 1 ? 'it offers' : 'all of them offer'
    return [fine('versions', `${who} what etcd ${versions[0]} does`)]
  }
  const todo = 'fine while nodes are being upgraded one after the other; finish it'
  return [advice('versions', `versions differ: ${versions.join(', ')}`, todo)]
}

function nodeFindings(
  node: NodeStatus,
  reached: readonly NodeStatus[],
  { members }: Looked,
): readonly Finding[] {
  const name = nameOf(node.id, members) || node.endpoint
  // That it knows no leader is a finding of its own.
  const problems = node.problems.filter((problem) => problem !== NO_LEADER)
  const findings = problems.map((problem) =>
    wrong(
      'alarm',
      `${name}: ${problemText(problem, members)}`,
      'see docs/guide/operations.md for what it means',
    ),
  )
  const behind = Math.max(...reached.map(({ index }) => index)) - node.appliedIndex
  if (behind > BEHIND_MAX) {
    const todo = 'if this grows, its disk or network is too slow'
    findings.push(advice('behind', `${name} is ${countText(behind)} entries behind`, todo))
  }
  const unused = node.sizeBytes - node.usedBytes
  if (unused > UNUSED_BYTES_MIN && unused > node.sizeBytes * UNUSED_SHARE_MAX) {
    const what = `${name} could give back ${sizeText(unused)} of ${sizeText(node.sizeBytes)}`
    findings.push(advice('space', what, 'the next compaction does; nothing needs to be done'))
  }
  return findings
}

/** By how many milliseconds clocks of nodes are ahead of the one here. */
export function clockFindings(offsets: ReadonlyMap<string, number>): readonly Finding[] {
  if (offsets.size === 0) return []
  const values = [...offsets.values()]
  const spread = Math.max(...values, 0) - Math.min(...values, 0)
  if (spread < CLOCK_MS_MAX) return [fine('clocks', 'clocks agree')]
  const texts = [...offsets].map(
    ([name, ms]) => `${name} ${ms < 0 ? '' : '+'}${Math.round(ms / 1000)} s`,
  )
  const what = `clocks differ from the one here: ${texts.join(', ')}`
  return [advice('clocks', what, 'no data is in danger; events are hard to compare: use NTP')]
}
