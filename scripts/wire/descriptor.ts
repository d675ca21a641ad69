/**
 * A file as an encoded `google.protobuf.FileDescriptorProto`, which is what reflection hands out.
 * The numbers are those of descriptor.proto in protobuf itself.
 */

import type { Enumeration, Field, Message, Method, ProtoFile, Service } from './model.ts'
import { camelCase } from './parse.ts'
import type { Names } from './resolve.ts'

const SCALAR_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
}
const TYPE_MESSAGE = 11
const TYPE_ENUM = 14
const LABEL_OPTIONAL = 1
const LABEL_REPEATED = 3
const JSTYPE_NUMBER = 2

export function encodeDescriptor(file: ProtoFile, names: Names): Uint8Array {
  return Uint8Array.from([
    ...text(1, file.name),
    ...text(2, file.packageName),
    ...file.imports.flatMap((name) => text(3, name)),
    ...file.messages.flatMap((message) => block(4, describeMessage(message, { file, names }))),
    ...file.enums.flatMap((enumeration) => block(5, describeEnumeration(enumeration))),
    ...file.services.flatMap((service) => block(6, describeService(service, { file, names }))),
    ...text(12, 'proto3'),
  ])
}

interface Context {
  readonly file: ProtoFile
  readonly names: Names
}

function describeMessage(message: Message, context: Context): number[] {
  // An optional field is, for those who know no presence, the only one of an invented oneof.
  const invented = message.fields.filter(({ optional }) => optional).map(({ name }) => `_${name}`)
  const oneofs = [...message.oneofs, ...invented]
  const { names, ranges } = message.reserved
  return [
    ...text(1, message.name),
    ...message.fields.flatMap((field) =>
      block(2, describeField(field, { message, oneofs, context })),
    ),
    ...message.messages.flatMap((inner) => block(3, describeMessage(inner, context))),
    ...message.enums.flatMap((enumeration) => block(4, describeEnumeration(enumeration))),
    ...(message.isMapEntry ? block(7, number(7, 1)) : []),
    ...oneofs.flatMap((name) => block(8, text(1, name))),
    ...ranges.flatMap(([from, to]) => block(9, [...number(1, from), ...number(2, to + 1)])),
    ...names.flatMap((name) => text(10, name)),
  ]
}

function describeField(
  field: Field,
  { message, oneofs, context }: { message: Message; oneofs: readonly string[]; context: Context },
): number[] {
  const type = describeType(field, message.fullName, context)
  const oneof = oneofs.indexOf(field.oneof ?? (field.optional ? `_${field.name}` : ''))
  const options = [
    ...(field.options.has('packed') ? number(2, flag(field, 'packed')) : []),
    ...(field.options.has('deprecated') ? number(3, flag(field, 'deprecated')) : []),
    ...(field.options.has('jstype') ? number(6, JSTYPE_NUMBER) : []),
  ]
  return [
    ...text(1, field.name),
    ...number(3, field.number),
    ...number(4, field.repeated ? LABEL_REPEATED : LABEL_OPTIONAL),
    ...number(5, type.number),
    ...(type.name === null ? [] : text(6, type.name)),
    ...(options.length === 0 ? [] : block(8, options)),
    ...(oneof < 0 ? [] : number(9, oneof)),
    ...text(10, camelCase(field.name)),
    ...(field.optional ? number(17, 1) : []),
  ]
}

function describeType(
  { type, line }: Field,
  scope: string,
  { file, names }: Context,
): { number: number; name: string | null } {
  const scalar = SCALAR_NUMBERS[type]
  if (scalar !== undefined) return { number: scalar, name: null }
  const found = names.find(type, scope, { file, line })
  return found.kind === 'message'
    ? { number: TYPE_MESSAGE, name: `.${found.message.fullName}` }
    : { number: TYPE_ENUM, name: `.${found.enumeration.fullName}` }
}

function describeEnumeration({ name, values }: Enumeration): number[] {
  return [
    ...text(1, name),
    ...values.flatMap((value) => block(2, [...text(1, value.name), ...number(2, value.number)])),
  ]
}

function describeService(service: Service, context: Context): number[] {
  const methods = service.methods.flatMap((method) => block(2, describeMethod(method, context)))
  return [...text(1, service.name), ...methods]
}

function describeMethod(method: Method, { file, names }: Context): number[] {
  const at = { file, line: method.line }
  const side = (type: string): string => {
    const found = names.find(type, file.packageName, at)
    return found.kind === 'message' ? `.${found.message.fullName}` : ''
  }
  return [
    ...text(1, method.name),
    ...text(2, side(method.request)),
    ...text(3, side(method.response)),
    ...(method.requestStream ? number(5, 1) : []),
    ...(method.responseStream ? number(6, 1) : []),
  ]
}

function flag(field: Field, option: string): number {
  return field.options.get(option) === 'true' ? 1 : 0
}

function number(field: number, value: number): number[] {
  return [...varint(BigInt(field) << 3n), ...varint(BigInt.asUintN(64, BigInt(value)))]
}

function text(field: number, value: string): number[] {
  return block(field, [...new TextEncoder().encode(value)])
}

function block(field: number, content: readonly number[]): number[] {
  return [...varint((BigInt(field) << 3n) | 2n), ...varint(BigInt(content.length)), ...content]
}

function varint(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}
