/** Over TLS one port is for gRPC and for everything else, whatever a client could speak besides. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { createAuthority } from '../../src/io/contract/index.ts'
import { freePorts, Member, serverCommand } from '../cluster/index.ts'

const authority = createAuthority('the authority of this test')
const server = authority.issue({ commonNames: ['node'], names: ['IP Address:127.0.0.1'] })

let directory: string
let member: Member

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-rest-tls-'))
  const file = (name: string, bytes: Uint8Array): string => {
    const place = path.join(directory, name)
    writeFileSync(place, bytes)
    return place
  }
  const [client, peer] = await freePorts(2)
  const url = `https://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  const files = [file('cert.pem', server.certificate), file('key.pem', server.key)] as const
  file('ca.pem', authority.certificate)
  member = new Member({
    ...{ name: 'm1', url, command: serverCommand() },
    flags: [
      ...['--name', 'm1', '--data-dir', path.join(directory, 'data')],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `m1=${peerUrl}`, '--cert-file', files[0], '--key-file', files[1]],
    ],
  })
  member.start()
  await member.ready()
})

after(async () => {
  await member.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** What client and server agree on. */
async function agreed(protocols: readonly string[]): Promise<string | false | null> {
  const { hostname: host, port } = new URL(member.url)
  const ca = Buffer.from(authority.certificate)
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
    const ca = path.join(directory, 'ca.pem')
    const child = spawn('curl', ['-sS', '--cacert', ca, ...words], {
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
  const key = `${member.url}/api/v1/kv/greeting`
  assert.match(await curl('-X', 'PUT', key, '-d', 'hello'), /^\{"revision":\d+\}$/)
  assert.equal(await curl(`${key}?raw`), 'hello')
  assert.equal(await curl(`${member.url}/health`), '{"health":"true","reason":""}')
})
