/** One request of HTTP/1.1 and its answer. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Upgrade } from './upgrade.ts'

const NO_FIELDS: readonly string[] = []

export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** As it came, without the query. */
  readonly path: string
  /** As it came, without the question mark; empty when there is none. */
  readonly queryText: string
  /** What lets pages of other origins read the answer: name, value, name, value. */
  corsFields: readonly string[] = NO_FIELDS

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    const target = request.url ?? ''
    const mark = target.indexOf('?')
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.queryText = mark < 0 ? '' : target.slice(mark + 1)
  }

  get method(): string {
    return this.request.method ?? ''
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.queryText)
  }

  /** The answer cannot reach anybody any more. */
  get isGone(): boolean {
    return this.response.destroyed
  }

  /** There is a body, or a part of one, that nobody has read. */
  get isUnread(): boolean {
    const { complete, headers } = this.request
    if (complete) return false
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  }

  /** To be called before the head is sent, by whoever sends it by himself. */
  setCorsFields(): void {
    const { response, corsFields } = this
    for (let at = 0; at < corsFields.length; at += 2) {
      response.setHeader(corsFields[at] as string, corsFields[at + 1] as string)
    }
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
    { type, body }: { readonly type: string; readonly body: string | Uint8Array },
  ): void {
    const { response } = this
    if (response.headersSent || response.destroyed) return
    // What is left of the request is not read: the connection ends behind the answer.
    if (this.isUnread) response.setHeader('Connection', 'close')
    this.setCorsFields()
    response.setHeader('Content-Type', type)
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.writeHead(status)
    response.end(body)
  }

  /** Refuses every method but one. True when it is that one. */
  allows(method: string): boolean {
    if (this.method === method) return true
    this.response.setHeader('Allow', method)
    this.sendText(405, 'Method Not Allowed')
    return false
  }
}

/** Answers some requests: those whose path it knows. */
export interface HttpHandler {
  /** False: the request is somebody else's. */
  handle(exchange: Exchange): boolean
  /** Of a request for another protocol; false: it is somebody else's. */
  upgrade?(upgrade: Upgrade): boolean
}
