// Made from proto/quorate/v1/kv.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription, ServiceDescription } from '../description.ts'
import type { WireReader } from '../reader.ts'
import {
  delimitedLength,
  int32Length,
  numberLength,
  stringLength,
  uint32Length,
  uint64Length,
  writeInt32,
  writeNumber,
  writeString,
  writeUint32,
  writeUint64,
} from '../writer.ts'
import {
  type CompactionRequest,
  type CompactionResponse,
  type Compare,
  createCompactionRequest,
  createCompactionResponse,
  createCompare,
  createDeleteRangeRequest,
  createDeleteRangeResponse,
  createLeaseGrantRequest,
  createLeaseGrantResponse,
  createLeaseKeepAliveRequest,
  createLeaseKeepAliveResponse,
  createLeaseLeasesRequest,
  createLeaseLeasesResponse,
  createLeaseRevokeRequest,
  createLeaseRevokeResponse,
  createLeaseTimeToLiveRequest,
  createLeaseTimeToLiveResponse,
  createPutRequest,
  createPutResponse,
  createRangeRequest,
  createRangeResponse,
  createTxnRequest,
  createTxnResponse,
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type LeaseGrantRequest,
  type LeaseGrantResponse,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  type LeaseLeasesRequest,
  type LeaseLeasesResponse,
  type LeaseRevokeRequest,
  type LeaseRevokeResponse,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
  lengthOfCompactionRequest,
  lengthOfCompactionResponse,
  lengthOfCompare,
  lengthOfDeleteRangeRequest,
  lengthOfDeleteRangeResponse,
  lengthOfLeaseGrantRequest,
  lengthOfLeaseGrantResponse,
  lengthOfLeaseKeepAliveRequest,
  lengthOfLeaseKeepAliveResponse,
  lengthOfLeaseLeasesRequest,
  lengthOfLeaseLeasesResponse,
  lengthOfLeaseRevokeRequest,
  lengthOfLeaseRevokeResponse,
  lengthOfLeaseTimeToLiveRequest,
  lengthOfLeaseTimeToLiveResponse,
  lengthOfPutRequest,
  lengthOfPutResponse,
  lengthOfRangeRequest,
  lengthOfRangeResponse,
  lengthOfTxnRequest,
  lengthOfTxnResponse,
  type PutRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  RPC_FILE,
  readCompactionRequest,
  readCompactionResponse,
  readCompare,
  readDeleteRangeRequest,
  readDeleteRangeResponse,
  readLeaseGrantRequest,
  readLeaseGrantResponse,
  readLeaseKeepAliveRequest,
  readLeaseKeepAliveResponse,
  readLeaseLeasesRequest,
  readLeaseLeasesResponse,
  readLeaseRevokeRequest,
  readLeaseRevokeResponse,
  readLeaseTimeToLiveRequest,
  readLeaseTimeToLiveResponse,
  readPutRequest,
  readPutResponse,
  readRangeRequest,
  readRangeResponse,
  readTxnRequest,
  readTxnResponse,
  type TxnRequest,
  type TxnResponse,
  writeCompactionRequest,
  writeCompactionResponse,
  writeCompare,
  writeDeleteRangeRequest,
  writeDeleteRangeResponse,
  writeLeaseGrantRequest,
  writeLeaseGrantResponse,
  writeLeaseKeepAliveRequest,
  writeLeaseKeepAliveResponse,
  writeLeaseLeasesRequest,
  writeLeaseLeasesResponse,
  writeLeaseRevokeRequest,
  writeLeaseRevokeResponse,
  writeLeaseTimeToLiveRequest,
  writeLeaseTimeToLiveResponse,
  writePutRequest,
  writePutResponse,
  writeRangeRequest,
  writeRangeResponse,
  writeTxnRequest,
  writeTxnResponse,
} from './etcd-rpc.ts'
import {
  createIncrementRequest,
  createIncrementResponse,
  createPutWithTtlRequest,
  type IncrementRequest,
  type IncrementResponse,
  lengthOfIncrementRequest,
  lengthOfIncrementResponse,
  lengthOfPutWithTtlRequest,
  type PutWithTtlRequest,
  readIncrementRequest,
  readIncrementResponse,
  readPutWithTtlRequest,
  STATE_FILE,
  writeIncrementRequest,
  writeIncrementResponse,
  writePutWithTtlRequest,
} from './quorate-state-v1-state.ts'

export const FailureRetry = {
  NEVER: 0,
  AT_LEADER: 1,
  LATER: 2,
  UNKNOWN_OUTCOME: 3,
} as const

export interface Operations {
  operations: Operation[]
}

export function createOperations(): Operations {
  return {
    operations: [],
  }
}

export function lengthOfOperations(value: Operations): number {
  let length = 0
  for (const one of value.operations) {
    length += 1 + delimitedLength(lengthOfOperation(one))
  }
  return length
}

export function writeOperations(value: Operations, target: Uint8Array, offset: number): number {
  let at = offset
  for (const one of value.operations) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfOperation(one))
    at = writeOperation(one, target, at)
  }
  return at
}

