// Made from proto/quorate/state/v1/state.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int64Length,
  numberLength,
  uint32Length,
  writeBool,
  writeBytes,
  writeInt64,
  writeNumber,
  writeUint32,
} from '../writer.ts'
import {
  createKeyValue,
  type KeyValue,
  KV_FILE,
  lengthOfKeyValue,
  readKeyValue,
  writeKeyValue,
} from './etcd-kv.ts'
import {
  type Compare,
  createCompare,
  createPutRequest,
  createResponseHeader,
  lengthOfCompare,
  lengthOfPutRequest,
  lengthOfResponseHeader,
  type PutRequest,
  type ResponseHeader,
  RPC_FILE,
  readCompare,
  readPutRequest,
  readResponseHeader,
  writeCompare,
  writePutRequest,
  writeResponseHeader,
} from './etcd-rpc.ts'

export interface LeaseExpireRequest {
  ids: bigint[]
}

export function createLeaseExpireRequest(): LeaseExpireRequest {
  return {
    ids: [],
  }
}

export function lengthOfLeaseExpireRequest(value: LeaseExpireRequest): number {
  let length = 0
  if (value.ids.length > 0) {
    let packed = 0
    for (const one of value.ids) packed += int64Length(one)
    length += 1 + delimitedLength(packed)
  }
  return length
}

export function writeLeaseExpireRequest(
  value: LeaseExpireRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.ids.length > 0) {
    let packed = 0
    for (const one of value.ids) packed += int64Length(one)
    target[at++] = 10
    at = writeUint32(target, at, packed)
    for (const one of value.ids) at = writeInt64(target, at, one)
  }
  return at
}

export function readLeaseExpireRequest(reader: WireReader, into: LeaseExpireRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        reader.element()
        into.ids.push(reader.int64())
        break
      case 10: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.ids.push(reader.int64())
        }
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const LeaseExpireRequest = new MessageCodec<LeaseExpireRequest>({
  name: 'quorate.state.v1.LeaseExpireRequest',
  create: createLeaseExpireRequest,
  length: lengthOfLeaseExpireRequest,
  write: writeLeaseExpireRequest,
  read: readLeaseExpireRequest,
})

export type LeaseExpireResponse = Record<string, never>

export function createLeaseExpireResponse(): LeaseExpireResponse {
  return {}
}

export function lengthOfLeaseExpireResponse(_value: LeaseExpireResponse): number {
  return 0
}

export function writeLeaseExpireResponse(
  _value: LeaseExpireResponse,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readLeaseExpireResponse(reader: WireReader, _into: LeaseExpireResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const LeaseExpireResponse = new MessageCodec<LeaseExpireResponse>({
  name: 'quorate.state.v1.LeaseExpireResponse',
  create: createLeaseExpireResponse,
  length: lengthOfLeaseExpireResponse,
  write: writeLeaseExpireResponse,
  read: readLeaseExpireResponse,
})

export type SessionOpenRequest = Record<string, never>

export function createSessionOpenRequest(): SessionOpenRequest {
  return {}
}

export function lengthOfSessionOpenRequest(_value: SessionOpenRequest): number {
  return 0
}

export function writeSessionOpenRequest(
  _value: SessionOpenRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readSessionOpenRequest(reader: WireReader, _into: SessionOpenRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const SessionOpenRequest = new MessageCodec<SessionOpenRequest>({
  name: 'quorate.state.v1.SessionOpenRequest',
  create: createSessionOpenRequest,
  length: lengthOfSessionOpenRequest,
  write: writeSessionOpenRequest,
  read: readSessionOpenRequest,
})

export interface SessionOpenResponse {
  id: number
}

export function createSessionOpenResponse(): SessionOpenResponse {
  return {
    id: 0,
  }
}

export function lengthOfSessionOpenResponse(value: SessionOpenResponse): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  return length
}

export function writeSessionOpenResponse(
  value: SessionOpenResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.id !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.id)
  }
  return at
}

export function readSessionOpenResponse(reader: WireReader, into: SessionOpenResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.id = reader.uint64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const SessionOpenResponse = new MessageCodec<SessionOpenResponse>({
  name: 'quorate.state.v1.SessionOpenResponse',
  create: createSessionOpenResponse,
  length: lengthOfSessionOpenResponse,
  write: writeSessionOpenResponse,
  read: readSessionOpenResponse,
})

export interface SessionCloseRequest {
  id: number
}

export function createSessionCloseRequest(): SessionCloseRequest {
  return {
    id: 0,
  }
}

export function lengthOfSessionCloseRequest(value: SessionCloseRequest): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  return length
}

export function writeSessionCloseRequest(
  value: SessionCloseRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.id !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.id)
  }
  return at
}

