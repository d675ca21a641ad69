// Made from proto/grpc/reflection/v1alpha/reflection.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import type { WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int32Length,
  stringLength,
  writeBytes,
  writeInt32,
  writeString,
  writeUint32,
} from '../writer.ts'

export type ServerReflectionRequestMessageRequest =
  | { kind: 'fileByFilename'; value: string }
  | { kind: 'fileContainingSymbol'; value: string }
  | { kind: 'fileContainingExtension'; value: ExtensionRequest }
  | { kind: 'allExtensionNumbersOfType'; value: string }
  | { kind: 'listServices'; value: string }

export interface ServerReflectionRequest {
  host: string
  messageRequest: ServerReflectionRequestMessageRequest | null
}

export function createServerReflectionRequest(): ServerReflectionRequest {
  return {
    host: '',
    messageRequest: null,
  }
}

export function lengthOfServerReflectionRequest(value: ServerReflectionRequest): number {
  let length = 0
  if (value.host !== '') {
    length += 1 + stringLength(value.host)
  }
  if (value.messageRequest !== null) {
    switch (value.messageRequest.kind) {
      case 'fileByFilename':
        length += 1 + stringLength(value.messageRequest.value)
        break
      case 'fileContainingSymbol':
        length += 1 + stringLength(value.messageRequest.value)
        break
      case 'fileContainingExtension': {
        length += 1 + delimitedLength(lengthOfExtensionRequest(value.messageRequest.value))
        break
      }
      case 'allExtensionNumbersOfType':
        length += 1 + stringLength(value.messageRequest.value)
        break
      case 'listServices':
        length += 1 + stringLength(value.messageRequest.value)
        break
    }
  }
  return length
}

export function writeServerReflectionRequest(
  value: ServerReflectionRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.host !== '') {
    target[at++] = 10
    at = writeString(target, at, value.host)
  }
  if (value.messageRequest !== null) {
    switch (value.messageRequest.kind) {
      case 'fileByFilename':
        target[at++] = 26
        at = writeString(target, at, value.messageRequest.value)
        break
      case 'fileContainingSymbol':
        target[at++] = 34
        at = writeString(target, at, value.messageRequest.value)
        break
      case 'fileContainingExtension': {
        target[at++] = 42
        at = writeUint32(target, at, lengthOfExtensionRequest(value.messageRequest.value))
        at = writeExtensionRequest(value.messageRequest.value, target, at)
        break
      }
      case 'allExtensionNumbersOfType':
        target[at++] = 50
        at = writeString(target, at, value.messageRequest.value)
        break
      case 'listServices':
        target[at++] = 58
        at = writeString(target, at, value.messageRequest.value)
        break
    }
  }
  return at
}

export function readServerReflectionRequest(
  reader: WireReader,
  into: ServerReflectionRequest,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.host = reader.string()
        break
      case 26:
        into.messageRequest = { kind: 'fileByFilename', value: reader.string() }
        break
      case 34:
        into.messageRequest = { kind: 'fileContainingSymbol', value: reader.string() }
        break
      case 42: {
        const before = into.messageRequest
        const isSame = before?.kind === 'fileContainingExtension'
        const one = isSame ? before.value : createExtensionRequest()
        if (!isSame) into.messageRequest = { kind: 'fileContainingExtension', value: one }
        const outer = reader.enter()
        readExtensionRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 50:
        into.messageRequest = { kind: 'allExtensionNumbersOfType', value: reader.string() }
        break
      case 58:
        into.messageRequest = { kind: 'listServices', value: reader.string() }
        break
      default:
        reader.skip(tag)
    }
  }
}

export const ServerReflectionRequest = new MessageCodec<ServerReflectionRequest>({
  name: 'grpc.reflection.v1alpha.ServerReflectionRequest',
  create: createServerReflectionRequest,
  length: lengthOfServerReflectionRequest,
  write: writeServerReflectionRequest,
  read: readServerReflectionRequest,
})

export interface ExtensionRequest {
  containingType: string
  extensionNumber: number
}

export function createExtensionRequest(): ExtensionRequest {
  return {
    containingType: '',
    extensionNumber: 0,
  }
}

export function lengthOfExtensionRequest(value: ExtensionRequest): number {
  let length = 0
  if (value.containingType !== '') {
    length += 1 + stringLength(value.containingType)
  }
  if (value.extensionNumber !== 0) {
    length += 1 + int32Length(value.extensionNumber)
  }
  return length
}

export function writeExtensionRequest(
  value: ExtensionRequest,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.containingType !== '') {
    target[at++] = 10
    at = writeString(target, at, value.containingType)
  }
  if (value.extensionNumber !== 0) {
    target[at++] = 16
    at = writeInt32(target, at, value.extensionNumber)
  }
  return at
}

