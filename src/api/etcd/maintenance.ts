/** etcd's Maintenance service. */

import { KvError } from '../../base/index.ts'
import type { Method, ServerCall } from '../../rpc/index.ts'
import type { NodeStatus, ReadOutcome } from '../../server/index.ts'
import { COMMAND, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { fail, refuse } from './answer.ts'
import { memberById } from './cluster.ts'
import { type Door, decoding, ReadCall, stepping, streaming, WriteCall } from './door.ts'
import { ETCD_ERRORS, type EtcdError } from './errors.ts'
import { SnapshotStream } from './snapshot.ts'
import { storageVersion } from './version.ts'

const { alarm, status, defragment, hash, hashKV, snapshot, moveLeader, downgrade } =
  etcd.Maintenance.methods
const ACTION = etcd.AlarmRequestAlarmAction

export function maintenanceMethods(door: Door): Method[] {
  const { node, answers } = door
  const group = node.defaultGroup
  return [
    decoding(door, alarm, (call, request) => {
      const body = alarm.request.encodeBytes(request)
      const isChange = request.action === ACTION.ACTIVATE || request.action === ACTION.DEACTIVATE
      if (isChange) {
        node.write(group, { kind: COMMAND.alarm, body }, new WriteCall(call, group, answers))
      } else {
        const waiter = new ReadCall(call, group, answers)
        node.read(group, { kind: READ.alarms, body, serializable: false }, waiter)
      }
    }),
    decoding(door, status, (call) => answerStatus(door, call)),
    // Space comes back without being asked for.
    decoding(door, defragment, (call) => call.answerWith(defragment.response, { header: null })),
    decoding(door, hash, (call) => answerHash(door, call)),
    decoding(door, hashKV, (call, request) => {
      const body = hashKV.request.encodeBytes(request)
      // Of this node, which is compared with others.
      const waiter = new ReadCall(call, group, answers)
      node.read(group, { kind: READ.hashKv, body, serializable: true }, waiter)
    }),
    streaming(door, snapshot.path, (call) => new SnapshotStream(door, call)),
    stepping(door, moveLeader, (call, { targetID }) => answerMoveLeader(door, call, targetID)),
    decoding(door, downgrade, (call, request) => fail(call, downgradeError(request))),
  ]
}

/** The same over everything that `HashKV` looks at, as this node has it now. */
function answerHash({ node, answers }: Door, call: ServerCall): void {
  const group = node.defaultGroup
  const body = hashKV.request.encodeBytes(hashKV.request.create())
  const settleRead = (outcome: ReadOutcome): void => {
    if (outcome.kind === 'refused') refuse(call, outcome.code)
    if (outcome.kind !== 'done') return
    const { revision, body: answer } = outcome.result
    const header = answers.header(group, revision)
    call.answerWith(hash.response, { header, hash: hashKV.response.decodeBytes(answer).hash })
  }
  node.read(group, { kind: READ.hashKv, body, serializable: true }, { settleRead })
}

/** Nothing of it waits, whatever becomes of the state: who looks for what is wrong asks this. */
function answerStatus(door: Door, call: ServerCall): void {
  const { node, answers, version } = door
  const group = node.defaultGroup
  const told = node.status(group)
  const errors = told.leader === null ? [ETCD_ERRORS.noLeader.text] : []
  for (const one of told.alarms) errors.push(alarmText(one))
  call.answerWith(status.response, {
    ...positionsOf(told),
    header: answers.header(group, told.revision),
    version,
    leader: told.leader === null ? 0n : node.memberIdOf(told.leader),
    errors,
    isLearner: told.isLearner,
    storageVersion: storageVersion(version),
    downgradeInfo: { enabled: false, targetVersion: '' },
  })
}

function positionsOf(told: NodeStatus) {
  return {
    raftIndex: told.raftIndex,
    raftTerm: told.raftTerm,
    raftAppliedIndex: told.raftAppliedIndex,
    dbSize: told.dbSizeBytes,
    dbSizeInUse: told.dbSizeInUseBytes,
    dbSizeQuota: told.dbSizeQuotaBytes,
  }
}

/** As Go prints the message, the space at the end included: `etcdctl` shows it as it is. */
function alarmText({ memberId, type }: NodeStatus['alarms'][number]): string {
  const name = Object.entries(etcd.AlarmType).find(([, value]) => value === type)?.[0]
  const member = memberId === 0n ? '' : `memberID:${memberId} `
  return type === etcd.AlarmType.NONE ? member : `${member}alarm:${name ?? type} `
}

async function answerMoveLeader(door: Door, call: ServerCall, target: bigint): Promise<void> {
  const { node } = door
  if (node.status(node.defaultGroup).leader !== node.nodeId) {
    fail(call, ETCD_ERRORS.notLeader)
    return
  }
  const member = await memberById(node, target)
  if (member === undefined || member.isLearner) {
    fail(call, ETCD_ERRORS.badTransferee)
    return
  }
  try {
    if (member.id !== node.nodeId) await node.moveLeader(node.defaultGroup, member.id)
    call.answerWith(moveLeader.response, { header: null })
  } catch (error) {
    if (!(error instanceof KvError)) throw error
    fail(call, transferError(error))
  }
}

function transferError(error: KvError): EtcdError {
  if (error.code === 'NOT_LEADER') return ETCD_ERRORS.notLeader
  return error.code === 'BAD_REQUEST' ? ETCD_ERRORS.badTransferee : ETCD_ERRORS.transferTimedOut
}

/** There is no older version to go back to. */
function downgradeError({ action, version }: etcd.DowngradeRequest): EtcdError {
  const { VALIDATE, ENABLE, CANCEL } = etcd.DowngradeRequestDowngradeAction
  if (action === CANCEL) return ETCD_ERRORS.downgradeNone
  if (action !== VALIDATE && action !== ENABLE) return ETCD_ERRORS.unknownMethod
  const isVersion = /^[0-9]+\.[0-9]+(\.[0-9]+)?$/.test(version)
  return isVersion ? ETCD_ERRORS.downgradeVersion : ETCD_ERRORS.downgradeVersionFormat
}
