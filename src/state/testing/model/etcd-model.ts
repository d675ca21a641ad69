/**
 * etcd's data model, as simply as it can be said: a list of everything that ever happened, looked
 * through from the start for every question. Tests compare the real machine with it.
 */

import type { ErrorCode } from '../../../base/index.ts'
import { etcd, type etcdKv, state } from '../../../wire/index.ts'
import { COMMAND } from '../../kinds.ts'
import type { StateLimits } from '../../limits.ts'
import { type Asked, bytesOf, textOf } from '../requests.ts'
import { ModelNames, requestOf } from './names.ts'
import { faultOfPutShape, faultOfRange, faultOfTxnShape, hasPuts } from './shapes.ts'

export interface Pair {
  readonly key: string
  readonly value: string
  readonly create: number
  readonly mod: number
  readonly version: number
  readonly lease: bigint
}

interface Event {
  readonly main: number
  readonly key: string
  readonly pair: Pair | null
}

interface Lease {
  readonly ttlMs: number
  deadlineMs: number
}

interface Session {
  readonly id: number
  usedMs: number
  forgotten: number
  results: { sequence: number; answer: ModelAnswer; bytes: number }[]
}

export interface ModelAnswer {
  readonly revision: number
  readonly code: ErrorCode | null
  /** Empty when it was refused. */
  readonly body: Uint8Array
}

