/**
 * Who answers, for whoever was told that a call did not come through: "timed out" alone does not
 * say whether one node is slow or a majority is gone. Pure.
 */

import { plural } from '../terminal/index.ts'
import { type Looked, unseenIn } from './look.ts'

export interface Reach {
  /** Endpoints of those that answer, sorted. */
  readonly answering: readonly string[]
  readonly silent: readonly string[]
  /** Of members that vote; null when none of those that answer tells. */
  readonly voters: { readonly all: number; readonly answering: number } | null
  readonly hasLeader: boolean
  /** Names of members that have not told where they are reached, sorted. */
  readonly unseen: readonly string[]
  /** Anybody who answers knows of something that a majority has agreed on. */
  readonly isFormed: boolean
}

/** A failure, with who answers. Thrown in its place. */
export class OutOfReach {
  readonly error: unknown
  readonly reach: Reach

  constructor(error: unknown, reach: Reach) {
    this.error = error
    this.reach = reach
  }
}

export function reachOf(looked: Looked): Reach {
  const { nodes, members } = looked
  const there = nodes.filter((node) => node.isReachable)
  const ids = new Set(there.map(({ id }) => id))
  const voters = members.filter(({ isLearner }) => !isLearner)
  const answering = voters.filter(({ id }) => ids.has(id)).length
  return {
    answering: there.map(({ endpoint }) => endpoint).sort(),
    silent: nodes.flatMap((node) => (node.isReachable ? [] : [node.endpoint])).sort(),
    voters: voters.length === 0 ? null : { all: voters.length, answering },
    hasLeader: there.some(({ leader }) => leader !== 0n),
    unseen: unseenIn(looked)
      .map(({ name }) => name)
      .sort(),
    isFormed: there.some(({ index }) => index > 0),
  }
}

export function isMajorityLost({ voters }: Pick<Reach, 'voters'>): boolean {
  return voters !== null && voters.answering < neededOf(voters.all)
}

function neededOf(all: number): number {
  return Math.floor(all / 2) + 1
}

export function reachJson({ answering, silent, voters }: Reach): unknown {
  const { all = null, answering: count = null } = voters ?? {}
  const needed = all === null ? null : neededOf(all)
  return { answering, silent, voters: all, votersAnswering: count, votersNeeded: needed }
}

/** A sentence or two. */
export function reachText(reach: Reach): string {
  const { answering, silent, voters, hasLeader } = reach
  if (answering.length === 0) return `No node answers at ${silent.join(', ')}.`
  const who = `(${answering.join(', ')})`
  if (voters === null) {
    const others = silent.length === 0 ? '' : `; nobody answers at ${silent.join(', ')}`
    return `${verb(answering.length, 'node')} ${who}${others}.`
  }
  const { all } = voters
  const needed = neededOf(all)
  const isOne = voters.answering === 1
  const count = `${voters.answering} of ${plural(all, 'member')} answer${isOne ? 's' : ''} ${who}`
  if (isMajorityLost({ voters })) {
    const head = reach.isFormed ? 'The majority is lost' : 'There is no majority yet'
    return `${head}: ${count}, and ${needed} are needed${startText(reach)}.`
  }
  if (!hasLeader)
    return `${count}, but nobody leads: they elect a leader, or cannot reach each other.`
  return `${count}, which is a majority: it may only have taken too long.`
}

function startText({ silent, unseen, isFormed }: Reach): string {
  const places = silent.length === 0 ? [] : [`those at ${silent.join(', ')}`]
  const all = [...places, ...(unseen.length === 0 ? [] : [unseen.join(', ')])]
  return all.length === 0 ? '' : `: start ${all.join(' and ')}${isFormed ? ' again' : ''}`
}

function verb(count: number, noun: string): string {
  return `${plural(count, noun)} answer${count === 1 ? 's' : ''}`
}