export function readExtensionRequest(reader: WireReader, into: ExtensionRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.containingType = reader.string()
        break
      case 16:
        into.extensionNumber = reader.int32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const ExtensionRequest = new MessageCodec<ExtensionRequest>({
  name: 'grpc.reflection.v1alpha.ExtensionRequest',
  create: createExtensionRequest,
  length: lengthOfExtensionRequest,
  write: writeExtensionRequest,
  read: readExtensionRequest,
})

export type ServerReflectionResponseMessageResponse =
  | { kind: 'fileDescriptorResponse'; value: FileDescriptorResponse }
  | { kind: 'allExtensionNumbersResponse'; value: ExtensionNumberResponse }
  | { kind: 'listServicesResponse'; value: ListServiceResponse }
  | { kind: 'errorResponse'; value: ErrorResponse }

export interface ServerReflectionResponse {
  validHost: string
  originalRequest: ServerReflectionRequest | null
  messageResponse: ServerReflectionResponseMessageResponse | null
}

export function createServerReflectionResponse(): ServerReflectionResponse {
  return {
    validHost: '',
    originalRequest: null,
    messageResponse: null,
  }
}

export function lengthOfServerReflectionResponse(value: ServerReflectionResponse): number {
  let length = 0
  if (value.validHost !== '') {
    length += 1 + stringLength(value.validHost)
  }
  if (value.originalRequest !== null) {
    length += 1 + delimitedLength(lengthOfServerReflectionRequest(value.originalRequest))
  }
  if (value.messageResponse !== null) {
    switch (value.messageResponse.kind) {
      case 'fileDescriptorResponse': {
        length += 1 + delimitedLength(lengthOfFileDescriptorResponse(value.messageResponse.value))
        break
      }
      case 'allExtensionNumbersResponse': {
        length += 1 + delimitedLength(lengthOfExtensionNumberResponse(value.messageResponse.value))
        break
      }
      case 'listServicesResponse': {
        length += 1 + delimitedLength(lengthOfListServiceResponse(value.messageResponse.value))
        break
      }
      case 'errorResponse': {
        length += 1 + delimitedLength(lengthOfErrorResponse(value.messageResponse.value))
        break
      }
    }
  }
  return length
}

export function writeServerReflectionResponse(
  value: ServerReflectionResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.validHost !== '') {
    target[at++] = 10
    at = writeString(target, at, value.validHost)
  }
  if (value.originalRequest !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfServerReflectionRequest(value.originalRequest))
    at = writeServerReflectionRequest(value.originalRequest, target, at)
  }
  if (value.messageResponse !== null) {
    switch (value.messageResponse.kind) {
      case 'fileDescriptorResponse': {
        target[at++] = 34
        at = writeUint32(target, at, lengthOfFileDescriptorResponse(value.messageResponse.value))
        at = writeFileDescriptorResponse(value.messageResponse.value, target, at)
        break
      }
      case 'allExtensionNumbersResponse': {
        target[at++] = 42
        at = writeUint32(target, at, lengthOfExtensionNumberResponse(value.messageResponse.value))
        at = writeExtensionNumberResponse(value.messageResponse.value, target, at)
        break
      }
      case 'listServicesResponse': {
        target[at++] = 50
        at = writeUint32(target, at, lengthOfListServiceResponse(value.messageResponse.value))
        at = writeListServiceResponse(value.messageResponse.value, target, at)
        break
      }
      case 'errorResponse': {
        target[at++] = 58
        at = writeUint32(target, at, lengthOfErrorResponse(value.messageResponse.value))
        at = writeErrorResponse(value.messageResponse.value, target, at)
        break
      }
    }
  }
  return at
}

