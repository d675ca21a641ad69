/** The TypeScript of one file of `proto/`, formatted as the formatter wants it. */

import { encodeDescriptor } from './descriptor.ts'
import { emitMessage } from './emit-message.ts'
import { bracket, indented, list } from './layout.ts'
import type { Enumeration, Method, ProtoFile, Service } from './model.ts'
import { allEnums, allMessages, type Names } from './resolve.ts'
import { isOneof, type MessageShape, shapeOf, typeName } from './shape.ts'

/** What every file that was made begins with. */
export const GENERATED_MARK = '// Made from proto/'

/** Characters of base64 in a line of a descriptor. */
const BASE64_COLUMNS = 92

export interface EmitOptions {
  readonly names: Names
  /** The module in which a file of `proto/` ends up, from the one that is emitted. */
  readonly moduleOf: (file: ProtoFile) => string
}

export function emitFile(file: ProtoFile, { names, moduleOf }: EmitOptions): string {
  const shapes = allMessages(file).map((message) => shapeOf(message, file, names))
  const body = [
    ...allEnums(file).flatMap((one) => [...emitEnum(one, file), '']),
    ...shapes.flatMap((shape) => [...emitMessage(shape), '']),
    ...emitDescription(file, names),
    ...file.services.flatMap((service) => ['', ...emitService(service, { file, names })]),
  ]
  const imports = emitImports(body, { file, shapes, names, moduleOf })
  const header = [
    `${GENERATED_MARK}${file.name}`,
    '// Change that file, then: npm run generate',
    ...(imports.length === 0 ? [] : ['', ...imports]),
    '',
  ]
  return `${[...header, ...indented(body)].join('\n')}\n`
}

function emitEnum(enumeration: Enumeration, file: ProtoFile): string[] {
  return [
    `export const ${typeName(enumeration.fullName, file)} = {`,
    ...enumeration.values.map(({ name, number }) => `${name}: ${number},`),
    '} as const',
  ]
}

/** The name of the constant that describes a file. */
function fileConstant(file: ProtoFile): string {
  const base =
    file.name
      .split('/')
      .at(-1)
      ?.replace(/\.proto$/, '') ?? ''
  return `${base.toUpperCase().replaceAll('-', '_')}_FILE`
}

