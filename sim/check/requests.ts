/** What clients ask of a store, in etcd's words, and what the checkers call it. */

import { COMMAND, type CommandKind, READ, type ReadKind } from '../../src/state/index.ts'
import { etcd, state } from '../../src/wire/index.ts'

export interface WriteAsk {
  readonly kind: 'write'
  readonly command: CommandKind
  readonly body: Uint8Array
  /** 0: nobody asks again. */
  readonly session: number
  readonly sequence: number
  /** It has a name of its own: it may be asked again, and takes effect once. */
  readonly isNamed?: boolean
}

export interface ReadAsk {
  readonly kind: 'read'
  readonly read: ReadKind
  readonly body: Uint8Array
  readonly serializable: boolean
  /** As in a request to a node: 0 asks for the answer in one. */
  readonly pieceBytes: number
}

export type Ask = WriteAsk | ReadAsk

/** What a register held when somebody looked at it. */
export type Seen =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'revision'; readonly revision: number }

/** A list as a client knows it: what it held, and since which revision; 0: it was not there. */
export interface KnownList {
  readonly elements: readonly number[]
  readonly revision: number
}

export type ListWish =
  | { readonly kind: 'append'; readonly key: string }
  | { readonly kind: 'read'; readonly key: string }

const NO_BYTES = new Uint8Array(0)
const ELEMENTS_PER_TAG = 8
/** A field that no message has, so that no two requests are the same bytes: readers skip it. */
const TAG_FIELD = [0xc0, 0x3e] as const
const TAG_BYTES = 10

/** Several times faster than a `TextEncoder` for what is this short. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** One character per byte: short texts stay readable, and different bytes stay different. */
export function bytesText(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number)
  return text
}

/** The first key behind all that begin with the text. */
export function behindPrefix(prefix: string): Uint8Array {
  const bytes = asciiBytes(prefix)
  const last = bytes.length - 1
  bytes[last] = (bytes[last] as number) + 1
  return bytes
}

/** The request with a number of its own in it. */
export function tagged<T extends Ask>(ask: T, tag: number): T {
  const body = new Uint8Array(ask.body.length + TAG_BYTES)
  body.set(ask.body)
  let at = ask.body.length
  for (const byte of TAG_FIELD) {
    body[at] = byte
    at += 1
  }
  let rest = tag
  while (rest >= 0x80) {
    body[at] = (rest % 0x80) + 0x80
    rest = Math.floor(rest / 0x80)
    at += 1
  }
  body[at] = rest
  return { ...ask, body: body.slice(0, at + 1) }
}

function write(command: CommandKind, body: Uint8Array): WriteAsk {
  return { kind: 'write', command, body, session: 0, sequence: 0 }
}

export function putAsk(
  key: string,
  value: Uint8Array,
  more: Partial<etcd.PutRequest> = {},
): WriteAsk {
  const request = etcd.PutRequest.create({ ...more, key: asciiBytes(key), value })
  return write(COMMAND.put, etcd.PutRequest.encodeBytes(request))
}

export function deleteAsk(key: string, more: Partial<etcd.DeleteRangeRequest> = {}): WriteAsk {
  const request = etcd.DeleteRangeRequest.create({ ...more, key: asciiBytes(key) })
  return write(COMMAND.deleteRange, etcd.DeleteRangeRequest.encodeBytes(request))
}

export function txnAsk(request: Partial<etcd.TxnRequest>): WriteAsk {
  return write(COMMAND.txn, etcd.TxnRequest.encodeBytes(etcd.TxnRequest.create(request)))
}

/** Writes if the key is as it was seen, and reads it otherwise. */
export function compareAndPutAsk(key: string, seen: Seen, value: Uint8Array): WriteAsk {
  return txnAsk({
    compare: [compareOf(key, seen)],
    success: [putOp(key, value)],
    failure: [rangeOp(key)],
  })
}

