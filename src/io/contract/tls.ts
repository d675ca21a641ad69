import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TlsClientOptions, TlsServer, TlsServerOptions } from '../tls-types.ts'
import type { Listener, Socket, SocketError, Sockets } from '../types.ts'
import type { Authority } from './certificates.ts'
import { signal, type TlsHarness } from './harness.ts'
import { Observer, pattern } from './observer.ts'

const PROTOCOLS = ['h2', 'http/1.1']

/** Who signs and who is signed, and two ends that trust each other unless a test says otherwise. */
class Trust {
  readonly authority: Authority
  readonly stranger: Authority
  readonly server: TlsServerOptions
  readonly client: TlsClientOptions

  constructor({ createAuthority, host }: TlsHarness) {
    this.authority = createAuthority('the authority')
    this.stranger = createAuthority('a stranger')
    const names = [`IP Address:${host}`, 'DNS:server.example']
    this.server = {
      identity: this.authority.issue({ commonNames: ['server'], names }),
      protocols: PROTOCOLS,
      clients: null,
      handshakeMsMax: 10_000,
    }
    this.client = {
      authority: this.authority.certificate,
      serverName: null,
      identity: null,
      protocols: ['h2'],
      connectMsMax: 10_000,
    }
  }
}

interface Attempt {
  readonly client: Observer
  readonly listener: Listener
  /** What the server's side came to. */
  readonly secured: Observer | null
  readonly failed: SocketError | null
}

interface Ends {
  readonly server: TlsServerOptions
  readonly client: TlsClientOptions
}

/** One connection; the handshake is over on the server's side when it comes back. */
async function attempt(harness: TlsHarness, ends: Ends): Promise<Attempt> {
  const { sockets, host } = harness
  const done = signal<Pick<Attempt, 'secured' | 'failed'>>()
  const server = sockets.tlsServer(ends.server)
  const listener = await sockets.listen({ host, port: 0 }, (socket) => {
    takeFirst(socket, server, {
      onSecured: (secured) => done.resolve({ secured: new Observer(secured), failed: null }),
      onFailed: (failed) => done.resolve({ secured: null, failed }),
    })
  })
  const client = new Observer(sockets.tlsClient(ends.client).connect(listener.address))
  return { client, listener, ...(await done.promise) }
}

/** Reads the first bytes, as whoever sniffs at a connection does, and goes on with TLS. */
function takeFirst(
  socket: Socket,
  server: TlsServer,
  listener: Parameters<TlsServer['accept']>[2],
): void {
  socket.onData = (bytes) => {
    socket.onData = null
    const first = Uint8Array.from(bytes)
    server.accept(socket, first, listener)
    // They are valid during the call only.
    first.fill(0)
  }
}

async function finish({ client, secured, listener }: Attempt): Promise<void> {
  client.socket.destroy()
  await client.untilEvent('close')
  secured?.socket.destroy()
  await secured?.untilEvent('close')
  assert.equal(listener.connections, 0)
  await listener.close()
}

/**
 * The server's side fails, and neither end has got a byte. A client that was not accepted may see
 * that as a mere end: with TLS 1.3 its own handshake was over before.
 */
async function refused(harness: TlsHarness, ends: Ends): Promise<Attempt> {
  const result = await attempt(harness, ends)
  assert.equal(result.secured, null)
  result.client.socket.write(pattern(100))
  await result.client.until(() => result.client.events.length > 0)
  result.client.socket.end()
  await result.client.untilEvent('close')
  assert.equal(result.client.received, 0)
  await finish(result)
  return result
}

type TlsTest = (behaviour: string, body: (harness: TlsHarness) => Promise<void>) => void

export function describeTls(name: string, create: () => Promise<TlsHarness>): void {
  const test: TlsTest = (behaviour, body) => {
    it(behaviour, async () => {
      const harness = await create()
      try {
        await harness.run(() => body(harness))
      } finally {
        await harness.close()
      }
    })
  }
  describe(`${name}: agreeing`, () => {
    agreementContract(test)
    earlyContract(test)
  })
  describe(`${name}: trust in the server`, () => serverTrustContract(test))
  describe(`${name}: trust in the client`, () => clientTrustContract(test))
  describe(`${name}: handshakes that do not end`, () => patienceContract(test))
}

