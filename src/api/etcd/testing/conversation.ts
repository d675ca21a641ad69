/**
 * Requests that make sense, one after the other, so that two servers can be asked the same and must
 * answer the same. What has to differ (ids, terms, what is left of a lease) is left out of answers.
 */

import { etcd, etcdElection, etcdLock } from '../../../wire/index.ts'
import { bytesOf, deleteOp, putOp, rangeOp, txnOp } from './bad-inputs/index.ts'
import type { Described } from './local-client.ts'

export interface Turn {
  readonly method: Described<unknown, unknown>
  readonly request: unknown
}

const turns: Turn[] = []

function ask<Request>(method: Described<Request, unknown>, fields: Partial<Request>): void {
  const codec = method.request as unknown as { create(fields: Partial<Request>): Request }
  turns.push({
    method: method as unknown as Described<unknown, unknown>,
    request: codec.create(fields),
  })
}

const { range, put, deleteRange, txn, compact } = etcd.KV.methods
const { leaseGrant, leaseRevoke, leaseTimeToLive, leaseLeases } = etcd.Lease.methods
const { alarm, hashKV } = etcd.Maintenance.methods
const { lock, unlock } = etcdLock.Lock.methods
const { campaign, proclaim, leader, resign } = etcdElection.Election.methods
const { NONE, ASCEND, DESCEND } = etcd.RangeRequestSortOrder
const TARGETS = Object.values(etcd.RangeRequestSortTarget)
const RESULTS = Object.values(etcd.CompareCompareResult)
const COMPARED = etcd.CompareCompareTarget

const b = bytesOf
const FROM = Uint8Array.of(0)
const [LEASE, OTHER_LEASE] = [1001n, 1002n]

function ranges(): void {
  const ends = ['', 'k3', 'k', 'l', '\0', 'a', 'k2\0']
  for (const end of ends) ask(range, { key: b('k2'), rangeEnd: b(end) })
  ask(range, { key: FROM, rangeEnd: FROM })
  ask(range, { key: b('nothing') })
  const all = { key: b('k'), rangeEnd: b('l') }
  for (const limit of [1, 2, 3, 4, 5, 100, -1]) {
    ask(range, { ...all, limit })
    ask(range, { ...all, limit, countOnly: true })
    ask(range, { ...all, limit, sortTarget: 3, sortOrder: DESCEND })
  }
  for (const sortTarget of TARGETS) {
    for (const sortOrder of [NONE, ASCEND, DESCEND]) {
      ask(range, { ...all, sortTarget, sortOrder, limit: 3, keysOnly: sortTarget === 4 })
    }
  }
  for (const revision of [2, 3, 4, 5, 6, 0, -1]) {
    ask(range, { ...all, revision, serializable: revision % 2 === 0 })
    ask(range, { ...all, minModRevision: revision })
    ask(range, { ...all, maxModRevision: revision, limit: 1 })
    ask(range, { ...all, minCreateRevision: revision, limit: 1, keysOnly: true })
    ask(range, { ...all, maxCreateRevision: revision, countOnly: true })
  }
}

function writes(): void {
  ask(range, { key: FROM, rangeEnd: FROM })
  ask(put, { key: b('k1'), value: b('b') })
  ask(put, { key: b('k2'), value: b('c') })
  ask(put, { key: b('k1'), value: b('a'), prevKv: true })
  ask(put, { key: b('k3'), value: b('') })
  ask(put, { key: b('k4'), value: b('a'), prevKv: true })
  ask(put, { key: Uint8Array.of(0x6b, 0xff), value: b('high') })
  ask(put, { key: b('k1'), ignoreValue: true, prevKv: true })
  ask(put, { key: b('k1'), value: b('d'), ignoreLease: true })
  ask(put, { key: b('k1'), ignoreValue: true, ignoreLease: true })
}

function deletes(): void {
  ask(deleteRange, { key: b('nothing') })
  ask(deleteRange, { key: b('k4'), prevKv: true })
  ask(deleteRange, { key: b('k4'), prevKv: true })
  ask(put, { key: b('k4'), value: b('again'), prevKv: true })
  ask(deleteRange, { key: b('k3'), rangeEnd: b('l'), prevKv: true })
  ask(deleteRange, { key: b('k3'), rangeEnd: b('k1') })
  ask(range, { key: b('k'), rangeEnd: b('l') })
}

