/**
 * Metadata of a call: names with values, in the form in which they travel. Immutable, so that one
 * object may be kept and sent with every call.
 */

import { assert, KvError, RPC_METADATA_BYTES_MAX } from '../../base/index.ts'

const BINARY_SUFFIX = '-bin'
/** What RFC 9113 §6.5.2 adds for every field when it measures a list. */
const FIELD_OVERHEAD = 32

const NAME = /^[0-9a-z_.-]+$/
const ASCII_VALUE = /^[\x20-\x7e]*$/
const BASE64 = /^[A-Za-z0-9+/]*(={0,2})$/

/**
 * Fields that HTTP/2 or gRPC itself sends or forbids. Everything that begins with `grpc-` is one of
 * them too, whether it has a meaning yet or not.
 */
const OWNED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export class Metadata {
  static readonly EMPTY: Metadata = new Metadata([])

  /**
   * Name, value, name, value and so on, ready to be sent: values of `-bin` names are base64.
   * Invariant: every name and value is valid, and all together are within the bound.
   */
  readonly fields: readonly string[]

  private constructor(fields: readonly string[]) {
    assert(fields.length % 2 === 0, 'every name has a value')
    this.fields = fields
  }

  /** Metadata to send. Fails with `BAD_REQUEST` on what must not be sent. */
  static of(fields: readonly string[]): Metadata {
    if (fields.length % 2 !== 0)
      throw new KvError('BAD_REQUEST', 'metadata: a name lacks its value')
    for (let at = 0; at < fields.length; at += 2) {
      checkName(fields[at] as string)
      checkValue(fields[at] as string, fields[at + 1] as string)
    }
    checkSize(fields)
    return fields.length === 0 ? Metadata.EMPTY : new Metadata([...fields])
  }

  /**
   * The metadata in a header list that was received. Fields of the protocol are left out, and so is
   * every field that could not be sent on (the specification forbids to fail on those, and allows
   * to strip spaces).
   * How long the list may be was decided by the connection, before it was decoded.
   */
  static received(fields: readonly string[]): Metadata {
    const kept: string[] = []
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = fields[at] as string
      const value = fields[at + 1] as string
      if (isCustom(name) && ASCII_VALUE.test(value)) kept.push(name, value.trim())
    }
    return kept.length === 0 ? Metadata.EMPTY : new Metadata(kept)
  }

  get isEmpty(): boolean {
    return this.fields.length === 0
  }

  /** The first value of that name, null when there is none. */
  get(name: string): string | null {
    for (let at = 0; at < this.fields.length; at += 2) {
      if (this.fields[at] === name) return this.fields[at + 1] as string
    }
    return null
  }

  /** All values of that name, as they stand. */
  all(name: string): readonly string[] {
    return this.fields.filter((_, at) => at % 2 === 1 && this.fields[at - 1] === name)
  }

  /** The first value of a `-bin` name, null when there is none. */
  bytes(name: string): Uint8Array | null {
    return this.allBytes(name)[0] ?? null
  }

  /** All values of a `-bin` name. A field may hold several, joined by a comma. */
  allBytes(name: string): readonly Uint8Array[] {
    assert(name.endsWith(BINARY_SUFFIX), 'only a name with -bin has bytes')
    return this.all(name).flatMap((value) =>
      value.split(',').map((part) => decodeBytes(name, part)),
    )
  }

  /** With one more field. */
  with(name: string, value: string): Metadata {
    return Metadata.of([...this.fields, name, value])
  }

  withBytes(name: string, value: Uint8Array): Metadata {
    assert(name.endsWith(BINARY_SUFFIX), 'only a name with -bin has bytes')
    return this.with(name, encodeBytes(value))
  }

  /** Without any field of that name. */
  without(name: string): Metadata {
    const kept = this.fields.filter((_, at) => this.fields[at - (at % 2)] !== name)
    return kept.length === 0 ? Metadata.EMPTY : new Metadata(kept)
  }
}

function isCustom(name: string): boolean {
  return NAME.test(name) && !name.startsWith('grpc-') && !OWNED.has(name)
}

function checkName(name: string): void {
  if (isCustom(name)) return
  const why = NAME.test(name) ? 'is reserved' : 'is not made of 0-9 a-z _ - .'
  throw new KvError('BAD_REQUEST', `metadata: the name ${JSON.stringify(name)} ${why}`)
}

function checkValue(name: string, value: string): void {
  // A value must not begin or end with white space (RFC 9113 §8.2.1).
  if (!ASCII_VALUE.test(value) || value.startsWith(' ') || value.endsWith(' ')) {
    const rule = 'printable ASCII without spaces at its ends'
    throw new KvError('BAD_REQUEST', `metadata: the value of ${name} is not ${rule}`)
  }
  if (!name.endsWith(BINARY_SUFFIX)) return
  for (const part of value.split(',')) decodeBytes(name, part)
}

function checkSize(fields: readonly string[]): void {
  let size = (fields.length / 2) * FIELD_OVERHEAD
  for (const text of fields) size += text.length
  if (size <= RPC_METADATA_BYTES_MAX) return
  const text = `metadata: ${size} bytes; at most ${RPC_METADATA_BYTES_MAX} are allowed`
  throw new KvError('TOO_LARGE', text)
}

/** Without padding, as the specification recommends. */
function encodeBytes(value: Uint8Array): string {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  return text.replace(/=+$/, '')
}

/** With padding or without (RFC 4648 §4). */
function decodeBytes(name: string, text: string): Uint8Array {
  const padding = BASE64.exec(text)?.[1]?.length
  const valid =
    padding !== undefined && (padding === 0 ? text.length % 4 !== 1 : text.length % 4 === 0)
  if (!valid) throw new KvError('BAD_REQUEST', `metadata: the value of ${name} is not base64`)
  // A copy in memory of its own: Buffer hands out pieces of a shared pool.
  return new Uint8Array(Buffer.from(text, 'base64'))
}
