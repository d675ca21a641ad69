/**
 * Requests that were given a name by whoever sent them, so that a repetition is known as one: from
 * whatever client, at whatever node, after whatever failure. A session would do the same, but is
 * numbered by the state, so that somebody has to keep its number; a name is chosen by the client.
 */

import { assert, ERRORS } from '../base/index.ts'
import type { StateLimits } from './limits.ts'
import type { CommandResult } from './types.ts'

/** What a name takes besides its bytes, those of its digest, and its answer. */
const OVERHEAD_BYTES = 200
const NO_BODY = new Uint8Array(0)

export interface NamedRequest {
  readonly name: Uint8Array
  readonly digest: Uint8Array
}

export interface NamedResult extends NamedRequest {
  readonly atMs: number
  readonly result: CommandResult
}

export class NamedRequests {
  readonly #limits: StateLimits
  /** From the one that came first to the one that came last. */
  readonly #results = new Map<string, NamedResult>()
  #bytes = 0

  constructor(limits: StateLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#results.size
  }

  find({ name, digest }: NamedRequest): CommandResult | 'new' | 'mismatch' {
    const known = this.#results.get(textOf(name))
    if (known === undefined) return 'new'
    return isSame(known.digest, digest) ? known.result : 'mismatch'
  }

  /** Forgets what is too old. False: there is no room for one more, and all of it is needed. */
  makeRoom(clockMs: number): boolean {
    const { namesMax, namesBytesMax, nameAnswerBytesMax, nameMsMin, nameMsMax } = this.#limits
    for (const [text, known] of this.#results) {
      const ageMs = clockMs - known.atMs
      const isFull =
        this.#results.size >= namesMax || this.#bytes + nameAnswerBytesMax > namesBytesMax
      if (ageMs < nameMsMax && !isFull) return true
      if (ageMs < nameMsMin) return false
      this.#results.delete(text)
      this.#bytes -= bytesOf(known)
    }
    return true
  }

  /**
   * What was refused for a reason that passes had no effect, and is not kept: it is tried again.
   */
  remember({ name, digest }: NamedRequest, result: CommandResult, clockMs: number): void {
    if (result.kind === 'failed' && ERRORS[result.code].retry === 'later') return
    this.restore({ name, digest, atMs: clockMs, result: this.#bounded(result) })
  }

  #bounded(result: CommandResult): CommandResult {
    if (result.kind === 'failed' || result.body.length <= this.#limits.nameAnswerBytesMax) {
      return result
    }
    return { kind: 'failed', revision: result.revision, code: 'IDEMPOTENCY_FORGOTTEN' }
  }

  /** From the one that came first to the one that came last. */
  images(): Iterable<NamedResult> {
    return this.#results.values()
  }

  /** They come back in the order of `images`. */
  restore({ name, digest, atMs, result }: NamedResult): void {
    const text = textOf(name)
    assert(!this.#results.has(text), 'a name is remembered once')
    const own = { name: name.slice(), digest: digest.slice(), atMs, result }
    this.#results.set(text, own)
    this.#bytes += bytesOf(own)
  }
}

function bytesOf({ name, digest, result }: NamedResult): number {
  const body = result.kind === 'done' ? result.body : NO_BODY
  return OVERHEAD_BYTES + name.length + digest.length + body.length
}

/** One character for each byte. */
function textOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