export function readOperations(reader: WireReader, into: Operations): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createOperation()
        into.operations.push(one)
        const outer = reader.enter()
        readOperation(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const Operations = new MessageCodec<Operations>({
  name: 'quorate.v1.Operations',
  create: createOperations,
  length: lengthOfOperations,
  write: writeOperations,
  read: readOperations,
})

export type OperationOperation =
  | { kind: 'range'; value: RangeRequest }
  | { kind: 'put'; value: PutRequest }
  | { kind: 'deleteRange'; value: DeleteRangeRequest }
  | { kind: 'txn'; value: TxnRequest }
  | { kind: 'increment'; value: IncrementRequest }
  | { kind: 'putWithTtl'; value: PutWithTtlRequest }
  | { kind: 'openSession'; value: OpenSessionRequest }
  | { kind: 'closeSession'; value: CloseSessionRequest }
  | { kind: 'leaseGrant'; value: LeaseGrantRequest }
  | { kind: 'leaseRevoke'; value: LeaseRevokeRequest }
  | { kind: 'leaseKeepAlive'; value: LeaseKeepAliveRequest }
  | { kind: 'leaseTimeToLive'; value: LeaseTimeToLiveRequest }
  | { kind: 'leaseLeases'; value: LeaseLeasesRequest }
  | { kind: 'compact'; value: CompactionRequest }

export interface Operation {
  id: number
  session: number
  sequence: number
  conditions: Compare[]
  operation: OperationOperation | null
}

export function createOperation(): Operation {
  return {
    id: 0,
    session: 0,
    sequence: 0,
    conditions: [],
    operation: null,
  }
}

export function lengthOfOperation(value: Operation): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  if (value.session !== 0) {
    length += 1 + numberLength(value.session)
  }
  if (value.sequence !== 0) {
    length += 1 + numberLength(value.sequence)
  }
  for (const one of value.conditions) {
    length += 1 + delimitedLength(lengthOfCompare(one))
  }
  if (value.operation !== null) {
    switch (value.operation.kind) {
      case 'range': {
        length += 1 + delimitedLength(lengthOfRangeRequest(value.operation.value))
        break
      }
      case 'put': {
        length += 1 + delimitedLength(lengthOfPutRequest(value.operation.value))
        break
      }
      case 'deleteRange': {
        length += 1 + delimitedLength(lengthOfDeleteRangeRequest(value.operation.value))
        break
      }
      case 'txn': {
        length += 1 + delimitedLength(lengthOfTxnRequest(value.operation.value))
        break
      }
      case 'increment': {
        length += 1 + delimitedLength(lengthOfIncrementRequest(value.operation.value))
        break
      }
      case 'putWithTtl': {
        length += 1 + delimitedLength(lengthOfPutWithTtlRequest(value.operation.value))
        break
      }
      case 'openSession': {
        length += 1 + delimitedLength(lengthOfOpenSessionRequest(value.operation.value))
        break
      }
      case 'closeSession': {
        length += 1 + delimitedLength(lengthOfCloseSessionRequest(value.operation.value))
        break
      }
      case 'leaseGrant': {
        length += 2 + delimitedLength(lengthOfLeaseGrantRequest(value.operation.value))
        break
      }
      case 'leaseRevoke': {
        length += 2 + delimitedLength(lengthOfLeaseRevokeRequest(value.operation.value))
        break
      }
      case 'leaseKeepAlive': {
        length += 2 + delimitedLength(lengthOfLeaseKeepAliveRequest(value.operation.value))
        break
      }
      case 'leaseTimeToLive': {
        length += 2 + delimitedLength(lengthOfLeaseTimeToLiveRequest(value.operation.value))
        break
      }
      case 'leaseLeases': {
        length += 2 + delimitedLength(lengthOfLeaseLeasesRequest(value.operation.value))
        break
      }
      case 'compact': {
        length += 2 + delimitedLength(lengthOfCompactionRequest(value.operation.value))
        break
      }
    }
  }
  return length
}

export function writeOperation(value: Operation, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.id !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.id)
  }
  if (value.session !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.session)
  }
  if (value.sequence !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.sequence)
  }
  for (const one of value.conditions) {
    target[at++] = 34
    at = writeUint32(target, at, lengthOfCompare(one))
    at = writeCompare(one, target, at)
  }
  if (value.operation !== null) {
    switch (value.operation.kind) {
      case 'range': {
        target[at++] = 66
        at = writeUint32(target, at, lengthOfRangeRequest(value.operation.value))
        at = writeRangeRequest(value.operation.value, target, at)
        break
      }
      case 'put': {
        target[at++] = 74
        at = writeUint32(target, at, lengthOfPutRequest(value.operation.value))
        at = writePutRequest(value.operation.value, target, at)
        break
      }
      case 'deleteRange': {
        target[at++] = 82
        at = writeUint32(target, at, lengthOfDeleteRangeRequest(value.operation.value))
        at = writeDeleteRangeRequest(value.operation.value, target, at)
        break
      }
      case 'txn': {
        target[at++] = 90
        at = writeUint32(target, at, lengthOfTxnRequest(value.operation.value))
        at = writeTxnRequest(value.operation.value, target, at)
        break
      }
      case 'increment': {
        target[at++] = 98
        at = writeUint32(target, at, lengthOfIncrementRequest(value.operation.value))
        at = writeIncrementRequest(value.operation.value, target, at)
        break
      }
      case 'putWithTtl': {
        target[at++] = 106
        at = writeUint32(target, at, lengthOfPutWithTtlRequest(value.operation.value))
        at = writePutWithTtlRequest(value.operation.value, target, at)
        break
      }
      case 'openSession': {
        target[at++] = 114
        at = writeUint32(target, at, lengthOfOpenSessionRequest(value.operation.value))
        at = writeOpenSessionRequest(value.operation.value, target, at)
        break
      }
      case 'closeSession': {
        target[at++] = 122
        at = writeUint32(target, at, lengthOfCloseSessionRequest(value.operation.value))
        at = writeCloseSessionRequest(value.operation.value, target, at)
        break
      }
      case 'leaseGrant': {
        at = writeUint32(target, at, 130)
        at = writeUint32(target, at, lengthOfLeaseGrantRequest(value.operation.value))
        at = writeLeaseGrantRequest(value.operation.value, target, at)
        break
      }
      case 'leaseRevoke': {
        at = writeUint32(target, at, 138)
        at = writeUint32(target, at, lengthOfLeaseRevokeRequest(value.operation.value))
        at = writeLeaseRevokeRequest(value.operation.value, target, at)
        break
      }
      case 'leaseKeepAlive': {
        at = writeUint32(target, at, 146)
        at = writeUint32(target, at, lengthOfLeaseKeepAliveRequest(value.operation.value))
        at = writeLeaseKeepAliveRequest(value.operation.value, target, at)
        break
      }
      case 'leaseTimeToLive': {
        at = writeUint32(target, at, 154)
        at = writeUint32(target, at, lengthOfLeaseTimeToLiveRequest(value.operation.value))
        at = writeLeaseTimeToLiveRequest(value.operation.value, target, at)
        break
      }
      case 'leaseLeases': {
        at = writeUint32(target, at, 162)
        at = writeUint32(target, at, lengthOfLeaseLeasesRequest(value.operation.value))
        at = writeLeaseLeasesRequest(value.operation.value, target, at)
        break
      }
      case 'compact': {
        at = writeUint32(target, at, 170)
        at = writeUint32(target, at, lengthOfCompactionRequest(value.operation.value))
        at = writeCompactionRequest(value.operation.value, target, at)
        break
      }
    }
  }
  return at
}

