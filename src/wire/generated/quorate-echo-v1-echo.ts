// Made from proto/quorate/echo/v1/echo.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  stringLength,
  uint32Length,
  writeBytes,
  writeString,
  writeUint32,
} from '../writer.ts'

export interface EchoRequest {
  payload: Uint8Array
  repeat: number
  failStatus: number
  failText: string
}

export function createEchoRequest(): EchoRequest {
  return {
    payload: EMPTY_BYTES,
    repeat: 0,
    failStatus: 0,
    failText: '',
  }
}

export function lengthOfEchoRequest(value: EchoRequest): number {
  let length = 0
  if (value.payload.length > 0) {
    length += 1 + bytesLength(value.payload)
  }
  if (value.repeat !== 0) {
    length += 1 + uint32Length(value.repeat)
  }
  if (value.failStatus !== 0) {
    length += 1 + uint32Length(value.failStatus)
  }
  if (value.failText !== '') {
    length += 1 + stringLength(value.failText)
  }
  return length
}

export function writeEchoRequest(value: EchoRequest, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.payload.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.payload)
  }
  if (value.repeat !== 0) {
    target[at++] = 16
    at = writeUint32(target, at, value.repeat)
  }
  if (value.failStatus !== 0) {
    target[at++] = 24
    at = writeUint32(target, at, value.failStatus)
  }
  if (value.failText !== '') {
    target[at++] = 34
    at = writeString(target, at, value.failText)
  }
  return at
}

export function readEchoRequest(reader: WireReader, into: EchoRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.payload = reader.bytes()
        break
      case 16:
        into.repeat = reader.uint32()
        break
      case 24:
        into.failStatus = reader.uint32()
        break
      case 34:
        into.failText = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const EchoRequest = new MessageCodec<EchoRequest>({
  name: 'quorate.echo.v1.EchoRequest',
  create: createEchoRequest,
  length: lengthOfEchoRequest,
  write: writeEchoRequest,
  read: readEchoRequest,
})

export interface EchoResponse {
  payload: Uint8Array
}

export function createEchoResponse(): EchoResponse {
  return {
    payload: EMPTY_BYTES,
  }
}

export function lengthOfEchoResponse(value: EchoResponse): number {
  let length = 0
  if (value.payload.length > 0) {
    length += 1 + bytesLength(value.payload)
  }
  return length
}

export function writeEchoResponse(value: EchoResponse, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.payload.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.payload)
  }
  return at
}

export function readEchoResponse(reader: WireReader, into: EchoResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.payload = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const EchoResponse = new MessageCodec<EchoResponse>({
  name: 'quorate.echo.v1.EchoResponse',
  create: createEchoResponse,
  length: lengthOfEchoResponse,
  write: writeEchoResponse,
  read: readEchoResponse,
})

export const ECHO_FILE: FileDescription = {
  name: 'quorate/echo/v1/echo.proto',
  dependencies: [],
  symbols: [
    'quorate.echo.v1.EchoRequest',
    'quorate.echo.v1.EchoResponse',
    'quorate.echo.v1.Echo',
    'quorate.echo.v1.Echo.Unary',
    'quorate.echo.v1.Echo.ClientStream',
    'quorate.echo.v1.Echo.ServerStream',
    'quorate.echo.v1.Echo.Bidirectional',
  ],
  descriptor:
    'ChpxdW9yYXRlL2VjaG8vdjEvZWNoby5wcm90bxIPcXVvcmF0ZS5lY2hvLnYxIn0KC0VjaG9SZXF1ZXN0EhgKB3BheWxv' +
    'YWQYASABKAxSB3BheWxvYWQSFgoGcmVwZWF0GAIgASgNUgZyZXBlYXQSHwoLZmFpbF9zdGF0dXMYAyABKA1SCmZhaWxT' +
    'dGF0dXMSGwoJZmFpbF90ZXh0GAQgASgJUghmYWlsVGV4dCIoCgxFY2hvUmVzcG9uc2USGAoHcGF5bG9hZBgBIAEoDFIH' +
    'cGF5bG9hZDK8AgoERWNobxJECgVVbmFyeRIcLnF1b3JhdGUuZWNoby52MS5FY2hvUmVxdWVzdBodLnF1b3JhdGUuZWNo' +
    'by52MS5FY2hvUmVzcG9uc2USTQoMQ2xpZW50U3RyZWFtEhwucXVvcmF0ZS5lY2hvLnYxLkVjaG9SZXF1ZXN0Gh0ucXVv' +
    'cmF0ZS5lY2hvLnYxLkVjaG9SZXNwb25zZSgBEk0KDFNlcnZlclN0cmVhbRIcLnF1b3JhdGUuZWNoby52MS5FY2hvUmVx' +
    'dWVzdBodLnF1b3JhdGUuZWNoby52MS5FY2hvUmVzcG9uc2UwARJQCg1CaWRpcmVjdGlvbmFsEhwucXVvcmF0ZS5lY2hv' +
    'LnYxLkVjaG9SZXF1ZXN0Gh0ucXVvcmF0ZS5lY2hvLnYxLkVjaG9SZXNwb25zZSgBMAFiBnByb3RvMw==',
}

export const Echo = {
  name: 'quorate.echo.v1.Echo',
  file: ECHO_FILE,
  methods: {
    unary: {
      name: 'Unary',
      path: '/quorate.echo.v1.Echo/Unary',
      request: EchoRequest,
      response: EchoResponse,
      requestStream: false,
      responseStream: false,
    },
    clientStream: {
      name: 'ClientStream',
      path: '/quorate.echo.v1.Echo/ClientStream',
      request: EchoRequest,
      response: EchoResponse,
      requestStream: true,
      responseStream: false,
    },
    serverStream: {
      name: 'ServerStream',
      path: '/quorate.echo.v1.Echo/ServerStream',
      request: EchoRequest,
      response: EchoResponse,
      requestStream: false,
      responseStream: true,
    },
    bidirectional: {
      name: 'Bidirectional',
      path: '/quorate.echo.v1.Echo/Bidirectional',
      request: EchoRequest,
      response: EchoResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceDescription
