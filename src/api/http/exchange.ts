/** One request of HTTP/1.1 and its answer, whoever has read the one and writes the other. */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { BodyReaderOptions } from './body-reader.ts'

const NO_FIELDS: readonly string[] = []

/** What Node has of a request that its server has read. */
export interface NodeParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export abstract class Exchange {
  readonly method: string
  /** As it came. */
  readonly target: string
  /** The target without the query. */
  readonly path: string
  /** As it came, without the question mark; empty when there is none. */
  readonly queryText: string
  /** What lets pages of other origins read the answer: name, value, name, value. */
  corsFields: readonly string[] = NO_FIELDS

  constructor(method: string, target: string) {
    this.method = method
    this.target = target
    const mark = target.indexOf('?')
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.queryText = mark < 0 ? '' : target.slice(mark + 1)
  }

  /** By names in small letters. */
  abstract readonly headers: Readonly<IncomingHttpHeaders>
  /** For what is not answered in one piece: only Node's server gets such requests. */
  abstract readonly node: NodeParts
  /** The answer cannot reach anybody any more. */
  abstract readonly isGone: boolean
  /** There is a body, or a part of one, that nobody has read. */
  abstract readonly isUnread: boolean

  /** The body is the caller's during `done` only. */
  abstract readBody(options: BodyReaderOptions): void

  /** `fields`: name, value, name, value. Nothing happens when an answer has begun. */
  abstract sendWhole(status: number, fields: readonly string[], body: string | Uint8Array): void

  get query(): URLSearchParams {
    return new URLSearchParams(this.queryText)
  }

  /** A line for people, as Go's HTTP server writes it. */
  sendText(status: number, text: string): void {
    this.send(status, { type: 'text/plain; charset=utf-8', body: `${text}\n` })
  }

  sendJson(status: number, body: string | Uint8Array): void {
    this.send(status, { type: 'application/json', body })
  }

  send(
    status: number,
    {
      type,
      body,
      fields = NO_FIELDS,
    }: {
      readonly type: string
      readonly body: string | Uint8Array
      readonly fields?: readonly string[]
    },
  ): void {
    const told = [...fields, ...this.corsFields, 'Content-Type', type]
    told.push('X-Content-Type-Options', 'nosniff')
    told.push('Content-Length', String(Buffer.byteLength(body)))
    this.sendWhole(status, told, body)
  }

  /** Refuses every method but one. True when it is that one. */
  allows(method: string): boolean {
    if (this.method === method) return true
    const body = 'Method Not Allowed\n'
    this.send(405, { type: 'text/plain; charset=utf-8', body, fields: ['Allow', method] })
    return false
  }
}