export function readServerReflectionResponse(
  reader: WireReader,
  into: ServerReflectionResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.validHost = reader.string()
        break
      case 18: {
        const one = into.originalRequest ?? createServerReflectionRequest()
        into.originalRequest = one
        const outer = reader.enter()
        readServerReflectionRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 34: {
        const before = into.messageResponse
        const isSame = before?.kind === 'fileDescriptorResponse'
        const one = isSame ? before.value : createFileDescriptorResponse()
        if (!isSame) into.messageResponse = { kind: 'fileDescriptorResponse', value: one }
        const outer = reader.enter()
        readFileDescriptorResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 42: {
        const before = into.messageResponse
        const isSame = before?.kind === 'allExtensionNumbersResponse'
        const one = isSame ? before.value : createExtensionNumberResponse()
        if (!isSame) into.messageResponse = { kind: 'allExtensionNumbersResponse', value: one }
        const outer = reader.enter()
        readExtensionNumberResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 50: {
        const before = into.messageResponse
        const isSame = before?.kind === 'listServicesResponse'
        const one = isSame ? before.value : createListServiceResponse()
        if (!isSame) into.messageResponse = { kind: 'listServicesResponse', value: one }
        const outer = reader.enter()
        readListServiceResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 58: {
        const before = into.messageResponse
        const isSame = before?.kind === 'errorResponse'
        const one = isSame ? before.value : createErrorResponse()
        if (!isSame) into.messageResponse = { kind: 'errorResponse', value: one }
        const outer = reader.enter()
        readErrorResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const ServerReflectionResponse = new MessageCodec<ServerReflectionResponse>({
  name: 'grpc.reflection.v1alpha.ServerReflectionResponse',
  create: createServerReflectionResponse,
  length: lengthOfServerReflectionResponse,
  write: writeServerReflectionResponse,
  read: readServerReflectionResponse,
})

export interface FileDescriptorResponse {
  fileDescriptorProto: Uint8Array[]
}

export function createFileDescriptorResponse(): FileDescriptorResponse {
  return {
    fileDescriptorProto: [],
  }
}

export function lengthOfFileDescriptorResponse(value: FileDescriptorResponse): number {
  let length = 0
  for (const one of value.fileDescriptorProto) {
    length += 1 + bytesLength(one)
  }
  return length
}

export function writeFileDescriptorResponse(
  value: FileDescriptorResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.fileDescriptorProto) {
    target[at++] = 10
    at = writeBytes(target, at, one)
  }
  return at
}

export function readFileDescriptorResponse(reader: WireReader, into: FileDescriptorResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        reader.element()
        into.fileDescriptorProto.push(reader.bytes())
        break
      default:
        reader.skip(tag)
    }
  }
}

export const FileDescriptorResponse = new MessageCodec<FileDescriptorResponse>({
  name: 'grpc.reflection.v1alpha.FileDescriptorResponse',
  create: createFileDescriptorResponse,
  length: lengthOfFileDescriptorResponse,
  write: writeFileDescriptorResponse,
  read: readFileDescriptorResponse,
})

export interface ExtensionNumberResponse {
  baseTypeName: string
  extensionNumber: number[]
}

export function createExtensionNumberResponse(): ExtensionNumberResponse {
  return {
    baseTypeName: '',
    extensionNumber: [],
  }
}

export function lengthOfExtensionNumberResponse(value: ExtensionNumberResponse): number {
  let length = 0
  if (value.baseTypeName !== '') {
    length += 1 + stringLength(value.baseTypeName)
  }
  if (value.extensionNumber.length > 0) {
    let packed = 0
    for (const one of value.extensionNumber) packed += int32Length(one)
    length += 1 + delimitedLength(packed)
  }
  return length
}

export function writeExtensionNumberResponse(
  value: ExtensionNumberResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.baseTypeName !== '') {
    target[at++] = 10
    at = writeString(target, at, value.baseTypeName)
  }
  if (value.extensionNumber.length > 0) {
    let packed = 0
    for (const one of value.extensionNumber) packed += int32Length(one)
    target[at++] = 18
    at = writeUint32(target, at, packed)
    for (const one of value.extensionNumber) at = writeInt32(target, at, one)
  }
  return at
}

export function readExtensionNumberResponse(
  reader: WireReader,
  into: ExtensionNumberResponse,
): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.baseTypeName = reader.string()
        break
      case 16:
        reader.element()
        into.extensionNumber.push(reader.int32())
        break
      case 18: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.extensionNumber.push(reader.int32())
        }
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const ExtensionNumberResponse = new MessageCodec<ExtensionNumberResponse>({
  name: 'grpc.reflection.v1alpha.ExtensionNumberResponse',
  create: createExtensionNumberResponse,
  length: lengthOfExtensionNumberResponse,
  write: writeExtensionNumberResponse,
  read: readExtensionNumberResponse,
})

export interface ListServiceResponse {
  service: ServiceResponse[]
}

export function createListServiceResponse(): ListServiceResponse {
  return {
    service: [],
  }
}

export function lengthOfListServiceResponse(value: ListServiceResponse): number {
  let length = 0
  for (const one of value.service) {
    length += 1 + delimitedLength(lengthOfServiceResponse(one))
  }
  return length
}

export function writeListServiceResponse(
  value: ListServiceResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const one of value.service) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfServiceResponse(one))
    at = writeServiceResponse(one, target, at)
  }
  return at
}