function compares(): void {
  const unions: readonly [number, etcd.Compare['targetUnion']][] = [
    [COMPARED.VERSION, { kind: 'version', value: 5 }],
    [COMPARED.VERSION, null],
    [COMPARED.CREATE, { kind: 'createRevision', value: 2 }],
    [COMPARED.MOD, { kind: 'modRevision', value: 4 }],
    [COMPARED.MOD, { kind: 'version', value: 4 }],
    [COMPARED.VALUE, { kind: 'value', value: b('c') }],
    [COMPARED.VALUE, null],
    [COMPARED.LEASE, { kind: 'lease', value: 0n }],
  ]
  for (const [target, targetUnion] of unions) {
    for (const result of RESULTS) {
      for (const [key, rangeEnd] of [
        ['k1', ''],
        ['none', ''],
        ['k1', 'k3'],
        ['none', 'nonf'],
      ] as const) {
        const fields = { key: b(key), rangeEnd: b(rangeEnd), target, result, targetUnion }
        ask(txn, { compare: [etcd.Compare.create(fields)] })
      }
    }
  }
}

function transactions(): void {
  const [is, isNot] = [
    etcd.Compare.create({ key: b('k1'), target: COMPARED.CREATE, result: RESULTS[1] as number }),
    etcd.Compare.create({ key: b('k1'), target: COMPARED.CREATE }),
  ]
  ask(txn, {})
  ask(txn, { compare: [is], success: [rangeOp({ key: b('k1') })] })
  ask(txn, {
    compare: [is],
    success: [
      putOp({ key: b('t1'), value: b('1') }),
      rangeOp({ key: b('t'), rangeEnd: b('u') }),
      putOp({ key: b('t2'), prevKv: true }),
      deleteOp({ key: b('k2'), prevKv: true }),
      rangeOp({ key: b('t'), rangeEnd: b('u'), countOnly: true }),
    ],
  })
  ask(txn, { compare: [isNot], success: [putOp({ key: b('t1') })], failure: [] })
  ask(txn, { compare: [is, isNot], failure: [deleteOp({ key: b('nothing') })] })
  const inner = {
    compare: [isNot],
    success: [putOp({ key: b('t3') })],
    failure: [putOp({ key: b('t3'), value: b('else'), prevKv: true }), rangeOp({ key: b('t3') })],
  }
  ask(txn, {
    success: [putOp({ key: b('t4') }), txnOp(inner), txnOp({}), rangeOp({ key: b('t4') })],
  })
  ask(txn, { success: [txnOp({ success: [rangeOp({ key: b('t3') })] })] })
  ask(txn, { success: [deleteOp({ key: b('t'), rangeEnd: b('u') }), deleteOp({ key: b('t1') })] })
  ask(txn, { success: [rangeOp({ key: b('k1'), revision: 2 }), putOp({ key: b('t5') })] })
}

function leases(): void {
  ask(leaseGrant, { TTL: 1000, ID: LEASE })
  ask(leaseGrant, { TTL: 2000, ID: OTHER_LEASE })
  // As short as there may be: a real one would end while others are talked about.
  ask(leaseGrant, { TTL: 1, ID: 7n })
  ask(leaseRevoke, { ID: 7n })
  ask(leaseTimeToLive, { ID: 5n })
  ask(put, { key: b('l1'), lease: LEASE })
  ask(put, { key: b('l2'), value: b('x'), lease: LEASE })
  ask(put, { key: b('l3'), lease: OTHER_LEASE })
  ask(put, { key: b('l2'), value: b('y'), ignoreLease: true })
  ask(leaseTimeToLive, { ID: LEASE, keys: true })
  ask(put, { key: b('l1'), lease: OTHER_LEASE })
  ask(put, { key: b('l3') })
  ask(leaseTimeToLive, { ID: LEASE, keys: true })
  ask(leaseTimeToLive, { ID: OTHER_LEASE, keys: true })
  ask(leaseTimeToLive, { ID: OTHER_LEASE })
  ask(leaseRevoke, { ID: OTHER_LEASE })
  ask(range, { key: b('l'), rangeEnd: b('m') })
  ask(leaseRevoke, { ID: OTHER_LEASE })
  ask(leaseRevoke, { ID: 7n })
  ask(leaseLeases, {})
}

function compactions(): void {
  ask(compact, { revision: 5 })
  ask(range, { key: b('k1'), revision: 5 })
  ask(range, { key: b('k1'), revision: 4 })
  ask(compact, { revision: 5 })
  ask(compact, { revision: 8, physical: true })
  ask(range, { key: b('k1'), revision: 8 })
  ask(hashKV, { revision: 5 })
}

