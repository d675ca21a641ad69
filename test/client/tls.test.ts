import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, QuorateError, type TlsOptions } from '../../src/client/index.ts'
import { createAuthority } from '../../src/io/contract/index.ts'
import { type Member, type SecureMember, startSecureMember } from '../cluster/index.ts'

let secure: SecureMember
let member: Member
let authority: SecureMember['authority']
let own: ReturnType<SecureMember['authority']['issue']>
let tls: TlsOptions

before(async () => {
  const certifies = 'DNS:node.example'
  secure = await startSecureMember({ name: 'client-tls', certifies, asksClients: true })
  member = secure.member
  authority = secure.authority
  own = authority.issue({ commonNames: ['client'] })
  tls = {
    authority: authority.certificate,
    certificate: own.certificate,
    key: own.key,
    serverName: 'node.example',
  }
})

after(() => secure.stop())

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
