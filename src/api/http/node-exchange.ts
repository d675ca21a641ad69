import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { BodyReader, type BodyReaderOptions } from './body-reader.ts'
import { Exchange, type NodeParts } from './exchange.ts'

/** Of a request that Node's server has read, and answers. */
export class NodeExchange extends Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse) {
    super(request.method ?? '', request.url ?? '')
    this.request = request
    this.response = response
  }

  get headers(): Readonly<IncomingHttpHeaders> {
    return this.request.headers
  }

  get node(): NodeParts {
    return this
  }

  get isGone(): boolean {
    return this.response.destroyed
  }

  get isUnread(): boolean {
    const { complete, headers } = this.request
    if (complete) return false
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  }

  readBody(options: BodyReaderOptions): void {
    new BodyReader(this.request, options)
  }

  /** Head and body leave in one write. */
  sendWhole(status: number, fields: readonly string[], body: string | Uint8Array): void {
    const { response } = this
    if (response.headersSent || response.destroyed) return
    // What is left of the request is not read: the connection ends behind the answer.
    response.writeHead(
      status,
      this.isUnread ? [...fields, 'Connection', 'close'] : (fields as string[]),
    )
    response.end(body)
  }

  /** To be called before the head is sent, by whoever sends it by himself. */
  setCorsFields(): void {
    const { response, corsFields } = this
    for (let at = 0; at < corsFields.length; at += 2) {
      response.setHeader(corsFields[at] as string, corsFields[at + 1] as string)
    }
  }
}