function agreementContract(test: TlsTest): void {
  test('both ends know the protocol and the server, and bytes go both ways', async (harness) => {
    const trust = new Trust(harness)
    const result = await attempt(harness, trust)
    const { client, secured } = result
    assert.ok(secured !== null)
    client.socket.write(pattern(300_000))
    await secured.untilBytes(300_000)
    assert.deepEqual(secured.bytes, pattern(300_000))
    secured.socket.write(pattern(200_000))
    await client.untilBytes(200_000)
    assert.deepEqual(client.bytes, pattern(200_000))
    assert.deepEqual(secured.socket.tls, { protocol: 'h2', peer: null })
    const names = [`IP Address:${harness.host}`, 'DNS:server.example']
    assert.deepEqual(client.socket.tls, { protocol: 'h2', peer: { commonName: 'server', names } })
    assert.equal(secured.socket.remote.host, harness.host)
    assert.deepEqual(client.socket.remote, result.listener.address)
    assert.equal(result.listener.connections, 1)
    await finish(result)
  })

  test('of the common protocols the one is taken that the server wants most', async (harness) => {
    const trust = new Trust(harness)
    for (const protocols of [
      ['h2', 'http/1.1'],
      ['http/1.1', 'h2'],
      ['other', 'http/1.1'],
    ]) {
      const client = { ...trust.client, protocols }
      const result = await attempt(harness, { ...trust, client })
      const wanted = protocols.includes('h2') ? 'h2' : 'http/1.1'
      assert.equal(result.secured?.socket.tls?.protocol, wanted)
      await finish(result)
    }
  })

  test('without a common protocol both ends fail', async (harness) => {
    const trust = new Trust(harness)
    const client = { ...trust.client, protocols: ['other'] }
    const { failed, client: observer } = await refused(harness, { ...trust, client })
    assert.equal(failed?.code, 'tls')
    assert.equal((observer.error as SocketError).code, 'tls')
  })
}

function earlyContract(test: TlsTest): void {
  test('what is written before the handshake arrives behind it, then the end', async (harness) => {
    const trust = new Trust(harness)
    const { sockets, host } = harness
    const server = sockets.tlsServer(trust.server)
    const done = signal<Observer>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => {
      const onSecured = (secured: Socket): void => done.resolve(new Observer(secured))
      takeFirst(socket, server, { onSecured, onFailed: () => {} })
    })
    const client = new Observer(sockets.tlsClient(trust.client).connect(listener.address))
    assert.equal(client.socket.tls, null)
    client.socket.write(pattern(600))
    client.socket.write(pattern(400))
    assert.equal(client.socket.queuedBytes, 1_000)
    client.socket.end()
    assert.equal(client.socket.write(pattern(5)), false)
    const secured = await done.promise
    await secured.untilEvent('end')
    assert.equal(secured.received, 1_000)
    secured.socket.write(pattern(10))
    await client.untilBytes(10)
    assert.equal(client.socket.queuedBytes, 0)
    secured.socket.end()
    await client.untilEvent('close')
    assert.equal(client.error, null)
    await finish({ client, listener, secured, failed: null })
  })

  test('certificates and keys that cannot be used are refused at once', async (harness) => {
    const { server, client, authority } = new Trust(harness)
    const { sockets } = harness
    const nonsense = pattern(100)
    const refusal = { name: 'KvError', code: 'BAD_REQUEST' }
    const { certificate } = server.identity
    const { key } = authority.issue({ commonNames: ['another'], names: ['DNS:another'] })
    for (const identity of [
      { certificate: nonsense, key },
      { certificate, key },
    ]) {
      assert.throws(() => sockets.tlsServer({ ...server, identity }), refusal)
      assert.throws(() => sockets.tlsClient({ ...client, identity }), refusal)
    }
    const clients = { authority: nonsense, required: true }
    assert.throws(() => sockets.tlsServer({ ...server, clients }), refusal)
    assert.throws(() => sockets.tlsClient({ ...client, authority: nonsense }), refusal)
  })
}

