/** A message as the emitter wants it: names of TypeScript, kinds and tags instead of words. */

import { ENUM_KIND, KINDS, type Kind, NUMBER_KINDS } from './kinds.ts'
import { type Field, type Message, type ProtoFile, ProtoProblem } from './model.ts'
import { camelCase } from './parse.ts'
import type { Names } from './resolve.ts'

/** One of the two: a plain value, or a message of this name and file. */
export type Content =
  | { readonly kind: 'plain'; readonly plain: Kind }
  | { readonly kind: 'message'; readonly name: string; readonly file: ProtoFile }

export interface FieldShape {
  readonly name: string
  readonly number: number
  readonly content: Content
  readonly repeated: boolean
  /** Null when absent: messages, and what is `optional`. */
  readonly nullable: boolean
  readonly packed: boolean
  readonly packable: boolean
}

export interface OneofShape {
  readonly name: string
  /** The name of the union type. */
  readonly typeName: string
  readonly members: readonly FieldShape[]
}

export interface MessageShape {
  readonly name: string
  readonly fullName: string
  /** In the order of their numbers; a oneof where its first member is. */
  readonly parts: readonly (FieldShape | OneofShape)[]
}

export function isOneof(part: FieldShape | OneofShape): part is OneofShape {
  return 'members' in part
}

/** `Outer.Inner` of a package becomes `OuterInner`. */
export function typeName(fullName: string, file: ProtoFile): string {
  return fullName.slice(file.packageName.length + 1).replaceAll('.', '')
}

export function shapeOf(message: Message, file: ProtoFile, names: Names): MessageShape {
  const name = typeName(message.fullName, file)
  const sorted = [...message.fields].sort((one, other) => one.number - other.number)
  const parts: (FieldShape | OneofShape)[] = []
  for (const field of sorted) {
    if (field.oneof === null) parts.push(shapeOfField(field, message, { file, names }))
    else if (field === sorted.find(({ oneof }) => oneof === field.oneof)) {
      const members = sorted.filter(({ oneof }) => oneof === field.oneof)
      const oneof = camelCase(field.oneof)
      parts.push({
        name: oneof,
        typeName: `${name}${oneof.charAt(0).toUpperCase()}${oneof.slice(1)}`,
        members: members.map((member) => shapeOfField(member, message, { file, names })),
      })
    }
  }
  return { name, fullName: message.fullName, parts }
}

function shapeOfField(
  field: Field,
  message: Message,
  { file, names }: { file: ProtoFile; names: Names },
): FieldShape {
  const content = contentOf(field, message.fullName, { file, names })
  const packable = field.repeated && content.kind === 'plain' && content.plain.wireType !== 2
  return {
    name: camelCase(field.name),
    number: field.number,
    content,
    repeated: field.repeated,
    nullable: field.optional || (content.kind === 'message' && !field.repeated),
    packable,
    packed: packable && field.options.get('packed') !== 'false',
  }
}

function contentOf(
  field: Field,
  scope: string,
  { file, names }: { file: ProtoFile; names: Names },
): Content {
  const asNumber = field.options.has('jstype')
  const plain = (asNumber ? NUMBER_KINDS : KINDS)[field.type]
  if (plain !== undefined) return { kind: 'plain', plain }
  const { line } = field
  if (asNumber) {
    throw new ProtoProblem('jstype is for int64 and uint64', { file: file.name, line })
  }
  const found = names.find(field.type, scope, { file, line })
  return found.kind === 'enum'
    ? { kind: 'plain', plain: ENUM_KIND }
    : {
        kind: 'message',
        name: typeName(found.message.fullName, found.file),
        file: found.file,
      }
}