const NO_BODY = new Uint8Array(0)
const { NONE: NO_ALARM, NOSPACE, CORRUPT } = etcd.AlarmType
const { GET, ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
const { RangeRequestSortOrder: ORDER, RangeRequestSortTarget: TARGET } = etcd
const { CompareCompareResult: RESULT, CompareCompareTarget: COMPARE } = etcd

/** A refusal; nothing has happened. */
class Refused {
  readonly code: ErrorCode

  constructor(code: ErrorCode) {
    this.code = code
  }
}

function refuse(code: ErrorCode): never {
  throw new Refused(code)
}

function refuseIf(code: ErrorCode | null): void {
  if (code !== null) refuse(code)
}

export class EtcdModel {
  readonly #limits: StateLimits
  readonly #names: ModelNames
  readonly #events: Event[] = []
  #revision = 1
  #compacted = -1
  clockMs = 0
  readonly #leases = new Map<bigint, Lease>()
  #alarms: { memberID: bigint; alarm: number }[] = []
  #sessions: Session[] = []
  #lastSession = 0

  constructor(limits: StateLimits) {
    this.#limits = limits
    this.#names = new ModelNames(limits)
  }

  get revision(): number {
    return this.#revision
  }

  get compacted(): number {
    return this.#compacted
  }

  get leaseIds(): bigint[] {
    return [...this.#leases.keys()]
  }

  // --- commands ---

  apply(command: Asked, { session, sequence }: { session: number; sequence: number }): ModelAnswer {
    if (session === 0) return this.#answer(command)
    const found = this.#sessions.find(({ id }) => id === session)
    if (found === undefined) return this.#refused('SESSION_EXPIRED')
    found.usedMs = this.clockMs
    this.#sessions = [...this.#sessions.filter((other) => other !== found), found]
    if (sequence <= found.forgotten) return this.#refused('SESSION_EXPIRED')
    const known = found.results.find((result) => result.sequence === sequence)
    if (known !== undefined) return known.answer
    const answer = this.#answer(command)
    this.#remember(found, sequence, answer)
    return answer
  }

  #remember(session: Session, sequence: number, answer: ModelAnswer): void {
    const bytes = 64 + answer.body.length
    const all = [...session.results, { sequence, answer, bytes }]
    all.sort((a, b) => a.sequence - b.sequence)
    const bytesIn = (): number => all.reduce((sum, result) => sum + result.bytes, 0)
    while (
      all.length > this.#limits.sessionResultsMax ||
      bytesIn() > this.#limits.sessionBytesMax
    ) {
      session.forgotten = all.shift()?.sequence ?? 0
    }
    session.results = all
  }

  #answer(command: Asked): ModelAnswer {
    try {
      if (command.kind === COMMAND.guarded) {
        return this.#guarded(command.request as state.GuardedRequest)
      }
      const body = this.#do(command)
      this.#settle()
      return { revision: this.#revision, code: null, body }
    } catch (error) {
      if (error instanceof Refused) return this.#refused(error.code)
      throw error
    }
  }

  #guarded(request: state.GuardedRequest): ModelAnswer {
    const { compare, kind, body } = request
    const names = this.#names
    refuseIf(names.faultOf(request))
    refuseIf(faultOfTxnShape(etcd.TxnRequest.create({ compare }), this.#limits))
    const known = names.find(request)
    if (known !== null) return known === 'mismatch' ? refuse('IDEMPOTENCY_MISMATCH') : known
    refuseIf(names.makeRoom(request, this.clockMs))
    const holds = compare.every((one) => this.#holds(one, this.#revision))
    const answer = holds
      ? this.#answer({ kind, request: requestOf(kind, body), body })
      : this.#refused('CONDITION_FAILED')
    names.remember(request, answer, this.clockMs)
    return answer
  }

  #refused(code: ErrorCode): ModelAnswer {
    return { revision: this.#revision, code, body: NO_BODY }
  }

  #do({ kind, request }: Asked): Uint8Array {
    switch (kind) {
      case COMMAND.put: {
        const put = request as etcd.PutRequest
        refuseIf(faultOfPutShape(put, this.#limits))
        this.#refuseUnderAlarm(true)
        this.#checkPut(put)
        return etcd.PutResponse.encodeBytes(this.#put(put))
      }
      case COMMAND.deleteRange: {
        const remove = request as etcd.DeleteRangeRequest
        if (remove.key.length === 0) refuse('KEY_EMPTY')
        this.#refuseUnderAlarm(false)
        return etcd.DeleteRangeResponse.encodeBytes(this.#delete(remove))
      }
      case COMMAND.txn: {
        const txn = request as etcd.TxnRequest
        refuseIf(faultOfTxnShape(txn, this.#limits))
        this.#refuseUnderAlarm(hasPuts(txn))
        const path = this.#path(txn, this.#revision)
        this.#checkTxn(txn, path)
        return etcd.TxnResponse.encodeBytes(this.#txn(txn, path))
      }
      case COMMAND.compact:
        this.#refuseUnderAlarm(false)
        return this.#compact(request as etcd.CompactionRequest)
      case COMMAND.increment:
        return this.#increment(request as state.IncrementRequest)
      case COMMAND.putWithTtl:
        return this.#putWithTtl(request as state.PutWithTtlRequest)
      case COMMAND.leaseGrant:
        return this.#grant(request as etcd.LeaseGrantRequest)
      case COMMAND.leaseRevoke: {
        const { ID } = request as etcd.LeaseRevokeRequest
        this.#refuseUnderAlarm(false)
        if (!this.#leases.has(ID)) refuse('LEASE_NOT_FOUND')
        this.#endLease(ID)
        return NO_BODY
      }
      case COMMAND.leaseExpire:
        this.#refuseUnderAlarm(false)
        for (const id of (request as state.LeaseExpireRequest).ids) {
          const lease = this.#leases.get(id)
          if (lease === undefined || lease.deadlineMs > this.clockMs) continue
          this.#endLease(id)
          this.#settle()
        }
        return NO_BODY
      case COMMAND.leaseKeepAlive: {
        const { ID } = request as etcd.LeaseKeepAliveRequest
        const lease = this.#leases.get(ID)
        if (lease !== undefined) lease.deadlineMs = this.clockMs + lease.ttlMs
        const TTL = lease === undefined ? 0 : Math.ceil(lease.ttlMs / 1000)
        return etcd.LeaseKeepAliveResponse.encodeBytes({ header: null, ID, TTL })
      }
      case COMMAND.alarm:
        return this.#alarm(request as etcd.AlarmRequest)
      case COMMAND.sessionOpen:
        return this.#openSession()
      case COMMAND.sessionClose: {
        const { id } = request as state.SessionCloseRequest
        this.#sessions = this.#sessions.filter((session) => session.id !== id)
        return NO_BODY
      }
      default:
        return refuse('BAD_REQUEST')
    }
  }

  /** What happened since the last revision becomes one, if anything did. */
  #settle(): void {
    if (this.#isChanging) this.#revision += 1
    const live = new Set(this.pairs(this.#revision).map(({ lease }) => lease))
    for (const id of this.#leases.keys()) {
      if (isAnonymous(id) && !live.has(id)) this.#leases.delete(id)
    }
  }

  get #isChanging(): boolean {
    return (this.#events.at(-1)?.main ?? 0) > this.#revision
  }

  /** What is seen from within a command. */
  get #now(): number {
    return this.#isChanging ? this.#revision + 1 : this.#revision
  }

  #refuseUnderAlarm(takesSpace: boolean): void {
    if (this.#alarms.some(({ alarm }) => alarm === CORRUPT)) refuse('STATE_CORRUPT')
    if (takesSpace && this.#alarms.some(({ alarm }) => alarm === NOSPACE)) refuse('NO_SPACE')
  }

  #write(key: string, pair: Omit<Pair, 'key' | 'mod' | 'create' | 'version'> | null): void {
    const before = this.#pair(key)
    const main = this.#revision + 1
    if (pair === null) {
      this.#events.push({ main, key, pair: null })
      return
    }
    const { create, version } = before ?? { create: main, version: 0 }
    const next = { ...pair, key, mod: main, create, version: version + 1 }
    this.#events.push({ main, key, pair: next })
  }

  #pair(key: string): Pair | null {
    return this.#events.findLast((event) => event.key === key)?.pair ?? null
  }

  // --- keys ---

  #checkPut({ key, lease, ignoreLease, ignoreValue }: etcd.PutRequest): void {
    if (lease !== 0n && (isAnonymous(lease) || !this.#leases.has(lease))) refuse('LEASE_NOT_FOUND')
    if ((ignoreLease || ignoreValue) && this.#pair(textOf(key)) === null) refuse('KEY_NOT_FOUND')
  }

  #put(put: etcd.PutRequest): etcd.PutResponse {
    const key = textOf(put.key)
    const before = this.#pair(key)
    const value = put.ignoreValue ? (before?.value ?? '') : textOf(put.value)
    this.#write(key, { value, lease: put.ignoreLease ? (before?.lease ?? 0n) : put.lease })
    return { header: null, prevKv: put.prevKv && before !== null ? messageOf(before) : null }
  }

  #delete({ key, rangeEnd, prevKv }: etcd.DeleteRangeRequest): etcd.DeleteRangeResponse {
    const pairs = this.pairs(this.#now).filter((pair) => isWithin(pair.key, key, rangeEnd))
    for (const pair of pairs) this.#write(pair.key, null)
    const prevKvs = prevKv ? pairs.map(messageOf) : []
    return { header: null, deleted: pairs.length, prevKvs }
  }

  #compact({ revision }: etcd.CompactionRequest): Uint8Array {
    if (revision <= this.#compacted) refuse('COMPACTED')
    if (revision > this.#revision) refuse('REVISION_FUTURE')
    this.#compacted = revision
    return NO_BODY
  }

  #increment(request: state.IncrementRequest): Uint8Array {
    const { delta, initial, lease, prevKv } = request
    if (request.key.length === 0) refuse('KEY_EMPTY')
    if (request.key.length > this.#limits.keyBytesMax) refuse('TOO_LARGE')
    this.#refuseUnderAlarm(true)
    const key = textOf(request.key)
    if (lease !== 0n && (isAnonymous(lease) || !this.#leases.has(lease))) refuse('LEASE_NOT_FOUND')
    const before = this.#pair(key)
    if (before !== null && !/^(0|-?[1-9][0-9]{0,18})$/.test(before.value)) refuse('NOT_A_COUNTER')
    const number = before === null ? initial : BigInt(before.value)
    const value = number + delta
    if (BigInt.asIntN(64, number) !== number || BigInt.asIntN(64, value) !== value) {
      refuse('NOT_A_COUNTER')
    }
    this.#write(key, { value: `${value}`, lease: lease === 0n ? (before?.lease ?? 0n) : lease })
    return state.IncrementResponse.encodeBytes({
      header: null,
      value,
      prevKv: prevKv && before !== null ? messageOf(before) : null,
    })
  }

  #putWithTtl({ put, ttlMs }: state.PutWithTtlRequest): Uint8Array {
    const request = put ?? etcd.PutRequest.create()
    if (request.lease !== 0n || request.ignoreLease) refuse('LEASE_PROVIDED')
    if (ttlMs === 0) refuse('BAD_REQUEST')
    if (ttlMs > this.#limits.leaseTtlSecondsMax * 1000) refuse('LEASE_TTL_TOO_LARGE')
    refuseIf(faultOfPutShape(request, this.#limits))
    this.#refuseUnderAlarm(true)
    this.#checkPut(request)
    if (this.#leases.size >= this.#limits.leasesMax) refuse('LEASES_TOO_MANY')
    const lease = -(2n ** 63n) + BigInt(this.#revision + 1)
    this.#leases.set(lease, { ttlMs, deadlineMs: this.clockMs + ttlMs })
    return etcd.PutResponse.encodeBytes(this.#put({ ...request, lease }))
  }

  // --- transactions ---

  /** Which way each transaction goes, the outer ones first; judged before anything happens. */
  #path(txn: etcd.TxnRequest, at: number): boolean[] {
    const succeeds = txn.compare.every((compare) => this.#holds(compare, at))
    const nested = (succeeds ? txn.success : txn.failure).flatMap(({ request }) =>
      request?.kind === 'requestTxn' ? this.#path(request.value, at) : [],
    )
    return [succeeds, ...nested]
  }

  #holds(compare: etcd.Compare, at: number): boolean {
    const { key, rangeEnd, target } = compare
    const pairs = this.pairs(at).filter((pair) => isWithin(pair.key, key, rangeEnd))
    if (pairs.length > 0) return pairs.every((pair) => isMet(compare, pair))
    if (target === COMPARE.VALUE) return false
    const nobody = { key: '', value: '', create: 0, mod: 0, version: 0, lease: 0n }
    return isMet(compare, nobody)
  }

  #checkTxn({ success, failure }: etcd.TxnRequest, path: boolean[]): boolean[] {
    let [succeeds, ...rest] = path
    for (const { request } of succeeds ? success : failure) {
      if (request?.kind === 'requestPut') this.#checkPut(request.value)
      else if (request?.kind === 'requestTxn') rest = this.#checkTxn(request.value, rest)
      else if (request?.kind === 'requestRange') {
        const { revision } = request.value
        if (revision > this.#revision) refuse('REVISION_FUTURE')
        if (revision !== 0 && revision < this.#compacted) refuse('COMPACTED')
      }
    }
    return rest
  }

  #txn(txn: etcd.TxnRequest, path: boolean[]): etcd.TxnResponse {
    const rest = [...path]
    const run = ({ success, failure }: etcd.TxnRequest): etcd.TxnResponse => {
      const succeeded = rest.shift() ?? false
      const responses = (succeeded ? success : failure).map(({ request }): etcd.ResponseOp => {
        if (request?.kind === 'requestTxn') {
          const value = { ...run(request.value), header: etcd.ResponseHeader.create() }
          return { response: { kind: 'responseTxn', value } }
        }
        if (request?.kind === 'requestPut') {
          const value = { ...this.#put(request.value), header: this.#header() }
          return { response: { kind: 'responsePut', value } }
        }
        if (request?.kind === 'requestDeleteRange') {
          const value = { ...this.#delete(request.value), header: this.#header() }
          return { response: { kind: 'responseDeleteRange', value } }
        }
        if (request?.kind !== 'requestRange') return refuse('KEY_NOT_FOUND')
        const value = { ...this.#range(request.value, this.#now), header: this.#header() }
        return { response: { kind: 'responseRange', value } }
      })
      return { header: null, succeeded, responses }
    }
    return run(txn)
  }

  #header(): etcd.ResponseHeader {
    return etcd.ResponseHeader.create({ revision: this.#now })
  }

  // --- leases, alarms, sessions ---

  #grant({ ID, TTL }: etcd.LeaseGrantRequest): Uint8Array {
    this.#refuseUnderAlarm(true)
    if (ID === 0n) refuse('LEASE_NOT_FOUND')
    if (TTL > this.#limits.leaseTtlSecondsMax) refuse('LEASE_TTL_TOO_LARGE')
    if (isAnonymous(ID) || this.#leases.has(ID)) refuse('LEASE_EXISTS')
    if (this.#leases.size >= this.#limits.leasesMax) refuse('LEASES_TOO_MANY')
    const ttlMs = Math.max(1, TTL) * 1000
    this.#leases.set(ID, { ttlMs, deadlineMs: this.clockMs + ttlMs })
    const granted = { header: null, ID, TTL: ttlMs / 1000, error: '' }
    return etcd.LeaseGrantResponse.encodeBytes(granted)
  }

  #endLease(id: bigint): void {
    for (const { key, lease } of this.pairs(this.#revision)) {
      if (lease === id) this.#write(key, null)
    }
    this.#leases.delete(id)
  }

  #alarm({ action, memberID, alarm }: etcd.AlarmRequest): Uint8Array {
    if (![NO_ALARM, NOSPACE, CORRUPT].includes(alarm as 0)) refuse('BAD_REQUEST')
    const isSame = (one: { memberID: bigint; alarm: number }): boolean =>
      one.memberID === memberID && one.alarm === alarm
    const isOn = this.#alarms.some(isSame)
    if (action === GET) return alarmsMessage(this.alarms(alarm))
    if (action !== ACTIVATE && action !== DEACTIVATE) refuse('BAD_REQUEST')
    if (alarm === NO_ALARM || (action === DEACTIVATE && !isOn)) return NO_BODY
    if (action === ACTIVATE && !isOn && this.#alarms.length >= this.#limits.alarmsMax) {
      refuse('OVERLOADED')
    }
    this.#alarms = this.#alarms.filter((one) => !isSame(one))
    if (action === ACTIVATE) this.#alarms.push({ memberID, alarm })
    return alarmsMessage([{ memberID, alarm }])
  }

  alarms(type: number): { memberID: bigint; alarm: number }[] {
    return this.#alarms
      .filter(({ alarm }) => type === NO_ALARM || alarm === type)
      .sort((a, b) => a.alarm - b.alarm || (a.memberID < b.memberID ? -1 : 1))
  }

  #openSession(): Uint8Array {
    const [oldest] = this.#sessions
    if (oldest !== undefined && this.#sessions.length >= this.#limits.sessionsMax) {
      const isIdle = this.clockMs - oldest.usedMs >= this.#limits.sessionIdleMsMin
      if (!isIdle) refuse('SESSIONS_TOO_MANY')
      this.#sessions.shift()
    }
    this.#lastSession += 1
    const id = this.#lastSession
    this.#sessions.push({ id, usedMs: this.clockMs, forgotten: 0, results: [] })
    return state.SessionOpenResponse.encodeBytes({ id })
  }

  // --- reads ---

  /** All pairs as they were at a revision, in the order of their keys. */
  pairs(at: number): Pair[] {
    const found = new Map<string, Pair | null>()
    for (const { main, key, pair } of this.#events) if (main <= at) found.set(key, pair)
    const pairs = [...found.values()].filter((pair) => pair !== null)
    return pairs.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  readRange(request: etcd.RangeRequest): ModelAnswer {
    return this.#readOnly(() => {
      refuseIf(faultOfRange(request))
      return etcd.RangeResponse.encodeBytes(this.#range(request, this.#revision))
    })
  }

  /** A transaction that only reads. */
  readTxn(txn: etcd.TxnRequest): ModelAnswer {
    return this.#readOnly(() => {
      refuseIf(faultOfTxnShape(txn, this.#limits))
      const path = this.#path(txn, this.#revision)
      this.#checkTxn(txn, path)
      return etcd.TxnResponse.encodeBytes(this.#txn(txn, path))
    })
  }

  readLease({ ID, keys }: etcd.LeaseTimeToLiveRequest): ModelAnswer {
    return this.#readOnly(() => {
      const lease = this.#leases.get(ID)
      const response = etcd.LeaseTimeToLiveResponse.create({ ID, TTL: -1 })
      if (lease === undefined) return etcd.LeaseTimeToLiveResponse.encodeBytes(response)
      response.TTL = Math.floor(Math.max(0, lease.deadlineMs - this.clockMs) / 1000)
      response.grantedTTL = Math.ceil(lease.ttlMs / 1000)
      if (keys) {
        const own = this.pairs(this.#revision).filter((pair) => pair.lease === ID)
        response.keys = own.map(({ key }) => bytesOf(key))
      }
      return etcd.LeaseTimeToLiveResponse.encodeBytes(response)
    })
  }

  #readOnly(read: () => Uint8Array): ModelAnswer {
    try {
      return { revision: this.#revision, code: null, body: read() }
    } catch (error) {
      if (error instanceof Refused) return this.#refused(error.code)
      throw error
    }
  }

  #range(request: etcd.RangeRequest, now: number): etcd.RangeResponse {
    const { key, rangeEnd, limit, revision, sortOrder, sortTarget } = request
    if (revision > now) refuse('REVISION_FUTURE')
    const at = revision <= 0 ? now : revision
    if (at < this.#compacted) refuse('COMPACTED')
    let pairs = this.pairs(at).filter((pair) => isWithin(pair.key, key, rangeEnd))
    const count = pairs.length
    if (request.countOnly) return { header: null, kvs: [], more: false, count }
    const isNatural =
      sortOrder === ORDER.NONE || (sortTarget === TARGET.KEY && sortOrder === ORDER.ASCEND)
    const kept = pairs.filter((pair) => passes(request, pair))
    const isFiltered = ['minMod', 'maxMod', 'minCreate', 'maxCreate'].some(
      (name) => request[`${name}Revision` as 'minModRevision'] !== 0,
    )
    pairs = isNatural && !isFiltered && limit > 0 ? kept.slice(0, limit + 1) : kept
    const direction = sortOrder === ORDER.DESCEND ? -1 : 1
    const sorted = [...pairs].sort((a, b) => direction * order(a, b, sortTarget))
    const more = limit > 0 && sorted.length > limit
    const kvs = (more ? sorted.slice(0, limit) : sorted).map((pair) =>
      messageOf(request.keysOnly ? { ...pair, value: '' } : pair),
    )
    return { header: null, kvs, more, count }
  }
}

function isAnonymous(id: bigint): boolean {
  return id < -(2n ** 63n) + 2n ** 53n
}

function isWithin(key: string, start: Uint8Array, end: Uint8Array): boolean {
  const [from, to] = [textOf(start), textOf(end)]
  if (to === '') return key === from
  return key >= from && (to === '\0' || key < to)
}

function messageOf({ key, value, create, mod, version, lease }: Pair): etcdKv.KeyValue {
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    createRevision: create,
    modRevision: mod,
    version,
    lease,
  }
}

function alarmsMessage(alarms: etcd.AlarmMember[]): Uint8Array {
  return etcd.AlarmResponse.encodeBytes({ header: null, alarms })
}

function passes(request: etcd.RangeRequest, { mod, create }: Pair): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request
  if (minModRevision !== 0 && mod < minModRevision) return false
  if (maxModRevision !== 0 && mod > maxModRevision) return false
  if (minCreateRevision !== 0 && create < minCreateRevision) return false
  return maxCreateRevision === 0 || create <= maxCreateRevision
}

function textOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function order(a: Pair, b: Pair, target: number): number {
  if (target === TARGET.VALUE) return textOrder(a.value, b.value)
  if (target === TARGET.VERSION) return a.version - b.version
  if (target === TARGET.CREATE) return a.create - b.create
  return target === TARGET.MOD ? a.mod - b.mod : textOrder(a.key, b.key)
}

function isMet({ target, targetUnion, result }: etcd.Compare, pair: Pair): boolean {
  const given = targetUnion ?? { kind: 'none' as const, value: 0 }
  const number = (kind: string): number => (given.kind === kind ? Number(given.value) : 0)
  const orders: Record<number, () => number> = {
    [COMPARE.VERSION]: () => pair.version - number('version'),
    [COMPARE.CREATE]: () => pair.create - number('createRevision'),
    [COMPARE.MOD]: () => pair.mod - number('modRevision'),
    [COMPARE.VALUE]: () => textOrder(pair.value, given.kind === 'value' ? textOf(given.value) : ''),
    [COMPARE.LEASE]: () => {
      const lease = given.kind === 'lease' ? given.value : 0n
      return pair.lease < lease ? -1 : pair.lease > lease ? 1 : 0
    },
  }
  const compared = orders[target]?.() ?? 0
  if (result === RESULT.EQUAL) return compared === 0
  if (result === RESULT.GREATER) return compared > 0
  if (result === RESULT.LESS) return compared < 0
  return result === RESULT.NOT_EQUAL ? compared !== 0 : true
}
