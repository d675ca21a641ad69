/** One request of the REST door: what was asked, and its one answer. */

import { KvError } from '../../base/index.ts'
import type { BodyOutcome, Exchange } from '../http/index.ts'
import { overLimit } from '../messages/index.ts'
import { BYTES_TYPE, type Content, headOf, JSON_TYPE, sendWhole, whenRead } from './answering.ts'
import { bodyFailure, type Failure, failureJson, fieldsOf, statusOf } from './failure.ts'
import { decodePercent } from './percent.ts'
import { type QueryValues, readQuery } from './query.ts'
import type { RestParts } from './rest-parts.ts'
import type { FoundRoute } from './router.ts'

/** What some tools say of any body, without meaning it: curl does so with `-d`. */
const UNMEANT_TYPE = 'application/x-www-form-urlencoded'
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,200}$/

export class RestCall {
  readonly parts: RestParts
  readonly exchange: Exchange
  readonly found: FoundRoute
  readonly values: QueryValues
  readonly #startedMs: number
  #isAnswered = false
  #readsBody = false

  /** Fails with what is wrong with the query. */
  constructor(parts: RestParts, exchange: Exchange, found: FoundRoute) {
    this.parts = parts
    this.exchange = exchange
    this.found = found
    this.#startedMs = parts.clock.monotonicMs()
    this.values = readQuery(exchange.queryText, found.route.query ?? [])
  }

  /** Nobody waits for an answer, or it is out. */
  get isOver(): boolean {
    return this.#isAnswered || this.exchange.isGone
  }

  /** The key in the path, as bytes. */
  key(): Uint8Array {
    const key = decodePercent(this.found.part, 'the key in the path', false)
    if (key.length === 0) throw new KvError('KEY_EMPTY', 'the path ends where the key should be')
    const { keyBytesMax } = this.parts.stateLimits
    if (key.length > keyBytesMax) {
      throw new KvError('TOO_LARGE', overLimit('the key', key.length, keyBytesMax))
    }
    return key
  }

  /** The name under which the request takes effect once; null: it has none. */
  idempotencyKey(): string | null {
    const name = this.exchange.headers['idempotency-key']
    if (name === undefined) return null
    if (typeof name === 'string' && IDEMPOTENCY_KEY.test(name)) return name
    throw new KvError(
      'PARAMETER_INVALID',
      'Idempotency-Key is 1 to 200 characters of ASCII, such as a UUID',
    )
  }

  // The body.

  /** A body of any type. The handler is not called when the client goes, or the body is refused. */
  readBody(bytesMax: number, then: (body: Uint8Array) => void): void {
    const { clock, memory } = this.parts
    const done = (outcome: BodyOutcome): void => {
      if (this.isOver) return
      if (outcome.kind === 'whole') this.guard(() => then(outcome.bytes))
      else this.fail(bodyFailure(outcome.kind, bytesMax, this.exchange))
    }
    this.#readsBody = true
    this.exchange.readBody({ clock, memory, bytesMax, done })
  }

  /** Fails with `BODY_TYPE_UNKNOWN` when the client says that the body is something else. */
  checkJsonType(): void {
    const told = this.exchange.headers['content-type']
    if (told === undefined) return
    const [type = ''] = told.split(';', 1)
    const name = type.trim().toLowerCase()
    if (name === JSON_TYPE || name === UNMEANT_TYPE) return
    throw new KvError('BODY_TYPE_UNKNOWN', `the body is said to be ${name.slice(0, 80)}`)
  }

  // The answer.

  /** Runs a part of the handler: an expected failure is the answer, another one is a fault. */
  guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.failThrown(error)
    }
  }

  /** The same of a part that takes its time. */
  later(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.failThrown(error))
  }

  /** A line of its own, so that a prompt begins a new one. */
  json(text: string, fields?: readonly string[]): void {
    const content = { status: 200, type: JSON_TYPE, ...(fields !== undefined && { fields }) }
    this.send(content, `${text}\n`)
  }

  bytes(body: Uint8Array, fields: readonly string[]): void {
    this.send({ status: 200, type: BYTES_TYPE, fields }, body)
  }

  fail(failure: Failure, fields: readonly string[] = []): void {
    const body = `${JSON.stringify({ error: failureJson(failure) })}\n`
    const told = [...fieldsOf(failure), ...fields]
    const content = { status: statusOf(failure), type: JSON_TYPE, fields: told }
    if (this.#readsBody) this.send(content, body)
    else whenRead(this.parts, this.exchange, () => this.send(content, body))
  }

  failThrown(error: unknown): void {
    if (error instanceof KvError) this.fail({ code: error.code, message: error.message })
    else {
      this.exchange.sendText(500, 'the server failed to handle the request')
      this.parts.onFault(error)
    }
  }

  send(content: Content, body: string | Uint8Array): void {
    if (this.isOver) return
    this.#isAnswered = true
    sendWhole(this.exchange, content, body)
    this.#measure()
  }

  /** The head alone: what follows is written piece by piece. */
  begin(content: Content): void {
    this.#isAnswered = true
    const { exchange } = this
    exchange.node.response.writeHead(content.status, headOf(content, null, exchange.corsFields))
    this.#measure()
  }

  #measure(): void {
    const { clock, latencySeconds } = this.parts
    latencySeconds.observe((clock.monotonicMs() - this.#startedMs) / 1000)
  }
}
