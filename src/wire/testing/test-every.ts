// Made from proto/test/every.proto
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
  sint32Length,
  sint64Length,
  stringLength,
  uint32Length,
  uint64Length,
  writeBool,
  writeBytes,
  writeDouble,
  writeFixed32,
  writeFixed64,
  writeFloat,
  writeInt32,
  writeInt64,
  writeNumber,
  writeSfixed32,
  writeSfixed64,
  writeSint32,
  writeSint64,
  writeString,
  writeUint32,
  writeUint64,
} from '../writer.ts'

export const EveryColour = {
  RED: 0,
  GREEN: 1,
  DARK: -1,
} as const

export type EveryChoice =
  | { kind: 'text'; value: string }
  | { kind: 'large'; value: bigint }
  | { kind: 'message'; value: Every }
  | { kind: 'painted'; value: number }

export interface Every {
  boolField: boolean
  uint32Field: number
  int32Field: number
  sint32Field: number
  uint64Field: bigint
  int64Field: bigint
  sint64Field: bigint
  fixed32Field: number
  sfixed32Field: number
  fixed64Field: bigint
  sfixed64Field: bigint
  floatField: number
  doubleField: number
  stringField: string
  bytesField: Uint8Array
  uint64Number: number
  int64Number: number
  colour: number
  child: Every | null
  maybeNumber: number | null
  maybeBytes: Uint8Array | null
  bools: boolean[]
  numbers: number[]
  larges: bigint[]
  doubles: number[]
  colours: number[]
  texts: string[]
  blobs: Uint8Array[]
  children: Every[]
  unpacked: number[]
  entries: EveryEntriesEntry[]
  choice: EveryChoice | null
  last: boolean
}

export function createEvery(): Every {
  return {
    boolField: false,
    uint32Field: 0,
    int32Field: 0,
    sint32Field: 0,
    uint64Field: 0n,
    int64Field: 0n,
    sint64Field: 0n,
    fixed32Field: 0,
    sfixed32Field: 0,
    fixed64Field: 0n,
    sfixed64Field: 0n,
    floatField: 0,
    doubleField: 0,
    stringField: '',
    bytesField: EMPTY_BYTES,
    uint64Number: 0,
    int64Number: 0,
    colour: 0,
    child: null,
    maybeNumber: null,
    maybeBytes: null,
    bools: [],
    numbers: [],
    larges: [],
    doubles: [],
    colours: [],
    texts: [],
    blobs: [],
    children: [],
    unpacked: [],
    entries: [],
    choice: null,
    last: false,
  }
}

export function lengthOfEvery(value: Every): number {
  let length = 0
  if (value.boolField) {
    length += 1 + 1
  }
  if (value.uint32Field !== 0) {
    length += 1 + uint32Length(value.uint32Field)
  }
  if (value.int32Field !== 0) {
    length += 1 + int32Length(value.int32Field)
  }
  if (value.sint32Field !== 0) {
    length += 1 + sint32Length(value.sint32Field)
  }
  if (value.uint64Field !== 0n) {
    length += 1 + uint64Length(value.uint64Field)
  }
  if (value.int64Field !== 0n) {
    length += 1 + int64Length(value.int64Field)
  }
  if (value.sint64Field !== 0n) {
    length += 1 + sint64Length(value.sint64Field)
  }
  if (value.fixed32Field !== 0) {
    length += 1 + 4
  }
  if (value.sfixed32Field !== 0) {
    length += 1 + 4
  }
  if (value.fixed64Field !== 0n) {
    length += 1 + 8
  }
  if (value.sfixed64Field !== 0n) {
    length += 1 + 8
  }
  if (!Object.is(value.floatField, 0)) {
    length += 1 + 4
  }
  if (!Object.is(value.doubleField, 0)) {
    length += 1 + 8
  }
  if (value.stringField !== '') {
    length += 1 + stringLength(value.stringField)
  }
  if (value.bytesField.length > 0) {
    length += 1 + bytesLength(value.bytesField)
  }
  if (value.uint64Number !== 0) {
    length += 2 + numberLength(value.uint64Number)
  }
  if (value.int64Number !== 0) {
    length += 2 + numberLength(value.int64Number)
  }
  if (value.colour !== 0) {
    length += 2 + int32Length(value.colour)
  }
  if (value.child !== null) {
    length += 2 + delimitedLength(lengthOfEvery(value.child))
  }
  if (value.maybeNumber !== null) {
    length += 2 + uint32Length(value.maybeNumber)
  }
  if (value.maybeBytes !== null) {
    length += 2 + bytesLength(value.maybeBytes)
  }
  if (value.bools.length > 0) {
    const packed = value.bools.length
    length += 2 + delimitedLength(packed)
  }
  if (value.numbers.length > 0) {
    let packed = 0
    for (const one of value.numbers) packed += int32Length(one)
    length += 2 + delimitedLength(packed)
  }
  if (value.larges.length > 0) {
    let packed = 0
    for (const one of value.larges) packed += sint64Length(one)
    length += 2 + delimitedLength(packed)
  }
  if (value.doubles.length > 0) {
    const packed = value.doubles.length * 8
    length += 2 + delimitedLength(packed)
  }
  if (value.colours.length > 0) {
    let packed = 0
    for (const one of value.colours) packed += int32Length(one)
    length += 2 + delimitedLength(packed)
  }
  for (const one of value.texts) {
    length += 2 + stringLength(one)
  }
  for (const one of value.blobs) {
    length += 2 + bytesLength(one)
  }
  for (const one of value.children) {
    length += 2 + delimitedLength(lengthOfEvery(one))
  }
  for (const one of value.unpacked) {
    length += 2 + uint32Length(one)
  }
  for (const one of value.entries) {
    length += 2 + delimitedLength(lengthOfEveryEntriesEntry(one))
  }
  if (value.choice !== null) {
    switch (value.choice.kind) {
      case 'text':
        length += 2 + stringLength(value.choice.value)
        break
      case 'large':
        length += 2 + int64Length(value.choice.value)
        break
      case 'message': {
        length += 2 + delimitedLength(lengthOfEvery(value.choice.value))
        break
      }
      case 'painted':
        length += 2 + int32Length(value.choice.value)
        break
    }
  }
  if (value.last) {
    length += 5 + 1
  }
  return length
}

