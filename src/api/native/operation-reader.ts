/** Looks through an `Operation`: who it is, and where its body stands. The body is not decoded. */

import { KvError } from '../../base/index.ts'
import { etcd, WireReader } from '../../wire/index.ts'
import { kindOf, type OperationKind } from './operation-kinds.ts'

const TAG_ID = 0x08
const TAG_SESSION = 0x10
const TAG_SEQUENCE = 0x18
const TAG_CONDITIONS = 0x22
const WIRE_TYPE_BYTES = 2

/** The reader makes this of everything beyond it, so that it may stand for several numbers. */
const NUMBER_END = Number.MAX_SAFE_INTEGER

const NO_BYTES = new Uint8Array(0)
const NO_CONDITIONS: readonly etcd.Compare[] = []

/** As many as a transaction compares. */
const CONDITIONS_MAX = 128

/** Whoever reads many uses one again. */
export class OperationReader {
  /** Known as soon as it was read, also of an operation that cannot be read to its end. */
  id = 0
  session = 0
  sequence = 0
  /** Where its body stands in the bytes. */
  start = 0
  length = 0
  /** With memory of their own. */
  conditions: readonly etcd.Compare[] = NO_CONDITIONS
  #kind: OperationKind | null = null
  readonly #reader = new WireReader(NO_BYTES, 0, 0)

  /** Fails with `BAD_REQUEST` when it is none. Returns what is asked for. */
  read(bytes: Uint8Array, offset: number, length: number): OperationKind {
    const reader = this.#reader
    reader.restart(bytes, offset, length)
    this.id = 0
    this.session = 0
    this.sequence = 0
    this.conditions = NO_CONDITIONS
    this.#kind = null
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === TAG_ID) this.id = reader.uint64Number()
      else if (tag === TAG_SESSION) this.session = reader.uint64Number()
      else if (tag === TAG_SEQUENCE) this.sequence = reader.uint64Number()
      else if (tag === TAG_CONDITIONS) this.#condition(bytes)
      else this.#other(tag)
    }
    // Not longer than need be: the bytes belong to a connection.
    reader.restart(NO_BYTES, 0, 0)
    return this.#checked()
  }

  #condition(bytes: Uint8Array): void {
    const start = this.#reader.span()
    const own = bytes.slice(start, this.#reader.position)
    this.conditions = [...this.conditions, etcd.Compare.decodeBytes(own)]
    // How many the state takes is decided there; this is only no place for a million of them.
    if (this.conditions.length > CONDITIONS_MAX) fail(`more than ${CONDITIONS_MAX} conditions`)
  }

  #other(tag: number): void {
    const reader = this.#reader
    const kind = (tag & 7) === WIRE_TYPE_BYTES ? kindOf(tag >>> 3) : null
    if (kind === null) {
      reader.skip(tag)
      return
    }
    if (this.#kind !== null) fail('an operation asks for one thing')
    this.#kind = kind
    this.start = reader.span()
    this.length = reader.position - this.start
  }

  #checked(): OperationKind {
    const { id, session, sequence } = this
    if (Math.max(id, session, sequence) >= NUMBER_END)
      fail('ids, sessions and sequences are below 2^53 - 1')
    if (session !== 0 && sequence === 0) fail('a session without a sequence: they count from 1')
    if (session === 0 && sequence !== 0) fail('a sequence without its session')
    return this.#kind ?? fail('no operation that this server knows')
  }
}

function fail(text: string): never {
  throw new KvError('BAD_REQUEST', text)
}
