/**
 * The server for sockets that speak HTTP/1.1. Everything that asks for time or room has a bound:
 * the head of a request here, its body with whoever reads it, connections at the port.
 */

import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  HTTP_BODY_DROPPED_BYTES_MAX,
  HTTP_HEAD_BYTES_MAX,
  HTTP_HEAD_MS_MAX,
  HTTP_IDLE_MS_MAX,
} from '../../base/index.ts'
import { NodeExchange } from './node-exchange.ts'
import { allowedOrigin, type ServingOptions, serve } from './serving.ts'
import { Turns } from './turns.ts'
import { Upgrade } from './upgrade.ts'

export type HttpServerOptions = ServingOptions<NodeExchange>

/** It does not listen: sockets come from the port. */
export function createHttpServer(options: HttpServerOptions): http.Server {
  const turns = new Turns()
  const take = (request: IncomingMessage, response: ServerResponse): void =>
    turns.take(request, response, () => {
      // A connection may break at any time; whoever serves it hears of that as its end.
      request.on('error', () => {})
      response.on('error', () => {})
      serve(new NodeExchange(request, response), options)
    })
  const server = http.createServer(
    {
      maxHeaderSize: HTTP_HEAD_BYTES_MAX,
      headersTimeout: HTTP_HEAD_MS_MAX,
      // A watch is a request that never ends; bodies have their own clocks.
      requestTimeout: 0,
      keepAliveTimeout: HTTP_IDLE_MS_MAX,
      connectionsCheckingInterval: HTTP_HEAD_MS_MAX,
      // Some clients offer HTTP/2 with every request, and take an answer in HTTP/1.1.
      shouldUpgradeCallback: wantsWebSocket,
    },
    take,
  )
  // Without this Node asks for every body, however large it says it is.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced <= HTTP_BODY_DROPPED_BYTES_MAX) response.writeContinue()
    take(request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, firstBytes: Uint8Array) =>
    upgrade(request, { socket, firstBytes }, options),
  )
  return server
}

function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Who asks for a protocol that nobody has there hears so; the connection is no HTTP any more. */
function upgrade(
  request: IncomingMessage,
  { socket, firstBytes }: { readonly socket: Duplex; readonly firstBytes: Uint8Array },
  { handlers, corsOrigins, onFault }: HttpServerOptions,
): void {
  // A connection may break at any time.
  socket.on('error', () => socket.destroy())
  const exchange = new NodeExchange(request, new http.ServerResponse(request))
  const isAllowed = isOwnPage(request) || allowedOrigin(request.headers, corsOrigins) !== undefined
  const wanted = new Upgrade({ exchange, socket, firstBytes, isAllowed })
  try {
    if (!handlers.some((handler) => handler.upgrade?.(wanted))) wanted.refuse('404 Not Found')
  } catch (error) {
    socket.destroy()
    onFault(error)
  }
}

/** Not of a page at all, or of one that this server has served. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin.split('://')[1] === headers.host
}
