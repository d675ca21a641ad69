// Made from proto/etcd/rpc.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int32Length,
  int64Length,
  numberLength,
  stringLength,
  uint32Length,
  uint64Length,
  writeBool,
  writeBytes,
  writeInt32,
  writeInt64,
  writeNumber,
  writeString,
  writeUint32,
  writeUint64,
} from '../writer.ts'
import {
  AUTH_FILE,
  createPermission,
  createUserAddOptions,
  lengthOfPermission,
  lengthOfUserAddOptions,
  type Permission,
  readPermission,
  readUserAddOptions,
  type UserAddOptions,
  writePermission,
  writeUserAddOptions,
} from './etcd-auth.ts'
import {
  createEvent,
  createKeyValue,
  type Event,
  type KeyValue,
  KV_FILE,
  lengthOfEvent,
  lengthOfKeyValue,
  readEvent,
  readKeyValue,
  writeEvent,
  writeKeyValue,
} from './etcd-kv.ts'

export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const

export const RangeRequestSortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const

export const RangeRequestSortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const

export const CompareCompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const

export const CompareCompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const

export const WatchCreateRequestFilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const

export const AlarmRequestAlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const

export const DowngradeRequestDowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const

export interface ResponseHeader {
  clusterId: bigint
  memberId: bigint
  revision: number
  raftTerm: number
}

export function createResponseHeader(): ResponseHeader {
  return {
    clusterId: 0n,
    memberId: 0n,
    revision: 0,
    raftTerm: 0,
  }
}

export function lengthOfResponseHeader(value: ResponseHeader): number {
  let length = 0
  if (value.clusterId !== 0n) {
    length += 1 + uint64Length(value.clusterId)
  }
  if (value.memberId !== 0n) {
    length += 1 + uint64Length(value.memberId)
  }
  if (value.revision !== 0) {
    length += 1 + numberLength(value.revision)
  }
  if (value.raftTerm !== 0) {
    length += 1 + numberLength(value.raftTerm)
  }
  return length
}

export function writeResponseHeader(
  value: ResponseHeader,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.clusterId !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.clusterId)
  }
  if (value.memberId !== 0n) {
    target[at++] = 16
    at = writeUint64(target, at, value.memberId)
  }
  if (value.revision !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.revision)
  }
  if (value.raftTerm !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.raftTerm)
  }
  return at
}

export function readResponseHeader(reader: WireReader, into: ResponseHeader): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.clusterId = reader.uint64()
        break
      case 16:
        into.memberId = reader.uint64()
        break
      case 24:
        into.revision = reader.int64Number()
        break
      case 32:
        into.raftTerm = reader.uint64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const ResponseHeader = new MessageCodec<ResponseHeader>({
  name: 'etcdserverpb.ResponseHeader',
  create: createResponseHeader,
  length: lengthOfResponseHeader,
  write: writeResponseHeader,
  read: readResponseHeader,
})

export interface RangeRequest {
  key: Uint8Array
  rangeEnd: Uint8Array
  limit: number
  revision: number
  sortOrder: number
  sortTarget: number
  serializable: boolean
  keysOnly: boolean
  countOnly: boolean
  minModRevision: number
  maxModRevision: number
  minCreateRevision: number
  maxCreateRevision: number
}

export function createRangeRequest(): RangeRequest {
  return {
    key: EMPTY_BYTES,
    rangeEnd: EMPTY_BYTES,
    limit: 0,
    revision: 0,
    sortOrder: 0,
    sortTarget: 0,
    serializable: false,
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
  }
}

export function lengthOfRangeRequest(value: RangeRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rangeEnd.length > 0) {
    length += 1 + bytesLength(value.rangeEnd)
  }
  if (value.limit !== 0) {
    length += 1 + numberLength(value.limit)
  }
  if (value.revision !== 0) {
    length += 1 + numberLength(value.revision)
  }
  if (value.sortOrder !== 0) {
    length += 1 + int32Length(value.sortOrder)
  }
  if (value.sortTarget !== 0) {
    length += 1 + int32Length(value.sortTarget)
  }
  if (value.serializable) {
    length += 1 + 1
  }
  if (value.keysOnly) {
    length += 1 + 1
  }
  if (value.countOnly) {
    length += 1 + 1
  }
  if (value.minModRevision !== 0) {
    length += 1 + numberLength(value.minModRevision)
  }
  if (value.maxModRevision !== 0) {
    length += 1 + numberLength(value.maxModRevision)
  }
  if (value.minCreateRevision !== 0) {
    length += 1 + numberLength(value.minCreateRevision)
  }
  if (value.maxCreateRevision !== 0) {
    length += 1 + numberLength(value.maxCreateRevision)
  }
  return length
}

export function writeRangeRequest(value: RangeRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.rangeEnd.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.rangeEnd)
  }
  if (value.limit !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.limit)
  }
  if (value.revision !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.revision)
  }
  if (value.sortOrder !== 0) {
    target[at++] = 40
    at = writeInt32(target, at, value.sortOrder)
  }
  if (value.sortTarget !== 0) {
    target[at++] = 48
    at = writeInt32(target, at, value.sortTarget)
  }
  if (value.serializable) {
    target[at++] = 56
    at = writeBool(target, at, value.serializable)
  }
  if (value.keysOnly) {
    target[at++] = 64
    at = writeBool(target, at, value.keysOnly)
  }
  if (value.countOnly) {
    target[at++] = 72
    at = writeBool(target, at, value.countOnly)
  }
  if (value.minModRevision !== 0) {
    target[at++] = 80
    at = writeNumber(target, at, value.minModRevision)
  }
  if (value.maxModRevision !== 0) {
    target[at++] = 88
    at = writeNumber(target, at, value.maxModRevision)
  }
  if (value.minCreateRevision !== 0) {
    target[at++] = 96
    at = writeNumber(target, at, value.minCreateRevision)
  }
  if (value.maxCreateRevision !== 0) {
    target[at++] = 104
    at = writeNumber(target, at, value.maxCreateRevision)
  }
  return at
}

export function readRangeRequest(reader: WireReader, into: RangeRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 18:
        into.rangeEnd = reader.bytes()
        break
      case 24:
        into.limit = reader.int64Number()
        break
      case 32:
        into.revision = reader.int64Number()
        break
      case 40:
        into.sortOrder = reader.int32()
        break
      case 48:
        into.sortTarget = reader.int32()
        break
      case 56:
        into.serializable = reader.bool()
        break
      case 64:
        into.keysOnly = reader.bool()
        break
      case 72:
        into.countOnly = reader.bool()
        break
      case 80:
        into.minModRevision = reader.int64Number()
        break
      case 88:
        into.maxModRevision = reader.int64Number()
        break
      case 96:
        into.minCreateRevision = reader.int64Number()
        break
      case 104:
        into.maxCreateRevision = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const RangeRequest = new MessageCodec<RangeRequest>({
  name: 'etcdserverpb.RangeRequest',
  create: createRangeRequest,
  length: lengthOfRangeRequest,
  write: writeRangeRequest,
  read: readRangeRequest,
})

export interface RangeResponse {
  header: ResponseHeader | null
  kvs: KeyValue[]
  more: boolean
  count: number
}

export function createRangeResponse(): RangeResponse {
  return {
    header: null,
    kvs: [],
    more: false,
    count: 0,
  }
}

export function lengthOfRangeResponse(value: RangeResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.kvs) {
    length += 1 + delimitedLength(lengthOfKeyValue(one))
  }
  if (value.more) {
    length += 1 + 1
  }
  if (value.count !== 0) {
    length += 1 + numberLength(value.count)
  }
  return length
}

export function writeRangeResponse(
  value: RangeResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.kvs) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfKeyValue(one))
    at = writeKeyValue(one, target, at)
  }
  if (value.more) {
    target[at++] = 24
    at = writeBool(target, at, value.more)
  }
  if (value.count !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.count)
  }
  return at
}

export function readRangeResponse(reader: WireReader, into: RangeResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createKeyValue()
        into.kvs.push(one)
        const outer = reader.enter()
        readKeyValue(reader, one)
        reader.leave(outer)
        break
      }
      case 24:
        into.more = reader.bool()
        break
      case 32:
        into.count = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const RangeResponse = new MessageCodec<RangeResponse>({
  name: 'etcdserverpb.RangeResponse',
  create: createRangeResponse,
  length: lengthOfRangeResponse,
  write: writeRangeResponse,
  read: readRangeResponse,
})

export interface RangeStreamResponse {
  rangeResponse: RangeResponse | null
}

export function createRangeStreamResponse(): RangeStreamResponse {
  return {
    rangeResponse: null,
  }
}

export function lengthOfRangeStreamResponse(value: RangeStreamResponse): number {
  let length = 0
  if (value.rangeResponse !== null) {
    length += 1 + delimitedLength(lengthOfRangeResponse(value.rangeResponse))
  }
  return length
}

export function writeRangeStreamResponse(
  value: RangeStreamResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.rangeResponse !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfRangeResponse(value.rangeResponse))
    at = writeRangeResponse(value.rangeResponse, target, at)
  }
  return at
}

export function readRangeStreamResponse(reader: WireReader, into: RangeStreamResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.rangeResponse ?? createRangeResponse()
        into.rangeResponse = one
        const outer = reader.enter()
        readRangeResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const RangeStreamResponse = new MessageCodec<RangeStreamResponse>({
  name: 'etcdserverpb.RangeStreamResponse',
  create: createRangeStreamResponse,
  length: lengthOfRangeStreamResponse,
  write: writeRangeStreamResponse,
  read: readRangeStreamResponse,
})

export interface PutRequest {
  key: Uint8Array
  value: Uint8Array
  lease: bigint
  prevKv: boolean
  ignoreValue: boolean
  ignoreLease: boolean
}

export function createPutRequest(): PutRequest {
  return {
    key: EMPTY_BYTES,
    value: EMPTY_BYTES,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  }
}

export function lengthOfPutRequest(value: PutRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.value.length > 0) {
    length += 1 + bytesLength(value.value)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  if (value.prevKv) {
    length += 1 + 1
  }
  if (value.ignoreValue) {
    length += 1 + 1
  }
  if (value.ignoreLease) {
    length += 1 + 1
  }
  return length
}

export function writePutRequest(value: PutRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.value.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.value)
  }
  if (value.lease !== 0n) {
    target[at++] = 24
    at = writeInt64(target, at, value.lease)
  }
  if (value.prevKv) {
    target[at++] = 32
    at = writeBool(target, at, value.prevKv)
  }
  if (value.ignoreValue) {
    target[at++] = 40
    at = writeBool(target, at, value.ignoreValue)
  }
  if (value.ignoreLease) {
    target[at++] = 48
    at = writeBool(target, at, value.ignoreLease)
  }
  return at
}

export function readPutRequest(reader: WireReader, into: PutRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 18:
        into.value = reader.bytes()
        break
      case 24:
        into.lease = reader.int64()
        break
      case 32:
        into.prevKv = reader.bool()
        break
      case 40:
        into.ignoreValue = reader.bool()
        break
      case 48:
        into.ignoreLease = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const PutRequest = new MessageCodec<PutRequest>({
  name: 'etcdserverpb.PutRequest',
  create: createPutRequest,
  length: lengthOfPutRequest,
  write: writePutRequest,
  read: readPutRequest,
})

export interface PutResponse {
  header: ResponseHeader | null
  prevKv: KeyValue | null
}

export function createPutResponse(): PutResponse {
  return {
    header: null,
    prevKv: null,
  }
}

export function lengthOfPutResponse(value: PutResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.prevKv !== null) {
    length += 1 + delimitedLength(lengthOfKeyValue(value.prevKv))
  }
  return length
}

export function writePutResponse(value: PutResponse, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.prevKv !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfKeyValue(value.prevKv))
    at = writeKeyValue(value.prevKv, target, at)
  }
  return at
}

export function readPutResponse(reader: WireReader, into: PutResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        const one = into.prevKv ?? createKeyValue()
        into.prevKv = one
        const outer = reader.enter()
        readKeyValue(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const PutResponse = new MessageCodec<PutResponse>({
  name: 'etcdserverpb.PutResponse',
  create: createPutResponse,
  length: lengthOfPutResponse,
  write: writePutResponse,
  read: readPutResponse,
})

export interface DeleteRangeRequest {
  key: Uint8Array
  rangeEnd: Uint8Array
  prevKv: boolean
}

export function createDeleteRangeRequest(): DeleteRangeRequest {
  return {
    key: EMPTY_BYTES,
    rangeEnd: EMPTY_BYTES,
    prevKv: false,
  }
}

export function lengthOfDeleteRangeRequest(value: DeleteRangeRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rangeEnd.length > 0) {
    length += 1 + bytesLength(value.rangeEnd)
  }
  if (value.prevKv) {
    length += 1 + 1
  }
  return length
}

export function writeDeleteRangeRequest(
  value: DeleteRangeRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.rangeEnd.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.rangeEnd)
  }
  if (value.prevKv) {
    target[at++] = 24
    at = writeBool(target, at, value.prevKv)
  }
  return at
}

export function readDeleteRangeRequest(reader: WireReader, into: DeleteRangeRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 18:
        into.rangeEnd = reader.bytes()
        break
      case 24:
        into.prevKv = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const DeleteRangeRequest = new MessageCodec<DeleteRangeRequest>({
  name: 'etcdserverpb.DeleteRangeRequest',
  create: createDeleteRangeRequest,
  length: lengthOfDeleteRangeRequest,
  write: writeDeleteRangeRequest,
  read: readDeleteRangeRequest,
})

export interface DeleteRangeResponse {
  header: ResponseHeader | null
  deleted: number
  prevKvs: KeyValue[]
}

export function createDeleteRangeResponse(): DeleteRangeResponse {
  return {
    header: null,
    deleted: 0,
    prevKvs: [],
  }
}

export function lengthOfDeleteRangeResponse(value: DeleteRangeResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.deleted !== 0) {
    length += 1 + numberLength(value.deleted)
  }
  for (const one of value.prevKvs) {
    length += 1 + delimitedLength(lengthOfKeyValue(one))
  }
  return length
}

export function writeDeleteRangeResponse(
  value: DeleteRangeResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.deleted !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.deleted)
  }
  for (const one of value.prevKvs) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfKeyValue(one))
    at = writeKeyValue(one, target, at)
  }
  return at
}

export function readDeleteRangeResponse(reader: WireReader, into: DeleteRangeResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.deleted = reader.int64Number()
        break
      case 26: {
        reader.element()
        const one = createKeyValue()
        into.prevKvs.push(one)
        const outer = reader.enter()
        readKeyValue(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const DeleteRangeResponse = new MessageCodec<DeleteRangeResponse>({
  name: 'etcdserverpb.DeleteRangeResponse',
  create: createDeleteRangeResponse,
  length: lengthOfDeleteRangeResponse,
  write: writeDeleteRangeResponse,
  read: readDeleteRangeResponse,
})

export type RequestOpRequest =
  | { kind: 'requestRange'; value: RangeRequest }
  | { kind: 'requestPut'; value: PutRequest }
  | { kind: 'requestDeleteRange'; value: DeleteRangeRequest }
  | { kind: 'requestTxn'; value: TxnRequest }

export interface RequestOp {
  request: RequestOpRequest | null
}

export function createRequestOp(): RequestOp {
  return {
    request: null,
  }
}

export function lengthOfRequestOp(value: RequestOp): number {
  let length = 0
  if (value.request !== null) {
    switch (value.request.kind) {
      case 'requestRange': {
        length += 1 + delimitedLength(lengthOfRangeRequest(value.request.value))
        break
      }
      case 'requestPut': {
        length += 1 + delimitedLength(lengthOfPutRequest(value.request.value))
        break
      }
      case 'requestDeleteRange': {
        length += 1 + delimitedLength(lengthOfDeleteRangeRequest(value.request.value))
        break
      }
      case 'requestTxn': {
        length += 1 + delimitedLength(lengthOfTxnRequest(value.request.value))
        break
      }
    }
  }
  return length
}

export function writeRequestOp(value: RequestOp, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.request !== null) {
    switch (value.request.kind) {
      case 'requestRange': {
        target[at++] = 10
        at = writeUint32(target, at, lengthOfRangeRequest(value.request.value))
        at = writeRangeRequest(value.request.value, target, at)
        break
      }
      case 'requestPut': {
        target[at++] = 18
        at = writeUint32(target, at, lengthOfPutRequest(value.request.value))
        at = writePutRequest(value.request.value, target, at)
        break
      }
      case 'requestDeleteRange': {
        target[at++] = 26
        at = writeUint32(target, at, lengthOfDeleteRangeRequest(value.request.value))
        at = writeDeleteRangeRequest(value.request.value, target, at)
        break
      }
      case 'requestTxn': {
        target[at++] = 34
        at = writeUint32(target, at, lengthOfTxnRequest(value.request.value))
        at = writeTxnRequest(value.request.value, target, at)
        break
      }
    }
  }
  return at
}

export function readRequestOp(reader: WireReader, into: RequestOp): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const before = into.request
        const isSame = before?.kind === 'requestRange'
        const one = isSame ? before.value : createRangeRequest()
        if (!isSame) into.request = { kind: 'requestRange', value: one }
        const outer = reader.enter()
        readRangeRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        const before = into.request
        const isSame = before?.kind === 'requestPut'
        const one = isSame ? before.value : createPutRequest()
        if (!isSame) into.request = { kind: 'requestPut', value: one }
        const outer = reader.enter()
        readPutRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 26: {
        const before = into.request
        const isSame = before?.kind === 'requestDeleteRange'
        const one = isSame ? before.value : createDeleteRangeRequest()
        if (!isSame) into.request = { kind: 'requestDeleteRange', value: one }
        const outer = reader.enter()
        readDeleteRangeRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 34: {
        const before = into.request
        const isSame = before?.kind === 'requestTxn'
        const one = isSame ? before.value : createTxnRequest()
        if (!isSame) into.request = { kind: 'requestTxn', value: one }
        const outer = reader.enter()
        readTxnRequest(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const RequestOp = new MessageCodec<RequestOp>({
  name: 'etcdserverpb.RequestOp',
  create: createRequestOp,
  length: lengthOfRequestOp,
  write: writeRequestOp,
  read: readRequestOp,
})

export type ResponseOpResponse =
  | { kind: 'responseRange'; value: RangeResponse }
  | { kind: 'responsePut'; value: PutResponse }
  | { kind: 'responseDeleteRange'; value: DeleteRangeResponse }
  | { kind: 'responseTxn'; value: TxnResponse }

export interface ResponseOp {
  response: ResponseOpResponse | null
}

export function createResponseOp(): ResponseOp {
  return {
    response: null,
  }
}

export function lengthOfResponseOp(value: ResponseOp): number {
  let length = 0
  if (value.response !== null) {
    switch (value.response.kind) {
      case 'responseRange': {
        length += 1 + delimitedLength(lengthOfRangeResponse(value.response.value))
        break
      }
      case 'responsePut': {
        length += 1 + delimitedLength(lengthOfPutResponse(value.response.value))
        break
      }
      case 'responseDeleteRange': {
        length += 1 + delimitedLength(lengthOfDeleteRangeResponse(value.response.value))
        break
      }
      case 'responseTxn': {
        length += 1 + delimitedLength(lengthOfTxnResponse(value.response.value))
        break
      }
    }
  }
  return length
}

export function writeResponseOp(value: ResponseOp, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.response !== null) {
    switch (value.response.kind) {
      case 'responseRange': {
        target[at++] = 10
        at = writeUint32(target, at, lengthOfRangeResponse(value.response.value))
        at = writeRangeResponse(value.response.value, target, at)
        break
      }
      case 'responsePut': {
        target[at++] = 18
        at = writeUint32(target, at, lengthOfPutResponse(value.response.value))
        at = writePutResponse(value.response.value, target, at)
        break
      }
      case 'responseDeleteRange': {
        target[at++] = 26
        at = writeUint32(target, at, lengthOfDeleteRangeResponse(value.response.value))
        at = writeDeleteRangeResponse(value.response.value, target, at)
        break
      }
      case 'responseTxn': {
        target[at++] = 34
        at = writeUint32(target, at, lengthOfTxnResponse(value.response.value))
        at = writeTxnResponse(value.response.value, target, at)
        break
      }
    }
  }
  return at
}

export function readResponseOp(reader: WireReader, into: ResponseOp): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const before = into.response
        const isSame = before?.kind === 'responseRange'
        const one = isSame ? before.value : createRangeResponse()
        if (!isSame) into.response = { kind: 'responseRange', value: one }
        const outer = reader.enter()
        readRangeResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        const before = into.response
        const isSame = before?.kind === 'responsePut'
        const one = isSame ? before.value : createPutResponse()
        if (!isSame) into.response = { kind: 'responsePut', value: one }
        const outer = reader.enter()
        readPutResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 26: {
        const before = into.response
        const isSame = before?.kind === 'responseDeleteRange'
        const one = isSame ? before.value : createDeleteRangeResponse()
        if (!isSame) into.response = { kind: 'responseDeleteRange', value: one }
        const outer = reader.enter()
        readDeleteRangeResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 34: {
        const before = into.response
        const isSame = before?.kind === 'responseTxn'
        const one = isSame ? before.value : createTxnResponse()
        if (!isSame) into.response = { kind: 'responseTxn', value: one }
        const outer = reader.enter()
        readTxnResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const ResponseOp = new MessageCodec<ResponseOp>({
  name: 'etcdserverpb.ResponseOp',
  create: createResponseOp,
  length: lengthOfResponseOp,
  write: writeResponseOp,
  read: readResponseOp,
})

export type CompareTargetUnion =
  | { kind: 'version'; value: number }
  | { kind: 'createRevision'; value: number }
  | { kind: 'modRevision'; value: number }
  | { kind: 'value'; value: Uint8Array }
  | { kind: 'lease'; value: bigint }

export interface Compare {
  result: number
  target: number
  key: Uint8Array
  targetUnion: CompareTargetUnion | null
  rangeEnd: Uint8Array
}

export function createCompare(): Compare {
  return {
    result: 0,
    target: 0,
    key: EMPTY_BYTES,
    targetUnion: null,
    rangeEnd: EMPTY_BYTES,
  }
}

export function lengthOfCompare(value: Compare): number {
  let length = 0
  if (value.result !== 0) {
    length += 1 + int32Length(value.result)
  }
  if (value.target !== 0) {
    length += 1 + int32Length(value.target)
  }
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.targetUnion !== null) {
    switch (value.targetUnion.kind) {
      case 'version':
        length += 1 + numberLength(value.targetUnion.value)
        break
      case 'createRevision':
        length += 1 + numberLength(value.targetUnion.value)
        break
      case 'modRevision':
        length += 1 + numberLength(value.targetUnion.value)
        break
      case 'value':
        length += 1 + bytesLength(value.targetUnion.value)
        break
      case 'lease':
        length += 1 + int64Length(value.targetUnion.value)
        break
    }
  }
  if (value.rangeEnd.length > 0) {
    length += 2 + bytesLength(value.rangeEnd)
  }
  return length
}

export function writeCompare(value: Compare, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.result !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.result)
  }
  if (value.target !== 0) {
    target[at++] = 16
    at = writeInt32(target, at, value.target)
  }
  if (value.key.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.key)
  }
  if (value.targetUnion !== null) {
    switch (value.targetUnion.kind) {
      case 'version':
        target[at++] = 32
        at = writeNumber(target, at, value.targetUnion.value)
        break
      case 'createRevision':
        target[at++] = 40
        at = writeNumber(target, at, value.targetUnion.value)
        break
      case 'modRevision':
        target[at++] = 48
        at = writeNumber(target, at, value.targetUnion.value)
        break
      case 'value':
        target[at++] = 58
        at = writeBytes(target, at, value.targetUnion.value)
        break
      case 'lease':
        target[at++] = 64
        at = writeInt64(target, at, value.targetUnion.value)
        break
    }
  }
  if (value.rangeEnd.length > 0) {
    at = writeUint32(target, at, 514)
    at = writeBytes(target, at, value.rangeEnd)
  }
  return at
}

export function readCompare(reader: WireReader, into: Compare): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.result = reader.int32()
        break
      case 16:
        into.target = reader.int32()
        break
      case 26:
        into.key = reader.bytes()
        break
      case 32:
        into.targetUnion = { kind: 'version', value: reader.int64Number() }
        break
      case 40:
        into.targetUnion = { kind: 'createRevision', value: reader.int64Number() }
        break
      case 48:
        into.targetUnion = { kind: 'modRevision', value: reader.int64Number() }
        break
      case 58:
        into.targetUnion = { kind: 'value', value: reader.bytes() }
        break
      case 64:
        into.targetUnion = { kind: 'lease', value: reader.int64() }
        break
      case 514:
        into.rangeEnd = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Compare = new MessageCodec<Compare>({
  name: 'etcdserverpb.Compare',
  create: createCompare,
  length: lengthOfCompare,
  write: writeCompare,
  read: readCompare,
})

export interface TxnRequest {
  compare: Compare[]
  success: RequestOp[]
  failure: RequestOp[]
}

export function createTxnRequest(): TxnRequest {
  return {
    compare: [],
    success: [],
    failure: [],
  }
}

export function lengthOfTxnRequest(value: TxnRequest): number {
  let length = 0
  for (const one of value.compare) {
    length += 1 + delimitedLength(lengthOfCompare(one))
  }
  for (const one of value.success) {
    length += 1 + delimitedLength(lengthOfRequestOp(one))
  }
  for (const one of value.failure) {
    length += 1 + delimitedLength(lengthOfRequestOp(one))
  }
  return length
}

export function writeTxnRequest(value: TxnRequest, target: Uint8Array, offset: number): number {
  let at = offset
  for (const one of value.compare) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfCompare(one))
    at = writeCompare(one, target, at)
  }
  for (const one of value.success) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfRequestOp(one))
    at = writeRequestOp(one, target, at)
  }
  for (const one of value.failure) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfRequestOp(one))
    at = writeRequestOp(one, target, at)
  }
  return at
}

