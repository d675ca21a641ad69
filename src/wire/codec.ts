/** The seam between those who move bytes and those who know what they mean. */

import { assert } from '../base/index.ts'
import { WireReader } from './reader.ts'

/**
 * Bytes and values of one type. Nothing but the value itself is made: lengths are asked for first,
 * so that a message is written straight to where it leaves from.
 */
export interface Codec<T> {
  /** How many bytes `encode` is going to write. */
  encodedLength(value: T): number
  /** Returns the offset behind what was written. */
  encode(value: T, target: Uint8Array, offset: number): number
  /**
   * Fails with `BAD_REQUEST` on anything that is not an encoded value. Fields of bytes are views of
   * what was given: copy what must live longer.
   */
  decode(bytes: Uint8Array, offset: number, length: number): T
}

/** The functions that `scripts/wire` generates for a message. */
export interface MessageParts<T> {
  /** The fully qualified name, as in `etcdserverpb.PutRequest`. */
  readonly name: string
  readonly create: () => T
  readonly length: (value: T) => number
  readonly write: (value: T, target: Uint8Array, offset: number) => number
  /** Reads up to the end of the message, on top of what the value holds already. */
  readonly read: (reader: WireReader, into: T) => void
}

/** A message of proto3. */
export class MessageCodec<T> implements Codec<T> {
  readonly name: string
  readonly #parts: MessageParts<T>

  constructor(parts: MessageParts<T>) {
    this.name = parts.name
    this.#parts = parts
  }

  /** The message with nothing set; with the given fields set. */
  create(fields?: Partial<T>): T {
    return fields === undefined ? this.#parts.create() : { ...this.#parts.create(), ...fields }
  }

  encodedLength(value: T): number {
    return this.#parts.length(value)
  }

  encode(value: T, target: Uint8Array, offset: number): number {
    const end = this.#parts.write(value, target, offset)
    // What does not fit is dropped by the typed array without a word.
    assert(end <= target.length, 'a message was given the room it needs')
    return end
  }

  decode(bytes: Uint8Array, offset: number, length: number): T {
    const reader = new WireReader(bytes, offset, length)
    const value = this.#parts.create()
    this.#parts.read(reader, value)
    return value
  }

  /** In memory of its own; for whoever sends few. */
  encodeBytes(value: T): Uint8Array {
    const bytes = new Uint8Array(this.#parts.length(value))
    const end = this.#parts.write(value, bytes, 0)
    assert(end === bytes.length, 'a message is as long as it said')
    return bytes
  }

  decodeBytes(bytes: Uint8Array): T {
    return this.decode(bytes, 0, bytes.length)
  }
}
