import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import { createAuthority } from './contract/index.ts'
import { createNodeSockets, type SocketError } from './index.ts'

const HOST = '127.0.0.1'
const authority = createAuthority('authority')
const stranger = createAuthority('stranger')
const request = { commonNames: ['server'], names: [`IP Address:${HOST}`] }

/** A server that is not ours; it notes everything that a client sends. */
async function startServer(options: tls.TlsOptions) {
  const received: string[] = []
  const ended = Promise.withResolvers<void>()
  const server = tls.createServer(options, (socket) => {
    socket.on('data', (bytes) => received.push(bytes.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => ended.resolve())
  })
  server.on('tlsClientError', () => ended.resolve())
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, HOST, resolve)
  await promise
  const { port } = server.address() as { port: number }
  return { received, ended: ended.promise, address: { host: HOST, port }, server }
}

function connect(address: { host: string; port: number }, text: string) {
  const client = createNodeSockets().tlsClient({
    authority: authority.certificate,
    serverName: null,
    identity: null,
    protocols: ['h2'],
    connectMsMax: 10_000,
  })
  const socket = client.connect(address)
  const closed = Promise.withResolvers<Error | null>()
  socket.onData = () => {}
  socket.onClose = closed.resolve
  socket.write(Buffer.from(text))
  return { socket, closed: closed.promise }
}

describe('a client of TLS at a server that is not the right one', () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`sends nothing to an impostor, ${maxVersion}`, async () => {
      const { certificate, key } = stranger.issue(request)
      const identity = { cert: Buffer.from(certificate), key: Buffer.from(key) }
      const other = await startServer({ ...identity, maxVersion, ALPNProtocols: ['h2'] })
      const { closed, socket } = connect(other.address, 'secret')
      socket.end()
      assert.equal(((await closed) as SocketError).code, 'tls')
      await other.ended
      assert.deepEqual(other.received, [])
      other.server.close()
    })
  }

  it('sends nothing to one that agrees to no protocol', async () => {
    const { certificate, key } = authority.issue(request)
    const other = await startServer({ cert: Buffer.from(certificate), key: Buffer.from(key) })
    const { closed } = connect(other.address, 'secret')
    assert.equal(((await closed) as SocketError).code, 'tls')
    await other.ended
    assert.deepEqual(other.received, [])
    other.server.close()
  })
})

describe('a server of TLS', () => {
  it('refuses at once a first message that announces more than any client has', async () => {
    const sockets = createNodeSockets()
    const server = sockets.tlsServer({
      identity: authority.issue(request),
      protocols: ['h2'],
      clients: null,
      handshakeMsMax: 60_000,
    })
    const failed = Promise.withResolvers<SocketError>()
    const listener = await sockets.listen({ host: HOST, port: 0 }, (socket) => {
      socket.onData = (bytes) => {
        const onSecured = (): void => assert.fail('there was no handshake')
        server.accept(socket, bytes, { onSecured, onFailed: failed.resolve })
      }
    })
    const client = sockets.connect(listener.address)
    // A record of 16 KiB with the beginning of a ClientHello of 16 MiB.
    const record = new Uint8Array(5 + 2 ** 14)
    record.set([0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff])
    client.onData = () => {}
    client.write(record)
    assert.equal((await failed.promise).code, 'tls')
    client.destroy()
    await listener.close()
  })
})
