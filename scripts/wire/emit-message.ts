/**
 * The TypeScript of one message: its type, and functions without a branch that its fields do not
 * need. Lines come without indentation; emit.ts adds it.
 */

import { signature } from './layout.ts'
import type { Content, FieldShape, MessageShape, OneofShape } from './shape.ts'
import { isOneof } from './shape.ts'

export function emitMessage(message: MessageShape): string[] {
  return [
    ...emitTypes(message),
    '',
    ...emitCreate(message),
    '',
    ...emitLength(message),
    '',
    ...emitWrite(message),
    '',
    ...emitRead(message),
    '',
    ...emitCodec(message),
  ]
}

function emitTypes({ name, parts }: MessageShape): string[] {
  const oneofs = parts.filter(isOneof).flatMap((oneof) => [
    `export type ${oneof.typeName} =`,
    ...oneof.members.map((member) => {
      return `| { kind: '${member.name}'; value: ${contentType(member.content)} }`
    }),
    '',
  ])
  if (parts.length === 0) return [`export type ${name} = Record<string, never>`]
  const fields = parts.map((part) => `${part.name}: ${partType(part)}`)
  return [...oneofs, `export interface ${name} {`, ...fields, '}']
}

function partType(part: FieldShape | OneofShape): string {
  if (isOneof(part)) return `${part.typeName} | null`
  const type = contentType(part.content)
  if (part.repeated) return `${type}[]`
  return part.nullable ? `${type} | null` : type
}

function contentType(content: Content): string {
  return content.kind === 'plain' ? content.plain.type : content.name
}

function emitCreate({ name, parts }: MessageShape): string[] {
  const start = `export function create${name}(): ${name} {`
  if (parts.length === 0) return [start, 'return {}', '}']
  const values = parts.map((part) => `${part.name}: ${initialValue(part)},`)
  return [start, 'return {', ...values, '}', '}']
}

function initialValue(part: FieldShape | OneofShape): string {
  if (isOneof(part) || part.nullable) return 'null'
  if (part.repeated) return '[]'
  return part.content.kind === 'plain' ? part.content.plain.initial : 'null'
}

function emitLength({ name, parts }: MessageShape): string[] {
  if (parts.length === 0) {
    return [...signature(`lengthOf${name}`, [`_value: ${name}`], 'number'), 'return 0', '}']
  }
  return [
    ...signature(`lengthOf${name}`, [`value: ${name}`], 'number'),
    'let length = 0',
    ...parts.flatMap((part) =>
      isOneof(part)
        ? emitOneof(part, lengthOfOne)
        : emitField(part, { one: lengthOfOne, packed: lengthOfPacked }),
    ),
    'return length',
    '}',
  ]
}

function emitWrite({ name, parts }: MessageShape): string[] {
  const unused = parts.length === 0 ? '_' : ''
  const parameters = [`${unused}value: ${name}`, `${unused}target: Uint8Array`, 'offset: number']
  const end = parts.length === 0 ? ['return offset', '}'] : ['return at', '}']
  return [
    ...signature(`write${name}`, parameters, 'number'),
    ...(parts.length === 0 ? [] : ['let at = offset']),
    ...parts.flatMap((part) =>
      isOneof(part)
        ? emitOneof(part, writeOne)
        : emitField(part, { one: writeOne, packed: writePacked }),
    ),
    ...end,
  ]
}

type EmitOne = (field: FieldShape, value: string) => string[]

/** What length and write have in common: when a field is there, and how often. */
function emitField(
  field: FieldShape,
  { one, packed }: { one: EmitOne; packed: EmitOne },
): string[] {
  const value = `value.${field.name}`
  if (field.packed) return [`if (${value}.length > 0) {`, ...packed(field, value), '}']
  if (field.repeated) return [`for (const one of ${value}) {`, ...one(field, 'one'), '}']
  if (field.nullable) return [`if (${value} !== null) {`, ...one(field, value), '}']
  return [`if (${isSent(field, value)}) {`, ...one(field, value), '}']
}

function isSent({ content }: FieldShape, value: string): string {
  const absent = content.kind === 'plain' ? content.plain.isInitial(value) : `${value} === null`
  if (absent === `!${value}`) return value
  if (absent.endsWith('.length === 0')) return absent.replace(/=== 0$/, '> 0')
  return absent.includes(' === ') ? absent.replace(' === ', ' !== ') : `!${absent}`
}

function emitOneof(oneof: OneofShape, one: EmitOne): string[] {
  const value = `value.${oneof.name}`
  return [
    `if (${value} !== null) {`,
    `switch (${value}.kind) {`,
    ...oneof.members.flatMap((member) => [
      `case '${member.name}':${member.content.kind === 'message' ? ' {' : ''}`,
      ...one(member, `${value}.value`),
      'break',
      ...(member.content.kind === 'message' ? ['}'] : []),
    ]),
    '}',
    '}',
  ]
}

function lengthOfOne(field: FieldShape, value: string): string[] {
  return [`length += ${tagBytes(field)} + ${contentLength(field.content, value)}`]
}

