import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createAuthority } from '../../src/io/contract/index.ts'
import { freePorts, Member, serverCommand } from '../cluster/index.ts'
import { Running } from './quorate.ts'

const authority = createAuthority('the authority of this test')
const server = authority.issue({ commonNames: ['node'], names: ['DNS:node.example'] })
const own = authority.issue({ commonNames: ['client'] })
const NAME = ['--server-name', 'node.example']

let directory: string
let member: Member

function place(name: string): string {
  return path.join(directory, name)
}

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-cli-tls-'))
  writeFileSync(place('ca.pem'), authority.certificate)
  writeFileSync(place('cert.pem'), server.certificate)
  writeFileSync(place('key.pem'), server.key)
  writeFileSync(place('own.pem'), own.certificate)
  writeFileSync(place('own-key.pem'), own.key)
  const [client, peer] = await freePorts(2)
  const url = `https://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  member = new Member({
    ...{ name: 'm1', url, command: serverCommand() },
    flags: [
      ...['--name', 'm1', '--data-dir', place('data'), '--initial-cluster', `m1=${peerUrl}`],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--cert-file', place('cert.pem'), '--key-file', place('key.pem')],
      ...['--trusted-ca-file', place('ca.pem'), '--client-cert-auth'],
    ],
  })
  member.start()
  await member.ready()
})

after(async () => {
  await member?.stop()
  rmSync(directory, { recursive: true, force: true })
})

function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Running([...words, '--timeout', '3s'], { environment }).end()
}

function files(): readonly string[] {
  return ['--cacert', place('ca.pem'), '--cert', place('own.pem'), '--key', place('own-key.pem')]
}

test('flags name certificates, and endpoints begin with https:// or do not', async () => {
  const put = ['put', 'secret', 'x', '--endpoints', member.url]
  const stored = await run([...put, ...files(), ...NAME])
  assert.equal(stored.status, 0, stored.err)
  const { host } = new URL(member.url)
  const read = await run(['get', 'secret', '--endpoints', host, ...files(), ...NAME])
  assert.deepEqual([read.status, read.out], [0, 'x'], read.err)
})

test('variables name them, too', async () => {
  const { status, out, err } = await run(['get', 'secret'], {
    QUORATE_ENDPOINTS: member.url,
    QUORATE_CACERT: place('ca.pem'),
    QUORATE_CERT: place('own.pem'),
    QUORATE_KEY: place('own-key.pem'),
    QUORATE_SERVER_NAME: 'node.example',
    QUORATE_TLS: '1',
  })
  assert.deepEqual([status, out], [0, 'x'], err)
})

test('a node that does not prove who it is is not spoken to', async () => {
  const { host } = new URL(member.url)
  const system = await run(['get', 'secret', '--endpoints', host, '--tls'])
  assert.equal(system.status, 5)
  const named = await run(['get', 'secret', '--endpoints', host, ...files()])
  assert.equal(named.status, 5)
  assert.match(named.err, /tls|certificate/i)
})

test('files that are no certificates are told as such', async () => {
  writeFileSync(place('no.pem'), 'nothing')
  const words = ['get', 'secret', '--endpoints', member.url, '--cacert', place('no.pem')]
  const { status, err } = await run(words)
  assert.ok(status !== 0 && status !== null)
  assert.doesNotMatch(err, /\n {4}at /, 'no stack')
})
