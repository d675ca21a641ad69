/** `quorate members` */

import type { Member } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { MEMBERS } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import { tableLines } from '../terminal/index.ts'
import { type Store, withStore } from './connection.ts'
import { isUnavailable } from './outcome.ts'
import { idText, printJson, styleFor } from './show.ts'

/** Longer than an election takes, and as long as a person waits for a list. */
const SURE_MS_MAX = 2000
/** A node that is there says what it knows in a few milliseconds. */
const STALE_MS_MAX = 1000

export async function runMembers(
  { values }: CallOf<typeof MEMBERS>,
  parts: CommandParts,
): Promise<number> {
  return withStore(values, parts, async (store) => {
    const members = await membersOf(store, { timeoutMs: values.timeout, parts })
    if (values.json) {
      printJson(
        parts,
        members.map((member) => ({ ...member, id: idText(member.id) })),
      )
      return STATUS.fine
    }
    const titles = ['NAME', 'ID', 'KIND', 'CLIENTS', 'NODES'].map((title) => ({ title }))
    const { bold } = styleFor(values, parts)
    for (const line of tableLines(titles, members.map(row), bold)) parts.print(line)
    return STATUS.fine
  })
}

interface Asking {
  readonly timeoutMs: number
  readonly parts: CommandParts
}

/** Who asks is mostly in trouble: what one node knows is better than nothing, and at once. */
async function membersOf(store: Store, { timeoutMs, parts }: Asking): Promise<readonly Member[]> {
  try {
    return await store.cluster.members({ timeoutMs: Math.min(timeoutMs, SURE_MS_MAX) })
  } catch (error) {
    if (!isUnavailable(error)) throw error
    const members = await store.cluster
      .members({ stale: true, timeoutMs: STALE_MS_MAX })
      .catch(() => {
        // Why nobody could vouch for it says more than why nobody could be asked.
        throw error
      })
    parts.complain(
      'quorate: no majority vouches for this: it is what one node knows, and may be old',
    )
    return members
  }
}

function row({ name, id, isLearner, clientUrls, peerUrls }: Member): readonly string[] {
  const kind = isLearner ? 'learner' : 'voter'
  return [name, idText(id), kind, clientUrls.join(','), peerUrls.join(',')]
}