function emitDescription(file: ProtoFile, names: Names): string[] {
  const symbols = [
    ...allMessages(file).map(({ fullName }) => fullName),
    ...allEnums(file).map(({ fullName }) => fullName),
    ...file.services.flatMap(({ fullName, methods }) => [
      fullName,
      ...methods.map(({ name }) => `${fullName}.${name}`),
    ]),
  ]
  const imported = file.imports.map((name) => fileConstant(names.imported(file, name)))
  const base64 = Buffer.from(encodeDescriptor(file, names)).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${BASE64_COLUMNS}}`, 'g')) ?? []
  return [
    `export const ${fileConstant(file)}: FileDescription = {`,
    `name: '${file.name}',`,
    ...list('dependencies: [', imported, '],'),
    ...list(
      'symbols: [',
      symbols.map((symbol) => `'${symbol}'`),
      '],',
    ),
    'descriptor:',
    ...lines.map((line, at) => `  '${line}'${at === lines.length - 1 ? ',' : ' +'}`),
    '}',
  ]
}

function emitService(
  service: Service,
  { file, names }: { file: ProtoFile; names: Names },
): string[] {
  return [
    `export const ${service.name} = {`,
    `name: '${service.fullName}',`,
    `file: ${fileConstant(file)},`,
    'methods: {',
    ...service.methods.flatMap((method) => emitMethod(service, method, { file, names })),
    '},',
    '} as const satisfies ServiceDescription',
  ]
}

function emitMethod(
  service: Service,
  method: Method,
  { file, names }: { file: ProtoFile; names: Names },
): string[] {
  const side = (type: string): string => {
    const found = names.find(type, file.packageName, { file, line: method.line })
    return found.kind === 'message' ? typeName(found.message.fullName, found.file) : type
  }
  return [
    `${method.name.charAt(0).toLowerCase()}${method.name.slice(1)}: {`,
    `name: '${method.name}',`,
    `path: '/${service.fullName}/${method.name}',`,
    `request: ${side(method.request)},`,
    `response: ${side(method.response)},`,
    `requestStream: ${method.requestStream},`,
    `responseStream: ${method.responseStream},`,
    '},',
  ]
}

interface ImportContext extends EmitOptions {
  readonly file: ProtoFile
  readonly shapes: readonly MessageShape[]
}

/** Exactly what the body uses. */
function emitImports(
  body: readonly string[],
  { file, shapes, names, moduleOf }: ImportContext,
): string[] {
  const words = new Set(body.join('\n').match(/\b[A-Za-z_]\w*\b/g))
  const used = (all: readonly string[]): string[] =>
    all.filter((name) => words.has(name.replace('type ', '')))
  const own = [
    ...importLines('../codec.ts', used(['MessageCodec'])),
    ...typeImportLines('../description.ts', used(['FileDescription', 'ServiceDescription'])),
    ...readerLines(used(['EMPTY_BYTES', 'WireReader'])),
    ...importLines('../writer.ts', used(WRITER_NAMES)),
  ]
  const imported = file.imports.map((name) => names.imported(file, name))
  const others = imported
    .map((other) => ({
      module: moduleOf(other),
      wanted: wantedOf(other, { file, shapes, names, words }),
    }))
    .sort((one, other) => (one.module < other.module ? -1 : 1))
  return [...own, ...others.flatMap(({ module, wanted }) => importLines(module, wanted))]
}

/** What a module takes from the one of a file that it imports. */
function wantedOf(
  other: ProtoFile,
  { file, shapes, names, words }: Omit<ImportContext, 'moduleOf'> & { words: ReadonlySet<string> },
): string[] {
  const contents = shapes
    .flatMap(({ parts }) => parts.flatMap((part) => (isOneof(part) ? part.members : [part])))
    .map(({ content }) => content)
  const inFields = contents.flatMap((content) =>
    content.kind === 'message' && content.file === other ? [content.name] : [],
  )
  const inMethods = file.services.flatMap(({ methods }) =>
    methods.flatMap(({ request, response, line }) =>
      [request, response].flatMap((type) => {
        const found = names.find(type, file.packageName, { file, line })
        if (found.kind !== 'message' || found.file !== other) return []
        return [typeName(found.message.fullName, other)]
      }),
    ),
  )
  const functions = inFields.flatMap((name) =>
    ['create', 'lengthOf', 'write', 'read'].map((verb) => `${verb}${name}`),
  )
  // A name is a type and a codec at once.
  const asTypes = inFields.filter((name) => !inMethods.includes(name)).map((name) => `type ${name}`)
  const used = functions.filter((name) => words.has(name))
  return [...new Set([...used, ...asTypes, ...inMethods, fileConstant(other)])]
}

function readerLines(wanted: readonly string[]): string[] {
  if (!wanted.includes('EMPTY_BYTES')) return typeImportLines('../reader.ts', wanted)
  const names = wanted.map((name) => (name === 'WireReader' ? 'type WireReader' : name))
  return importLines('../reader.ts', names)
}

function importLines(module: string, wanted: readonly string[]): string[] {
  if (wanted.length === 0) return []
  const plain = (name: string): string => name.replace(/^type /, '')
  const sorted = [...wanted].sort((one, other) => compareNames(plain(one), plain(other)))
  return bracket('import {', sorted, `} from '${module}'`)
}

/** The order of the formatter: as in a dictionary, a capital before the same letter in small. */
function compareNames(one: string, other: string): number {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const [first, second] = [one.charAt(at), other.charAt(at)]
    if (first === second) continue
    const [low, otherLow] = [first.toLowerCase(), second.toLowerCase()]
    if (low !== otherLow) return low < otherLow ? -1 : 1
    return first < second ? -1 : 1
  }
  return one.length - other.length
}

function typeImportLines(module: string, wanted: readonly string[]): string[] {
  if (wanted.length === 0) return []
  return bracket('import type {', wanted, `} from '${module}'`)
}

const WRITER_NAMES: readonly string[] = [
  'bytesLength',
  'delimitedLength',
  'int32Length',
  'int64Length',
  'numberLength',
  'sint32Length',
  'sint64Length',
  'stringLength',
  'uint32Length',
  'uint64Length',
  'writeBool',
  'writeBytes',
  'writeDouble',
  'writeFixed32',
  'writeFixed64',
  'writeFloat',
  'writeInt32',
  'writeInt64',
  'writeNumber',
  'writeSfixed32',
  'writeSfixed64',
  'writeSint32',
  'writeSint64',
  'writeString',
  'writeUint32',
  'writeUint64',
]