export function compareOf(key: string, seen: Seen): etcd.Compare {
  const name = asciiBytes(key)
  const { VALUE, CREATE, MOD } = etcd.CompareCompareTarget
  switch (seen.kind) {
    case 'absent':
      return etcd.Compare.create({
        key: name,
        target: CREATE,
        targetUnion: { kind: 'createRevision', value: 0 },
      })
    case 'value':
      return etcd.Compare.create({
        key: name,
        target: VALUE,
        targetUnion: { kind: 'value', value: seen.value },
      })
    case 'revision':
      return etcd.Compare.create({
        key: name,
        target: MOD,
        targetUnion: { kind: 'modRevision', value: seen.revision },
      })
  }
}

export function putOp(
  key: string,
  value: Uint8Array,
  more: Partial<etcd.PutRequest> = {},
): etcd.RequestOp {
  const request = etcd.PutRequest.create({ ...more, key: asciiBytes(key), value })
  return { request: { kind: 'requestPut', value: request } }
}

export function rangeOp(key: string, more: Partial<etcd.RangeRequest> = {}): etcd.RequestOp {
  const request = etcd.RangeRequest.create({ ...more, key: asciiBytes(key) })
  return { request: { kind: 'requestRange', value: request } }
}

export function deleteOp(key: string, more: Partial<etcd.DeleteRangeRequest> = {}): etcd.RequestOp {
  const request = etcd.DeleteRangeRequest.create({ ...more, key: asciiBytes(key) })
  return { request: { kind: 'requestDeleteRange', value: request } }
}

export function txnOp(request: Partial<etcd.TxnRequest>): etcd.RequestOp {
  return { request: { kind: 'requestTxn', value: etcd.TxnRequest.create(request) } }
}

export function rangeAsk(
  key: string,
  more: Partial<etcd.RangeRequest> = {},
  { serializable = false, pieceBytes = 0 } = {},
): ReadAsk {
  const request = etcd.RangeRequest.create({ ...more, key: asciiBytes(key), serializable })
  const body = etcd.RangeRequest.encodeBytes(request)
  return { kind: 'read', read: READ.range, body, serializable, pieceBytes }
}

export function readTxnAsk(request: Partial<etcd.TxnRequest>): ReadAsk {
  const body = etcd.TxnRequest.encodeBytes(etcd.TxnRequest.create(request))
  return { kind: 'read', read: READ.txn, body, serializable: false, pieceBytes: 0 }
}

export function compactAsk(revision: number): WriteAsk {
  const request = etcd.CompactionRequest.create({ revision })
  return write(COMMAND.compact, etcd.CompactionRequest.encodeBytes(request))
}

export function incrementAsk(key: string, delta: bigint): WriteAsk {
  const request = state.IncrementRequest.create({ key: asciiBytes(key), delta })
  return write(COMMAND.increment, state.IncrementRequest.encodeBytes(request))
}

export function putWithTtlAsk(key: string, value: Uint8Array, ttlMs: number): WriteAsk {
  const put = etcd.PutRequest.create({ key: asciiBytes(key), value })
  const request = state.PutWithTtlRequest.create({ put, ttlMs })
  return write(COMMAND.putWithTtl, state.PutWithTtlRequest.encodeBytes(request))
}

export function grantAsk(id: bigint, ttlSeconds: number): WriteAsk {
  const request = etcd.LeaseGrantRequest.create({ ID: id, TTL: ttlSeconds })
  return write(COMMAND.leaseGrant, etcd.LeaseGrantRequest.encodeBytes(request))
}

export function keepAliveAsk(id: bigint): WriteAsk {
  const request = etcd.LeaseKeepAliveRequest.create({ ID: id })
  return write(COMMAND.leaseKeepAlive, etcd.LeaseKeepAliveRequest.encodeBytes(request))
}

export function revokeAsk(id: bigint): WriteAsk {
  const request = etcd.LeaseRevokeRequest.create({ ID: id })
  return write(COMMAND.leaseRevoke, etcd.LeaseRevokeRequest.encodeBytes(request))
}