export function readListServiceResponse(reader: WireReader, into: ListServiceResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createServiceResponse()
        into.service.push(one)
        const outer = reader.enter()
        readServiceResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const ListServiceResponse = new MessageCodec<ListServiceResponse>({
  name: 'grpc.reflection.v1alpha.ListServiceResponse',
  create: createListServiceResponse,
  length: lengthOfListServiceResponse,
  write: writeListServiceResponse,
  read: readListServiceResponse,
})

export interface ServiceResponse {
  name: string
}

export function createServiceResponse(): ServiceResponse {
  return {
    name: '',
  }
}

export function lengthOfServiceResponse(value: ServiceResponse): number {
  let length = 0
  if (value.name !== '') {
    length += 1 + stringLength(value.name)
  }
  return length
}

export function writeServiceResponse(
  value: ServiceResponse,
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

export function readServiceResponse(reader: WireReader, into: ServiceResponse): void {
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

export const ServiceResponse = new MessageCodec<ServiceResponse>({
  name: 'grpc.reflection.v1alpha.ServiceResponse',
  create: createServiceResponse,
  length: lengthOfServiceResponse,
  write: writeServiceResponse,
  read: readServiceResponse,
})

export interface ErrorResponse {
  errorCode: number
  errorMessage: string
}

export function createErrorResponse(): ErrorResponse {
  return {
    errorCode: 0,
    errorMessage: '',
  }
}

export function lengthOfErrorResponse(value: ErrorResponse): number {
  let length = 0
  if (value.errorCode !== 0) {
    length += 1 + int32Length(value.errorCode)
  }
  if (value.errorMessage !== '') {
    length += 1 + stringLength(value.errorMessage)
  }
  return length
}

export function writeErrorResponse(
  value: ErrorResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.errorCode !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.errorCode)
  }
  if (value.errorMessage !== '') {
    target[at++] = 18
    at = writeString(target, at, value.errorMessage)
  }
  return at
}

export function readErrorResponse(reader: WireReader, into: ErrorResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.errorCode = reader.int32()
        break
      case 18:
        into.errorMessage = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const ErrorResponse = new MessageCodec<ErrorResponse>({
  name: 'grpc.reflection.v1alpha.ErrorResponse',
  create: createErrorResponse,
  length: lengthOfErrorResponse,
  write: writeErrorResponse,
  read: readErrorResponse,
})

export const REFLECTION_FILE: FileDescription = {
  name: 'grpc/reflection/v1alpha/reflection.proto',
  dependencies: [],
  symbols: [
    'grpc.reflection.v1alpha.ServerReflectionRequest',
    'grpc.reflection.v1alpha.ExtensionRequest',
    'grpc.reflection.v1alpha.ServerReflectionResponse',
    'grpc.reflection.v1alpha.FileDescriptorResponse',
    'grpc.reflection.v1alpha.ExtensionNumberResponse',
    'grpc.reflection.v1alpha.ListServiceResponse',
    'grpc.reflection.v1alpha.ServiceResponse',
    'grpc.reflection.v1alpha.ErrorResponse',
    'grpc.reflection.v1alpha.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo',
  ],
  descriptor:
    'CihncnBjL3JlZmxlY3Rpb24vdjFhbHBoYS9yZWZsZWN0aW9uLnByb3RvEhdncnBjLnJlZmxlY3Rpb24udjFhbHBoYSL4' +
    'AgoXU2VydmVyUmVmbGVjdGlvblJlcXVlc3QSEgoEaG9zdBgBIAEoCVIEaG9zdBIqChBmaWxlX2J5X2ZpbGVuYW1lGAMg' +
    'ASgJSABSDmZpbGVCeUZpbGVuYW1lEjYKFmZpbGVfY29udGFpbmluZ19zeW1ib2wYBCABKAlIAFIUZmlsZUNvbnRhaW5p' +
    'bmdTeW1ib2wSZwoZZmlsZV9jb250YWluaW5nX2V4dGVuc2lvbhgFIAEoCzIpLmdycGMucmVmbGVjdGlvbi52MWFscGhh' +
    'LkV4dGVuc2lvblJlcXVlc3RIAFIXZmlsZUNvbnRhaW5pbmdFeHRlbnNpb24SQgodYWxsX2V4dGVuc2lvbl9udW1iZXJz' +
    'X29mX3R5cGUYBiABKAlIAFIZYWxsRXh0ZW5zaW9uTnVtYmVyc09mVHlwZRIlCg1saXN0X3NlcnZpY2VzGAcgASgJSABS' +
    'DGxpc3RTZXJ2aWNlc0IRCg9tZXNzYWdlX3JlcXVlc3QiZgoQRXh0ZW5zaW9uUmVxdWVzdBInCg9jb250YWluaW5nX3R5' +
    'cGUYASABKAlSDmNvbnRhaW5pbmdUeXBlEikKEGV4dGVuc2lvbl9udW1iZXIYAiABKAVSD2V4dGVuc2lvbk51bWJlciLH' +
    'BAoYU2VydmVyUmVmbGVjdGlvblJlc3BvbnNlEh0KCnZhbGlkX2hvc3QYASABKAlSCXZhbGlkSG9zdBJbChBvcmlnaW5h' +
    'bF9yZXF1ZXN0GAIgASgLMjAuZ3JwYy5yZWZsZWN0aW9uLnYxYWxwaGEuU2VydmVyUmVmbGVjdGlvblJlcXVlc3RSD29y' +
    'aWdpbmFsUmVxdWVzdBJrChhmaWxlX2Rlc2NyaXB0b3JfcmVzcG9uc2UYBCABKAsyLy5ncnBjLnJlZmxlY3Rpb24udjFh' +
    'bHBoYS5GaWxlRGVzY3JpcHRvclJlc3BvbnNlSABSFmZpbGVEZXNjcmlwdG9yUmVzcG9uc2USdwoeYWxsX2V4dGVuc2lv' +
    'bl9udW1iZXJzX3Jlc3BvbnNlGAUgASgLMjAuZ3JwYy5yZWZsZWN0aW9uLnYxYWxwaGEuRXh0ZW5zaW9uTnVtYmVyUmVz' +
    'cG9uc2VIAFIbYWxsRXh0ZW5zaW9uTnVtYmVyc1Jlc3BvbnNlEmQKFmxpc3Rfc2VydmljZXNfcmVzcG9uc2UYBiABKAsy' +
    'LC5ncnBjLnJlZmxlY3Rpb24udjFhbHBoYS5MaXN0U2VydmljZVJlc3BvbnNlSABSFGxpc3RTZXJ2aWNlc1Jlc3BvbnNl' +
    'Ek8KDmVycm9yX3Jlc3BvbnNlGAcgASgLMiYuZ3JwYy5yZWZsZWN0aW9uLnYxYWxwaGEuRXJyb3JSZXNwb25zZUgAUg1l' +
    'cnJvclJlc3BvbnNlQhIKEG1lc3NhZ2VfcmVzcG9uc2UiTAoWRmlsZURlc2NyaXB0b3JSZXNwb25zZRIyChVmaWxlX2Rl' +
    'c2NyaXB0b3JfcHJvdG8YASADKAxSE2ZpbGVEZXNjcmlwdG9yUHJvdG8iagoXRXh0ZW5zaW9uTnVtYmVyUmVzcG9uc2US' +
    'JAoOYmFzZV90eXBlX25hbWUYASABKAlSDGJhc2VUeXBlTmFtZRIpChBleHRlbnNpb25fbnVtYmVyGAIgAygFUg9leHRl' +
    'bnNpb25OdW1iZXIiWQoTTGlzdFNlcnZpY2VSZXNwb25zZRJCCgdzZXJ2aWNlGAEgAygLMiguZ3JwYy5yZWZsZWN0aW9u' +
    'LnYxYWxwaGEuU2VydmljZVJlc3BvbnNlUgdzZXJ2aWNlIiUKD1NlcnZpY2VSZXNwb25zZRISCgRuYW1lGAEgASgJUgRu' +
    'YW1lIlMKDUVycm9yUmVzcG9uc2USHQoKZXJyb3JfY29kZRgBIAEoBVIJZXJyb3JDb2RlEiMKDWVycm9yX21lc3NhZ2UY' +
    'AiABKAlSDGVycm9yTWVzc2FnZTKTAQoQU2VydmVyUmVmbGVjdGlvbhJ/ChRTZXJ2ZXJSZWZsZWN0aW9uSW5mbxIwLmdy' +
    'cGMucmVmbGVjdGlvbi52MWFscGhhLlNlcnZlclJlZmxlY3Rpb25SZXF1ZXN0GjEuZ3JwYy5yZWZsZWN0aW9uLnYxYWxw' +
    'aGEuU2VydmVyUmVmbGVjdGlvblJlc3BvbnNlKAEwAWIGcHJvdG8z',
}

export const ServerReflection = {
  name: 'grpc.reflection.v1alpha.ServerReflection',
  file: REFLECTION_FILE,
  methods: {
    serverReflectionInfo: {
      name: 'ServerReflectionInfo',
      path: '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
      request: ServerReflectionRequest,
      response: ServerReflectionResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceDescription
