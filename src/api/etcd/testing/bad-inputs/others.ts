/** Of everything but keys. */

import { etcd, etcdElection, etcdLock } from '../../../../wire/index.ts'
import {
  type BadInput,
  bytesOf,
  COMPACTED_AT,
  E,
  FUTURE,
  KEY,
  LEASE,
  MISSING,
  NOTHING,
  row,
} from './model.ts'

const lease = etcd.Lease.methods
const cluster = etcd.Cluster.methods
const maintenance = etcd.Maintenance.methods
const auth = etcd.Auth.methods
const lock = etcdLock.Lock.methods
const election = etcdElection.Election.methods

export function leases(): BadInput[] {
  const { leaseGrant, leaseRevoke } = lease
  return [
    row('an id that is taken', leaseGrant, {
      fields: { TTL: 10, ID: LEASE },
      outcome: E.leaseExists,
    }),
    row('too long', leaseGrant, { fields: { TTL: 9_000_000_001 }, outcome: E.ttl }),
    row('far too long', leaseGrant, {
      fields: { TTL: Number.MAX_SAFE_INTEGER, ID: 5n },
      outcome: E.ttl,
    }),
    row('too long, with an id that is taken', leaseGrant, {
      fields: { TTL: 9_000_000_001, ID: LEASE },
      outcome: E.ttl,
    }),
    row('none', leaseRevoke, { fields: {}, outcome: E.leaseNotFound }),
    row('one that is not there', leaseRevoke, { fields: { ID: 99n }, outcome: E.leaseNotFound }),
    row('a negative one', leaseRevoke, { fields: { ID: -LEASE }, outcome: E.leaseNotFound }),
  ]
}

export function members(): BadInput[] {
  const { memberAdd, memberRemove, memberUpdate, memberPromote } = cluster
  const urls = [
    [],
    [''],
    ['x'],
    ['http://'],
    ['http://10.0.0.1'],
    ['ftp://10.0.0.1:1'],
    ['10.0.0.1:2380'],
    ['http://10.0.0.1:1/path'],
    ['http://10.0.0.1:1', 'x'],
  ]
  const peerURLs = ['http://10.0.0.1:1']
  return [
    ...urls.map((bad) =>
      row(`the addresses ${JSON.stringify(bad)}`, memberAdd, {
        fields: { peerURLs: bad },
        outcome: E.urls,
      }),
    ),
    row('a learner without an address', memberAdd, {
      fields: { isLearner: true },
      outcome: E.urls,
    }),
    row('nobody', memberRemove, { fields: {}, outcome: E.noMember }),
    row('somebody else', memberRemove, { fields: { ID: 5n }, outcome: E.noMember }),
    row('nobody', memberUpdate, { fields: { peerURLs }, outcome: E.noMember }),
    row('somebody else', memberUpdate, { fields: { ID: 5n, peerURLs }, outcome: E.noMember }),
    row('nobody', memberPromote, { fields: {}, outcome: E.noMember }),
    row('somebody else', memberPromote, { fields: { ID: 5n }, outcome: E.noMember }),
  ]
}

export function care(): BadInput[] {
  const { hashKV, moveLeader, downgrade } = maintenance
  const { VALIDATE, ENABLE, CANCEL } = etcd.DowngradeRequestDowngradeAction
  const unlike = '3.5 has it first'
  const elsewhere = 'FAILED_PRECONDITION etcdserver: not leader'
  const format = 'INVALID_ARGUMENT etcdserver: wrong downgrade target version format'
  const target = 'INVALID_ARGUMENT etcdserver: invalid downgrade target version'
  const none = 'FAILED_PRECONDITION etcdserver: no inflight downgrade job'
  return [
    row('a future revision', hashKV, { fields: { revision: FUTURE }, outcome: E.future }),
    row('a compacted revision', hashKV, {
      fields: { revision: COMPACTED_AT - 1 },
      outcome: E.compacted,
    }),
    row('to nobody', moveLeader, { fields: {}, outcome: E.transferee, elsewhere }),
    row('to somebody else', moveLeader, {
      fields: { targetID: 5n },
      outcome: E.transferee,
      elsewhere,
    }),
    row('to no version', downgrade, { fields: { action: ENABLE }, outcome: format, unlike }),
    row('to what is no version', downgrade, {
      fields: { action: VALIDATE, version: 'x.y' },
      outcome: format,
      unlike,
    }),
    row('to an older version', downgrade, {
      fields: { action: ENABLE, version: '3.5.0' },
      outcome: target,
      unlike,
    }),
    row('whether to an older version', downgrade, {
      fields: { action: VALIDATE, version: '3.5' },
      outcome: target,
      unlike,
    }),
    row('what was not begun', downgrade, { fields: { action: CANCEL }, outcome: none, unlike }),
    row('an action that is none', downgrade, {
      fields: { action: 7 },
      outcome: 'UNKNOWN etcdserver: unknown method',
      unlike,
    }),
  ]
}

