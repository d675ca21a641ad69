// Made from proto/etcd/kv.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  int64Length,
  numberLength,
  writeBytes,
  writeInt64,
  writeNumber,
} from '../writer.ts'

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

export const KV_FILE: FileDescription = {
  name: 'etcd/kv.proto',
  dependencies: [],
  symbols: ['mvccpb.KeyValue'],
  descriptor:
    'Cg1ldGNkL2t2LnByb3RvEgZtdmNjcGIiugEKCEtleVZhbHVlEhAKA2tleRgBIAEoDFIDa2V5EisKD2NyZWF0ZV9yZXZp' +
    'c2lvbhgCIAEoA0ICMAJSDmNyZWF0ZVJldmlzaW9uEiUKDG1vZF9yZXZpc2lvbhgDIAEoA0ICMAJSC21vZFJldmlzaW9u' +
    'EhwKB3ZlcnNpb24YBCABKANCAjACUgd2ZXJzaW9uEhQKBXZhbHVlGAUgASgMUgV2YWx1ZRIUCgVsZWFzZRgGIAEoA1IF' +
    'bGVhc2ViBnByb3RvMw==',
}
