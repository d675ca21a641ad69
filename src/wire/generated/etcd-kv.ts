// Made from proto/etcd/kv.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int32Length,
  int64Length,
  numberLength,
  writeBytes,
  writeInt32,
  writeInt64,
  writeNumber,
  writeUint32,
} from '../writer.ts'

export const EventEventType = {
  PUT: 0,
  DELETE: 1,
} as const

export interface KeyValue {
  key: Uint8Array
  createRevision: number
  modRevision: number
  version: number
  value: Uint8Array
  lease: bigint
}

export function createKeyValue(): KeyValue {
  return {
    key: EMPTY_BYTES,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: EMPTY_BYTES,
    lease: 0n,
  }
}

export function lengthOfKeyValue(value: KeyValue): number {
  let length = 0
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.createRevision !== 0) {
    length += 1 + numberLength(value.createRevision)
  }
  if (value.modRevision !== 0) {
    length += 1 + numberLength(value.modRevision)
  }
  if (value.version !== 0) {
    length += 1 + numberLength(value.version)
  }
  if (value.value.length > 0) {
    length += 1 + bytesLength(value.value)
  }
  if (value.lease !== 0n) {
    length += 1 + int64Length(value.lease)
  }
  return length
}

export function writeKeyValue(value: KeyValue, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.key.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.key)
  }
  if (value.createRevision !== 0) {
    target[at++] = 16
    at = writeNumber(target, at, value.createRevision)
  }
  if (value.modRevision !== 0) {
    target[at++] = 24
    at = writeNumber(target, at, value.modRevision)
  }
  if (value.version !== 0) {
    target[at++] = 32
    at = writeNumber(target, at, value.version)
  }
  if (value.value.length > 0) {
    target[at++] = 42
    at = writeBytes(target, at, value.value)
  }
  if (value.lease !== 0n) {
    target[at++] = 48
    at = writeInt64(target, at, value.lease)
  }
  return at
}

export function readKeyValue(reader: WireReader, into: KeyValue): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.bytes()
        break
      case 16:
        into.createRevision = reader.int64Number()
        break
      case 24:
        into.modRevision = reader.int64Number()
        break
      case 32:
        into.version = reader.int64Number()
        break
      case 42:
        into.value = reader.bytes()
        break
      case 48:
        into.lease = reader.int64()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const KeyValue = new MessageCodec<KeyValue>({
  name: 'mvccpb.KeyValue',
  create: createKeyValue,
  length: lengthOfKeyValue,
  write: writeKeyValue,
  read: readKeyValue,
})

export interface Event {
  type: number
  kv: KeyValue | null
  prevKv: KeyValue | null
}

export function createEvent(): Event {
  return {
    type: 0,
    kv: null,
    prevKv: null,
  }
}

export function lengthOfEvent(value: Event): number {
  let length = 0
  if (value.type !== 0) {
    length += 1 + int32Length(value.type)
  }
  if (value.kv !== null) {
    length += 1 + delimitedLength(lengthOfKeyValue(value.kv))
  }
  if (value.prevKv !== null) {
    length += 1 + delimitedLength(lengthOfKeyValue(value.prevKv))
  }
  return length
}

export function writeEvent(value: Event, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.type !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.type)
  }
  if (value.kv !== null) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfKeyValue(value.kv))
    at = writeKeyValue(value.kv, target, at)
  }
  if (value.prevKv !== null) {
    target[at++] = 26
    at = writeUint32(target, at, lengthOfKeyValue(value.prevKv))
    at = writeKeyValue(value.prevKv, target, at)
  }
  return at
}

export function readEvent(reader: WireReader, into: Event): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.type = reader.int32()
        break
      case 18: {
        const one = into.kv ?? createKeyValue()
        into.kv = one
        const outer = reader.enter()
        readKeyValue(reader, one)
        reader.leave(outer)
        break
      }
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

export const Event = new MessageCodec<Event>({
  name: 'mvccpb.Event',
  create: createEvent,
  length: lengthOfEvent,
  write: writeEvent,
  read: readEvent,
})

export const KV_FILE: FileDescription = {
  name: 'etcd/kv.proto',
  dependencies: [],
  symbols: ['mvccpb.KeyValue', 'mvccpb.Event', 'mvccpb.Event.EventType'],
  descriptor:
    'Cg1ldGNkL2t2LnByb3RvEgZtdmNjcGIiugEKCEtleVZhbHVlEhAKA2tleRgBIAEoDFIDa2V5EisKD2NyZWF0ZV9yZXZp' +
    'c2lvbhgCIAEoA0ICMAJSDmNyZWF0ZVJldmlzaW9uEiUKDG1vZF9yZXZpc2lvbhgDIAEoA0ICMAJSC21vZFJldmlzaW9u' +
    'EhwKB3ZlcnNpb24YBCABKANCAjACUgd2ZXJzaW9uEhQKBXZhbHVlGAUgASgMUgV2YWx1ZRIUCgVsZWFzZRgGIAEoA1IF' +
    'bGVhc2UiowEKBUV2ZW50EisKBHR5cGUYASABKA4yFy5tdmNjcGIuRXZlbnQuRXZlbnRUeXBlUgR0eXBlEiAKAmt2GAIg' +
    'ASgLMhAubXZjY3BiLktleVZhbHVlUgJrdhIpCgdwcmV2X2t2GAMgASgLMhAubXZjY3BiLktleVZhbHVlUgZwcmV2S3Yi' +
    'IAoJRXZlbnRUeXBlEgcKA1BVVBAAEgoKBkRFTEVURRABYgZwcm90bzM=',
}