function serverTrustContract(test: TlsTest): void {
  test('a server of another authority is left', async (harness) => {
    const trust = new Trust(harness)
    const client = { ...trust.client, authority: trust.stranger.certificate }
    const { client: observer } = await refused(harness, { ...trust, client })
    assert.equal((observer.error as SocketError).code, 'tls')
  })

  test('a server with another name is left, unless that name is expected', async (harness) => {
    const trust = new Trust(harness)
    const wrong = { ...trust.client, serverName: 'other.example' }
    const { client: observer } = await refused(harness, { ...trust, client: wrong })
    assert.equal((observer.error as SocketError).code, 'tls')
    const right = { ...trust.client, serverName: 'server.example' }
    const result = await attempt(harness, { ...trust, client: right })
    assert.ok(result.secured !== null)
    await finish(result)
  })

  test('a server whose time is over is left', async (harness) => {
    const trust = new Trust(harness)
    const names = [`IP Address:${harness.host}`]
    const identity = trust.authority.issue({ commonNames: ['server'], names, expired: true })
    const server = { ...trust.server, identity }
    const { client: observer } = await refused(harness, { ...trust, server })
    assert.equal((observer.error as SocketError).code, 'tls')
  })

  test('only the system is trusted when no authority is given', async (harness) => {
    const trust = new Trust(harness)
    const client = { ...trust.client, authority: null }
    const { client: observer } = await refused(harness, { ...trust, client })
    assert.equal((observer.error as SocketError).code, 'tls')
  })
}

function clientTrustContract(test: TlsTest): void {
  const asking = (trust: Trust, required: boolean): TlsServerOptions => ({
    ...trust.server,
    clients: { authority: trust.authority.certificate, required },
  })

  test('the server knows a client by its certificate', async (harness) => {
    const trust = new Trust(harness)
    const names = ['DNS:n1.example', 'URI:spiffe://cluster/n1', 'IP Address:10.1.2.3']
    const identity = trust.authority.issue({ commonNames: ['n1'], names })
    for (const required of [true, false]) {
      const client = { ...trust.client, identity }
      const result = await attempt(harness, { server: asking(trust, required), client })
      assert.deepEqual(result.secured?.socket.tls?.peer, { commonName: 'n1', names })
      await finish(result)
    }
  })

  test('of several common names none is taken', async (harness) => {
    const trust = new Trust(harness)
    const identity = trust.authority.issue({ commonNames: ['n1', 'root'], names: ['DNS:n1'] })
    const client = { ...trust.client, identity }
    const result = await attempt(harness, { server: asking(trust, true), client })
    assert.deepEqual(result.secured?.socket.tls?.peer, { commonName: null, names: ['DNS:n1'] })
    await finish(result)
  })

  test('a client without a certificate passes where none is required', async (harness) => {
    const trust = new Trust(harness)
    const result = await attempt(harness, { server: asking(trust, false), client: trust.client })
    assert.equal(result.secured?.socket.tls?.peer, null)
    await finish(result)
    const { failed } = await refused(harness, { server: asking(trust, true), client: trust.client })
    assert.equal(failed?.code, 'tls')
  })

  test('a certificate that is not accepted is refused, required or not', async (harness) => {
    const trust = new Trust(harness)
    const request = { commonNames: ['n1'], names: ['DNS:n1'] }
    const identities = [
      trust.stranger.issue(request),
      trust.authority.issue({ ...request, expired: true }),
    ]
    for (const identity of identities) {
      for (const required of [true, false]) {
        const client = { ...trust.client, identity }
        const { failed } = await refused(harness, { server: asking(trust, required), client })
        assert.equal(failed?.code, 'tls')
      }
    }
  })
}