export function writeEvery(value: Every, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.boolField) {
    target[at++] = 8
    at = writeBool(target, at, value.boolField)
  }
  if (value.uint32Field !== 0) {
    target[at++] = 16
    at = writeUint32(target, at, value.uint32Field)
  }
  if (value.int32Field !== 0) {
    target[at++] = 24
    at = writeInt32(target, at, value.int32Field)
  }
  if (value.sint32Field !== 0) {
    target[at++] = 32
    at = writeSint32(target, at, value.sint32Field)
  }
  if (value.uint64Field !== 0n) {
    target[at++] = 40
    at = writeUint64(target, at, value.uint64Field)
  }
  if (value.int64Field !== 0n) {
    target[at++] = 48
    at = writeInt64(target, at, value.int64Field)
  }
  if (value.sint64Field !== 0n) {
    target[at++] = 56
    at = writeSint64(target, at, value.sint64Field)
  }
  if (value.fixed32Field !== 0) {
    target[at++] = 69
    at = writeFixed32(target, at, value.fixed32Field)
  }
  if (value.sfixed32Field !== 0) {
    target[at++] = 77
    at = writeSfixed32(target, at, value.sfixed32Field)
  }
  if (value.fixed64Field !== 0n) {
    target[at++] = 81
    at = writeFixed64(target, at, value.fixed64Field)
  }
  if (value.sfixed64Field !== 0n) {
    target[at++] = 89
    at = writeSfixed64(target, at, value.sfixed64Field)
  }
  if (!Object.is(value.floatField, 0)) {
    target[at++] = 101
    at = writeFloat(target, at, value.floatField)
  }
  if (!Object.is(value.doubleField, 0)) {
    target[at++] = 105
    at = writeDouble(target, at, value.doubleField)
  }
  if (value.stringField !== '') {
    target[at++] = 114
    at = writeString(target, at, value.stringField)
  }
  if (value.bytesField.length > 0) {
    target[at++] = 122
    at = writeBytes(target, at, value.bytesField)
  }
  if (value.uint64Number !== 0) {
    at = writeUint32(target, at, 128)
    at = writeNumber(target, at, value.uint64Number)
  }
  if (value.int64Number !== 0) {
    at = writeUint32(target, at, 136)
    at = writeNumber(target, at, value.int64Number)
  }
  if (value.colour !== 0) {
    at = writeUint32(target, at, 144)
    at = writeInt32(target, at, value.colour)
  }
  if (value.child !== null) {
    at = writeUint32(target, at, 154)
    at = writeUint32(target, at, lengthOfEvery(value.child))
    at = writeEvery(value.child, target, at)
  }
  if (value.maybeNumber !== null) {
    at = writeUint32(target, at, 160)
    at = writeUint32(target, at, value.maybeNumber)
  }
  if (value.maybeBytes !== null) {
    at = writeUint32(target, at, 170)
    at = writeBytes(target, at, value.maybeBytes)
  }
  if (value.bools.length > 0) {
    const packed = value.bools.length
    at = writeUint32(target, at, 242)
    at = writeUint32(target, at, packed)
    for (const one of value.bools) at = writeBool(target, at, one)
  }
  if (value.numbers.length > 0) {
    let packed = 0
    for (const one of value.numbers) packed += int32Length(one)
    at = writeUint32(target, at, 250)
    at = writeUint32(target, at, packed)
    for (const one of value.numbers) at = writeInt32(target, at, one)
  }
  if (value.larges.length > 0) {
    let packed = 0
    for (const one of value.larges) packed += sint64Length(one)
    at = writeUint32(target, at, 258)
    at = writeUint32(target, at, packed)
    for (const one of value.larges) at = writeSint64(target, at, one)
  }
  if (value.doubles.length > 0) {
    const packed = value.doubles.length * 8
    at = writeUint32(target, at, 266)
    at = writeUint32(target, at, packed)
    for (const one of value.doubles) at = writeDouble(target, at, one)
  }
  if (value.colours.length > 0) {
    let packed = 0
    for (const one of value.colours) packed += int32Length(one)
    at = writeUint32(target, at, 274)
    at = writeUint32(target, at, packed)
    for (const one of value.colours) at = writeInt32(target, at, one)
  }
  for (const one of value.texts) {
    at = writeUint32(target, at, 282)
    at = writeString(target, at, one)
  }
  for (const one of value.blobs) {
    at = writeUint32(target, at, 290)
    at = writeBytes(target, at, one)
  }
  for (const one of value.children) {
    at = writeUint32(target, at, 298)
    at = writeUint32(target, at, lengthOfEvery(one))
    at = writeEvery(one, target, at)
  }
  for (const one of value.unpacked) {
    at = writeUint32(target, at, 304)
    at = writeUint32(target, at, one)
  }
  for (const one of value.entries) {
    at = writeUint32(target, at, 314)
    at = writeUint32(target, at, lengthOfEveryEntriesEntry(one))
    at = writeEveryEntriesEntry(one, target, at)
  }
  if (value.choice !== null) {
    switch (value.choice.kind) {
      case 'text':
        at = writeUint32(target, at, 402)
        at = writeString(target, at, value.choice.value)
        break
      case 'large':
        at = writeUint32(target, at, 408)
        at = writeInt64(target, at, value.choice.value)
        break
      case 'message': {
        at = writeUint32(target, at, 418)
        at = writeUint32(target, at, lengthOfEvery(value.choice.value))
        at = writeEvery(value.choice.value, target, at)
        break
      }
      case 'painted':
        at = writeUint32(target, at, 424)
        at = writeInt32(target, at, value.choice.value)
        break
    }
  }
  if (value.last) {
    at = writeUint32(target, at, 4294967288)
    at = writeBool(target, at, value.last)
  }
  return at
}