export function timeToLiveAsk(id: bigint): ReadAsk {
  const request = etcd.LeaseTimeToLiveRequest.create({ ID: id, keys: true })
  const body = etcd.LeaseTimeToLiveRequest.encodeBytes(request)
  return { kind: 'read', read: READ.leaseTimeToLive, body, serializable: false, pieceBytes: 0 }
}

export function leasesAsk(): ReadAsk {
  const rest = { body: NO_BYTES, serializable: false, pieceBytes: 0 }
  return { kind: 'read', read: READ.leaseLeases, ...rest }
}

export function alarmAsk(request: Partial<etcd.AlarmRequest>): WriteAsk {
  return write(COMMAND.alarm, etcd.AlarmRequest.encodeBytes(etcd.AlarmRequest.create(request)))
}

export function openSessionAsk(): WriteAsk {
  return write(COMMAND.sessionOpen, NO_BYTES)
}

/** Only where all the conditions hold; by a name, unless that is empty. */
export function guardedAsk(
  { command, body }: WriteAsk,
  { compare = [], name = '' }: { readonly compare?: etcd.Compare[]; readonly name?: string },
): WriteAsk {
  const own = { name: asciiBytes(name), digest: asciiBytes(name.slice(0, 8)) }
  const request = state.GuardedRequest.create({ compare, ...own, kind: command, body })
  const asked = write(COMMAND.guarded, state.GuardedRequest.encodeBytes(request))
  return { ...asked, isNamed: name !== '' }
}

export interface PlainCommand {
  readonly command: number
  readonly body: Uint8Array
  readonly compare: readonly etcd.Compare[]
  readonly isNamed: boolean
}

/** What is done where the conditions hold, and the conditions. */
export function withoutGuards({
  command,
  body,
}: Pick<PlainCommand, 'command' | 'body'>): PlainCommand {
  if (command !== COMMAND.guarded) return { command, body, compare: [], isNamed: false }
  const guarded = state.GuardedRequest.decodeBytes(body)
  const isNamed = guarded.name.length > 0
  return { command: guarded.kind, body: guarded.body, compare: guarded.compare, isNamed }
}

/** What a request with this tag appends in its i-th append. */
export function elementOf(tag: number, i: number): number {
  return tag * ELEMENTS_PER_TAG + i
}

export function tagOfElement(element: number): number {
  return Math.floor(element / ELEMENTS_PER_TAG)
}

export function listValue(elements: readonly number[]): Uint8Array {
  return asciiBytes(elements.join(','))
}

/** Null when it is no list. */
export function listOf(value: Uint8Array): readonly number[] | null {
  if (value.length === 0) return []
  const elements = bytesText(value).split(',').map(Number)
  return elements.every(Number.isSafeInteger) ? elements : null
}

/**
 * Reads and appends that take effect together, for a store that knows no lists: it replaces what
 * the client knows, compares that this is still what is there, and reads everything otherwise.
 */
export function listAsk(
  tag: number,
  wishes: readonly ListWish[],
  known: (key: string) => KnownList,
): WriteAsk {
  const added = new Map<string, number[]>()
  let count = 0
  for (const { kind, key } of wishes) {
    if (kind !== 'append') continue
    const elements = added.get(key) ?? []
    elements.push(elementOf(tag, count))
    added.set(key, elements)
    count += 1
  }
  const keys = [...new Set(wishes.map(({ key }) => key))]
  return txnAsk({
    compare: [...added.keys()].map((key) =>
      compareOf(key, { kind: 'revision', revision: known(key).revision }),
    ),
    success: [
      ...keys.map((key) => rangeOp(key)),
      ...[...added].map(([key, elements]) =>
        putOp(key, listValue([...known(key).elements, ...elements])),
      ),
    ],
    failure: keys.map((key) => rangeOp(key)),
  })
}