export function readTxnRequest(reader: WireReader, into: TxnRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createCompare()
        into.compare.push(one)
        const outer = reader.enter()
        readCompare(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createRequestOp()
        into.success.push(one)
        const outer = reader.enter()
        readRequestOp(reader, one)
        reader.leave(outer)
        break
      }
      case 26: {
        reader.element()
        const one = createRequestOp()
        into.failure.push(one)
        const outer = reader.enter()
        readRequestOp(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const TxnRequest = new MessageCodec<TxnRequest>({
  name: 'etcdserverpb.TxnRequest',
  create: createTxnRequest,
  length: lengthOfTxnRequest,
  write: writeTxnRequest,
  read: readTxnRequest,
})

export interface TxnResponse {
  header: ResponseHeader | null
  succeeded: boolean
  responses: ResponseOp[]
}

export function createTxnResponse(): TxnResponse {
  return {
    header: null,
    succeeded: false,
    responses: [],
  }
}

export function lengthOfTxnResponse(value: TxnResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.succeeded) {
    length += 1 + 1
  }
  for (const one of value.responses) {
    length += 1 + delimitedLength(lengthOfResponseOp(one))
  }
  return length
}

export function writeTxnResponse(value: TxnResponse, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.succeeded) {
    target[at++] = 16
    at = writeBool(target, at, value.succeeded)
  }
  for (const one of value.responses) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfResponseOp(one))
    at = writeResponseOp(one, target, at)
  }
  return at
}

export function readTxnResponse(reader: WireReader, into: TxnResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.succeeded = reader.bool()
        break
      case 26: {
        reader.element()
        const one = createResponseOp()
        into.responses.push(one)
        const outer = reader.enter()
        readResponseOp(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const TxnResponse = new MessageCodec<TxnResponse>({
  name: 'etcdserverpb.TxnResponse',
  create: createTxnResponse,
  length: lengthOfTxnResponse,
  write: writeTxnResponse,
  read: readTxnResponse,
})

export interface CompactionRequest {
  revision: number
  physical: boolean
}

export function createCompactionRequest(): CompactionRequest {
  return {
    revision: 0,
    physical: false,
  }
}

export function lengthOfCompactionRequest(value: CompactionRequest): number {
  let length = 0
  if (value.revision !== 0) {
    length += 1 + numberLength(value.revision)
  }
  if (value.physical) {
    length += 1 + 1
  }
  return length
}

export function writeCompactionRequest(
  value: CompactionRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.revision !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.revision)
  }
  if (value.physical) {
    target[at++] = 16
    at = writeBool(target, at, value.physical)
  }
  return at
}

export function readCompactionRequest(reader: WireReader, into: CompactionRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.revision = reader.int64Number()
        break
      case 16:
        into.physical = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const CompactionRequest = new MessageCodec<CompactionRequest>({
  name: 'etcdserverpb.CompactionRequest',
  create: createCompactionRequest,
  length: lengthOfCompactionRequest,
  write: writeCompactionRequest,
  read: readCompactionRequest,
})

export interface CompactionResponse {
  header: ResponseHeader | null
}

export function createCompactionResponse(): CompactionResponse {
  return {
    header: null,
  }
}

export function lengthOfCompactionResponse(value: CompactionResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeCompactionResponse(
  value: CompactionResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readCompactionResponse(reader: WireReader, into: CompactionResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const CompactionResponse = new MessageCodec<CompactionResponse>({
  name: 'etcdserverpb.CompactionResponse',
  create: createCompactionResponse,
  length: lengthOfCompactionResponse,
  write: writeCompactionResponse,
  read: readCompactionResponse,
})

export type HashRequest = Record<string, never>

export function createHashRequest(): HashRequest {
  return {}
}

export function lengthOfHashRequest(_value: HashRequest): number {
  return 0
}

export function writeHashRequest(_value: HashRequest, _target: Uint8Array, offset: number): number {
  return offset
}

export function readHashRequest(reader: WireReader, _into: HashRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const HashRequest = new MessageCodec<HashRequest>({
  name: 'etcdserverpb.HashRequest',
  create: createHashRequest,
  length: lengthOfHashRequest,
  write: writeHashRequest,
  read: readHashRequest,
})

export interface HashResponse {
  header: ResponseHeader | null
  hash: number
}

export function createHashResponse(): HashResponse {
  return {
    header: null,
    hash: 0,
  }
}

export function lengthOfHashResponse(value: HashResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.hash !== 0) {
    length += 1 + uint32Length(value.hash)
  }
  return length
}

export function writeHashResponse(value: HashResponse, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.hash !== 0) {
    target[at++] = 16
    at = writeUint32(target, at, value.hash)
  }
  return at
}

export function readHashResponse(reader: WireReader, into: HashResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.hash = reader.uint32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const HashResponse = new MessageCodec<HashResponse>({
  name: 'etcdserverpb.HashResponse',
  create: createHashResponse,
  length: lengthOfHashResponse,
  write: writeHashResponse,
  read: readHashResponse,
})

export interface HashKVRequest {
  revision: number
}

export function createHashKVRequest(): HashKVRequest {
  return {
    revision: 0,
  }
}

export function lengthOfHashKVRequest(value: HashKVRequest): number {
  let length = 0
  if (value.revision !== 0) {
    length += 1 + numberLength(value.revision)
  }
  return length
}

export function writeHashKVRequest(
  value: HashKVRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.revision !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.revision)
  }
  return at
}

export function readHashKVRequest(reader: WireReader, into: HashKVRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.revision = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const HashKVRequest = new MessageCodec<HashKVRequest>({
  name: 'etcdserverpb.HashKVRequest',
  create: createHashKVRequest,
  length: lengthOfHashKVRequest,
  write: writeHashKVRequest,
  read: readHashKVRequest,
})

export interface HashKVResponse {
  header: ResponseHeader | null
  hash: number
  compactRevision: number
  hashRevision: number
}

export function createHashKVResponse(): HashKVResponse {
  return {
    header: null,
    hash: 0,
    compactRevision: 0,
    hashRevision: 0,
  }
}

export function lengthOfHashKVResponse(value: HashKVResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.hash !== 0) {
    length += 1 + uint32Length(value.hash)
  }
  if (value.compactRevision !== 0) {
    length += 1 + numberLength(value.compactRevision)
  }
  if (value.hashRevision !== 0) {
    length += 1 + numberLength(value.hashRevision)
  }
  return length
}

export function writeHashKVResponse(
  value: HashKVResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.hash !== 0) {
    target[at++] = 16
    at = writeUint32(target, at, value.hash)
  }
  if (value.compactRevision !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.compactRevision)
  }
  if (value.hashRevision !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.hashRevision)
  }
  return at
}

export function readHashKVResponse(reader: WireReader, into: HashKVResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.hash = reader.uint32()
        break
      case 24:
        into.compactRevision = reader.int64Number()
        break
      case 32:
        into.hashRevision = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const HashKVResponse = new MessageCodec<HashKVResponse>({
  name: 'etcdserverpb.HashKVResponse',
  create: createHashKVResponse,
  length: lengthOfHashKVResponse,
  write: writeHashKVResponse,
  read: readHashKVResponse,
})

export type SnapshotRequest = Record<string, never>

export function createSnapshotRequest(): SnapshotRequest {
  return {}
}

export function lengthOfSnapshotRequest(_value: SnapshotRequest): number {
  return 0
}

export function writeSnapshotRequest(
  _value: SnapshotRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readSnapshotRequest(reader: WireReader, _into: SnapshotRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const SnapshotRequest = new MessageCodec<SnapshotRequest>({
  name: 'etcdserverpb.SnapshotRequest',
  create: createSnapshotRequest,
  length: lengthOfSnapshotRequest,
  write: writeSnapshotRequest,
  read: readSnapshotRequest,
})

export interface SnapshotResponse {
  header: ResponseHeader | null
  remainingBytes: number
  blob: Uint8Array
  version: string
}

export function createSnapshotResponse(): SnapshotResponse {
  return {
    header: null,
    remainingBytes: 0,
    blob: EMPTY_BYTES,
    version: '',
  }
}

export function lengthOfSnapshotResponse(value: SnapshotResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.remainingBytes !== 0) {
    length += 1 + numberLength(value.remainingBytes)
  }
  if (value.blob.length > 0) {
    length += 1 + bytesLength(value.blob)
  }
  if (value.version !== '') {
    length += 1 + stringLength(value.version)
  }
  return length
}

export function writeSnapshotResponse(
  value: SnapshotResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.remainingBytes !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.remainingBytes)
  }
  if (value.blob.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.blob)
  }
  if (value.version !== '') {
    target[at++] = 34
    at = writeString(target, at, value.version)
  }
  return at
}

export function readSnapshotResponse(reader: WireReader, into: SnapshotResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.remainingBytes = reader.uint64Number()
        break
      case 26:
        into.blob = reader.bytes()
        break
      case 34:
        into.version = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const SnapshotResponse = new MessageCodec<SnapshotResponse>({
  name: 'etcdserverpb.SnapshotResponse',
  create: createSnapshotResponse,
  length: lengthOfSnapshotResponse,
  write: writeSnapshotResponse,
  read: readSnapshotResponse,
})

export type WatchRequestRequestUnion =
  | { kind: 'createRequest'; value: WatchCreateRequest }
  | { kind: 'cancelRequest'; value: WatchCancelRequest }
  | { kind: 'progressRequest'; value: WatchProgressRequest }

export interface WatchRequest {
  requestUnion: WatchRequestRequestUnion | null
}

export function createWatchRequest(): WatchRequest {
  return {
    requestUnion: null,
  }
}

export function lengthOfWatchRequest(value: WatchRequest): number {
  let length = 0
  if (value.requestUnion !== null) {
    switch (value.requestUnion.kind) {
      case 'createRequest': {
        length += 1 + delimitedLength(lengthOfWatchCreateRequest(value.requestUnion.value))
        break
      }
      case 'cancelRequest': {
        length += 1 + delimitedLength(lengthOfWatchCancelRequest(value.requestUnion.value))
        break
      }
      case 'progressRequest': {
        length += 1 + delimitedLength(lengthOfWatchProgressRequest(value.requestUnion.value))
        break
      }
    }
  }
  return length
}

export function writeWatchRequest(value: WatchRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.requestUnion !== null) {
    switch (value.requestUnion.kind) {
      case 'createRequest': {
        target[at++] = 10
        at = writeUint32(target, at, lengthOfWatchCreateRequest(value.requestUnion.value))
        at = writeWatchCreateRequest(value.requestUnion.value, target, at)
        break
      }
      case 'cancelRequest': {
        target[at++] = 18
        at = writeUint32(target, at, lengthOfWatchCancelRequest(value.requestUnion.value))
        at = writeWatchCancelRequest(value.requestUnion.value, target, at)
        break
      }
      case 'progressRequest': {
        target[at++] = 26
        at = writeUint32(target, at, lengthOfWatchProgressRequest(value.requestUnion.value))
        at = writeWatchProgressRequest(value.requestUnion.value, target, at)
        break
      }
    }
  }
  return at
}

export function readWatchRequest(reader: WireReader, into: WatchRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const before = into.requestUnion
        const isSame = before?.kind === 'createRequest'
        const one = isSame ? before.value : createWatchCreateRequest()
        if (!isSame) into.requestUnion = { kind: 'createRequest', value: one }
        const outer = reader.enter()
        readWatchCreateRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        const before = into.requestUnion
        const isSame = before?.kind === 'cancelRequest'
        const one = isSame ? before.value : createWatchCancelRequest()
        if (!isSame) into.requestUnion = { kind: 'cancelRequest', value: one }
        const outer = reader.enter()
        readWatchCancelRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 26: {
        const before = into.requestUnion
        const isSame = before?.kind === 'progressRequest'
        const one = isSame ? before.value : createWatchProgressRequest()
        if (!isSame) into.requestUnion = { kind: 'progressRequest', value: one }
        const outer = reader.enter()
        readWatchProgressRequest(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const WatchRequest = new MessageCodec<WatchRequest>({
  name: 'etcdserverpb.WatchRequest',
  create: createWatchRequest,
  length: lengthOfWatchRequest,
  write: writeWatchRequest,
  read: readWatchRequest,
})

export interface WatchCreateRequest {
  key: Uint8Array
  rangeEnd: Uint8Array
  startRevision: number
  progressNotify: boolean
  filters: number[]
  prevKv: boolean
  watchId: bigint
  fragment: boolean
}

export function createWatchCreateRequest(): WatchCreateRequest {
  return {
    key: EMPTY_BYTES,
    rangeEnd: EMPTY_BYTES,
    startRevision: 0,
    progressNotify: false,
    filters: [],
    prevKv: false,
    watchId: 0n,
    fragment: false,
  }
}

export function lengthOfWatchCreateRequest(value: WatchCreateRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rangeEnd.length > 0) {
    length += 1 + bytesLength(value.rangeEnd)
  }
  if (value.startRevision !== 0) {
    length += 1 + numberLength(value.startRevision)
  }
  if (value.progressNotify) {
    length += 1 + 1
  }
  if (value.filters.length > 0) {
    let packed = 0
    for (const one of value.filters) packed += int32Length(one)
    length += 1 + delimitedLength(packed)
  }
  if (value.prevKv) {
    length += 1 + 1
  }
  if (value.watchId !== 0n) {
    length += 1 + int64Length(value.watchId)
  }
  if (value.fragment) {
    length += 1 + 1
  }
  return length
}

export function writeWatchCreateRequest(
  value: WatchCreateRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.rangeEnd.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.rangeEnd)
  }
  if (value.startRevision !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.startRevision)
  }
  if (value.progressNotify) {
    target[at++] = 32
    at = writeBool(target, at, value.progressNotify)
  }
  if (value.filters.length > 0) {
    let packed = 0
    for (const one of value.filters) packed += int32Length(one)
    target[at++] = 42
    at = writeUint32(target, at, packed)
    for (const one of value.filters) at = writeInt32(target, at, one)
  }
  if (value.prevKv) {
    target[at++] = 48
    at = writeBool(target, at, value.prevKv)
  }
  if (value.watchId !== 0n) {
    target[at++] = 56
    at = writeInt64(target, at, value.watchId)
  }
  if (value.fragment) {
    target[at++] = 64
    at = writeBool(target, at, value.fragment)
  }
  return at
}

export function readWatchCreateRequest(reader: WireReader, into: WatchCreateRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 18:
        into.rangeEnd = reader.bytes()
        break
      case 24:
        into.startRevision = reader.int64Number()
        break
      case 32:
        into.progressNotify = reader.bool()
        break
      case 40:
        reader.element()
        into.filters.push(reader.int32())
        break
      case 42: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.filters.push(reader.int32())
        }
        reader.leave(outer)
        break
      }
      case 48:
        into.prevKv = reader.bool()
        break
      case 56:
        into.watchId = reader.int64()
        break
      case 64:
        into.fragment = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const WatchCreateRequest = new MessageCodec<WatchCreateRequest>({
  name: 'etcdserverpb.WatchCreateRequest',
  create: createWatchCreateRequest,
  length: lengthOfWatchCreateRequest,
  write: writeWatchCreateRequest,
  read: readWatchCreateRequest,
})

export interface WatchCancelRequest {
  watchId: bigint
}

export function createWatchCancelRequest(): WatchCancelRequest {
  return {
    watchId: 0n,
  }
}

export function lengthOfWatchCancelRequest(value: WatchCancelRequest): number {
  let length = 0
  if (value.watchId !== 0n) {
    length += 1 + int64Length(value.watchId)
  }
  return length
}

export function writeWatchCancelRequest(
  value: WatchCancelRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.watchId !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.watchId)
  }
  return at
}

export function readWatchCancelRequest(reader: WireReader, into: WatchCancelRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.watchId = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const WatchCancelRequest = new MessageCodec<WatchCancelRequest>({
  name: 'etcdserverpb.WatchCancelRequest',
  create: createWatchCancelRequest,
  length: lengthOfWatchCancelRequest,
  write: writeWatchCancelRequest,
  read: readWatchCancelRequest,
})

export type WatchProgressRequest = Record<string, never>

export function createWatchProgressRequest(): WatchProgressRequest {
  return {}
}

export function lengthOfWatchProgressRequest(_value: WatchProgressRequest): number {
  return 0
}

export function writeWatchProgressRequest(
  _value: WatchProgressRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readWatchProgressRequest(reader: WireReader, _into: WatchProgressRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const WatchProgressRequest = new MessageCodec<WatchProgressRequest>({
  name: 'etcdserverpb.WatchProgressRequest',
  create: createWatchProgressRequest,
  length: lengthOfWatchProgressRequest,
  write: writeWatchProgressRequest,
  read: readWatchProgressRequest,
})

export interface WatchResponse {
  header: ResponseHeader | null
  watchId: bigint
  created: boolean
  canceled: boolean
  compactRevision: number
  cancelReason: string
  fragment: boolean
  events: Event[]
}

export function createWatchResponse(): WatchResponse {
  return {
    header: null,
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: '',
    fragment: false,
    events: [],
  }
}

export function lengthOfWatchResponse(value: WatchResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.watchId !== 0n) {
    length += 1 + int64Length(value.watchId)
  }
  if (value.created) {
    length += 1 + 1
  }
  if (value.canceled) {
    length += 1 + 1
  }
  if (value.compactRevision !== 0) {
    length += 1 + numberLength(value.compactRevision)
  }
  if (value.cancelReason !== '') {
    length += 1 + stringLength(value.cancelReason)
  }
  if (value.fragment) {
    length += 1 + 1
  }
  for (const one of value.events) {
    length += 1 + delimitedLength(lengthOfEvent(one))
  }
  return length
}

export function writeWatchResponse(
  value: WatchResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.watchId !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.watchId)
  }
  if (value.created) {
    target[at++] = 24
    at = writeBool(target, at, value.created)
  }
  if (value.canceled) {
    target[at++] = 32
    at = writeBool(target, at, value.canceled)
  }
  if (value.compactRevision !== 0) {
    target[at++] = 40
    at = writeNumber(target, at, value.compactRevision)
  }
  if (value.cancelReason !== '') {
    target[at++] = 50
    at = writeString(target, at, value.cancelReason)
  }
  if (value.fragment) {
    target[at++] = 56
    at = writeBool(target, at, value.fragment)
  }
  for (const one of value.events) {
    target[at++] = 90
    at = writeUint32(target, at, lengthOfEvent(one))
    at = writeEvent(one, target, at)
  }
  return at
}

