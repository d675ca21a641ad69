/** What a node tells of its part in a group. */

import type { Group } from '../group/index.ts'
import type { NodeStatus } from './service.ts'

export function statusOf(
  group: Pick<Group, 'raft' | 'machine' | 'engine'>,
  quotaBytesMax: number,
): NodeStatus {
  const { raft, machine, engine } = group
  const { voters, outgoing, learners } = raft.configuration
  return {
    leader: raft.leader === 0 ? null : raft.leader,
    raftTerm: raft.term,
    raftIndex: raft.commit,
    raftAppliedIndex: machine.appliedIndex,
    isLearner: learners.includes(raft.id) && ![...voters, ...outgoing].includes(raft.id),
    revision: machine.revision,
    dbSizeBytes: engine.stats().bytes,
    dbSizeInUseBytes: machine.liveBytes,
    dbSizeQuotaBytes: quotaBytesMax,
    alarms: machine.alarms,
  }
}
