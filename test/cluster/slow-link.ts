import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A sender is not read any further while so much of it is on its way. */
const HELD_BYTES_MAX = 16 * 1024 * 1024

/**
 * A port that leads to another one, as if it were far away: whatever is said on it, or that a side
 * is gone, is heard so much later.
 */
export class SlowLink {
  readonly #server: Server
  readonly #delayMs: number
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()

  private constructor(server: Server, delayMs: number) {
    this.#server = server
    this.#delayMs = delayMs
  }

  static async open(target: number, delayMs: number): Promise<SlowLink> {
    const server = createServer({ allowHalfOpen: true })
    const link = new SlowLink(server, delayMs)
    server.on('connection', (near) => link.#join(near, target))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return link
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  close(): void {
    this.#server.close()
    for (const timer of this.#timers) clearTimeout(timer)
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: Socket, target: number): void {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    this.#carry(near, far)
    this.#carry(far, near)
  }

  #carry(from: Socket, to: Socket): void {
    let heldBytes = 0
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (piece) => {
      heldBytes += piece.length
      if (heldBytes > HELD_BYTES_MAX) from.pause()
      this.#later(() => {
        heldBytes -= piece.length
        if (heldBytes <= HELD_BYTES_MAX) from.resume()
        to.write(piece)
      })
    })
    from.on('end', () => this.#later(() => to.end()))
    from.on('close', () => {
      this.#sockets.delete(from)
      this.#later(() => to.destroy())
    })
    // What a broken connection means is told by its end.
    from.on('error', () => {})
  }

  /** Timers of one length fire in the order in which they were set. */
  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, this.#delayMs)
    this.#timers.add(timer)
  }
}
