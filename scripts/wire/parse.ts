/**
 * Reads a file of proto3. Everything the language has and we do not use is refused, so that nothing
 * is misunderstood in silence: groups, extensions, options of files, messages and methods, public
 * imports, aliases in enumerations.
 */

import type { Enumeration, Field, Message, Method, ProtoFile, Service } from './model.ts'
import { Tokens } from './tokens.ts'

const FIELD_NUMBER_MAX = 2 ** 29 - 1
/** Kept by protobuf for its own use. */
const OWN_NUMBERS: readonly [number, number] = [19_000, 19_999]
const FIELD_OPTIONS: Readonly<Record<string, RegExp>> = {
  packed: /^(true|false)$/,
  jstype: /^JS_NUMBER$/,
  deprecated: /^(true|false)$/,
}

export function parseProto(name: string, text: string): ProtoFile {
  const tokens = new Tokens(name, text)
  tokens.expect('syntax')
  tokens.expect('=')
  if (tokens.quoted() !== 'proto3') throw tokens.problem('only proto3 is understood')
  tokens.expect(';')
  tokens.expect('package')
  const packageName = tokens.path()
  tokens.expect(';')
  const imports: string[] = []
  const messages: Message[] = []
  const enums: Enumeration[] = []
  const services: Service[] = []
  while (!tokens.isAtEnd) {
    const word = tokens.next()
    if (word === 'import') imports.push(tokens.quoted())
    else if (word === 'message') messages.push(parseMessage(tokens, packageName))
    else if (word === 'enum') enums.push(parseEnumeration(tokens, packageName))
    else if (word === 'service') services.push(parseService(tokens, packageName))
    else throw tokens.problem(`${word} is not understood here`)
    if (word === 'import') tokens.expect(';')
  }
  return { name, packageName, imports, messages, enums, services }
}

function emptyMessage(name: string, fullName: string, isMapEntry: boolean): Message {
  const reserved = { names: [], ranges: [] }
  return { name, fullName, isMapEntry, reserved, fields: [], oneofs: [], messages: [], enums: [] }
}

function parseMessage(tokens: Tokens, scope: string): Message {
  const name = tokens.name()
  const message = emptyMessage(name, `${scope}.${name}`, false)
  tokens.expect('{')
  while (!tokens.accept('}')) {
    if (tokens.accept('message')) message.messages.push(parseMessage(tokens, message.fullName))
    else if (tokens.accept('enum')) message.enums.push(parseEnumeration(tokens, message.fullName))
    else if (tokens.accept('reserved')) parseReserved(tokens, message)
    else if (tokens.accept('oneof')) parseOneof(tokens, message)
    else if (tokens.accept('map')) parseMap(tokens, message)
    else parseField(tokens, message, null)
  }
  return message
}

function parseField(tokens: Tokens, message: Message, oneof: string | null): void {
  const repeated = oneof === null && tokens.accept('repeated')
  const optional = oneof === null && !repeated && tokens.accept('optional')
  const type = tokens.path()
  addField(tokens, message, { type, repeated, optional, oneof })
}

/** From the name on. */
function addField(
  tokens: Tokens,
  message: Message,
  start: Pick<Field, 'type' | 'repeated' | 'optional' | 'oneof'>,
): void {
  const { line } = tokens
  const name = tokens.name()
  tokens.expect('=')
  const number = tokens.number()
  const own = number >= OWN_NUMBERS[0] && number <= OWN_NUMBERS[1]
  if (number < 1 || number > FIELD_NUMBER_MAX || own)
    throw tokens.problem(`${number} is not allowed`)
  if (message.fields.some((other) => other.number === number || other.name === name)) {
    throw tokens.problem(`${name} = ${number} is there already`)
  }
  const { names, ranges } = message.reserved
  if (names.includes(name) || ranges.some(([from, to]) => number >= from && number <= to)) {
    throw tokens.problem(`${name} = ${number} is reserved`)
  }
  const options = parseFieldOptions(tokens)
  tokens.expect(';')
  message.fields.push({ ...start, name, number, line, options })
}

function parseFieldOptions(tokens: Tokens): Map<string, string> {
  const options = new Map<string, string>()
  if (!tokens.accept('[')) return options
  do {
    const name = tokens.name()
    tokens.expect('=')
    const value = tokens.next()
    if (FIELD_OPTIONS[name]?.test(value) !== true) {
      throw tokens.problem(`the option ${name} = ${value} is not understood`)
    }
    options.set(name, value)
  } while (tokens.accept(','))
  tokens.expect(']')
  return options
}

function parseOneof(tokens: Tokens, message: Message): void {
  const name = tokens.name()
  message.oneofs.push(name)
  tokens.expect('{')
  while (!tokens.accept('}')) parseField(tokens, message, name)
}

/** A map is a repeated message of key and value, by definition of the language. */
function parseMap(tokens: Tokens, message: Message): void {
  tokens.expect('<')
  const key = tokens.name()
  tokens.expect(',')
  const value = tokens.path()
  tokens.expect('>')
  const field = tokens.ahead
  const name = `${field.charAt(0).toUpperCase()}${camelCase(field).slice(1)}Entry`
  const entry = emptyMessage(name, `${message.fullName}.${name}`, true)
  const shape = { repeated: false, optional: false, oneof: null, options: new Map() }
  const { line } = tokens
  entry.fields.push({ ...shape, name: 'key', number: 1, type: key, line })
  entry.fields.push({ ...shape, name: 'value', number: 2, type: value, line })
  message.messages.push(entry)
  addField(tokens, message, { type: name, repeated: true, optional: false, oneof: null })
}

function parseReserved(tokens: Tokens, message: Message): void {
  do {
    if (tokens.ahead.startsWith('"')) message.reserved.names.push(tokens.quoted())
    else {
      const from = tokens.number()
      message.reserved.ranges.push([from, tokens.accept('to') ? tokens.number() : from])
    }
  } while (tokens.accept(','))
  tokens.expect(';')
}

function parseEnumeration(tokens: Tokens, scope: string): Enumeration {
  const name = tokens.name()
  const values: Enumeration['values'] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const value = tokens.name()
    tokens.expect('=')
    const number = tokens.number()
    if ((number | 0) !== number) throw tokens.problem(`${number} has more than 32 bits`)
    if (values.some((other) => other.number === number || other.name === value)) {
      throw tokens.problem(`${value} = ${number} is there already`)
    }
    values.push({ name: value, number })
    tokens.expect(';')
  }
  if (values[0]?.number !== 0) throw tokens.problem('an enumeration of proto3 begins with 0')
  return { name, fullName: `${scope}.${name}`, values }
}

function parseService(tokens: Tokens, scope: string): Service {
  const name = tokens.name()
  const methods: Method[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    tokens.expect('rpc')
    const { line } = tokens
    const method = tokens.name()
    const request = parseSide(tokens)
    tokens.expect('returns')
    const response = parseSide(tokens)
    tokens.expect(';')
    methods.push({
      name: method,
      line,
      request: request.type,
      response: response.type,
      requestStream: request.stream,
      responseStream: response.stream,
    })
  }
  return { name, fullName: `${scope}.${name}`, methods }
}

function parseSide(tokens: Tokens): { type: string; stream: boolean } {
  tokens.expect('(')
  const stream = tokens.accept('stream')
  const type = tokens.path()
  tokens.expect(')')
  return { type, stream }
}

/** `range_end` becomes `rangeEnd`; names that have no underscore stay as they are. */
export function camelCase(name: string): string {
  return name.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase())
}