export function readWatchResponse(reader: WireReader, into: WatchResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.watchId = reader.int64()
        break
      case 24:
        into.created = reader.bool()
        break
      case 32:
        into.canceled = reader.bool()
        break
      case 40:
        into.compactRevision = reader.int64Number()
        break
      case 50:
        into.cancelReason = reader.string()
        break
      case 56:
        into.fragment = reader.bool()
        break
      case 90: {
        reader.element()
        const one = createEvent()
        into.events.push(one)
        const outer = reader.enter()
        readEvent(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const WatchResponse = new MessageCodec<WatchResponse>({
  name: 'etcdserverpb.WatchResponse',
  create: createWatchResponse,
  length: lengthOfWatchResponse,
  write: writeWatchResponse,
  read: readWatchResponse,
})

export interface LeaseGrantRequest {
  TTL: number
  ID: bigint
}

export function createLeaseGrantRequest(): LeaseGrantRequest {
  return {
    TTL: 0,
    ID: 0n,
  }
}

export function lengthOfLeaseGrantRequest(value: LeaseGrantRequest): number {
  let length = 0
  if (value.TTL !== 0) {
    length += 1 + numberLength(value.TTL)
  }
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  return length
}

export function writeLeaseGrantRequest(
  value: LeaseGrantRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.TTL !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.TTL)
  }
  if (value.ID !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.ID)
  }
  return at
}

export function readLeaseGrantRequest(reader: WireReader, into: LeaseGrantRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.TTL = reader.int64Number()
        break
      case 16:
        into.ID = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseGrantRequest = new MessageCodec<LeaseGrantRequest>({
  name: 'etcdserverpb.LeaseGrantRequest',
  create: createLeaseGrantRequest,
  length: lengthOfLeaseGrantRequest,
  write: writeLeaseGrantRequest,
  read: readLeaseGrantRequest,
})

export interface LeaseGrantResponse {
  header: ResponseHeader | null
  ID: bigint
  TTL: number
  error: string
}

export function createLeaseGrantResponse(): LeaseGrantResponse {
  return {
    header: null,
    ID: 0n,
    TTL: 0,
    error: '',
  }
}

export function lengthOfLeaseGrantResponse(value: LeaseGrantResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  if (value.TTL !== 0) {
    length += 1 + numberLength(value.TTL)
  }
  if (value.error !== '') {
    length += 1 + stringLength(value.error)
  }
  return length
}

export function writeLeaseGrantResponse(
  value: LeaseGrantResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.ID !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.ID)
  }
  if (value.TTL !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.TTL)
  }
  if (value.error !== '') {
    target[at++] = 34
    at = writeString(target, at, value.error)
  }
  return at
}

export function readLeaseGrantResponse(reader: WireReader, into: LeaseGrantResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.ID = reader.int64()
        break
      case 24:
        into.TTL = reader.int64Number()
        break
      case 34:
        into.error = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseGrantResponse = new MessageCodec<LeaseGrantResponse>({
  name: 'etcdserverpb.LeaseGrantResponse',
  create: createLeaseGrantResponse,
  length: lengthOfLeaseGrantResponse,
  write: writeLeaseGrantResponse,
  read: readLeaseGrantResponse,
})

export interface LeaseRevokeRequest {
  ID: bigint
}

export function createLeaseRevokeRequest(): LeaseRevokeRequest {
  return {
    ID: 0n,
  }
}

export function lengthOfLeaseRevokeRequest(value: LeaseRevokeRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  return length
}

export function writeLeaseRevokeRequest(
  value: LeaseRevokeRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.ID)
  }
  return at
}

export function readLeaseRevokeRequest(reader: WireReader, into: LeaseRevokeRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseRevokeRequest = new MessageCodec<LeaseRevokeRequest>({
  name: 'etcdserverpb.LeaseRevokeRequest',
  create: createLeaseRevokeRequest,
  length: lengthOfLeaseRevokeRequest,
  write: writeLeaseRevokeRequest,
  read: readLeaseRevokeRequest,
})

export interface LeaseRevokeResponse {
  header: ResponseHeader | null
}

export function createLeaseRevokeResponse(): LeaseRevokeResponse {
  return {
    header: null,
  }
}

export function lengthOfLeaseRevokeResponse(value: LeaseRevokeResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeLeaseRevokeResponse(
  value: LeaseRevokeResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readLeaseRevokeResponse(reader: WireReader, into: LeaseRevokeResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseRevokeResponse = new MessageCodec<LeaseRevokeResponse>({
  name: 'etcdserverpb.LeaseRevokeResponse',
  create: createLeaseRevokeResponse,
  length: lengthOfLeaseRevokeResponse,
  write: writeLeaseRevokeResponse,
  read: readLeaseRevokeResponse,
})

export interface LeaseCheckpoint {
  ID: bigint
  remainingTTL: number
}

export function createLeaseCheckpoint(): LeaseCheckpoint {
  return {
    ID: 0n,
    remainingTTL: 0,
  }
}

export function lengthOfLeaseCheckpoint(value: LeaseCheckpoint): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  if (value.remainingTTL !== 0) {
    length += 1 + numberLength(value.remainingTTL)
  }
  return length
}

export function writeLeaseCheckpoint(
  value: LeaseCheckpoint,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.ID)
  }
  if (value.remainingTTL !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.remainingTTL)
  }
  return at
}

export function readLeaseCheckpoint(reader: WireReader, into: LeaseCheckpoint): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.int64()
        break
      case 16:
        into.remainingTTL = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseCheckpoint = new MessageCodec<LeaseCheckpoint>({
  name: 'etcdserverpb.LeaseCheckpoint',
  create: createLeaseCheckpoint,
  length: lengthOfLeaseCheckpoint,
  write: writeLeaseCheckpoint,
  read: readLeaseCheckpoint,
})

export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[]
}

export function createLeaseCheckpointRequest(): LeaseCheckpointRequest {
  return {
    checkpoints: [],
  }
}

export function lengthOfLeaseCheckpointRequest(value: LeaseCheckpointRequest): number {
  let length = 0
  for (const one of value.checkpoints) {
    length += 1 + delimitedLength(lengthOfLeaseCheckpoint(one))
  }
  return length
}

export function writeLeaseCheckpointRequest(
  value: LeaseCheckpointRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.checkpoints) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfLeaseCheckpoint(one))
    at = writeLeaseCheckpoint(one, target, at)
  }
  return at
}

export function readLeaseCheckpointRequest(reader: WireReader, into: LeaseCheckpointRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createLeaseCheckpoint()
        into.checkpoints.push(one)
        const outer = reader.enter()
        readLeaseCheckpoint(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseCheckpointRequest = new MessageCodec<LeaseCheckpointRequest>({
  name: 'etcdserverpb.LeaseCheckpointRequest',
  create: createLeaseCheckpointRequest,
  length: lengthOfLeaseCheckpointRequest,
  write: writeLeaseCheckpointRequest,
  read: readLeaseCheckpointRequest,
})

export interface LeaseCheckpointResponse {
  header: ResponseHeader | null
}

export function createLeaseCheckpointResponse(): LeaseCheckpointResponse {
  return {
    header: null,
  }
}

export function lengthOfLeaseCheckpointResponse(value: LeaseCheckpointResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeLeaseCheckpointResponse(
  value: LeaseCheckpointResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readLeaseCheckpointResponse(
  reader: WireReader,
  into: LeaseCheckpointResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseCheckpointResponse = new MessageCodec<LeaseCheckpointResponse>({
  name: 'etcdserverpb.LeaseCheckpointResponse',
  create: createLeaseCheckpointResponse,
  length: lengthOfLeaseCheckpointResponse,
  write: writeLeaseCheckpointResponse,
  read: readLeaseCheckpointResponse,
})

export interface LeaseKeepAliveRequest {
  ID: bigint
}

export function createLeaseKeepAliveRequest(): LeaseKeepAliveRequest {
  return {
    ID: 0n,
  }
}

export function lengthOfLeaseKeepAliveRequest(value: LeaseKeepAliveRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  return length
}

export function writeLeaseKeepAliveRequest(
  value: LeaseKeepAliveRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.ID)
  }
  return at
}

export function readLeaseKeepAliveRequest(reader: WireReader, into: LeaseKeepAliveRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseKeepAliveRequest = new MessageCodec<LeaseKeepAliveRequest>({
  name: 'etcdserverpb.LeaseKeepAliveRequest',
  create: createLeaseKeepAliveRequest,
  length: lengthOfLeaseKeepAliveRequest,
  write: writeLeaseKeepAliveRequest,
  read: readLeaseKeepAliveRequest,
})

export interface LeaseKeepAliveResponse {
  header: ResponseHeader | null
  ID: bigint
  TTL: number
}

export function createLeaseKeepAliveResponse(): LeaseKeepAliveResponse {
  return {
    header: null,
    ID: 0n,
    TTL: 0,
  }
}

export function lengthOfLeaseKeepAliveResponse(value: LeaseKeepAliveResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  if (value.TTL !== 0) {
    length += 1 + numberLength(value.TTL)
  }
  return length
}

export function writeLeaseKeepAliveResponse(
  value: LeaseKeepAliveResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.ID !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.ID)
  }
  if (value.TTL !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.TTL)
  }
  return at
}

export function readLeaseKeepAliveResponse(reader: WireReader, into: LeaseKeepAliveResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.ID = reader.int64()
        break
      case 24:
        into.TTL = reader.int64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseKeepAliveResponse = new MessageCodec<LeaseKeepAliveResponse>({
  name: 'etcdserverpb.LeaseKeepAliveResponse',
  create: createLeaseKeepAliveResponse,
  length: lengthOfLeaseKeepAliveResponse,
  write: writeLeaseKeepAliveResponse,
  read: readLeaseKeepAliveResponse,
})

export interface LeaseTimeToLiveRequest {
  ID: bigint
  keys: boolean
}

export function createLeaseTimeToLiveRequest(): LeaseTimeToLiveRequest {
  return {
    ID: 0n,
    keys: false,
  }
}

export function lengthOfLeaseTimeToLiveRequest(value: LeaseTimeToLiveRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  if (value.keys) {
    length += 1 + 1
  }
  return length
}

export function writeLeaseTimeToLiveRequest(
  value: LeaseTimeToLiveRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.ID)
  }
  if (value.keys) {
    target[at++] = 16
    at = writeBool(target, at, value.keys)
  }
  return at
}

export function readLeaseTimeToLiveRequest(reader: WireReader, into: LeaseTimeToLiveRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.int64()
        break
      case 16:
        into.keys = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseTimeToLiveRequest = new MessageCodec<LeaseTimeToLiveRequest>({
  name: 'etcdserverpb.LeaseTimeToLiveRequest',
  create: createLeaseTimeToLiveRequest,
  length: lengthOfLeaseTimeToLiveRequest,
  write: writeLeaseTimeToLiveRequest,
  read: readLeaseTimeToLiveRequest,
})

export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | null
  ID: bigint
  TTL: number
  grantedTTL: number
  keys: Uint8Array[]
}

export function createLeaseTimeToLiveResponse(): LeaseTimeToLiveResponse {
  return {
    header: null,
    ID: 0n,
    TTL: 0,
    grantedTTL: 0,
    keys: [],
  }
}

export function lengthOfLeaseTimeToLiveResponse(value: LeaseTimeToLiveResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  if (value.TTL !== 0) {
    length += 1 + numberLength(value.TTL)
  }
  if (value.grantedTTL !== 0) {
    length += 1 + numberLength(value.grantedTTL)
  }
  for (const one of value.keys) {
    length += 1 + bytesLength(one)
  }
  return length
}

export function writeLeaseTimeToLiveResponse(
  value: LeaseTimeToLiveResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.ID !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.ID)
  }
  if (value.TTL !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.TTL)
  }
  if (value.grantedTTL !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.grantedTTL)
  }
  for (const one of value.keys) {
    target[at++] = 42
    at = writeBytes(target, at, one)
  }
  return at
}

export function readLeaseTimeToLiveResponse(
  reader: WireReader,
  into: LeaseTimeToLiveResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.ID = reader.int64()
        break
      case 24:
        into.TTL = reader.int64Number()
        break
      case 32:
        into.grantedTTL = reader.int64Number()
        break
      case 42:
        reader.element()
        into.keys.push(reader.bytes())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseTimeToLiveResponse = new MessageCodec<LeaseTimeToLiveResponse>({
  name: 'etcdserverpb.LeaseTimeToLiveResponse',
  create: createLeaseTimeToLiveResponse,
  length: lengthOfLeaseTimeToLiveResponse,
  write: writeLeaseTimeToLiveResponse,
  read: readLeaseTimeToLiveResponse,
})

export type LeaseLeasesRequest = Record<string, never>

export function createLeaseLeasesRequest(): LeaseLeasesRequest {
  return {}
}

export function lengthOfLeaseLeasesRequest(_value: LeaseLeasesRequest): number {
  return 0
}

export function writeLeaseLeasesRequest(
  _value: LeaseLeasesRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readLeaseLeasesRequest(reader: WireReader, _into: LeaseLeasesRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const LeaseLeasesRequest = new MessageCodec<LeaseLeasesRequest>({
  name: 'etcdserverpb.LeaseLeasesRequest',
  create: createLeaseLeasesRequest,
  length: lengthOfLeaseLeasesRequest,
  write: writeLeaseLeasesRequest,
  read: readLeaseLeasesRequest,
})

export interface LeaseStatus {
  ID: bigint
}

export function createLeaseStatus(): LeaseStatus {
  return {
    ID: 0n,
  }
}

export function lengthOfLeaseStatus(value: LeaseStatus): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + int64Length(value.ID)
  }
  return length
}

export function writeLeaseStatus(value: LeaseStatus, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeInt64(target, at, value.ID)
  }
  return at
}

export function readLeaseStatus(reader: WireReader, into: LeaseStatus): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseStatus = new MessageCodec<LeaseStatus>({
  name: 'etcdserverpb.LeaseStatus',
  create: createLeaseStatus,
  length: lengthOfLeaseStatus,
  write: writeLeaseStatus,
  read: readLeaseStatus,
})

export interface LeaseLeasesResponse {
  header: ResponseHeader | null
  leases: LeaseStatus[]
}

export function createLeaseLeasesResponse(): LeaseLeasesResponse {
  return {
    header: null,
    leases: [],
  }
}

export function lengthOfLeaseLeasesResponse(value: LeaseLeasesResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.leases) {
    length += 1 + delimitedLength(lengthOfLeaseStatus(one))
  }
  return length
}

export function writeLeaseLeasesResponse(
  value: LeaseLeasesResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.leases) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfLeaseStatus(one))
    at = writeLeaseStatus(one, target, at)
  }
  return at
}

export function readLeaseLeasesResponse(reader: WireReader, into: LeaseLeasesResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createLeaseStatus()
        into.leases.push(one)
        const outer = reader.enter()
        readLeaseStatus(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseLeasesResponse = new MessageCodec<LeaseLeasesResponse>({
  name: 'etcdserverpb.LeaseLeasesResponse',
  create: createLeaseLeasesResponse,
  length: lengthOfLeaseLeasesResponse,
  write: writeLeaseLeasesResponse,
  read: readLeaseLeasesResponse,
})

export interface Member {
  ID: bigint
  name: string
  peerURLs: string[]
  clientURLs: string[]
  isLearner: boolean
}

export function createMember(): Member {
  return {
    ID: 0n,
    name: '',
    peerURLs: [],
    clientURLs: [],
    isLearner: false,
  }
}

export function lengthOfMember(value: Member): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + uint64Length(value.ID)
  }
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  for (const one of value.peerURLs) {
    length += 1 + stringLength(one)
  }
  for (const one of value.clientURLs) {
    length += 1 + stringLength(one)
  }
  if (value.isLearner) {
    length += 1 + 1
  }
  return length
}

export function writeMember(value: Member, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.ID)
  }
  if (value.name !== '') {
    target[at++] = 18
    at = writeString(target, at, value.name)
  }
  for (const one of value.peerURLs) {
    target[at++] = 26
    at = writeString(target, at, one)
  }
  for (const one of value.clientURLs) {
    target[at++] = 34
    at = writeString(target, at, one)
  }
  if (value.isLearner) {
    target[at++] = 40
    at = writeBool(target, at, value.isLearner)
  }
  return at
}

export function readMember(reader: WireReader, into: Member): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.uint64()
        break
      case 18:
        into.name = reader.string()
        break
      case 26:
        reader.element()
        into.peerURLs.push(reader.string())
        break
      case 34:
        reader.element()
        into.clientURLs.push(reader.string())
        break
      case 40:
        into.isLearner = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Member = new MessageCodec<Member>({
  name: 'etcdserverpb.Member',
  create: createMember,
  length: lengthOfMember,
  write: writeMember,
  read: readMember,
})

export interface MemberAddRequest {
  peerURLs: string[]
  isLearner: boolean
}

export function createMemberAddRequest(): MemberAddRequest {
  return {
    peerURLs: [],
    isLearner: false,
  }
}

export function lengthOfMemberAddRequest(value: MemberAddRequest): number {
  let length = 0
  for (const one of value.peerURLs) {
    length += 1 + stringLength(one)
  }
  if (value.isLearner) {
    length += 1 + 1
  }
  return length
}

export function writeMemberAddRequest(
  value: MemberAddRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.peerURLs) {
    target[at++] = 10
    at = writeString(target, at, one)
  }
  if (value.isLearner) {
    target[at++] = 16
    at = writeBool(target, at, value.isLearner)
  }
  return at
}

export function readMemberAddRequest(reader: WireReader, into: MemberAddRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        reader.element()
        into.peerURLs.push(reader.string())
        break
      case 16:
        into.isLearner = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MemberAddRequest = new MessageCodec<MemberAddRequest>({
  name: 'etcdserverpb.MemberAddRequest',
  create: createMemberAddRequest,
  length: lengthOfMemberAddRequest,
  write: writeMemberAddRequest,
  read: readMemberAddRequest,
})

export interface MemberAddResponse {
  header: ResponseHeader | null
  member: Member | null
  members: Member[]
}

export function createMemberAddResponse(): MemberAddResponse {
  return {
    header: null,
    member: null,
    members: [],
  }
}

export function lengthOfMemberAddResponse(value: MemberAddResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.member !== null) {
    length += 1 + delimitedLength(lengthOfMember(value.member))
  }
  for (const one of value.members) {
    length += 1 + delimitedLength(lengthOfMember(one))
  }
  return length
}

export function writeMemberAddResponse(
  value: MemberAddResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.member !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfMember(value.member))
    at = writeMember(value.member, target, at)
  }
  for (const one of value.members) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfMember(one))
    at = writeMember(one, target, at)
  }
  return at
}

export function readMemberAddResponse(reader: WireReader, into: MemberAddResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        const one = into.member ?? createMember()
        into.member = one
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      case 26: {
        reader.element()
        const one = createMember()
        into.members.push(one)
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MemberAddResponse = new MessageCodec<MemberAddResponse>({
  name: 'etcdserverpb.MemberAddResponse',
  create: createMemberAddResponse,
  length: lengthOfMemberAddResponse,
  write: writeMemberAddResponse,
  read: readMemberAddResponse,
})

export interface MemberRemoveRequest {
  ID: bigint
}

export function createMemberRemoveRequest(): MemberRemoveRequest {
  return {
    ID: 0n,
  }
}

export function lengthOfMemberRemoveRequest(value: MemberRemoveRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + uint64Length(value.ID)
  }
  return length
}

export function writeMemberRemoveRequest(
  value: MemberRemoveRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.ID)
  }
  return at
}

export function readMemberRemoveRequest(reader: WireReader, into: MemberRemoveRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.uint64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MemberRemoveRequest = new MessageCodec<MemberRemoveRequest>({
  name: 'etcdserverpb.MemberRemoveRequest',
  create: createMemberRemoveRequest,
  length: lengthOfMemberRemoveRequest,
  write: writeMemberRemoveRequest,
  read: readMemberRemoveRequest,
})

export interface MemberRemoveResponse {
  header: ResponseHeader | null
  members: Member[]
}

export function createMemberRemoveResponse(): MemberRemoveResponse {
  return {
    header: null,
    members: [],
  }
}

export function lengthOfMemberRemoveResponse(value: MemberRemoveResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.members) {
    length += 1 + delimitedLength(lengthOfMember(one))
  }
  return length
}

export function writeMemberRemoveResponse(
  value: MemberRemoveResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.members) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfMember(one))
    at = writeMember(one, target, at)
  }
  return at
}

export function readMemberRemoveResponse(reader: WireReader, into: MemberRemoveResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createMember()
        into.members.push(one)
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MemberRemoveResponse = new MessageCodec<MemberRemoveResponse>({
  name: 'etcdserverpb.MemberRemoveResponse',
  create: createMemberRemoveResponse,
  length: lengthOfMemberRemoveResponse,
  write: writeMemberRemoveResponse,
  read: readMemberRemoveResponse,
})

export interface MemberUpdateRequest {
  ID: bigint
  peerURLs: string[]
}

export function createMemberUpdateRequest(): MemberUpdateRequest {
  return {
    ID: 0n,
    peerURLs: [],
  }
}

export function lengthOfMemberUpdateRequest(value: MemberUpdateRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + uint64Length(value.ID)
  }
  for (const one of value.peerURLs) {
    length += 1 + stringLength(one)
  }
  return length
}

export function writeMemberUpdateRequest(
  value: MemberUpdateRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.ID)
  }
  for (const one of value.peerURLs) {
    target[at++] = 18
    at = writeString(target, at, one)
  }
  return at
}

export function readMemberUpdateRequest(reader: WireReader, into: MemberUpdateRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.uint64()
        break
      case 18:
        reader.element()
        into.peerURLs.push(reader.string())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MemberUpdateRequest = new MessageCodec<MemberUpdateRequest>({
  name: 'etcdserverpb.MemberUpdateRequest',
  create: createMemberUpdateRequest,
  length: lengthOfMemberUpdateRequest,
  write: writeMemberUpdateRequest,
  read: readMemberUpdateRequest,
})

export interface MemberUpdateResponse {
  header: ResponseHeader | null
  members: Member[]
}

export function createMemberUpdateResponse(): MemberUpdateResponse {
  return {
    header: null,
    members: [],
  }
}

export function lengthOfMemberUpdateResponse(value: MemberUpdateResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.members) {
    length += 1 + delimitedLength(lengthOfMember(one))
  }
  return length
}

export function writeMemberUpdateResponse(
  value: MemberUpdateResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.members) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfMember(one))
    at = writeMember(one, target, at)
  }
  return at
}

