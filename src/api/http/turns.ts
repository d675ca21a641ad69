/**
 * A client may send requests without waiting for the answers before: it means them one after the
 * other, for one of them may change what the next one reads (RFC 9112 §9.3.2). An answer has no
 * socket before those in front of it have left.
 *
 * Node takes whatever is sent, however many wait: a connection on which too many do is not read.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { HTTP_WAITING_MAX } from '../../base/index.ts'

/** When it is read again. */
const WAITING_FEW = HTTP_WAITING_MAX / 2

interface Line {
  waiting: number
  isHeld: boolean
}

export class Turns {
  readonly #lines = new WeakMap<Socket, Line>()

  /** Calls `serve` now, or when the answers before have left. */
  take(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
    if (response.socket !== null) {
      serve()
      return
    }
    const { socket } = request
    const line = this.#lineOn(socket)
    line.waiting += 1
    if (line.waiting >= HTTP_WAITING_MAX) {
      line.isHeld = true
      socket.pause()
    }
    response.once('socket', () => {
      line.waiting -= 1
      if (line.isHeld && line.waiting <= WAITING_FEW) {
        line.isHeld = false
        socket.resume()
      }
      serve()
    })
  }

  #lineOn(socket: Socket): Line {
    const known = this.#lines.get(socket)
    if (known !== undefined) return known
    const line: Line = { waiting: 0, isHeld: false }
    this.#lines.set(socket, line)
    // Node reads on by itself behind each request that is whole.
    socket.on('resume', () => {
      if (line.isHeld) socket.pause()
    })
    return line
  }
}
