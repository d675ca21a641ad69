import type { IncomingHttpHeaders } from 'node:http'
import { BrokenInvariant } from '../../base/index.ts'
import type { BodyReaderOptions } from './body-reader.ts'
import { Exchange, type NodeParts } from './exchange.ts'

/** Who waits for the answer. */
export interface Asker {
  /** The connection is there, and the answer is not. */
  waitsFor(exchange: DirectExchange): boolean
  answer(
    exchange: DirectExchange,
    answer: {
      readonly status: number
      readonly fields: readonly string[]
      readonly body: string | Uint8Array
    },
  ): void
}

interface Request {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<IncomingHttpHeaders>
}

/** Of a request that is here as a whole. */
export class DirectExchange extends Exchange {
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly #asker: Asker
  readonly #body: Uint8Array

  constructor(asker: Asker, { method, target, headers }: Request, body: Uint8Array) {
    super(method, target)
    this.headers = headers
    this.#asker = asker
    this.#body = body
  }

  get node(): NodeParts {
    throw new BrokenInvariant('what is not answered in one piece is read by Node')
  }

  get isGone(): boolean {
    return !this.#asker.waitsFor(this)
  }

  get isUnread(): boolean {
    return false
  }

  /** To be called before the handler returns: what came is the connection's afterwards. */
  readBody({ bytesMax, done }: BodyReaderOptions): void {
    const bytes = this.#body
    done(bytes.length > bytesMax ? { kind: 'tooLarge' } : { kind: 'whole', bytes })
  }

  sendWhole(status: number, fields: readonly string[], body: string | Uint8Array): void {
    this.#asker.answer(this, { status, fields, body })
  }
}
