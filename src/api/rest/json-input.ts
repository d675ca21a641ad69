/** Reads JSON that people write; whatever is wrong with it is told with its place. */

import { KvError } from '../../base/index.ts'
import { readDuration, readLeaseId, SHOWN_MAX, shown } from './query-kinds.ts'
import { suggestion } from './suggestion.ts'
import { textOf } from './text-values.ts'

type Fields = Readonly<Record<string, unknown>>

export const TEXT_OR_BYTES = 'a text, or {"base64":"…"}'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export function parseJson(body: Uint8Array): JsonObject {
  const text = textOf(body)
  if (text === null) throw new KvError('BAD_REQUEST', 'the body is no UTF-8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // Whatever Node says of it says where; it throws nothing else.
    throw new KvError('BAD_REQUEST', `the body is no JSON: ${(error as SyntaxError).message}`)
  }
  return JsonObject.of(value, 'body')
}

/** One object, whose fields are taken one after the other; what is left over means nothing. */
export class JsonObject {
  readonly place: string
  readonly #fields: Fields
  readonly #known = new Set<string>()

  private constructor(fields: Fields, place: string) {
    this.#fields = fields
    this.place = place
  }

  static of(value: unknown, place: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fail(place, 'an object', value)
    }
    return new JsonObject(value as Fields, place)
  }

  has(name: string): boolean {
    this.#known.add(name)
    return Object.hasOwn(this.#fields, name)
  }

  #take(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined
  }

  #at(name: string): string {
    return `${this.place}.${name}`
  }

  /** Fails when there is a field that nobody asked for. */
  end(): void {
    for (const name of Object.keys(this.#fields)) {
      if (this.#known.has(name)) continue
      const hint = suggestion(name, [...this.#known]) ?? ''
      throw new KvError(
        'BAD_REQUEST',
        `${this.place} has the field ${shown(name)}, which means nothing there${hint}`,
      )
    }
  }

  bytes(name: string): Uint8Array | undefined {
    const value = this.#take(name)
    return value === undefined ? undefined : bytesOf(value, this.#at(name))
  }

  boolean(name: string): boolean {
    const value = this.#take(name) ?? false
    return typeof value === 'boolean' ? value : fail(this.#at(name), 'true or false', value)
  }

  /** A whole number from `min`. */
  number(name: string, min = 0): number | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    if (Number.isSafeInteger(value) && (value as number) >= min) return value as number
    return fail(this.#at(name), `a whole number from ${min}`, value)
  }

  /** A whole number of 64 bits, as a number or, for large ones, as a text. */
  integer(name: string): bigint | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const isText = typeof value === 'string' && /^-?\d{1,19}$/.test(value)
    if (Number.isSafeInteger(value) || isText) {
      const whole = BigInt(value as string | number)
      if (BigInt.asIntN(64, whole) === whole) return whole
    }
    const is = 'a whole number of 64 bits, beyond 2^53 as a text such as "9007199254740993"'
    // What such a number was before it was read, nobody knows any more.
    if (typeof value === 'number' && Number.isInteger(value)) {
      throw new KvError('BAD_REQUEST', `${this.#at(name)} is ${is}; it came as a larger number`)
    }
    return fail(this.#at(name), is, value)
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const choice = choices.find((one) => one === value)
    if (choice !== undefined) return choice
    const hint = typeof value === 'string' ? (suggestion(value, choices) ?? '') : ''
    const text = `${this.#at(name)} is ${oneOf(choices)}; it came as ${shownJson(value)}${hint}`
    throw new KvError('BAD_REQUEST', text)
  }

  /** In milliseconds. */
  duration(name: string): number | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const isKind = typeof value === 'string' || typeof value === 'number'
    const ms = isKind ? readDuration(String(value)) : undefined
    const is = 'a time such as "500ms", "1.5s", "1h30m" or "1d", or a number of seconds'
    return ms ?? fail(this.#at(name), is, value)
  }

  lease(name: string): bigint | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const id = typeof value === 'string' ? readLeaseId(value) : undefined
    return id ?? fail(this.#at(name), 'the id of a lease in hexadecimal digits', value)
  }

  /** Absent: an empty one. */
  list(name: string): readonly JsonObject[] {
    const value = this.#take(name) ?? []
    if (!Array.isArray(value)) return fail(this.#at(name), 'a list', value)
    return value.map((item: unknown, at) => JsonObject.of(item, `${this.#at(name)}[${at}]`))
  }

  /** `is`: what may stand there. */
  require<Value>(name: string, is: string, value: Value | undefined): Value {
    if (value !== undefined) return value
    throw new KvError('BAD_REQUEST', `${this.#at(name)} is missing: it is ${is}`)
  }

  /** One or several keys, as `rangeOf` has understood them. */
  requireKeys<Value>(range: Value | null): Value {
    if (range !== null) return range
    const text = `${this.place} names no keys: it has a key, a prefix, or start and end`
    throw new KvError('BAD_REQUEST', text)
  }
}

export function oneOf(choices: readonly string[]): string {
  return `one of ${choices.join(', ')}`
}

function bytesOf(value: unknown, place: string): Uint8Array {
  if (typeof value === 'string') {
    // Half of a surrogate pair is no character, and has no bytes.
    if (value.isWellFormed()) return new Uint8Array(Buffer.from(value, 'utf8'))
    throw new KvError('BAD_REQUEST', `${place} is no text of Unicode; send it in base64`)
  }
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  if (object === null) return fail(place, TEXT_OR_BYTES, value)
  const [name, ...others] = Object.keys(object)
  const text: unknown = (object as Fields)['base64']
  if (name === 'base64' && others.length === 0 && typeof text === 'string' && BASE64.test(text)) {
    return new Uint8Array(Buffer.from(text, 'base64'))
  }
  return fail(place, `${TEXT_OR_BYTES} with base64 in it`, value)
}

function fail(place: string, wanted: string, value: unknown): never {
  throw new KvError('BAD_REQUEST', `${place} is ${wanted}; it came as ${shownJson(value)}`)
}

/** A text is quoted, and quoted once. */
function shownJson(value: unknown): string {
  if (typeof value === 'string') return shown(value)
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}…` : json
}
