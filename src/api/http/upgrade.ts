/** A request that wants to go on as a WebSocket (RFC 6455 §4.2). */

import type { Duplex } from 'node:stream'
import { acceptKeyOf, type WebSocketOptions, WebSocketPeer } from '../websocket/index.ts'
import type { NodeExchange } from './node-exchange.ts'

/** Silence after which the system asks whether the other side is still there. */
export const PROBE_MS = 30_000

export interface UpgradeParts {
  readonly exchange: NodeExchange
  readonly socket: Duplex
  /** What came behind the head. */
  readonly firstBytes: Uint8Array
  /** Whether a page of that origin may read answers. */
  readonly isAllowed: boolean
}

export class Upgrade {
  readonly exchange: NodeExchange
  readonly #parts: UpgradeParts
  #peer: WebSocketPeer | null = null

  constructor(parts: UpgradeParts) {
    this.exchange = parts.exchange
    this.#parts = parts
  }

  /** Null: it was refused. `start` is to follow. */
  accept(options: WebSocketOptions): WebSocketPeer | null {
    const { exchange, socket, isAllowed } = this.#parts
    const { headers } = exchange.request
    const key = acceptKeyOf(headers['sec-websocket-key'])
    const wants = String(headers.upgrade).toLowerCase() === 'websocket'
    if (!wants || key === null || headers['sec-websocket-version'] !== '13') {
      this.refuse('400 Bad Request', 'Sec-WebSocket-Version: 13\r\n')
      return null
    }
    // A browser lets every page open one, and says which page it was.
    if (!isAllowed) {
      this.refuse('403 Forbidden')
      return null
    }
    // How pages bring a token: the name of a protocol, and the token as another one.
    const hasToken = headers['sec-websocket-protocol']?.startsWith('Bearer') === true
    const protocol = hasToken ? 'Sec-WebSocket-Protocol: Bearer\r\n' : ''
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key}\r\n${protocol}\r\n`,
    )
    exchange.request.socket.setKeepAlive(true, PROBE_MS)
    this.#peer = new WebSocketPeer(socket, options)
    return this.#peer
  }

  /** Hands on what came with the request. */
  start(): void {
    if (this.#parts.firstBytes.length > 0) this.#peer?.receive(this.#parts.firstBytes)
  }

  refuse(status: string, fields = ''): void {
    const { socket } = this.#parts
    socket.end(`HTTP/1.1 ${status}\r\n${fields}Connection: close\r\nContent-Length: 0\r\n\r\n`)
  }
}
