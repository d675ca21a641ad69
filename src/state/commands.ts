/**
 * An entry's data is a batch of commands: one entry for all that gathered while the entry before it
 * was written. A command's body is the message of the client, as it came.
 *
 * ```
 * batch   | format 2 | clockMs varint | count varint | count x ( length varint | command ) |
 * command | kind byte | session varint | sequence varint | body |
 * ```
 *
 * Varints are protobuf's, up to the safe integers. Session 0 means that nobody will ask again.
 */

import { assert, type Slab } from '../base/index.ts'
import { delimitedLength, numberLength, writeNumber } from '../wire/index.ts'

const FORMAT = 2
const NO_BYTES = new Uint8Array(0)

/** Who asks; a command that comes twice from the same origin takes effect once. */
export interface Origin {
  readonly session: number
  readonly sequence: number
}

/** Nobody will ask again. */
export const NO_ORIGIN: Origin = { session: 0, sequence: 0 }

/** In memory of its own, or of a slab. */
export function packCommand(
  kind: number,
  body: Uint8Array,
  { session, sequence, slab }: Origin & { readonly slab?: Slab } = NO_ORIGIN,
): Uint8Array {
  assert(kind > 0 && kind <= 0xff, 'the kind of a command is a byte')
  const head = 1 + numberLength(session) + numberLength(sequence)
  const length = head + body.length
  const command = slab === undefined ? new Uint8Array(length) : slab.take(length)
  command[0] = kind
  const at = writeNumber(command, writeNumber(command, 1, session), sequence)
  assert(at === head, 'the head of a command is as long as it said')
  command.set(body, at)
  return command
}

/** Frames commands as they came from `packCommand`. `clockMs` is the cluster time. */
export function packBatch(commands: readonly Uint8Array[], clockMs: number): Uint8Array {
  let length = 1 + numberLength(clockMs) + numberLength(commands.length)
  for (const command of commands) length += delimitedLength(command.length)
  const data = new Uint8Array(length)
  data[0] = FORMAT
  let at = writeNumber(data, writeNumber(data, 1, clockMs), commands.length)
  for (const command of commands) {
    at = writeNumber(data, at, command.length)
    data.set(command, at)
    at += command.length
  }
  assert(at === length, 'a batch is as long as it said')
  return data
}

/** Goes over the commands of one batch after the other; makes nothing on the way. */
export class BatchReader {
  #data: Uint8Array = NO_BYTES
  #at = 0
  #end = 0
  /** The commands that `next` has not come to. */
  #left = 0
  #varint = 0

  clockMs = 0
  /** Of the command that `next` came to last: 0 for one that is not even a command. */
  kind = 0
  session = 0
  sequence = 0
  bodyStart = 0
  bodyEnd = 0

  get data(): Uint8Array {
    return this.#data
  }

  get position(): number {
    return this.#at
  }

  get commandsLeft(): number {
    return this.#left
  }

  /**
   * False when the bytes are no batch of at most so many commands: then no command counts. Who
   * reads a batch is the same everywhere, so all replicas find the same.
   */
  restart(data: Uint8Array, commandsMax: number): boolean {
    this.#data = data
    this.#at = 1
    this.#end = data.length
    this.#left = 0
    if (data[0] !== FORMAT || !this.#readVarint()) return false
    this.clockMs = this.#varint
    if (!this.#readVarint() || this.#varint > commandsMax) return false
    const count = this.#varint
    const first = this.#at
    for (let i = 0; i < count; i++) {
      if (!this.#readVarint() || this.#varint > this.#end - this.#at) return false
      this.#at += this.#varint
    }
    if (this.#at !== this.#end) return false
    this.#at = first
    this.#left = count
    return true
  }

  /** Another reader, at the same place; for looking ahead. */
  copyFrom(other: BatchReader): void {
    this.#data = other.#data
    this.#at = other.#at
    this.#end = other.#end
    this.#left = other.#left
    this.clockMs = other.clockMs
  }

  /** On to the next command; false at the end. */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left -= 1
    const framed = this.#readVarint()
    assert(framed, 'the frames of a batch were checked')
    const end = this.#at + this.#varint
    const batchEnd = this.#end
    this.#end = end
    if (!this.#readHead()) {
      this.kind = 0
      this.session = 0
      this.bodyStart = end
    }
    this.bodyEnd = end
    this.#end = batchEnd
    this.#at = end
    return true
  }

  #readHead(): boolean {
    if (this.#at === this.#end) return false
    this.kind = this.#data[this.#at] as number
    this.#at += 1
    if (!this.#readVarint()) return false
    this.session = this.#varint
    if (!this.#readVarint()) return false
    this.sequence = this.#varint
    this.bodyStart = this.#at
    return true
  }

  /** False past the end, and when it is no safe integer. */
  #readVarint(): boolean {
    let value = 0
    let scale = 1
    // 53 bits take 8 bytes at 7 bits each.
    for (let count = 0; count < 8 && this.#at < this.#end; count++) {
      const byte = this.#data[this.#at] as number
      this.#at += 1
      value += (byte & 0x7f) * scale
      scale *= 0x80
      if (byte >= 0x80) continue
      this.#varint = value
      return Number.isSafeInteger(value)
    }
    return false
  }
}
