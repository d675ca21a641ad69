import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { createAuthority } from '../../io/contract/index.ts'
import { createHttpDoor, createNodeClock, createNodeSockets } from '../../io/index.ts'
import { openPort, type Port } from './index.ts'
import { Events, RecordingHandler } from './testing/recorder.ts'

/** What curl of this machine can do; empty without curl. */
const CURL = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout ?? ''
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

const authority = createAuthority('authority')
const identity = authority.issue({ commonNames: ['port'], names: ['IP Address:127.0.0.1'] })
const client = authority.issue({ commonNames: ['client'], names: ['DNS:client'] })
const ca = Buffer.from(authority.certificate)

/** Whoever speaks HTTP/2 gets empty SETTINGS, so that its side of the connection stands. */
class Http2Handler extends RecordingHandler {
  override accept(...[socket, firstBytes]: Parameters<RecordingHandler['accept']>): void {
    super.accept(socket, firstBytes)
    socket.write(Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0))
  }
}

describe('other programs at the one port', () => {
  const events = new Events()
  const second = new Http2Handler(events)
  const directory = mkdtempSync(join(tmpdir(), 'port-'))
  let port: Port
  let url = ''

  before(async () => {
    const server = http.createServer((request, response) => {
      const { socket, url, method } = request
      const who = socket instanceof tls.TLSSocket ? 'secured' : 'plain'
      response.end(`${method} ${url} ${who} HTTP/${request.httpVersion}`)
    })
    const sockets = createNodeSockets()
    port = await openPort({
      sockets,
      clock: createNodeClock(),
      address: { host: '127.0.0.1', port: 0 },
      http2: second,
      http1: createHttpDoor(server),
      tls: {
        plaintext: 'accepted',
        server: sockets.tlsServer({
          identity,
          protocols: ['h2', 'http/1.1'],
          clients: { authority: authority.certificate, required: false },
          handshakeMsMax: 10_000,
        }),
      },
    })
    url = `127.0.0.1:${port.address.port}`
    writeFileSync(join(directory, 'authority.pem'), authority.certificate)
  })

  after(async () => {
    second.finish()
    const closed = port.close()
    port.destroy()
    await closed
    rmSync(directory, { recursive: true })
  })

  it('node:http', async () => {
    assert.equal(await get(http, `http://${url}/a`, {}), 'GET /a plain HTTP/1.1')
  })

  it('node:https, whose connections are http/1.1', async () => {
    const agent = new https.Agent({ ca, keepAlive: true })
    for (let i = 0; i < 3; i++) {
      assert.equal(await get(https, `https://${url}/b`, { agent }), 'GET /b secured HTTP/1.1')
    }
    agent.destroy()
  })

  it('a client of TLS without ALPN, whose bytes inside decide', async () => {
    const socket = tls.connect({ port: port.address.port, host: '127.0.0.1', ca })
    socket.write('GE')
    socket.write('T /c HTTP/1.0\r\n\r\n')
    let answer = ''
    for await (const bytes of socket) answer += bytes
    assert.match(answer, /GET \/c secured HTTP\/1\.0$/)

    const count = second.taken.length
    const other = tls.connect({ port: port.address.port, host: '127.0.0.1', ca })
    for (const byte of PREFACE) other.write(byte)
    await events.until(() => second.taken[count]?.text === PREFACE)
    assert.deepEqual(second.taken[count]?.socket.tls, { protocol: null, peer: null })
    other.destroy()
  })

  it('TLS inside TLS is closed', async () => {
    const socket = tls.connect({ port: port.address.port, host: '127.0.0.1', ca })
    socket.on('error', () => {})
    socket.write('\x16\x03\x01')
    const closed = Promise.withResolvers<void>()
    socket.on('close', () => closed.resolve())
    socket.resume()
    await closed.promise
  })

  it('node:http2, with prior knowledge', async () => {
    const count = second.taken.length
    const session = http2.connect(`http://${url}`)
    await settled(session)
    assert.ok(second.taken[count]?.text.startsWith(PREFACE))
    session.destroy()
  })

  it('node:http2 over TLS, with a certificate of its own', async () => {
    const count = second.taken.length
    const own = { cert: Buffer.from(client.certificate), key: Buffer.from(client.key) }
    const session = http2.connect(`https://${url}`, { ca, ...own })
    await settled(session)
    const { tls: agreement, remote } = second.taken[count]?.socket ?? {}
    assert.ok(second.taken[count]?.text.startsWith(PREFACE))
    assert.deepEqual(agreement?.peer, { commonName: 'client', names: ['DNS:client'] })
    assert.equal(agreement?.protocol, 'h2')
    assert.equal(remote?.host, '127.0.0.1')
    session.destroy()
  })

  it('an old version of TLS is refused', async () => {
    const { minVersion, maxVersion } = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const
    const options = { ca, minVersion, maxVersion, ciphers: 'ALL:@SECLEVEL=0' }
    await assert.rejects(get(https, `https://${url}/`, { ...options, agent: false }))
  })

  it('TLS 1.2 with a cipher that RFC 9113 forbids is refused, with another it is not', async () => {
    const options = { ca, maxVersion: 'TLSv1.2', agent: false } as const
    const forbidden = { ...options, ciphers: 'ECDHE-ECDSA-AES128-SHA256' }
    await assert.rejects(get(https, `https://${url}/d`, forbidden))
    assert.equal(await get(https, `https://${url}/d`, options), 'GET /d secured HTTP/1.1')
  })

  it('a session is not resumed, so that every certificate is looked at', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const sessions: Buffer[] = []
      const reused: boolean[] = []
      for (let i = 0; i < 2; i++) {
        const session = sessions.at(-1)
        const offered = session !== undefined && { session }
        const where = { port: port.address.port, host: '127.0.0.1' }
        const socket = tls.connect({ ...where, ca, maxVersion, ...offered })
        socket.on('session', (one) => sessions.push(one))
        socket.on('secureConnect', () => reused.push(socket.isSessionReused()))
        socket.write('GET / HTTP/1.0\r\n\r\n')
        for await (const bytes of socket) assert.ok(bytes.length > 0)
      }
      assert.deepEqual(reused, [false, false], maxVersion)
    }
  })

  if (CURL !== '') {
    const trust = ['--cacert', join(directory, 'authority.pem')]

    it('curl, without and with TLS', async () => {
      assert.equal(await curl(`http://${url}/e`), 'GET /e plain HTTP/1.1')
      const secured = await curl('--http1.1', ...trust, `https://${url}/f`)
      assert.equal(secured, 'GET /f secured HTTP/1.1')
      const large = await curl('--data', 'x'.repeat(100_000), `http://${url}/g`)
      assert.equal(large, 'POST /g plain HTTP/1.1')
    })
  }

  if (CURL.includes('HTTP2')) {
    it('curl with HTTP/2 reaches its handler, in either way', async () => {
      for (const how of [
        ['--http2-prior-knowledge', `http://${url}`],
        ['--http2', `https://${url}`],
      ]) {
        const count = second.taken.length
        const trust = ['--cacert', join(directory, 'authority.pem')]
        // The handler answers no request: the end that it makes is curl's failure.
        const failed = assert.rejects(curl(...trust, ...how))
        await events.until(() => second.taken[count]?.text.startsWith(PREFACE) === true)
        second.taken[count]?.socket.destroy()
        await failed
      }
    })
  }
})

function get(
  library: typeof http | typeof https,
  url: string,
  options: https.RequestOptions,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = library.get(url, options, (response) => {
    let text = ''
    response.on('data', (bytes) => {
      text += bytes
    })
    response.on('end', () => resolve(text))
  })
  request.on('error', reject)
  return promise
}

function settled(session: http2.ClientHttp2Session): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  session.on('remoteSettings', () => resolve())
  session.on('error', reject)
  return promise
}

function curl(...arguments_: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  execFile(
    'curl',
    ['--silent', '--show-error', '--max-time', '10', ...arguments_],
    (error, out) => {
      if (error === null) resolve(out)
      else reject(error)
    },
  )
  return promise
}
