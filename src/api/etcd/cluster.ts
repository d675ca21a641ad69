/** etcd's Cluster service. The members are told; changing them comes with a later step. */

import type { Method, ServerCall } from '../../rpc/index.ts'
import type { MemberDescription, NodeService } from '../../server/index.ts'
import { etcd } from '../../wire/index.ts'
import { fail } from './answer.ts'
import { type Door, decoding, stepping } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import { arePeerUrls } from './peer-urls.ts'

const { memberAdd, memberRemove, memberUpdate, memberList, memberPromote } = etcd.Cluster.methods

export function clusterMethods(door: Door): Method[] {
  const { node, answers } = door
  return [
    stepping(door, memberList, async (call, { linearizable }) => {
      const members = await node.members({ linearizable })
      // The one answer of etcd without a revision: members do not belong to the store.
      const header = answers.header(node.defaultGroup, 0)
      const described = members.map((member) => memberOf(node, member))
      call.answerWith(memberList.response, { header, members: described })
    }),
    decoding(door, memberAdd, (call, { peerURLs }) =>
      fail(call, arePeerUrls(peerURLs) ? ETCD_ERRORS.membersFixed : ETCD_ERRORS.memberBadUrls),
    ),
    stepping(door, memberRemove, (call, { ID }) => refuseChange(door, call, ID)),
    stepping(door, memberUpdate, (call, { ID }) => refuseChange(door, call, ID)),
    stepping(door, memberPromote, async (call, { ID }) => {
      const member = await memberById(node, ID)
      if (member?.isLearner === false) fail(call, ETCD_ERRORS.memberNotLearner)
      else await refuseChange(door, call, ID)
    }),
  ]
}

function memberOf(node: NodeService, member: MemberDescription): etcd.Member {
  const { id, name, peerUrls, clientUrls, isLearner } = member
  return {
    ID: node.memberIdOf(id),
    name,
    peerURLs: [...peerUrls],
    clientURLs: [...clientUrls],
    isLearner,
  }
}

export async function memberById(
  node: NodeService,
  id: bigint,
): Promise<MemberDescription | undefined> {
  const members = await node.members({ linearizable: false })
  return members.find((member) => node.memberIdOf(member.id) === id)
}

async function refuseChange({ node }: Door, call: ServerCall, id: bigint): Promise<void> {
  const isMember = (await memberById(node, id)) !== undefined
  fail(call, isMember ? ETCD_ERRORS.membersFixed : ETCD_ERRORS.memberNotFound)
}
