/** Short ways to write what clients ask for. Keys and values are texts of one character a byte. */

import { etcd, state } from '../../wire/index.ts'
import { type Origin, packCommand } from '../commands.ts'
import { COMMAND } from '../kinds.ts'

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

export type PutOptions = Partial<Omit<etcd.PutRequest, 'key' | 'value'>>
export type RangeOptions = Partial<Omit<etcd.RangeRequest, 'key' | 'rangeEnd'>>

/** The end of a range: none for one key, or all keys from the first on. */
export const ALL_AFTER = '\0'

export function putRequest(key: string, value: string, options: PutOptions = {}): etcd.PutRequest {
  return etcd.PutRequest.create({ key: bytesOf(key), value: bytesOf(value), ...options })
}

export function rangeRequest(
  key: string,
  rangeEnd = '',
  options: RangeOptions = {},
): etcd.RangeRequest {
  return etcd.RangeRequest.create({ key: bytesOf(key), rangeEnd: bytesOf(rangeEnd), ...options })
}

export function deleteRequest(key: string, rangeEnd = '', prevKv = false): etcd.DeleteRangeRequest {
  return { key: bytesOf(key), rangeEnd: bytesOf(rangeEnd), prevKv }
}

export function txnRequest(parts: Partial<etcd.TxnRequest>): etcd.TxnRequest {
  return etcd.TxnRequest.create(parts)
}

/** The operations of transactions. */
export const op = {
  put: (key: string, value: string, options?: PutOptions): etcd.RequestOp => ({
    request: { kind: 'requestPut', value: putRequest(key, value, options) },
  }),
  range: (key: string, rangeEnd?: string, options?: RangeOptions): etcd.RequestOp => ({
    request: { kind: 'requestRange', value: rangeRequest(key, rangeEnd, options) },
  }),
  remove: (key: string, rangeEnd?: string, prevKv?: boolean): etcd.RequestOp => ({
    request: { kind: 'requestDeleteRange', value: deleteRequest(key, rangeEnd, prevKv) },
  }),
  txn: (parts: Partial<etcd.TxnRequest>): etcd.RequestOp => ({
    request: { kind: 'requestTxn', value: txnRequest(parts) },
  }),
  nothing: { request: null } satisfies etcd.RequestOp,
}

export type Relation = '=' | '>' | '<' | '!='

const RELATIONS: Record<Relation, number> = {
  '=': etcd.CompareCompareResult.EQUAL,
  '>': etcd.CompareCompareResult.GREATER,
  '<': etcd.CompareCompareResult.LESS,
  '!=': etcd.CompareCompareResult.NOT_EQUAL,
}

interface Compared {
  readonly key: string
  readonly rangeEnd?: string
  readonly is: Relation
}

function compared(
  { key, rangeEnd = '', is }: Compared,
  target: number,
  targetUnion: etcd.Compare['targetUnion'],
): etcd.Compare {
  const range = { key: bytesOf(key), rangeEnd: bytesOf(rangeEnd) }
  return { ...range, result: RELATIONS[is], target, targetUnion }
}

const { VERSION, CREATE, MOD, VALUE, LEASE } = etcd.CompareCompareTarget

/** The compares of transactions. */
export const when = {
  version: (what: Compared, value: number) => compared(what, VERSION, { kind: 'version', value }),
  create: (what: Compared, value: number) =>
    compared(what, CREATE, { kind: 'createRevision', value }),
  mod: (what: Compared, value: number) => compared(what, MOD, { kind: 'modRevision', value }),
  value: (what: Compared, value: string) =>
    compared(what, VALUE, { kind: 'value', value: bytesOf(value) }),
  lease: (what: Compared, value: bigint) => compared(what, LEASE, { kind: 'lease', value }),
}

/** A command with its request; what it is in a log is `packed`. */
export interface Asked<T = unknown> {
  readonly kind: number
  readonly request: T
  readonly body: Uint8Array
}

function asked<T>(
  kind: number,
  codec: { encodeBytes(value: T): Uint8Array },
  request: T,
): Asked<T> {
  return { kind, request, body: codec.encodeBytes(request) }
}

export function packed({ kind, body }: Asked, origin?: Origin): Uint8Array {
  return packCommand(kind, body, origin)
}

/** The commands of a store. */
export const ask = {
  put: (request: etcd.PutRequest) => asked(COMMAND.put, etcd.PutRequest, request),
  remove: (request: etcd.DeleteRangeRequest) =>
    asked(COMMAND.deleteRange, etcd.DeleteRangeRequest, request),
  txn: (request: etcd.TxnRequest) => asked(COMMAND.txn, etcd.TxnRequest, request),
  compact: (revision: number) =>
    asked(COMMAND.compact, etcd.CompactionRequest, { revision, physical: false }),
  grant: (ID: bigint, TTL: number) =>
    asked(COMMAND.leaseGrant, etcd.LeaseGrantRequest, { ID, TTL }),
  revoke: (ID: bigint) => asked(COMMAND.leaseRevoke, etcd.LeaseRevokeRequest, { ID }),
  renew: (ID: bigint) => asked(COMMAND.leaseKeepAlive, etcd.LeaseKeepAliveRequest, { ID }),
  expire: (...ids: bigint[]) => asked(COMMAND.leaseExpire, state.LeaseExpireRequest, { ids }),
  alarm: (action: number, memberID: bigint, alarm: number) =>
    asked(COMMAND.alarm, etcd.AlarmRequest, { action, memberID, alarm }),
  openSession: () => asked(COMMAND.sessionOpen, state.SessionOpenRequest, {}),
  closeSession: (id: number) => asked(COMMAND.sessionClose, state.SessionCloseRequest, { id }),
  increment: (key: string, fields: Partial<Omit<state.IncrementRequest, 'key'>> = {}) => {
    const request = state.IncrementRequest.create({ key: bytesOf(key), delta: 1n, ...fields })
    return asked(COMMAND.increment, state.IncrementRequest, request)
  },
  guarded: ({ kind, body }: Asked, guards: Partial<state.GuardedRequest>) => {
    const request = state.GuardedRequest.create({ ...guards, kind, body })
    return asked(COMMAND.guarded, state.GuardedRequest, request)
  },
  putWithTtl: (put: etcd.PutRequest | null, ttlMs: number) =>
    asked(COMMAND.putWithTtl, state.PutWithTtlRequest, { put, ttlMs }),
}
