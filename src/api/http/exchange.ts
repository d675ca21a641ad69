/** One request of HTTP/1.1 and its answer. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Upgrade } from './upgrade.ts'

export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** As it came, without the query. */
  readonly path: string
  readonly #query: string

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    const target = request.url ?? ''
    const mark = target.indexOf('?')
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.#query = mark < 0 ? '' : target.slice(mark + 1)
  }

  get method(): string {
    return this.request.method ?? ''
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query)
  }

  /** The answer cannot reach anybody any more. */
  get isGone(): boolean {
    return this.response.destroyed
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
    if (!this.request.complete) response.setHeader('Connection', 'close')
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
