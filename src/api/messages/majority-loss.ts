/**
 * What a node says when a request has waited in vain because too few members answer. The doors of
 * our own tell it in the place of the table, whose words fit every delay; etcd's has etcd's texts.
 */

import type { ErrorCode } from '../../base/index.ts'
import type { GroupId } from '../../raft/index.ts'
import type { NodeService, ReachedMember } from '../../server/index.ts'

export interface MajorityLoss {
  readonly text: string
  /** What to set right first, whatever becomes of the request. */
  readonly repair: string
  /** That, and what then. */
  readonly advice: string
}

/** How a request fails that waited for a leader, or for the others to agree. */
const CODES: Partial<Record<ErrorCode, true>> = {
  TIMED_OUT: true,
  NO_LEADER: true,
  LEADERSHIP_LOST: true,
}
const REPAIR = 'Start the members that do not answer, or repair the network between them.'
const UNCHANGED = 'Nothing was changed; send the request again then.'
const OPEN =
  'The request may still be carried out: look before you send it again, or send it again in a ' +
  'way that takes effect once, with the same Idempotency-Key, or session and sequence.'

/** Null: that is not why. `isOpen`: nobody knows what becomes of the request. */
export function majorityLoss(
  node: Pick<NodeService, 'reach' | 'nodeId'>,
  group: GroupId,
  { code, isOpen }: { readonly code: ErrorCode; readonly isOpen: boolean },
): MajorityLoss | null {
  if (CODES[code] !== true) return null
  const { hasMajority, members } = node.reach(group)
  if (hasMajority) return null
  const answering = members.filter(({ isReached }) => isReached)
  const missing = members.filter(({ isReached }) => !isReached)
  const needed = Math.floor(members.length / 2) + 1
  const own = (member: ReachedMember): string => {
    return member.id === node.nodeId ? `${nameOf(member)} (this node)` : nameOf(member)
  }
  const text =
    `no majority of the members answers: ${verb(answering.map(own), 'answers', 'answer')}, ` +
    `${verb(missing.map(placeOf), 'does', 'do')} not; ${needed} of ${members.length} are needed`
  return { text, repair: REPAIR, advice: `${REPAIR} ${isOpen ? OPEN : UNCHANGED}` }
}

function nameOf({ id, name }: ReachedMember): string {
  return name === '' ? `member ${id}` : name
}

function placeOf(member: ReachedMember): string {
  const { peerUrls } = member
  return peerUrls.length === 0 ? nameOf(member) : `${nameOf(member)} (${peerUrls.join(', ')})`
}

function verb(names: readonly string[], one: string, more: string): string {
  return `${names.join(' and ')} ${names.length === 1 ? one : more}`
}
