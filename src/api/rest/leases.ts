/** Leases: etcd's, with their ids in hexadecimal digits as etcdctl shows them. */

import { KvError } from '../../base/index.ts'
import { COMMAND, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { grantRequest } from '../messages/index.ts'
import { answerRead, answerWrite } from './ask.ts'
import { guarded } from './conditions.ts'
import { decodePercent } from './percent.ts'
import { leaseIdText, readLeaseId } from './query-kinds.ts'
import type { RestCall } from './rest-call.ts'
import { bytesJson } from './text-values.ts'

const MS_PER_SECOND = 1000

export function grantLease(call: RestCall): void {
  const { ttl, id = 0n } = call.values
  if (ttl === undefined) {
    throw new KvError('PARAMETER_INVALID', 'ttl says how long the lease is to live, such as 60s')
  }
  const wanted = { TTL: Math.ceil(ttl / MS_PER_SECOND), ID: id }
  const granted = grantRequest(call.parts, wanted)
  if (granted === null) {
    throw new KvError('LEASE_TTL_TOO_LARGE', `${wanted.TTL} seconds are too long for a lease`)
  }
  const command = {
    kind: COMMAND.leaseGrant,
    body: etcd.LeaseGrantRequest.encodeBytes(granted),
  }
  // The id may have been chosen just now: a repetition is one all the same.
  const identity = etcd.LeaseGrantRequest.encodeBytes(wanted)
  const guards = { name: call.idempotencyKey(), identity }
  answerWrite(call, guarded(call, command, guards), ({ body }) => {
    const { ID, TTL } = etcd.LeaseGrantResponse.decode(body, 0, body.length)
    return leaseJson(ID, TTL)
  })
}

function leaseJson(id: bigint, ttl: number): string {
  return `{"id":"${leaseIdText(id)}","ttl":${ttl}}`
}

export function listLeases(call: RestCall): void {
  const body = etcd.LeaseLeasesRequest.encodeBytes({})
  answerRead(call, { kind: READ.leaseLeases, body, serializable: false }, (result) => {
    const { leases } = etcd.LeaseLeasesResponse.decode(result.body, 0, result.body.length)
    const ids = leases.map(({ ID }) => leaseIdText(ID))
    call.json(JSON.stringify({ leases: ids }))
  })
}

export function getLease(call: RestCall): void {
  const { keys = false } = call.values
  const request = { ID: idOf(call), keys }
  const body = etcd.LeaseTimeToLiveRequest.encodeBytes(request)
  answerRead(call, { kind: READ.leaseTimeToLive, body, serializable: false }, (result) => {
    const told = etcd.LeaseTimeToLiveResponse.decode(result.body, 0, result.body.length)
    if (told.TTL < 0) {
      throw new KvError('LEASE_NOT_FOUND', `there is no lease ${leaseIdText(request.ID)}`)
    }
    const listed = keys ? `,"keys":[${told.keys.map(bytesJson).join(',')}]` : ''
    const head = leaseJson(told.ID, told.TTL).slice(0, -1)
    call.json(`${head},"grantedTtl":${told.grantedTTL}${listed}}`)
  })
}

export function keepLease(call: RestCall): void {
  const lease = idOf(call)
  const body = etcd.LeaseKeepAliveRequest.encodeBytes({ ID: lease })
  answerWrite(call, { kind: COMMAND.leaseKeepAlive, body, subject: { lease } }, (result) => {
    const { ID, TTL } = etcd.LeaseKeepAliveResponse.decode(result.body, 0, result.body.length)
    // As etcd tells it that there is none.
    if (TTL === 0) throw new KvError('LEASE_NOT_FOUND', `there is no lease ${leaseIdText(lease)}`)
    return leaseJson(ID, TTL)
  })
}

export function revokeLease(call: RestCall): void {
  const lease = idOf(call)
  const body = etcd.LeaseRevokeRequest.encodeBytes({ ID: lease })
  const command = { kind: COMMAND.leaseRevoke, body, subject: { lease } }
  const named = guarded(call, command, { name: call.idempotencyKey() })
  answerWrite(call, named, ({ revision }) => `{"revision":${revision}}`)
}

function idOf({ found }: RestCall): bigint {
  const bytes = decodePercent(found.part, 'the id in the path', false)
  const id = readLeaseId(Buffer.from(bytes).toString('latin1'))
  if (id !== undefined) return id
  throw new KvError(
    'PARAMETER_INVALID',
    'the path names a lease by its id in hexadecimal digits, such as 694d8a2f1c3b5e07',
  )
}
