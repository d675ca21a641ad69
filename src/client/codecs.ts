/** What values are to a program: bytes, texts, JSON, or anything else that has a codec. */

import { QuorateError } from './errors.ts'
import { textOfBytes } from './utf8.ts'
import { shown } from './words.ts'

/** Turns values into bytes and back. */
export interface Codec<Value> {
  /** A text is sent as UTF-8. */
  encode(value: Value): Uint8Array | string
  /** The bytes belong to the codec: nobody changes them later. */
  decode(bytes: Uint8Array): Value
}

/** Keeps nothing of the bytes it reads, which may then be a view of what the network brought. */
class InPlaceCodec<Value> implements Codec<Value> {
  readonly encode: (value: Value) => string
  readonly decode: (bytes: Uint8Array) => Value

  constructor(encode: (value: Value) => string, decode: (bytes: Uint8Array) => Value) {
    this.encode = encode
    this.decode = decode
  }
}

/** Also where types are gone: `json` instead of `json()` would fail at the first value only. */
export function checkCodec<Value>(codec: Codec<Value>): void {
  const { encode, decode } = (codec ?? {}) as Partial<Codec<Value>>
  if (typeof encode === 'function' && typeof decode === 'function') return
  const text = `a codec has encode and decode, and ${shown(codec)} has not`
  throw new QuorateError('BAD_REQUEST', text, { advice: 'Pass text, bytes, json(), or your own.' })
}

export function isInPlace<Value>(codec: Codec<Value>): boolean {
  return codec instanceof InPlaceCodec
}

/** Values are texts, stored as UTF-8. To read one that is not fails with `VALUE_UNREADABLE`. */
export const text: Codec<string> = new InPlaceCodec(encodeText, decodeText)

/** Values are bytes, as they are. */
export const bytes: Codec<Uint8Array> = {
  encode: (value) => value,
  decode: (value) => value,
}

/** Values are what JSON can say: `connect({ codec: json<Settings>() })`. */
export function json<Value = unknown>(): Codec<Value> {
  return new InPlaceCodec<Value>(encodeJson, decodeJson)
}

function encodeText(value: string): string {
  return value
}

function decodeText(value: Uint8Array): string {
  const decoded = textOfBytes(value)
  if (decoded !== null) return decoded
  throw new QuorateError('VALUE_UNREADABLE', 'the value is no text in UTF-8')
}

function encodeJson(value: unknown): string {
  const encoded = JSON.stringify(value) as string | undefined
  if (encoded === undefined) {
    throw new QuorateError('BAD_REQUEST', `${shown(value)} cannot be said in JSON`)
  }
  return encoded
}

function decodeJson<Value>(value: Uint8Array): Value {
  const encoded = decodeText(value)
  try {
    return JSON.parse(encoded) as Value
  } catch (cause) {
    throw new QuorateError('VALUE_UNREADABLE', 'the value is no JSON', { cause })
  }
}