function alarms(): void {
  const { GET, ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
  const { NONE: ANY, NOSPACE } = etcd.AlarmType
  ask(alarm, { action: GET })
  ask(alarm, { action: ACTIVATE, memberID: 5n, alarm: NOSPACE })
  ask(alarm, { action: GET, alarm: NOSPACE })
  ask(alarm, { action: GET, alarm: ANY })
  ask(put, { key: b('k1'), value: b('no room') })
  ask(put, { key: b(''), value: b('no room') })
  ask(txn, { success: [putOp({ key: b('k1') })] })
  ask(txn, { success: [rangeOp({ key: b('k1') })], failure: [putOp({ key: b('k1') })] })
  ask(txn, { success: [deleteOp({ key: b('t5') })] })
  ask(leaseGrant, { TTL: 1000, ID: 8n })
  ask(leaseGrant, { TTL: 1000, ID: LEASE })
  ask(deleteRange, { key: b('l2') })
  ask(range, { key: b('k1') })
  ask(alarm, { action: DEACTIVATE, memberID: 6n, alarm: NOSPACE })
  ask(alarm, { action: DEACTIVATE, memberID: 5n, alarm: NOSPACE })
  ask(alarm, { action: DEACTIVATE, memberID: 5n, alarm: NOSPACE })
  ask(put, { key: b('k1'), value: b('room') })
}

function corruption(): void {
  const { ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
  const { CORRUPT } = etcd.AlarmType
  ask(alarm, { action: ACTIVATE, memberID: 5n, alarm: CORRUPT })
  ask(range, { key: b('k1') })
  ask(put, { key: b('k1'), value: b('corrupt') })
  ask(deleteRange, { key: b('k1') })
  ask(txn, { success: [putOp({ key: b('k1') })] })
  ask(txn, { success: [rangeOp({ key: b('k1') })] })
  ask(compact, { revision: 9 })
  ask(leaseGrant, { TTL: 1000, ID: 9n })
  ask(leaseRevoke, { ID: 9n })
  ask(leaseTimeToLive, { ID: 9n })
  ask(leaseLeases, {})
  ask(alarm, { action: DEACTIVATE, memberID: 5n, alarm: CORRUPT })
  ask(put, { key: b('k1'), value: b('whole') })
}

function locks(): void {
  const leases = [2001n, -3n, 2n ** 62n]
  for (const ID of leases) ask(leaseGrant, { TTL: 1000, ID })
  for (const lease of leases) ask(lock, { name: b(`lock${lease}`), lease })
  ask(lock, { name: b('lock2001'), lease: 2001n })
  ask(range, { key: b('lock'), rangeEnd: b('locl') })
  ask(unlock, { key: b('lock2001/7d1') })
  ask(unlock, { key: b('lock2001/7d1') })
  ask(lock, { name: b('lock2001'), lease: -3n })
  ask(lock, { name: b(''), lease: -3n })
  ask(range, { key: b('lock'), rangeEnd: b('locl') })
}

function elections(): void {
  const name = b('vote')
  const [key, rev, lease] = [b('vote/7d1'), 1, 2001n]
  ask(campaign, { name, lease, value: b('first') })
  ask(leader, { name })
  ask(campaign, { name, lease, value: b('second') })
  ask(leader, { name })
  ask(campaign, { name, lease, value: b('second') })
  ask(proclaim, { leader: { name, key, rev, lease }, value: b('wrong') })
  ask(resign, { leader: { name, key, rev, lease } })
  ask(leader, { name })
  ask(leaseRevoke, { ID: lease })
  ask(leader, { name })
}

for (const part of [
  writes,
  ranges,
  compares,
  deletes,
  transactions,
  leases,
  compactions,
  alarms,
  corruption,
  locks,
  elections,
]) {
  part()
}

export const CONVERSATION: readonly Turn[] = turns

/** An answer without what has to differ. */
export function comparable(answer: unknown): string {
  return JSON.stringify(answer, (name, value) => {
    if (name === 'clusterId' || name === 'memberId' || name === 'raftTerm') return undefined
    // What is left of a lease, in one of them, whose time does not stand still.
    if (name === 'TTL' && value > 100) return Math.round(value / 100) * 100
    // Those of a lease, in any order.
    if (name === 'keys' && Array.isArray(value)) return value.map(keyText).sort()
    // Of its own storage.
    if (name === 'hash' || name === 'hashRevision') return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
    return value
  })
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1')
}
