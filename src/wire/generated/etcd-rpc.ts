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
  uint64Length,
  writeBool,
  writeBytes,
  writeInt32,
  writeInt64,
  writeNumber,
  writeUint32,
  writeUint64,
} from '../writer.ts'
import {
  createKeyValue,
  type KeyValue,
  KV_FILE,
  lengthOfKeyValue,
  readKeyValue,
  writeKeyValue,
} from './etcd-kv.ts'

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

export const RPC_FILE: FileDescription = {
  name: 'etcd/rpc.proto',
  dependencies: [KV_FILE],
  symbols: [
    'etcdserverpb.ResponseHeader',
    'etcdserverpb.RangeRequest',
    'etcdserverpb.RangeResponse',
    'etcdserverpb.PutRequest',
    'etcdserverpb.PutResponse',
    'etcdserverpb.DeleteRangeRequest',
    'etcdserverpb.DeleteRangeResponse',
    'etcdserverpb.RangeRequest.SortOrder',
    'etcdserverpb.RangeRequest.SortTarget',
    'etcdserverpb.KV',
    'etcdserverpb.KV.Range',
    'etcdserverpb.KV.Put',
    'etcdserverpb.KV.DeleteRange',
  ],
  descriptor:
    'Cg5ldGNkL3JwYy5wcm90bxIMZXRjZHNlcnZlcnBiGg1ldGNkL2t2LnByb3RvIo0BCg5SZXNwb25zZUhlYWRlchIdCgpj' +
    'bHVzdGVyX2lkGAEgASgEUgljbHVzdGVySWQSGwoJbWVtYmVyX2lkGAIgASgEUghtZW1iZXJJZBIeCghyZXZpc2lvbhgD' +
    'IAEoA0ICMAJSCHJldmlzaW9uEh8KCXJhZnRfdGVybRgEIAEoBEICMAJSCHJhZnRUZXJtIpwFCgxSYW5nZVJlcXVlc3QS' +
    'EAoDa2V5GAEgASgMUgNrZXkSGwoJcmFuZ2VfZW5kGAIgASgMUghyYW5nZUVuZBIYCgVsaW1pdBgDIAEoA0ICMAJSBWxp' +
    'bWl0Eh4KCHJldmlzaW9uGAQgASgDQgIwAlIIcmV2aXNpb24SQwoKc29ydF9vcmRlchgFIAEoDjIkLmV0Y2RzZXJ2ZXJw' +
    'Yi5SYW5nZVJlcXVlc3QuU29ydE9yZGVyUglzb3J0T3JkZXISRgoLc29ydF90YXJnZXQYBiABKA4yJS5ldGNkc2VydmVy' +
    'cGIuUmFuZ2VSZXF1ZXN0LlNvcnRUYXJnZXRSCnNvcnRUYXJnZXQSIgoMc2VyaWFsaXphYmxlGAcgASgIUgxzZXJpYWxp' +
    'emFibGUSGwoJa2V5c19vbmx5GAggASgIUghrZXlzT25seRIdCgpjb3VudF9vbmx5GAkgASgIUgljb3VudE9ubHkSLAoQ' +
    'bWluX21vZF9yZXZpc2lvbhgKIAEoA0ICMAJSDm1pbk1vZFJldmlzaW9uEiwKEG1heF9tb2RfcmV2aXNpb24YCyABKANC' +
    'AjACUg5tYXhNb2RSZXZpc2lvbhIyChNtaW5fY3JlYXRlX3JldmlzaW9uGAwgASgDQgIwAlIRbWluQ3JlYXRlUmV2aXNp' +
    'b24SMgoTbWF4X2NyZWF0ZV9yZXZpc2lvbhgNIAEoA0ICMAJSEW1heENyZWF0ZVJldmlzaW9uIi4KCVNvcnRPcmRlchII' +
    'CgROT05FEAASCgoGQVNDRU5EEAESCwoHREVTQ0VORBACIkIKClNvcnRUYXJnZXQSBwoDS0VZEAASCwoHVkVSU0lPThAB' +
    'EgoKBkNSRUFURRACEgcKA01PRBADEgkKBVZBTFVFEAQilwEKDVJhbmdlUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwu' +
    'ZXRjZHNlcnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXISIgoDa3ZzGAIgAygLMhAubXZjY3BiLktleVZhbHVlUgNr' +
    'dnMSEgoEbW9yZRgDIAEoCFIEbW9yZRIYCgVjb3VudBgEIAEoA0ICMAJSBWNvdW50IqkBCgpQdXRSZXF1ZXN0EhAKA2tl' +
    'eRgBIAEoDFIDa2V5EhQKBXZhbHVlGAIgASgMUgV2YWx1ZRIUCgVsZWFzZRgDIAEoA1IFbGVhc2USFwoHcHJldl9rdhgE' +
    'IAEoCFIGcHJldkt2EiEKDGlnbm9yZV92YWx1ZRgFIAEoCFILaWdub3JlVmFsdWUSIQoMaWdub3JlX2xlYXNlGAYgASgI' +
    'UgtpZ25vcmVMZWFzZSJuCgtQdXRSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VI' +
    'ZWFkZXJSBmhlYWRlchIpCgdwcmV2X2t2GAIgASgLMhAubXZjY3BiLktleVZhbHVlUgZwcmV2S3YiXAoSRGVsZXRlUmFu' +
    'Z2VSZXF1ZXN0EhAKA2tleRgBIAEoDFIDa2V5EhsKCXJhbmdlX2VuZBgCIAEoDFIIcmFuZ2VFbmQSFwoHcHJldl9rdhgD' +
    'IAEoCFIGcHJldkt2IpYBChNEZWxldGVSYW5nZVJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5S' +
    'ZXNwb25zZUhlYWRlclIGaGVhZGVyEhwKB2RlbGV0ZWQYAiABKANCAjACUgdkZWxldGVkEisKCHByZXZfa3ZzGAMgAygL' +
    'MhAubXZjY3BiLktleVZhbHVlUgdwcmV2S3ZzMtYBCgJLVhJACgVSYW5nZRIaLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlcXVl' +
    'c3QaGy5ldGNkc2VydmVycGIuUmFuZ2VSZXNwb25zZRI6CgNQdXQSGC5ldGNkc2VydmVycGIuUHV0UmVxdWVzdBoZLmV0' +
    'Y2RzZXJ2ZXJwYi5QdXRSZXNwb25zZRJSCgtEZWxldGVSYW5nZRIgLmV0Y2RzZXJ2ZXJwYi5EZWxldGVSYW5nZVJlcXVl' +
    'c3QaIS5ldGNkc2VydmVycGIuRGVsZXRlUmFuZ2VSZXNwb25zZWIGcHJvdG8z',
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
  },
} as const satisfies ServiceDescription