function contentLength(content: Content, value: string): string {
  if (content.kind === 'message') return `delimitedLength(lengthOf${content.name}(${value}))`
  const { length } = content.plain
  return typeof length === 'number' ? `${length}` : `${length}(${value})`
}

function lengthOfPacked(field: FieldShape, value: string): string[] {
  return [...sumOfPacked(field, value), `length += ${tagBytes(field)} + delimitedLength(packed)`]
}

function sumOfPacked({ content }: FieldShape, value: string): string[] {
  const length = content.kind === 'plain' ? content.plain.length : ''
  if (typeof length === 'number') {
    return [`const packed = ${value}.length${length === 1 ? '' : ` * ${length}`}`]
  }
  return ['let packed = 0', `for (const one of ${value}) packed += ${length}(one)`]
}

function writeOne(field: FieldShape, value: string): string[] {
  const { content } = field
  if (content.kind === 'plain') {
    return [...writeTag(tagOf(field)), `at = ${content.plain.write}(target, at, ${value})`]
  }
  return [
    ...writeTag(tagOf(field)),
    `at = writeUint32(target, at, lengthOf${content.name}(${value}))`,
    `at = write${content.name}(${value}, target, at)`,
  ]
}

function writePacked(field: FieldShape, value: string): string[] {
  const write = field.content.kind === 'plain' ? field.content.plain.write : ''
  return [
    ...sumOfPacked(field, value),
    ...writeTag(field.number * 8 + 2),
    'at = writeUint32(target, at, packed)',
    `for (const one of ${value}) at = ${write}(target, at, one)`,
  ]
}

function writeTag(tag: number): string[] {
  return [tag < 0x80 ? `target[at++] = ${tag}` : `at = writeUint32(target, at, ${tag})`]
}

function tagOf({ number, content }: FieldShape): number {
  return number * 8 + (content.kind === 'plain' ? content.plain.wireType : 2)
}

function tagBytes(field: FieldShape): number {
  return Math.ceil((32 - Math.clz32(tagOf(field))) / 7)
}

function emitRead({ name, parts }: MessageShape): string[] {
  const unused = parts.length === 0 ? '_' : ''
  const start = [
    ...signature(`read${name}`, ['reader: WireReader', `${unused}into: ${name}`], 'void'),
    'for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {',
  ]
  if (parts.length === 0) return [...start, 'reader.skip(tag)', '}', '}']
  return [
    ...start,
    'switch (tag) {',
    ...parts.flatMap((part) =>
      isOneof(part) ? part.members.flatMap((one) => readMember(part, one)) : readField(part),
    ),
    'default:',
    'reader.skip(tag)',
    '}',
    '}',
    '}',
  ]
}

function readField(field: FieldShape): string[] {
  const target = `into.${field.name}`
  const { content } = field
  if (content.kind === 'message') return readMessageField(field, content.name)
  const read = `reader.${content.plain.read}()`
  if (!field.repeated) return [`case ${tagOf(field)}:`, `${target} = ${read}`, 'break']
  const one = ['reader.element()', `${target}.push(${read})`]
  const single = [`case ${tagOf(field)}:`, ...one, 'break']
  if (!field.packable) return single
  // Both forms are to be understood, whichever of them the field is declared to have.
  return [
    ...single,
    `case ${field.number * 8 + 2}: {`,
    'const outer = reader.enter()',
    'while (reader.hasMore) {',
    ...one,
    '}',
    'reader.leave(outer)',
    'break',
    '}',
  ]
}

function readMessageField(field: FieldShape, name: string): string[] {
  const target = `into.${field.name}`
  const make = field.repeated
    ? ['reader.element()', `const one = create${name}()`, `${target}.push(one)`]
    : // Sent twice, the second is read on top of the first.
      [`const one = ${target} ?? create${name}()`, `${target} = one`]
  return [`case ${tagOf(field)}: {`, ...make, ...readInside(name), 'break', '}']
}

function readMember(oneof: OneofShape, field: FieldShape): string[] {
  const target = `into.${oneof.name}`
  const { content } = field
  if (content.kind === 'plain') {
    const value = `{ kind: '${field.name}', value: reader.${content.plain.read}() }`
    return [`case ${tagOf(field)}:`, `${target} = ${value}`, 'break']
  }
  return [
    `case ${tagOf(field)}: {`,
    `const before = ${target}`,
    `const isSame = before?.kind === '${field.name}'`,
    `const one = isSame ? before.value : create${content.name}()`,
    `if (!isSame) ${target} = { kind: '${field.name}', value: one }`,
    ...readInside(content.name),
    'break',
    '}',
  ]
}

function readInside(name: string): string[] {
  return ['const outer = reader.enter()', `read${name}(reader, one)`, 'reader.leave(outer)']
}

function emitCodec({ name, fullName }: MessageShape): string[] {
  return [
    `export const ${name} = new MessageCodec<${name}>({`,
    `name: '${fullName}',`,
    `create: create${name},`,
    `length: lengthOf${name},`,
    `write: write${name},`,
    `read: read${name},`,
    '})',
  ]
}
