/** What a group tells of itself, as events. */

import type { GroupMark, GroupObserver } from '../group/index.ts'
import { DATA_GROUP, META_GROUP } from '../server/index.ts'
import type { EventLevel, EventLog } from './event-log.ts'

/** What whoever runs a node wants to know; everything else is for those who look for a fault. */
const TOLD: Partial<Readonly<Record<GroupMark, readonly [EventLevel, string]>>> = {
  becameLeader: ['info', 'this node leads'],
  lostLeadership: ['info', 'this node does not lead any more'],
  checkpointPostponed: ['warn', 'there is no room for a checkpoint; it is tried again'],
  snapshotInstalled: ['info', 'a snapshot of the leader was installed'],
  snapshotTransferFailed: ['warn', 'a snapshot did not arrive'],
  repaired: ['info', 'what was lost is repaired'],
  removed: ['warn', 'this node was removed from its group'],
}

/** As `quorate log check` names them. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [META_GROUP, 'members'],
  [DATA_GROUP, 'data'],
])

export function groupEvents(events: EventLog): (group: number) => GroupObserver {
  return (group) => {
    const fields = { group: NAMES.get(group) ?? group }
    return {
      mark: (mark) => {
        const [level, text] = TOLD[mark] ?? ['debug', mark]
        events.tell(level, text, fields)
      },
      applied: () => {},
      restored: () => {},
    }
  }
}
