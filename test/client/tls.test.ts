import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { connect, QuorateError } from '../../src/client/index.ts'
import { createAuthority } from '../../src/io/contract/index.ts'
import { freePorts, Member, serverCommand } from '../cluster/index.ts'

const authority = createAuthority('the authority of this test')
const server = authority.issue({ commonNames: ['node'], names: ['DNS:node.example'] })
const own = authority.issue({ commonNames: ['client'] })

let directory: string
let member: Member

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-client-tls-'))
  const file = (name: string, bytes: Uint8Array): string => {
    const place = path.join(directory, name)
    writeFileSync(place, bytes)
    return place
  }
  const [client, peer] = await freePorts(2)
  const url = `https://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  member = new Member({
    ...{ name: 'm1', url, command: serverCommand() },
    flags: [
      ...['--name', 'm1', '--data-dir', path.join(directory, 'data')],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `m1=${peerUrl}`],
      ...[
        '--cert-file',
        file('cert.pem', server.certificate),
        '--key-file',
        file('key.pem', server.key),
      ],
      ...['--trusted-ca-file', file('ca.pem', authority.certificate), '--client-cert-auth'],
    ],
  })
  member.start()
  await member.ready()
})

after(async () => {
  await member.stop()
  rmSync(directory, { recursive: true, force: true })
})

const tls = {
  authority: authority.certificate,
  certificate: own.certificate,
  key: own.key,
  serverName: 'node.example',
}

test('with certificates on both sides everything works', async () => {
  const db = await connect({ endpoints: member.url, tls })
  await db.put('secret', 'x')
  assert.equal((await db.get('secret'))?.value, 'x')
  assert.equal((await db.cluster.status())[0]?.isReachable, true)
  await db.close()
})

test('PEM may be text, and tls is asked for without https', async () => {
  const { host } = new URL(member.url)
  const text = {
    ...tls,
    authority: Buffer.from(authority.certificate).toString(),
    key: Buffer.from(own.key).toString(),
  }
  const db = await connect({ endpoints: host, tls: text })
  assert.equal((await db.get('secret'))?.value, 'x')
  await db.close()
})

test('a node that proves nothing is not spoken to', async () => {
  const stranger = createAuthority('somebody else')
  const attempts = [
    { ...tls, authority: stranger.certificate },
    { ...tls, serverName: 'other.example' },
    true,
  ]
  for (const attempt of attempts) {
    await assert.rejects(connect({ endpoints: member.url, tls: attempt }), (error: unknown) => {
      assert.ok(error instanceof QuorateError && error.code === 'UNREACHABLE')
      assert.match(error.message, /\(tls\)/)
      return true
    })
  }
})

test('without TLS, or without a certificate, a node that wants it does not answer', async () => {
  const { host } = new URL(member.url)
  const naked = { authority: authority.certificate, serverName: 'node.example' }
  for (const options of [{ endpoints: host }, { endpoints: member.url, tls: naked }]) {
    await assert.rejects(connect({ ...options, timeoutMs: 3000 }), (error: unknown) => {
      assert.ok(error instanceof QuorateError && error.code === 'UNREACHABLE')
      if (options.endpoints === host) assert.match(error.message, /connect to https:/)
      return true
    })
  }
})
