import { corsFieldsOf } from './cors.ts'
import type { Exchange } from './exchange.ts'
import type { NodeExchange } from './node-exchange.ts'
import type { Upgrade } from './upgrade.ts'

/** Answers some requests: those whose path it knows. */
export interface HttpHandler<Kind extends Exchange = NodeExchange> {
  /** False: the request is somebody else's. */
  handle(exchange: Kind): boolean
  /** What may be done at a path, for whoever asks with OPTIONS; null: it is somebody else's. */
  methodsAt?(path: string): readonly string[] | null
  /** Of a request for another protocol; false: it is somebody else's. */
  upgrade?(upgrade: Upgrade): boolean
}

export interface ServingOptions<Kind extends Exchange> {
  /** The first that knows a path answers. */
  readonly handlers: readonly HttpHandler<Kind>[]
  /** Origins whose pages a browser may let read the answers; '*' stands for all of them. */
  readonly corsOrigins: readonly string[]
  /** What a handler threw. */
  readonly onFault: (error: unknown) => void
}

/** Whoever has read it: it is answered, by a handler or for want of one. */
export function serve<Kind extends Exchange>(
  exchange: Kind,
  { handlers, corsOrigins, onFault }: ServingOptions<Kind>,
): void {
  allowOrigin(exchange, corsOrigins)
  if (exchange.method === 'OPTIONS') {
    const fields = allowFields(exchange.path, handlers)
    exchange.send(200, { type: 'text/plain; charset=utf-8', body: '', fields })
    return
  }
  try {
    for (const handler of handlers) if (handler.handle(exchange)) return
    exchange.sendText(404, '404 page not found')
  } catch (error) {
    exchange.sendText(500, 'the server failed to handle the request')
    onFault(error)
  }
}

function allowFields(
  path: string,
  handlers: readonly Pick<HttpHandler, 'methodsAt'>[],
): readonly string[] {
  for (const handler of handlers) {
    const methods = handler.methodsAt?.(path) ?? null
    if (methods !== null) return ['Allow', methods.join(', ')]
  }
  return []
}

function allowOrigin(exchange: Exchange, origins: readonly string[]): void {
  const { path, headers } = exchange
  const allowed = allowedOrigin(headers, origins)
  if (allowed === undefined) return
  exchange.corsFields = corsFieldsOf(path, allowed, headers.origin !== undefined)
}

export function allowedOrigin(
  { origin }: Exchange['headers'],
  origins: readonly string[],
): string | undefined {
  return origins.includes('*') ? '*' : origins.find((one) => one === origin)
}
