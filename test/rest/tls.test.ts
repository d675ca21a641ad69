/** Over TLS one port is for gRPC and for everything else, whatever a client could speak besides. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { type SecureMember, startSecureMember } from '../cluster/index.ts'

let secure: SecureMember

before(async () => {
  secure = await startSecureMember({ name: 'rest-tls', certifies: 'IP Address:127.0.0.1' })
})

after(() => secure.stop())

/** What client and server agree on. */
async function agreed(protocols: readonly string[]): Promise<string | false | null> {
  const { hostname: host, port } = new URL(secure.member.url)
  const ca = Buffer.from(secure.authority.certificate)
  const socket = tls.connect({ host, port: Number(port), ca, ALPNProtocols: [...protocols] })
  await once(socket, 'secureConnect')
  const { alpnProtocol } = socket
  socket.destroy()
  return alpnProtocol
}

test('whoever speaks HTTP/1.1, too, is answered in that', async () => {
  // Browsers and curl offer both, clients of gRPC only the first.
  assert.equal(await agreed(['h2', 'http/1.1']), 'http/1.1')
  assert.equal(await agreed(['h2']), 'h2')
  assert.equal(await agreed(['http/1.1']), 'http/1.1')
})

test('curl reads and writes as it comes', async () => {
  const curl = async (...words: readonly string[]): Promise<string> => {
    const child = spawn('curl', ['-sS', '--cacert', secure.authorityFile, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (piece: Buffer) => {
      printed += piece.toString()
    })
    const [status] = await once(child, 'close')
    assert.equal(status, 0)
    return printed
  }
  const key = `${secure.member.url}/api/v1/kv/greeting`
  assert.match(await curl('-X', 'PUT', key, '-d', 'hello'), /^\{"revision":\d+\}\n$/)
  assert.equal(await curl(`${key}?raw`), 'hello')
  assert.equal(await curl(`${secure.member.url}/health`), '{"health":"true","reason":""}')
})