export function readEvery(reader: WireReader, into: Every): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.boolField = reader.bool()
        break
      case 16:
        into.uint32Field = reader.uint32()
        break
      case 24:
        into.int32Field = reader.int32()
        break
      case 32:
        into.sint32Field = reader.sint32()
        break
      case 40:
        into.uint64Field = reader.uint64()
        break
      case 48:
        into.int64Field = reader.int64()
        break
      case 56:
        into.sint64Field = reader.sint64()
        break
      case 69:
        into.fixed32Field = reader.fixed32()
        break
      case 77:
        into.sfixed32Field = reader.sfixed32()
        break
      case 81:
        into.fixed64Field = reader.fixed64()
        break
      case 89:
        into.sfixed64Field = reader.sfixed64()
        break
      case 101:
        into.floatField = reader.float()
        break
      case 105:
        into.doubleField = reader.double()
        break
      case 114:
        into.stringField = reader.string()
        break
      case 122:
        into.bytesField = reader.bytes()
        break
      case 128:
        into.uint64Number = reader.uint64Number()
        break
      case 136:
        into.int64Number = reader.int64Number()
        break
      case 144:
        into.colour = reader.int32()
        break
      case 154: {
        const one = into.child ?? createEvery()
        into.child = one
        const outer = reader.enter()
        readEvery(reader, one)
        reader.leave(outer)
        break
      }
      case 160:
        into.maybeNumber = reader.uint32()
        break
      case 170:
        into.maybeBytes = reader.bytes()
        break
      case 240:
        reader.element()
        into.bools.push(reader.bool())
        break
      case 242: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.bools.push(reader.bool())
        }
        reader.leave(outer)
        break
      }
      case 248:
        reader.element()
        into.numbers.push(reader.int32())
        break
      case 250: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.numbers.push(reader.int32())
        }
        reader.leave(outer)
        break
      }
      case 256:
        reader.element()
        into.larges.push(reader.sint64())
        break
      case 258: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.larges.push(reader.sint64())
        }
        reader.leave(outer)
        break
      }
      case 265:
        reader.element()
        into.doubles.push(reader.double())
        break
      case 266: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.doubles.push(reader.double())
        }
        reader.leave(outer)
        break
      }
      case 272:
        reader.element()
        into.colours.push(reader.int32())
        break
      case 274: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.colours.push(reader.int32())
        }
        reader.leave(outer)
        break
      }
      case 282:
        reader.element()
        into.texts.push(reader.string())
        break
      case 290:
        reader.element()
        into.blobs.push(reader.bytes())
        break
      case 298: {
        reader.element()
        const one = createEvery()
        into.children.push(one)
        const outer = reader.enter()
        readEvery(reader, one)
        reader.leave(outer)
        break
      }
      case 304:
        reader.element()
        into.unpacked.push(reader.uint32())
        break
      case 306: {
        const outer = reader.enter()
        while (reader.hasMore) {
          reader.element()
          into.unpacked.push(reader.uint32())
        }
        reader.leave(outer)
        break
      }
      case 314: {
        reader.element()
        const one = createEveryEntriesEntry()
        into.entries.push(one)
        const outer = reader.enter()
        readEveryEntriesEntry(reader, one)
        reader.leave(outer)
        break
      }
      case 402:
        into.choice = { kind: 'text', value: reader.string() }
        break
      case 408:
        into.choice = { kind: 'large', value: reader.int64() }
        break
      case 418: {
        const before = into.choice
        const isSame = before?.kind === 'message'
        const one = isSame ? before.value : createEvery()
        if (!isSame) into.choice = { kind: 'message', value: one }
        const outer = reader.enter()
        readEvery(reader, one)
        reader.leave(outer)
        break
      }
      case 424:
        into.choice = { kind: 'painted', value: reader.int32() }
        break
      case 4294967288:
        into.last = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Every = new MessageCodec<Every>({
  name: 'test.Every',
  create: createEvery,
  length: lengthOfEvery,
  write: writeEvery,
  read: readEvery,
})