export function readOperation(reader: WireReader, into: Operation): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.id = reader.uint64Number()
        break
      case 16:
        into.session = reader.uint64Number()
        break
      case 24:
        into.sequence = reader.uint64Number()
        break
      case 34: {
        reader.element()
        const one = createCompare()
        into.conditions.push(one)
        const outer = reader.enter()
        readCompare(reader, one)
        reader.leave(outer)
        break
      }
      case 66: {
        const before = into.operation
        const isSame = before?.kind === 'range'
        const one = isSame ? before.value : createRangeRequest()
        if (!isSame) into.operation = { kind: 'range', value: one }
        const outer = reader.enter()
        readRangeRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 74: {
        const before = into.operation
        const isSame = before?.kind === 'put'
        const one = isSame ? before.value : createPutRequest()
        if (!isSame) into.operation = { kind: 'put', value: one }
        const outer = reader.enter()
        readPutRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 82: {
        const before = into.operation
        const isSame = before?.kind === 'deleteRange'
        const one = isSame ? before.value : createDeleteRangeRequest()
        if (!isSame) into.operation = { kind: 'deleteRange', value: one }
        const outer = reader.enter()
        readDeleteRangeRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 90: {
        const before = into.operation
        const isSame = before?.kind === 'txn'
        const one = isSame ? before.value : createTxnRequest()
        if (!isSame) into.operation = { kind: 'txn', value: one }
        const outer = reader.enter()
        readTxnRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 98: {
        const before = into.operation
        const isSame = before?.kind === 'increment'
        const one = isSame ? before.value : createIncrementRequest()
        if (!isSame) into.operation = { kind: 'increment', value: one }
        const outer = reader.enter()
        readIncrementRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 106: {
        const before = into.operation
        const isSame = before?.kind === 'putWithTtl'
        const one = isSame ? before.value : createPutWithTtlRequest()
        if (!isSame) into.operation = { kind: 'putWithTtl', value: one }
        const outer = reader.enter()
        readPutWithTtlRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 114: {
        const before = into.operation
        const isSame = before?.kind === 'openSession'
        const one = isSame ? before.value : createOpenSessionRequest()
        if (!isSame) into.operation = { kind: 'openSession', value: one }
        const outer = reader.enter()
        readOpenSessionRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 122: {
        const before = into.operation
        const isSame = before?.kind === 'closeSession'
        const one = isSame ? before.value : createCloseSessionRequest()
        if (!isSame) into.operation = { kind: 'closeSession', value: one }
        const outer = reader.enter()
        readCloseSessionRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 130: {
        const before = into.operation
        const isSame = before?.kind === 'leaseGrant'
        const one = isSame ? before.value : createLeaseGrantRequest()
        if (!isSame) into.operation = { kind: 'leaseGrant', value: one }
        const outer = reader.enter()
        readLeaseGrantRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 138: {
        const before = into.operation
        const isSame = before?.kind === 'leaseRevoke'
        const one = isSame ? before.value : createLeaseRevokeRequest()
        if (!isSame) into.operation = { kind: 'leaseRevoke', value: one }
        const outer = reader.enter()
        readLeaseRevokeRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 146: {
        const before = into.operation
        const isSame = before?.kind === 'leaseKeepAlive'
        const one = isSame ? before.value : createLeaseKeepAliveRequest()
        if (!isSame) into.operation = { kind: 'leaseKeepAlive', value: one }
        const outer = reader.enter()
        readLeaseKeepAliveRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 154: {
        const before = into.operation
        const isSame = before?.kind === 'leaseTimeToLive'
        const one = isSame ? before.value : createLeaseTimeToLiveRequest()
        if (!isSame) into.operation = { kind: 'leaseTimeToLive', value: one }
        const outer = reader.enter()
        readLeaseTimeToLiveRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 162: {
        const before = into.operation
        const isSame = before?.kind === 'leaseLeases'
        const one = isSame ? before.value : createLeaseLeasesRequest()
        if (!isSame) into.operation = { kind: 'leaseLeases', value: one }
        const outer = reader.enter()
        readLeaseLeasesRequest(reader, one)
        reader.leave(outer)
        break
      }
      case 170: {
        const before = into.operation
        const isSame = before?.kind === 'compact'
        const one = isSame ? before.value : createCompactionRequest()
        if (!isSame) into.operation = { kind: 'compact', value: one }
        const outer = reader.enter()
        readCompactionRequest(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const Operation = new MessageCodec<Operation>({
  name: 'quorate.v1.Operation',
  create: createOperation,
  length: lengthOfOperation,
  write: writeOperation,
  read: readOperation,
})

export type OpenSessionRequest = Record<string, never>

export function createOpenSessionRequest(): OpenSessionRequest {
  return {}
}

export function lengthOfOpenSessionRequest(_value: OpenSessionRequest): number {
  return 0
}

export function writeOpenSessionRequest(
  _value: OpenSessionRequest,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readOpenSessionRequest(reader: WireReader, _into: OpenSessionRequest): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const OpenSessionRequest = new MessageCodec<OpenSessionRequest>({
  name: 'quorate.v1.OpenSessionRequest',
  create: createOpenSessionRequest,
  length: lengthOfOpenSessionRequest,
  write: writeOpenSessionRequest,
  read: readOpenSessionRequest,
})

export interface OpenSessionResponse {
  id: number
  unansweredMax: number
}

export function createOpenSessionResponse(): OpenSessionResponse {
  return {
    id: 0,
    unansweredMax: 0,
  }
}

export function lengthOfOpenSessionResponse(value: OpenSessionResponse): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  if (value.unansweredMax !== 0) {
    length += 1 + uint32Length(value.unansweredMax)
  }
  return length
}

export function writeOpenSessionResponse(
  value: OpenSessionResponse,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.id !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.id)
  }
  if (value.unansweredMax !== 0) {
    target[at++] = 16
    at = writeUint32(target, at, value.unansweredMax)
  }
  return at
}

export function readOpenSessionResponse(reader: WireReader, into: OpenSessionResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.id = reader.uint64Number()
        break
      case 16:
        into.unansweredMax = reader.uint32()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const OpenSessionResponse = new MessageCodec<OpenSessionResponse>({
  name: 'quorate.v1.OpenSessionResponse',
  create: createOpenSessionResponse,
  length: lengthOfOpenSessionResponse,
  write: writeOpenSessionResponse,
  read: readOpenSessionResponse,
})

export interface CloseSessionRequest {
  id: number
}

export function createCloseSessionRequest(): CloseSessionRequest {
  return {
    id: 0,
  }
}

export function lengthOfCloseSessionRequest(value: CloseSessionRequest): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  return length
}

export function writeCloseSessionRequest(
  value: CloseSessionRequest,
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

export function readCloseSessionRequest(reader: WireReader, into: CloseSessionRequest): void {
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

export const CloseSessionRequest = new MessageCodec<CloseSessionRequest>({
  name: 'quorate.v1.CloseSessionRequest',
  create: createCloseSessionRequest,
  length: lengthOfCloseSessionRequest,
  write: writeCloseSessionRequest,
  read: readCloseSessionRequest,
})

export type CloseSessionResponse = Record<string, never>

export function createCloseSessionResponse(): CloseSessionResponse {
  return {}
}

export function lengthOfCloseSessionResponse(_value: CloseSessionResponse): number {
  return 0
}

export function writeCloseSessionResponse(
  _value: CloseSessionResponse,
  _target: Uint8Array,
  offset: number,
): number {
  return offset
}

export function readCloseSessionResponse(reader: WireReader, _into: CloseSessionResponse): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const CloseSessionResponse = new MessageCodec<CloseSessionResponse>({
  name: 'quorate.v1.CloseSessionResponse',
  create: createCloseSessionResponse,
  length: lengthOfCloseSessionResponse,
  write: writeCloseSessionResponse,
  read: readCloseSessionResponse,
})

export interface Results {
  results: Result[]
  leader: bigint
}

export function createResults(): Results {
  return {
    results: [],
    leader: 0n,
  }
}

export function lengthOfResults(value: Results): number {
  let length = 0
  for (const one of value.results) {
    length += 1 + delimitedLength(lengthOfResult(one))
  }
  if (value.leader !== 0n) {
    length += 1 + uint64Length(value.leader)
  }
  return length
}

export function writeResults(value: Results, target: Uint8Array, offset: number): number {
  let at = offset
  for (const one of value.results) {
    target[at++] = 10
    at = writeUint32(target, at, lengthOfResult(one))
    at = writeResult(one, target, at)
  }
  if (value.leader !== 0n) {
    target[at++] = 16
    at = writeUint64(target, at, value.leader)
  }
  return at
}

export function readResults(reader: WireReader, into: Results): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10: {
        reader.element()
        const one = createResult()
        into.results.push(one)
        const outer = reader.enter()
        readResult(reader, one)
        reader.leave(outer)
        break
      }
      case 16:
        into.leader = reader.uint64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Results = new MessageCodec<Results>({
  name: 'quorate.v1.Results',
  create: createResults,
  length: lengthOfResults,
  write: writeResults,
  read: readResults,
})

export type ResultResult =
  | { kind: 'range'; value: RangeResponse }
  | { kind: 'put'; value: PutResponse }
  | { kind: 'deleteRange'; value: DeleteRangeResponse }
  | { kind: 'txn'; value: TxnResponse }
  | { kind: 'increment'; value: IncrementResponse }
  | { kind: 'putWithTtl'; value: PutResponse }
  | { kind: 'openSession'; value: OpenSessionResponse }
  | { kind: 'closeSession'; value: CloseSessionResponse }
  | { kind: 'leaseGrant'; value: LeaseGrantResponse }
  | { kind: 'leaseRevoke'; value: LeaseRevokeResponse }
  | { kind: 'leaseKeepAlive'; value: LeaseKeepAliveResponse }
  | { kind: 'leaseTimeToLive'; value: LeaseTimeToLiveResponse }
  | { kind: 'leaseLeases'; value: LeaseLeasesResponse }
  | { kind: 'compact'; value: CompactionResponse }

export interface Result {
  id: number
  failure: Failure | null
  result: ResultResult | null
}

export function createResult(): Result {
  return {
    id: 0,
    failure: null,
    result: null,
  }
}

export function lengthOfResult(value: Result): number {
  let length = 0
  if (value.id !== 0) {
    length += 1 + numberLength(value.id)
  }
  if (value.failure !== null) {
    length += 1 + delimitedLength(lengthOfFailure(value.failure))
  }
  if (value.result !== null) {
    switch (value.result.kind) {
      case 'range': {
        length += 1 + delimitedLength(lengthOfRangeResponse(value.result.value))
        break
      }
      case 'put': {
        length += 1 + delimitedLength(lengthOfPutResponse(value.result.value))
        break
      }
      case 'deleteRange': {
        length += 1 + delimitedLength(lengthOfDeleteRangeResponse(value.result.value))
        break
      }
      case 'txn': {
        length += 1 + delimitedLength(lengthOfTxnResponse(value.result.value))
        break
      }
      case 'increment': {
        length += 1 + delimitedLength(lengthOfIncrementResponse(value.result.value))
        break
      }
      case 'putWithTtl': {
        length += 1 + delimitedLength(lengthOfPutResponse(value.result.value))
        break
      }
      case 'openSession': {
        length += 1 + delimitedLength(lengthOfOpenSessionResponse(value.result.value))
        break
      }
      case 'closeSession': {
        length += 1 + delimitedLength(lengthOfCloseSessionResponse(value.result.value))
        break
      }
      case 'leaseGrant': {
        length += 2 + delimitedLength(lengthOfLeaseGrantResponse(value.result.value))
        break
      }
      case 'leaseRevoke': {
        length += 2 + delimitedLength(lengthOfLeaseRevokeResponse(value.result.value))
        break
      }
      case 'leaseKeepAlive': {
        length += 2 + delimitedLength(lengthOfLeaseKeepAliveResponse(value.result.value))
        break
      }
      case 'leaseTimeToLive': {
        length += 2 + delimitedLength(lengthOfLeaseTimeToLiveResponse(value.result.value))
        break
      }
      case 'leaseLeases': {
        length += 2 + delimitedLength(lengthOfLeaseLeasesResponse(value.result.value))
        break
      }
      case 'compact': {
        length += 2 + delimitedLength(lengthOfCompactionResponse(value.result.value))
        break
      }
    }
  }
  return length
}

export function writeResult(value: Result, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.id !== 0) {
    target[at++] = 8
    at = writeNumber(target, at, value.id)
  }
  if (value.failure !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfFailure(value.failure))
    at = writeFailure(value.failure, target, at)
  }
  if (value.result !== null) {
    switch (value.result.kind) {
      case 'range': {
        target[at++] = 66
        at = writeUint32(target, at, lengthOfRangeResponse(value.result.value))
        at = writeRangeResponse(value.result.value, target, at)
        break
      }
      case 'put': {
        target[at++] = 74
        at = writeUint32(target, at, lengthOfPutResponse(value.result.value))
        at = writePutResponse(value.result.value, target, at)
        break
      }
      case 'deleteRange': {
        target[at++] = 82
        at = writeUint32(target, at, lengthOfDeleteRangeResponse(value.result.value))
        at = writeDeleteRangeResponse(value.result.value, target, at)
        break
      }
      case 'txn': {
        target[at++] = 90
        at = writeUint32(target, at, lengthOfTxnResponse(value.result.value))
        at = writeTxnResponse(value.result.value, target, at)
        break
      }
      case 'increment': {
        target[at++] = 98
        at = writeUint32(target, at, lengthOfIncrementResponse(value.result.value))
        at = writeIncrementResponse(value.result.value, target, at)
        break
      }
      case 'putWithTtl': {
        target[at++] = 106
        at = writeUint32(target, at, lengthOfPutResponse(value.result.value))
        at = writePutResponse(value.result.value, target, at)
        break
      }
      case 'openSession': {
        target[at++] = 114
        at = writeUint32(target, at, lengthOfOpenSessionResponse(value.result.value))
        at = writeOpenSessionResponse(value.result.value, target, at)
        break
      }
      case 'closeSession': {
        target[at++] = 122
        at = writeUint32(target, at, lengthOfCloseSessionResponse(value.result.value))
        at = writeCloseSessionResponse(value.result.value, target, at)
        break
      }
      case 'leaseGrant': {
        at = writeUint32(target, at, 130)
        at = writeUint32(target, at, lengthOfLeaseGrantResponse(value.result.value))
        at = writeLeaseGrantResponse(value.result.value, target, at)
        break
      }
      case 'leaseRevoke': {
        at = writeUint32(target, at, 138)
        at = writeUint32(target, at, lengthOfLeaseRevokeResponse(value.result.value))
        at = writeLeaseRevokeResponse(value.result.value, target, at)
        break
      }
      case 'leaseKeepAlive': {
        at = writeUint32(target, at, 146)
        at = writeUint32(target, at, lengthOfLeaseKeepAliveResponse(value.result.value))
        at = writeLeaseKeepAliveResponse(value.result.value, target, at)
        break
      }
      case 'leaseTimeToLive': {
        at = writeUint32(target, at, 154)
        at = writeUint32(target, at, lengthOfLeaseTimeToLiveResponse(value.result.value))
        at = writeLeaseTimeToLiveResponse(value.result.value, target, at)
        break
      }
      case 'leaseLeases': {
        at = writeUint32(target, at, 162)
        at = writeUint32(target, at, lengthOfLeaseLeasesResponse(value.result.value))
        at = writeLeaseLeasesResponse(value.result.value, target, at)
        break
      }
      case 'compact': {
        at = writeUint32(target, at, 170)
        at = writeUint32(target, at, lengthOfCompactionResponse(value.result.value))
        at = writeCompactionResponse(value.result.value, target, at)
        break
      }
    }
  }
  return at
}

export function readResult(reader: WireReader, into: Result): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.id = reader.uint64Number()
        break
      case 18: {
        const one = into.failure ?? createFailure()
        into.failure = one
        const outer = reader.enter()
        readFailure(reader, one)
        reader.leave(outer)
        break
      }
      case 66: {
        const before = into.result
        const isSame = before?.kind === 'range'
        const one = isSame ? before.value : createRangeResponse()
        if (!isSame) into.result = { kind: 'range', value: one }
        const outer = reader.enter()
        readRangeResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 74: {
        const before = into.result
        const isSame = before?.kind === 'put'
        const one = isSame ? before.value : createPutResponse()
        if (!isSame) into.result = { kind: 'put', value: one }
        const outer = reader.enter()
        readPutResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 82: {
        const before = into.result
        const isSame = before?.kind === 'deleteRange'
        const one = isSame ? before.value : createDeleteRangeResponse()
        if (!isSame) into.result = { kind: 'deleteRange', value: one }
        const outer = reader.enter()
        readDeleteRangeResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 90: {
        const before = into.result
        const isSame = before?.kind === 'txn'
        const one = isSame ? before.value : createTxnResponse()
        if (!isSame) into.result = { kind: 'txn', value: one }
        const outer = reader.enter()
        readTxnResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 98: {
        const before = into.result
        const isSame = before?.kind === 'increment'
        const one = isSame ? before.value : createIncrementResponse()
        if (!isSame) into.result = { kind: 'increment', value: one }
        const outer = reader.enter()
        readIncrementResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 106: {
        const before = into.result
        const isSame = before?.kind === 'putWithTtl'
        const one = isSame ? before.value : createPutResponse()
        if (!isSame) into.result = { kind: 'putWithTtl', value: one }
        const outer = reader.enter()
        readPutResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 114: {
        const before = into.result
        const isSame = before?.kind === 'openSession'
        const one = isSame ? before.value : createOpenSessionResponse()
        if (!isSame) into.result = { kind: 'openSession', value: one }
        const outer = reader.enter()
        readOpenSessionResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 122: {
        const before = into.result
        const isSame = before?.kind === 'closeSession'
        const one = isSame ? before.value : createCloseSessionResponse()
        if (!isSame) into.result = { kind: 'closeSession', value: one }
        const outer = reader.enter()
        readCloseSessionResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 130: {
        const before = into.result
        const isSame = before?.kind === 'leaseGrant'
        const one = isSame ? before.value : createLeaseGrantResponse()
        if (!isSame) into.result = { kind: 'leaseGrant', value: one }
        const outer = reader.enter()
        readLeaseGrantResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 138: {
        const before = into.result
        const isSame = before?.kind === 'leaseRevoke'
        const one = isSame ? before.value : createLeaseRevokeResponse()
        if (!isSame) into.result = { kind: 'leaseRevoke', value: one }
        const outer = reader.enter()
        readLeaseRevokeResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 146: {
        const before = into.result
        const isSame = before?.kind === 'leaseKeepAlive'
        const one = isSame ? before.value : createLeaseKeepAliveResponse()
        if (!isSame) into.result = { kind: 'leaseKeepAlive', value: one }
        const outer = reader.enter()
        readLeaseKeepAliveResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 154: {
        const before = into.result
        const isSame = before?.kind === 'leaseTimeToLive'
        const one = isSame ? before.value : createLeaseTimeToLiveResponse()
        if (!isSame) into.result = { kind: 'leaseTimeToLive', value: one }
        const outer = reader.enter()
        readLeaseTimeToLiveResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 162: {
        const before = into.result
        const isSame = before?.kind === 'leaseLeases'
        const one = isSame ? before.value : createLeaseLeasesResponse()
        if (!isSame) into.result = { kind: 'leaseLeases', value: one }
        const outer = reader.enter()
        readLeaseLeasesResponse(reader, one)
        reader.leave(outer)
        break
      }
      case 170: {
        const before = into.result
        const isSame = before?.kind === 'compact'
        const one = isSame ? before.value : createCompactionResponse()
        if (!isSame) into.result = { kind: 'compact', value: one }
        const outer = reader.enter()
        readCompactionResponse(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const Result = new MessageCodec<Result>({
  name: 'quorate.v1.Result',
  create: createResult,
  length: lengthOfResult,
  write: writeResult,
  read: readResult,
})

export interface Failure {
  code: string
  text: string
  retry: number
  advice: string
  repair: string
}

export function createFailure(): Failure {
  return {
    code: '',
    text: '',
    retry: 0,
    advice: '',
    repair: '',
  }
}

export function lengthOfFailure(value: Failure): number {
  let length = 0
  if (value.code !== '') {
    length += 1 + stringLength(value.code)
  }
  if (value.text !== '') {
    length += 1 + stringLength(value.text)
  }
  if (value.retry !== 0) {
    length += 1 + int32Length(value.retry)
  }
  if (value.advice !== '') {
    length += 1 + stringLength(value.advice)
  }
  if (value.repair !== '') {
    length += 1 + stringLength(value.repair)
  }
  return length
}

export function writeFailure(value: Failure, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.code !== '') {
    target[at++] = 10
    at = writeString(target, at, value.code)
  }
  if (value.text !== '') {
    target[at++] = 18
    at = writeString(target, at, value.text)
  }
  if (value.retry !== 0) {
    target[at++] = 24
    at = writeInt32(target, at, value.retry)
  }
  if (value.advice !== '') {
    target[at++] = 34
    at = writeString(target, at, value.advice)
  }
  if (value.repair !== '') {
    target[at++] = 42
    at = writeString(target, at, value.repair)
  }
  return at
}

export function readFailure(reader: WireReader, into: Failure): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.code = reader.string()
        break
      case 18:
        into.text = reader.string()
        break
      case 24:
        into.retry = reader.int32()
        break
      case 34:
        into.advice = reader.string()
        break
      case 42:
        into.repair = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Failure = new MessageCodec<Failure>({
  name: 'quorate.v1.Failure',
  create: createFailure,
  length: lengthOfFailure,
  write: writeFailure,
  read: readFailure,
})

export const KV_FILE: FileDescription = {
  name: 'quorate/v1/kv.proto',
  dependencies: [RPC_FILE, STATE_FILE],
  symbols: [
    'quorate.v1.Operations',
    'quorate.v1.Operation',
    'quorate.v1.OpenSessionRequest',
    'quorate.v1.OpenSessionResponse',
    'quorate.v1.CloseSessionRequest',
    'quorate.v1.CloseSessionResponse',
    'quorate.v1.Results',
    'quorate.v1.Result',
    'quorate.v1.Failure',
    'quorate.v1.Failure.Retry',
    'quorate.v1.KV',
    'quorate.v1.KV.Pipeline',
    'quorate.v1.KV.Execute',
  ],
  descriptor:
    'ChNxdW9yYXRlL3YxL2t2LnByb3RvEgpxdW9yYXRlLnYxGg5ldGNkL3JwYy5wcm90bxoccXVvcmF0ZS9zdGF0ZS92MS9z' +
    'dGF0ZS5wcm90byJDCgpPcGVyYXRpb25zEjUKCm9wZXJhdGlvbnMYASADKAsyFS5xdW9yYXRlLnYxLk9wZXJhdGlvblIK' +
    'b3BlcmF0aW9ucyLHCAoJT3BlcmF0aW9uEhIKAmlkGAEgASgEQgIwAlICaWQSHAoHc2Vzc2lvbhgCIAEoBEICMAJSB3Nl' +
    'c3Npb24SHgoIc2VxdWVuY2UYAyABKARCAjACUghzZXF1ZW5jZRI1Cgpjb25kaXRpb25zGAQgAygLMhUuZXRjZHNlcnZl' +
    'cnBiLkNvbXBhcmVSCmNvbmRpdGlvbnMSMgoFcmFuZ2UYCCABKAsyGi5ldGNkc2VydmVycGIuUmFuZ2VSZXF1ZXN0SABS' +
    'BXJhbmdlEiwKA3B1dBgJIAEoCzIYLmV0Y2RzZXJ2ZXJwYi5QdXRSZXF1ZXN0SABSA3B1dBJFCgxkZWxldGVfcmFuZ2UY' +
    'CiABKAsyIC5ldGNkc2VydmVycGIuRGVsZXRlUmFuZ2VSZXF1ZXN0SABSC2RlbGV0ZVJhbmdlEiwKA3R4bhgLIAEoCzIY' +
    'LmV0Y2RzZXJ2ZXJwYi5UeG5SZXF1ZXN0SABSA3R4bhJCCglpbmNyZW1lbnQYDCABKAsyIi5xdW9yYXRlLnN0YXRlLnYx' +
    'LkluY3JlbWVudFJlcXVlc3RIAFIJaW5jcmVtZW50EkcKDHB1dF93aXRoX3R0bBgNIAEoCzIjLnF1b3JhdGUuc3RhdGUu' +
    'djEuUHV0V2l0aFR0bFJlcXVlc3RIAFIKcHV0V2l0aFR0bBJDCgxvcGVuX3Nlc3Npb24YDiABKAsyHi5xdW9yYXRlLnYx' +
    'Lk9wZW5TZXNzaW9uUmVxdWVzdEgAUgtvcGVuU2Vzc2lvbhJGCg1jbG9zZV9zZXNzaW9uGA8gASgLMh8ucXVvcmF0ZS52' +
    'MS5DbG9zZVNlc3Npb25SZXF1ZXN0SABSDGNsb3NlU2Vzc2lvbhJCCgtsZWFzZV9ncmFudBgQIAEoCzIfLmV0Y2RzZXJ2' +
    'ZXJwYi5MZWFzZUdyYW50UmVxdWVzdEgAUgpsZWFzZUdyYW50EkUKDGxlYXNlX3Jldm9rZRgRIAEoCzIgLmV0Y2RzZXJ2' +
    'ZXJwYi5MZWFzZVJldm9rZVJlcXVlc3RIAFILbGVhc2VSZXZva2USTwoQbGVhc2Vfa2VlcF9hbGl2ZRgSIAEoCzIjLmV0' +
    'Y2RzZXJ2ZXJwYi5MZWFzZUtlZXBBbGl2ZVJlcXVlc3RIAFIObGVhc2VLZWVwQWxpdmUSUwoSbGVhc2VfdGltZV90b19s' +
    'aXZlGBMgASgLMiQuZXRjZHNlcnZlcnBiLkxlYXNlVGltZVRvTGl2ZVJlcXVlc3RIAFIPbGVhc2VUaW1lVG9MaXZlEkUK' +
    'DGxlYXNlX2xlYXNlcxgUIAEoCzIgLmV0Y2RzZXJ2ZXJwYi5MZWFzZUxlYXNlc1JlcXVlc3RIAFILbGVhc2VMZWFzZXMS' +
    'OwoHY29tcGFjdBgVIAEoCzIfLmV0Y2RzZXJ2ZXJwYi5Db21wYWN0aW9uUmVxdWVzdEgAUgdjb21wYWN0QgsKCW9wZXJh' +
    'dGlvbiIUChJPcGVuU2Vzc2lvblJlcXVlc3QiUAoTT3BlblNlc3Npb25SZXNwb25zZRISCgJpZBgBIAEoBEICMAJSAmlk' +
    'EiUKDnVuYW5zd2VyZWRfbWF4GAIgASgNUg11bmFuc3dlcmVkTWF4IikKE0Nsb3NlU2Vzc2lvblJlcXVlc3QSEgoCaWQY' +
    'ASABKARCAjACUgJpZCIWChRDbG9zZVNlc3Npb25SZXNwb25zZSJPCgdSZXN1bHRzEiwKB3Jlc3VsdHMYASADKAsyEi5x' +
    'dW9yYXRlLnYxLlJlc3VsdFIHcmVzdWx0cxIWCgZsZWFkZXIYAiABKARSBmxlYWRlciL+BwoGUmVzdWx0EhIKAmlkGAEg' +
    'ASgEQgIwAlICaWQSLQoHZmFpbHVyZRgCIAEoCzITLnF1b3JhdGUudjEuRmFpbHVyZVIHZmFpbHVyZRIzCgVyYW5nZRgI' +
    'IAEoCzIbLmV0Y2RzZXJ2ZXJwYi5SYW5nZVJlc3BvbnNlSABSBXJhbmdlEi0KA3B1dBgJIAEoCzIZLmV0Y2RzZXJ2ZXJw' +
    'Yi5QdXRSZXNwb25zZUgAUgNwdXQSRgoMZGVsZXRlX3JhbmdlGAogASgLMiEuZXRjZHNlcnZlcnBiLkRlbGV0ZVJhbmdl' +
    'UmVzcG9uc2VIAFILZGVsZXRlUmFuZ2USLQoDdHhuGAsgASgLMhkuZXRjZHNlcnZlcnBiLlR4blJlc3BvbnNlSABSA3R4' +
    'bhJDCglpbmNyZW1lbnQYDCABKAsyIy5xdW9yYXRlLnN0YXRlLnYxLkluY3JlbWVudFJlc3BvbnNlSABSCWluY3JlbWVu' +
    'dBI9CgxwdXRfd2l0aF90dGwYDSABKAsyGS5ldGNkc2VydmVycGIuUHV0UmVzcG9uc2VIAFIKcHV0V2l0aFR0bBJECgxv' +
    'cGVuX3Nlc3Npb24YDiABKAsyHy5xdW9yYXRlLnYxLk9wZW5TZXNzaW9uUmVzcG9uc2VIAFILb3BlblNlc3Npb24SRwoN' +
    'Y2xvc2Vfc2Vzc2lvbhgPIAEoCzIgLnF1b3JhdGUudjEuQ2xvc2VTZXNzaW9uUmVzcG9uc2VIAFIMY2xvc2VTZXNzaW9u' +
    'EkMKC2xlYXNlX2dyYW50GBAgASgLMiAuZXRjZHNlcnZlcnBiLkxlYXNlR3JhbnRSZXNwb25zZUgAUgpsZWFzZUdyYW50' +
    'EkYKDGxlYXNlX3Jldm9rZRgRIAEoCzIhLmV0Y2RzZXJ2ZXJwYi5MZWFzZVJldm9rZVJlc3BvbnNlSABSC2xlYXNlUmV2' +
    'b2tlElAKEGxlYXNlX2tlZXBfYWxpdmUYEiABKAsyJC5ldGNkc2VydmVycGIuTGVhc2VLZWVwQWxpdmVSZXNwb25zZUgA' +
    'Ug5sZWFzZUtlZXBBbGl2ZRJUChJsZWFzZV90aW1lX3RvX2xpdmUYEyABKAsyJS5ldGNkc2VydmVycGIuTGVhc2VUaW1l' +
    'VG9MaXZlUmVzcG9uc2VIAFIPbGVhc2VUaW1lVG9MaXZlEkYKDGxlYXNlX2xlYXNlcxgUIAEoCzIhLmV0Y2RzZXJ2ZXJw' +
    'Yi5MZWFzZUxlYXNlc1Jlc3BvbnNlSABSC2xlYXNlTGVhc2VzEjwKB2NvbXBhY3QYFSABKAsyIC5ldGNkc2VydmVycGIu' +
    'Q29tcGFjdGlvblJlc3BvbnNlSABSB2NvbXBhY3RCCAoGcmVzdWx0ItUBCgdGYWlsdXJlEhIKBGNvZGUYASABKAlSBGNv' +
    'ZGUSEgoEdGV4dBgCIAEoCVIEdGV4dBIvCgVyZXRyeRgDIAEoDjIZLnF1b3JhdGUudjEuRmFpbHVyZS5SZXRyeVIFcmV0' +
    'cnkSFgoGYWR2aWNlGAQgASgJUgZhZHZpY2USFgoGcmVwYWlyGAUgASgJUgZyZXBhaXIiQQoFUmV0cnkSCQoFTkVWRVIQ' +
    'ABINCglBVF9MRUFERVIQARIJCgVMQVRFUhACEhMKD1VOS05PV05fT1VUQ09NRRADMncKAktWEjsKCFBpcGVsaW5lEhYu' +
    'cXVvcmF0ZS52MS5PcGVyYXRpb25zGhMucXVvcmF0ZS52MS5SZXN1bHRzKAEwARI0CgdFeGVjdXRlEhUucXVvcmF0ZS52' +
    'MS5PcGVyYXRpb24aEi5xdW9yYXRlLnYxLlJlc3VsdGIGcHJvdG8z',
}

export const KV = {
  name: 'quorate.v1.KV',
  file: KV_FILE,
  methods: {
    pipeline: {
      name: 'Pipeline',
      path: '/quorate.v1.KV/Pipeline',
      request: Operations,
      response: Results,
      requestStream: true,
      responseStream: true,
    },
    execute: {
      name: 'Execute',
      path: '/quorate.v1.KV/Execute',
      request: Operation,
      response: Result,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceDescription
