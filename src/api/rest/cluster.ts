/** The cluster as this node knows it: answered with or without a leader. */

import type { MemberDescription, NodeService } from '../../server/index.ts'
import { READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { answerRead } from './ask.ts'
import type { RestCall } from './rest-call.ts'
import type { RestParts } from './rest-parts.ts'

const ALL_ALARMS = etcd.AlarmRequest.encodeBytes(etcd.AlarmRequest.create())

export function clusterStatus(call: RestCall): void {
  answerRead(call, { kind: READ.alarms, body: ALL_ALARMS, serializable: true }, (result) => {
    const { alarms } = etcd.AlarmResponse.decode(result.body, 0, result.body.length)
    call.json(JSON.stringify({ ...statusOf(call.parts), alarms: alarms.map(alarmName) }))
  })
}

function statusOf({ node, version }: Pick<RestParts, 'node' | 'version'>) {
  const told = node.status(node.defaultGroup)
  return {
    clusterId: hex(node.clusterId),
    nodeId: hex(node.memberId),
    leader: told.leader === null ? null : hex(node.memberIdOf(told.leader)),
    isLeader: told.leader === node.nodeId,
    isLearner: told.isLearner,
    version,
    revision: told.revision,
    term: told.raftTerm,
    committedIndex: told.raftIndex,
    appliedIndex: told.raftAppliedIndex,
    sizeBytes: told.dbSizeBytes,
    sizeInUseBytes: told.dbSizeInUseBytes,
    quotaBytes: told.dbSizeQuotaBytes,
  }
}

function alarmName({ alarm }: etcd.AlarmMember): string {
  const found = Object.entries(etcd.AlarmType).find(([, value]) => value === alarm)
  return found?.[0] ?? String(alarm)
}

export function clusterNodes(call: RestCall): void {
  const { node } = call.parts
  call.later(async () => {
    const members = await node.members({ linearizable: false })
    const { leader } = node.status(node.defaultGroup)
    const nodes = members.map((member) => memberOf(node, member, leader === member.id))
    call.json(JSON.stringify({ nodes }))
  })
}

function memberOf(node: NodeService, member: MemberDescription, isLeader: boolean) {
  const { id, name, clientUrls, peerUrls, isLearner } = member
  return { id: hex(node.memberIdOf(id)), name, clientUrls, peerUrls, isLeader, isLearner }
}

function hex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16)
}
