import http2 from 'node:http2'
import type { ClientTarget, Outcome, TestClient } from '../client-target.ts'
import { PATHS } from '../target.ts'

/** An independent HTTP/2 client that the client cases can be tried on. */
export const NODE_CLIENT: ClientTarget = {
  connect: ({ host, port }) => new NodeClient(`http://${host}:${port}`),
}

class NodeClient implements TestClient {
  readonly #authority: string
  #session: http2.ClientHttp2Session | null = null

  constructor(authority: string) {
    this.#authority = authority
  }

  call(message: Buffer): Promise<Outcome> {
    const session = this.#open()
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const stream = session.request({
      ':method': 'POST',
      ':path': PATHS.unary,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const parts: Buffer[] = []
    let status = 0
    let grpcStatus: unknown
    stream.on('response', (fields) => {
      status = fields[':status'] ?? 0
      grpcStatus = fields['grpc-status']
    })
    stream.on('trailers', (fields) => {
      grpcStatus = fields['grpc-status']
    })
    stream.on('data', (part: Buffer) => parts.push(part))
    let reason = 'closed'
    stream.on('error', (error) => {
      reason = error.message
    })
    let ended = false
    stream.on('end', () => {
      ended = true
    })
    stream.on('close', () => {
      const good = ended && status === 200 && grpcStatus === '0' && reason === 'closed'
      const answer = Buffer.concat(parts).subarray(5)
      if (good) resolve({ kind: 'answered', message: answer })
      else resolve({ kind: 'failed', reason: `${reason}, ${status}, ${String(grpcStatus)}` })
    })
    const prefix = Buffer.alloc(5)
    prefix.writeUInt32BE(message.length, 1)
    stream.end(Buffer.concat([prefix, message]))
    return promise
  }

  close(): void {
    this.#session?.destroy()
  }

  #open(): http2.ClientHttp2Session {
    const usable = this.#session
    if (usable !== null && !usable.closed && !usable.destroyed) return usable
    const session = http2.connect(this.#authority, { settings: { enablePush: false } })
    session.on('error', () => {})
    this.#session = session
    return session
  }
}
