/** `quorate members` */

import type { Member } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { MEMBERS } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import { tableLines } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { idText, printJson, styleFor } from './show.ts'

export async function runMembers(
  { values }: CallOf<typeof MEMBERS>,
  parts: CommandParts,
): Promise<number> {
  return withStore(values, parts, async (store) => {
    const members = await store.cluster.members()
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

function row({ name, id, isLearner, clientUrls, peerUrls }: Member): readonly string[] {
  const kind = isLearner ? 'learner' : 'voter'
  return [name, idText(id), kind, clientUrls.join(','), peerUrls.join(',')]
}