export function readSessionCloseRequest(reader: WireReader, into: SessionCloseRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.id = reader.uint64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const SessionCloseRequest = new MessageCodec<SessionCloseRequest>({
  name: 'quorate.state.v1.SessionCloseRequest',
  create: createSessionCloseRequest,
  length: lengthOfSessionCloseRequest,
  write: writeSessionCloseRequest,
  read: readSessionCloseRequest,
})

export type SessionCloseResponse = Record<string, never>

export function createSessionCloseResponse(): SessionCloseResponse {
  return {}
}

export function lengthOfSessionCloseResponse(_value: SessionCloseResponse): number {
  return 0
}

export function writeSessionCloseResponse(
  _value: SessionCloseResponse,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readSessionCloseResponse(reader: WireReader, _into: SessionCloseResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const SessionCloseResponse = new MessageCodec<SessionCloseResponse>({
  name: 'quorate.state.v1.SessionCloseResponse',
  create: createSessionCloseResponse,
  length: lengthOfSessionCloseResponse,
  write: writeSessionCloseResponse,
  read: readSessionCloseResponse,
})

export interface IncrementRequest {
  key: Uint8Array
  delta: bigint
  initial: bigint
  lease: bigint
  prevKv: boolean
}

export function createIncrementRequest(): IncrementRequest {
  return {
    key: EMPTY_BYTES,
    delta: 0n,
    initial: 0n,
    lease: 0n,
    prevKv: false,
  }
}

export function lengthOfIncrementRequest(value: IncrementRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.delta !== 0n) {
    length += 1 + int64Length(value.delta)
  }
  if (value.initial !== 0n) {
    length += 1 + int64Length(value.initial)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  if (value.prevKv) {
    length += 1 + 1
  }
  return length
}

export function writeIncrementRequest(
  value: IncrementRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.delta !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.delta)
  }
  if (value.initial !== 0n) {
    target[at++] = 24
    at = writeInt64(target, at, value.initial)
  }
  if (value.lease !== 0n) {
    target[at++] = 32
    at = writeInt64(target, at, value.lease)
  }
  if (value.prevKv) {
    target[at++] = 40
    at = writeBool(target, at, value.prevKv)
  }
  return at
}

export function readIncrementRequest(reader: WireReader, into: IncrementRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 16:
        into.delta = reader.int64()
        break
      case 24:
        into.initial = reader.int64()
        break
      case 32:
        into.lease = reader.int64()
        break
      case 40:
        into.prevKv = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const IncrementRequest = new MessageCodec<IncrementRequest>({
  name: 'quorate.state.v1.IncrementRequest',
  create: createIncrementRequest,
  length: lengthOfIncrementRequest,
  write: writeIncrementRequest,
  read: readIncrementRequest,
})

export interface IncrementResponse {
  header: ResponseHeader | null
  value: bigint
  prevKv: KeyValue | null
}

export function createIncrementResponse(): IncrementResponse {
  return {
    header: null,
    value: 0n,
    prevKv: null,
  }
}

export function lengthOfIncrementResponse(value: IncrementResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.value !== 0n) {
    length += 1 + int64Length(value.value)
  }
  if (value.prevKv !== null) {
    length += 1 + delimitedLength(lengthOfKeyValue(value.prevKv))
  }
  return length
}

export function writeIncrementResponse(
  value: IncrementResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.value !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.value)
  }
  if (value.prevKv !== null) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfKeyValue(value.prevKv))
    at = writeKeyValue(value.prevKv, target, at)
  }
  return at
}

export function readIncrementResponse(reader: WireReader, into: IncrementResponse): void {
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
        into.value = reader.int64()
        break
      case 26: {
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

export const IncrementResponse = new MessageCodec<IncrementResponse>({
  name: 'quorate.state.v1.IncrementResponse',
  create: createIncrementResponse,
  length: lengthOfIncrementResponse,
  write: writeIncrementResponse,
  read: readIncrementResponse,
})

export interface PutWithTtlRequest {
  put: PutRequest | null
  ttlMs: number
}

export function createPutWithTtlRequest(): PutWithTtlRequest {
  return {
    put: null,
    ttlMs: 0,
  }
}

export function lengthOfPutWithTtlRequest(value: PutWithTtlRequest): number {
  let length = 0
  if (value.put !== null) {
    length += 1 + delimitedLength(lengthOfPutRequest(value.put))
  }
  if (value.ttlMs !== 0) {
    length += 1 + numberLength(value.ttlMs)
  }
  return length
}

export function writePutWithTtlRequest(
  value: PutWithTtlRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.put !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfPutRequest(value.put))
    at = writePutRequest(value.put, target, at)
  }
  if (value.ttlMs !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.ttlMs)
  }
  return at
}

export function readPutWithTtlRequest(reader: WireReader, into: PutWithTtlRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.put ?? createPutRequest()
        into.put = one
        const outer = reader.enter()
        readPutRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.ttlMs = reader.uint64Number()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const PutWithTtlRequest = new MessageCodec<PutWithTtlRequest>({
  name: 'quorate.state.v1.PutWithTtlRequest',
  create: createPutWithTtlRequest,
  length: lengthOfPutWithTtlRequest,
  write: writePutWithTtlRequest,
  read: readPutWithTtlRequest,
})

export interface GuardedRequest {
  compare: Compare[]
  name: Uint8Array
  digest: Uint8Array
  kind: number
  body: Uint8Array
}

export function createGuardedRequest(): GuardedRequest {
  return {
    compare: [],
    name: EMPTY_BYTES,
    digest: EMPTY_BYTES,
    kind: 0,
    body: EMPTY_BYTES,
  }
}

export function lengthOfGuardedRequest(value: GuardedRequest): number {
  let length = 0
  for (const one of value.compare) {
    length += 1 + delimitedLength(lengthOfCompare(one))
  }
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  if (value.digest.length > 0) {
    length += 1 + bytesLength(value.digest)
  }
  if (value.kind !== 0) {
    length += 1 + uint32Length(value.kind)
  }
  if (value.body.length > 0) {
    length += 1 + bytesLength(value.body)
  }
  return length
}

export function writeGuardedRequest(
  value: GuardedRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.compare) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfCompare(one))
    at = writeCompare(one, target, at)
  }
  if (value.name.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.name)
  }
  if (value.digest.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.digest)
  }
  if (value.kind !== 0) {
    target[at++] = 32
    at = writeUint32(target, at, value.kind)
  }
  if (value.body.length > 0) {
    target[at++] = 42
    at = writeBytes(target, at, value.body)
  }
  return at
}

export function readGuardedRequest(reader: WireReader, into: GuardedRequest): void {
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
      case 18:
        into.name = reader.bytes()
        break
      case 26:
        into.digest = reader.bytes()
        break
      case 32:
        into.kind = reader.uint32()
        break
      case 42:
        into.body = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const GuardedRequest = new MessageCodec<GuardedRequest>({
  name: 'quorate.state.v1.GuardedRequest',
  create: createGuardedRequest,
  length: lengthOfGuardedRequest,
  write: writeGuardedRequest,
  read: readGuardedRequest,
})

export const STATE_FILE: FileDescription = {
  name: 'quorate/state/v1/state.proto',
  dependencies: [KV_FILE, RPC_FILE],
  symbols: [
    'quorate.state.v1.LeaseExpireRequest',
    'quorate.state.v1.LeaseExpireResponse',
    'quorate.state.v1.SessionOpenRequest',
    'quorate.state.v1.SessionOpenResponse',
    'quorate.state.v1.SessionCloseRequest',
    'quorate.state.v1.SessionCloseResponse',
    'quorate.state.v1.IncrementRequest',
    'quorate.state.v1.IncrementResponse',
    'quorate.state.v1.PutWithTtlRequest',
    'quorate.state.v1.GuardedRequest',
  ],
  descriptor:
    'ChxxdW9yYXRlL3N0YXRlL3YxL3N0YXRlLnByb3RvEhBxdW9yYXRlLnN0YXRlLnYxGg1ldGNkL2t2LnByb3RvGg5ldGNk' +
    'L3JwYy5wcm90byImChJMZWFzZUV4cGlyZVJlcXVlc3QSEAoDaWRzGAEgAygDUgNpZHMiFQoTTGVhc2VFeHBpcmVSZXNw' +
    'b25zZSIUChJTZXNzaW9uT3BlblJlcXVlc3QiKQoTU2Vzc2lvbk9wZW5SZXNwb25zZRISCgJpZBgBIAEoBEICMAJSAmlk' +
    'IikKE1Nlc3Npb25DbG9zZVJlcXVlc3QSEgoCaWQYASABKARCAjACUgJpZCIWChRTZXNzaW9uQ2xvc2VSZXNwb25zZSKD' +
    'AQoQSW5jcmVtZW50UmVxdWVzdBIQCgNrZXkYASABKAxSA2tleRIUCgVkZWx0YRgCIAEoA1IFZGVsdGESGAoHaW5pdGlh' +
    'bBgDIAEoA1IHaW5pdGlhbBIUCgVsZWFzZRgEIAEoA1IFbGVhc2USFwoHcHJldl9rdhgFIAEoCFIGcHJldkt2IooBChFJ' +
    'bmNyZW1lbnRSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRl' +
    'chIUCgV2YWx1ZRgCIAEoA1IFdmFsdWUSKQoHcHJldl9rdhgDIAEoCzIQLm12Y2NwYi5LZXlWYWx1ZVIGcHJldkt2IloK' +
    'EVB1dFdpdGhUdGxSZXF1ZXN0EioKA3B1dBgBIAEoCzIYLmV0Y2RzZXJ2ZXJwYi5QdXRSZXF1ZXN0UgNwdXQSGQoGdHRs' +
    'X21zGAIgASgEQgIwAlIFdHRsTXMilQEKDkd1YXJkZWRSZXF1ZXN0Ei8KB2NvbXBhcmUYASADKAsyFS5ldGNkc2VydmVy' +
    'cGIuQ29tcGFyZVIHY29tcGFyZRISCgRuYW1lGAIgASgMUgRuYW1lEhYKBmRpZ2VzdBgDIAEoDFIGZGlnZXN0EhIKBGtp' +
    'bmQYBCABKA1SBGtpbmQSEgoEYm9keRgFIAEoDFIEYm9keWIGcHJvdG8z',
}
