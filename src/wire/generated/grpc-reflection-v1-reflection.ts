// Made from proto/grpc/reflection/v1/reflection.proto
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
  name: 'grpc.reflection.v1.ServerReflectionRequest',
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
  name: 'grpc.reflection.v1.ExtensionRequest',
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
  name: 'grpc.reflection.v1.ServerReflectionResponse',
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
  name: 'grpc.reflection.v1.FileDescriptorResponse',
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
  name: 'grpc.reflection.v1.ExtensionNumberResponse',
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
  name: 'grpc.reflection.v1.ListServiceResponse',
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
  name: 'grpc.reflection.v1.ServiceResponse',
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
  name: 'grpc.reflection.v1.ErrorResponse',
  create: createErrorResponse,
  length: lengthOfErrorResponse,
  write: writeErrorResponse,
  read: readErrorResponse,
})

export const REFLECTION_FILE: FileDescription = {
  name: 'grpc/reflection/v1/reflection.proto',
  dependencies: [],
  symbols: [
    'grpc.reflection.v1.ServerReflectionRequest',
    'grpc.reflection.v1.ExtensionRequest',
    'grpc.reflection.v1.ServerReflectionResponse',
    'grpc.reflection.v1.FileDescriptorResponse',
    'grpc.reflection.v1.ExtensionNumberResponse',
    'grpc.reflection.v1.ListServiceResponse',
    'grpc.reflection.v1.ServiceResponse',
    'grpc.reflection.v1.ErrorResponse',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1.ServerReflection.ServerReflectionInfo',
  ],
  descriptor:
    'CiNncnBjL3JlZmxlY3Rpb24vdjEvcmVmbGVjdGlvbi5wcm90bxISZ3JwYy5yZWZsZWN0aW9uLnYxIvMCChdTZXJ2ZXJS' +
    'ZWZsZWN0aW9uUmVxdWVzdBISCgRob3N0GAEgASgJUgRob3N0EioKEGZpbGVfYnlfZmlsZW5hbWUYAyABKAlIAFIOZmls' +
    'ZUJ5RmlsZW5hbWUSNgoWZmlsZV9jb250YWluaW5nX3N5bWJvbBgEIAEoCUgAUhRmaWxlQ29udGFpbmluZ1N5bWJvbBJi' +
    'ChlmaWxlX2NvbnRhaW5pbmdfZXh0ZW5zaW9uGAUgASgLMiQuZ3JwYy5yZWZsZWN0aW9uLnYxLkV4dGVuc2lvblJlcXVl' +
    'c3RIAFIXZmlsZUNvbnRhaW5pbmdFeHRlbnNpb24SQgodYWxsX2V4dGVuc2lvbl9udW1iZXJzX29mX3R5cGUYBiABKAlI' +
    'AFIZYWxsRXh0ZW5zaW9uTnVtYmVyc09mVHlwZRIlCg1saXN0X3NlcnZpY2VzGAcgASgJSABSDGxpc3RTZXJ2aWNlc0IR' +
    'Cg9tZXNzYWdlX3JlcXVlc3QiZgoQRXh0ZW5zaW9uUmVxdWVzdBInCg9jb250YWluaW5nX3R5cGUYASABKAlSDmNvbnRh' +
    'aW5pbmdUeXBlEikKEGV4dGVuc2lvbl9udW1iZXIYAiABKAVSD2V4dGVuc2lvbk51bWJlciKuBAoYU2VydmVyUmVmbGVj' +
    'dGlvblJlc3BvbnNlEh0KCnZhbGlkX2hvc3QYASABKAlSCXZhbGlkSG9zdBJWChBvcmlnaW5hbF9yZXF1ZXN0GAIgASgL' +
    'MisuZ3JwYy5yZWZsZWN0aW9uLnYxLlNlcnZlclJlZmxlY3Rpb25SZXF1ZXN0Ug9vcmlnaW5hbFJlcXVlc3QSZgoYZmls' +
    'ZV9kZXNjcmlwdG9yX3Jlc3BvbnNlGAQgASgLMiouZ3JwYy5yZWZsZWN0aW9uLnYxLkZpbGVEZXNjcmlwdG9yUmVzcG9u' +
    'c2VIAFIWZmlsZURlc2NyaXB0b3JSZXNwb25zZRJyCh5hbGxfZXh0ZW5zaW9uX251bWJlcnNfcmVzcG9uc2UYBSABKAsy' +
    'Ky5ncnBjLnJlZmxlY3Rpb24udjEuRXh0ZW5zaW9uTnVtYmVyUmVzcG9uc2VIAFIbYWxsRXh0ZW5zaW9uTnVtYmVyc1Jl' +
    'c3BvbnNlEl8KFmxpc3Rfc2VydmljZXNfcmVzcG9uc2UYBiABKAsyJy5ncnBjLnJlZmxlY3Rpb24udjEuTGlzdFNlcnZp' +
    'Y2VSZXNwb25zZUgAUhRsaXN0U2VydmljZXNSZXNwb25zZRJKCg5lcnJvcl9yZXNwb25zZRgHIAEoCzIhLmdycGMucmVm' +
    'bGVjdGlvbi52MS5FcnJvclJlc3BvbnNlSABSDWVycm9yUmVzcG9uc2VCEgoQbWVzc2FnZV9yZXNwb25zZSJMChZGaWxl' +
    'RGVzY3JpcHRvclJlc3BvbnNlEjIKFWZpbGVfZGVzY3JpcHRvcl9wcm90bxgBIAMoDFITZmlsZURlc2NyaXB0b3JQcm90' +
    'byJqChdFeHRlbnNpb25OdW1iZXJSZXNwb25zZRIkCg5iYXNlX3R5cGVfbmFtZRgBIAEoCVIMYmFzZVR5cGVOYW1lEikK' +
    'EGV4dGVuc2lvbl9udW1iZXIYAiADKAVSD2V4dGVuc2lvbk51bWJlciJUChNMaXN0U2VydmljZVJlc3BvbnNlEj0KB3Nl' +
    'cnZpY2UYASADKAsyIy5ncnBjLnJlZmxlY3Rpb24udjEuU2VydmljZVJlc3BvbnNlUgdzZXJ2aWNlIiUKD1NlcnZpY2VS' +
    'ZXNwb25zZRISCgRuYW1lGAEgASgJUgRuYW1lIlMKDUVycm9yUmVzcG9uc2USHQoKZXJyb3JfY29kZRgBIAEoBVIJZXJy' +
    'b3JDb2RlEiMKDWVycm9yX21lc3NhZ2UYAiABKAlSDGVycm9yTWVzc2FnZTKJAQoQU2VydmVyUmVmbGVjdGlvbhJ1ChRT' +
    'ZXJ2ZXJSZWZsZWN0aW9uSW5mbxIrLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2ZXJSZWZsZWN0aW9uUmVxdWVzdBosLmdy' +
    'cGMucmVmbGVjdGlvbi52MS5TZXJ2ZXJSZWZsZWN0aW9uUmVzcG9uc2UoATABYgZwcm90bzM=',
}

export const ServerReflection = {
  name: 'grpc.reflection.v1.ServerReflection',
  file: REFLECTION_FILE,
  methods: {
    serverReflectionInfo: {
      name: 'ServerReflectionInfo',
      path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      request: ServerReflectionRequest,
      response: ServerReflectionResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceDescription
