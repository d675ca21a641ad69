// Made from proto/grpc/health/v1/health.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import type { WireReader } from '../reader.ts'
import {
  delimitedLength,
  int32Length,
  stringLength,
  writeInt32,
  writeString,
  writeUint32,
} from '../writer.ts'

export const HealthCheckResponseServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const

export interface HealthCheckRequest {
  service: string
}

export function createHealthCheckRequest(): HealthCheckRequest {
  return {
    service: '',
  }
}

export function lengthOfHealthCheckRequest(value: HealthCheckRequest): number {
  let length = 0
  if (value.service !== '') {
    length += 1 + stringLength(value.service)
  }
  return length
}

export function writeHealthCheckRequest(
  value: HealthCheckRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.service !== '') {
    target[at++] = 10
    at = writeString(target, at, value.service)
  }
  return at
}

export function readHealthCheckRequest(reader: WireReader, into: HealthCheckRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.service = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const HealthCheckRequest = new MessageCodec<HealthCheckRequest>({
  name: 'grpc.health.v1.HealthCheckRequest',
  create: createHealthCheckRequest,
  length: lengthOfHealthCheckRequest,
  write: writeHealthCheckRequest,
  read: readHealthCheckRequest,
})

export interface HealthCheckResponse {
  status: number
}

export function createHealthCheckResponse(): HealthCheckResponse {
  return {
    status: 0,
  }
}

export function lengthOfHealthCheckResponse(value: HealthCheckResponse): number {
  let length = 0
  if (value.status !== 0) {
    length += 1 + int32Length(value.status)
  }
  return length
}

export function writeHealthCheckResponse(
  value: HealthCheckResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.status !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.status)
  }
  return at
}

export function readHealthCheckResponse(reader: WireReader, into: HealthCheckResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.status = reader.int32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const HealthCheckResponse = new MessageCodec<HealthCheckResponse>({
  name: 'grpc.health.v1.HealthCheckResponse',
  create: createHealthCheckResponse,
  length: lengthOfHealthCheckResponse,
  write: writeHealthCheckResponse,
  read: readHealthCheckResponse,
})

export type HealthListRequest = Record<string, never>

export function createHealthListRequest(): HealthListRequest {
  return {}
}

export function lengthOfHealthListRequest(_value: HealthListRequest): number {
  return 0
}

export function writeHealthListRequest(
  _value: HealthListRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readHealthListRequest(reader: WireReader, _into: HealthListRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const HealthListRequest = new MessageCodec<HealthListRequest>({
  name: 'grpc.health.v1.HealthListRequest',
  create: createHealthListRequest,
  length: lengthOfHealthListRequest,
  write: writeHealthListRequest,
  read: readHealthListRequest,
})

export interface HealthListResponse {
  statuses: HealthListResponseStatusesEntry[]
}

export function createHealthListResponse(): HealthListResponse {
  return {
    statuses: [],
  }
}

export function lengthOfHealthListResponse(value: HealthListResponse): number {
  let length = 0
  for (const one of value.statuses) {
    length += 1 + delimitedLength(lengthOfHealthListResponseStatusesEntry(one))
  }
  return length
}

export function writeHealthListResponse(
  value: HealthListResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.statuses) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfHealthListResponseStatusesEntry(one))
    at = writeHealthListResponseStatusesEntry(one, target, at)
  }
  return at
}

export function readHealthListResponse(reader: WireReader, into: HealthListResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createHealthListResponseStatusesEntry()
        into.statuses.push(one)
        const outer = reader.enter()
        readHealthListResponseStatusesEntry(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const HealthListResponse = new MessageCodec<HealthListResponse>({
  name: 'grpc.health.v1.HealthListResponse',
  create: createHealthListResponse,
  length: lengthOfHealthListResponse,
  write: writeHealthListResponse,
  read: readHealthListResponse,
})

export interface HealthListResponseStatusesEntry {
  key: string
  value: HealthCheckResponse | null
}

export function createHealthListResponseStatusesEntry(): HealthListResponseStatusesEntry {
  return {
    key: '',
    value: null,
  }
}

export function lengthOfHealthListResponseStatusesEntry(
  value: HealthListResponseStatusesEntry,
): number {
  let length = 0
  if (value.key !== '') {
    length += 1 + stringLength(value.key)
  }
  if (value.value !== null) {
    length += 1 + delimitedLength(lengthOfHealthCheckResponse(value.value))
  }
  return length
}

export function writeHealthListResponseStatusesEntry(
  value: HealthListResponseStatusesEntry,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.key !== '') {
    target[at++] = 10
    at = writeString(target, at, value.key)
  }
  if (value.value !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfHealthCheckResponse(value.value))
    at = writeHealthCheckResponse(value.value, target, at)
  }
  return at
}

export function readHealthListResponseStatusesEntry(
  reader: WireReader,
  into: HealthListResponseStatusesEntry,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.string()
        break
      case 18: {
        const one = into.value ?? createHealthCheckResponse()
        into.value = one
        const outer = reader.enter()
        readHealthCheckResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const HealthListResponseStatusesEntry = new MessageCodec<HealthListResponseStatusesEntry>({
  name: 'grpc.health.v1.HealthListResponse.StatusesEntry',
  create: createHealthListResponseStatusesEntry,
  length: lengthOfHealthListResponseStatusesEntry,
  write: writeHealthListResponseStatusesEntry,
  read: readHealthListResponseStatusesEntry,
})

export const HEALTH_FILE: FileDescription = {
  name: 'grpc/health/v1/health.proto',
  dependencies: [],
  symbols: [
    'grpc.health.v1.HealthCheckRequest',
    'grpc.health.v1.HealthCheckResponse',
    'grpc.health.v1.HealthListRequest',
    'grpc.health.v1.HealthListResponse',
    'grpc.health.v1.HealthListResponse.StatusesEntry',
    'grpc.health.v1.HealthCheckResponse.ServingStatus',
    'grpc.health.v1.Health',
    'grpc.health.v1.Health.Check',
    'grpc.health.v1.Health.List',
    'grpc.health.v1.Health.Watch',
  ],
  descriptor:
    'ChtncnBjL2hlYWx0aC92MS9oZWFsdGgucHJvdG8SDmdycGMuaGVhbHRoLnYxIi4KEkhlYWx0aENoZWNrUmVxdWVzdBIY' +
    'CgdzZXJ2aWNlGAEgASgJUgdzZXJ2aWNlIrEBChNIZWFsdGhDaGVja1Jlc3BvbnNlEkkKBnN0YXR1cxgBIAEoDjIxLmdy' +
    'cGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2UuU2VydmluZ1N0YXR1c1IGc3RhdHVzIk8KDVNlcnZpbmdTdGF0' +
    'dXMSCwoHVU5LTk9XThAAEgsKB1NFUlZJTkcQARIPCgtOT1RfU0VSVklORxACEhMKD1NFUlZJQ0VfVU5LTk9XThADIhMK' +
    'EUhlYWx0aExpc3RSZXF1ZXN0IsQBChJIZWFsdGhMaXN0UmVzcG9uc2USTAoIc3RhdHVzZXMYASADKAsyMC5ncnBjLmhl' +
    'YWx0aC52MS5IZWFsdGhMaXN0UmVzcG9uc2UuU3RhdHVzZXNFbnRyeVIIc3RhdHVzZXMaYAoNU3RhdHVzZXNFbnRyeRIQ' +
    'CgNrZXkYASABKAlSA2tleRI5CgV2YWx1ZRgCIAEoCzIjLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2VS' +
    'BXZhbHVlOgI4ATL9AQoGSGVhbHRoElAKBUNoZWNrEiIuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXF1ZXN0GiMu' +
    'Z3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXNwb25zZRJNCgRMaXN0EiEuZ3JwYy5oZWFsdGgudjEuSGVhbHRoTGlz' +
    'dFJlcXVlc3QaIi5ncnBjLmhlYWx0aC52MS5IZWFsdGhMaXN0UmVzcG9uc2USUgoFV2F0Y2gSIi5ncnBjLmhlYWx0aC52' +
    'MS5IZWFsdGhDaGVja1JlcXVlc3QaIy5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1Jlc3BvbnNlMAFiBnByb3RvMw==',
}

export const Health = {
  name: 'grpc.health.v1.Health',
  file: HEALTH_FILE,
  methods: {
    check: {
      name: 'Check',
      path: '/grpc.health.v1.Health/Check',
      request: HealthCheckRequest,
      response: HealthCheckResponse,
      requestStream: false,
      responseStream: false,
    },
    list: {
      name: 'List',
      path: '/grpc.health.v1.Health/List',
      request: HealthListRequest,
      response: HealthListResponse,
      requestStream: false,
      responseStream: false,
    },
    watch: {
      name: 'Watch',
      path: '/grpc.health.v1.Health/Watch',
      request: HealthCheckRequest,
      response: HealthCheckResponse,
      requestStream: false,
      responseStream: true,
    },
  },
} as const satisfies ServiceDescription