export interface EveryEntriesEntry {
  key: string
  value: Every | null
}

export function createEveryEntriesEntry(): EveryEntriesEntry {
  return {
    key: '',
    value: null,
  }
}

export function lengthOfEveryEntriesEntry(value: EveryEntriesEntry): number {
  let length = 0
  if (value.key !== '') {
    length += 1 + stringLength(value.key)
  }
  if (value.value !== null) {
    length += 1 + delimitedLength(lengthOfEvery(value.value))
  }
  return length
}

export function writeEveryEntriesEntry(
  value: EveryEntriesEntry,
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
    at = writeUint32(target, at, lengthOfEvery(value.value))
    at = writeEvery(value.value, target, at)
  }
  return at
}

export function readEveryEntriesEntry(reader: WireReader, into: EveryEntriesEntry): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.key = reader.string()
        break
      case 18: {
        const one = into.value ?? createEvery()
        into.value = one
        const outer = reader.enter()
        readEvery(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const EveryEntriesEntry = new MessageCodec<EveryEntriesEntry>({
  name: 'test.Every.EntriesEntry',
  create: createEveryEntriesEntry,
  length: lengthOfEveryEntriesEntry,
  write: writeEveryEntriesEntry,
  read: readEveryEntriesEntry,
})

export type Nothing = Record<string, never>

export function createNothing(): Nothing {
  return {}
}

export function lengthOfNothing(_value: Nothing): number {
  return 0
}

export function writeNothing(_value: Nothing, _target: Uint8Array, offset: number): number {
  return offset
}

export function readNothing(reader: WireReader, _into: Nothing): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    reader.skip(tag)
  }
}

export const Nothing = new MessageCodec<Nothing>({
  name: 'test.Nothing',
  create: createNothing,
  length: lengthOfNothing,
  write: writeNothing,
  read: readNothing,
})

