import { once } from 'node:events'
import http2 from 'node:http2'
import type { TestContext } from 'node:test'
import type { TlsCertificate } from '../../../io/index.ts'
import { HOST } from './own.ts'

/** `node:http2` on either side, with gRPC written out by hand. */

export type Fields = http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader

export interface Exchange {
  readonly head: Fields
  readonly trailers: Fields
  readonly body: Buffer
  /** The code of RST_STREAM, 0 when there was none. */
  readonly resetCode: number
}

export function connectNode(
  context: TestContext,
  port: number,
  options: http2.SecureClientSessionOptions = {},
): http2.ClientHttp2Session {
  const scheme = options.ca === undefined ? 'http' : 'https'
  const session = http2.connect(`${scheme}://${HOST}:${port}`, options)
  context.after(() => session.destroy())
  return session
}

export const GRPC_HEAD = {
  ':method': 'POST',
  'content-type': 'application/grpc',
  te: 'trailers',
} as const

/** One message with its prefix. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** All messages of a body. */
export function unframed(body: Buffer): { flag: number; message: Buffer }[] {
  const found: { flag: number; message: Buffer }[] = []
  for (let at = 0; at < body.length; ) {
    const end = at + 5 + body.readUInt32BE(at + 1)
    found.push({ flag: body[at] as number, message: body.subarray(at + 5, end) })
    at = end
  }
  return found
}

/** Everything that comes back on a stream. */
export async function exchange(stream: http2.ClientHttp2Stream): Promise<Exchange> {
  let head: Fields = {}
  let trailers: Fields = {}
  const parts: Buffer[] = []
  stream.on('response', (fields) => {
    head = fields
  })
  stream.on('trailers', (fields) => {
    trailers = fields
  })
  stream.on('data', (part: Buffer) => parts.push(part))
  // Its code is told below.
  stream.on('error', () => {})
  await new Promise<void>((resolve) => stream.on('close', () => resolve()))
  return { head, trailers, body: Buffer.concat(parts), resetCode: stream.rstCode ?? 0 }
}

export type StreamHandler = (stream: http2.ServerHttp2Stream, head: Fields) => void

export interface NodeServerOptions {
  readonly settings?: http2.Settings
  readonly tls?: TlsCertificate
}

export interface NodeServer {
  readonly port: number
  readonly sessions: readonly http2.ServerHttp2Session[]
}

export async function serveNode(
  context: TestContext,
  handler: StreamHandler,
  { tls, settings = {} }: NodeServerOptions = {},
): Promise<NodeServer> {
  const server =
    tls === undefined
      ? http2.createServer({ settings })
      : http2.createSecureServer({
          settings,
          cert: Buffer.from(tls.certificate),
          key: Buffer.from(tls.key),
        })
  const sessions: http2.ServerHttp2Session[] = []
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream: http2.ServerHttp2Stream, head) => {
    stream.on('error', () => {})
    handler(stream, head)
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  context.after(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { port: (server.address() as { port: number }).port, sessions }
}
