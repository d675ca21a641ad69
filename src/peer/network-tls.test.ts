import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Authority } from '../io/contract/index.ts'
import type { PeerTls } from './index.ts'
import type { Member } from './testing/member.ts'
import { closed, connected, SCENES, type Scene } from './testing/scene.ts'

interface TlsChoice {
  readonly authority: Authority
  readonly trusts?: Authority
  /** What a node shows when it dials; null: nothing. */
  readonly shows?: Authority | null
  readonly required?: boolean
  readonly name?: string
}

function tlsOf(scene: Scene, id: number, choice: TlsChoice): PeerTls {
  const { authority, trusts = authority, required = true, shows = authority, name } = choice
  const names = [name ?? `IP Address:${scene.hostOf(id)}`]
  const client = shows?.issue({ commonNames: [`node ${id}`], names }) ?? null
  return {
    server: {
      identity: authority.issue({ commonNames: [`node ${id}`], names }),
      clients: required ? { authority: trusts.certificate, required: true } : null,
    },
    client: { authority: trusts.certificate, serverName: null, identity: client },
  }
}

/** Node 1 dials node 2, which dials nobody. */
async function oneWay(scene: Scene, tls: readonly [PeerTls | null, PeerTls | null]) {
  const [one, two] = tls.map((each, i) => scene.member({ id: i + 1, tls: each }))
  assert.ok(one !== undefined && two !== undefined)
  for (const member of [one, two]) await scene.settle(() => member.open())
  one.knows(two)
  return [one, two] as const
}

async function neverMeet(scene: Scene, tls: readonly [PeerTls | null, PeerTls | null]) {
  const [one, two] = await oneWay(scene, tls)
  await scene.until(() => (one.statistics(2)?.dialFailures ?? 0) >= 3)
  assert.equal(one.network.isConnected(2), false)
  assert.equal(two.network.isConnected(1), false)
  assert.deepEqual([one.dropped, two.dropped], [[], []])
  await closed(scene, [one, two])
}

for (const { name, create } of SCENES) {
  describe(`TLS between nodes, ${name}`, () => {
    for (const required of [true, false]) {
      it(`carries all ${required ? 'with' : 'without'} client certificates`, async () => {
        const scene = create()
        const authority = scene.createAuthority('authority')
        const shows = required ? authority : null
        const members = await connected(scene, [1, 2, 3], (id) => ({
          tls: tlsOf(scene, id, { authority, required, shows }),
        }))
        const [one, two] = members as [Member, Member]
        for (let i = 0; i < 20; i++) one.sendForward(2, i, new Uint8Array(100_000).fill(i))
        two.sendChunk(1, 0, new Uint8Array(3_000_000))
        await scene.until(() => two.heard.length === 20 && one.heard.length === 1)
        assert.deepEqual(
          two.heard,
          Array.from({ length: 20 }, (_, i) => `forward ${i}`),
        )
        const last = two.received.at(-1)?.messages[0]
        assert.ok(last?.kind === 'forward' && last.commands[0]?.every((byte) => byte === 19))
        await closed(scene, members)
        for (const { faults } of members) assert.deepEqual(faults, [])
      })
    }

    it('refuses who shows no certificate where one is required', async () => {
      const scene = create()
      const authority = scene.createAuthority('authority')
      const bare = tlsOf(scene, 1, { authority, shows: null })
      await neverMeet(scene, [bare, tlsOf(scene, 2, { authority })])
    })

    it('refuses who shows one of another authority', async () => {
      const scene = create()
      const authority = scene.createAuthority('authority')
      const other = scene.createAuthority('other')
      const wrong = tlsOf(scene, 1, { authority, shows: other })
      await neverMeet(scene, [wrong, tlsOf(scene, 2, { authority })])
    })

    it('leaves a node whose certificate has another name, or another authority', async () => {
      const scene = create()
      const authority = scene.createAuthority('authority')
      const misnamed = tlsOf(scene, 2, { authority, name: 'DNS:elsewhere' })
      await neverMeet(scene, [tlsOf(scene, 1, { authority }), misnamed])
      const other = create()
      const [ours, theirs] = [other.createAuthority('ours'), other.createAuthority('theirs')]
      const strange = tlsOf(other, 2, { authority: theirs, trusts: ours })
      await neverMeet(other, [tlsOf(other, 1, { authority: ours }), strange])
    })

    it('and plain connections do not meet, whoever dials', async () => {
      const scene = create()
      const tls = tlsOf(scene, 2, { authority: scene.createAuthority('authority') })
      await neverMeet(scene, [null, tls])
      const other = create()
      const secured = tlsOf(other, 1, { authority: other.createAuthority('authority') })
      await neverMeet(other, [secured, null])
    })

    it('tells at once of certificates that cannot be used', () => {
      const scene = create()
      const authority = scene.createAuthority('authority')
      const tls = tlsOf(scene, 1, { authority })
      const nonsense = { certificate: Buffer.from('no'), key: Buffer.from('no') }
      const client = { ...tls.client, identity: nonsense }
      assert.throws(() => scene.member({ id: 1, tls: { ...tls, client } }), { code: 'BAD_REQUEST' })
    })
  })
}