export const EVERY_FILE: FileDescription = {
  name: 'test/every.proto',
  dependencies: [],
  symbols: ['test.Every', 'test.Every.EntriesEntry', 'test.Nothing', 'test.Every.Colour'],
  descriptor:
    'ChB0ZXN0L2V2ZXJ5LnByb3RvEgR0ZXN0Iv4KCgVFdmVyeRIdCgpib29sX2ZpZWxkGAEgASgIUglib29sRmllbGQSIQoM' +
    'dWludDMyX2ZpZWxkGAIgASgNUgt1aW50MzJGaWVsZBIfCgtpbnQzMl9maWVsZBgDIAEoBVIKaW50MzJGaWVsZBIhCgxz' +
    'aW50MzJfZmllbGQYBCABKBFSC3NpbnQzMkZpZWxkEiEKDHVpbnQ2NF9maWVsZBgFIAEoBFILdWludDY0RmllbGQSHwoL' +
    'aW50NjRfZmllbGQYBiABKANSCmludDY0RmllbGQSIQoMc2ludDY0X2ZpZWxkGAcgASgSUgtzaW50NjRGaWVsZBIjCg1m' +
    'aXhlZDMyX2ZpZWxkGAggASgHUgxmaXhlZDMyRmllbGQSJQoOc2ZpeGVkMzJfZmllbGQYCSABKA9SDXNmaXhlZDMyRmll' +
    'bGQSIwoNZml4ZWQ2NF9maWVsZBgKIAEoBlIMZml4ZWQ2NEZpZWxkEiUKDnNmaXhlZDY0X2ZpZWxkGAsgASgQUg1zZml4' +
    'ZWQ2NEZpZWxkEh8KC2Zsb2F0X2ZpZWxkGAwgASgCUgpmbG9hdEZpZWxkEiEKDGRvdWJsZV9maWVsZBgNIAEoAVILZG91' +
    'YmxlRmllbGQSIQoMc3RyaW5nX2ZpZWxkGA4gASgJUgtzdHJpbmdGaWVsZBIfCgtieXRlc19maWVsZBgPIAEoDFIKYnl0' +
    'ZXNGaWVsZBInCg11aW50NjRfbnVtYmVyGBAgASgEQgIwAlIMdWludDY0TnVtYmVyEiUKDGludDY0X251bWJlchgRIAEo' +
    'A0ICMAJSC2ludDY0TnVtYmVyEioKBmNvbG91chgSIAEoDjISLnRlc3QuRXZlcnkuQ29sb3VyUgZjb2xvdXISIQoFY2hp' +
    'bGQYEyABKAsyCy50ZXN0LkV2ZXJ5UgVjaGlsZBImCgxtYXliZV9udW1iZXIYFCABKA1IAVILbWF5YmVOdW1iZXKIAQES' +
    'JAoLbWF5YmVfYnl0ZXMYFSABKAxIAlIKbWF5YmVCeXRlc4gBARIUCgVib29scxgeIAMoCFIFYm9vbHMSGAoHbnVtYmVy' +
    'cxgfIAMoBVIHbnVtYmVycxIWCgZsYXJnZXMYICADKBJSBmxhcmdlcxIYCgdkb3VibGVzGCEgAygBUgdkb3VibGVzEiwK' +
    'B2NvbG91cnMYIiADKA4yEi50ZXN0LkV2ZXJ5LkNvbG91clIHY29sb3VycxIUCgV0ZXh0cxgjIAMoCVIFdGV4dHMSFAoF' +
    'YmxvYnMYJCADKAxSBWJsb2JzEicKCGNoaWxkcmVuGCUgAygLMgsudGVzdC5FdmVyeVIIY2hpbGRyZW4SHgoIdW5wYWNr' +
    'ZWQYJiADKA1CAhAAUgh1bnBhY2tlZBIyCgdlbnRyaWVzGCcgAygLMhgudGVzdC5FdmVyeS5FbnRyaWVzRW50cnlSB2Vu' +
    'dHJpZXMSFAoEdGV4dBgyIAEoCUgAUgR0ZXh0EhYKBWxhcmdlGDMgASgDSABSBWxhcmdlEicKB21lc3NhZ2UYNCABKAsy' +
    'Cy50ZXN0LkV2ZXJ5SABSB21lc3NhZ2USLgoHcGFpbnRlZBg1IAEoDjISLnRlc3QuRXZlcnkuQ29sb3VySABSB3BhaW50' +
    'ZWQSFgoEbGFzdBj/////ASABKAhSBGxhc3QaRwoMRW50cmllc0VudHJ5EhAKA2tleRgBIAEoCVIDa2V5EiEKBXZhbHVl' +
    'GAIgASgLMgsudGVzdC5FdmVyeVIFdmFsdWU6AjgBIi8KBkNvbG91chIHCgNSRUQQABIJCgVHUkVFThABEhEKBERBUksQ' +
    '////////////AUIICgZjaG9pY2VCDwoNX21heWJlX251bWJlckIOCgxfbWF5YmVfYnl0ZXMiGwoHTm90aGluZ0oECAEQ' +
    'AkoECAMQBlIEZ29uZWIGcHJvdG8z',
}
