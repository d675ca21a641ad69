/**
 * Results are put together as the bytes that leave: the body of an answer is copied once, from
 * where the state has made it to here.
 */

import { assert } from '../../base/index.ts'
import type { GroupId } from '../../raft/index.ts'
import type { Done } from '../../state/index.ts'
import {
  delimitedLength,
  numberLength,
  uint32Length,
  writeNumber,
  writeUint32,
} from '../../wire/index.ts'
import type { Answers } from '../messages/index.ts'
import type { OperationKind } from './operation-kinds.ts'

/** `Results.results` */
const TAG_RESULTS = 0x0a
/** `Result.id`, `Result.failure` */
const TAG_ID = 0x08
const TAG_FAILURE = 0x12
/** `OpenSessionResponse.unanswered_max` */
const TAG_UNANSWERED_MAX = 0x10

const CAPACITY_MIN = 1024
/** What a long result leaves behind for the next one. */
const CAPACITY_KEPT_MAX = 262_144

export interface ResultsParts {
  readonly answers: Answers
  readonly group: GroupId
  /** Results that a session remembers. */
  readonly unansweredMax: number
}

export class Results {
  readonly #parts: ResultsParts
  /** In a message `Results`, one after the other; or one, bare. */
  readonly #isList: boolean
  #bytes = new Uint8Array(CAPACITY_MIN)
  #length = 0

  constructor(parts: ResultsParts, isList: boolean) {
    this.#parts = parts
    this.#isList = isList
  }

  get length(): number {
    return this.#length
  }

  /** Up to `length`; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  clear(): void {
    this.#length = 0
    if (this.#bytes.length > CAPACITY_KEPT_MAX) this.#bytes = new Uint8Array(CAPACITY_MIN)
  }

  /** More fields of the message. */
  append(fields: Uint8Array): void {
    this.#reserve(fields.length)
    this.#bytes.set(fields, this.#length)
    this.#length += fields.length
  }

  failure(id: number, failure: Uint8Array): void {
    const at = this.#begin(id, TAG_FAILURE, failure.length)
    this.#bytes.set(failure, at)
    this.#length = at + failure.length
  }

  done(id: number, { field, answer }: OperationKind, result: Done): void {
    const tag = field * 8 + 2
    const { answers, group } = this.#parts
    if (answer === 'header') {
      const length = answers.measure(group, result)
      const at = this.#begin(id, tag, length)
      this.#length = answers.writeMeasured(this.#bytes, at)
      assert(this.#length === at + length, 'an answer is as long as it said')
    } else if (answer === 'session') {
      this.#session(this.#begin(id, tag, this.#sessionLength(result)), result)
    } else {
      const at = this.#begin(id, tag, result.body.length)
      this.#bytes.set(result.body, at)
      this.#length = at + result.body.length
    }
  }

  #sessionLength({ body }: Done): number {
    return body.length + 1 + uint32Length(this.#parts.unansweredMax)
  }

  /** As the state has told it, and what the door adds. */
  #session(at: number, { body }: Done): void {
    const bytes = this.#bytes
    bytes.set(body, at)
    const end = at + body.length
    bytes[end] = TAG_UNANSWERED_MAX
    this.#length = writeUint32(bytes, end + 1, this.#parts.unansweredMax)
  }

  /** Makes room for a result with so many bytes; returns where they go. */
  #begin(id: number, tag: number, length: number): number {
    const idLength = id === 0 ? 0 : 1 + numberLength(id)
    const result = idLength + uint32Length(tag) + delimitedLength(length)
    this.#reserve(this.#isList ? 1 + delimitedLength(result) : result)
    const bytes = this.#bytes
    let at = this.#length
    if (this.#isList) {
      bytes[at] = TAG_RESULTS
      at = writeUint32(bytes, at + 1, result)
    }
    if (id !== 0) {
      bytes[at] = TAG_ID
      at = writeNumber(bytes, at + 1, id)
    }
    return writeUint32(bytes, writeUint32(bytes, at, tag), length)
  }

  #reserve(length: number): void {
    const needed = this.#length + length
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