function patienceContract(test: TlsTest): void {
  test('a client gives a silent server up', async (harness) => {
    const { sockets, host } = harness
    const trust = new Trust(harness)
    const accepted = signal<Observer>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => {
      accepted.resolve(new Observer(socket))
    })
    const impatient = sockets.tlsClient({ ...trust.client, connectMsMax: 50 })
    const client = new Observer(impatient.connect(listener.address))
    await client.untilEvent('close')
    assert.equal((client.error as SocketError).code, 'timedOut')
    const server = await accepted.promise
    server.socket.end()
    await server.untilEvent('close')
    await listener.close()
  })

  test('a server gives a silent client up', async (harness) => {
    const result = await beginOnly(harness, { handshakeMsMax: 50 })
    assert.equal((await result.failed).code, 'timedOut')
    await result.finish()
  })

  test('a client that is no client of TLS is refused', async (harness) => {
    const result = await beginOnly(harness, {})
    result.client.socket.write(Buffer.from('\x16\x03\x01\x00\x05GET / HTTP/1.1\r\n\r\n'))
    assert.equal((await result.failed).code, 'tls')
    await result.finish()
  })

  test('a client that goes during the handshake is told of', async (harness) => {
    const result = await beginOnly(harness, {})
    result.client.socket.destroy()
    assert.equal((await result.failed).name, 'SocketError')
    await result.finish()
  })

  test('a handshake ends with the socket that was given away', async (harness) => {
    const result = await beginOnly(harness, {})
    const { server } = result
    server.destroy()
    assert.equal(server.write(pattern(5)), false)
    assert.equal((await result.failed).name, 'SocketError')
    await result.finish()
  })

  test('a client destroyed during the handshake closes without an error', async (harness) => {
    const { sockets, host } = harness
    const trust = new Trust(harness)
    const accepted = signal<Observer>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => {
      accepted.resolve(new Observer(socket))
    })
    const client = new Observer(sockets.tlsClient(trust.client).connect(listener.address))
    const server = await accepted.promise
    await server.untilBytes(1)
    client.socket.destroy()
    await client.untilEvent('close')
    assert.equal(client.error, null)
    server.socket.end()
    await server.untilEvent('close')
    await listener.close()
  })
}

/** A connection whose client begins a handshake with one byte, and says no more by itself. */
async function beginOnly(harness: TlsHarness, options: Partial<TlsServerOptions>) {
  const { sockets, host } = harness
  const tlsServer = sockets.tlsServer({ ...new Trust(harness).server, ...options })
  const failed = signal<SocketError>()
  const begun = signal<Socket>()
  const listener = await sockets.listen({ host, port: 0 }, (socket) => {
    takeFirst(socket, tlsServer, {
      onSecured: () => assert.fail('there was no handshake'),
      onFailed: failed.resolve,
    })
    const { onData } = socket
    socket.onData = (bytes) => {
      onData?.(bytes)
      begun.resolve(socket)
    }
  })
  const client = new Observer(sockets.connect(listener.address))
  client.socket.write(Uint8Array.of(0x16))
  const server = await begun.promise
  const finish = async (): Promise<void> => {
    client.socket.destroy()
    await client.untilEvent('close')
    await listener.close()
  }
  return { client, server, failed: failed.promise, finish }
}

/** The same sockets with TLS on both ends, so that they can be tested as sockets. */
export function socketsOverTls(harness: TlsHarness): Sockets {
  const { sockets } = harness
  const trust = new Trust(harness)
  const server = sockets.tlsServer(trust.server)
  const client = sockets.tlsClient(trust.client)
  return {
    listen: (address, onSocket, options) =>
      sockets.listen(
        address,
        (socket) => takeFirst(socket, server, { onSecured: onSocket, onFailed: () => {} }),
        options,
      ),
    connect: (address) => client.connect(address),
    tlsServer: (options) => sockets.tlsServer(options),
    tlsClient: (options) => sockets.tlsClient(options),
  }
}
