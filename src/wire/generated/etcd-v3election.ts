// Made from proto/etcd/v3election.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int64Length,
  numberLength,
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
  createResponseHeader,
  lengthOfResponseHeader,
  type ResponseHeader,
  RPC_FILE,
  readResponseHeader,
  writeResponseHeader,
} from './etcd-rpc.ts'

export interface CampaignRequest {
  name: Uint8Array
  lease: bigint
  value: Uint8Array
}

export function createCampaignRequest(): CampaignRequest {
  return {
    name: EMPTY_BYTES,
    lease: 0n,
    value: EMPTY_BYTES,
  }
}

export function lengthOfCampaignRequest(value: CampaignRequest): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  if (value.value.length > 0) {
    length += 1 + bytesLength(value.value)
  }
  return length
}

export function writeCampaignRequest(
  value: CampaignRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  if (value.lease !== 0n) {
    target[at++] = 16
    at = writeInt64(target, at, value.lease)
  }
  if (value.value.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.value)
  }
  return at
}

export function readCampaignRequest(reader: WireReader, into: CampaignRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      case 16:
        into.lease = reader.int64()
        break
      case 26:
        into.value = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const CampaignRequest = new MessageCodec<CampaignRequest>({
  name: 'v3electionpb.CampaignRequest',
  create: createCampaignRequest,
  length: lengthOfCampaignRequest,
  write: writeCampaignRequest,
  read: readCampaignRequest,
})

export interface CampaignResponse {
  header: ResponseHeader | null
  leader: LeaderKey | null
}

export function createCampaignResponse(): CampaignResponse {
  return {
    header: null,
    leader: null,
  }
}

export function lengthOfCampaignResponse(value: CampaignResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.leader !== null) {
    length += 1 + delimitedLength(lengthOfLeaderKey(value.leader))
  }
  return length
}

export function writeCampaignResponse(
  value: CampaignResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.leader !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfLeaderKey(value.leader))
    at = writeLeaderKey(value.leader, target, at)
  }
  return at
}

export function readCampaignResponse(reader: WireReader, into: CampaignResponse): void {
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
        const one = into.leader ?? createLeaderKey()
        into.leader = one
        const outer = reader.enter()
        readLeaderKey(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const CampaignResponse = new MessageCodec<CampaignResponse>({
  name: 'v3electionpb.CampaignResponse',
  create: createCampaignResponse,
  length: lengthOfCampaignResponse,
  write: writeCampaignResponse,
  read: readCampaignResponse,
})

export interface LeaderKey {
  name: Uint8Array
  key: Uint8Array
  rev: number
  lease: bigint
}

export function createLeaderKey(): LeaderKey {
  return {
    name: EMPTY_BYTES,
    key: EMPTY_BYTES,
    rev: 0,
    lease: 0n,
  }
}

export function lengthOfLeaderKey(value: LeaderKey): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rev !== 0) {
    length += 1 + numberLength(value.rev)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  return length
}

export function writeLeaderKey(value: LeaderKey, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  if (value.key.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.key)
  }
  if (value.rev !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.rev)
  }
  if (value.lease !== 0n) {
    target[at++] = 32
    at = writeInt64(target, at, value.lease)
  }
  return at
}

export function readLeaderKey(reader: WireReader, into: LeaderKey): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      case 18:
        into.key = reader.bytes()
        break
      case 24:
        into.rev = reader.int64Number()
        break
      case 32:
        into.lease = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaderKey = new MessageCodec<LeaderKey>({
  name: 'v3electionpb.LeaderKey',
  create: createLeaderKey,
  length: lengthOfLeaderKey,
  write: writeLeaderKey,
  read: readLeaderKey,
})

export interface LeaderRequest {
  name: Uint8Array
}

export function createLeaderRequest(): LeaderRequest {
  return {
    name: EMPTY_BYTES,
  }
}

export function lengthOfLeaderRequest(value: LeaderRequest): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  return length
}

export function writeLeaderRequest(
  value: LeaderRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  return at
}

export function readLeaderRequest(reader: WireReader, into: LeaderRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const LeaderRequest = new MessageCodec<LeaderRequest>({
  name: 'v3electionpb.LeaderRequest',
  create: createLeaderRequest,
  length: lengthOfLeaderRequest,
  write: writeLeaderRequest,
  read: readLeaderRequest,
})

export interface LeaderResponse {
  header: ResponseHeader | null
  kv: KeyValue | null
}

export function createLeaderResponse(): LeaderResponse {
  return {
    header: null,
    kv: null,
  }
}

export function lengthOfLeaderResponse(value: LeaderResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  if (value.kv !== null) {
    length += 1 + delimitedLength(lengthOfKeyValue(value.kv))
  }
  return length
}

export function writeLeaderResponse(
  value: LeaderResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.header !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResponseHeader(value.header))
    at = writeResponseHeader(value.header, target, at)
  }
  if (value.kv !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfKeyValue(value.kv))
    at = writeKeyValue(value.kv, target, at)
  }
  return at
}

export function readLeaderResponse(reader: WireReader, into: LeaderResponse): void {
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
        const one = into.kv ?? createKeyValue()
        into.kv = one
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

export const LeaderResponse = new MessageCodec<LeaderResponse>({
  name: 'v3electionpb.LeaderResponse',
  create: createLeaderResponse,
  length: lengthOfLeaderResponse,
  write: writeLeaderResponse,
  read: readLeaderResponse,
})

export interface ResignRequest {
  leader: LeaderKey | null
}

export function createResignRequest(): ResignRequest {
  return {
    leader: null,
  }
}

export function lengthOfResignRequest(value: ResignRequest): number {
  let length = 0
  if (value.leader !== null) {
    length += 1 + delimitedLength(lengthOfLeaderKey(value.leader))
  }
  return length
}

export function writeResignRequest(
  value: ResignRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.leader !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfLeaderKey(value.leader))
    at = writeLeaderKey(value.leader, target, at)
  }
  return at
}

export function readResignRequest(reader: WireReader, into: ResignRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.leader ?? createLeaderKey()
        into.leader = one
        const outer = reader.enter()
        readLeaderKey(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const ResignRequest = new MessageCodec<ResignRequest>({
  name: 'v3electionpb.ResignRequest',
  create: createResignRequest,
  length: lengthOfResignRequest,
  write: writeResignRequest,
  read: readResignRequest,
})

export interface ResignResponse {
  header: ResponseHeader | null
}

export function createResignResponse(): ResignResponse {
  return {
    header: null,
  }
}

export function lengthOfResignResponse(value: ResignResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeResignResponse(
  value: ResignResponse,
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

export function readResignResponse(reader: WireReader, into: ResignResponse): void {
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

export const ResignResponse = new MessageCodec<ResignResponse>({
  name: 'v3electionpb.ResignResponse',
  create: createResignResponse,
  length: lengthOfResignResponse,
  write: writeResignResponse,
  read: readResignResponse,
})

export interface ProclaimRequest {
  leader: LeaderKey | null
  value: Uint8Array
}

export function createProclaimRequest(): ProclaimRequest {
  return {
    leader: null,
    value: EMPTY_BYTES,
  }
}

export function lengthOfProclaimRequest(value: ProclaimRequest): number {
  let length = 0
  if (value.leader !== null) {
    length += 1 + delimitedLength(lengthOfLeaderKey(value.leader))
  }
  if (value.value.length > 0) {
    length += 1 + bytesLength(value.value)
  }
  return length
}

export function writeProclaimRequest(
  value: ProclaimRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.leader !== null) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfLeaderKey(value.leader))
    at = writeLeaderKey(value.leader, target, at)
  }
  if (value.value.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.value)
  }
  return at
}

export function readProclaimRequest(reader: WireReader, into: ProclaimRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        const one = into.leader ?? createLeaderKey()
        into.leader = one
        const outer = reader.enter()
        readLeaderKey(reader, one)
        reader.leave(outer)
        break
      }
      case 18:
        into.value = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const ProclaimRequest = new MessageCodec<ProclaimRequest>({
  name: 'v3electionpb.ProclaimRequest',
  create: createProclaimRequest,
  length: lengthOfProclaimRequest,
  write: writeProclaimRequest,
  read: readProclaimRequest,
})

export interface ProclaimResponse {
  header: ResponseHeader | null
}

export function createProclaimResponse(): ProclaimResponse {
  return {
    header: null,
  }
}

export function lengthOfProclaimResponse(value: ProclaimResponse): number {
  let length = 0
  if (value.header !== null) {
    length += 1 + delimitedLength(lengthOfResponseHeader(value.header))
  }
  return length
}

export function writeProclaimResponse(
  value: ProclaimResponse,
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

export function readProclaimResponse(reader: WireReader, into: ProclaimResponse): void {
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

export const ProclaimResponse = new MessageCodec<ProclaimResponse>({
  name: 'v3electionpb.ProclaimResponse',
  create: createProclaimResponse,
  length: lengthOfProclaimResponse,
  write: writeProclaimResponse,
  read: readProclaimResponse,
})

export const V3ELECTION_FILE: FileDescription = {
  name: 'etcd/v3election.proto',
  dependencies: [KV_FILE, RPC_FILE],
  symbols: [
    'v3electionpb.CampaignRequest',
    'v3electionpb.CampaignResponse',
    'v3electionpb.LeaderKey',
    'v3electionpb.LeaderRequest',
    'v3electionpb.LeaderResponse',
    'v3electionpb.ResignRequest',
    'v3electionpb.ResignResponse',
    'v3electionpb.ProclaimRequest',
    'v3electionpb.ProclaimResponse',
    'v3electionpb.Election',
    'v3electionpb.Election.Campaign',
    'v3electionpb.Election.Proclaim',
    'v3electionpb.Election.Leader',
    'v3electionpb.Election.Observe',
    'v3electionpb.Election.Resign',
  ],
  descriptor:
    'ChVldGNkL3YzZWxlY3Rpb24ucHJvdG8SDHYzZWxlY3Rpb25wYhoNZXRjZC9rdi5wcm90bxoOZXRjZC9ycGMucHJvdG8i' +
    'UQoPQ2FtcGFpZ25SZXF1ZXN0EhIKBG5hbWUYASABKAxSBG5hbWUSFAoFbGVhc2UYAiABKANSBWxlYXNlEhQKBXZhbHVl' +
    'GAMgASgMUgV2YWx1ZSJ5ChBDYW1wYWlnblJlc3BvbnNlEjQKBmhlYWRlchgBIAEoCzIcLmV0Y2RzZXJ2ZXJwYi5SZXNw' +
    'b25zZUhlYWRlclIGaGVhZGVyEi8KBmxlYWRlchgCIAEoCzIXLnYzZWxlY3Rpb25wYi5MZWFkZXJLZXlSBmxlYWRlciJd' +
    'CglMZWFkZXJLZXkSEgoEbmFtZRgBIAEoDFIEbmFtZRIQCgNrZXkYAiABKAxSA2tleRIUCgNyZXYYAyABKANCAjACUgNy' +
    'ZXYSFAoFbGVhc2UYBCABKANSBWxlYXNlIiMKDUxlYWRlclJlcXVlc3QSEgoEbmFtZRgBIAEoDFIEbmFtZSJoCg5MZWFk' +
    'ZXJSZXNwb25zZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlchIgCgJr' +
    'dhgCIAEoCzIQLm12Y2NwYi5LZXlWYWx1ZVICa3YiQAoNUmVzaWduUmVxdWVzdBIvCgZsZWFkZXIYASABKAsyFy52M2Vs' +
    'ZWN0aW9ucGIuTGVhZGVyS2V5UgZsZWFkZXIiRgoOUmVzaWduUmVzcG9uc2USNAoGaGVhZGVyGAEgASgLMhwuZXRjZHNl' +
    'cnZlcnBiLlJlc3BvbnNlSGVhZGVyUgZoZWFkZXIiWAoPUHJvY2xhaW1SZXF1ZXN0Ei8KBmxlYWRlchgBIAEoCzIXLnYz' +
    'ZWxlY3Rpb25wYi5MZWFkZXJLZXlSBmxlYWRlchIUCgV2YWx1ZRgCIAEoDFIFdmFsdWUiSAoQUHJvY2xhaW1SZXNwb25z' +
    'ZRI0CgZoZWFkZXIYASABKAsyHC5ldGNkc2VydmVycGIuUmVzcG9uc2VIZWFkZXJSBmhlYWRlcjLyAgoIRWxlY3Rpb24S' +
    'SQoIQ2FtcGFpZ24SHS52M2VsZWN0aW9ucGIuQ2FtcGFpZ25SZXF1ZXN0Gh4udjNlbGVjdGlvbnBiLkNhbXBhaWduUmVz' +
    'cG9uc2USSQoIUHJvY2xhaW0SHS52M2VsZWN0aW9ucGIuUHJvY2xhaW1SZXF1ZXN0Gh4udjNlbGVjdGlvbnBiLlByb2Ns' +
    'YWltUmVzcG9uc2USQwoGTGVhZGVyEhsudjNlbGVjdGlvbnBiLkxlYWRlclJlcXVlc3QaHC52M2VsZWN0aW9ucGIuTGVh' +
    'ZGVyUmVzcG9uc2USRgoHT2JzZXJ2ZRIbLnYzZWxlY3Rpb25wYi5MZWFkZXJSZXF1ZXN0GhwudjNlbGVjdGlvbnBiLkxl' +
    'YWRlclJlc3BvbnNlMAESQwoGUmVzaWduEhsudjNlbGVjdGlvbnBiLlJlc2lnblJlcXVlc3QaHC52M2VsZWN0aW9ucGIu' +
    'UmVzaWduUmVzcG9uc2ViBnByb3RvMw==',
}

export const Election = {
  name: 'v3electionpb.Election',
  file: V3ELECTION_FILE,
  methods: {
    campaign: {
      name: 'Campaign',
      path: '/v3electionpb.Election/Campaign',
      request: CampaignRequest,
      response: CampaignResponse,
      requestStream: false,
      responseStream: false,
    },
    proclaim: {
      name: 'Proclaim',
      path: '/v3electionpb.Election/Proclaim',
      request: ProclaimRequest,
      response: ProclaimResponse,
      requestStream: false,
      responseStream: false,
    },
    leader: {
      name: 'Leader',
      path: '/v3electionpb.Election/Leader',
      request: LeaderRequest,
      response: LeaderResponse,
      requestStream: false,
      responseStream: false,
    },
    observe: {
      name: 'Observe',
      path: '/v3electionpb.Election/Observe',
      request: LeaderRequest,
      response: LeaderResponse,
      requestStream: false,
      responseStream: true,
    },
    resign: {
      name: 'Resign',
      path: '/v3electionpb.Election/Resign',
      request: ResignRequest,
      response: ResignResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription
