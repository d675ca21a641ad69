import http2 from 'node:http2'
import type net from 'node:net'
import { PATHS, type Target } from '../target.ts'

/**
 * An independent HTTP/2 server that the server cases can be tried on: what it does right, a case
 * must not call wrong.
 */
export async function startNodeTarget(): Promise<Target> {
  // As many errors and invalid frames as a case likes: the limits of nghttp2 are not the subject.
  const server = http2.createServer({ settings: { maxConcurrentStreams: 100 } })
  const sessions = new Set<http2.Http2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on('sessionError', () => {})
  server.on('stream', (stream: http2.ServerHttp2Stream, fields) => {
    stream.on('error', () => {})
    const path = fields[':method'] === 'POST' ? fields[':path'] : undefined
    if (path === PATHS.unary || path === PATHS.streaming) echo(stream)
    else if (path === PATHS.unread) stream.respond({ ':status': 200 })
    else stream.respond({ ':status': 404 }, { endStream: true })
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const { port } = server.address() as net.AddressInfo
  return {
    address: { host: '127.0.0.1', port },
    paths: PATHS,
    leave: () => {
      for (const session of sessions) session.close()
    },
    close: async () => {
      server.close()
      for (const session of sessions) session.destroy()
    },
  }
}

/** Answers when the whole request is there, as a unary method does. */
function echo(stream: http2.ServerHttp2Stream): void {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    if (stream.destroyed) return
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(Buffer.concat(chunks))
  })
}
