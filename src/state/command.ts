/**
 * What a client asks for, and its bytes. A command is encoded once, by whoever makes it; the same
 * bytes travel to every log and are decoded only when the entry is applied.
 *
 * ```
 * command  | format 1 | kind 1 | client varint | request varint | body           |
 * blob     | length varint | bytes |
 * bodies   put            key blob, value blob
 *          delete         key blob
 *          compareAndPut  key blob, expectation 1 (+ value blob | revision varint), value blob
 *          append         key blob, element varint
 *          transaction    count varint, count x (1, key blob | 2, key blob, element varint)
 * ```
 */

import { unreachable } from '../base/index.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { StateLimits } from './limits.ts'

interface CommandBase {
  /** With `requestId` it tells one request from every other, so that answers find their way. */
  readonly clientId: number
  readonly requestId: number
}

export interface PutCommand extends CommandBase {
  readonly kind: 'put'
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface DeleteCommand extends CommandBase {
  readonly kind: 'delete'
  readonly key: Uint8Array
}

/** `revision` is compared with the key's modRevision, which is 0 for a key that is not there. */
export type Expectation =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'revision'; readonly revision: number }

export interface CompareAndPutCommand extends CommandBase {
  readonly kind: 'compareAndPut'
  readonly key: Uint8Array
  readonly expected: Expectation
  readonly value: Uint8Array
}

/** Appends one element to the list at `key`; a key that is not there holds the empty list. */
export interface AppendCommand extends CommandBase {
  readonly kind: 'append'
  readonly key: Uint8Array
  readonly element: number
}

export type ListOperation =
  | { readonly kind: 'read'; readonly key: Uint8Array }
  | { readonly kind: 'append'; readonly key: Uint8Array; readonly element: number }

/** Operations run in order, see each other's writes, and take effect together or not at all. */
export interface TransactionCommand extends CommandBase {
  readonly kind: 'transaction'
  readonly operations: readonly ListOperation[]
}

export type Command =
  | PutCommand
  | DeleteCommand
  | CompareAndPutCommand
  | AppendCommand
  | TransactionCommand

const FORMAT = 1
const KIND_PUT = 1
const KIND_DELETE = 2
const KIND_COMPARE_AND_PUT = 3
const KIND_APPEND = 4
const KIND_TRANSACTION = 5
const EXPECT_ABSENT = 0
const EXPECT_VALUE = 1
const EXPECT_REVISION = 2
const OPERATION_READ = 1
const OPERATION_APPEND = 2

export function encodeCommand(command: Command): Uint8Array {
  const writer = new ByteWriter()
  writer.byte(FORMAT)
  switch (command.kind) {
    case 'put':
      writeHead(writer, KIND_PUT, command)
      writer.blob(command.key)
      writer.blob(command.value)
      break
    case 'delete':
      writeHead(writer, KIND_DELETE, command)
      writer.blob(command.key)
      break
    case 'compareAndPut':
      writeHead(writer, KIND_COMPARE_AND_PUT, command)
      writer.blob(command.key)
      writeExpectation(writer, command.expected)
      writer.blob(command.value)
      break
    case 'append':
      writeHead(writer, KIND_APPEND, command)
      writer.blob(command.key)
      writer.varint(command.element)
      break
    case 'transaction':
      writeHead(writer, KIND_TRANSACTION, command)
      writeOperations(writer, command.operations)
      break
    default:
      unreachable(command)
  }
  return writer.finish()
}

function writeHead(writer: ByteWriter, kind: number, command: CommandBase): void {
  writer.byte(kind)
  writer.varint(command.clientId)
  writer.varint(command.requestId)
}

function writeExpectation(writer: ByteWriter, expected: Expectation): void {
  switch (expected.kind) {
    case 'absent':
      writer.byte(EXPECT_ABSENT)
      break
    case 'value':
      writer.byte(EXPECT_VALUE)
      writer.blob(expected.value)
      break
    case 'revision':
      writer.byte(EXPECT_REVISION)
      writer.varint(expected.revision)
      break
    default:
      unreachable(expected)
  }
}

function writeOperations(writer: ByteWriter, operations: readonly ListOperation[]): void {
  writer.varint(operations.length)
  for (const operation of operations) {
    writer.byte(operation.kind === 'read' ? OPERATION_READ : OPERATION_APPEND)
    writer.blob(operation.key)
    if (operation.kind === 'append') writer.varint(operation.element)
  }
}

export type RefusalReason = 'malformed' | 'tooLarge'

/** Ids are 0 when the bytes broke off before they could be read. */
export interface Refusal {
  readonly kind: 'refused'
  readonly clientId: number
  readonly requestId: number
  readonly reason: RefusalReason
}

/** Never throws. The command's byte arrays are views into `bytes`. */
export function decodeCommand(bytes: Uint8Array, limits: StateLimits): Command | Refusal {
  const reader = new ByteReader(bytes)
  const format = reader.byte()
  const kind = reader.byte()
  const clientId = reader.varint()
  const requestId = reader.varint()
  const ids = reader.failed ? { clientId: 0, requestId: 0 } : { clientId, requestId }
  const body = format === FORMAT && !reader.failed ? readBody(reader, kind, limits) : 'malformed'
  if (body === 'tooLarge') return { kind: 'refused', ...ids, reason: 'tooLarge' }
  if (body === 'malformed' || !reader.complete) {
    return { kind: 'refused', ...ids, reason: 'malformed' }
  }
  return { ...body, ...ids }
}

type Body =
  | Omit<PutCommand, keyof CommandBase>
  | Omit<DeleteCommand, keyof CommandBase>
  | Omit<CompareAndPutCommand, keyof CommandBase>
  | Omit<AppendCommand, keyof CommandBase>
  | Omit<TransactionCommand, keyof CommandBase>

function readBody(reader: ByteReader, kind: number, limits: StateLimits): Body | RefusalReason {
  if (kind === KIND_TRANSACTION) return readTransaction(reader, limits)
  const key = reader.blob()
  const fault = keyFault(reader, key, limits)
  if (fault !== null) return fault
  switch (kind) {
    case KIND_PUT: {
      const value = reader.blob()
      return value.length > limits.valueBytesMax ? 'tooLarge' : { kind: 'put', key, value }
    }
    case KIND_DELETE:
      return { kind: 'delete', key }
    case KIND_COMPARE_AND_PUT: {
      const expected = readExpectation(reader)
      const value = reader.blob()
      if (expected === null) return 'malformed'
      if (value.length > limits.valueBytesMax) return 'tooLarge'
      return { kind: 'compareAndPut', key, expected, value }
    }
    case KIND_APPEND:
      return { kind: 'append', key, element: reader.varint() }
    default:
      return 'malformed'
  }
}

function keyFault(reader: ByteReader, key: Uint8Array, limits: StateLimits): RefusalReason | null {
  if (reader.failed || key.length === 0) return 'malformed'
  return key.length > limits.keyBytesMax ? 'tooLarge' : null
}

function readExpectation(reader: ByteReader): Expectation | null {
  switch (reader.byte()) {
    case EXPECT_ABSENT:
      return { kind: 'absent' }
    case EXPECT_VALUE:
      return { kind: 'value', value: reader.blob() }
    case EXPECT_REVISION:
      return { kind: 'revision', revision: reader.varint() }
    default:
      return null
  }
}

function readTransaction(reader: ByteReader, limits: StateLimits): Body | RefusalReason {
  const count = reader.varint()
  if (count > limits.operationsMax) return 'tooLarge'
  const operations: ListOperation[] = []
  for (let i = 0; i < count; i++) {
    const kind = reader.byte()
    const key = reader.blob()
    const fault = keyFault(reader, key, limits)
    if (fault !== null) return fault
    if (kind === OPERATION_READ) operations.push({ kind: 'read', key })
    else if (kind === OPERATION_APPEND) {
      operations.push({ kind: 'append', key, element: reader.varint() })
    } else return 'malformed'
  }
  return { kind: 'transaction', operations }
}
