/**
 * What messages are made of, for code that handles messages of any type: taken from the
 * descriptions that the generated modules carry. The codecs of those modules do not use it.
 */

import { assert } from '../base/index.ts'
import { descriptorBytes, type FileDescription } from './description.ts'
import { WireReader } from './reader.ts'

export type FieldType =
  | 'double'
  | 'float'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'fixed64'
  | 'fixed32'
  | 'bool'
  | 'string'
  | 'message'
  | 'bytes'
  | 'uint32'
  | 'enum'
  | 'sfixed32'
  | 'sfixed64'
  | 'sint32'
  | 'sint64'

/** By the number of the type in descriptor.proto; 10 is a group, which proto3 does not have. */
const TYPES: readonly (FieldType | null)[] = [
  null,
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  null,
  'message',
  'bytes',
  'uint32',
  'enum',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
]

const LABEL_REPEATED = 3

export interface FieldSchema {
  readonly number: number
  /** As in the description, and as JSON would rather have it. */
  readonly name: string
  readonly jsonName: string
  readonly type: FieldType
  readonly repeated: boolean
  readonly packed: boolean
  /** Present or absent, whatever its value. */
  readonly hasPresence: boolean
  /** At most one field with the same number here is present; -1: it is alone. */
  readonly oneof: number
  /** Among the fields of its message. */
  readonly position: number
  readonly message: MessageSchema | null
  readonly enumeration: EnumSchema | null
}

export class MessageSchema {
  /** The fully qualified name. */
  readonly name: string
  /** One entry of a map: key is field 1, value is field 2. */
  readonly isMapEntry: boolean
  #fields: readonly FieldSchema[] = []
  readonly #byNumber = new Map<number, FieldSchema>()
  readonly #byName = new Map<string, FieldSchema>()

  constructor(name: string, isMapEntry: boolean) {
    this.name = name
    this.isMapEntry = isMapEntry
  }

  /** To be called once; messages may contain each other, so it cannot be the constructor. */
  define(fields: readonly FieldSchema[]): void {
    assert(this.#fields.length === 0, 'a message is defined once')
    this.#fields = fields
    for (const field of fields) {
      this.#byNumber.set(field.number, field)
      this.#byName.set(field.name, field)
      this.#byName.set(field.jsonName, field)
    }
  }

  /** By ascending number. */
  get fields(): readonly FieldSchema[] {
    return this.#fields
  }

  field(number: number): FieldSchema | null {
    return this.#byNumber.get(number) ?? null
  }

  /** By either of its names. */
  fieldNamed(name: string): FieldSchema | null {
    return this.#byName.get(name) ?? null
  }
}

export class EnumSchema {
  readonly name: string
  readonly #names = new Map<number, string>()
  readonly #numbers = new Map<string, number>()

  constructor(name: string, values: readonly { readonly name: string; readonly number: number }[]) {
    this.name = name
    for (const value of values) {
      this.#names.set(value.number, value.name)
      this.#numbers.set(value.name, value.number)
    }
  }

  nameOf(number: number): string | null {
    return this.#names.get(number) ?? null
  }

  numberOf(name: string): number | null {
    return this.#numbers.get(name) ?? null
  }
}

/** The messages of some files, and of those that they import. */
export class Schemas {
  readonly #messages = new Map<string, MessageSchema>()
  readonly #enums = new Map<string, EnumSchema>()

  constructor(files: readonly FileDescription[]) {
    const bodies: DeclaredMessage[] = []
    for (const file of withImports(files)) {
      const { messages, enums } = readFile(descriptorBytes(file))
      for (const { name, values } of enums) this.#enums.set(name, new EnumSchema(name, values))
      bodies.push(...messages)
    }
    for (const { name, isMapEntry } of bodies) {
      this.#messages.set(name, new MessageSchema(name, isMapEntry))
    }
    for (const { name, fields } of bodies) {
      const sorted = [...fields].sort((one, other) => one.number - other.number)
      this.message(name).define(sorted.map((field, position) => this.#link(field, position)))
    }
  }

  get messages(): readonly MessageSchema[] {
    return [...this.#messages.values()]
  }

  message(name: string): MessageSchema {
    const found = this.#messages.get(name)
    assert(found !== undefined, 'a message is in the files that were given')
    return found
  }

  #link({ typeName, isOptional, packs, ...field }: DeclaredField, position: number): FieldSchema {
    const { type, repeated, oneof } = field
    const enumeration = type === 'enum' ? this.#enums.get(typeName) : null
    assert(enumeration !== undefined, 'an enumeration is in the files that were given')
    return {
      ...field,
      position,
      // The oneof of an optional field is an invented one, with nothing else in it.
      oneof: isOptional ? -1 : oneof,
      hasPresence: !repeated && (oneof >= 0 || type === 'message'),
      packed: repeated && packs && type !== 'string' && type !== 'bytes' && type !== 'message',
      message: type === 'message' ? this.message(typeName) : null,
      enumeration,
    }
  }
}

interface DeclaredField {
  name: string
  jsonName: string
  number: number
  type: FieldType
  typeName: string
  repeated: boolean
  packs: boolean
  oneof: number
  isOptional: boolean
}

interface DeclaredMessage {
  readonly name: string
  isMapEntry: boolean
  readonly fields: DeclaredField[]
}

interface DeclaredEnum {
  readonly name: string
  readonly values: { readonly name: string; readonly number: number }[]
}

interface Declared {
  readonly messages: DeclaredMessage[]
  readonly enums: DeclaredEnum[]
}

function withImports(files: readonly FileDescription[]): Set<FileDescription> {
  const all = new Set<FileDescription>()
  const add = (file: FileDescription): void => {
    if (all.has(file)) return
    all.add(file)
    for (const imported of file.dependencies) add(imported)
  }
  for (const file of files) add(file)
  return all
}

/** Calls back for every field; whoever is called reads or skips it. */
function eachField(reader: WireReader, take: (number: number, tag: number) => void): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) take(tag >>> 3, tag)
}

function inside(reader: WireReader, read: () => void): void {
  const outer = reader.enter()
  read()
  reader.leave(outer)
}

/** The numbers below are those of descriptor.proto. */
function readFile(bytes: Uint8Array): Declared {
  const reader = new WireReader(bytes, 0, bytes.length)
  const declared: Declared = { messages: [], enums: [] }
  let scope = ''
  eachField(reader, (number, tag) => {
    if (number === 2) scope = reader.string()
    else if (number === 4) inside(reader, () => readMessage(reader, scope, declared))
    else if (number === 5) inside(reader, () => readEnum(reader, scope, declared))
    else reader.skip(tag)
  })
  return declared
}

function readMessage(reader: WireReader, scope: string, into: Declared): void {
  const fields: DeclaredField[] = []
  let name = ''
  let isMapEntry = false
  eachField(reader, (number, tag) => {
    if (number === 1) name = `${scope}.${reader.string()}`
    else if (number === 2) inside(reader, () => fields.push(readField(reader)))
    else if (number === 3) inside(reader, () => readMessage(reader, name, into))
    else if (number === 4) inside(reader, () => readEnum(reader, name, into))
    else if (number === 7) inside(reader, () => (isMapEntry = readFlag(reader, 7, false)))
    else reader.skip(tag)
  })
  assert(name !== '', 'the name of a message comes before its contents')
  into.messages.push({ name, isMapEntry, fields })
}

function readField(reader: WireReader): DeclaredField {
  const field: DeclaredField = {
    name: '',
    jsonName: '',
    number: 0,
    type: 'bool',
    typeName: '',
    repeated: false,
    packs: true,
    oneof: -1,
    isOptional: false,
  }
  eachField(reader, (number, tag) => {
    if (number === 1) field.name = reader.string()
    else if (number === 3) field.number = reader.int32()
    else if (number === 4) field.repeated = reader.int32() === LABEL_REPEATED
    else if (number === 5) field.type = typeOf(reader.int32())
    else if (number === 6) field.typeName = reader.string().slice(1)
    else if (number === 8) inside(reader, () => (field.packs = readFlag(reader, 2, true)))
    else if (number === 9) field.oneof = reader.int32()
    else if (number === 10) field.jsonName = reader.string()
    else if (number === 17) field.isOptional = reader.bool()
    else reader.skip(tag)
  })
  return field
}

function readEnum(reader: WireReader, scope: string, into: Declared): void {
  const values: { name: string; number: number }[] = []
  let name = ''
  eachField(reader, (number, tag) => {
    if (number === 1) name = `${scope}.${reader.string()}`
    else if (number === 2) inside(reader, () => values.push(readEnumValue(reader)))
    else reader.skip(tag)
  })
  into.enums.push({ name, values })
}

function readEnumValue(reader: WireReader): { name: string; number: number } {
  const value = { name: '', number: 0 }
  eachField(reader, (number, tag) => {
    if (number === 1) value.name = reader.string()
    else if (number === 2) value.number = reader.int32()
    else reader.skip(tag)
  })
  return value
}

function readFlag(reader: WireReader, wanted: number, initial: boolean): boolean {
  let value = initial
  eachField(reader, (number, tag) => {
    if (number === wanted) value = reader.bool()
    else reader.skip(tag)
  })
  return value
}

function typeOf(number: number): FieldType {
  const type = TYPES[number]
  assert(type !== undefined && type !== null, 'a field has a type of proto3')
  return type
}