export function readMemberUpdateResponse(reader: WireReader, into: MemberUpdateResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createMember()
        into.members.push(one)
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MemberUpdateResponse = new MessageCodec<MemberUpdateResponse>({
  name: 'etcdserverpb.MemberUpdateResponse',
  create: createMemberUpdateResponse,
  length: lengthOfMemberUpdateResponse,
  write: writeMemberUpdateResponse,
  read: readMemberUpdateResponse,
})

export interface MemberListRequest {
  linearizable: boolean
}

export function createMemberListRequest(): MemberListRequest {
  return {
    linearizable: false,
  }
}

export function lengthOfMemberListRequest(value: MemberListRequest): number {
  let length = 0
  if (value.linearizable) {
    length += 1 + 1
  }
  return length
}

export function writeMemberListRequest(
  value: MemberListRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.linearizable) {
    target[at++] = 8
    at = writeBool(target, at, value.linearizable)
  }
  return at
}

export function readMemberListRequest(reader: WireReader, into: MemberListRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.linearizable = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MemberListRequest = new MessageCodec<MemberListRequest>({
  name: 'etcdserverpb.MemberListRequest',
  create: createMemberListRequest,
  length: lengthOfMemberListRequest,
  write: writeMemberListRequest,
  read: readMemberListRequest,
})

export interface MemberListResponse {
  header: ResponseHeader | null
  members: Member[]
}

export function createMemberListResponse(): MemberListResponse {
  return {
    header: null,
    members: [],
  }
}

export function lengthOfMemberListResponse(value: MemberListResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.members) {
    length += 1 + delimitedLength(lengthOfMember(one))
  }
  return length
}

export function writeMemberListResponse(
  value: MemberListResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.members) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfMember(one))
    at = writeMember(one, target, at)
  }
  return at
}

export function readMemberListResponse(reader: WireReader, into: MemberListResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createMember()
        into.members.push(one)
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MemberListResponse = new MessageCodec<MemberListResponse>({
  name: 'etcdserverpb.MemberListResponse',
  create: createMemberListResponse,
  length: lengthOfMemberListResponse,
  write: writeMemberListResponse,
  read: readMemberListResponse,
})

export interface MemberPromoteRequest {
  ID: bigint
}

export function createMemberPromoteRequest(): MemberPromoteRequest {
  return {
    ID: 0n,
  }
}

export function lengthOfMemberPromoteRequest(value: MemberPromoteRequest): number {
  let length = 0
  if (value.ID !== 0n) {
    length += 1 + uint64Length(value.ID)
  }
  return length
}

export function writeMemberPromoteRequest(
  value: MemberPromoteRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.ID)
  }
  return at
}

export function readMemberPromoteRequest(reader: WireReader, into: MemberPromoteRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.ID = reader.uint64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MemberPromoteRequest = new MessageCodec<MemberPromoteRequest>({
  name: 'etcdserverpb.MemberPromoteRequest',
  create: createMemberPromoteRequest,
  length: lengthOfMemberPromoteRequest,
  write: writeMemberPromoteRequest,
  read: readMemberPromoteRequest,
})

export interface MemberPromoteResponse {
  header: ResponseHeader | null
  members: Member[]
}

export function createMemberPromoteResponse(): MemberPromoteResponse {
  return {
    header: null,
    members: [],
  }
}

export function lengthOfMemberPromoteResponse(value: MemberPromoteResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.members) {
    length += 1 + delimitedLength(lengthOfMember(one))
  }
  return length
}

export function writeMemberPromoteResponse(
  value: MemberPromoteResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.members) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfMember(one))
    at = writeMember(one, target, at)
  }
  return at
}