export function users(): BadInput[] {
  const perm = permission()
  const name = 'nobody'
  const role = 'nothing'
  return [
    row('without a root user', auth.authEnable, {
      fields: {},
      outcome: 'FAILED_PRECONDITION etcdserver: root user does not exist',
    }),
    row('while it is off', auth.authenticate, {
      fields: { name: 'root', password: 'x' },
      outcome: 'FAILED_PRECONDITION etcdserver: authentication is not enabled',
    }),
    row('nobody while it is off', auth.authenticate, {
      fields: {},
      outcome: 'FAILED_PRECONDITION etcdserver: authentication is not enabled',
    }),
    row('no name', auth.userAdd, { fields: { password: 'x' }, outcome: E.userEmpty }),
    row('nobody', auth.userGet, { fields: {}, outcome: E.noUser }),
    row('somebody else', auth.userGet, { fields: { name }, outcome: E.noUser }),
    row('somebody else', auth.userDelete, { fields: { name }, outcome: E.noUser }),
    row('root', auth.userDelete, { fields: { name: 'root' }, outcome: E.noUser }),
    row('somebody else', auth.userChangePassword, {
      fields: { name, password: 'x' },
      outcome: E.noUser,
    }),
    row('to somebody else', auth.userGrantRole, {
      fields: { user: name, role },
      outcome: E.noUser,
    }),
    row('from somebody else', auth.userRevokeRole, { fields: { name, role }, outcome: E.noUser }),
    row('no name', auth.roleAdd, { fields: {}, outcome: E.roleEmpty }),
    row('none', auth.roleGet, { fields: {}, outcome: E.noRole }),
    row('another', auth.roleGet, { fields: { role }, outcome: E.noRole }),
    row('another', auth.roleDelete, { fields: { role }, outcome: E.noRole }),
    row('root', auth.roleDelete, { fields: { role: 'root' }, outcome: E.noRole }),
    row('to another', auth.roleGrantPermission, {
      fields: { name: role, perm },
      outcome: E.noRole,
    }),
    row('nothing', auth.roleGrantPermission, {
      fields: { name: role },
      outcome: 'INVALID_ARGUMENT etcdserver: permission not given',
      unlike: '3.4 says that the role is not found',
    }),
    row('from another', auth.roleRevokePermission, {
      fields: { role, key: KEY },
      outcome: E.noRole,
    }),
  ]
}

function permission() {
  return { permType: 0, key: KEY, rangeEnd: NOTHING }
}

/** These services are clients of the server: what they are told loses its code. */
export function locks(): BadInput[] {
  const leader = { name: KEY, key: bytesOf('bad/key/1'), rev: 5, lease: LEASE }
  const noLease = 'UNKNOWN etcdserver: requested lease not found'
  const noKey = 'UNKNOWN etcdserver: key is not provided'
  const missing = 'UNKNOWN "leader" field must be provided'
  const notLeader = 'UNKNOWN election: not leader'
  const { campaign, proclaim, resign } = election
  return [
    row('with a lease that is not there', lock.lock, {
      fields: { name: MISSING, lease: 99n },
      outcome: noLease,
    }),
    row('no key', lock.unlock, { fields: {}, outcome: noKey }),
    row('with a lease that is not there', campaign, {
      fields: { name: MISSING, lease: 99n, value: KEY },
      outcome: noLease,
    }),
    row('nobody', proclaim, { fields: { value: KEY }, outcome: missing }),
    row('without a key', proclaim, {
      fields: { leader: { ...leader, key: NOTHING } },
      outcome: noKey,
    }),
    row('for who does not lead', proclaim, { fields: { leader }, outcome: notLeader }),
    row('for who led before', proclaim, {
      fields: { leader: { ...leader, key: KEY, rev: 2 } },
      outcome: notLeader,
    }),
    row('nobody', resign, { fields: {}, outcome: missing }),
    row('without a key', resign, {
      fields: { leader: { ...leader, key: NOTHING } },
      outcome: noKey,
    }),
    row('where nobody stands', election.leader, {
      fields: { name: MISSING },
      outcome: 'UNKNOWN election: no leader',
    }),
    row('of no election', election.leader, {
      fields: {},
      outcome: 'UNKNOWN election: no leader',
    }),
  ]
}
