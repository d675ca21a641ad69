/**
 * Quorum arithmetic: what a majority of a configuration has decided. In a joint configuration every
 * decision needs both majorities (thesis §4.3), so that any two configurations that can decide
 * share a member (invariant I12).
 */

import { assert } from '../base/index.ts'
import type { Configuration, LogIndex, NodeId } from './types.ts'

export type Decision = 'won' | 'lost' | 'pending'

export function majority(size: number): number {
  assert(size >= 0, 'a configuration has a size')
  return Math.floor(size / 2) + 1
}

/** The highest index that a majority of `voters` has reached. An empty half decides nothing: ∞. */
function majorityIndex(voters: readonly NodeId[], reached: (voter: NodeId) => LogIndex): LogIndex {
  if (voters.length === 0) return Number.POSITIVE_INFINITY
  // Falling. So few that putting each in its place costs less than a sort.
  const indexes: LogIndex[] = []
  for (const voter of voters) {
    const index = reached(voter)
    let at = indexes.length
    for (; at > 0 && (indexes[at - 1] as LogIndex) < index; at--) {
      indexes[at] = indexes[at - 1] as LogIndex
    }
    indexes[at] = index
  }
  const index = indexes[majority(voters.length) - 1]
  assert(index !== undefined, 'a majority is never larger than the whole')
  return index
}

export function quorumIndex(
  configuration: Configuration,
  reached: (voter: NodeId) => LogIndex,
): LogIndex {
  assert(configuration.voters.length > 0, 'a configuration that decides has voters')
  return Math.min(
    majorityIndex(configuration.voters, reached),
    majorityIndex(configuration.outgoing, reached),
  )
}

function majorityDecision(
  voters: readonly NodeId[],
  answer: (voter: NodeId) => boolean | undefined,
): Decision {
  if (voters.length === 0) return 'won'
  let granted = 0
  let open = 0
  for (const voter of voters) {
    const given = answer(voter)
    if (given === undefined) open += 1
    else if (given) granted += 1
  }
  const needed = majority(voters.length)
  if (granted >= needed) return 'won'
  return granted + open >= needed ? 'pending' : 'lost'
}

export function quorumDecision(
  configuration: Configuration,
  answer: (voter: NodeId) => boolean | undefined,
): Decision {
  assert(configuration.voters.length > 0, 'a configuration that decides has voters')
  const incoming = majorityDecision(configuration.voters, answer)
  const outgoing = majorityDecision(configuration.outgoing, answer)
  if (incoming === 'lost' || outgoing === 'lost') return 'lost'
  return incoming === 'won' && outgoing === 'won' ? 'won' : 'pending'
}