export function readMemberPromoteResponse(reader: WireReader, into: MemberPromoteResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createMember()
        into.members.push(one)
        const outer = reader.enter()
        readMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MemberPromoteResponse = new MessageCodec<MemberPromoteResponse>({
  name: 'etcdserverpb.MemberPromoteResponse',
  create: createMemberPromoteResponse,
  length: lengthOfMemberPromoteResponse,
  write: writeMemberPromoteResponse,
  read: readMemberPromoteResponse,
})

export type DefragmentRequest = Record<string, never>

export function createDefragmentRequest(): DefragmentRequest {
  return {}
}

export function lengthOfDefragmentRequest(_value: DefragmentRequest): number {
  return 0
}

export function writeDefragmentRequest(
  _value: DefragmentRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readDefragmentRequest(reader: WireReader, _into: DefragmentRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const DefragmentRequest = new MessageCodec<DefragmentRequest>({
  name: 'etcdserverpb.DefragmentRequest',
  create: createDefragmentRequest,
  length: lengthOfDefragmentRequest,
  write: writeDefragmentRequest,
  read: readDefragmentRequest,
})

export interface DefragmentResponse {
  header: ResponseHeader | null
}

export function createDefragmentResponse(): DefragmentResponse {
  return {
    header: null,
  }
}

export function lengthOfDefragmentResponse(value: DefragmentResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeDefragmentResponse(
  value: DefragmentResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readDefragmentResponse(reader: WireReader, into: DefragmentResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const DefragmentResponse = new MessageCodec<DefragmentResponse>({
  name: 'etcdserverpb.DefragmentResponse',
  create: createDefragmentResponse,
  length: lengthOfDefragmentResponse,
  write: writeDefragmentResponse,
  read: readDefragmentResponse,
})

export interface MoveLeaderRequest {
  targetID: bigint
}

export function createMoveLeaderRequest(): MoveLeaderRequest {
  return {
    targetID: 0n,
  }
}

export function lengthOfMoveLeaderRequest(value: MoveLeaderRequest): number {
  let length = 0
  if (value.targetID !== 0n) {
    length += 1 + uint64Length(value.targetID)
  }
  return length
}

export function writeMoveLeaderRequest(
  value: MoveLeaderRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.targetID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.targetID)
  }
  return at
}

export function readMoveLeaderRequest(reader: WireReader, into: MoveLeaderRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.targetID = reader.uint64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const MoveLeaderRequest = new MessageCodec<MoveLeaderRequest>({
  name: 'etcdserverpb.MoveLeaderRequest',
  create: createMoveLeaderRequest,
  length: lengthOfMoveLeaderRequest,
  write: writeMoveLeaderRequest,
  read: readMoveLeaderRequest,
})

export interface MoveLeaderResponse {
  header: ResponseHeader | null
}

export function createMoveLeaderResponse(): MoveLeaderResponse {
  return {
    header: null,
  }
}

export function lengthOfMoveLeaderResponse(value: MoveLeaderResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeMoveLeaderResponse(
  value: MoveLeaderResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readMoveLeaderResponse(reader: WireReader, into: MoveLeaderResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const MoveLeaderResponse = new MessageCodec<MoveLeaderResponse>({
  name: 'etcdserverpb.MoveLeaderResponse',
  create: createMoveLeaderResponse,
  length: lengthOfMoveLeaderResponse,
  write: writeMoveLeaderResponse,
  read: readMoveLeaderResponse,
})

export interface AlarmRequest {
  action: number
  memberID: bigint
  alarm: number
}

export function createAlarmRequest(): AlarmRequest {
  return {
    action: 0,
    memberID: 0n,
    alarm: 0,
  }
}

export function lengthOfAlarmRequest(value: AlarmRequest): number {
  let length = 0
  if (value.action !== 0) {
    length += 1 + int32Length(value.action)
  }
  if (value.memberID !== 0n) {
    length += 1 + uint64Length(value.memberID)
  }
  if (value.alarm !== 0) {
    length += 1 + int32Length(value.alarm)
  }
  return length
}

export function writeAlarmRequest(value: AlarmRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.action !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.action)
  }
  if (value.memberID !== 0n) {
    target[at++] = 16
    at = writeUint64(target, at, value.memberID)
  }
  if (value.alarm !== 0) {
    target[at++] = 24
    at = writeInt32(target, at, value.alarm)
  }
  return at
}

export function readAlarmRequest(reader: WireReader, into: AlarmRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.action = reader.int32()
        break
      case 16:
        into.memberID = reader.uint64()
        break
      case 24:
        into.alarm = reader.int32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AlarmRequest = new MessageCodec<AlarmRequest>({
  name: 'etcdserverpb.AlarmRequest',
  create: createAlarmRequest,
  length: lengthOfAlarmRequest,
  write: writeAlarmRequest,
  read: readAlarmRequest,
})

export interface AlarmMember {
  memberID: bigint
  alarm: number
}

export function createAlarmMember(): AlarmMember {
  return {
    memberID: 0n,
    alarm: 0,
  }
}

export function lengthOfAlarmMember(value: AlarmMember): number {
  let length = 0
  if (value.memberID !== 0n) {
    length += 1 + uint64Length(value.memberID)
  }
  if (value.alarm !== 0) {
    length += 1 + int32Length(value.alarm)
  }
  return length
}

export function writeAlarmMember(value: AlarmMember, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.memberID !== 0n) {
    target[at++] = 8
    at = writeUint64(target, at, value.memberID)
  }
  if (value.alarm !== 0) {
    target[at++] = 16
    at = writeInt32(target, at, value.alarm)
  }
  return at
}

export function readAlarmMember(reader: WireReader, into: AlarmMember): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.memberID = reader.uint64()
        break
      case 16:
        into.alarm = reader.int32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AlarmMember = new MessageCodec<AlarmMember>({
  name: 'etcdserverpb.AlarmMember',
  create: createAlarmMember,
  length: lengthOfAlarmMember,
  write: writeAlarmMember,
  read: readAlarmMember,
})

export interface AlarmResponse {
  header: ResponseHeader | null
  alarms: AlarmMember[]
}

export function createAlarmResponse(): AlarmResponse {
  return {
    header: null,
    alarms: [],
  }
}

export function lengthOfAlarmResponse(value: AlarmResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.alarms) {
    length += 1 + delimitedLength(lengthOfAlarmMember(one))
  }
  return length
}

export function writeAlarmResponse(
  value: AlarmResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.alarms) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfAlarmMember(one))
    at = writeAlarmMember(one, target, at)
  }
  return at
}

export function readAlarmResponse(reader: WireReader, into: AlarmResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createAlarmMember()
        into.alarms.push(one)
        const outer = reader.enter()
        readAlarmMember(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AlarmResponse = new MessageCodec<AlarmResponse>({
  name: 'etcdserverpb.AlarmResponse',
  create: createAlarmResponse,
  length: lengthOfAlarmResponse,
  write: writeAlarmResponse,
  read: readAlarmResponse,
})

export interface DowngradeRequest {
  action: number
  version: string
}

export function createDowngradeRequest(): DowngradeRequest {
  return {
    action: 0,
    version: '',
  }
}

export function lengthOfDowngradeRequest(value: DowngradeRequest): number {
  let length = 0
  if (value.action !== 0) {
    length += 1 + int32Length(value.action)
  }
  if (value.version !== '') {
    length += 1 + stringLength(value.version)
  }
  return length
}

export function writeDowngradeRequest(
  value: DowngradeRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.action !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.action)
  }
  if (value.version !== '') {
    target[at++] = 18
    at = writeString(target, at, value.version)
  }
  return at
}

export function readDowngradeRequest(reader: WireReader, into: DowngradeRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.action = reader.int32()
        break
      case 18:
        into.version = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const DowngradeRequest = new MessageCodec<DowngradeRequest>({
  name: 'etcdserverpb.DowngradeRequest',
  create: createDowngradeRequest,
  length: lengthOfDowngradeRequest,
  write: writeDowngradeRequest,
  read: readDowngradeRequest,
})

export interface DowngradeResponse {
  header: ResponseHeader | null
  version: string
}

export function createDowngradeResponse(): DowngradeResponse {
  return {
    header: null,
    version: '',
  }
}

export function lengthOfDowngradeResponse(value: DowngradeResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.version !== '') {
    length += 1 + stringLength(value.version)
  }
  return length
}

export function writeDowngradeResponse(
  value: DowngradeResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.version !== '') {
    target[at++] = 18
    at = writeString(target, at, value.version)
  }
  return at
}

export function readDowngradeResponse(reader: WireReader, into: DowngradeResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        into.version = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const DowngradeResponse = new MessageCodec<DowngradeResponse>({
  name: 'etcdserverpb.DowngradeResponse',
  create: createDowngradeResponse,
  length: lengthOfDowngradeResponse,
  write: writeDowngradeResponse,
  read: readDowngradeResponse,
})

export interface DowngradeVersionTestRequest {
  ver: string
}

export function createDowngradeVersionTestRequest(): DowngradeVersionTestRequest {
  return {
    ver: '',
  }
}

export function lengthOfDowngradeVersionTestRequest(value: DowngradeVersionTestRequest): number {
  let length = 0
  if (value.ver !== '') {
    length += 1 + stringLength(value.ver)
  }
  return length
}

export function writeDowngradeVersionTestRequest(
  value: DowngradeVersionTestRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ver !== '') {
    target[at++] = 10
    at = writeString(target, at, value.ver)
  }
  return at
}

export function readDowngradeVersionTestRequest(
  reader: WireReader,
  into: DowngradeVersionTestRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.ver = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const DowngradeVersionTestRequest = new MessageCodec<DowngradeVersionTestRequest>({
  name: 'etcdserverpb.DowngradeVersionTestRequest',
  create: createDowngradeVersionTestRequest,
  length: lengthOfDowngradeVersionTestRequest,
  write: writeDowngradeVersionTestRequest,
  read: readDowngradeVersionTestRequest,
})

export type StatusRequest = Record<string, never>

export function createStatusRequest(): StatusRequest {
  return {}
}

export function lengthOfStatusRequest(_value: StatusRequest): number {
  return 0
}

export function writeStatusRequest(
  _value: StatusRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readStatusRequest(reader: WireReader, _into: StatusRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const StatusRequest = new MessageCodec<StatusRequest>({
  name: 'etcdserverpb.StatusRequest',
  create: createStatusRequest,
  length: lengthOfStatusRequest,
  write: writeStatusRequest,
  read: readStatusRequest,
})

export interface StatusResponse {
  header: ResponseHeader | null
  version: string
  dbSize: number
  leader: bigint
  raftIndex: number
  raftTerm: number
  raftAppliedIndex: number
  errors: string[]
  dbSizeInUse: number
  isLearner: boolean
  storageVersion: string
  dbSizeQuota: number
  downgradeInfo: DowngradeInfo | null
}

export function createStatusResponse(): StatusResponse {
  return {
    header: null,
    version: '',
    dbSize: 0,
    leader: 0n,
    raftIndex: 0,
    raftTerm: 0,
    raftAppliedIndex: 0,
    errors: [],
    dbSizeInUse: 0,
    isLearner: false,
    storageVersion: '',
    dbSizeQuota: 0,
    downgradeInfo: null,
  }
}

export function lengthOfStatusResponse(value: StatusResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.version !== '') {
    length += 1 + stringLength(value.version)
  }
  if (value.dbSize !== 0) {
    length += 1 + numberLength(value.dbSize)
  }
  if (value.leader !== 0n) {
    length += 1 + uint64Length(value.leader)
  }
  if (value.raftIndex !== 0) {
    length += 1 + numberLength(value.raftIndex)
  }
  if (value.raftTerm !== 0) {
    length += 1 + numberLength(value.raftTerm)
  }
  if (value.raftAppliedIndex !== 0) {
    length += 1 + numberLength(value.raftAppliedIndex)
  }
  for (const one of value.errors) {
    length += 1 + stringLength(one)
  }
  if (value.dbSizeInUse !== 0) {
    length += 1 + numberLength(value.dbSizeInUse)
  }
  if (value.isLearner) {
    length += 1 + 1
  }
  if (value.storageVersion !== '') {
    length += 1 + stringLength(value.storageVersion)
  }
  if (value.dbSizeQuota !== 0) {
    length += 1 + numberLength(value.dbSizeQuota)
  }
  if (value.downgradeInfo !== null) {
    length += 1 + delimitedLength(lengthOfDowngradeInfo(value.downgradeInfo))
  }
  return length
}

export function writeStatusResponse(
  value: StatusResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.version !== '') {
    target[at++] = 18
    at = writeString(target, at, value.version)
  }
  if (value.dbSize !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.dbSize)
  }
  if (value.leader !== 0n) {
    target[at++] = 32
    at = writeUint64(target, at, value.leader)
  }
  if (value.raftIndex !== 0) {
    target[at++] = 40
    at = writeNumber(target, at, value.raftIndex)
  }
  if (value.raftTerm !== 0) {
    target[at++] = 48
    at = writeNumber(target, at, value.raftTerm)
  }
  if (value.raftAppliedIndex !== 0) {
    target[at++] = 56
    at = writeNumber(target, at, value.raftAppliedIndex)
  }
  for (const one of value.errors) {
    target[at++] = 66
    at = writeString(target, at, one)
  }
  if (value.dbSizeInUse !== 0) {
    target[at++] = 72
    at = writeNumber(target, at, value.dbSizeInUse)
  }
  if (value.isLearner) {
    target[at++] = 80
    at = writeBool(target, at, value.isLearner)
  }
  if (value.storageVersion !== '') {
    target[at++] = 90
    at = writeString(target, at, value.storageVersion)
  }
  if (value.dbSizeQuota !== 0) {
    target[at++] = 96
    at = writeNumber(target, at, value.dbSizeQuota)
  }
  if (value.downgradeInfo !== null) {
    target[at++] = 106
    at = writeUint32(target, at, lengthOfDowngradeInfo(value.downgradeInfo))
    at = writeDowngradeInfo(value.downgradeInfo, target, at)
  }
  return at
}

export function readStatusResponse(reader: WireReader, into: StatusResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        into.version = reader.string()
        break
      case 24:
        into.dbSize = reader.int64Number()
        break
      case 32:
        into.leader = reader.uint64()
        break
      case 40:
        into.raftIndex = reader.uint64Number()
        break
      case 48:
        into.raftTerm = reader.uint64Number()
        break
      case 56:
        into.raftAppliedIndex = reader.uint64Number()
        break
      case 66:
        reader.element()
        into.errors.push(reader.string())
        break
      case 72:
        into.dbSizeInUse = reader.int64Number()
        break
      case 80:
        into.isLearner = reader.bool()
        break
      case 90:
        into.storageVersion = reader.string()
        break
      case 96:
        into.dbSizeQuota = reader.int64Number()
        break
      case 106: {
        const one = into.downgradeInfo ?? createDowngradeInfo()
        into.downgradeInfo = one
        const outer = reader.enter()
        readDowngradeInfo(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const StatusResponse = new MessageCodec<StatusResponse>({
  name: 'etcdserverpb.StatusResponse',
  create: createStatusResponse,
  length: lengthOfStatusResponse,
  write: writeStatusResponse,
  read: readStatusResponse,
})

export interface DowngradeInfo {
  enabled: boolean
  targetVersion: string
}

export function createDowngradeInfo(): DowngradeInfo {
  return {
    enabled: false,
    targetVersion: '',
  }
}

export function lengthOfDowngradeInfo(value: DowngradeInfo): number {
  let length = 0
  if (value.enabled) {
    length += 1 + 1
  }
  if (value.targetVersion !== '') {
    length += 1 + stringLength(value.targetVersion)
  }
  return length
}

export function writeDowngradeInfo(
  value: DowngradeInfo,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.enabled) {
    target[at++] = 8
    at = writeBool(target, at, value.enabled)
  }
  if (value.targetVersion !== '') {
    target[at++] = 18
    at = writeString(target, at, value.targetVersion)
  }
  return at
}

export function readDowngradeInfo(reader: WireReader, into: DowngradeInfo): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.enabled = reader.bool()
        break
      case 18:
        into.targetVersion = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const DowngradeInfo = new MessageCodec<DowngradeInfo>({
  name: 'etcdserverpb.DowngradeInfo',
  create: createDowngradeInfo,
  length: lengthOfDowngradeInfo,
  write: writeDowngradeInfo,
  read: readDowngradeInfo,
})

export type AuthEnableRequest = Record<string, never>

export function createAuthEnableRequest(): AuthEnableRequest {
  return {}
}

export function lengthOfAuthEnableRequest(_value: AuthEnableRequest): number {
  return 0
}

export function writeAuthEnableRequest(
  _value: AuthEnableRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readAuthEnableRequest(reader: WireReader, _into: AuthEnableRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const AuthEnableRequest = new MessageCodec<AuthEnableRequest>({
  name: 'etcdserverpb.AuthEnableRequest',
  create: createAuthEnableRequest,
  length: lengthOfAuthEnableRequest,
  write: writeAuthEnableRequest,
  read: readAuthEnableRequest,
})

export type AuthDisableRequest = Record<string, never>

export function createAuthDisableRequest(): AuthDisableRequest {
  return {}
}

export function lengthOfAuthDisableRequest(_value: AuthDisableRequest): number {
  return 0
}

export function writeAuthDisableRequest(
  _value: AuthDisableRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readAuthDisableRequest(reader: WireReader, _into: AuthDisableRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const AuthDisableRequest = new MessageCodec<AuthDisableRequest>({
  name: 'etcdserverpb.AuthDisableRequest',
  create: createAuthDisableRequest,
  length: lengthOfAuthDisableRequest,
  write: writeAuthDisableRequest,
  read: readAuthDisableRequest,
})

export type AuthStatusRequest = Record<string, never>

export function createAuthStatusRequest(): AuthStatusRequest {
  return {}
}

export function lengthOfAuthStatusRequest(_value: AuthStatusRequest): number {
  return 0
}

export function writeAuthStatusRequest(
  _value: AuthStatusRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readAuthStatusRequest(reader: WireReader, _into: AuthStatusRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const AuthStatusRequest = new MessageCodec<AuthStatusRequest>({
  name: 'etcdserverpb.AuthStatusRequest',
  create: createAuthStatusRequest,
  length: lengthOfAuthStatusRequest,
  write: writeAuthStatusRequest,
  read: readAuthStatusRequest,
})

export interface AuthenticateRequest {
  name: string
  password: string
}

export function createAuthenticateRequest(): AuthenticateRequest {
  return {
    name: '',
    password: '',
  }
}

export function lengthOfAuthenticateRequest(value: AuthenticateRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  if (value.password !== '') {
    length += 1 + stringLength(value.password)
  }
  return length
}

export function writeAuthenticateRequest(
  value: AuthenticateRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  if (value.password !== '') {
    target[at++] = 18
    at = writeString(target, at, value.password)
  }
  return at
}

export function readAuthenticateRequest(reader: WireReader, into: AuthenticateRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      case 18:
        into.password = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthenticateRequest = new MessageCodec<AuthenticateRequest>({
  name: 'etcdserverpb.AuthenticateRequest',
  create: createAuthenticateRequest,
  length: lengthOfAuthenticateRequest,
  write: writeAuthenticateRequest,
  read: readAuthenticateRequest,
})

export interface AuthUserAddRequest {
  name: string
  password: string
  options: UserAddOptions | null
  hashedPassword: string
}

export function createAuthUserAddRequest(): AuthUserAddRequest {
  return {
    name: '',
    password: '',
    options: null,
    hashedPassword: '',
  }
}

export function lengthOfAuthUserAddRequest(value: AuthUserAddRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  if (value.password !== '') {
    length += 1 + stringLength(value.password)
  }
  if (value.options !== null) {
    length += 1 + delimitedLength(lengthOfUserAddOptions(value.options))
  }
  if (value.hashedPassword !== '') {
    length += 1 + stringLength(value.hashedPassword)
  }
  return length
}

export function writeAuthUserAddRequest(
  value: AuthUserAddRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  if (value.password !== '') {
    target[at++] = 18
    at = writeString(target, at, value.password)
  }
  if (value.options !== null) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfUserAddOptions(value.options))
    at = writeUserAddOptions(value.options, target, at)
  }
  if (value.hashedPassword !== '') {
    target[at++] = 34
    at = writeString(target, at, value.hashedPassword)
  }
  return at
}

export function readAuthUserAddRequest(reader: WireReader, into: AuthUserAddRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      case 18:
        into.password = reader.string()
        break
      case 26: {
        const one = into.options ?? createUserAddOptions()
        into.options = one
        const outer = reader.enter()
        readUserAddOptions(reader, one)
        reader.leave(outer)
        break
      }
      case 34:
        into.hashedPassword = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserAddRequest = new MessageCodec<AuthUserAddRequest>({
  name: 'etcdserverpb.AuthUserAddRequest',
  create: createAuthUserAddRequest,
  length: lengthOfAuthUserAddRequest,
  write: writeAuthUserAddRequest,
  read: readAuthUserAddRequest,
})

export interface AuthUserGetRequest {
  name: string
}

export function createAuthUserGetRequest(): AuthUserGetRequest {
  return {
    name: '',
  }
}

export function lengthOfAuthUserGetRequest(value: AuthUserGetRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  return length
}

export function writeAuthUserGetRequest(
  value: AuthUserGetRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  return at
}

export function readAuthUserGetRequest(reader: WireReader, into: AuthUserGetRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserGetRequest = new MessageCodec<AuthUserGetRequest>({
  name: 'etcdserverpb.AuthUserGetRequest',
  create: createAuthUserGetRequest,
  length: lengthOfAuthUserGetRequest,
  write: writeAuthUserGetRequest,
  read: readAuthUserGetRequest,
})

export interface AuthUserDeleteRequest {
  name: string
}

export function createAuthUserDeleteRequest(): AuthUserDeleteRequest {
  return {
    name: '',
  }
}

export function lengthOfAuthUserDeleteRequest(value: AuthUserDeleteRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  return length
}

export function writeAuthUserDeleteRequest(
  value: AuthUserDeleteRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  return at
}

export function readAuthUserDeleteRequest(reader: WireReader, into: AuthUserDeleteRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserDeleteRequest = new MessageCodec<AuthUserDeleteRequest>({
  name: 'etcdserverpb.AuthUserDeleteRequest',
  create: createAuthUserDeleteRequest,
  length: lengthOfAuthUserDeleteRequest,
  write: writeAuthUserDeleteRequest,
  read: readAuthUserDeleteRequest,
})

export interface AuthUserChangePasswordRequest {
  name: string
  password: string
  hashedPassword: string
}

export function createAuthUserChangePasswordRequest(): AuthUserChangePasswordRequest {
  return {
    name: '',
    password: '',
    hashedPassword: '',
  }
}

export function lengthOfAuthUserChangePasswordRequest(
  value: AuthUserChangePasswordRequest,
): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  if (value.password !== '') {
    length += 1 + stringLength(value.password)
  }
  if (value.hashedPassword !== '') {
    length += 1 + stringLength(value.hashedPassword)
  }
  return length
}

export function writeAuthUserChangePasswordRequest(
  value: AuthUserChangePasswordRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  if (value.password !== '') {
    target[at++] = 18
    at = writeString(target, at, value.password)
  }
  if (value.hashedPassword !== '') {
    target[at++] = 26
    at = writeString(target, at, value.hashedPassword)
  }
  return at
}

export function readAuthUserChangePasswordRequest(
  reader: WireReader,
  into: AuthUserChangePasswordRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      case 18:
        into.password = reader.string()
        break
      case 26:
        into.hashedPassword = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserChangePasswordRequest = new MessageCodec<AuthUserChangePasswordRequest>({
  name: 'etcdserverpb.AuthUserChangePasswordRequest',
  create: createAuthUserChangePasswordRequest,
  length: lengthOfAuthUserChangePasswordRequest,
  write: writeAuthUserChangePasswordRequest,
  read: readAuthUserChangePasswordRequest,
})

export interface AuthUserGrantRoleRequest {
  user: string
  role: string
}

export function createAuthUserGrantRoleRequest(): AuthUserGrantRoleRequest {
  return {
    user: '',
    role: '',
  }
}

export function lengthOfAuthUserGrantRoleRequest(value: AuthUserGrantRoleRequest): number {
  let length = 0
  if (value.user !== '') {
    length += 1 + stringLength(value.user)
  }
  if (value.role !== '') {
    length += 1 + stringLength(value.role)
  }
  return length
}

export function writeAuthUserGrantRoleRequest(
  value: AuthUserGrantRoleRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.user !== '') {
    target[at++] = 10
    at = writeString(target, at, value.user)
  }
  if (value.role !== '') {
    target[at++] = 18
    at = writeString(target, at, value.role)
  }
  return at
}

export function readAuthUserGrantRoleRequest(
  reader: WireReader,
  into: AuthUserGrantRoleRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.user = reader.string()
        break
      case 18:
        into.role = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserGrantRoleRequest = new MessageCodec<AuthUserGrantRoleRequest>({
  name: 'etcdserverpb.AuthUserGrantRoleRequest',
  create: createAuthUserGrantRoleRequest,
  length: lengthOfAuthUserGrantRoleRequest,
  write: writeAuthUserGrantRoleRequest,
  read: readAuthUserGrantRoleRequest,
})

export interface AuthUserRevokeRoleRequest {
  name: string
  role: string
}

export function createAuthUserRevokeRoleRequest(): AuthUserRevokeRoleRequest {
  return {
    name: '',
    role: '',
  }
}

export function lengthOfAuthUserRevokeRoleRequest(value: AuthUserRevokeRoleRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  if (value.role !== '') {
    length += 1 + stringLength(value.role)
  }
  return length
}

export function writeAuthUserRevokeRoleRequest(
  value: AuthUserRevokeRoleRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  if (value.role !== '') {
    target[at++] = 18
    at = writeString(target, at, value.role)
  }
  return at
}

export function readAuthUserRevokeRoleRequest(
  reader: WireReader,
  into: AuthUserRevokeRoleRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      case 18:
        into.role = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserRevokeRoleRequest = new MessageCodec<AuthUserRevokeRoleRequest>({
  name: 'etcdserverpb.AuthUserRevokeRoleRequest',
  create: createAuthUserRevokeRoleRequest,
  length: lengthOfAuthUserRevokeRoleRequest,
  write: writeAuthUserRevokeRoleRequest,
  read: readAuthUserRevokeRoleRequest,
})

export interface AuthRoleAddRequest {
  name: string
}

export function createAuthRoleAddRequest(): AuthRoleAddRequest {
  return {
    name: '',
  }
}

export function lengthOfAuthRoleAddRequest(value: AuthRoleAddRequest): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  return length
}

export function writeAuthRoleAddRequest(
  value: AuthRoleAddRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  return at
}

export function readAuthRoleAddRequest(reader: WireReader, into: AuthRoleAddRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleAddRequest = new MessageCodec<AuthRoleAddRequest>({
  name: 'etcdserverpb.AuthRoleAddRequest',
  create: createAuthRoleAddRequest,
  length: lengthOfAuthRoleAddRequest,
  write: writeAuthRoleAddRequest,
  read: readAuthRoleAddRequest,
})

export interface AuthRoleGetRequest {
  role: string
}

export function createAuthRoleGetRequest(): AuthRoleGetRequest {
  return {
    role: '',
  }
}

export function lengthOfAuthRoleGetRequest(value: AuthRoleGetRequest): number {
  let length = 0
  if (value.role !== '') {
    length += 1 + stringLength(value.role)
  }
  return length
}

export function writeAuthRoleGetRequest(
  value: AuthRoleGetRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.role !== '') {
    target[at++] = 10
    at = writeString(target, at, value.role)
  }
  return at
}

export function readAuthRoleGetRequest(reader: WireReader, into: AuthRoleGetRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.role = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleGetRequest = new MessageCodec<AuthRoleGetRequest>({
  name: 'etcdserverpb.AuthRoleGetRequest',
  create: createAuthRoleGetRequest,
  length: lengthOfAuthRoleGetRequest,
  write: writeAuthRoleGetRequest,
  read: readAuthRoleGetRequest,
})

export type AuthUserListRequest = Record<string, never>

export function createAuthUserListRequest(): AuthUserListRequest {
  return {}
}

export function lengthOfAuthUserListRequest(_value: AuthUserListRequest): number {
  return 0
}

export function writeAuthUserListRequest(
  _value: AuthUserListRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readAuthUserListRequest(reader: WireReader, _into: AuthUserListRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const AuthUserListRequest = new MessageCodec<AuthUserListRequest>({
  name: 'etcdserverpb.AuthUserListRequest',
  create: createAuthUserListRequest,
  length: lengthOfAuthUserListRequest,
  write: writeAuthUserListRequest,
  read: readAuthUserListRequest,
})

export type AuthRoleListRequest = Record<string, never>

export function createAuthRoleListRequest(): AuthRoleListRequest {
  return {}
}

export function lengthOfAuthRoleListRequest(_value: AuthRoleListRequest): number {
  return 0
}

export function writeAuthRoleListRequest(
  _value: AuthRoleListRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readAuthRoleListRequest(reader: WireReader, _into: AuthRoleListRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const AuthRoleListRequest = new MessageCodec<AuthRoleListRequest>({
  name: 'etcdserverpb.AuthRoleListRequest',
  create: createAuthRoleListRequest,
  length: lengthOfAuthRoleListRequest,
  write: writeAuthRoleListRequest,
  read: readAuthRoleListRequest,
})

export interface AuthRoleDeleteRequest {
  role: string
}

export function createAuthRoleDeleteRequest(): AuthRoleDeleteRequest {
  return {
    role: '',
  }
}

export function lengthOfAuthRoleDeleteRequest(value: AuthRoleDeleteRequest): number {
  let length = 0
  if (value.role !== '') {
    length += 1 + stringLength(value.role)
  }
  return length
}

export function writeAuthRoleDeleteRequest(
  value: AuthRoleDeleteRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.role !== '') {
    target[at++] = 10
    at = writeString(target, at, value.role)
  }
  return at
}

export function readAuthRoleDeleteRequest(reader: WireReader, into: AuthRoleDeleteRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.role = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleDeleteRequest = new MessageCodec<AuthRoleDeleteRequest>({
  name: 'etcdserverpb.AuthRoleDeleteRequest',
  create: createAuthRoleDeleteRequest,
  length: lengthOfAuthRoleDeleteRequest,
  write: writeAuthRoleDeleteRequest,
  read: readAuthRoleDeleteRequest,
})

export interface AuthRoleGrantPermissionRequest {
  name: string
  perm: Permission | null
}

export function createAuthRoleGrantPermissionRequest(): AuthRoleGrantPermissionRequest {
  return {
    name: '',
    perm: null,
  }
}

export function lengthOfAuthRoleGrantPermissionRequest(
  value: AuthRoleGrantPermissionRequest,
): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  if (value.perm !== null) {
    length += 1 + delimitedLength(lengthOfPermission(value.perm))
  }
  return length
}

export function writeAuthRoleGrantPermissionRequest(
  value: AuthRoleGrantPermissionRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name !== '') {
    target[at++] = 10
    at = writeString(target, at, value.name)
  }
  if (value.perm !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfPermission(value.perm))
    at = writePermission(value.perm, target, at)
  }
  return at
}

export function readAuthRoleGrantPermissionRequest(
  reader: WireReader,
  into: AuthRoleGrantPermissionRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.string()
        break
      case 18: {
        const one = into.perm ?? createPermission()
        into.perm = one
        const outer = reader.enter()
        readPermission(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleGrantPermissionRequest = new MessageCodec<AuthRoleGrantPermissionRequest>({
  name: 'etcdserverpb.AuthRoleGrantPermissionRequest',
  create: createAuthRoleGrantPermissionRequest,
  length: lengthOfAuthRoleGrantPermissionRequest,
  write: writeAuthRoleGrantPermissionRequest,
  read: readAuthRoleGrantPermissionRequest,
})

export interface AuthRoleRevokePermissionRequest {
  role: string
  key: Uint8Array
  rangeEnd: Uint8Array
}

export function createAuthRoleRevokePermissionRequest(): AuthRoleRevokePermissionRequest {
  return {
    role: '',
    key: EMPTY_BYTES,
    rangeEnd: EMPTY_BYTES,
  }
}

export function lengthOfAuthRoleRevokePermissionRequest(
  value: AuthRoleRevokePermissionRequest,
): number {
  let length = 0
  if (value.role !== '') {
    length += 1 + stringLength(value.role)
  }
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rangeEnd.length > 0) {
    length += 1 + bytesLength(value.rangeEnd)
  }
  return length
}

export function writeAuthRoleRevokePermissionRequest(
  value: AuthRoleRevokePermissionRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.role !== '') {
    target[at++] = 10
    at = writeString(target, at, value.role)
  }
  if (value.key.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.key)
  }
  if (value.rangeEnd.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.rangeEnd)
  }
  return at
}

export function readAuthRoleRevokePermissionRequest(
  reader: WireReader,
  into: AuthRoleRevokePermissionRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.role = reader.string()
        break
      case 18:
        into.key = reader.bytes()
        break
      case 26:
        into.rangeEnd = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleRevokePermissionRequest = new MessageCodec<AuthRoleRevokePermissionRequest>({
  name: 'etcdserverpb.AuthRoleRevokePermissionRequest',
  create: createAuthRoleRevokePermissionRequest,
  length: lengthOfAuthRoleRevokePermissionRequest,
  write: writeAuthRoleRevokePermissionRequest,
  read: readAuthRoleRevokePermissionRequest,
})

export interface AuthEnableResponse {
  header: ResponseHeader | null
}

export function createAuthEnableResponse(): AuthEnableResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthEnableResponse(value: AuthEnableResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthEnableResponse(
  value: AuthEnableResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthEnableResponse(reader: WireReader, into: AuthEnableResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthEnableResponse = new MessageCodec<AuthEnableResponse>({
  name: 'etcdserverpb.AuthEnableResponse',
  create: createAuthEnableResponse,
  length: lengthOfAuthEnableResponse,
  write: writeAuthEnableResponse,
  read: readAuthEnableResponse,
})

export interface AuthDisableResponse {
  header: ResponseHeader | null
}

export function createAuthDisableResponse(): AuthDisableResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthDisableResponse(value: AuthDisableResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthDisableResponse(
  value: AuthDisableResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthDisableResponse(reader: WireReader, into: AuthDisableResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthDisableResponse = new MessageCodec<AuthDisableResponse>({
  name: 'etcdserverpb.AuthDisableResponse',
  create: createAuthDisableResponse,
  length: lengthOfAuthDisableResponse,
  write: writeAuthDisableResponse,
  read: readAuthDisableResponse,
})

export interface AuthStatusResponse {
  header: ResponseHeader | null
  enabled: boolean
  authRevision: number
}

export function createAuthStatusResponse(): AuthStatusResponse {
  return {
    header: null,
    enabled: false,
    authRevision: 0,
  }
}

export function lengthOfAuthStatusResponse(value: AuthStatusResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.enabled) {
    length += 1 + 1
  }
  if (value.authRevision !== 0) {
    length += 1 + numberLength(value.authRevision)
  }
  return length
}

export function writeAuthStatusResponse(
  value: AuthStatusResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.enabled) {
    target[at++] = 16
    at = writeBool(target, at, value.enabled)
  }
  if (value.authRevision !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.authRevision)
  }
  return at
}

export function readAuthStatusResponse(reader: WireReader, into: AuthStatusResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.enabled = reader.bool()
        break
      case 24:
        into.authRevision = reader.uint64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthStatusResponse = new MessageCodec<AuthStatusResponse>({
  name: 'etcdserverpb.AuthStatusResponse',
  create: createAuthStatusResponse,
  length: lengthOfAuthStatusResponse,
  write: writeAuthStatusResponse,
  read: readAuthStatusResponse,
})

export interface AuthenticateResponse {
  header: ResponseHeader | null
  token: string
}

export function createAuthenticateResponse(): AuthenticateResponse {
  return {
    header: null,
    token: '',
  }
}

export function lengthOfAuthenticateResponse(value: AuthenticateResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.token !== '') {
    length += 1 + stringLength(value.token)
  }
  return length
}

export function writeAuthenticateResponse(
  value: AuthenticateResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.token !== '') {
    target[at++] = 18
    at = writeString(target, at, value.token)
  }
  return at
}

export function readAuthenticateResponse(reader: WireReader, into: AuthenticateResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        into.token = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthenticateResponse = new MessageCodec<AuthenticateResponse>({
  name: 'etcdserverpb.AuthenticateResponse',
  create: createAuthenticateResponse,
  length: lengthOfAuthenticateResponse,
  write: writeAuthenticateResponse,
  read: readAuthenticateResponse,
})

export interface AuthUserAddResponse {
  header: ResponseHeader | null
}

export function createAuthUserAddResponse(): AuthUserAddResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthUserAddResponse(value: AuthUserAddResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthUserAddResponse(
  value: AuthUserAddResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthUserAddResponse(reader: WireReader, into: AuthUserAddResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserAddResponse = new MessageCodec<AuthUserAddResponse>({
  name: 'etcdserverpb.AuthUserAddResponse',
  create: createAuthUserAddResponse,
  length: lengthOfAuthUserAddResponse,
  write: writeAuthUserAddResponse,
  read: readAuthUserAddResponse,
})

export interface AuthUserGetResponse {
  header: ResponseHeader | null
  roles: string[]
}

export function createAuthUserGetResponse(): AuthUserGetResponse {
  return {
    header: null,
    roles: [],
  }
}

export function lengthOfAuthUserGetResponse(value: AuthUserGetResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.roles) {
    length += 1 + stringLength(one)
  }
  return length
}

export function writeAuthUserGetResponse(
  value: AuthUserGetResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.roles) {
    target[at++] = 18
    at = writeString(target, at, one)
  }
  return at
}

export function readAuthUserGetResponse(reader: WireReader, into: AuthUserGetResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        reader.element()
        into.roles.push(reader.string())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserGetResponse = new MessageCodec<AuthUserGetResponse>({
  name: 'etcdserverpb.AuthUserGetResponse',
  create: createAuthUserGetResponse,
  length: lengthOfAuthUserGetResponse,
  write: writeAuthUserGetResponse,
  read: readAuthUserGetResponse,
})

export interface AuthUserDeleteResponse {
  header: ResponseHeader | null
}

export function createAuthUserDeleteResponse(): AuthUserDeleteResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthUserDeleteResponse(value: AuthUserDeleteResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthUserDeleteResponse(
  value: AuthUserDeleteResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthUserDeleteResponse(reader: WireReader, into: AuthUserDeleteResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserDeleteResponse = new MessageCodec<AuthUserDeleteResponse>({
  name: 'etcdserverpb.AuthUserDeleteResponse',
  create: createAuthUserDeleteResponse,
  length: lengthOfAuthUserDeleteResponse,
  write: writeAuthUserDeleteResponse,
  read: readAuthUserDeleteResponse,
})

export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | null
}

export function createAuthUserChangePasswordResponse(): AuthUserChangePasswordResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthUserChangePasswordResponse(
  value: AuthUserChangePasswordResponse,
): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthUserChangePasswordResponse(
  value: AuthUserChangePasswordResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthUserChangePasswordResponse(
  reader: WireReader,
  into: AuthUserChangePasswordResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserChangePasswordResponse = new MessageCodec<AuthUserChangePasswordResponse>({
  name: 'etcdserverpb.AuthUserChangePasswordResponse',
  create: createAuthUserChangePasswordResponse,
  length: lengthOfAuthUserChangePasswordResponse,
  write: writeAuthUserChangePasswordResponse,
  read: readAuthUserChangePasswordResponse,
})

export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | null
}

export function createAuthUserGrantRoleResponse(): AuthUserGrantRoleResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthUserGrantRoleResponse(value: AuthUserGrantRoleResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthUserGrantRoleResponse(
  value: AuthUserGrantRoleResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthUserGrantRoleResponse(
  reader: WireReader,
  into: AuthUserGrantRoleResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserGrantRoleResponse = new MessageCodec<AuthUserGrantRoleResponse>({
  name: 'etcdserverpb.AuthUserGrantRoleResponse',
  create: createAuthUserGrantRoleResponse,
  length: lengthOfAuthUserGrantRoleResponse,
  write: writeAuthUserGrantRoleResponse,
  read: readAuthUserGrantRoleResponse,
})

export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | null
}

export function createAuthUserRevokeRoleResponse(): AuthUserRevokeRoleResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthUserRevokeRoleResponse(value: AuthUserRevokeRoleResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthUserRevokeRoleResponse(
  value: AuthUserRevokeRoleResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthUserRevokeRoleResponse(
  reader: WireReader,
  into: AuthUserRevokeRoleResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserRevokeRoleResponse = new MessageCodec<AuthUserRevokeRoleResponse>({
  name: 'etcdserverpb.AuthUserRevokeRoleResponse',
  create: createAuthUserRevokeRoleResponse,
  length: lengthOfAuthUserRevokeRoleResponse,
  write: writeAuthUserRevokeRoleResponse,
  read: readAuthUserRevokeRoleResponse,
})

export interface AuthRoleAddResponse {
  header: ResponseHeader | null
}

export function createAuthRoleAddResponse(): AuthRoleAddResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthRoleAddResponse(value: AuthRoleAddResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthRoleAddResponse(
  value: AuthRoleAddResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthRoleAddResponse(reader: WireReader, into: AuthRoleAddResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleAddResponse = new MessageCodec<AuthRoleAddResponse>({
  name: 'etcdserverpb.AuthRoleAddResponse',
  create: createAuthRoleAddResponse,
  length: lengthOfAuthRoleAddResponse,
  write: writeAuthRoleAddResponse,
  read: readAuthRoleAddResponse,
})

export interface AuthRoleGetResponse {
  header: ResponseHeader | null
  perm: Permission[]
}

export function createAuthRoleGetResponse(): AuthRoleGetResponse {
  return {
    header: null,
    perm: [],
  }
}

export function lengthOfAuthRoleGetResponse(value: AuthRoleGetResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.perm) {
    length += 1 + delimitedLength(lengthOfPermission(one))
  }
  return length
}

export function writeAuthRoleGetResponse(
  value: AuthRoleGetResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.perm) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfPermission(one))
    at = writePermission(one, target, at)
  }
  return at
}

export function readAuthRoleGetResponse(reader: WireReader, into: AuthRoleGetResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18: {
        reader.element()
        const one = createPermission()
        into.perm.push(one)
        const outer = reader.enter()
        readPermission(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleGetResponse = new MessageCodec<AuthRoleGetResponse>({
  name: 'etcdserverpb.AuthRoleGetResponse',
  create: createAuthRoleGetResponse,
  length: lengthOfAuthRoleGetResponse,
  write: writeAuthRoleGetResponse,
  read: readAuthRoleGetResponse,
})

export interface AuthRoleListResponse {
  header: ResponseHeader | null
  roles: string[]
}

export function createAuthRoleListResponse(): AuthRoleListResponse {
  return {
    header: null,
    roles: [],
  }
}

export function lengthOfAuthRoleListResponse(value: AuthRoleListResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.roles) {
    length += 1 + stringLength(one)
  }
  return length
}

export function writeAuthRoleListResponse(
  value: AuthRoleListResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.roles) {
    target[at++] = 18
    at = writeString(target, at, one)
  }
  return at
}

export function readAuthRoleListResponse(reader: WireReader, into: AuthRoleListResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        reader.element()
        into.roles.push(reader.string())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleListResponse = new MessageCodec<AuthRoleListResponse>({
  name: 'etcdserverpb.AuthRoleListResponse',
  create: createAuthRoleListResponse,
  length: lengthOfAuthRoleListResponse,
  write: writeAuthRoleListResponse,
  read: readAuthRoleListResponse,
})

export interface AuthUserListResponse {
  header: ResponseHeader | null
  users: string[]
}

export function createAuthUserListResponse(): AuthUserListResponse {
  return {
    header: null,
    users: [],
  }
}

export function lengthOfAuthUserListResponse(value: AuthUserListResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  for (const one of value.users) {
    length += 1 + stringLength(one)
  }
  return length
}

export function writeAuthUserListResponse(
  value: AuthUserListResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  for (const one of value.users) {
    target[at++] = 18
    at = writeString(target, at, one)
  }
  return at
}

export function readAuthUserListResponse(reader: WireReader, into: AuthUserListResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        reader.element()
        into.users.push(reader.string())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const AuthUserListResponse = new MessageCodec<AuthUserListResponse>({
  name: 'etcdserverpb.AuthUserListResponse',
  create: createAuthUserListResponse,
  length: lengthOfAuthUserListResponse,
  write: writeAuthUserListResponse,
  read: readAuthUserListResponse,
})

export interface AuthRoleDeleteResponse {
  header: ResponseHeader | null
}

export function createAuthRoleDeleteResponse(): AuthRoleDeleteResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthRoleDeleteResponse(value: AuthRoleDeleteResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthRoleDeleteResponse(
  value: AuthRoleDeleteResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthRoleDeleteResponse(reader: WireReader, into: AuthRoleDeleteResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleDeleteResponse = new MessageCodec<AuthRoleDeleteResponse>({
  name: 'etcdserverpb.AuthRoleDeleteResponse',
  create: createAuthRoleDeleteResponse,
  length: lengthOfAuthRoleDeleteResponse,
  write: writeAuthRoleDeleteResponse,
  read: readAuthRoleDeleteResponse,
})

export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | null
}

export function createAuthRoleGrantPermissionResponse(): AuthRoleGrantPermissionResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthRoleGrantPermissionResponse(
  value: AuthRoleGrantPermissionResponse,
): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthRoleGrantPermissionResponse(
  value: AuthRoleGrantPermissionResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthRoleGrantPermissionResponse(
  reader: WireReader,
  into: AuthRoleGrantPermissionResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleGrantPermissionResponse = new MessageCodec<AuthRoleGrantPermissionResponse>({
  name: 'etcdserverpb.AuthRoleGrantPermissionResponse',
  create: createAuthRoleGrantPermissionResponse,
  length: lengthOfAuthRoleGrantPermissionResponse,
  write: writeAuthRoleGrantPermissionResponse,
  read: readAuthRoleGrantPermissionResponse,
})

export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | null
}

export function createAuthRoleRevokePermissionResponse(): AuthRoleRevokePermissionResponse {
  return {
    header: null,
  }
}

export function lengthOfAuthRoleRevokePermissionResponse(
  value: AuthRoleRevokePermissionResponse,
): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeAuthRoleRevokePermissionResponse(
  value: AuthRoleRevokePermissionResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  return at
}

export function readAuthRoleRevokePermissionResponse(
  reader: WireReader,
  into: AuthRoleRevokePermissionResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.header ?? createResponseHeader()
        into.header = one
        const outer = reader.enter()
        readResponseHeader(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const AuthRoleRevokePermissionResponse = new MessageCodec<AuthRoleRevokePermissionResponse>({
  name: 'etcdserverpb.AuthRoleRevokePermissionResponse',
  create: createAuthRoleRevokePermissionResponse,
  length: lengthOfAuthRoleRevokePermissionResponse,
  write: writeAuthRoleRevokePermissionResponse,
  read: readAuthRoleRevokePermissionResponse,
})

export const RPC_FILE: FileDescription = {
  name: 'etcd/rpc.proto',
  dependencies: [AUTH_FILE, KV_FILE],
  symbols: [
    'etcdserverpb.ResponseHeader',
    'etcdserverpb.RangeRequest',
    'etcdserverpb.RangeResponse',
    'etcdserverpb.RangeStreamResponse',
    'etcdserverpb.PutRequest',
    'etcdserverpb.PutResponse',
    'etcdserverpb.DeleteRangeRequest',
    'etcdserverpb.DeleteRangeResponse',
    'etcdserverpb.RequestOp',
    'etcdserverpb.ResponseOp',
    'etcdserverpb.Compare',
    'etcdserverpb.TxnRequest',
    'etcdserverpb.TxnResponse',
    'etcdserverpb.CompactionRequest',
    'etcdserverpb.CompactionResponse',
    'etcdserverpb.HashRequest',
    'etcdserverpb.HashResponse',
    'etcdserverpb.HashKVRequest',
    'etcdserverpb.HashKVResponse',
    'etcdserverpb.SnapshotRequest',
    'etcdserverpb.SnapshotResponse',
    'etcdserverpb.WatchRequest',
    'etcdserverpb.WatchCreateRequest',
    'etcdserverpb.WatchCancelRequest',
    'etcdserverpb.WatchProgressRequest',
    'etcdserverpb.WatchResponse',
    'etcdserverpb.LeaseGrantRequest',
    'etcdserverpb.LeaseGrantResponse',
    'etcdserverpb.LeaseRevokeRequest',
    'etcdserverpb.LeaseRevokeResponse',
    'etcdserverpb.LeaseCheckpoint',
    'etcdserverpb.LeaseCheckpointRequest',
    'etcdserverpb.LeaseCheckpointResponse',
    'etcdserverpb.LeaseKeepAliveRequest',
    'etcdserverpb.LeaseKeepAliveResponse',
    'etcdserverpb.LeaseTimeToLiveRequest',
    'etcdserverpb.LeaseTimeToLiveResponse',
    'etcdserverpb.LeaseLeasesRequest',
    'etcdserverpb.LeaseStatus',
    'etcdserverpb.LeaseLeasesResponse',
    'etcdserverpb.Member',
    'etcdserverpb.MemberAddRequest',
    'etcdserverpb.MemberAddResponse',
    'etcdserverpb.MemberRemoveRequest',
    'etcdserverpb.MemberRemoveResponse',
    'etcdserverpb.MemberUpdateRequest',
    'etcdserverpb.MemberUpdateResponse',
    'etcdserverpb.MemberListRequest',
    'etcdserverpb.MemberListResponse',
    'etcdserverpb.MemberPromoteRequest',
    'etcdserverpb.MemberPromoteResponse',
    'etcdserverpb.DefragmentRequest',
    'etcdserverpb.DefragmentResponse',
    'etcdserverpb.MoveLeaderRequest',
    'etcdserverpb.MoveLeaderResponse',
    'etcdserverpb.AlarmRequest',
    'etcdserverpb.AlarmMember',
    'etcdserverpb.AlarmResponse',
    'etcdserverpb.DowngradeRequest',
    'etcdserverpb.DowngradeResponse',
    'etcdserverpb.DowngradeVersionTestRequest',
    'etcdserverpb.StatusRequest',
    'etcdserverpb.StatusResponse',
    'etcdserverpb.DowngradeInfo',
    'etcdserverpb.AuthEnableRequest',
    'etcdserverpb.AuthDisableRequest',
    'etcdserverpb.AuthStatusRequest',
    'etcdserverpb.AuthenticateRequest',
    'etcdserverpb.AuthUserAddRequest',
    'etcdserverpb.AuthUserGetRequest',
    'etcdserverpb.AuthUserDeleteRequest',
    'etcdserverpb.AuthUserChangePasswordRequest',
    'etcdserverpb.AuthUserGrantRoleRequest',
    'etcdserverpb.AuthUserRevokeRoleRequest',
    'etcdserverpb.AuthRoleAddRequest',
    'etcdserverpb.AuthRoleGetRequest',
    'etcdserverpb.AuthUserListRequest',
    'etcdserverpb.AuthRoleListRequest',
    'etcdserverpb.AuthRoleDeleteRequest',
    'etcdserverpb.AuthRoleGrantPermissionRequest',
    'etcdserverpb.AuthRoleRevokePermissionRequest',
    'etcdserverpb.AuthEnableResponse',
    'etcdserverpb.AuthDisableResponse',
    'etcdserverpb.AuthStatusResponse',
    'etcdserverpb.AuthenticateResponse',
    'etcdserverpb.AuthUserAddResponse',
    'etcdserverpb.AuthUserGetResponse',
    'etcdserverpb.AuthUserDeleteResponse',
    'etcdserverpb.AuthUserChangePasswordResponse',
    'etcdserverpb.AuthUserGrantRoleResponse',
    'etcdserverpb.AuthUserRevokeRoleResponse',
    'etcdserverpb.AuthRoleAddResponse',
    'etcdserverpb.AuthRoleGetResponse',
    'etcdserverpb.AuthRoleListResponse',
    'etcdserverpb.AuthUserListResponse',
    'etcdserverpb.AuthRoleDeleteResponse',
    'etcdserverpb.AuthRoleGrantPermissionResponse',
    'etcdserverpb.AuthRoleRevokePermissionResponse',
    'etcdserverpb.AlarmType',
    'etcdserverpb.RangeRequest.SortOrder',
    'etcdserverpb.RangeRequest.SortTarget',
    'etcdserverpb.Compare.CompareResult',
    'etcdserverpb.Compare.CompareTarget',
    'etcdserverpb.WatchCreateRequest.FilterType',
    'etcdserverpb.AlarmRequest.AlarmAction',
    'etcdserverpb.DowngradeRequest.DowngradeAction',
    'etcdserverpb.KV',
    'etcdserverpb.KV.Range',
    'etcdserverpb.KV.RangeStream',
    'etcdserverpb.KV.Put',
    'etcdserverpb.KV.DeleteRange',
    'etcdserverpb.KV.Txn',
    'etcdserverpb.KV.Compact',
    'etcdserverpb.Watch',
    'etcdserverpb.Watch.Watch',
    'etcdserverpb.Lease',
    'etcdserverpb.Lease.LeaseGrant',
    'etcdserverpb.Lease.LeaseRevoke',
    'etcdserverpb.Lease.LeaseKeepAlive',
    'etcdserverpb.Lease.LeaseTimeToLive',
    'etcdserverpb.Lease.LeaseLeases',
    'etcdserverpb.Cluster',
    'etcdserverpb.Cluster.MemberAdd',
    'etcdserverpb.Cluster.MemberRemove',
    'etcdserverpb.Cluster.MemberUpdate',
    'etcdserverpb.Cluster.MemberList',
    'etcdserverpb.Cluster.MemberPromote',
    'etcdserverpb.Maintenance',
    'etcdserverpb.Maintenance.Alarm',
    'etcdserverpb.Maintenance.Status',
    'etcdserverpb.Maintenance.Defragment',
    'etcdserverpb.Maintenance.Hash',
    'etcdserverpb.Maintenance.HashKV',
    'etcdserverpb.Maintenance.Snapshot',
    'etcdserverpb.Maintenance.MoveLeader',
    'etcdserverpb.Maintenance.Downgrade',
    'etcdserverpb.Auth',
    'etcdserverpb.Auth.AuthEnable',
    'etcdserverpb.Auth.AuthDisable',
    'etcdserverpb.Auth.AuthStatus',
    'etcdserverpb.Auth.Authenticate',
    'etcdserverpb.Auth.UserAdd',
    'etcdserverpb.Auth.UserGet',
    'etcdserverpb.Auth.UserList',
    'etcdserverpb.Auth.UserDelete',
    'etcdserverpb.Auth.UserChangePassword',
    'etcdserverpb.Auth.UserGrantRole',
    'etcdserverpb.Auth.UserRevokeRole',
    'etcdserverpb.Auth.RoleAdd',
    'etcdserverpb.Auth.RoleGet',
    'etcdserverpb.Auth.RoleList',
    'etcdserverpb.Auth.RoleDelete',
    'etcdserverpb.Auth.RoleGrantPermission',
    'etcdserverpb.Auth.RoleRevokePermission',
  ],
  descriptor:
    'Cg5ldGNkL3JwYy5wcm90bxIMZXRjZHNlcnZlcnBiGg9ldGNkL2F1dGgucHJvdG8aDWV0Y2Qva3YucHJvdG8ijQEKDlJl' +
    'c3BvbnNlSGVhZGVyEh0KCmNsdXN0ZXJfaWQYASABKARSCWNsdXN0ZXJJZBIbCgltZW1iZXJfaWQYAiABKARSCG1lbWJl' +
    'cklkEh4KCHJldmlzaW9uGAMgASgDQgIwAlIIcmV2aXNpb24SHwoJcmFmdF90ZXJtGAQgASgEQgIwAlIIcmFmdFRlcm0i' +
    'nAUKDFJhbmdlUmVxdWVzdBIQCgNrZXkYASABKAxSA2tleRIbCglyYW5nZV9lbmQYAiABKAxSCHJhbmdlRW5kEhgKBWxp' +
    'bWl0GAMgASgDQgIwAlIFbGltaXQSHgoIcmV2aXNpb24YBCABKANCAjACUghyZXZpc2lvbhJDCgpzb3J0X29yZGVyGAUg' +
    'ASgOMiQuZXRjZHNlcnZlcnBiLlJhbmdlUmVxdWVzdC5Tb3J0T3JkZXJSCXNvcnRPcmRlchJGCgtzb3J0X3RhcmdldBgG' +
    'IAEoDjIlLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlcXVlc3QuU29ydFRhcmdldFIKc29ydFRhcmdldBIiCgxzZXJpYWxpemFi' +
    'bGUYByABKAhSDHNlcmlhbGl6YWJsZRIbCglrZXlzX29ubHkYCCABKAhSCGtleXNPbmx5Eh0KCmNvdW50X29ubHkYCSAB' +
    'KAhSCWNvdW50T25seRIsChBtaW5fbW9kX3JldmlzaW9uGAogASgDQgIwAlIObWluTW9kUmV2aXNpb24SLAoQbWF4X21v' +
    'ZF9yZXZpc2lvbhgLIAEoA0ICMAJSDm1heE1vZFJldmlzaW9uEjIKE21pbl9jcmVhdGVfcmV2aXNpb24YDCABKANCAjAC' +
    'UhFtaW5DcmVhdGVSZXZpc2lvbhIyChNtYXhfY3JlYXRlX3JldmlzaW9uGA0gASgDQgIwAlIRbWF4Q3JlYXRlUmV2aXNp' +
    'b24iLgoJU29ydE9yZGVyEggKBE5PTkUQABIKCgZBU0NFTkQQARILCgdERVNDRU5EEAIiQgoKU29ydFRhcmdldBIHCgNL' +
    'RVkQABILCgdWRVJTSU9OEAESCgoGQ1JFQVRFEAISBwoDTU9EEAMSCQoFVkFMVUUQBCKXAQoNUmFuZ2VSZXNwb25zZRI0' +
    'CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIiCgNrdnMYAiADKAsyEC5t' +
    'dmNjcGIuS2V5VmFsdWVSA2t2cxISCgRtb3JlGAMgASgIUgRtb3JlEhgKBWNvdW50GAQgASgDQgIwAlIFY291bnQiWQoT' +
    'UmFuZ2VTdHJlYW1SZXNwb25zZRJCCg5yYW5nZV9yZXNwb25zZRgBIAEoCzIbLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlc3Bv' +
    'bnNlUg1yYW5nZVJlc3BvbnNlIqkBCgpQdXRSZXF1ZXN0EhAKA2tleRgBIAEoDFIDa2V5EhQKBXZhbHVlGAIgASgMUgV2' +
    'YWx1ZRIUCgVsZWFzZRgDIAEoA1IFbGVhc2USFwoHcHJldl9rdhgEIAEoCFIGcHJldkt2EiEKDGlnbm9yZV92YWx1ZRgF' +
    'IAEoCFILaWdub3JlVmFsdWUSIQoMaWdub3JlX2xlYXNlGAYgASgIUgtpZ25vcmVMZWFzZSJuCgtQdXRSZXNwb25zZRI0' +
    'CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIpCgdwcmV2X2t2GAIgASgL' +
    'MhAubXZjY3BiLktleVZhbHVlUgZwcmV2S3YiXAoSRGVsZXRlUmFuZ2VSZXF1ZXN0EhAKA2tleRgBIAEoDFIDa2V5EhsK' +
    'CXJhbmdlX2VuZBgCIAEoDFIIcmFuZ2VFbmQSFwoHcHJldl9rdhgDIAEoCFIGcHJldkt2IpYBChNEZWxldGVSYW5nZVJl' +
    'c3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEhwKB2RlbGV0' +
    'ZWQYAiABKANCAjACUgdkZWxldGVkEisKCHByZXZfa3ZzGAMgAygLMhAubXZjY3BiLktleVZhbHVlUgdwcmV2S3ZzIqkC' +
    'CglSZXF1ZXN0T3ASQQoNcmVxdWVzdF9yYW5nZRgBIAEoCzIaLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlcXVlc3RIAFIMcmVx' +
    'dWVzdFJhbmdlEjsKC3JlcXVlc3RfcHV0GAIgASgLMhguZXRjZHNlcnZlcnBiLlB1dFJlcXVlc3RIAFIKcmVxdWVzdFB1' +
    'dBJUChRyZXF1ZXN0X2RlbGV0ZV9yYW5nZRgDIAEoCzIgLmV0Y2RzZXJ2ZXJwYi5EZWxldGVSYW5nZVJlcXVlc3RIAFIS' +
    'cmVxdWVzdERlbGV0ZVJhbmdlEjsKC3JlcXVlc3RfdHhuGAQgASgLMhguZXRjZHNlcnZlcnBiLlR4blJlcXVlc3RIAFIK' +
    'cmVxdWVzdFR4bkIJCgdyZXF1ZXN0IrcCCgpSZXNwb25zZU9wEkQKDnJlc3BvbnNlX3JhbmdlGAEgASgLMhsuZXRjZHNl' +
    'cnZlcnBiLlJhbmdlUmVzcG9uc2VIAFINcmVzcG9uc2VSYW5nZRI+CgxyZXNwb25zZV9wdXQYAiABKAsyGS5ldGNkc2Vy' +
    'dmVycGIuUHV0UmVzcG9uc2VIAFILcmVzcG9uc2VQdXQSVwoVcmVzcG9uc2VfZGVsZXRlX3JhbmdlGAMgASgLMiEuZXRj' +
    'ZHNlcnZlcnBiLkRlbGV0ZVJhbmdlUmVzcG9uc2VIAFITcmVzcG9uc2VEZWxldGVSYW5nZRI+CgxyZXNwb25zZV90eG4Y' +
    'BCABKAsyGS5ldGNkc2VydmVycGIuVHhuUmVzcG9uc2VIAFILcmVzcG9uc2VUeG5CCgoIcmVzcG9uc2Ui9QMKB0NvbXBh' +
    'cmUSOwoGcmVzdWx0GAEgASgOMiMuZXRjZHNlcnZlcnBiLkNvbXBhcmUuQ29tcGFyZVJlc3VsdFIGcmVzdWx0EjsKBnRh' +
    'cmdldBgCIAEoDjIjLmV0Y2RzZXJ2ZXJwYi5Db21wYXJlLkNvbXBhcmVUYXJnZXRSBnRhcmdldBIQCgNrZXkYAyABKAxS' +
    'A2tleRIeCgd2ZXJzaW9uGAQgASgDQgIwAkgAUgd2ZXJzaW9uEi0KD2NyZWF0ZV9yZXZpc2lvbhgFIAEoA0ICMAJIAFIO' +
    'Y3JlYXRlUmV2aXNpb24SJwoMbW9kX3JldmlzaW9uGAYgASgDQgIwAkgAUgttb2RSZXZpc2lvbhIWCgV2YWx1ZRgHIAEo' +
    'DEgAUgV2YWx1ZRIWCgVsZWFzZRgIIAEoA0gAUgVsZWFzZRIbCglyYW5nZV9lbmQYQCABKAxSCHJhbmdlRW5kIkAKDUNv' +
    'bXBhcmVSZXN1bHQSCQoFRVFVQUwQABILCgdHUkVBVEVSEAESCAoETEVTUxACEg0KCU5PVF9FUVVBTBADIkcKDUNvbXBh' +
    'cmVUYXJnZXQSCwoHVkVSU0lPThAAEgoKBkNSRUFURRABEgcKA01PRBACEgkKBVZBTFVFEAMSCQoFTEVBU0UQBEIOCgx0' +
    'YXJnZXRfdW5pb24iowEKClR4blJlcXVlc3QSLwoHY29tcGFyZRgBIAMoCzIVLmV0Y2RzZXJ2ZXJwYi5Db21wYXJlUgdj' +
    'b21wYXJlEjEKB3N1Y2Nlc3MYAiADKAsyFy5ldGNkc2VydmVycGIuUmVxdWVzdE9wUgdzdWNjZXNzEjEKB2ZhaWx1cmUY' +
    'AyADKAsyFy5ldGNkc2VydmVycGIuUmVxdWVzdE9wUgdmYWlsdXJlIpkBCgtUeG5SZXNwb25zZRI0CgZoZWFkZXIYASAB' +
    'KAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIcCglzdWNjZWVkZWQYAiABKAhSCXN1Y2NlZWRl' +
    'ZBI2CglyZXNwb25zZXMYAyADKAsyGC5ldGNkc2VydmVycGIuUmVzcG9uc2VPcFIJcmVzcG9uc2VzIk8KEUNvbXBhY3Rp' +
    'b25SZXF1ZXN0Eh4KCHJldmlzaW9uGAEgASgDQgIwAlIIcmV2aXNpb24SGgoIcGh5c2ljYWwYAiABKAhSCHBoeXNpY2Fs' +
    'IkoKEkNvbXBhY3Rpb25SZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJS' +
    'BmhlYWRlciINCgtIYXNoUmVxdWVzdCJYCgxIYXNoUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBi' +
    'LlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISEgoEaGFzaBgCIAEoDVIEaGFzaCIvCg1IYXNoS1ZSZXF1ZXN0Eh4KCHJldmlz' +
    'aW9uGAEgASgDQgIwAlIIcmV2aXNpb24isgEKDkhhc2hLVlJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2' +
    'ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEhIKBGhhc2gYAiABKA1SBGhhc2gSLQoQY29tcGFjdF9yZXZpc2lvbhgD' +
    'IAEoA0ICMAJSD2NvbXBhY3RSZXZpc2lvbhInCg1oYXNoX3JldmlzaW9uGAQgASgDQgIwAlIMaGFzaFJldmlzaW9uIhEK' +
    'D1NuYXBzaG90UmVxdWVzdCKjAQoQU25hcHNob3RSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIu' +
    'UmVzcG9uc2VIZWFkZXJSBmhlYWRlchIrCg9yZW1haW5pbmdfYnl0ZXMYAiABKARCAjACUg5yZW1haW5pbmdCeXRlcxIS' +
    'CgRibG9iGAMgASgMUgRibG9iEhgKB3ZlcnNpb24YBCABKAlSB3ZlcnNpb24ihgIKDFdhdGNoUmVxdWVzdBJJCg5jcmVh' +
    'dGVfcmVxdWVzdBgBIAEoCzIgLmV0Y2RzZXJ2ZXJwYi5XYXRjaENyZWF0ZVJlcXVlc3RIAFINY3JlYXRlUmVxdWVzdBJJ' +
    'Cg5jYW5jZWxfcmVxdWVzdBgCIAEoCzIgLmV0Y2RzZXJ2ZXJwYi5XYXRjaENhbmNlbFJlcXVlc3RIAFINY2FuY2VsUmVx' +
    'dWVzdBJPChBwcm9ncmVzc19yZXF1ZXN0GAMgASgLMiIuZXRjZHNlcnZlcnBiLldhdGNoUHJvZ3Jlc3NSZXF1ZXN0SABS' +
    'D3Byb2dyZXNzUmVxdWVzdEIPCg1yZXF1ZXN0X3VuaW9uItUCChJXYXRjaENyZWF0ZVJlcXVlc3QSEAoDa2V5GAEgASgM' +
    'UgNrZXkSGwoJcmFuZ2VfZW5kGAIgASgMUghyYW5nZUVuZBIpCg5zdGFydF9yZXZpc2lvbhgDIAEoA0ICMAJSDXN0YXJ0' +
    'UmV2aXNpb24SJwoPcHJvZ3Jlc3Nfbm90aWZ5GAQgASgIUg5wcm9ncmVzc05vdGlmeRJFCgdmaWx0ZXJzGAUgAygOMisu' +
    'ZXRjZHNlcnZlcnBiLldhdGNoQ3JlYXRlUmVxdWVzdC5GaWx0ZXJUeXBlUgdmaWx0ZXJzEhcKB3ByZXZfa3YYBiABKAhS' +
    'BnByZXZLdhIZCgh3YXRjaF9pZBgHIAEoA1IHd2F0Y2hJZBIaCghmcmFnbWVudBgIIAEoCFIIZnJhZ21lbnQiJQoKRmls' +
    'dGVyVHlwZRIJCgVOT1BVVBAAEgwKCE5PREVMRVRFEAEiLwoSV2F0Y2hDYW5jZWxSZXF1ZXN0EhkKCHdhdGNoX2lkGAEg' +
    'ASgDUgd3YXRjaElkIhYKFFdhdGNoUHJvZ3Jlc3NSZXF1ZXN0Iq0CCg1XYXRjaFJlc3BvbnNlEjQKBmhlYWRlchgBIAEo' +
    'CzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEhkKCHdhdGNoX2lkGAIgASgDUgd3YXRjaElkEhgK' +
    'B2NyZWF0ZWQYAyABKAhSB2NyZWF0ZWQSGgoIY2FuY2VsZWQYBCABKAhSCGNhbmNlbGVkEi0KEGNvbXBhY3RfcmV2aXNp' +
    'b24YBSABKANCAjACUg9jb21wYWN0UmV2aXNpb24SIwoNY2FuY2VsX3JlYXNvbhgGIAEoCVIMY2FuY2VsUmVhc29uEhoK' +
    'CGZyYWdtZW50GAcgASgIUghmcmFnbWVudBIlCgZldmVudHMYCyADKAsyDS5tdmNjcGIuRXZlbnRSBmV2ZW50cyI5ChFM' +
    'ZWFzZUdyYW50UmVxdWVzdBIUCgNUVEwYASABKANCAjACUgNUVEwSDgoCSUQYAiABKANSAklEIoYBChJMZWFzZUdyYW50' +
    'UmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISDgoCSUQY' +
    'AiABKANSAklEEhQKA1RUTBgDIAEoA0ICMAJSA1RUTBIUCgVlcnJvchgEIAEoCVIFZXJyb3IiJAoSTGVhc2VSZXZva2VS' +
    'ZXF1ZXN0Eg4KAklEGAEgASgDUgJJRCJLChNMZWFzZVJldm9rZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2Rz' +
    'ZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIkoKD0xlYXNlQ2hlY2twb2ludBIOCgJJRBgBIAEoA1ICSUQSJwoN' +
    'cmVtYWluaW5nX1RUTBgCIAEoA0ICMAJSDHJlbWFpbmluZ1RUTCJZChZMZWFzZUNoZWNrcG9pbnRSZXF1ZXN0Ej8KC2No' +
    'ZWNrcG9pbnRzGAEgAygLMh0uZXRjZHNlcnZlcnBiLkxlYXNlQ2hlY2twb2ludFILY2hlY2twb2ludHMiTwoXTGVhc2VD' +
    'aGVja3BvaW50UmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFk' +
    'ZXIiJwoVTGVhc2VLZWVwQWxpdmVSZXF1ZXN0Eg4KAklEGAEgASgDUgJJRCJ0ChZMZWFzZUtlZXBBbGl2ZVJlc3BvbnNl' +
    'EjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEg4KAklEGAIgASgDUgJJ' +
    'RBIUCgNUVEwYAyABKANCAjACUgNUVEwiPAoWTGVhc2VUaW1lVG9MaXZlUmVxdWVzdBIOCgJJRBgBIAEoA1ICSUQSEgoE' +
    'a2V5cxgCIAEoCFIEa2V5cyKtAQoXTGVhc2VUaW1lVG9MaXZlUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNl' +
    'cnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISDgoCSUQYAiABKANSAklEEhQKA1RUTBgDIAEoA0ICMAJSA1RUTBIi' +
    'CgpncmFudGVkVFRMGAQgASgDQgIwAlIKZ3JhbnRlZFRUTBISCgRrZXlzGAUgAygMUgRrZXlzIhQKEkxlYXNlTGVhc2Vz' +
    'UmVxdWVzdCIdCgtMZWFzZVN0YXR1cxIOCgJJRBgBIAEoA1ICSUQifgoTTGVhc2VMZWFzZXNSZXNwb25zZRI0CgZoZWFk' +
    'ZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIxCgZsZWFzZXMYAiADKAsyGS5ldGNk' +
    'c2VydmVycGIuTGVhc2VTdGF0dXNSBmxlYXNlcyKGAQoGTWVtYmVyEg4KAklEGAEgASgEUgJJRBISCgRuYW1lGAIgASgJ' +
    'UgRuYW1lEhoKCHBlZXJVUkxzGAMgAygJUghwZWVyVVJMcxIeCgpjbGllbnRVUkxzGAQgAygJUgpjbGllbnRVUkxzEhwK' +
    'CWlzTGVhcm5lchgFIAEoCFIJaXNMZWFybmVyIkwKEE1lbWJlckFkZFJlcXVlc3QSGgoIcGVlclVSTHMYASADKAlSCHBl' +
    'ZXJVUkxzEhwKCWlzTGVhcm5lchgCIAEoCFIJaXNMZWFybmVyIqcBChFNZW1iZXJBZGRSZXNwb25zZRI0CgZoZWFkZXIY' +
    'ASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIsCgZtZW1iZXIYAiABKAsyFC5ldGNkc2Vy' +
    'dmVycGIuTWVtYmVyUgZtZW1iZXISLgoHbWVtYmVycxgDIAMoCzIULmV0Y2RzZXJ2ZXJwYi5NZW1iZXJSB21lbWJlcnMi' +
    'JQoTTWVtYmVyUmVtb3ZlUmVxdWVzdBIOCgJJRBgBIAEoBFICSUQifAoUTWVtYmVyUmVtb3ZlUmVzcG9uc2USNAoGaGVh' +
    'ZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISLgoHbWVtYmVycxgCIAMoCzIULmV0' +
    'Y2RzZXJ2ZXJwYi5NZW1iZXJSB21lbWJlcnMiQQoTTWVtYmVyVXBkYXRlUmVxdWVzdBIOCgJJRBgBIAEoBFICSUQSGgoI' +
    'cGVlclVSTHMYAiADKAlSCHBlZXJVUkxzInwKFE1lbWJlclVwZGF0ZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0' +
    'Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEi4KB21lbWJlcnMYAiADKAsyFC5ldGNkc2VydmVycGIuTWVt' +
    'YmVyUgdtZW1iZXJzIjcKEU1lbWJlckxpc3RSZXF1ZXN0EiIKDGxpbmVhcml6YWJsZRgBIAEoCFIMbGluZWFyaXphYmxl' +
    'InoKEk1lbWJlckxpc3RSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJS' +
    'BmhlYWRlchIuCgdtZW1iZXJzGAIgAygLMhQuZXRjZHNlcnZlcnBiLk1lbWJlclIHbWVtYmVycyImChRNZW1iZXJQcm9t' +
    'b3RlUmVxdWVzdBIOCgJJRBgBIAEoBFICSUQifQoVTWVtYmVyUHJvbW90ZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIc' +
    'LmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEi4KB21lbWJlcnMYAiADKAsyFC5ldGNkc2VydmVycGIu' +
    'TWVtYmVyUgdtZW1iZXJzIhMKEURlZnJhZ21lbnRSZXF1ZXN0IkoKEkRlZnJhZ21lbnRSZXNwb25zZRI0CgZoZWFkZXIY' +
    'ASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlciIvChFNb3ZlTGVhZGVyUmVxdWVzdBIaCgh0' +
    'YXJnZXRJRBgBIAEoBFIIdGFyZ2V0SUQiSgoSTW92ZUxlYWRlclJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2Rz' +
    'ZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIs8BCgxBbGFybVJlcXVlc3QSPgoGYWN0aW9uGAEgASgOMiYuZXRj' +
    'ZHNlcnZlcnBiLkFsYXJtUmVxdWVzdC5BbGFybUFjdGlvblIGYWN0aW9uEhoKCG1lbWJlcklEGAIgASgEUghtZW1iZXJJ' +
    'RBItCgVhbGFybRgDIAEoDjIXLmV0Y2RzZXJ2ZXJwYi5BbGFybVR5cGVSBWFsYXJtIjQKC0FsYXJtQWN0aW9uEgcKA0dF' +
    'VBAAEgwKCEFDVElWQVRFEAESDgoKREVBQ1RJVkFURRACIlgKC0FsYXJtTWVtYmVyEhoKCG1lbWJlcklEGAEgASgEUght' +
    'ZW1iZXJJRBItCgVhbGFybRgCIAEoDjIXLmV0Y2RzZXJ2ZXJwYi5BbGFybVR5cGVSBWFsYXJtIngKDUFsYXJtUmVzcG9u' +
    'c2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISMQoGYWxhcm1zGAIg' +
    'AygLMhkuZXRjZHNlcnZlcnBiLkFsYXJtTWVtYmVyUgZhbGFybXMirQEKEERvd25ncmFkZVJlcXVlc3QSRgoGYWN0aW9u' +
    'GAEgASgOMi4uZXRjZHNlcnZlcnBiLkRvd25ncmFkZVJlcXVlc3QuRG93bmdyYWRlQWN0aW9uUgZhY3Rpb24SGAoHdmVy' +
    'c2lvbhgCIAEoCVIHdmVyc2lvbiI3Cg9Eb3duZ3JhZGVBY3Rpb24SDAoIVkFMSURBVEUQABIKCgZFTkFCTEUQARIKCgZD' +
    'QU5DRUwQAiJjChFEb3duZ3JhZGVSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VI' +
    'ZWFkZXJSBmhlYWRlchIYCgd2ZXJzaW9uGAIgASgJUgd2ZXJzaW9uIi8KG0Rvd25ncmFkZVZlcnNpb25UZXN0UmVxdWVz' +
    'dBIQCgN2ZXIYASABKAlSA3ZlciIPCg1TdGF0dXNSZXF1ZXN0IvMDCg5TdGF0dXNSZXNwb25zZRI0CgZoZWFkZXIYASAB' +
    'KAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIYCgd2ZXJzaW9uGAIgASgJUgd2ZXJzaW9uEhoK' +
    'BmRiU2l6ZRgDIAEoA0ICMAJSBmRiU2l6ZRIWCgZsZWFkZXIYBCABKARSBmxlYWRlchIgCglyYWZ0SW5kZXgYBSABKARC' +
    'AjACUglyYWZ0SW5kZXgSHgoIcmFmdFRlcm0YBiABKARCAjACUghyYWZ0VGVybRIuChByYWZ0QXBwbGllZEluZGV4GAcg' +
    'ASgEQgIwAlIQcmFmdEFwcGxpZWRJbmRleBIWCgZlcnJvcnMYCCADKAlSBmVycm9ycxIkCgtkYlNpemVJblVzZRgJIAEo' +
    'A0ICMAJSC2RiU2l6ZUluVXNlEhwKCWlzTGVhcm5lchgKIAEoCFIJaXNMZWFybmVyEiYKDnN0b3JhZ2VWZXJzaW9uGAsg' +
    'ASgJUg5zdG9yYWdlVmVyc2lvbhIkCgtkYlNpemVRdW90YRgMIAEoA0ICMAJSC2RiU2l6ZVF1b3RhEkEKDWRvd25ncmFk' +
    'ZUluZm8YDSABKAsyGy5ldGNkc2VydmVycGIuRG93bmdyYWRlSW5mb1INZG93bmdyYWRlSW5mbyJPCg1Eb3duZ3JhZGVJ' +
    'bmZvEhgKB2VuYWJsZWQYASABKAhSB2VuYWJsZWQSJAoNdGFyZ2V0VmVyc2lvbhgCIAEoCVINdGFyZ2V0VmVyc2lvbiIT' +
    'ChFBdXRoRW5hYmxlUmVxdWVzdCIUChJBdXRoRGlzYWJsZVJlcXVlc3QiEwoRQXV0aFN0YXR1c1JlcXVlc3QiRQoTQXV0' +
    'aGVudGljYXRlUmVxdWVzdBISCgRuYW1lGAEgASgJUgRuYW1lEhoKCHBhc3N3b3JkGAIgASgJUghwYXNzd29yZCKeAQoS' +
    'QXV0aFVzZXJBZGRSZXF1ZXN0EhIKBG5hbWUYASABKAlSBG5hbWUSGgoIcGFzc3dvcmQYAiABKAlSCHBhc3N3b3JkEjAK' +
    'B29wdGlvbnMYAyABKAsyFi5hdXRocGIuVXNlckFkZE9wdGlvbnNSB29wdGlvbnMSJgoOaGFzaGVkUGFzc3dvcmQYBCAB' +
    'KAlSDmhhc2hlZFBhc3N3b3JkIigKEkF1dGhVc2VyR2V0UmVxdWVzdBISCgRuYW1lGAEgASgJUgRuYW1lIisKFUF1dGhV' +
    'c2VyRGVsZXRlUmVxdWVzdBISCgRuYW1lGAEgASgJUgRuYW1lIncKHUF1dGhVc2VyQ2hhbmdlUGFzc3dvcmRSZXF1ZXN0' +
    'EhIKBG5hbWUYASABKAlSBG5hbWUSGgoIcGFzc3dvcmQYAiABKAlSCHBhc3N3b3JkEiYKDmhhc2hlZFBhc3N3b3JkGAMg' +
    'ASgJUg5oYXNoZWRQYXNzd29yZCJCChhBdXRoVXNlckdyYW50Um9sZVJlcXVlc3QSEgoEdXNlchgBIAEoCVIEdXNlchIS' +
    'CgRyb2xlGAIgASgJUgRyb2xlIkMKGUF1dGhVc2VyUmV2b2tlUm9sZVJlcXVlc3QSEgoEbmFtZRgBIAEoCVIEbmFtZRIS' +
    'CgRyb2xlGAIgASgJUgRyb2xlIigKEkF1dGhSb2xlQWRkUmVxdWVzdBISCgRuYW1lGAEgASgJUgRuYW1lIigKEkF1dGhS' +
    'b2xlR2V0UmVxdWVzdBISCgRyb2xlGAEgASgJUgRyb2xlIhUKE0F1dGhVc2VyTGlzdFJlcXVlc3QiFQoTQXV0aFJvbGVM' +
    'aXN0UmVxdWVzdCIrChVBdXRoUm9sZURlbGV0ZVJlcXVlc3QSEgoEcm9sZRgBIAEoCVIEcm9sZSJcCh5BdXRoUm9sZUdy' +
    'YW50UGVybWlzc2lvblJlcXVlc3QSEgoEbmFtZRgBIAEoCVIEbmFtZRImCgRwZXJtGAIgASgLMhIuYXV0aHBiLlBlcm1p' +
    'c3Npb25SBHBlcm0iZAofQXV0aFJvbGVSZXZva2VQZXJtaXNzaW9uUmVxdWVzdBISCgRyb2xlGAEgASgJUgRyb2xlEhAK' +
    'A2tleRgCIAEoDFIDa2V5EhsKCXJhbmdlX2VuZBgDIAEoDFIIcmFuZ2VFbmQiSgoSQXV0aEVuYWJsZVJlc3BvbnNlEjQK' +
    'BmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIksKE0F1dGhEaXNhYmxlUmVz' +
    'cG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXIijAEKEkF1dGhT' +
    'dGF0dXNSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIY' +
    'CgdlbmFibGVkGAIgASgIUgdlbmFibGVkEiYKDGF1dGhSZXZpc2lvbhgDIAEoBEICMAJSDGF1dGhSZXZpc2lvbiJiChRB' +
    'dXRoZW50aWNhdGVSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhl' +
    'YWRlchIUCgV0b2tlbhgCIAEoCVIFdG9rZW4iSwoTQXV0aFVzZXJBZGRSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5l' +
    'dGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlciJhChNBdXRoVXNlckdldFJlc3BvbnNlEjQKBmhlYWRlchgB' +
    'IAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyEhQKBXJvbGVzGAIgAygJUgVyb2xlcyJOChZB' +
    'dXRoVXNlckRlbGV0ZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIG' +
    'aGVhZGVyIlYKHkF1dGhVc2VyQ2hhbmdlUGFzc3dvcmRSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVy' +
    'cGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlciJRChlBdXRoVXNlckdyYW50Um9sZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEo' +
    'CzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIlIKGkF1dGhVc2VyUmV2b2tlUm9sZVJlc3BvbnNl' +
    'EjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIksKE0F1dGhSb2xlQWRk' +
    'UmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXIicwoTQXV0' +
    'aFJvbGVHZXRSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRl' +
    'chImCgRwZXJtGAIgAygLMhIuYXV0aHBiLlBlcm1pc3Npb25SBHBlcm0iYgoUQXV0aFJvbGVMaXN0UmVzcG9uc2USNAoG' +
    'aGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISFAoFcm9sZXMYAiADKAlSBXJv' +
    'bGVzImIKFEF1dGhVc2VyTGlzdFJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhl' +
    'YWRlclIGaGVhZGVyEhQKBXVzZXJzGAIgAygJUgV1c2VycyJOChZBdXRoUm9sZURlbGV0ZVJlc3BvbnNlEjQKBmhlYWRl' +
    'chgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNwb25zZUhlYWRlclIGaGVhZGVyIlcKH0F1dGhSb2xlR3JhbnRQZXJtaXNz' +
    'aW9uUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXIiWAog' +
    'QXV0aFJvbGVSZXZva2VQZXJtaXNzaW9uUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNlcnZlcnBiLlJlc3Bv' +
    'bnNlSGVhZGVyUgZoZWFkZXIqLwoJQWxhcm1UeXBlEggKBE5PTkUQABILCgdOT1NQQUNFEAESCwoHQ09SUlVQVBACMrAD' +
    'CgJLVhJACgVSYW5nZRIaLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlcXVlc3QaGy5ldGNkc2VydmVycGIuUmFuZ2VSZXNwb25z' +
    'ZRJOCgtSYW5nZVN0cmVhbRIaLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlcXVlc3QaIS5ldGNkc2VydmVycGIuUmFuZ2VTdHJl' +
    'YW1SZXNwb25zZTABEjoKA1B1dBIYLmV0Y2RzZXJ2ZXJwYi5QdXRSZXF1ZXN0GhkuZXRjZHNlcnZlcnBiLlB1dFJlc3Bv' +
    'bnNlElIKC0RlbGV0ZVJhbmdlEiAuZXRjZHNlcnZlcnBiLkRlbGV0ZVJhbmdlUmVxdWVzdBohLmV0Y2RzZXJ2ZXJwYi5E' +
    'ZWxldGVSYW5nZVJlc3BvbnNlEjoKA1R4bhIYLmV0Y2RzZXJ2ZXJwYi5UeG5SZXF1ZXN0GhkuZXRjZHNlcnZlcnBiLlR4' +
    'blJlc3BvbnNlEkwKB0NvbXBhY3QSHy5ldGNkc2VydmVycGIuQ29tcGFjdGlvblJlcXVlc3QaIC5ldGNkc2VydmVycGIu' +
    'Q29tcGFjdGlvblJlc3BvbnNlMk0KBVdhdGNoEkQKBVdhdGNoEhouZXRjZHNlcnZlcnBiLldhdGNoUmVxdWVzdBobLmV0' +
    'Y2RzZXJ2ZXJwYi5XYXRjaFJlc3BvbnNlKAEwATLBAwoFTGVhc2USTwoKTGVhc2VHcmFudBIfLmV0Y2RzZXJ2ZXJwYi5M' +
    'ZWFzZUdyYW50UmVxdWVzdBogLmV0Y2RzZXJ2ZXJwYi5MZWFzZUdyYW50UmVzcG9uc2USUgoLTGVhc2VSZXZva2USIC5l' +
    'dGNkc2VydmVycGIuTGVhc2VSZXZva2VSZXF1ZXN0GiEuZXRjZHNlcnZlcnBiLkxlYXNlUmV2b2tlUmVzcG9uc2USXwoO' +
    'TGVhc2VLZWVwQWxpdmUSIy5ldGNkc2VydmVycGIuTGVhc2VLZWVwQWxpdmVSZXF1ZXN0GiQuZXRjZHNlcnZlcnBiLkxl' +
    'YXNlS2VlcEFsaXZlUmVzcG9uc2UoATABEl4KD0xlYXNlVGltZVRvTGl2ZRIkLmV0Y2RzZXJ2ZXJwYi5MZWFzZVRpbWVU' +
    'b0xpdmVSZXF1ZXN0GiUuZXRjZHNlcnZlcnBiLkxlYXNlVGltZVRvTGl2ZVJlc3BvbnNlElIKC0xlYXNlTGVhc2VzEiAu' +
    'ZXRjZHNlcnZlcnBiLkxlYXNlTGVhc2VzUmVxdWVzdBohLmV0Y2RzZXJ2ZXJwYi5MZWFzZUxlYXNlc1Jlc3BvbnNlMrAD' +
    'CgdDbHVzdGVyEkwKCU1lbWJlckFkZBIeLmV0Y2RzZXJ2ZXJwYi5NZW1iZXJBZGRSZXF1ZXN0Gh8uZXRjZHNlcnZlcnBi' +
    'Lk1lbWJlckFkZFJlc3BvbnNlElUKDE1lbWJlclJlbW92ZRIhLmV0Y2RzZXJ2ZXJwYi5NZW1iZXJSZW1vdmVSZXF1ZXN0' +
    'GiIuZXRjZHNlcnZlcnBiLk1lbWJlclJlbW92ZVJlc3BvbnNlElUKDE1lbWJlclVwZGF0ZRIhLmV0Y2RzZXJ2ZXJwYi5N' +
    'ZW1iZXJVcGRhdGVSZXF1ZXN0GiIuZXRjZHNlcnZlcnBiLk1lbWJlclVwZGF0ZVJlc3BvbnNlEk8KCk1lbWJlckxpc3QS' +
    'Hy5ldGNkc2VydmVycGIuTWVtYmVyTGlzdFJlcXVlc3QaIC5ldGNkc2VydmVycGIuTWVtYmVyTGlzdFJlc3BvbnNlElgK' +
    'DU1lbWJlclByb21vdGUSIi5ldGNkc2VydmVycGIuTWVtYmVyUHJvbW90ZVJlcXVlc3QaIy5ldGNkc2VydmVycGIuTWVt' +
    'YmVyUHJvbW90ZVJlc3BvbnNlMtUECgtNYWludGVuYW5jZRJACgVBbGFybRIaLmV0Y2RzZXJ2ZXJwYi5BbGFybVJlcXVl' +
    'c3QaGy5ldGNkc2VydmVycGIuQWxhcm1SZXNwb25zZRJDCgZTdGF0dXMSGy5ldGNkc2VydmVycGIuU3RhdHVzUmVxdWVz' +
    'dBocLmV0Y2RzZXJ2ZXJwYi5TdGF0dXNSZXNwb25zZRJPCgpEZWZyYWdtZW50Eh8uZXRjZHNlcnZlcnBiLkRlZnJhZ21l' +
    'bnRSZXF1ZXN0GiAuZXRjZHNlcnZlcnBiLkRlZnJhZ21lbnRSZXNwb25zZRI9CgRIYXNoEhkuZXRjZHNlcnZlcnBiLkhh' +
    'c2hSZXF1ZXN0GhouZXRjZHNlcnZlcnBiLkhhc2hSZXNwb25zZRJDCgZIYXNoS1YSGy5ldGNkc2VydmVycGIuSGFzaEtW' +
    'UmVxdWVzdBocLmV0Y2RzZXJ2ZXJwYi5IYXNoS1ZSZXNwb25zZRJLCghTbmFwc2hvdBIdLmV0Y2RzZXJ2ZXJwYi5TbmFw' +
    'c2hvdFJlcXVlc3QaHi5ldGNkc2VydmVycGIuU25hcHNob3RSZXNwb25zZTABEk8KCk1vdmVMZWFkZXISHy5ldGNkc2Vy' +
    'dmVycGIuTW92ZUxlYWRlclJlcXVlc3QaIC5ldGNkc2VydmVycGIuTW92ZUxlYWRlclJlc3BvbnNlEkwKCURvd25ncmFk' +
    'ZRIeLmV0Y2RzZXJ2ZXJwYi5Eb3duZ3JhZGVSZXF1ZXN0Gh8uZXRjZHNlcnZlcnBiLkRvd25ncmFkZVJlc3BvbnNlMo4M' +
    'CgRBdXRoEk8KCkF1dGhFbmFibGUSHy5ldGNkc2VydmVycGIuQXV0aEVuYWJsZVJlcXVlc3QaIC5ldGNkc2VydmVycGIu' +
    'QXV0aEVuYWJsZVJlc3BvbnNlElIKC0F1dGhEaXNhYmxlEiAuZXRjZHNlcnZlcnBiLkF1dGhEaXNhYmxlUmVxdWVzdBoh' +
    'LmV0Y2RzZXJ2ZXJwYi5BdXRoRGlzYWJsZVJlc3BvbnNlEk8KCkF1dGhTdGF0dXMSHy5ldGNkc2VydmVycGIuQXV0aFN0' +
    'YXR1c1JlcXVlc3QaIC5ldGNkc2VydmVycGIuQXV0aFN0YXR1c1Jlc3BvbnNlElUKDEF1dGhlbnRpY2F0ZRIhLmV0Y2Rz' +
    'ZXJ2ZXJwYi5BdXRoZW50aWNhdGVSZXF1ZXN0GiIuZXRjZHNlcnZlcnBiLkF1dGhlbnRpY2F0ZVJlc3BvbnNlEk4KB1Vz' +
    'ZXJBZGQSIC5ldGNkc2VydmVycGIuQXV0aFVzZXJBZGRSZXF1ZXN0GiEuZXRjZHNlcnZlcnBiLkF1dGhVc2VyQWRkUmVz' +
    'cG9uc2USTgoHVXNlckdldBIgLmV0Y2RzZXJ2ZXJwYi5BdXRoVXNlckdldFJlcXVlc3QaIS5ldGNkc2VydmVycGIuQXV0' +
    'aFVzZXJHZXRSZXNwb25zZRJRCghVc2VyTGlzdBIhLmV0Y2RzZXJ2ZXJwYi5BdXRoVXNlckxpc3RSZXF1ZXN0GiIuZXRj' +
    'ZHNlcnZlcnBiLkF1dGhVc2VyTGlzdFJlc3BvbnNlElcKClVzZXJEZWxldGUSIy5ldGNkc2VydmVycGIuQXV0aFVzZXJE' +
    'ZWxldGVSZXF1ZXN0GiQuZXRjZHNlcnZlcnBiLkF1dGhVc2VyRGVsZXRlUmVzcG9uc2USbwoSVXNlckNoYW5nZVBhc3N3' +
    'b3JkEisuZXRjZHNlcnZlcnBiLkF1dGhVc2VyQ2hhbmdlUGFzc3dvcmRSZXF1ZXN0GiwuZXRjZHNlcnZlcnBiLkF1dGhV' +
    'c2VyQ2hhbmdlUGFzc3dvcmRSZXNwb25zZRJgCg1Vc2VyR3JhbnRSb2xlEiYuZXRjZHNlcnZlcnBiLkF1dGhVc2VyR3Jh' +
    'bnRSb2xlUmVxdWVzdBonLmV0Y2RzZXJ2ZXJwYi5BdXRoVXNlckdyYW50Um9sZVJlc3BvbnNlEmMKDlVzZXJSZXZva2VS' +
    'b2xlEicuZXRjZHNlcnZlcnBiLkF1dGhVc2VyUmV2b2tlUm9sZVJlcXVlc3QaKC5ldGNkc2VydmVycGIuQXV0aFVzZXJS' +
    'ZXZva2VSb2xlUmVzcG9uc2USTgoHUm9sZUFkZBIgLmV0Y2RzZXJ2ZXJwYi5BdXRoUm9sZUFkZFJlcXVlc3QaIS5ldGNk' +
    'c2VydmVycGIuQXV0aFJvbGVBZGRSZXNwb25zZRJOCgdSb2xlR2V0EiAuZXRjZHNlcnZlcnBiLkF1dGhSb2xlR2V0UmVx' +
    'dWVzdBohLmV0Y2RzZXJ2ZXJwYi5BdXRoUm9sZUdldFJlc3BvbnNlElEKCFJvbGVMaXN0EiEuZXRjZHNlcnZlcnBiLkF1' +
    'dGhSb2xlTGlzdFJlcXVlc3QaIi5ldGNkc2VydmVycGIuQXV0aFJvbGVMaXN0UmVzcG9uc2USVwoKUm9sZURlbGV0ZRIj' +
    'LmV0Y2RzZXJ2ZXJwYi5BdXRoUm9sZURlbGV0ZVJlcXVlc3QaJC5ldGNkc2VydmVycGIuQXV0aFJvbGVEZWxldGVSZXNw' +
    'b25zZRJyChNSb2xlR3JhbnRQZXJtaXNzaW9uEiwuZXRjZHNlcnZlcnBiLkF1dGhSb2xlR3JhbnRQZXJtaXNzaW9uUmVx' +
    'dWVzdBotLmV0Y2RzZXJ2ZXJwYi5BdXRoUm9sZUdyYW50UGVybWlzc2lvblJlc3BvbnNlEnUKFFJvbGVSZXZva2VQZXJt' +
    'aXNzaW9uEi0uZXRjZHNlcnZlcnBiLkF1dGhSb2xlUmV2b2tlUGVybWlzc2lvblJlcXVlc3QaLi5ldGNkc2VydmVycGIu' +
    'QXV0aFJvbGVSZXZva2VQZXJtaXNzaW9uUmVzcG9uc2ViBnByb3RvMw==',
}

export const KV = {
  name: 'etcdserverpb.KV',
  file: RPC_FILE,
  methods: {
    range: {
      name: 'Range',
      path: '/etcdserverpb.KV/Range',
      request: RangeRequest,
      response: RangeResponse,
      requestStream: false,
      responseStream: false,
    },
    rangeStream: {
      name: 'RangeStream',
      path: '/etcdserverpb.KV/RangeStream',
      request: RangeRequest,
      response: RangeStreamResponse,
      requestStream: false,
      responseStream: true,
    },
    put: {
      name: 'Put',
      path: '/etcdserverpb.KV/Put',
      request: PutRequest,
      response: PutResponse,
      requestStream: false,
      responseStream: false,
    },
    deleteRange: {
      name: 'DeleteRange',
      path: '/etcdserverpb.KV/DeleteRange',
      request: DeleteRangeRequest,
      response: DeleteRangeResponse,
      requestStream: false,
      responseStream: false,
    },
    txn: {
      name: 'Txn',
      path: '/etcdserverpb.KV/Txn',
      request: TxnRequest,
      response: TxnResponse,
      requestStream: false,
      responseStream: false,
    },
    compact: {
      name: 'Compact',
      path: '/etcdserverpb.KV/Compact',
      request: CompactionRequest,
      response: CompactionResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription

export const Watch = {
  name: 'etcdserverpb.Watch',
  file: RPC_FILE,
  methods: {
    watch: {
      name: 'Watch',
      path: '/etcdserverpb.Watch/Watch',
      request: WatchRequest,
      response: WatchResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceDescription

export const Lease = {
  name: 'etcdserverpb.Lease',
  file: RPC_FILE,
  methods: {
    leaseGrant: {
      name: 'LeaseGrant',
      path: '/etcdserverpb.Lease/LeaseGrant',
      request: LeaseGrantRequest,
      response: LeaseGrantResponse,
      requestStream: false,
      responseStream: false,
    },
    leaseRevoke: {
      name: 'LeaseRevoke',
      path: '/etcdserverpb.Lease/LeaseRevoke',
      request: LeaseRevokeRequest,
      response: LeaseRevokeResponse,
      requestStream: false,
      responseStream: false,
    },
    leaseKeepAlive: {
      name: 'LeaseKeepAlive',
      path: '/etcdserverpb.Lease/LeaseKeepAlive',
      request: LeaseKeepAliveRequest,
      response: LeaseKeepAliveResponse,
      requestStream: true,
      responseStream: true,
    },
    leaseTimeToLive: {
      name: 'LeaseTimeToLive',
      path: '/etcdserverpb.Lease/LeaseTimeToLive',
      request: LeaseTimeToLiveRequest,
      response: LeaseTimeToLiveResponse,
      requestStream: false,
      responseStream: false,
    },
    leaseLeases: {
      name: 'LeaseLeases',
      path: '/etcdserverpb.Lease/LeaseLeases',
      request: LeaseLeasesRequest,
      response: LeaseLeasesResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription

export const Cluster = {
  name: 'etcdserverpb.Cluster',
  file: RPC_FILE,
  methods: {
    memberAdd: {
      name: 'MemberAdd',
      path: '/etcdserverpb.Cluster/MemberAdd',
      request: MemberAddRequest,
      response: MemberAddResponse,
      requestStream: false,
      responseStream: false,
    },
    memberRemove: {
      name: 'MemberRemove',
      path: '/etcdserverpb.Cluster/MemberRemove',
      request: MemberRemoveRequest,
      response: MemberRemoveResponse,
      requestStream: false,
      responseStream: false,
    },
    memberUpdate: {
      name: 'MemberUpdate',
      path: '/etcdserverpb.Cluster/MemberUpdate',
      request: MemberUpdateRequest,
      response: MemberUpdateResponse,
      requestStream: false,
      responseStream: false,
    },
    memberList: {
      name: 'MemberList',
      path: '/etcdserverpb.Cluster/MemberList',
      request: MemberListRequest,
      response: MemberListResponse,
      requestStream: false,
      responseStream: false,
    },
    memberPromote: {
      name: 'MemberPromote',
      path: '/etcdserverpb.Cluster/MemberPromote',
      request: MemberPromoteRequest,
      response: MemberPromoteResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription

export const Maintenance = {
  name: 'etcdserverpb.Maintenance',
  file: RPC_FILE,
  methods: {
    alarm: {
      name: 'Alarm',
      path: '/etcdserverpb.Maintenance/Alarm',
      request: AlarmRequest,
      response: AlarmResponse,
      requestStream: false,
      responseStream: false,
    },
    status: {
      name: 'Status',
      path: '/etcdserverpb.Maintenance/Status',
      request: StatusRequest,
      response: StatusResponse,
      requestStream: false,
      responseStream: false,
    },
    defragment: {
      name: 'Defragment',
      path: '/etcdserverpb.Maintenance/Defragment',
      request: DefragmentRequest,
      response: DefragmentResponse,
      requestStream: false,
      responseStream: false,
    },
    hash: {
      name: 'Hash',
      path: '/etcdserverpb.Maintenance/Hash',
      request: HashRequest,
      response: HashResponse,
      requestStream: false,
      responseStream: false,
    },
    hashKV: {
      name: 'HashKV',
      path: '/etcdserverpb.Maintenance/HashKV',
      request: HashKVRequest,
      response: HashKVResponse,
      requestStream: false,
      responseStream: false,
    },
    snapshot: {
      name: 'Snapshot',
      path: '/etcdserverpb.Maintenance/Snapshot',
      request: SnapshotRequest,
      response: SnapshotResponse,
      requestStream: false,
      responseStream: true,
    },
    moveLeader: {
      name: 'MoveLeader',
      path: '/etcdserverpb.Maintenance/MoveLeader',
      request: MoveLeaderRequest,
      response: MoveLeaderResponse,
      requestStream: false,
      responseStream: false,
    },
    downgrade: {
      name: 'Downgrade',
      path: '/etcdserverpb.Maintenance/Downgrade',
      request: DowngradeRequest,
      response: DowngradeResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription

export const Auth = {
  name: 'etcdserverpb.Auth',
  file: RPC_FILE,
  methods: {
    authEnable: {
      name: 'AuthEnable',
      path: '/etcdserverpb.Auth/AuthEnable',
      request: AuthEnableRequest,
      response: AuthEnableResponse,
      requestStream: false,
      responseStream: false,
    },
    authDisable: {
      name: 'AuthDisable',
      path: '/etcdserverpb.Auth/AuthDisable',
      request: AuthDisableRequest,
      response: AuthDisableResponse,
      requestStream: false,
      responseStream: false,
    },
    authStatus: {
      name: 'AuthStatus',
      path: '/etcdserverpb.Auth/AuthStatus',
      request: AuthStatusRequest,
      response: AuthStatusResponse,
      requestStream: false,
      responseStream: false,
    },
    authenticate: {
      name: 'Authenticate',
      path: '/etcdserverpb.Auth/Authenticate',
      request: AuthenticateRequest,
      response: AuthenticateResponse,
      requestStream: false,
      responseStream: false,
    },
    userAdd: {
      name: 'UserAdd',
      path: '/etcdserverpb.Auth/UserAdd',
      request: AuthUserAddRequest,
      response: AuthUserAddResponse,
      requestStream: false,
      responseStream: false,
    },
    userGet: {
      name: 'UserGet',
      path: '/etcdserverpb.Auth/UserGet',
      request: AuthUserGetRequest,
      response: AuthUserGetResponse,
      requestStream: false,
      responseStream: false,
    },
    userList: {
      name: 'UserList',
      path: '/etcdserverpb.Auth/UserList',
      request: AuthUserListRequest,
      response: AuthUserListResponse,
      requestStream: false,
      responseStream: false,
    },
    userDelete: {
      name: 'UserDelete',
      path: '/etcdserverpb.Auth/UserDelete',
      request: AuthUserDeleteRequest,
      response: AuthUserDeleteResponse,
      requestStream: false,
      responseStream: false,
    },
    userChangePassword: {
      name: 'UserChangePassword',
      path: '/etcdserverpb.Auth/UserChangePassword',
      request: AuthUserChangePasswordRequest,
      response: AuthUserChangePasswordResponse,
      requestStream: false,
      responseStream: false,
    },
    userGrantRole: {
      name: 'UserGrantRole',
      path: '/etcdserverpb.Auth/UserGrantRole',
      request: AuthUserGrantRoleRequest,
      response: AuthUserGrantRoleResponse,
      requestStream: false,
      responseStream: false,
    },
    userRevokeRole: {
      name: 'UserRevokeRole',
      path: '/etcdserverpb.Auth/UserRevokeRole',
      request: AuthUserRevokeRoleRequest,
      response: AuthUserRevokeRoleResponse,
      requestStream: false,
      responseStream: false,
    },
    roleAdd: {
      name: 'RoleAdd',
      path: '/etcdserverpb.Auth/RoleAdd',
      request: AuthRoleAddRequest,
      response: AuthRoleAddResponse,
      requestStream: false,
      responseStream: false,
    },
    roleGet: {
      name: 'RoleGet',
      path: '/etcdserverpb.Auth/RoleGet',
      request: AuthRoleGetRequest,
      response: AuthRoleGetResponse,
      requestStream: false,
      responseStream: false,
    },
    roleList: {
      name: 'RoleList',
      path: '/etcdserverpb.Auth/RoleList',
      request: AuthRoleListRequest,
      response: AuthRoleListResponse,
      requestStream: false,
      responseStream: false,
    },
    roleDelete: {
      name: 'RoleDelete',
      path: '/etcdserverpb.Auth/RoleDelete',
      request: AuthRoleDeleteRequest,
      response: AuthRoleDeleteResponse,
      requestStream: false,
      responseStream: false,
    },
    roleGrantPermission: {
      name: 'RoleGrantPermission',
      path: '/etcdserverpb.Auth/RoleGrantPermission',
      request: AuthRoleGrantPermissionRequest,
      response: AuthRoleGrantPermissionResponse,
      requestStream: false,
      responseStream: false,
    },
    roleRevokePermission: {
      name: 'RoleRevokePermission',
      path: '/etcdserverpb.Auth/RoleRevokePermission',
      request: AuthRoleRevokePermissionRequest,
      response: AuthRoleRevokePermissionResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription
