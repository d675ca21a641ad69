// Made from proto/etcd/v3lock.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int64Length,
  writeBytes,
  writeInt64,
  writeUint32,
} from '../writer.ts'
import {
  createResponseHeader,
  lengthOfResponseHeader,
  type ResponseHeader,
  RPC_FILE,
  readResponseHeader,
  writeResponseHeader,
} from './etcd-rpc.ts'

export interface LockRequest {
  name: Uint8Array
  lease: bigint
}

export function createLockRequest(): LockRequest {
  return {
    name: EMPTY_BYTES,
    lease: 0n,
  }
}

export function lengthOfLockRequest(value: LockRequest): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  return length
}

export function writeLockRequest(value: LockRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  if (value.lease !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.lease)
  }
  return at
}

export function readLockRequest(reader: WireReader, into: LockRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      case 16:
        into.lease = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LockRequest = new MessageCodec<LockRequest>({
  name: 'v3lockpb.LockRequest',
  create: createLockRequest,
  length: lengthOfLockRequest,
  write: writeLockRequest,
  read: readLockRequest,
})

export interface LockResponse {
  header: ResponseHeader | null
  key: Uint8Array
}

export function createLockResponse(): LockResponse {
  return {
    header: null,
    key: EMPTY_BYTES,
  }
}

export function lengthOfLockResponse(value: LockResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  return length
}

export function writeLockResponse(value: LockResponse, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.key.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.key)
  }
  return at
}

export function readLockResponse(reader: WireReader, into: LockResponse): void {
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
        into.key = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LockResponse = new MessageCodec<LockResponse>({
  name: 'v3lockpb.LockResponse',
  create: createLockResponse,
  length: lengthOfLockResponse,
  write: writeLockResponse,
  read: readLockResponse,
})

export interface UnlockRequest {
  key: Uint8Array
}

export function createUnlockRequest(): UnlockRequest {
  return {
    key: EMPTY_BYTES,
  }
}

export function lengthOfUnlockRequest(value: UnlockRequest): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  return length
}

export function writeUnlockRequest(
  value: UnlockRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  return at
}

export function readUnlockRequest(reader: WireReader, into: UnlockRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const UnlockRequest = new MessageCodec<UnlockRequest>({
  name: 'v3lockpb.UnlockRequest',
  create: createUnlockRequest,
  length: lengthOfUnlockRequest,
  write: writeUnlockRequest,
  read: readUnlockRequest,
})

export interface UnlockResponse {
  header: ResponseHeader | null
}

export function createUnlockResponse(): UnlockResponse {
  return {
    header: null,
  }
}

export function lengthOfUnlockResponse(value: UnlockResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeUnlockResponse(
  value: UnlockResponse,
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

export function readUnlockResponse(reader: WireReader, into: UnlockResponse): void {
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

export const UnlockResponse = new MessageCodec<UnlockResponse>({
  name: 'v3lockpb.UnlockResponse',
  create: createUnlockResponse,
  length: lengthOfUnlockResponse,
  write: writeUnlockResponse,
  read: readUnlockResponse,
})

export const V3LOCK_FILE: FileDescription = {
  name: 'etcd/v3lock.proto',
  dependencies: [RPC_FILE],
  symbols: [
    'v3lockpb.LockRequest',
    'v3lockpb.LockResponse',
    'v3lockpb.UnlockRequest',
    'v3lockpb.UnlockResponse',
    'v3lockpb.Lock',
    'v3lockpb.Lock.Lock',
    'v3lockpb.Lock.Unlock',
  ],
  descriptor:
    'ChFldGNkL3YzbG9jay5wcm90bxIIdjNsb2NrcGIaDmV0Y2QvcnBjLnByb3RvIjcKC0xvY2tSZXF1ZXN0EhIKBG5hbWUY' +
    'ASABKAxSBG5hbWUSFAoFbGVhc2UYAiABKANSBWxlYXNlIlYKDExvY2tSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5l' +
    'dGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIQCgNrZXkYAiABKAxSA2tleSIhCg1VbmxvY2tSZXF1ZXN0' +
    'EhAKA2tleRgBIAEoDFIDa2V5IkYKDlVubG9ja1Jlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5S' +
    'ZXNwb25zZUhlYWRlclIGaGVhZGVyMnoKBExvY2sSNQoETG9jaxIVLnYzbG9ja3BiLkxvY2tSZXF1ZXN0GhYudjNsb2Nr' +
    'cGIuTG9ja1Jlc3BvbnNlEjsKBlVubG9jaxIXLnYzbG9ja3BiLlVubG9ja1JlcXVlc3QaGC52M2xvY2twYi5VbmxvY2tS' +
    'ZXNwb25zZWIGcHJvdG8z',
}

export const Lock = {
  name: 'v3lockpb.Lock',
  file: V3LOCK_FILE,
  methods: {
    lock: {
      name: 'Lock',
      path: '/v3lockpb.Lock/Lock',
      request: LockRequest,
      response: LockResponse,
      requestStream: false,
      responseStream: false,
    },
    unlock: {
      name: 'Unlock',
      path: '/v3lockpb.Lock/Unlock',
      request: UnlockRequest,
      response: UnlockResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription
